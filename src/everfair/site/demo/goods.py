"""What the suppliers written by hand sell: a few goods each, in sizes and colours, so that there are two hundred offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from everfair.base.money import Money, UnitPrice
from everfair.catalog.sheets.draft import OfferDraft
from everfair.site.demo.kinds import COLOURS, Words, attributes


class Good(NamedTuple):
    firm: str
    sku: str
    category: str
    en: str
    hant: str
    hans: str
    unit: str
    price: str
    moq: int
    hs: str
    lead_days: int
    material: str
    variants: str


_CODES = {
    "red": "RED",
    "blue": "BLU",
    "black": "BLK",
    "white": "WHT",
    "green": "GRN",
    "grey": "GRY",
    "natural": "NAT",
    "silver": "SLV",
}

# fmt: off
GOODS = (
    Good("yiwu", "PG-01", "home/seasonal", "Paper party lanterns, set of 10", "派對紙燈籠十入", "派对纸灯笼十入", "SET", "1.85", 200, "950590", 15, "paper", "red blue white green"),
    Good("yiwu", "GF-02", "toys/novelty-toys", "Light-up spinning top", "發光陀螺", "发光陀螺", "H87", "0.28", 1200, "950300", 12, "ABS", "red blue green"),
    Good("yiwu", "HG-03", "home/kitchen-tools", "Bamboo kitchen utensil set, 6 pieces", "竹製廚具六件組", "竹制厨具六件套", "SET", "2.10", 300, "441919", 18, "bamboo", "natural"),
    Good("yiwu", "RB-04", "textiles/trimmings", "Satin ribbon 25 mm, 100 yards", "緞帶 25 毫米 100 碼", "缎带 25 毫米 100 码", "H87", "0.95", 500, "580632", 10, "polyester", "red blue white green black"),
    Good("yiwu", "KC-05", "bags/wallets", "Canvas coin purse with zip", "帆布拉鍊零錢包", "帆布拉链零钱包", "H87", "0.62", 600, "420232", 14, "canvas", "red blue black"),
    Good("wenzhou", "MS-11", "shoes/mens-shoes", "Men's leather derby shoes", "男士真皮德比鞋", "男士真皮德比鞋", "PR", "14.80", 240, "640399", 35, "cow leather", "black blue natural"),
    Good("wenzhou", "SS-12", "shoes/safety-shoes", "Safety shoes S3, steel toe", "S3 鋼頭安全鞋", "S3 钢头安全鞋", "PR", "11.40", 300, "640340", 30, "nubuck", "black grey"),
    Good("wenzhou", "SL-13", "shoes/sandals-slippers", "EVA garden clogs", "EVA 花園洞洞鞋", "EVA 花园洞洞鞋", "PR", "1.95", 1200, "640299", 20, "EVA", "red blue green black white"),
    Good("wenzhou", "SP-14", "shoes/sports-shoes", "Knitted running shoes", "飛織跑鞋", "飞织跑鞋", "PR", "8.60", 600, "640411", 32, "polyester knit", "black white blue"),
    Good("taizhou", "MD-21", "machinery/moulds-dies", "Injection mould for crates, 2 cavities", "周轉箱注塑模具 2 腔", "周转箱注塑模具 2 腔", "H87", "18500", 1, "848071", 45, "P20 steel", "silver"),
    Good("taizhou", "MD-22", "machinery/moulds-dies", "Injection mould for caps, 16 cavities", "瓶蓋注塑模具 16 腔", "瓶盖注塑模具 16 腔", "H87", "26400", 1, "848071", 50, "H13 steel", "silver"),
    Good("taizhou", "CR-23", "packaging/pallets-drums", "Folding plastic crate 600 × 400", "摺疊塑料箱 600 × 400", "折叠塑料箱 600 × 400", "H87", "5.75", 400, "392310", 20, "PP", "blue green grey red"),
    Good("shaoxing", "FB-31", "textiles/cotton-fabric", "Cotton poplin 120 g/m², 150 cm", "純棉府綢 120 克 150 厘米", "纯棉府绸 120 克 150 厘米", "MTR", "1.62", 1000, "520851", 20, "cotton", "white blue red green natural"),
    Good("shaoxing", "FB-32", "textiles/synthetic-fabric", "Polyester chiffon 75D", "滌綸雪紡 75D", "涤纶雪纺 75D", "MTR", "0.88", 1500, "540752", 15, "polyester", "black white red blue"),
    Good("shaoxing", "FB-33", "textiles/knitted-fabric", "Single jersey 180 g/m²", "單面針織布 180 克", "单面针织布 180 克", "KGM", "4.30", 500, "600622", 18, "cotton", "grey black white blue"),
    Good("shaoxing", "FB-34", "textiles/nonwoven-technical", "PU-coated oxford 600D", "600D PU 牛津布", "600D PU 牛津布", "MTR", "1.15", 1000, "590320", 15, "polyester", "black green blue"),
    Good("yongkang", "VB-41", "home/drinkware", "Stainless vacuum bottle 500 ml", "不鏽鋼保溫杯 500 毫升", "不锈钢保温杯 500 毫升", "H87", "3.95", 500, "961700", 25, "stainless steel 304", "black white blue green red silver"),
    Good("yongkang", "VB-42", "home/drinkware", "Travel mug with handle 400 ml", "手柄旅行杯 400 毫升", "手柄旅行杯 400 毫升", "H87", "4.40", 500, "961700", 25, "stainless steel 304", "black white blue"),
    Good("yongkang", "CW-43", "home/cookware", "Stainless stock pot 24 cm", "不鏽鋼湯鍋 24 厘米", "不锈钢汤锅 24 厘米", "H87", "9.80", 200, "732393", 28, "stainless steel", "silver"),
    Good("yongkang", "HT-44", "tools/hand-tools", "Combination pliers 200 mm", "鋼絲鉗 200 毫米", "钢丝钳 200 毫米", "H87", "2.35", 480, "820320", 22, "chrome vanadium", "red blue black"),
    Good("yongkang", "SC-45", "hardware/fasteners", "Hex bolt M8 × 50, zinc plated, price per 1,000", "六角螺栓 M8 × 50 鍍鋅（每千支價）", "六角螺栓 M8 × 50 镀锌（每千支价）", "H87", "38.50", 10000, "731815", 15, "steel 8.8", "silver black"),
    Good("zhongshan", "LP-51", "lighting/indoor-lighting", "LED panel 600 × 600, 40 W", "LED 面板燈 600 × 600 40 瓦", "LED 面板灯 600 × 600 40 瓦", "H87", "12.60", 100, "940511", 18, "aluminium", "white silver"),
    Good("zhongshan", "LS-52", "lighting/led-strips", "LED strip 24 V, 120 LED per metre, 5 m", "LED 燈帶 24 伏 5 米", "LED 灯带 24 伏 5 米", "XRO", "4.90", 300, "940542", 15, "FPC", "white red blue green"),
    Good("zhongshan", "SG-53", "lighting/outdoor-lighting", "Solar garden light with stake", "太陽能插地燈", "太阳能插地灯", "H87", "2.20", 600, "940541", 20, "ABS", "black silver"),
    Good("cixi", "KT-61", "home/kitchen-appliances", "Electric kettle 1.7 l, 2200 W", "電熱水壺 1.7 公升", "电热水壶 1.7 升", "H87", "7.35", 500, "851671", 30, "stainless steel", "black white red silver"),
    Good("cixi", "JC-62", "home/kitchen-appliances", "Portable juicer cup, USB", "便攜榨汁杯 USB", "便携榨汁杯 USB", "H87", "6.10", 600, "850940", 28, "tritan", "white green blue"),
    Good("cixi", "FN-63", "home/household-appliances", "Stand fan 16 inch", "落地扇 16 吋", "落地扇 16 寸", "H87", "13.90", 300, "841451", 30, "ABS", "white black"),
    Good("foshan", "CH-71", "furniture/dining-kitchen", "Dining chair, beech legs", "櫸木腳餐椅", "榉木脚餐椅", "H87", "16.40", 120, "940161", 35, "PP and beech", "white grey black green"),
    Good("foshan", "TB-72", "furniture/living-room", "Side table, powder-coated steel", "粉體塗裝鋼製邊桌", "粉体喷涂钢制边桌", "H87", "11.20", 150, "940320", 30, "steel", "black white green"),
    Good("foshan", "SH-73", "furniture/shelving-storage", "Boltless shelving, 5 levels, 175 kg each", "五層免螺絲層架", "五层免螺丝货架", "SET", "19.80", 100, "940320", 25, "steel", "grey blue"),
    Good("taichung", "VS-81", "machinery/machine-tools", "Precision machine vise 150 mm", "精密虎鉗 150 毫米", "精密虎钳 150 毫米", "H87", "128", 10, "846620", 30, "cast iron", "silver"),
    Good("taichung", "CL-82", "tools/tool-accessories", "ER32 collet set, 18 pieces", "ER32 筒夾組 18 件", "ER32 筒夹组 18 件", "SET", "74", 20, "846610", 20, "spring steel", "silver"),
    Good("taichung", "EM-83", "tools/tool-accessories", "Carbide end mill 10 mm, 4 flutes", "鎢鋼立銑刀 10 毫米四刃", "钨钢立铣刀 10 毫米四刃", "H87", "9.60", 100, "820770", 14, "carbide", "silver black"),
    Good("tiruppur", "TS-91", "apparel/tshirts-sweatshirts", "Organic cotton T-shirt 180 g", "有機棉 T 恤 180 克", "有机棉 T 恤 180 克", "H87", "2.95", 1000, "610910", 40, "organic cotton", "white black blue green red grey"),
    Good("tiruppur", "BW-92", "apparel/baby-clothing", "Baby romper, GOTS, pack of 3", "嬰兒連身衣三入 GOTS", "婴儿连身衣三入 GOTS", "SET", "6.80", 500, "611120", 45, "organic cotton", "white blue green"),
    Good("tiruppur", "PJ-93", "apparel/underwear-sleepwear", "Cotton pyjama set", "純棉睡衣套裝", "纯棉睡衣套装", "SET", "5.40", 600, "610831", 42, "cotton", "blue grey red"),
    Good("quanzhou", "BP-A1", "bags/backpacks", "Backpack 25 l, recycled polyester", "再生滌綸背包 25 公升", "再生涤纶背包 25 升", "H87", "8.20", 300, "420292", 30, "rPET", "black blue green grey"),
    Good("quanzhou", "CB-A2", "bags/sports-travel-bags", "Cooler bag 16 l", "保冷袋 16 公升", "保冷袋 16 升", "H87", "4.15", 500, "420292", 25, "rPET", "blue red grey"),
    Good("quanzhou", "LC-A3", "bags/laptop-cases", "Laptop sleeve 14 inch", "14 吋筆電內袋", "14 寸笔记本内胆包", "H87", "2.70", 500, "420212", 22, "neoprene", "black grey blue"),
    Good("jingdezhen", "CU-B1", "home/drinkware", "Porcelain mug 350 ml, celadon glaze", "青釉瓷杯 350 毫升", "青釉瓷杯 350 毫升", "H87", "3.10", 200, "691110", 40, "porcelain", "green white blue"),
    Good("jingdezhen", "PL-B2", "home/tableware", "Porcelain plate 26 cm, hand-thrown", "手拉坯瓷盤 26 厘米", "手拉坯瓷盘 26 厘米", "H87", "6.90", 100, "691110", 45, "porcelain", "white blue green"),
    Good("jingdezhen", "TE-B3", "home/tableware", "Gongfu tea set, 8 pieces", "工夫茶具八件組", "工夫茶具八件套", "SET", "28.50", 30, "691110", 50, "porcelain", "white blue"),
)
# In the two scripts of Chinese.
MATERIALS = {
    "ABS": ("ABS 塑膠", "ABS 塑料"), "EVA": ("EVA 泡棉", "EVA 泡沫"), "FPC": ("柔性電路板", "柔性电路板"),
    "H13 steel": ("H13 鋼", "H13 钢"), "P20 steel": ("P20 鋼", "P20 钢"), "PP": ("聚丙烯", "聚丙烯"),
    "PP and beech": ("聚丙烯與櫸木", "聚丙烯与榉木"), "aluminium": ("鋁", "铝"), "bamboo": ("竹", "竹"),
    "canvas": ("帆布", "帆布"), "carbide": ("硬質合金", "硬质合金"), "cast iron": ("鑄鐵", "铸铁"),
    "chrome vanadium": ("鉻釩鋼", "铬钒钢"), "cotton": ("棉", "棉"), "cow leather": ("牛皮", "牛皮"),
    "neoprene": ("氯丁橡膠", "氯丁橡胶"), "nubuck": ("磨砂皮", "磨砂皮"), "organic cotton": ("有機棉", "有机棉"),
    "paper": ("紙", "纸"), "polyester": ("滌綸", "涤纶"), "polyester knit": ("滌綸針織布", "涤纶针织布"),
    "porcelain": ("瓷", "瓷"), "rPET": ("再生滌綸", "再生涤纶"), "spring steel": ("彈簧鋼", "弹簧钢"),
    "stainless steel": ("不鏽鋼", "不锈钢"), "stainless steel 304": ("304 不鏽鋼", "304 不锈钢"),
    "steel": ("鋼", "钢"), "steel 8.8": ("8.8 級鋼", "8.8 级钢"), "tritan": ("Tritan 共聚酯", "Tritan 共聚酯"),
}
# fmt: on
_SIZES = (("", "", "", Decimal("1")), ("large", "大號", "大号", Decimal("1.18")))
OFFERS_TOTAL = 200


def offers() -> Iterator[tuple[Good, Callable[[str], OfferDraft]]]:
    """Two hundred offers, always the same: each good in its colours, then in a second size until there are enough.

    Each comes with its good, and is written once the country of origin is known.
    """
    made = 0
    for size, hant_size, hans_size, factor in _SIZES:
        for good in GOODS:
            for colour in good.variants.split():
                if made == OFFERS_TOTAL:
                    return
                made += 1
                yield good, partial(_offer, good, colour, (size, hant_size, hans_size), factor)


def _and(colours: str) -> str:
    names = [COLOURS[code].en for code in colours.split()]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _listed(colours: str, script: str) -> str:
    return "、".join(getattr(COLOURS[code], script) for code in colours.split())


def _offer(good: Good, colour: str, size: tuple[str, str, str], factor: Decimal, origin: str) -> OfferDraft:
    shown = COLOURS[colour]
    first = (Decimal(good.price) * factor).quantize(Decimal("0.01"))
    per = Decimal(1000) if "1,000" in good.en else Decimal(1)
    steps = ((1, "1"), (3, "0.94"), (10, "0.88"))
    tiers = tuple(
        (Decimal(good.moq * times), UnitPrice((first * Decimal(rate)).quantize(Decimal("0.01")), "USD", per))
        for times, rate in steps
    )
    extra = [f", {size[0]}" if size[0] else "", f"，{size[1]}" if size[1] else "", f"，{size[2]}" if size[2] else ""]
    said = attributes(colour, Words(*size) if size[0] else None, Words(good.material, *MATERIALS[good.material]))
    on_request = good.firm == "taizhou" and good.sku == "MD-22"
    return OfferDraft(
        sku="-".join(filter(None, [good.sku, _CODES[colour], size[0][:1].upper()])),
        titles={
            "en": f"{good.en}, {shown.en}{extra[0]}",
            "zh-hant": f"{good.hant}，{shown.hant}{extra[1]}",
            "zh-hans": f"{good.hans}，{shown.hans}{extra[2]}",
        },
        category_code=good.category,
        variant_group=good.sku,
        descriptions={
            "en": f"{good.en}, in {_and(good.variants)}. Samples in 7 days, bulk in {good.lead_days} days.",
            "zh-hant": f"{good.hant}，有{_listed(good.variants, 'hant')}。樣品七天，大貨 {good.lead_days} 天。",
            "zh-hans": f"{good.hans}，有{_listed(good.variants, 'hans')}。样品七天，大货 {good.lead_days} 天。",
        },
        attributes=said.pop("en"),
        attributes_by_language=said,
        tiers=() if on_request else tiers,
        moq=Decimal(good.moq),
        unit_code=good.unit,
        lead_times=((Decimal(1), good.lead_days), (Decimal(good.moq * 3 + 1), good.lead_days + 15)),
        sample_price=None if on_request else Money.of(f"{(first * (1 if per > 1 else 3)).quantize(Decimal('0.01'))}", "USD"),
        hs_code=good.hs,
        origin=origin,
    )
