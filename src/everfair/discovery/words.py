"""From what people write to the words that an index compares: one reading for offers and for questions alike.

Case, accents, full-width forms, traditional and simplified characters, and the ways to write a measure or a part number
all fold here, so that nothing else in the search has to know about them.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

import rjieba
from opencc_purepy import OpenCC

# Longer words are serial noise (hashes, base64); an index full of them only grows.
LONGEST_WORD = 48
# What is read of texts up to this is kept for a while.
_SHORT = 200

# Letters that no decomposition takes apart, and the typesetter's apostrophes.
_STANDALONE = dict(zip("øłđðþæœħıŧŋ’‘", ("o", "l", "d", "d", "th", "ae", "oe", "h", "i", "t", "n", "'", "'"), strict=True))
_STANDALONE_SIGN = re.compile(f"[{''.join(_STANDALONE)}]")
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
# Kana is written without spaces too, so it goes the way of the characters.
_KANA = "\u3041-\u309f\u30a1-\u30ff"
_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_MARKS = re.compile("[\u0300-\u036f]+")
# Each begins with its sign, so that a long text is crossed at the speed of a search for one character.
_APOSTROPHE = re.compile(r"'(?<=\w')(?=\w)")
_THOUSANDS = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")
_ASCII = re.compile(r"[\t\n\r\x20-\x7e]*\Z")

# Each unit with the other ways to write it.
_SPELLINGS = {
    "mm": ("毫米",),
    "cm": ("厘米", "公分"),
    "m": ("meter", "meters", "metre", "metres", "米", "公尺"),
    "km": (),
    "in": ("inch", "inches"),
    "ft": ("foot", "feet"),
    "yd": ("yard", "yards"),
    "mg": (),
    "g": ("gram", "grams", "克"),
    "kg": ("kgs", "公斤", "千克"),
    "oz": ("ounce", "ounces"),
    "lb": ("lbs", "pound", "pounds"),
    "ml": ("毫升",),
    "l": ("liter", "liters", "litre", "litres", "升"),
    "gal": ("gallon", "gallons"),
    "w": ("watt", "watts"),
    "kw": (),
    "v": ("volt", "volts"),
    "a": ("amp", "amps"),
    "ma": (),
    "mah": (),
    "ah": (),
    "hz": (),
    "khz": (),
    "mhz": (),
    "ghz": (),
    "kb": (),
    "mb": (),
    "gb": (),
    "tb": (),
    "dpi": (),
    "psi": (),
    "bar": (),
    "pack": ("packs", "pk"),
    "pc": ("pcs", "piece", "pieces"),
    "ct": ("count",),
}
_UNITS = {spelling: unit for unit, others in _SPELLINGS.items() for spelling in (unit, *others)}
_UNIT = "|".join(sorted((re.escape(unit) for unit in _UNITS), key=len, reverse=True))
_NUMBER = r"\d+(?:\.\d+)?"
_EDGE = r"(?![a-z0-9])"
_PIECE = re.compile(
    rf"""
      (?P<size> (?<![a-z0-9.]) [a-z]{{0,2}}{_NUMBER} (?: \s?(?:mm|cm|in|m|ft)? \s?[x×*]\s? {_NUMBER} ){{1,3}} {_EDGE} )
    | (?P<packof> pack\ of\ \d+ {_EDGE} )
    | (?P<measure> (?<![a-z0-9.]) {_NUMBER} [\s-]? (?:{_UNIT}) {_EDGE} )
    | (?P<part> (?=[a-z0-9./_-]{{0,40}}\d) [a-z0-9]+ (?: [-/._][a-z0-9]+ )+ )
    | (?P<han> [{_HAN}{_KANA}]+ )
    | (?P<word> [^\W_{_HAN}{_KANA}]+ )
    """,
    re.VERBOSE,
)
_WORD = re.compile(rf"\d+(?:\.\d+)+[^\W_{_HAN}{_KANA}]*|[^\W_{_HAN}{_KANA}]+")
_HAN_RUN = re.compile(rf"[{_HAN}{_KANA}]+")
_THREAD = re.compile(r"[a-z]{1,2}\d+(?=x\d)")
# No figure and no mixture of letters and figures: nothing there is a code.
_CODED = re.compile(r"[^\W_A-Za-z]|[^\x00-\x7f]")
_CJK = re.compile(rf"[{_HAN}{_KANA}]")


class Piece(NamedTuple):
    """One thing somebody wrote: a word, a measure, a size, a part number, or a run of Chinese."""

    words: tuple[str, ...] = ()
    code: str = ""
    han: str = ""


def fold(text: str) -> str:
    """Lower case without accents, in half-width forms and simplified characters; nothing unprintable survives."""
    return _fold_again(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    if not _ASCII.match(text):
        text = unicodedata.normalize("NFKC", _NOT_TEXT.sub(" ", text))
        text = _MARKS.sub("", unicodedata.normalize("NFD", text.casefold()))
        text = _STANDALONE_SIGN.sub(lambda found: _STANDALONE[found[0]], unicodedata.normalize("NFC", text))
        # Once more: composing may bring back a character that the table of compatible forms would replace.
        text = _NOT_TEXT.sub(" ", unicodedata.normalize("NFKC", text))
        if _CJK.search(text):
            text = _converter("tw2sp").convert(text).lower()
    else:
        text = text.lower()
    if "'" in text:
        text = _APOSTROPHE.sub("", text)
    if "," in text:
        text = _THOUSANDS.sub("", text)
    return text


# Brands, attributes and names of categories stand in thousands of offers, and a title is read twice: for its words and its codes.
_fold_again = lru_cache(maxsize=8_192)(_fold)


def pieces(text: str) -> list[Piece]:
    """What a text consists of, in its order."""
    return [_piece(found) for found in _PIECE.finditer(fold(text))]


def plain_words(folded: str) -> list[str]:
    """The words of scripts with spaces, from an already folded text; numbers keep their decimal point."""
    return [word for word in _WORD.findall(folded) if len(word) <= LONGEST_WORD]


def han_words(folded: str) -> list[str]:
    """Chinese words with the shorter words inside them («不锈钢» and «不锈»), from an already folded text."""
    if folded.isascii():
        return []
    runs = _HAN_RUN.findall(folded)
    # All in one call: a line end belongs to no word, so none is read across two runs.
    return [word for word in rjieba.cut_for_search("\n".join(runs)) if word != "\n"] if runs else []


def all_words(text: str) -> str:
    """The words of any script, of a text as it was written, with spaces between them."""
    return _all_words_again(text) if len(text) <= _SHORT else _all_words(text)


def _all_words(text: str) -> str:
    folded = fold(text)
    return " ".join(plain_words(folded) + han_words(folded))


_all_words_again = lru_cache(maxsize=8_192)(_all_words)


def han_slots(run: str) -> list[str]:
    """The words of a Chinese question, none inside another: each is one thing asked for."""
    return rjieba.cut(run)


def han_parts(word: str) -> list[str]:
    """The shorter words inside one Chinese word; empty when there are none."""
    return [part for part in rjieba.cut_for_search(word) if part != word]


def han_characters(folded: str) -> list[str]:
    """Every Chinese character by itself, so that a title is found by any stretch of it."""
    return [] if folded.isascii() else _CJK.findall(folded)


def codes(text: str) -> list[str]:
    """Part numbers, sizes and measures in one spelling: «AB-12/4» is `ab124`, «5 kg» `5kg`, «M8 × 50» `m8x50` and `m8`."""
    return [*(_codes_again(text) if len(text) <= _SHORT else _codes(text))]


def _codes(text: str) -> tuple[str, ...]:
    if not _CODED.search(text):
        return ()
    found: dict[str, None] = {}
    for match in _PIECE.finditer(fold(text)):
        # Most of a text is plain words, and none of them is a code.
        kind = match.lastgroup
        if kind == "han" or (kind == "word" and not _mixed(match[0][:LONGEST_WORD])):
            continue
        piece = _piece(match)
        if piece.code:
            found[piece.code] = None
            # «M8» out of «M8x50»: a letter before the figure names a thread, which is asked for by itself.
            if thread := _THREAD.match(piece.code):
                found[thread[0]] = None
    return tuple(code for code in found if len(code) <= LONGEST_WORD)


_codes_again = lru_cache(maxsize=8_192)(_codes)


def compact(text: str) -> str:
    """A stock number as people remember it: letters and figures alone."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


