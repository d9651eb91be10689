"""What suppliers write to buyers: business, business with a telephone number in it, and bait that leads away from the platform."""

from __future__ import annotations

from random import Random

_BUSINESS = (
    "Dear {buyer}, thank you for your inquiry. The {goods} is in stock, MOQ {moq} pcs, price FOB {price} USD, delivery {days} days after deposit.",
    "Hello, we can make {moq} pcs of {goods} by the {day}th. Carton 52x38x40 cm, 24 pcs per carton, gross weight 13.5 kg.",
    "您好，{goods} 现货，最小起订量 {moq} 件，单价 {price} 美元，{days} 天发货。",
    "We passed ISO 9001:2015, certificate 0350-2017-AQ-4411. Sample costs {price} USD, refunded with the first order.",
    "HS code 8517.13, warranty 12 months. For {moq} pcs we offer {price} USD, for 1000 pcs 4 % less. Valid until 2011-03-{day:02d}.",
    "Please confirm the colour: Pantone 2945 C or RAL 5005? Then we send the proforma invoice PI-20{day:02d}{moq}.",
    "报价含 13% 增值税，{moq} 件起，集装箱 20 尺可装 5,600 件。请确认唛头。",
    "The inspection may be booked for the {day}th at our works, Building 3, No. 118 Xinhua Road. Bring the order EF-10{moq}.",
)
_CONTACT = (
    " My mobile is {phone} for questions about the sample.",
    " You may reach our export desk under tel {phone}.",
    " 我的微信 {handle}，样品问题可以找我。",
    " WhatsApp {phone} is fine on weekends.",
)
_BAIT = (
    "Special price today {price} USD only if you pay direct. Add my WhatsApp {phone}.",
    "The platform takes a fee, we give you that discount: contact {handle} on Skype, pay by Western Union.",
    "Please write to {mail} for the real price list, MoneyGram or WU accepted, ship tomorrow by DHL.",
    "Stock is almost gone. T/T to our Hong Kong account {iban}, then we ship the same day, no need of the order here.",
    "加我微信 {handle}，线下付款便宜 10%，今天发货。",
)


def _phone(chance: Random) -> str:
    return f"+86 1{chance.randint(30, 89)} {chance.randint(1000, 9999)} {chance.randint(1000, 9999)}"


def _handle(chance: Random) -> str:
    return f"{chance.choice(('best', 'top', 'lucky', 'sun', 'star'))}{chance.choice(('sales', 'trade', 'mobile', 'deal'))}{chance.randint(10, 9999)}"


_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WIDE = str.maketrans("0123456789+@", "０１２３４５６７８９＋＠")
_HAN = str.maketrans("0123456789", "〇一二三四五六七八九")


def _hidden(text: str, chance: Random) -> str:
    """As one who adapts writes a number or a name: spelled out, wide, in Chinese, or with dots and spaces between."""
    way = chance.randrange(5)
    if way == 0:
        return " ".join(_WORDS[int(sign)] if sign.isdigit() else sign for sign in text if sign != " ")
    if way == 1:
        return text.translate(_WIDE)
    if way == 2:
        return text.translate(_HAN)
    if way == 3:
        return chance.choice((".", " ", "-", "_")).join(sign for sign in text if sign != " ")
    return text.replace("@", " (at) ").replace(".", " dot ").replace("1", "l").replace("0", "O")


def business(goods: str, price: float, moq: int, chance: Random, *, contact: bool) -> str:
    text = chance.choice(_BUSINESS).format(
        buyer=chance.choice(("Sir", "Madam", "Mr. Weber", "Mrs. Silva")), goods=goods, price=f"{price:.2f}", moq=moq,
        days=chance.randint(5, 45), day=chance.randint(1, 28),
    )  # fmt: skip
    if contact:
        text += chance.choice(_CONTACT).format(phone=_phone(chance), handle=_handle(chance))
    return text


def bait(price: float, chance: Random, *, hidden: bool) -> str:
    iban = f"GB{chance.randint(10, 99)}HSBC{chance.randint(10**13, 10**14 - 1)}"
    parts = {"phone": _phone(chance), "handle": _handle(chance), "mail": f"{_handle(chance)}@gmail.com", "iban": iban}
    if hidden:
        parts = {name: _hidden(text, chance) for name, text in parts.items()}
    return chance.choice(_BAIT).format(price=f"{price:.2f}", **parts)


__all__ = ["bait", "business"]
