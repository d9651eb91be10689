"""Which documents go with goods sold under each Incoterm: the truth table, 11 rules × 8 documents.

Source: Incoterms 2020, ICC publication 723E. A-articles bind the seller, B-articles the buyer:

- commercial invoice: A1 (every seller owes one that conforms to the contract);
- packing list: A8 (the seller checks, counts, weighs, packs and marks). The rules do not name the paper, trade and customs do;
- transport document: A6 of the C rules. Under FCA, FAS and FOB the buyer makes the contract of carriage (B4) and receives its
  document; under FCA the parties may agree that the buyer has the carrier issue it to the seller with an on-board notation, who then
  passes it on (A6/B6). Under EXW and the D rules nobody owes the other one: what the buyer needs there is the delivery document;
- export clearance, with licences, security and the inspections that the country of export demands: A7, for EXW B7;
- import clearance, with duty and tax: B7, for DDP A7;
- insurance certificate: A5 of CIF (Institute Cargo Clauses C) and CIP (A). Under no other rule does either side owe it;
- delivery document: A6, under F rules the usual proof that the goods were delivered, under D rules whatever the buyer needs to take
  the goods over, under DPU unloaded. Under EXW the buyer gives evidence of having taken them (B6). Under C rules the transport
  document is the proof;
- inspection certificate: B7, for DDP A7. It is the pre-shipment inspection that the authorities of the country of import demand,
  not the inspection that buyer and seller agree on.

`before_balance` is Everfair's rule, not the ICC's, and follows from the table. The seller shows first what the seller owes and what no
later paper of the seller's proves: goods on board (FOB, CFR, CIF) or at their destination (DAP, DPU, DDP) have been cleared for export,
goods handed over ashore (FCA, FAS, CPT, CIP) perhaps not; goods cleared for import have passed the authorities' inspection. Nobody can
hold back a payment by keeping back a paper of his own, so nothing that the buyer provides comes before the balance.
"""

from typing import get_args

from ..values import Names, Paper, PaperCode, Party, TransportMode
from .incoterms import incoterm

PAPERS: dict[PaperCode, Names] = {
    "commercial_invoice": Names("Commercial invoice", "商業發票", "商业发票"),
    "packing_list": Names("Packing list", "裝箱單", "装箱单"),
    "transport_document": Names("Transport document", "運輸單據", "运输单据"),
    "export_clearance": Names("Export clearance", "出口清關文件", "出口清关文件"),
    "import_clearance": Names("Import clearance", "進口清關文件", "进口清关文件"),
    "insurance_certificate": Names("Insurance certificate", "保險憑證", "保险凭证"),
    "delivery_document": Names("Proof of delivery", "交貨憑證", "交货凭证"),
    "inspection_certificate": Names("Pre-shipment inspection certificate", "裝運前檢驗證書", "装运前检验证书"),
}
_TRANSPORT_DOCUMENTS: dict[str, Names] = {
    "sea": Names("Bill of lading", "提單", "提单"),
    "inland_water": Names("Inland waterway bill of lading", "內河提單", "内河提单"),
    "air": Names("Air waybill", "航空運單", "航空运单"),
    "road": Names("Road consignment note", "公路運單", "公路运单"),
    "rail": Names("Rail consignment note", "鐵路運單", "铁路运单"),
    "courier": Names("Courier receipt", "快遞收據", "快递收据"),
    "multimodal": Names("Multimodal transport document", "多式聯運單據", "多式联运单据"),
}
_ON_BOARD = Names("Bill of lading with on-board notation", "已裝船提單", "已装船提单")
_ACROSS_BORDERS = ("export_clearance", "import_clearance", "inspection_certificate")

# Who provides it (S: seller, B: buyer, -: neither owes it) by which article; ! means before the balance.
# fmt: off
_TABLE = """
     invoice packing transport export  import insurance delivery inspection
EXW  S:A1!   S:A8!   -:A4/B4   B:B7    B:B7   -:A5/B5   B:B6     B:B7
FCA  S:A1!   S:A8!   B:B4      S:A7!   B:B7   -:A5/B5   S:A6!    B:B7
FAS  S:A1!   S:A8!   B:B4      S:A7!   B:B7   -:A5/B5   S:A6!    B:B7
FOB  S:A1!   S:A8!   B:B4      S:A7    B:B7   -:A5/B5   S:A6!    B:B7
CFR  S:A1!   S:A8!   S:A6!     S:A7    B:B7   -:A5/B5   -:A6     B:B7
CIF  S:A1!   S:A8!   S:A6!     S:A7    B:B7   S:A5!     -:A6     B:B7
CPT  S:A1!   S:A8!   S:A6!     S:A7!   B:B7   -:A5/B5   -:A6     B:B7
CIP  S:A1!   S:A8!   S:A6!     S:A7!   B:B7   S:A5!     -:A6     B:B7
DAP  S:A1!   S:A8!   -:A4      S:A7    B:B7   -:A5/B5   S:A6!    B:B7
DPU  S:A1!   S:A8!   -:A4      S:A7    B:B7   -:A5/B5   S:A6!    B:B7
DDP  S:A1!   S:A8!   -:A4      S:A7    S:A7!  -:A5/B5   S:A6!    S:A7
"""
# fmt: on
_PARTY: dict[str, Party | None] = {"S": "seller", "B": "buyer", "-": None}


def _paper(code: PaperCode, cell: str) -> Paper:
    who, _, article = cell.partition(":")
    return Paper(code, PAPERS[code], _PARTY[who], cell.endswith("!"), article.rstrip("!"))


PAPERS_BY_INCOTERM: dict[str, tuple[Paper, ...]] = {
    term: tuple(_paper(code, cell) for code, cell in zip(PAPERS, cells, strict=True))
    for term, *cells in (line.split() for line in _TABLE.strip().splitlines()[1:])
}


def papers_for(term: str, mode: TransportMode, *, across_border: bool = True, on_board: bool = False) -> tuple[Paper, ...]:
    """The eight documents of goods that travel by `mode` under `term`, the transport document by its name for that mode.

    `across_border` False: nobody clears anything (the rules say «where applicable»). `on_board`: the parties agreed under FCA that
    the carrier issues an on-board bill of lading to the seller. ValueError for an unknown rule or mode, for a sea rule by
    another mode, and for `on_board` under another rule or where no ship carries the goods.
    """
    rule = incoterm(term)
    if mode not in get_args(TransportMode):
        raise ValueError(f"unknown transport mode: {str(mode)[:20]!r}")
    if rule.modes == "sea" and mode not in ("sea", "inland_water"):
        raise ValueError(f"{term} is for sea and inland waterway only, not for {mode}")
    if on_board and (term != "FCA" or mode not in ("sea", "inland_water", "multimodal")):
        raise ValueError(f"an on-board bill of lading is agreed under FCA for goods that go by ship, not under {term} by {mode}")
    found = []
    for paper in PAPERS_BY_INCOTERM[term]:
        if paper.code in _ACROSS_BORDERS and not across_border:
            paper = paper._replace(provided_by=None, before_balance=False)
        elif paper.code == "export_clearance" and on_board:
            paper = paper._replace(before_balance=False)  # on board means cleared
        elif paper.code == "transport_document":
            paper = paper._replace(names=_TRANSPORT_DOCUMENTS[mode])
            if on_board:
                paper = paper._replace(names=_ON_BOARD, provided_by="seller", before_balance=True, article="A6/B6")
        found.append(paper)
    return tuple(found)
