"""Which of our categories a foreign category path means, by the words of `data/categories.csv`.

Every keyword is a phrase, and so are a category's own names; `a+b` asks for both phrases anywhere in path or title, and
`a+b~` says little; a hall's phrase that begins with `!` settles the hall when it is the whole root of the path. The deeper
a path segment, the more it says; a title speaks by the noun that ends its first part ("Braided Belt, for Women" is a belt).
No learning, no chance: the same words give the same answer.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from ..values import UNSORTED, CategoryGuess
from .rows import rows

_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")
_TITLE_BREAK = re.compile(r"[,|(\[:;–—•、。,(【]|\s-+\s|\s(?:with|for|by|in|from|of)\s", re.IGNORECASE)
_SILENT = frozenset({"and", "the", "a", "an", "s", "other", "more"})
_IRREGULAR = {"knives": "knife", "shelves": "shelf", "scarves": "scarf", "loaves": "loaf", "leaves": "leaf", "feet": "foot",
              "teeth": "teeth", "glasses": "glasses", "sunglasses": "sunglass", "womens": "women", "mens": "men", "lady": "women",
              "ladies": "women", "kids": "kid", "children": "children", "childrens": "children", "moulds": "mold",
              "mould": "mold", "jewellery": "jewelry", "tyre": "tire", "tyres": "tire", "aluminium": "aluminum",
              "bus": "bus", "gas": "gas", "lens": "lens", "canvas": "canvas", "dies": "die", "ties": "tie", "movies": "movie",
              "cookies": "cookie", "hoodies": "hoodie", "pies": "pie", "selfies": "selfie", "brownies": "brownie",
              "smoothies": "smoothie", "beanies": "beanie", "onesies": "onesie", "calories": "calorie", "series": "series",
              "clothes": "clothes", "axes": "axe", "shoes": "shoe", "horseshoes": "horseshoe", "boxes": "box",
              "jerseys": "jersey"}  # fmt: skip

# Traditional characters in our words, each above its simplified one.
_SIMPLIFIED = str.maketrans(
    "紡織麵緞絲綢紗線縫紉釦鈕帶輔飾針繡襪領裝褲裙襯衛運動圍製護嬰兒鞋涼靴錢寶錶鐘眼鏡鑽黃銀頭鏈項環戒玩積遙車娃絨銷藝園廚鍋盤壺歲塊餐紙濾潔掃垃圾箱籃熱電燈飯漿爐烤烘櫃櫥臥廳辦傢具層牆凈淨閥門"
    "鎖鉸鋼彈簧輪軸齒鐵緊螺絲釘鉗錘銼鋸鉆銑床機械沖壓鑄鍛銲焊測計儀氣壓縮發動泵輸倉儲搬運實驗顯鏡離包裝貼標簽膠膜桶噸學劑塗漆顏顏滑潤農藥肥塑橡樹鋁銅鋅鎳鈦礦廢資電腦筆記鍵鼠網絡訊"
    "訊號聲響麥風視攝錄智慧遊戲監控報晶電阻樂吉鋼琴開關插電纜線變頻斷繼陽儲車輛輛煞懸掛輪胎蠟養護磚磁馬衛龍頭檯臺瀝絕緣飲糖餅乾麵罐頭醬調鹽醋魚蝦雞鴨鵝豬牛乳酪蛋雙菜葉蔥蒜薑蘋葡萄檸檬穀豆"
    "種苗畜飼料寵貓狗喂餵鳥龜蟲驅殺蚊鼠滅療醫療齒維營養雞膚髮髮臉霜潔捲染洗護甲剃鬚鬍浴皂牙刷體健徑籃網羽乒乓釣獵騎單車滑雪潛槳營帳遊書圖畫冊報紙雜誌印碼計算墨夾訂釘簿貨禮品慶節賀聖誕氣"
    "球傘煙菸徽獎杯旗佛務檢驗認證設計諮詢軟體維修緩裡裏墊門窗簾毯罩臺燭薰掛鉤衣曬凍鮮產業營運濕乾壓離東語詞國際產個們對廣應專業處兩從來無長開關時樣種後見價買賣",
    "纺织面缎丝绸纱线缝纫扣纽带辅饰针绣袜领装裤裙衬卫运动围制护婴儿鞋凉靴钱宝表钟眼镜钻黄银头链项环戒玩积遥车娃绒销艺园厨锅盘壶岁块餐纸滤洁扫垃圾箱篮热电灯饭浆炉烤烘柜橱卧厅办家具层墙净净阀门"
    "锁铰钢弹簧轮轴齿铁紧螺丝钉钳锤锉锯钻铣床机械冲压铸锻焊焊测计仪气压缩发动泵输仓储搬运实验显镜离包装贴标签胶膜桶吨学剂涂漆颜颜滑润农药肥塑橡树铝铜锌镍钛矿废资电脑笔记键鼠网络讯"
    "讯号声响麦风视摄录智慧游戏监控报晶电阻乐吉钢琴开关插电缆线变频断继阳储车辆辆刹悬挂轮胎蜡养护砖磁马卫龙头台台沥绝缘饮糖饼干面罐头酱调盐醋鱼虾鸡鸭鹅猪牛乳酪蛋双菜叶葱蒜姜苹葡萄柠檬谷豆"
    "种苗畜饲料宠猫狗喂喂鸟龟虫驱杀蚊鼠灭疗医疗齿维营养鸡肤发发脸霜洁卷染洗护甲剃须须浴皂牙刷体健径篮网羽乒乓钓猎骑单车滑雪潜桨营帐游书图画册报纸杂志印码计算墨夹订钉簿货礼品庆节贺圣诞气"
    "球伞烟烟徽奖杯旗佛务检验认证设计咨询软体维修缓里里垫门窗帘毯罩台烛薰挂钩衣晒冻鲜产业营运湿干压离东语词国际产个们对广应专业处两从来无长开关时样种后见价买卖",
)  # fmt: skip

_PUBLISHERS = frozenset({"publishing", "publisher", "publication", "press", "book", "library", "publishers", "bible"})
_ENOUGH = 1.15
_LONGEST_SEGMENT = 200
_LONGEST_TITLE = 300


class _Hit(NamedTuple):
    phrase: tuple[str, ...]
    start: int


class _Words(NamedTuple):
    """All keywords, laid out for matching."""

    by_first: dict[str, tuple[tuple[str, ...], ...]]  # first word → phrases, longest first
    single: dict[tuple[str, ...], tuple[str, ...]]  # phrase → categories
    joint: dict[
        tuple[str, ...], tuple[tuple[str, tuple[tuple[str, ...], ...], float], ...]
    ]  # first part → (category, all parts, force)
    hall: dict[tuple[str, ...], tuple[str, ...]]  # phrase → halls
    strict: frozenset[tuple[str, ...]]


def guess_category(path: Sequence[str], title: str = "", brand: str = "") -> tuple[str, float]:
    """Our category for a foreign path, root first, and how sure that is; unsorted and 0.0 when the words say too little."""
    guess = explain_category(path, title, brand)
    return guess.code, guess.confidence


def explain_category(path: Sequence[str], title: str = "", brand: str = "") -> CategoryGuess:
    """As `guess_category`, with the keywords that decided."""
    segments = tuple(part[:_LONGEST_SEGMENT] for part in path[:12] if part and part.strip())
    scores, because, found, root_halls = _path_scores(segments)
    scores = defaultdict(float, scores)
    because = defaultdict(tuple, because)

    strength = 0.4 if segments and scores and max(scores.values()) >= _ENOUGH else 1.0
    title_hits = _title_hits(title[:_LONGEST_TITLE], brand[:80])
    if title_hits or found:
        for code, (points, phrase) in _score(title_hits, found).items():
            scores[code] += points * strength
            because[code] += (phrase,)
    if _PUBLISHERS & set(_words(brand[:80])) and (not segments or not scores):
        scores["media/non-fiction"] += 1.3
        because["media/non-fiction"] += ("publisher",)
    for code in scores:
        if root_halls and code.partition("/")[0] not in root_halls:
            scores[code] *= 0.35

    ranked = sorted(scores.items(), key=lambda each: (-each[1], each[0]))
    if not ranked or ranked[0][1] < _ENOUGH:
        return CategoryGuess(UNSORTED, 0.0, ())
    best, points = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    confidence = min(1.0, points / 4) * (0.6 + 0.4 * (points - second) / points)
    return CategoryGuess(best, round(confidence, 2), because[best])


_PathScores = tuple[dict[str, float], dict[str, tuple[str, ...]], dict[tuple[str, ...], float], frozenset[str]]


@lru_cache(maxsize=4096)
def _path_scores(segments: tuple[str, ...]) -> _PathScores:
    """Points and reasons by category, all phrases found with their weight, and the halls that the root settles."""
    words = _keywords()
    scores: dict[str, float] = defaultdict(float)
    because: dict[str, tuple[str, ...]] = defaultdict(tuple)
    found: dict[tuple[str, ...], float] = {}
    halls: dict[str, float] = defaultdict(float)
    root_halls: frozenset[str] = frozenset()
    for depth, segment in enumerate(segments):
        tokens = _words(segment)
        weight = _depth_weight(depth, len(segments))
        hits: dict[tuple[str, ...], float] = {}
        for hit in _find(tokens):
            whole = 1.4 if len(hit.phrase) == len(tokens) else 1.0
            hits[hit.phrase] = max(hits.get(hit.phrase, 0.0), weight * whole)
            for hall in words.hall.get(hit.phrase, ()):
                halls[hall] = max(halls[hall], 1.0 if whole > 1 else 0.5)
                if whole > 1 and depth == 0 and hit.phrase in words.strict:
                    root_halls |= {hall}
        for phrase in _hidden(hits):
            del hits[phrase]
        for code, (points, reason) in _score(hits, found).items():
            scores[code] += points
            because[code] += (reason,)
        for phrase, points in hits.items():
            # A root such as "Clothing, Shoes & Jewelry" names many things: none of them is what this product is.
            if points >= 0.4:
                found[phrase] = max(found.get(phrase, 0.0), points)
    for code in list(scores):
        scores[code] += halls.get(code.partition("/")[0], 0.0)
    return dict(scores), dict(because), found, root_halls


def _depth_weight(depth: int, length: int) -> float:
    if length == 1:
        return 2.0
    if depth == 0:
        return 0.3
    return 0.8 + 1.2 * depth / (length - 1)


def _title_hits(title: str, brand: str) -> dict[tuple[str, ...], float]:
    """Phrases of the title with their weight: the noun that closes its first part counts most."""
    if brand and title.casefold().startswith(brand.casefold()):
        title = title[len(brand) :]
    hits: dict[tuple[str, ...], float] = {}
    part = 0
    for piece in _TITLE_BREAK.split(title):
        tokens = _words(piece)
        if not tokens:
            continue
        for hit in _find(tokens):
            after = tokens[hit.start + len(hit.phrase) :]
            closes = all(not token.isalpha() for token in after)  # sizes and model numbers may follow the noun
            weight = (1.6 if closes else 0.9) if part == 0 else 0.35 if part < 3 else 0.2
            hits[hit.phrase] = max(hits.get(hit.phrase, 0.0), weight)
        part += 1
    return hits


def _score(hits: dict[tuple[str, ...], float], before: dict[tuple[str, ...], float]) -> dict[str, tuple[float, str]]:
    """The best phrase of each category among these hits; a joint keyword counts where its last part turns up."""
    words = _keywords()
    best: dict[str, tuple[float, str]] = {}

    def offer(code: str, points: float, phrase: str) -> None:
        if points > best.get(code, (0.0, ""))[0]:
            best[code] = (points, phrase)

    hidden = _hidden(hits)
    for phrase, weight in hits.items():
        if phrase not in hidden:
            for code in words.single.get(phrase, ()):
                offer(code, weight * _specificity(phrase), _written(phrase))
    every = {**before, **hits}
    for phrase in every:
        for code, parts, force in words.joint.get(phrase, ()):
            new = [hits[part] * _specificity(part) for part in parts if part in hits and part not in before]
            if new and all(every.get(part, 0.0) >= 0.35 for part in parts):
                offer(code, max(new) * 1.25 * force, " + ".join(_written(part) for part in parts))
    return best


def _hidden(hits: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Phrases that are only a part of a longer phrase found beside them ("water" in "water bottle")."""
    phrases = list(hits)
    return {
        short
        for short in phrases
        for long in phrases
        if len(long) > len(short) and any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))
    }