def is_chinese(text: str) -> bool:
    return bool(_CJK.search(text))


def in_script_of(language: str, folded: str) -> str:
    """Folded Chinese back in the characters that readers of this language use."""
    traditional = language.lower().replace("_", "-").startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo"))
    return _converter("s2t").convert(folded) if traditional else folded


def _piece(found: re.Match[str]) -> Piece:
    text = found[0]
    match found.lastgroup:
        case "han":
            return Piece(han=text)
        case "word":
            text = text[:LONGEST_WORD]
            return Piece((text,), text if _mixed(text) else "")
        case "size":
            figures = re.findall(rf"[a-z]*{_NUMBER}", re.sub(r"[×*]", "x", text).replace("x", " x "))
            return Piece(tuple(_WORD.findall(text)), "x".join(figures))
        case "packof":
            return Piece(("pack", text.rsplit(" ", 1)[1]), text.rsplit(" ", 1)[1] + "pack")
        case "measure":
            number = re.match(_NUMBER, text)[0]  # type: ignore[index]
            unit = text[len(number) :].strip(" -\t\n")
            return Piece(tuple(_WORD.findall(text)), number + _UNITS[unit])
        case _:
            return Piece(tuple(_WORD.findall(text)), compact(text))


def _mixed(word: str) -> bool:
    return not word.isalpha() and not word.isdigit()


