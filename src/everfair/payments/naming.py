"""Is the holder of a bank account this company? Pure: names in, a score and doubts out (I15).

A bank transfers to a number; the name is what a thief cannot choose freely. The score says how far the holder's name is one of the
company's registered names, in whichever script; a doubt keeps it from being believed without a person, however high the score.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from opencc_purepy import OpenCC
from rapidfuzz import fuzz

from everfair.companies.values import skeleton

# What a name says about the kind of firm, in the spellings of registers and banks; the first is how they compare. Longest first.
_FORMS = (
    ("limited", "company limited", "co limited", "co ltd", "limited", "ltd", "有限责任公司", "有限公司", "株式会社", "주식회사",
     "limitada", "ltda", "pte ltd", "private limited", "pvt ltd", "sdn bhd", "pty ltd", "llc", "l l c", "ооо", "company limited by shares"),
    ("gmbh", "gesellschaft mit beschrankter haftung", "gesellschaft mbh", "g m b h", "gmbh"),
    ("gmbh co kg", "gmbh und co kg", "gmbh co kg"),
    ("ag", "aktiengesellschaft", "a g", "ag"),
    ("kg", "kommanditgesellschaft", "kg"),
    ("stock", "public limited company", "plc", "incorporated", "inc", "corporation", "corp", "股份有限公司", "joint stock company", "jsc", "оао", "пао"),
    ("sa", "sociedad anonima", "societe anonyme", "s a", "sa"),
    ("sarl", "societe a responsabilite limitee", "s a r l", "sarl"),
    ("srl", "societa a responsabilita limitata", "s r l", "srl"),
    ("spa", "societa per azioni", "s p a", "spa"),
    ("sl", "sociedad limitada", "s l", "sl"),
    ("bv", "besloten vennootschap", "b v", "bv"),
    ("nv", "naamloze vennootschap", "n v", "nv"),
    ("oy", "osakeyhtio", "oy"), ("ab", "aktiebolag", "ab"), ("aps", "anpartsselskab", "aps"), ("as", "aksjeselskap", "a s", "as"),
    ("spzoo", "spolka z ograniczona odpowiedzialnoscia", "sp z o o", "spzoo"),
    ("sas", "societe par actions simplifiee", "s a s", "sas"),
    ("kft", "korlatolt felelossegu tarsasag", "kft"),
    ("anonim", "anonim sirketi", "a s ti", "a ş"),
)  # fmt: skip
_SPELLINGS = sorted(((text, form) for form, *texts in _FORMS for text in texts), key=lambda pair: -len(pair[0]))
# Scripts that stand together in one honest word (UTS 39, «highly restrictive»).
_TOGETHER = ({"LATIN"}, {"CJK", "HIRAGANA", "KATAKANA", "LATIN"}, {"CJK", "HANGUL", "LATIN"}, {"CJK", "BOPOMOFO", "LATIN"})
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
_SPLIT = re.compile(r"[^\w]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class NameMatch:
    """`score`: 0 to 100. `doubts`: mixed (letters of several scripts in one word), imitates (looks like the name and is spelled
    with other letters), form (another kind of firm), hidden (characters that are not seen)."""

    score: int
    doubts: tuple[str, ...]
    name: str  # the registered name it is nearest to


def match_holder(holder: str, names: Iterable[str]) -> NameMatch:
    """The holder against each of the company's names; the best of them counts."""
    known = [name for name in names if name.strip()]
    score, nearest = max(((_alike(holder, name), name) for name in known), default=(0, ""))
    doubts = []
    if any(unicodedata.category(char) in ("Cf", "Cc", "Co", "Cs") for char in holder):
        doubts.append("hidden")
    if any(not _is_honest(word) for word in _SPLIT.split(unicodedata.normalize("NFKC", holder))):
        doubts.append("mixed")
    if any(skeleton(name) == skeleton(holder) and _letters(name) != _letters(holder) for name in known):
        doubts.append("imitates")
    if "" not in (forms := {_form(holder), _form(nearest)}) and len(forms) > 1:
        doubts.append("form")
    return NameMatch(score, tuple(doubts), nearest)


def _alike(one: str, other: str) -> int:
    """Order of words does not count, a missing word does: banks turn names round, they do not shorten them to a common one."""
    a, b = _core(one), _core(other)
    if not a or not b:
        return 0
    if _HAN.search(a) or _HAN.search(b):
        return int(fuzz.ratio(a.replace(" ", ""), b.replace(" ", "")))
    return int(max(fuzz.token_sort_ratio(a, b), fuzz.ratio(a.replace(" ", ""), b.replace(" ", ""))))


def _core(name: str) -> str:
    """The words that are the firm's own: simplified Chinese, without accents, without its legal form."""
    return _parted(_plain(name))[0]


def _form(name: str) -> str:
    return _parted(_plain(name))[1]


@cache
def _parted(plain: str) -> tuple[str, str]:
    """The words and the legal form, which stands at the end (in Chinese and Japanese without a blank, in Japanese also in front)."""
    for text, form in _SPELLINGS:
        if _HAN.search(text) or not text.isascii():
            if plain.endswith(text):
                return plain[: -len(text)].strip(), form
            if plain.startswith(text):
                return plain[len(text) :].strip(), form
        elif plain.endswith(f" {text}"):
            return plain[: -len(text) - 1].strip(), form
    return plain, ""


def _plain(name: str) -> str:
    """Casefolded words parted by one blank; «&» is «and» nowhere and everywhere, so it goes; traditional characters become simplified."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    if _HAN.search(folded):
        folded = _simplified().convert(folded)
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if unicodedata.category(c) != "Mn" or not _is_marked(c))
    words = [
        word for word in _SPLIT.split(unicodedata.normalize("NFC", bare)) if word and word not in ("and", "und", "et", "y", "the")
    ]
    return " ".join(words)


def _is_marked(mark: str) -> bool:
    """Accents of alphabets go; marks that are letters of their own (Thai, Devanagari, kana) stay."""
    return unicodedata.name(mark, "").startswith("COMBINING") and "KATAKANA" not in unicodedata.name(mark, "")


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


def _letters(name: str) -> str:
    """What is written, apart from case, accents and everything that is no letter or digit."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", _plain(name)))


def _is_honest(word: str) -> bool:
    scripts = {unicodedata.name(char, "UNKNOWN").split()[0].split("-")[0] for char in word if char.isalpha()}
    scripts = {{"FULLWIDTH": "LATIN", "IDEOGRAPHIC": "CJK"}.get(script, script) for script in scripts}
    return len(scripts) <= 1 or any(scripts <= together for together in _TOGETHER)
