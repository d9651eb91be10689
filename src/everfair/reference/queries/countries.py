"""Countries (ISO 3166-1), their names, and the company and tax numbers that each of them issues."""

import importlib
import re
import unicodedata
from functools import cache, lru_cache
from types import ModuleType

from ..values import LANGUAGES, BadRegistration, Country, Names, RegistrationKind, closest_language

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG
CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL
GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA
LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP
NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
_EU_CODES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_EU = frozenset(_EU_CODES.split())

COUNTRIES: dict[str, Country] = {code: Country(code, code in _EU) for code in _CODES.split()}

_VAT = Names("VAT number", "增值稅號", "增值税号")
_TAX = Names("Tax number", "稅務編號", "税号")
_COMPANY = Names("Company registration number", "公司註冊編號", "公司注册号")

# Kind → (label, python-stdnum module). National numbers come before tax numbers where a country issues both.
_BY_COUNTRY: dict[str, tuple[tuple[str, Names, str], ...]] = {
    "AD": (("ad.nrt", _TAX, "ad.nrt"),),
    "AL": (("al.nipt", _TAX, "al.nipt"),),
    "AR": (("ar.cuit", _TAX, "ar.cuit"),),
    "AT": (("at.businessid", _COMPANY, "at.businessid"),),
    "AU": (
        ("au.abn", Names("Australian Business Number (ABN)", "澳洲商業編號（ABN）", "澳大利亚商业编号（ABN）"), "au.abn"),
        ("au.acn", Names("Australian Company Number (ACN)", "澳洲公司編號（ACN）", "澳大利亚公司编号（ACN）"), "au.acn"),
    ),
    "AZ": (("az.voen", _TAX, "az.voen"),),
    "BR": (("br.cnpj", Names("CNPJ", "CNPJ 企業稅號", "CNPJ 企业税号"), "br.cnpj"),),
    "BY": (("by.unp", _TAX, "by.unp"),),
    "CA": (("ca.bn", Names("Business Number (BN)", "商業編號（BN）", "商业编号（BN）"), "ca.bn"),),
    "CH": (
        ("ch.uid", Names("Enterprise identification (UID)", "企業識別號（UID）", "企业识别号（UID）"), "ch.uid"),
        ("ch.vat", _VAT, "ch.vat"),
    ),
    "CL": (("cl.rut", _TAX, "cl.rut"),),
    "CN": (("cn.uscc", Names("Unified Social Credit Code", "統一社會信用代碼", "统一社会信用代码"), "cn.uscc"),),
    "CO": (("co.nit", _TAX, "co.nit"),),
    "CR": (("cr.cpj", _COMPANY, "cr.cpj"),),
    "DE": (("de.hr", Names("Commercial register number", "商業登記號", "商业登记号"), "de.handelsregisternummer"),),
    "DO": (("do.rnc", _TAX, "do.rnc"),),
    "DZ": (("dz.nif", _TAX, "dz.nif"),),
    "EC": (("ec.ruc", _TAX, "ec.ruc"),),
    "EE": (("ee.registrikood", _COMPANY, "ee.registrikood"),),
    "EG": (("eg.tn", _TAX, "eg.tn"),),
    "FI": (("fi.ytunnus", _COMPANY, "fi.ytunnus"),),
    "FO": (("fo.vn", _VAT, "fo.vn"),),
    "FR": (("fr.siren", Names("SIREN", "SIREN 企業編號", "SIREN 企业编号"), "fr.siren"),
           ("fr.siret", Names("SIRET", "SIRET 機構編號", "SIRET 机构编号"), "fr.siret")),
    "GB": (("gb.vat", _VAT, "gb.vat"), ("gb.company", _COMPANY, "")),
    "GH": (("gh.tin", _TAX, "gh.tin"),),
    "GN": (("gn.nifp", _TAX, "gn.nifp"),),
    "GT": (("gt.nit", _TAX, "gt.nit"),),
    "HK": (("hk.br", Names("Business Registration number", "商業登記號碼", "商业登记号码"), ""),),
    "ID": (("id.npwp", _TAX, "id.npwp"),),
    "IL": (("il.hp", _COMPANY, "il.hp"),),
    "IN": (("in.gstin", Names("GSTIN", "GSTIN 稅號", "GSTIN 税号"), "in_.gstin"),
           ("in.pan", Names("PAN", "PAN 稅號", "PAN 税号"), "in_.pan")),
    "IS": (("is.vsk", _VAT, "is_.vsk"), ("is.kennitala", _COMPANY, "is_.kennitala")),
    "JP": (("jp.cn", Names("Corporate Number", "法人番號", "法人番号"), "jp.cn"),),
    "KE": (("ke.pin", _TAX, "ke.pin"),),
    "KR": (("kr.brn", Names("Business Registration Number", "事業者登錄號碼", "营业执照登记号"), "kr.brn"),),
    "LI": (("li.peid", _COMPANY, "li.peid"),),
    "MA": (("ma.ice", _COMPANY, "ma.ice"),),
    "MC": (("mc.tva", _VAT, "mc.tva"),),
    "MD": (("md.idno", _COMPANY, "md.idno"),),
    "ME": (("me.pib", _TAX, "me.pib"),),
    "MK": (("mk.edb", _TAX, "mk.edb"),),
    "MX": (("mx.rfc", Names("RFC", "RFC 稅號", "RFC 税号"), "mx.rfc"),),
    "MZ": (("mz.nuit", _TAX, "mz.nuit"),),
    "NO": (("no.orgnr", _COMPANY, "no.orgnr"), ("no.mva", _VAT, "no.mva")),
    "NZ": (("nz.ird", _TAX, "nz.ird"),),
    "PE": (("pe.ruc", _TAX, "pe.ruc"),),
    "PL": (("pl.regon", Names("REGON", "REGON 企業編號", "REGON 企业编号"), "pl.regon"),),
    "PY": (("py.ruc", _TAX, "py.ruc"),),
    "RS": (("rs.pib", _TAX, "rs.pib"),),
    "RU": (("ru.inn", Names("INN", "INN 稅號", "INN 税号"), "ru.inn"), ("ru.ogrn", _COMPANY, "ru.ogrn")),
    "SE": (("se.orgnr", _COMPANY, "se.orgnr"),),
    "SG": (("sg.uen", Names("Unique Entity Number (UEN)", "統一實體編號（UEN）", "统一实体编号（UEN）"), "sg.uen"),),
    "SI": (("si.maticna", _COMPANY, "si.maticna"),),
    "SM": (("sm.coe", _COMPANY, "sm.coe"),),
    "SN": (("sn.ninea", _TAX, "sn.ninea"),),
    "SV": (("sv.nit", _TAX, "sv.nit"),),
    "TH": (("th.moa", _TAX, "th.moa"),),
    "TN": (("tn.mf", _TAX, "tn.mf"),),
    "TR": (("tr.vkn", _TAX, "tr.vkn"),),
    "TW": (("tw.ubn", Names("Unified Business Number", "統一編號", "统一编号"), "tw.ubn"),),
    "UA": (("ua.edrpou", _COMPANY, "ua.edrpou"),),
    "US": (("us.ein", Names("Employer Identification Number (EIN)", "僱主識別號碼（EIN）", "雇主识别号码（EIN）"), "us.ein"),),
    "UY": (("uy.rut", _TAX, "uy.rut"),),
    "VE": (("ve.rif", _TAX, "ve.rif"),),
    "VN": (("vn.mst", _TAX, "vn.mst"),),
    "ZA": (("za.tin", _TAX, "za.tin"),),
}  # fmt: skip

