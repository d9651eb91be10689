"""What suppliers call their columns, in English, Traditional and Simplified Chinese, and the field each name means.

Names are compared after `plain_name`: case, punctuation and full-width forms do not count. Longer lists beat clever rules:
add a word here when a real file uses it.
"""

from __future__ import annotations

import re
import unicodedata

from everfair.catalog.sheets.codes import currency_known

SURE, LIKELY, WEAK = 1.0, 0.9, 0.6

# field: (likely names, weak names). A weak name gives way to any likely one.
_NAMES: dict[str, tuple[str, str]] = {
    "sku": (
        "sku|product id|productid|item no|item number|item code|item id|item|article no|article number|article code|model no|model number|"
        "product code|product no|product number|part no|part number|stock code|stockcode|supplier sku|seller sku|asin|"
        "貨號|货号|商品編號|商品编号|產品編號|产品编号|商品編碼|商品编码|產品編碼|产品编码|款號|款号|型號|型号|料號|料号|商家編碼|商家编码|物料編碼|物料编码",
        "id|code|no|number|model|編號|编号|編碼|编码",
    ),
    "title": (
        "title|product title|product name|item name|offer title|goods name|commodity|article name|"
        "品名|商品名稱|商品名称|產品名稱|产品名称|商品標題|商品标题|產品標題|产品标题|標題|标题|貨品名稱|货品名称|貨名|货名",
        "name|product|名稱|名称|商品|產品|产品",
    ),
    "description": (
        "description|product description|long description|item description|desc|details|product details|body|"
        "描述|商品描述|產品描述|产品描述|詳細描述|详细描述|說明|说明|產品說明|产品说明|商品說明|商品说明|商品詳情|商品详情|產品介紹|产品介绍|詳情|详情",
        "short description|summary|remarks|簡介|简介|備註|备注",
    ),
    "bullets": (
        "bullet points|bullet point|bullets|bullet|features|key features|highlights|selling points|賣點|卖点|產品賣點|产品卖点|特點|特点|產品特點|产品特点",
        "",
    ),
    "brand": ("brand|brand name|trademark|品牌|商標|商标|牌子", "manufacturer|maker|製造商|制造商"),
    "category": (
        "category|categories|category path|category name|product category|product type|department|taxonomy|"
        "類別|类别|分類|分类|商品分類|商品分类|產品分類|产品分类|類目|类目|品類|品类|所屬類目|所属类目",
        "type|group|class|種類|种类",
    ),
    "price": (
        "price|unit price|unitprice|fob price|exw price|wholesale price|list price|net price|selling price|offer price|price each|"
        "單價|单价|價格|价格|售價|售价|批發價|批发价|出廠價|出厂价|離岸價|离岸价|報價|报价|含稅單價|含税单价",
        "cost|amount|金額|金额",
    ),
    "price_per": ("price per|price base quantity|price base|base quantity|per quantity|計價數量|计价数量", ""),
    "currency": ("currency|currency code|price currency|幣別|币别|幣種|币种|貨幣|货币", ""),
    "tiers": (
        "price tiers|tier prices|tiered price|tiered pricing|price breaks|quantity prices|volume prices|price ladder|"
        "階梯價|阶梯价|階梯價格|阶梯价格|梯度價|梯度价|區間價|区间价",
        "tiers",
    ),
    "moq": (
        "moq|minimum order quantity|minimum order|min order|min order qty|min order quantity|minimum quantity|min qty|minimum qty|"
        "起訂量|起订量|最小起訂量|最小起订量|最低起訂量|最低起订量|起批量|最小訂購量|最小订购量|最少訂購量|最少订购量",
        "",
    ),
    "multiple": (
        "multiple|order multiple|multiples of|order multiples|qty multiple|訂購倍數|订购倍数|倍數|倍数|整箱數|整箱数",
        "pack size|pack qty|裝箱數|装箱数|每箱數量|每箱数量",
    ),
    "unit": ("unit|uom|unit code|unit of measure|measure unit|sales unit|單位|单位|計量單位|计量单位|銷售單位|销售单位", ""),
    "lead_time": (
        "lead time|lead time days|leadtime|leadtime days|delivery time|delivery days|production time|production days|lead days|"
        "交貨期|交货期|交期|貨期|货期|交貨天數|交货天数|生產週期|生产周期|發貨天數|发货天数",
        "",
    ),
    "sample_price": ("sample price|sample cost|price of sample|樣品價|样品价|樣品價格|样品价格|樣品費|样品费|打樣費|打样费", ""),
    "hs_code": (
        "hs code|hscode|hs|hs no|tariff code|customs code|commodity code|海關編碼|海关编码|海關編號|海关编号|商品hs編碼|hs編碼|hs编码|稅則號列|税则号列|稅號|税号",
        "",
    ),
    "origin": (
        "origin|country of origin|origin country|made in|place of origin|coo|產地|产地|原產地|原产地|原產國|原产国|生產國|生产国",
        "country|國家|国家",
    ),
    "variant_group": (
        "variant group|variant group id|variation group|parent sku|parent id|parent product id|parent item|parent item no|item group id|"
        "變體組|变体组|變體群組|变体群组|父sku|父級sku|父级sku|父商品編號|父商品编号|spu|spu編碼|spu编码|主款號|主款号",
        "variants|variant",
    ),
    "pictures": (
        "picture urls|picture url|pictures|picture|image urls|image url|images|image|photo|photos|main image|image link|img|"
        "圖片|图片|主圖|主图|圖片網址|图片网址|圖片鏈接|图片链接|商品圖片|商品图片|圖片地址|图片地址",
        "",
    ),
    "attribute:gtin": (
        "gtin|gtin 13|gtin 14|ean|ean 13|ean13|upc|upc a|barcode|bar code|條碼|条码|條形碼|条形码|國際條碼|国际条码|69碼|69码",
        "",
    ),
    "attribute:color": ("color|colour|colors|colours|顏色|颜色|花色", ""),
    "attribute:size": ("size|sizes|尺寸|尺碼|尺码|規格尺寸|规格尺寸", ""),
    "attribute:material": ("material|materials|fabric|composition|材質|材质|材料|面料|質地|质地", ""),
    "ignored": (
        "rating|ratings|rating count|ratings count|stars|star rating|review count|reviews|reviews count|number of reviews|sales rank|rank|"
        "created at|updated at|url|link|product url|product link|stock|in stock|stock quantity|quantity in stock|availability|row|row no|line no|"
        "category code|序號|序号|評分|评分|評論數|评论数|評價數|评价数|庫存|库存|銷量|销量|鏈接|链接|商品鏈接|商品链接",
        "",
    ),
}

