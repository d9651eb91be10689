"""What the demo's offers show: a picture for each kind of goods, drawn from its icon, by the worker after the doors are open."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import connection, transaction

from everfair.base.actor import SYSTEM
from everfair.companies.models import Person
from everfair.files.actions import keep_picture
from everfair.files.models import File
from everfair.site.demo import people
from everfair.site.demo.goods import GOODS
from everfair.site.demo.kinds import kinds

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
_AT_ONCE = 8
_finished = False


def draw_more() -> int:
    """Some pictures more, while offers of the demo world have none; how many were drawn. Made again, it goes on where it was."""
    global _finished
    if _finished:
        return 0
    waiting = kinds_without_picture()
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


_CODE = "split_part(o.sku, '-', 1) || '-' || split_part(o.sku, '-', 2)"
_DEMO = "o.company_id IN (SELECT m.company_id FROM companies_membership m JOIN companies_person p ON p.id = m.person_id WHERE p.email LIKE %s)"


def kinds_without_picture() -> list[str]:
    """Kinds whose offers in the demo world show nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {_CODE} FROM catalog_offer o WHERE o.pictures = '{{}}' AND {_DEMO}", [_people()])  # noqa: S608
        found = {code for (code,) in cursor.fetchall()}
    return sorted(found & set(icons()))


def draw(codes: Iterable[str]) -> list[str]:
    """The pictures of these kinds, kept like any upload: the hash of each, in the same order."""
    import typst

    wanted = list(codes)
    names = icons()
    pages = "\n".join(_page(code, names[code]) for code in wanted)
    found = typst.compile(pages.encode(), format="png", ppi=192)
    pngs = found if isinstance(found, list) else [found]
    owner = _any_company()
    return [
        keep_picture(ContentFile(png, name=f"{code}.png"), owner, SYSTEM).blob_id for code, png in zip(wanted, pngs, strict=True)
    ]


def _page(code: str, icon: str) -> str:
    from everfair.base import drawing

    field, ink = _FIELDS[sum(map(ord, code)) % len(_FIELDS)]
    svg = re.sub(r'stroke-width="[^"]*"', 'stroke-width="1.1"', str(drawing.icon(icon, size=24))).replace(
        "currentColor", f"#{ink}"
    )
    text = svg.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'#page(width: 240pt, height: 180pt, margin: 0pt, fill: rgb("#{field}"))['
        f'#place(center + horizon, circle(radius: 70pt, fill: rgb("#ffffff80")))'
        f'#place(center + horizon, image(bytes("{text}"), format: "svg", width: 84pt))]'
    )


def drawn() -> dict[str, str]:
    """What has been drawn: code of a kind → hash of its picture."""
    names = {f"{code}.png": code for code in icons()}
    kept = File.objects.filter(owner_id=_any_company(), kind="picture", name__in=list(names))
    return {names[name]: blob for name, blob in kept.values_list("name", "blob_id")}


def hang(blobs: dict[str, str]) -> int:
    """Show these pictures (code → hash) with every offer of the demo world of that kind that shows nothing; how many do now.

    Each company gets a file of its own for a picture, as if its people had sent it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT o.id, o.company_id, {_CODE} FROM catalog_offer o WHERE o.pictures = '{{}}' AND {_CODE} = ANY(%s) AND {_DEMO}",  # noqa: S608
            [list(blobs), _people()],
        )
        offers: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
        for offer_id, company_id, code in cursor.fetchall():
            offers[company_id, code].append(offer_id)
        files = [
            File(blob_id=blobs[code], owner_id=company_id, name=f"{code}.png", kind="picture", public=True)
            for company_id, code in offers
        ]
        File.objects.bulk_create(files)
        shown = [(offer_id, file.pk) for file, ids in zip(files, offers.values(), strict=True) for offer_id in ids]
        cursor.execute(
            "UPDATE catalog_offer o SET pictures = ARRAY[r.file] FROM unnest(%s::uuid[], %s::uuid[]) AS r(offer, file)"
            " WHERE o.id = r.offer",
            [[offer_id for offer_id, _file in shown], [file_id for _offer, file_id in shown]],
        )
    return len(shown)


def _people() -> str:
    return f"%@{people.DOMAIN}"


def _any_company() -> UUID:
    found = Person.objects.filter(email=people.SUPPLIER).values_list("current_company_id", flat=True).first()
    if found is None:
        raise RuntimeError("the demo world is not there")
    return found