# Registers without a check digit of their own in python-stdnum: the form alone.
# gb.company: Companies House, eight characters; hk.br: Business Registration Office, eight digits, perhaps with the branch part.
_FORMS = {
    "gb.company": re.compile(r"(?:[A-Z]{2}\d{6}|\d{8}|R\d{7})", re.ASCII),
    "hk.br": re.compile(r"\d{8}(?:\d{3}\d{2}\d{2}[0-9A-Z])?", re.ASCII),
}
_LEI = Names("Legal Entity Identifier (LEI)", "法人識別編碼（LEI）", "法人识别编码（LEI）")
_OTHER = Names("Other registration number", "其他註冊號碼", "其他注册号码")
_LONGEST = 40


def country(code: str) -> Country:
    """The country of exactly this code; ValueError for anything else ("cn", "UK", "EU", "XX")."""
    found = COUNTRIES.get(code)
    if found is None:
        raise ValueError(f"not an ISO 3166-1 country: {code[:12]!r}")
    return found


@lru_cache(maxsize=4096)
def country_name(code: str, language: str) -> str:
    """The country's name as CLDR gives it."""
    from babel import Locale  # heavy: only when a name is shown

    locale = LANGUAGES[closest_language(language)].locale
    return str(Locale.parse(locale).territories.get(country(code).code, code))


