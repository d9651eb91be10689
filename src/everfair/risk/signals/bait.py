"""What leads a buyer off the platform before an order: contacts, accounts, payment past us. The text of a picture reads the same."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from stdnum import iban

from everfair.risk.facts import Finding, Prices, Supplier
from everfair.risk.signals import spelling
from everfair.risk.values import Settings

# Words, not patterns: found by looking for each. Latin ones stand between word boundaries.
_PAY = re.compile(
    r"\b(?:western[ -]?un[il]on|money[ -]?gram|pay(?:ment)? by western|via western|usdt|bitcoin|"
    r"(?:outside|off|without|not through|not via|bypass) (?:of )?(?:the |this )?(?:platform|website|site|escrow|everfair)|"
    r"(?:pay|payment|transfer|send|remit|wire)(?: the)?(?: money| deposit| payment)? (?:us )?(?:direct|directly) to|"
    r"(?:my|our|boss(?:'s)?|personal|private) (?:personal |private |own )?(?:bank )?account\b(?! (?:manager|is verified))|"
    r"(?:save|avoid|skip) (?:the |platform )?(?:platform )?(?:fee|fees|commission))"
)
_PAY_HAN = re.compile(
    "西联|西聯|速汇金|速匯金|站外(?:付|支付|交易|转|轉)|线下(?:付|支付|交易|转|轉)|線下(?:付|支付|交易|轉)|平台外|绕过平台|繞過平台|私下(?:付|交易|转|轉)|直接转账|直接轉帳|个人账户|个人帐户|個人帳戶|省手续费|省手續費"
)
_MESSENGER = re.compile(
    r"\b(?:what'?s ?app|watsapp|whatapp|we ?chat(?= ?(?:id|me|number|no|:|is|\d|\+))|wechat|weixin|telegram|skype|viber|kakao ?talk|qq ?(?:number|id|no\.?|:)? ?\d{5,12}|(?:wx|vx|v信) ?(?:id)? ?[:：]|line ?id|signal app)(?![a-z])"
)
_MESSENGER_HAN = re.compile("微信|威信|薇信|徽信|v信|加我(?:微|v|q)|扣扣|企鹅号|企鵝號")
_EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]{1,63}\.[a-z]{2}")
_EMAIL_SAID = re.compile(
    r"[a-z0-9._-]{2,64} ?[\[({]? ?\bat\b ?[\])}]? ?[a-z0-9-]{2,63} ?[\[({]? ?\bdot\b ?[\])}]? ?(?:com|net|org|cn|hk|co|io|me)\b"
)
_MAIL_HOST = re.compile(r"\b(?:gmail|hotmail|outlook|yahoo|protonmail|163|126|qq|foxmail|sina) ?(?:\.|dot) ?com\b")
_CUE = re.compile(
    r"(?:call|phone|tel|telephone|mobile|cell|text me|sms|contact|whatsapp|wechat|number is|my number|reach me|电话|電話|手机|手機|联系|聯繫|聯絡|微信|致电|致電|加我)[^\d]{0,24}$"
)
_ACCOUNT_CUE = re.compile(r"(?:account|a/c|acct|acc|swift|beneficiary|iban|卡号|卡號|账号|帳號|账户|帳戶|收款)[^\d]{0,24}$")
_IBAN_START = re.compile(r"\b[a-z]{2}[ -]?\d{2}")
_DATED = re.compile(r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")


@lru_cache(maxsize=100_000)
def baits(text: str) -> frozenset[str]:
    """What in this text leads away: some of «pay», «account», «phone», «email», «messenger», and «hidden» when it was spelled to hide."""
    said = spelling.plain(text)
    found = set(_named(said))
    shut = spelling.closed(spelling.unleet(said))
    if shut != said and (more := _named(shut) - found):
        found |= more | {"hidden"}
    for run in spelling.runs(said):
        if kind := _numbered(run, said):
            found.add(kind)
            if run.spelled >= 5 or (run.groups >= 7 and run.groups * 2 > len(run.digits)):
                found.add("hidden")
    if _has_iban(said):
        found.add("account")
    return frozenset(found)


def bait(supplier: Supplier, prices: Prices, at: date, settings: Settings) -> Finding | None:
    """Asks to pay elsewhere, or leads the talk away from where it can be seen. A phone number alone is a courtesy in many countries."""
    since = at - timedelta(days=settings["bait.days"])
    buyers: set[str] = set()
    kinds: set[str] = set()
    for message in supplier.messages:
        if since <= message.on <= at and (here := baits(message.text)):
            kinds |= here
            buyers.add(message.buyer)
    if not buyers:
        return None
    points = settings["bait.pay"] * ("pay" in kinds) + settings["bait.account"] * ("account" in kinds)
    points += settings["bait.contact"] * bool(kinds & {"phone", "email", "messenger"}) + settings["bait.hidden"] * (
        "hidden" in kinds
    )
    points *= 0.5 + 0.5 * min(1.0, len(buyers) / settings["bait.buyers"])
    return Finding("bait", points, (("buyers", str(len(buyers))), ("baits", " ".join(sorted(kinds)))))


def _named(text: str) -> set[str]:
    found = set()
    if _PAY.search(text) or _PAY_HAN.search(text):
        found.add("pay")
    if _MESSENGER.search(text) or _MESSENGER_HAN.search(text):
        found.add("messenger")
    if _EMAIL.search(text) or _MAIL_HOST.search(text) or _EMAIL_SAID.search(text):
        found.add("email")
    return found


def _numbered(run: spelling.Run, text: str) -> str:
    """«phone» or «account» when this run of digits is one; «» for a date, a quantity, a price."""
    n = len(run.digits)
    before = text[max(0, run.at - 48) : run.at]
    if 8 <= n <= 26 and _ACCOUNT_CUE.search(before):
        return "account"
    if not 7 <= n <= 16 or (run.spelled == 0 and _DATED.match(run.digits) and n in (8, 12, 14)):
        return ""
    if _CUE.search(before) or (run.plus and n >= 9):
        return "phone"
    if run.spelled >= 6 or (run.groups >= 7 and run.groups * 2 > n):
        return "phone"
    mobile = run.digits.removeprefix("00").removeprefix("86")
    return "phone" if len(mobile) == 11 and mobile[0] == "1" and mobile[1] in "3456789" and run.groups <= 4 else ""


def _has_iban(text: str) -> bool:
    """An account number by ISO 13616 whose check digits fit, also in groups."""
    for start in _IBAN_START.finditer(text):
        packed = "".join(c for c in text[start.start() : start.start() + 60] if c.isascii() and c.isalnum())
        if any(_checks(packed[:n]) and iban.is_valid(packed[:n]) for n in range(15, min(34, len(packed)) + 1)):
            return True
    return False


def _checks(packed: str) -> bool:
    """The check digits alone (ISO 7064, 97-10), before the country's own structure is asked."""
    return int("".join(str(int(c, 36)) for c in packed[4:] + packed[:4])) % 97 == 1
