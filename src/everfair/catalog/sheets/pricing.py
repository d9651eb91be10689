"""The quantities and prices of a row: unit, currency, price tiers in every form they come in, lead times."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

from everfair.base.money import Money, UnitPrice, exponent
from everfair.catalog.sheets import codes, limits
from everfair.catalog.sheets.row_reading import RowReading

_TIER = re.compile(r"(?:≥|>=)?\s*([^\s:=+≥>-]+?)\s*(?:-\s*([^\s:=+]+?)|\+)?\s*[:=]\s*(\S+)")
_WIDE_PUNCTUATION = str.maketrans("：；～－–＝，", ":;~--=,")
_ONE = Decimal(1)


class PriceReading(RowReading):
    """Reads what an order will be computed from; everything exact, nothing guessed."""

    def unit(self) -> str:
        text = self.line_of("unit", 50)
        if not text:
            return self.defaults.unit_code
        code = codes.unit_code(text)
        if code is None:
            self.error(self.column("unit"), "unit_unknown", text)
        return code or self.defaults.unit_code

    def currency(self) -> str | None:
        text = self.plain("currency")
        if not text:
            return self.mapping.currency or self.defaults.currency
        if not codes.currency_known(text):
            self.error(self.column("currency"), "currency_unknown", text)
            return self.defaults.currency
        return text

    # Quantities and prices.

    def counted(self, column: str, text: str, unit: str) -> Decimal | None:
        number = self.number(column, text, decimals=limits.QUANTITY_DECIMALS, limit=limits.QUANTITY)
        if number is not None and number != number.to_integral_value():
            places = codes.unit_decimals(unit)
            if -number.normalize().as_tuple().exponent > places:  # type: ignore[operator]
                self.error(column, "quantity_decimals" if places else "quantity_of_pieces", text, limit=places, unit=unit)
                return None
        return number

    def quantity(self, field: str, unit: str) -> Decimal | None:
        text = self.plain(field)
        return self.counted(self.column(field), text, unit) if text else None

    def price(self, column: str, text: str, currency: str | None, per: Decimal, *, zero: bool = False) -> UnitPrice | None:
        number = self.number(column, text, decimals=limits.PRICE_DECIMALS, limit=limits.PRICE, zero=zero)
        if number is None:
            return None
        if currency is None:
            self.error(column, "currency_missing", text)
            return None
        return UnitPrice(number, currency, per)

    def tiers(self, moq: Decimal | None, unit: str, currency: str | None) -> tuple[tuple[Decimal, UnitPrice], ...]:
        per = _ONE
        if text := self.plain("price_per"):
            per = self.number(self.column("price_per"), text, decimals=0, limit=limits.QUANTITY) or _ONE
        found: list[tuple[Decimal, Decimal | None, UnitPrice]] = []
        column = self.column("tiers")
        if text := self.plain("tiers", "\n"):
            found = self.tier_list(column, text, unit, currency, per)
        else:
            for field, columns in self.mapping.columns_of.items():
                if field.startswith("tier_"):
                    column = columns[0]
                    found += self.tier_cell(field, column, unit, currency, per)
        if not found:
            return self.one_price(moq, currency, per)
        found.sort(key=lambda tier: tier[0])
        if len(found) > limits.TIERS:
            self.error(column, "tier_too_many", limit=limits.TIERS)
        whole = not codes.unit_decimals(unit)
        for (start, end, _), (following, _, _) in itertools.pairwise(found):
            # 1-99 is followed by 100; what is weighed may also go 0-10, 10-50.
            meets = end is None or following == end + _ONE or (not whole and following == end)
            if following <= start or not meets:
                self.error(column, "tier_order", self.plain("tiers", "; "), quantity=f"{following:f}")
                break
        return tuple((start, price) for start, _, price in found)

    def one_price(self, moq: Decimal | None, currency: str | None, per: Decimal) -> tuple[tuple[Decimal, UnitPrice], ...]:
        text = self.plain("price")
        if not text:
            return ()
        price = self.price(self.column("price"), text, currency, per, zero=not self.defaults.refuse_zero_price)
        if price is None:
            return ()
        if not price.amount:
            self.notes.append("zero_price")
            return ()
        return ((moq if moq is not None else _ONE, price),)

    def tier_list(
        self, column: str, text: str, unit: str, currency: str | None, per: Decimal
    ) -> list[tuple[Decimal, Decimal | None, UnitPrice]]:
        """`1-99:5.20; 100-499:4.80; 500+:4.50`."""
        found: list[tuple[Decimal, Decimal | None, UnitPrice]] = []
        if self.too_long(column, text):
            return found
        for piece in re.split(r"[;\n]", text.translate(_WIDE_PUNCTUATION).replace("~", "-")):
            if not piece.strip():
                continue
            match = _TIER.fullmatch(piece.strip())
            if not match:
                self.error(column, "tier_invalid", text)
                return []
            start = self.counted(column, match[1], unit)
            end = self.counted(column, match[2], unit) if match[2] else None
            price = self.price(column, match[3], currency, per)
            if start is None or price is None or (match[2] and end is None):
                return []
            if end is not None and end < start:
                self.error(column, "tier_order", text, quantity=f"{end:f}")
                return []
            found.append((start, end, price))
        return found

    def tier_cell(
        self, field: str, column: str, unit: str, currency: str | None, per: Decimal
    ) -> list[tuple[Decimal, Decimal | None, UnitPrice]]:
        """One column of tiers: `price_1_99`, or `price1` with its `qty1`. An empty price is a tier this offer does not have."""
        kind, _, number = field.partition(":")
        text = self.plain(field)
        if kind == "tier_quantity":
            if text and not self.plain(f"tier_price:{number}"):
                self.error(column, "tier_incomplete", text)
            return []
        if not text:
            return []
        price = self.price(column, text, currency, per)
        if kind == "tier_range":
            first, _, last = number.partition("-")
            start, end = Decimal(first), Decimal(last) if last else None
        else:
            quantity = self.plain(f"tier_quantity:{number}")
            if not quantity:
                self.error(column, "tier_incomplete", text)
                return []
            counted = self.counted(self.column(f"tier_quantity:{number}"), quantity, unit)
            if counted is None:
                return []
            start, end = counted, None
        return [(start, end, price)] if price is not None else []

    def sample_price(self, currency: str | None) -> Money | None:
        text = self.plain("sample_price")
        if not text:
            return None
        column = self.column("sample_price")
        number = self.number(column, text, decimals=limits.PRICE_DECIMALS, limit=limits.PRICE, zero=True)
        if number is None:
            return None
        if currency is None:
            self.error(column, "currency_missing", text)
            return None
        minor = number.scaleb(exponent(currency))
        if minor != minor.to_integral_value():
            self.error(column, "amount_decimals", text, currency=currency, limit=exponent(currency))
            return None
        return Money(int(minor), currency)

    def lead_times(self) -> tuple[tuple[Decimal, int], ...]:
        """`15` days for every quantity, or `1:15; 1000:30` by quantity."""
        text = self.plain("lead_time").strip()
        if not text:
            return ()
        column = self.column("lead_time")
        found: list[tuple[Decimal, int]] = []
        if self.too_long(column, text):
            return ()
        for piece in re.split(r"[;\n]", text.translate(_WIDE_PUNCTUATION)):
            quantity, colon, days = piece.strip().rpartition(":")
            start = (
                self.number(column, quantity.strip(), decimals=limits.QUANTITY_DECIMALS, limit=limits.QUANTITY) if colon else _ONE
            )
            if not re.fullmatch(r"0|[1-9][0-9]{0,3}", days.strip()) or int(days) > limits.LEAD_TIME_DAYS:
                self.error(column, "lead_time_invalid", text)
                return ()
            if start is None:
                return ()
            if found and start <= found[-1][0]:
                self.error(column, "tier_order", text, quantity=f"{start:f}")
                return ()
            found.append((start, int(days)))
        return tuple(found)
