"""Reference rates as the European Central Bank publishes them: XML (daily, 90 days, history), CSV, and the CSV in a zip file.

Formats: https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/. Every rate says how much of a
currency one euro buys. Strict: whatever is not exactly that is refused with the whole file.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from everfair.payments.statements.camt import parsed
from everfair.payments.statements.read import N_, Unreadable
from everfair.payments.values import FX_BASE
from everfair.reference.queries import CURRENCIES

SENDER = "European Central Bank"
LARGEST = 10 * 2**20
# In the history, and money no more: these columns are passed over.
WITHDRAWN = frozenset(["BGN", "CYP", "EEK", "HRK", "LTL", "LVL", "MTL", "ROL", "SIT", "SKK", "TRL"])
_NAMESPACE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}"
_GESMES = "{http://www.gesmes.org/xml/2002-08-01}"
_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,8})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Days = dict[date, dict[str, Decimal]]


@dataclass(frozen=True, slots=True)
class ReadRates:
    """What one file says: day → currency → how much of it one euro buys. `sender` is empty where the format names none (CSV)."""

    sender: str
    days: Days


def read_rates(body: bytes) -> ReadRates:
    """Raises Unreadable with the reason, as a file of statements does."""
    if len(body) > LARGEST:
        raise Unreadable(N_("the file is larger than 10 MB"))
    if body[:4] == b"PK\x03\x04":
        return ReadRates("", _csv(_unzipped(body)))
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return _xml(body)
    return ReadRates("", _csv(body))


def _xml(body: bytes) -> ReadRates:
    root = parsed(body)
    if root.tag != f"{_GESMES}Envelope":
        raise Unreadable(N_("this XML is no envelope of reference rates"))
    sender = (root.findtext(f"{_GESMES}Sender/{_GESMES}name") or "").strip()[:100]
    outer = root.findall(f"{_NAMESPACE}Cube")
    if not sender or len(outer) != 1 or len(outer[0]) == 0:
        raise Unreadable(N_("this envelope of reference rates names no sender or holds no rates"))
    days: Days = {}
    for cube in outer[0]:
        if cube.tag != f"{_NAMESPACE}Cube":
            raise Unreadable(N_("an element that does not belong there"))
        day = _new_day(days, _iso_day(cube.get("time") or ""))
        for one in cube:
            if one.tag != f"{_NAMESPACE}Cube" or len(one):
                raise Unreadable(N_("an element that does not belong there"))
            _note(days, day, one.get("currency") or "", one.get("rate") or "")
    return ReadRates(sender, _whole(days))


def _csv(body: bytes) -> Days:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(N_("not text in UTF-8")) from None
    if "\0" in text or '"' in text:
        raise Unreadable(N_("no table of reference rates"))
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text)) if row]
    if len(rows) < 2 or rows[0][0] != "Date":
        raise Unreadable(N_("no table of reference rates"))
    head = [name for name in rows[0][1:] if name]
    days: Days = {}
    for row in rows[1:]:
        cells = row[1:]
        if len(cells) > len(head) and not any(cells[len(head) :]):
            cells = cells[: len(head)]  # each line ends in a comma
        if len(cells) != len(head):
            raise Unreadable(N_("a line with another number of columns than its head"))
        day = _new_day(days, _written_day(row[0]))
        for currency, rate in zip(head, cells, strict=True):
            if rate != "N/A":
                _note(days, day, currency, rate)
    if len(set(head)) < len(head):
        raise Unreadable(N_("a currency twice"))
    return _whole(days)


def _unzipped(body: bytes) -> bytes:
    """The one table in it. What it says of its own size is not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            names = packed.infolist()
            if len(names) != 1 or names[0].flag_bits & 1:
                raise Unreadable(N_("a zip file with anything but one open file in it"))
            with packed.open(names[0]) as one:
                found = one.read(LARGEST + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error) as error:
        raise Unreadable(N_("not a zip file that can be opened")) from error
    if len(found) > LARGEST:
        raise Unreadable(N_("the file is larger than 10 MB"))
    return found


def _note(days: Days, day: date, currency: str, rate: str) -> None:
    if currency in WITHDRAWN:
        return
    if currency == FX_BASE or currency not in CURRENCIES:
        raise Unreadable(N_("a currency that has no rate here: %(currency)s"), currency=currency[:10])
    if currency in days[day]:
        raise Unreadable(N_("%(currency)s twice on %(day)s"), currency=currency, day=day)
    if not _RATE.fullmatch(rate):
        raise Unreadable(N_("no rate of %(currency)s on %(day)s: %(rate)s"), currency=currency, day=day, rate=rate[:20])
    found = Decimal(rate)
    if found <= 0:
        raise Unreadable(N_("a rate of %(currency)s on %(day)s that is not above zero"), currency=currency, day=day)
    days[day][currency] = found


def _new_day(days: Days, day: date) -> date:
    if day in days:
        raise Unreadable(N_("%(day)s twice"), day=day)
    days[day] = {}
    return day


def _iso_day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise Unreadable(N_("no day: %(text)s"), text=text[:20])
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(N_("no day: %(text)s"), text=text[:20]) from None


def _written_day(text: str) -> date:
    """`2026-11-20` in the history, `20 November 2026` in the daily table."""
    if _DAY.fullmatch(text):
        return _iso_day(text)
    try:
        return datetime.strptime(text, "%d %B %Y").date()
    except ValueError:
        raise Unreadable(N_("no day: %(text)s"), text=text[:20]) from None


def _whole(days: Days) -> Days:
    empty = next((day for day, rates in days.items() if not rates), None)
    if not days:
        raise Unreadable(N_("no rates"))
    if empty is not None:
        raise Unreadable(N_("no rate on %(day)s"), day=empty)
    return days