class _Converter:
    """What OpenCC's own loop does, several times as fast: the longest phrase that begins at a character, or that character alone.

    Few characters begin a phrase together with the one that follows; all between those is replaced in one step.
    """

    def __init__(self, kind: str) -> None:
        refs = OpenCC(kind)._get_dict_refs(kind)
        self._rounds = []
        for union in (refs.round_1, refs.round_2, refs.round_3):
            if union:
                known: dict[str, str] = union.merged_map  # type: ignore[union-attr]
                phrases = {key: value for key, value in known.items() if len(key) > 1}
                single = str.maketrans({key: value for key, value in known.items() if len(key) == 1})
                lengths: dict[str, set[int]] = {}
                for key in phrases:
                    lengths.setdefault(key[:2], set()).add(len(key))
                begins = {pair: sorted(found, reverse=True) for pair, found in lengths.items()}
                firsts, seconds = ({re.escape(pair[place]) for pair in begins} for place in (0, 1))
                may_begin = re.compile(f"(?=[{''.join(firsts)}][{''.join(seconds)}])") if begins else re.compile("(?!)")
                self._rounds.append((may_begin, begins, phrases, single))

    def convert(self, text: str) -> str:
        for may_begin, begins, phrases, single in self._rounds:
            converted: list[str] = []
            done = 0
            for found in may_begin.finditer(text):
                place = found.start()
                lengths = begins.get(text[place : place + 2])
                if lengths is None or place < done:
                    continue
                for length in lengths:
                    replacement = phrases.get(text[place : place + length])
                    if replacement is not None:
                        converted += text[done:place].translate(single), replacement
                        done = place + length
                        break
            text = "".join(converted) + text[done:].translate(single)
        return text


@cache
def _converter(kind: str) -> _Converter:
    # Made at the first Chinese text: the dictionaries weigh 30 MB. `tw2sp` also turns Taiwan's own words into the mainland's.
    return _Converter(kind)