_LANGUAGES = {
    "en": "en|eng|english|英文|英語|英语",
    "zh-hant": "zh hant|zh tw|zh hk|tc|cht|traditional|traditional chinese|繁體|繁體中文|繁中|正體|正體中文|繁体|繁体中文",
    "zh-hans": "zh hans|zh cn|sc|chs|simplified|simplified chinese|简体|简体中文|简中|簡體|簡體中文|cn",
    "zh": "zh|chinese|中文|漢語|汉语",
}
_CURRENCIES = {
    "us$": "USD", "usd$": "USD", "美元": "USD", "美金": "USD", "rmb": "CNY", "人民幣": "CNY", "人民币": "CNY", "hk$": "HKD", "港幣": "HKD", "港币": "HKD",
    "港元": "HKD", "nt$": "TWD", "新台幣": "TWD", "新臺幣": "TWD", "台幣": "TWD", "€": "EUR", "歐元": "EUR", "欧元": "EUR", "euro": "EUR", "£": "GBP",
    "日元": "JPY", "日圓": "JPY", "英鎊": "GBP", "英镑": "GBP",
}  # fmt: skip
_TOKENS = re.compile(r"[^\w$€£+]+|_")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NUMBER_END = re.compile(r"^(.*?)[ ]?([0-9]{1,9})$")


def plain_name(column: str) -> str:
    """`Unit_Price (USD)` → `unit price usd`; `bulletPoints` → `bullet points`; `ＭＯＱ：` → `moq`."""
    text = unicodedata.normalize("NFKC", column)
    if not text.isupper():
        text = _CAMEL.sub(" ", text)
    return _TOKENS.sub(" ", text.casefold().replace("no.", "no ")).strip()