def _specificity(phrase: tuple[str, ...]) -> float:
    if phrase[0] > "\u3400":  # one token is one character
        return 0.5 + 0.25 * min(len(phrase), 4)
    return 1.0 + 0.3 * min(len(phrase) - 1, 3)


def _written(phrase: tuple[str, ...]) -> str:
    return ("" if phrase[0] > "\u3400" else " ").join(phrase)


def _find(tokens: Sequence[str]) -> list[_Hit]:
    by_first = _keywords().by_first
    found = []
    for start, token in enumerate(tokens):
        for phrase in by_first.get(token, ()):
            if tuple(tokens[start : start + len(phrase)]) == phrase:
                found.append(_Hit(phrase, start))
    return found


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_SIMPLIFIED).replace("'s", "").replace("’s", "")
    return [_root(word) for word in _WORD.findall(plain) if word not in _SILENT]


@lru_cache(maxsize=8192)
def _root(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "ches", "shes", "xes", "zzes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@cache
def _keywords() -> _Words:
    single: dict[tuple[str, ...], list[str]] = defaultdict(list)
    joint: dict[tuple[str, ...], list[tuple[str, tuple[tuple[str, ...], ...], float]]] = defaultdict(list)
    hall: dict[tuple[str, ...], list[str]] = defaultdict(list)
    strict = set()
    for row in rows("categories"):
        code = row["code"]
        if not code.startswith("unsorted"):
            names = {tuple(_words(row[column])) for column in ("en", "zh_hant", "zh_hans")}
            for name in sorted(names):
                (single if "/" in code else hall)[name].append(code)
        for keyword in filter(None, row["keywords"].split(";")):
            parts = tuple(tuple(_words(part)) for part in keyword.removeprefix("!").split("+"))
            if "/" not in code:
                hall[parts[0]].append(code)
                if keyword.startswith("!"):
                    strict.add(parts[0])
            elif len(parts) == 1:
                single[parts[0]].append(code)
            else:
                joint[parts[0]].append((code, parts, 0.6 if keyword.endswith("~") else 1.0))
    by_first: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for phrase in [*single, *hall, *(part for pairs in joint.values() for _, parts, _ in pairs for part in parts)]:
        by_first[phrase[0]].add(phrase)
    return _Words(
        {first: tuple(sorted(phrases, key=lambda each: (-len(each), each))) for first, phrases in by_first.items()},
        {phrase: tuple(codes) for phrase, codes in single.items()},
        {phrase: tuple(pairs) for phrase, pairs in joint.items()},
        {phrase: tuple(codes) for phrase, codes in hall.items()},
        frozenset(strict),
    )
