"""Which line of a licence is its name, its number, its address: by the words that stand before it. Pure; the lines come from anywhere.

Labels as business licences of the mainland (GB/T 40054 electronic licence), of Hong Kong and Taiwan, and English ones print them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of text where it stands, in pixels; `confidence` 0 to 1 is the machine's own."""

    page: int
    left: int
    top: int
    width: int
    height: int
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Found:
    """What was read for a field, and the least confidence of the pieces it was put together from."""

    text: str
    confidence: float


# fmt: off
LABELS: dict[str, tuple[str, ...]] = {
    "number": ("统一社会信用代码", "統一社會信用代碼", "社会信用代码", "统一编号", "統一編號", "注册号", "註冊號", "商業登記號碼", "公司編號",
               "unified social credit code", "registration number", "registration no", "company number", "company no", "licence no", "license no"),
    "name": ("企业名称", "企業名稱", "公司名称", "公司名稱", "名称", "名稱", "registered name", "company name", "name of company", "name"),
    "legal_person": ("法定代表人", "负责人", "負責人", "代表人", "经营者", "legal representative", "legal person", "director"),
    "address": ("住所", "营业场所", "營業場所", "经营场所", "公司所在地", "注册地址", "註冊地址", "地址",
                "registered office", "registered address", "business address", "address", "domicile"),
    "valid_until": ("营业期限", "營業期限", "经营期限", "經營期限", "有效期限", "有效期至", "有效期", "屆滿日期",
                    "business term", "term of operation", "valid until", "validity", "expiry date", "date of expiry", "term"),
    "": ("类型", "類型", "组成形式", "注册资本", "註冊資本", "資本總額", "成立日期", "注册日期", "经营范围", "經營範圍", "登记机关", "登記機關", "副本", "正本",
         "type", "registered capital", "date of establishment", "established", "business scope", "scope of business", "registration authority"),
}
# fmt: on
_BARS = re.compile(r"^[\s:：.．。|丨·-]+|[\s|丨]+$")
_DAY = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})")
# GB 32100-2015: seventeen characters without I, O, S, V, Z and a check character.
_CREDIT_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])")
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z./-]*(?: (?:[0-9A-Z./-]*\d[0-9A-Z./-]*|[A-Z](?![A-Z])))*", re.IGNORECASE)


def _pattern(label: str) -> str:
    """Han characters may be set far apart; a Latin label ends where its word ends."""
    if label.isascii():
        return re.escape(label).replace(r"\ ", r"\s*") + r"(?![a-z])"
    return r"\s*".join(map(re.escape, label))


_LABELLED = [
    (re.compile(_pattern(label), re.IGNORECASE), field)
    for label, field in sorted(((label, field) for field, labels in LABELS.items() for label in labels), key=lambda pair: -len(pair[0]))
]  # fmt: skip


def fields_of(lines: Iterable[Line]) -> dict[str, Found]:
    """Fields by their name in `FIELD_WORDS`, and `valid_from`; those only that were found. The first mention counts."""
    rows = [line for line in lines if line.text.strip()]
    found: dict[str, Found] = {}
    for line in rows:
        field, rest = _split(line.text)
        if field and field not in found and (value := _value(field, rest, line, rows)):
            found |= {name: each for name, each in _clean(field, value).items() if name not in found}
    if "number" not in found:
        for line in rows:
            if code := _CREDIT_CODE.search(unicodedata.normalize("NFKC", line.text).upper()):
                found["number"] = Found(code[0], line.confidence)
                break
    return found


def _split(text: str) -> tuple[str | None, str]:
    """The field that a piece begins with («» for one we do not ask for, None for no label), and what stands after its label."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for pattern, field in _LABELLED:
        if met := pattern.match(plain):
            return field, _BARS.sub("", plain[met.end() :])
    return None, plain


def _value(field: str, rest: str, label: Line, rows: Sequence[Line]) -> Found | None:
    """What stands after the label, to its right up to the next label, and for long values below, in the same column."""
    pieces = [(rest, label.confidence)] if rest else []
    left = label.left + (label.width // 2 if rest else label.width)
    column: int | None = None
    beside = (row for row in rows if row.page == label.page and row.left >= label.left + label.width // 2 and _beside(row, label))
    for row in sorted((row for row in beside if row is not label), key=lambda row: row.left):
        if _split(row.text)[0] is not None or row.left > left + 12 * label.height:
            break
        column = row.left if column is None else column
        pieces.append((unicodedata.normalize("NFKC", row.text).strip(), row.confidence))
        left = row.left + row.width
    if field in ("address", "name") and pieces:
        pieces += _below(label, column, rows)
    if not pieces:
        return None
    joint = "" if all(not piece.isascii() for piece, _confidence in pieces) else " "
    return Found(joint.join(piece for piece, _confidence in pieces), min(confidence for _piece, confidence in pieces))


def _below(label: Line, column: int | None, rows: Sequence[Line]) -> list[tuple[str, float]]:
    """A value that goes on in the next line begins where it began above, right of the column of labels."""
    found: list[tuple[str, float]] = []
    bottom = label.top + label.height
    next_label = min((row.top for row in rows if _is_label_below(row, label)), default=None)
    for row in sorted(
        (row for row in rows if row.page == label.page and row.top > label.top + label.height // 2), key=lambda row: row.top
    ):
        if row.top > bottom + label.height or (next_label is not None and row.top > next_label - label.height // 2):
            break
        starts = abs(row.left - column) <= label.height if column is not None else row.left >= label.left + 2 * label.height
        if not starts or row.left > label.left + max(label.width, 12 * label.height):
            continue
        if _split(row.text)[0] is not None:
            break
        found.append((unicodedata.normalize("NFKC", row.text).strip(), row.confidence))
        bottom = row.top + row.height
    return found


def _is_label_below(row: Line, label: Line) -> bool:
    in_column = row.page == label.page and abs(row.left - label.left) <= label.height
    return in_column and row.top > label.top + label.height // 2 and _split(row.text)[0] is not None


def _beside(row: Line, label: Line) -> bool:
    middle = row.top + row.height / 2
    return label.top - 2 <= middle <= label.top + label.height + 2


def _clean(field: str, value: Found) -> dict[str, Found]:
    if field == "number":
        met = _NUMBER.search(value.text)
        return {"number": Found(met[0].strip(), value.confidence)} if met else {}
    if field == "valid_until":
        days = days_in(value.text)
        found = {"valid_until": Found(days[-1].isoformat() if days else value.text, value.confidence)}
        return found | ({"valid_from": Found(days[0].isoformat(), value.confidence)} if len(days) > 1 else {})
    return {field: value}


def days_in(text: str) -> list[date]:
    """Days as licences print them: 2035年03月17日, 2035-03-17, 2035/3/17; what is no day of a calendar is left out."""
    found = []
    for year, month, day in _DAY.findall(unicodedata.normalize("NFKC", text)):
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found
