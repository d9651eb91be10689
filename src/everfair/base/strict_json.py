"""JSON that says one thing only: no duplicate keys, no floats, no NaN, a size cap, an object at the top.

Two readers of one body must never disagree about it; amounts are integers in minor units, so a float is always a mistake.
"""

import json
from typing import Any, NoReturn

SIZE_MAX = 64 * 1024


class BadJson(ValueError):
    """The body is not the one JSON object we would understand."""


def read_object(raw: bytes, size_max: int = SIZE_MAX, *, floats: bool = False) -> dict[str, Any]:
    """The object in these bytes. Refuses (BadJson) everything that two readers might take differently.

    `floats`: let them stand, in somebody else's object of which we read other fields.
    """
    if len(raw) > size_max:
        raise BadJson(f"more than {size_max} bytes")
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_float=float if floats else _refuse_number,
            parse_constant=_refuse_number,
        )  # fmt: skip
    except (UnicodeDecodeError, RecursionError) as error:
        raise BadJson("not readable JSON in UTF-8") from error
    except BadJson:
        raise
    except ValueError as error:
        raise BadJson("not readable JSON") from error
    if not isinstance(value, dict):
        raise BadJson("not an object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("a key appears twice")
    return found


def _refuse_number(text: str) -> NoReturn:
    raise BadJson(f"{text[:20]} is not an integer")
