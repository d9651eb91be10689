"""The operator keeps the list of grounds: a change is a new version, and former rulings keep theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.base.rows import ask, insert
from everfair.companies.actions import note_act
from everfair.disputes.models import Ground
from everfair.disputes.queries.grounds import grounds
from everfair.reference.values import LANGUAGES

_CODE = re.compile(r"[a-z][a-z_]{2,39}")


def set_ground(code: str, titles: Mapping[str, str], texts: Mapping[str, str], *, retired: bool = False, by: Actor) -> Ground:
    """A new ground, or a new version of one, in every language of the house. Refuses a missing language."""
    if not OPERATOR.admits(by) or "operator" not in by.staff_roles:
        raise Refused("disputes.operator_only", _("Only the operator may do this."), status=403)
    if not _CODE.fullmatch(code):
        raise Refused("disputes.ground_code", _("Small letters and underscores, please."), field="code", status=422)
    for name, given in (("titles", titles), ("texts", texts)):
        if any(not given.get(language, "").strip() for language in LANGUAGES):
            raise Refused("disputes.ground_words", _("Please write it in every language."), field=name, status=422)
    with transaction.atomic():
        ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ground:{code}"])
        former = next((row for row in grounds(retired=True) if row.code == code), None)
        made = Ground(
            code=code,
            version=former.version + 1 if former else 1,
            titles={language: titles[language].strip() for language in LANGUAGES},
            texts={language: texts[language].strip() for language in LANGUAGES},
            retired=retired,
            by=by.label,
        )
        insert(made)
        note_act("set a ground", made.pk, "", by, after={"code": code, "version": made.version, "retired": retired})
    return made