def _index() -> dict[str, tuple[str, float]]:
    found: dict[str, tuple[str, float]] = {}
    for field, (likely, weak) in _NAMES.items():
        for name in filter(None, likely.split("|")):
            found[name] = (field, LIKELY)
        for name in filter(None, weak.split("|")):
            found.setdefault(name, (field, WEAK))
    return found


_INDEX = _index()
_LANGUAGE_OF = {word: language for language, words in _LANGUAGES.items() for word in words.split("|")}


def field_of(column: str) -> tuple[str, float] | None:
    """The field a column name means, and how sure that is; languages, currencies and units in the name are set aside."""
    name = plain_name(column)
    if name in _INDEX:
        return _INDEX[name]
    for part, rest in _parted(name):
        if part in _LANGUAGE_OF and rest in _INDEX:
            field, sure = _INDEX[rest]
            if field in ("title", "description"):
                return f"{field}.{_LANGUAGE_OF[part]}", sure
            return field, sure
        if currency_of(part) and rest in _INDEX and _INDEX[rest][0] in ("price", "sample_price"):
            return _INDEX[rest]
        if part in ("days", "天", "pcs", "codes", "urls", "元", "件") and rest in _INDEX:
            return _INDEX[rest]
    return None


def _parted(name: str) -> list[tuple[str, str]]:
    """Every way to take words off the end or the beginning of a name; Chinese needs no blank between them."""
    words = name.split()
    found = [(" ".join(words[at:]), " ".join(words[:at])) for at in range(1, len(words))]
    found += [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    joined = name.replace(" ", "")
    if not joined.isascii():
        for size in (1, 2, 3, 4):
            if len(joined) > size:
                found += [(joined[-size:], joined[:-size]), (joined[:size], joined[size:])]
    return found


def currency_of(text: str) -> str | None:
    """A currency named in words or as a code; a lone «$» or «元» names several and so none."""
    word = text.strip().casefold()
    if word in _CURRENCIES:
        return _CURRENCIES[word]
    code = word.upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() and currency_known(code) else None


def currency_in(column: str) -> str | None:
    """The currency a price column names, such as `Price (USD)` or `單價（美元）`."""
    return next((found for part, _ in _parted(plain_name(column)) if (found := currency_of(part))), None)


_RANGE = re.compile(r"^(?:unit )?(?:price|單價|单价|價格|价格)?[ ]?(?:qty |from )?([0-9]{1,9})[ ]([0-9]{1,9})(?: pcs| 件)?$")
_OPEN = re.compile(
    r"^(?:unit )?(?:price|單價|单价|價格|价格)?[ ]?(?:qty |from )?(?:≥|>=)?([0-9]{1,9})[ ]?(?:\+|plus|up|以上|and above|and up)$"
)
_TIER_QUANTITY = re.compile(
    r"^(?:qty|quantity|tier qty|tier quantity|min qty|break qty|break|數量|数量|起訂量|起订量)[ ]?([0-9]{1,2})$"
)
_TIER_PRICE = re.compile(r"^(?:unit price|price|tier price|break price|單價|单价|價格|价格)[ ]?([0-9]{1,2})$")
_LISTED = re.compile(
    r"^(?:tiers|prices|price tiers|price breaks)[ ]([0-9]{1,2})[ ](min quantity|quantity|qty|min|from|price|unit price|amount)$"
)


def tier_field_of(column: str) -> str | None:
    """Columns that together make price tiers: `price_1_99`, `500+`, `qty1`/`price1`, `tiers.1.price`."""
    name = plain_name(column.replace("~", "-").replace("–", "-"))
    if match := _LISTED.match(name):
        return f"tier_{'price' if match[2] in ('price', 'unit price', 'amount') else 'quantity'}:{match[1]}"
    if match := _TIER_QUANTITY.match(name):
        return f"tier_quantity:{match[1]}"
    if match := _TIER_PRICE.match(name):
        return f"tier_price:{match[1]}"
    if match := _RANGE.match(name):
        return f"tier_range:{match[1]}-{match[2]}"
    if match := _OPEN.match(name):
        return f"tier_range:{match[1]}-"
    return None


def is_numbered(column: str, field: str) -> bool:
    """Whether `image2` is one more column of a field that may have several."""
    match = _NUMBER_END.match(plain_name(column))
    return bool(match and match[1] and _INDEX.get(match[1].strip(), ("", 0))[0] == field)