@cache
def registration_kinds(code: str) -> tuple[RegistrationKind, ...]:
    """The numbers by which a company of the country is known, the usual first; `lei` and `other` always close the list."""
    found = [_kind(kind, label, module) for kind, label, module in _BY_COUNTRY.get(country(code).code, ())]
    if code in _EU:
        found.append(RegistrationKind("eu.vat", _VAT, lambda number: _eu_vat(code, number)))
    found.append(_kind("lei", _LEI, "lei"))
    found.append(RegistrationKind("other", _OTHER, _other))
    return tuple(found)


def registration_kind(country_code: str, kind: str) -> RegistrationKind:
    """The kind of that code among those of the country; ValueError when the country has none such."""
    for each in registration_kinds(country_code):
        if each.code == kind:
            return each
    raise ValueError(f"{country_code} has no registration number of kind {kind[:20]!r}")


def _kind(code: str, label: Names, module: str) -> RegistrationKind:
    if module:
        return RegistrationKind(
            code, label, lambda number: _by_stdnum(importlib.import_module(f"stdnum.{module}"), _bounded(number))
        )
    return RegistrationKind(code, label, lambda number: _by_form(_FORMS[code], _bounded(number)))


def _bounded(number: str) -> str:
    # First of all: no validator ever sees a long text, so none can be made to work long.
    if not 0 < len(number) <= _LONGEST:
        raise BadRegistration("length", f"a registration number has 1 to {_LONGEST} characters")
    number = number.strip()
    if not number:
        raise BadRegistration("length", f"a registration number has 1 to {_LONGEST} characters")
    for letter in number:
        if not (letter.isalpha() or letter.isdecimal() or unicodedata.category(letter) == "Mn" or letter in " -./()&"):
            raise BadRegistration("characters", "a registration number has letters, digits, spaces and - . / ( ) & only")
    return number


def _by_stdnum(module: ModuleType, number: str) -> str:
    from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidLength, ValidationError

    if not number.isascii() and module.__name__ != "stdnum.de.handelsregisternummer":  # courts such as Köln
        raise BadRegistration("characters", "this registration number has Latin letters and digits only")
    if sum(letter.isalnum() for letter in number) < 4:  # a few modules fill up with zeros
        raise BadRegistration("length", "this registration number has another length")
    try:
        return str(module.validate(number))
    except InvalidChecksum as refused:
        raise BadRegistration("checksum", "the check digit of this registration number is wrong") from refused
    except InvalidComponent as refused:
        raise BadRegistration("component", "a part of this registration number is wrong") from refused
    except InvalidLength as refused:
        raise BadRegistration("length", "this registration number has another length") from refused
    except ValidationError as refused:
        raise BadRegistration("format", "this registration number has another form") from refused


def _by_form(form: re.Pattern[str], number: str) -> str:
    compact = re.sub(r"[ \-]", "", number).upper()
    if not form.fullmatch(compact):
        raise BadRegistration("format", "this registration number has another form")
    return compact


def _eu_vat(code: str, number: str) -> str:
    """The number with its prefix ("DE136695976", for Greece "EL…"); it may be typed with or without."""
    prefix = "EL" if code == "GR" else code
    number = _bounded(number).upper()
    if not number.startswith(("EL", "GR") if code == "GR" else prefix):
        number = prefix + number
    from stdnum.eu import vat

    found = _by_stdnum(vat, number)
    return "EL" + found[2:] if code == "GR" else found


def _other(number: str) -> str:
    number = " ".join(unicodedata.normalize("NFC", _bounded(number)).split())
    if not any(letter.isalnum() for letter in number):
        raise BadRegistration("format", "a registration number has at least one letter or digit")
    return number
