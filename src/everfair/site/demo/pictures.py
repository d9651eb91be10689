"""What the demo's offers show: a picture for each kind of goods in each colour, drawn from its icon, by the worker after the doors are
open. A picture is known by the code of its kind and its colour: `YW-BL.red`."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import connection, transaction

from everfair.base.actor import SYSTEM
from everfair.base.rows import ask
from everfair.companies.models import Person
from everfair.files.actions import keep_picture
from everfair.files.models import File
from everfair.site.demo import people
from everfair.site.demo.goods import GOODS
from everfair.site.demo.kinds import COLOURS, SHADES, Words, kinds

# Fields behind the goods (paper, sand, sea, sky, clay, moss) and the ink on them.
_FIELDS = (
    ("e9e2d3", "5b3a29"),
    ("e6dcc6", "7a2f1d"),
    ("d5e3df", "1f4f47"),
    ("d9e2ea", "27455f"),
    ("ecd9cf", "8a3b23"),
    ("dfe4d0", "45552a"),
)
_ICONS = {
    "PG-01": "party-popper", "GF-02": "disc", "HG-03": "utensils", "RB-04": "ribbon", "KC-05": "wallet", "MS-11": "footprints",
    "SS-12": "hard-hat", "SL-13": "footprints", "SP-14": "footprints", "MD-21": "cog", "MD-22": "cog", "CR-23": "package",
    "FB-31": "layers", "FB-32": "layers", "FB-33": "layers", "FB-34": "layers", "VB-41": "milk", "VB-42": "coffee",
    "CW-43": "cooking-pot", "HT-44": "wrench", "SC-45": "bolt", "LP-51": "lamp-ceiling", "LS-52": "lightbulb", "SG-53": "sun",
    "KT-61": "coffee", "JC-62": "cup-soda", "FN-63": "fan", "CH-71": "armchair", "TB-72": "table", "SH-73": "library",
    "VS-81": "cog", "CL-82": "bolt", "EM-83": "drill", "TS-91": "shirt", "BW-92": "baby", "PJ-93": "shirt", "BP-A1": "backpack",
    "CB-A2": "shopping-bag", "LC-A3": "laptop", "CU-B1": "coffee", "PL-B2": "circle-dot", "TE-B3": "coffee",
}  # fmt: skip
_AT_ONCE = 12
_finished = False


def draw_more() -> int:
    """Some pictures more, while offers of the demo world have none; how many were drawn. Made again, it goes on where it was."""
    global _finished
    if _finished:
        return 0
    waiting = without_picture()
    if not waiting:
        # The base world is loaded before the worker starts; what is added later brings its pictures (see `copying`).
        _finished = Person.objects.filter(email=people.OPERATOR).exists()
        return 0
    chosen = waiting[:_AT_ONCE]
    hang(dict(zip(chosen, draw(chosen), strict=True)))
    return len(chosen)


def icons() -> dict[str, str]:
    """Code of a kind (the first two parts of its SKUs) → the icon it is drawn from."""
    by_hand = {good.sku: _ICONS[good.sku] for good in GOODS}
    return by_hand | {kind.code: kind.icon for rows in kinds().values() for kind in rows}


_CODES = {words.en: code for code, words in COLOURS.items()}


def picture_of(sku: str, colour: str = "") -> str:
    """The picture that an offer shows: `YW-BL.red`; the kind alone where the thing has no colour of ours."""
    kind = "-".join(sku.split("-")[:2])
    return f"{kind}.{_CODES[colour]}" if colour in _CODES else kind


_DEMO = "o.company_id IN (SELECT m.company_id FROM companies_membership m JOIN companies_person p ON p.id = m.person_id WHERE p.email LIKE %s)"
_BARE = f"""
    SELECT o.id, o.company_id, o.sku,
        coalesce((SELECT pair ->> 1 FROM jsonb_array_elements(o.attributes) AS pair WHERE pair ->> 0 = 'colour' LIMIT 1), '')
    FROM catalog_offer o WHERE o.pictures = '{{}}' AND {_DEMO} ORDER BY o.number
