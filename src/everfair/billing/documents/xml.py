"""What both kinds of XML are built with: elements from names and text, never text from text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lxml import etree

# What XML 1.0 cannot carry; names were cleaned when they were typed, but an old one may hold a stray control.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def maker(namespaces: dict[str | None, str]) -> Callable[..., Any]:
    """`make("cbc:ID", "text", attribute="…")` or `make("cac:Party", child, child)`; None and «» among the children fall away."""

    def make(name: str, *content: Any, **attributes: str) -> Any:
        prefix, _colon, local = name.partition(":")
        space = namespaces[prefix] if local else namespaces[None]
        element = etree.Element(etree.QName(space, local or prefix), nsmap=namespaces, attrib=attributes)  # type: ignore[arg-type]
        for each in content:
            if each is None or each == "":
                continue
            if isinstance(each, str):
                element.text = _UNFIT.sub("\ufffd", each)
            else:
                element.append(each)
        return element

    return make


def written(root: Any) -> bytes:
    """Bytes of a finished tree; the same tree gives the same bytes."""
    etree.cleanup_namespaces(root, keep_ns_prefixes=list(filter(None, root.nsmap)))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
