"""Incoterms 2020 as facts, and what to say when a rule does not fit the journey. Source: ICC publication 723E."""

from typing import get_args

from ..values import Advice, Incoterm, Names, TransportMode

# fmt: off
_ROWS = (
    # code, English, Traditional, Simplified, modes, named place, carriage, insurance, cover, export, import, unloading, risk
    ("EXW", "Ex Works", "工廠交貨", "工厂交货",
     "any", "place of delivery", "buyer", None, None, "buyer", "buyer", "buyer", "at seller"),
    ("FCA", "Free Carrier", "貨交承運人", "货交承运人",
     "any", "place of delivery", "buyer", None, None, "seller", "buyer", "buyer", "to carrier"),
    ("FAS", "Free Alongside Ship", "船邊交貨", "船边交货",
     "sea", "port of shipment", "buyer", None, None, "seller", "buyer", "buyer", "alongside ship"),
    ("FOB", "Free On Board", "船上交貨", "船上交货",
     "sea", "port of shipment", "buyer", None, None, "seller", "buyer", "buyer", "on board"),
    ("CFR", "Cost and Freight", "成本加運費", "成本加运费",
     "sea", "port of destination", "seller", None, None, "seller", "buyer", "buyer", "on board"),
    ("CIF", "Cost, Insurance and Freight", "成本、保險費加運費", "成本、保险费加运费",
     "sea", "port of destination", "seller", "seller", "ICC C", "seller", "buyer", "buyer", "on board"),
    ("CPT", "Carriage Paid To", "運費付至", "运费付至",
     "any", "place of destination", "seller", None, None, "seller", "buyer", "buyer", "to carrier"),
    ("CIP", "Carriage and Insurance Paid To", "運費、保險費付至", "运费、保险费付至",
     "any", "place of destination", "seller", "seller", "ICC A", "seller", "buyer", "buyer", "to carrier"),
    ("DAP", "Delivered at Place", "目的地交貨", "目的地交货",
     "any", "place of destination", "seller", None, None, "seller", "buyer", "buyer", "at destination ready to unload"),
    ("DPU", "Delivered at Place Unloaded", "目的地卸貨後交貨", "目的地卸货后交货",
     "any", "place of destination", "seller", None, None, "seller", "buyer", "seller", "unloaded"),
    ("DDP", "Delivered Duty Paid", "完稅後交貨", "完税后交货",
     "any", "place of destination", "seller", None, None, "seller", "seller", "buyer", "at destination ready to unload"),
)
# fmt: on

INCOTERMS: dict[str, Incoterm] = {row[0]: Incoterm(row[0], Names(*row[1:4]), *row[4:]) for row in _ROWS}

# The rule for any mode that keeps the same duties as its sea-only sister.
_ANY_MODE_SISTER = {"FAS": "FCA", "FOB": "FCA", "CFR": "CPT", "CIF": "CIP"}
_MODES = frozenset(get_args(TransportMode))


def incoterm(code: str) -> Incoterm:
    """The rule of exactly this code; ValueError for anything else, rules of older editions (DAT, DDU…) included."""
    found = INCOTERMS.get(code)
    if found is None:
        raise ValueError(f"not an Incoterms 2020 rule: {code[:12]!r}")
    return found


def advice(term: str, mode: TransportMode, container: bool = False) -> list[Advice]:
    """What to warn of when goods travel by `mode` under `term`; empty when the rule fits. ValueError for an unknown mode.

    `container` means that the goods are handed over at a terminal before loading, so that nobody can see when they pass on board.
    """
    incoterm(term)
    if mode not in _MODES:
        raise ValueError(f"unknown transport mode: {str(mode)[:20]!r}")
    found: list[Advice] = []
    sister = _ANY_MODE_SISTER.get(term)
    if sister and mode not in ("sea", "inland_water"):
        found.append(
            Advice(
                "not_by_ship",
                Names(
                    f"{term} is only for sea and inland waterway. For this journey use {sister}.",
                    f"{term} 只適用於海運及內河運輸，此運輸方式請改用 {sister}。",
                    f"{term} 只适用于海运及内河运输，此运输方式请改用 {sister}。",
                ),
                sister,
            )
        )
    elif sister and container:
        found.append(
            Advice(
                "container",
                Names(
                    f"Containers are handed over ashore: under {term} the seller bears risk without control. Use {sister}.",
                    f"貨櫃在碼頭堆場交付，使用 {term} 時賣方須承擔無法控制的風險，請改用 {sister}。",
                    f"集装箱在码头堆场交付，使用 {term} 时卖方须承担无法控制的风险，请改用 {sister}。",
                ),
                sister,
            )
        )
    if term == "EXW":
        found.append(
            Advice(
                "buyer_clears_export",
                Names(
                    "Under EXW the buyer clears goods for export, which a foreign buyer often cannot. Use FCA across a border.",
                    "EXW 由買方辦理出口清關，境外買方往往無法辦理；跨境交易請改用 FCA。",
                    "EXW 由买方办理出口清关，境外买方往往无法办理；跨境交易请改用 FCA。",
                ),
                "FCA",
            )
        )
    if term == "DDP":
        found.append(
            Advice(
                "seller_clears_import",
                Names(
                    "Under DDP the seller clears import and pays duty and tax. Unless the seller can register there, use DAP.",
                    "DDP 由賣方辦理進口清關並繳納關稅及稅款；請確認賣方能在當地登記，否則改用 DAP。",
                    "DDP 由卖方办理进口清关并缴纳关税及税款；请确认卖方能在当地登记，否则改用 DAP。",
                ),
                "DAP",
            )
        )
    if term == "DPU":
        found.append(
            Advice(
                "seller_unloads",
                Names(
                    "Under DPU the seller unloads the goods at the named place. If the seller cannot, use DAP.",
                    "DPU 由賣方在指定地點卸貨；若賣方無法卸貨，請改用 DAP。",
                    "DPU 由卖方在指定地点卸货；若卖方无法卸货，请改用 DAP。",
                ),
                "DAP",
            )
        )
    return found