"""  # noqa: S608  our own text


def without_picture() -> list[str]:
    """Pictures that offers of the demo world wait for, in the order of the offers: what visitors are led to comes first."""
    known = icons()
    return [
        picture for picture in dict.fromkeys(picture for _id, _company, picture in _bare()) if picture.partition(".")[0] in known
    ]


def _bare() -> list[tuple[UUID, UUID, str]]:
    return [(offer_id, company_id, picture_of(sku, colour)) for offer_id, company_id, sku, colour in ask(_BARE, [_people()])]


def draw(wanted: Iterable[str]) -> list[str]:
    """These pictures, kept like any upload: the hash of each, in the same order."""
    import typst

    chosen = list(wanted)
    names = icons()
    pages = "\n".join(_page(picture, names[picture.partition(".")[0]]) for picture in chosen)
    found = typst.compile(pages.encode(), format="png", ppi=192)
    pngs = found if isinstance(found, list) else [found]
    owner = _any_company()
    return [
        keep_picture(ContentFile(png, name=f"{picture}.png"), owner, SYSTEM).blob_id
        for picture, png in zip(chosen, pngs, strict=True)
    ]


def _page(picture: str, icon: str) -> str:
    from everfair.base import drawing

    code, _dot, colour = picture.partition(".")
    field, ink = _FIELDS[sum(map(ord, code)) % len(_FIELDS)]
    disc = "ffffff80"
    if colour:
        # The thing in its own colour; the ink is whichever of the two can be seen on it.
        disc = SHADES[colour]
        ink = "2a241c" if _lightness(disc) > 140 else "fffaf3"
    svg = re.sub(r'stroke-width="[^"]*"', 'stroke-width="1.1"', str(drawing.icon(icon, size=24))).replace(
        "currentColor", f"#{ink}"
    )
    text = svg.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'#page(width: 240pt, height: 180pt, margin: 0pt, fill: rgb("#{field}"))['
        f'#place(center + horizon, circle(radius: 70pt, fill: rgb("#{disc}"), stroke: 0.7pt + rgb("#00000022")))'
        f'#place(center + horizon, image(bytes("{text}"), format: "svg", width: 84pt))]'
    )


def _lightness(shade: str) -> int:
    """0 (black) to 255, as the eye weighs it (ITU-R BT.601)."""
    red, green, blue = (int(shade[n : n + 2], 16) for n in (0, 2, 4))
    return (299 * red + 587 * green + 114 * blue) // 1000


def drawn() -> dict[str, str]:
    """What has been drawn: picture → its hash."""
    kept = File.objects.filter(owner_id=_any_company(), kind="picture", name__endswith=".png").values_list("name", "blob_id")
    known = icons()
    return {name.removesuffix(".png"): blob for name, blob in kept if name.partition(".")[0] in known}


def hang(blobs: dict[str, str]) -> int:
    """Show these pictures (name → hash) with every offer of the demo world that waits for one of them; how many do now.

    Each company gets a file of its own for a picture, as if its people had sent it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        offers: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
        for offer_id, company_id, picture in _bare():
            if picture in blobs:
                offers[company_id, picture].append(offer_id)
        files = [
            File(blob_id=blobs[picture], owner_id=company_id, name=f"{picture}.png", kind="picture", public=True)
            for company_id, picture in offers
        ]
        File.objects.bulk_create(files)
        shown = [
            (offer_id, file.pk, json.dumps(alt_of(file.pk, picture)))
            for file, ((_company, picture), ids) in zip(files, offers.items(), strict=True)
            for offer_id in ids
        ]
        cursor.execute(
            "UPDATE catalog_offer o SET pictures = ARRAY[r.file], picture_alts = r.alt"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::jsonb[]) AS r(offer, file, alt) WHERE o.id = r.offer",
            [list(column) for column in zip(*shown, strict=True)] if shown else [[], [], []],
        )
    return len(shown)


def alt_of(file_id: UUID, picture: str) -> dict[str, dict[str, str]]:
    """What the picture shows, in each language, as an offer keeps it."""
    code, _dot, colour = picture.partition(".")
    names = _names()[code]
    shade = COLOURS[colour] if colour else None
    return {
        str(file_id): {
            "en": f"{names.en}, {shade.en}" if shade else names.en,
            "zh-hant": f"{names.hant}，{shade.hant}" if shade else names.hant,
            "zh-hans": f"{names.hans}，{shade.hans}" if shade else names.hans,
        }
    }


@cache
def _names() -> dict[str, Words]:
    by_hand = {good.sku: Words(good.en, good.hant, good.hans) for good in GOODS}
    return by_hand | {kind.code: kind.name for rows in kinds().values() for kind in rows}


def _people() -> str:
    return f"%@{people.DOMAIN}"


def _any_company() -> UUID:
    found = Person.objects.filter(email=people.SUPPLIER).values_list("current_company_id", flat=True).first()
    if found is None:
        raise RuntimeError("the demo world is not there")
    return found
