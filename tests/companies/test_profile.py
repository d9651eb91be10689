"""A company comes in, and says who it is."""

from __future__ import annotations

from typing import Any

import pytest

from everfair.base.actor import SYSTEM, Actor
from everfair.base.models import Event
from everfair.base.refused import NotVisible, Refused
from everfair.companies import actions
from everfair.companies.models import AuditNote, Company, Membership
from tests import make

pytestmark = pytest.mark.django_db
USCC = {"country": "CN", "registration_kind": "cn.uscc", "registration_number": "91110000600037341L"}


def register(by: Actor | None = None, **said: Any) -> Company:
    values = {"name": "Aster Trading", "country": "DE", "registration_kind": "eu.vat", "registration_number": "136695976"} | said
    return actions.register_company(**values, by=by or somebody())  # type: ignore[arg-type]


def somebody() -> Actor:
    return Actor(kind="person", person_id=make.person().pk)


def events() -> list[str]:
    return list(Event.objects.order_by("seq").values_list("name", flat=True))


def test_who_registers_a_company_owns_it_and_acts_for_it() -> None:
    by = somebody()

    company = register(by)

    membership = Membership.objects.select_related("person").get()
    assert (membership.company_id, membership.person_id, membership.roles) == (company.pk, by.person_id, ["owner"])
    assert membership.person.current_company_id == company.pk
    assert events() == ["CompanyRegistered", "MembershipChanged"]
    assert company.number > 0


def test_the_number_is_kept_as_its_register_writes_it() -> None:
    assert register(registration_number="136 695 976").registration_number == "DE136695976"
    assert register(**USCC).registration_number == "91110000600037341L"


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"country": "XX"}, "country", "companies.unknown_country"),
        ({"country": "cn"}, "country", "companies.unknown_country"),
        ({"registration_kind": "cn.uscc"}, "registration_kind", "companies.unknown_register"),
        ({"registration_number": "136695977"}, "registration_number", "companies.registration_checksum"),
        ({"registration_number": ""}, "registration_number", "companies.registration_length"),
        ({"registration_number": "1" * 10_000}, "registration_number", "companies.registration_length"),
        ({"name": ""}, "name", "companies.missing"),
        ({"name": "…—"}, "name", "companies.missing"),
        ({"name": "Aster\u202eretsA"}, "name", "companies.hidden_characters"),
        ({"name": "As\u200bter"}, "name", "companies.hidden_characters"),
        ({"name": "Aster\x00"}, "name", "companies.hidden_characters"),
        ({"name": "Aster\ud800"}, "name", "companies.hidden_characters"),
        ({"name": "A" + "\u0336" * 700}, "name", "companies.hidden_characters"),
        ({"name": "A" * 1_000_000}, "name", "companies.too_long"),
        ({"name": "A" * 201}, "name", "companies.too_long"),
        ({"names": {"xx": "Aster"}}, "names", "companies.unknown_language"),
        ({"names": {"zh-hant": "紫\u202e菀"}}, "names.zh-hant", "companies.hidden_characters"),
        ({"about": {"en": "a" * 1_000_000}}, "about.en", "companies.too_long"),
        ({"address": {"street": "Kai 1"}}, "address", "companies.address"),
        ({"address": {"lines": ["a"] * 5}}, "address", "companies.address"),
        ({"phone": "12"}, "phone", "companies.phone"),
        ({"website": "javascript:alert(1)"}, "website", "companies.website"),
        ({"website": "file:///etc/passwd"}, "website", "companies.website"),
        ({"kind": "bank"}, "kind", "companies.unknown_kind"),
        ({"founded_year": 999}, "founded_year", "companies.number"),
        ({"founded_year": 9999}, "founded_year", "companies.number"),
        ({"staff_count": True}, "staff_count", "companies.number"),
        ({"is_buyer": False}, "is_buyer", "companies.neither_side"),
    ],
)
def test_what_is_wrong_is_refused_by_field_and_nothing_is_made(said: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        register(**said)

    assert (refused.value.field, refused.value.code, refused.value.status) == (field, code, 422)
    assert not Company.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "name", ["𠮷野家株式会社", "ئۇيغۇر سودا", "བོད་ཚོང་", "บริษัท ค้าขาย", "Donaudampfschifffahrtsgesellschaft" * 5, "Şişli & Söhne"]
)
def test_names_of_every_script_are_welcome(name: str) -> None:
    assert register(name=name).name == name


def test_two_spellings_of_one_name_are_kept_as_one() -> None:
    assert register(name="Cafe\u0301").name == "Caf\u00e9"


def test_a_registration_number_is_here_once() -> None:
    first = register(**USCC)

    with pytest.raises(Refused) as refused:
        register(**USCC | {"registration_number": "91110000 600037341l", "name": "Another"})

    assert (refused.value.code, refused.value.field) == ("companies.registered_already", "registration_number")
    assert list(Company.objects.all()) == [first]


def test_staff_of_the_operator_register_no_company() -> None:
    with pytest.raises(Refused) as refused:
        register(make.operator(make.person()))

    assert refused.value.status == 403


def test_the_system_registers_a_company_that_nobody_owns_yet() -> None:
    register(SYSTEM)

    assert not Membership.objects.exists()


def test_a_lookalike_is_let_in_and_noted_for_the_operator() -> None:
    known = register(name="Alibaba")

    company = register(name="Аlibaba", registration_number="811569869")

    note = AuditNote.objects.get(act="lookalike name")
    assert (note.subject, note.reason) == (company.pk, f"№{known.number}")


def test_a_lookalike_of_a_name_in_another_script_is_noted_too() -> None:
    register(name="Taobao Marketplace", names={"zh-hans": "淘宝网"})

    company = register(name="TB Trading", names={"zh-hant": "淘宝网"}, registration_number="811569869")

    assert AuditNote.objects.get(act="lookalike name").subject == company.pk


def test_an_unlike_name_is_not_noted() -> None:
    register(name="Aster")
    register(name="Borage", registration_number="811569869")

    assert not AuditNote.objects.exists()


def test_only_what_is_named_changes() -> None:
    company = register(phone="030 901820", website="aster.example")

    changed = actions.edit_profile(company.pk, by=make.actor(company), about={"en": "Bolts.\nAnd nuts."}, staff_count=12)

    assert (changed.about, changed.staff_count) == ({"en": "Bolts.\nAnd nuts."}, 12)
    assert (changed.phone, changed.website, changed.name) == ("+4930901820", "https://aster.example", "Aster Trading")
    assert events()[-1] == "CompanyProfileChanged"


def test_a_new_name_ends_the_mark_that_spoke_of_the_old_one() -> None:
    """B73 for companies: what was verified is not carried over to something else."""
    company = register()
    make.verified(company)

    kept = actions.edit_profile(company.pk, by=make.actor(company), phone="030 901820")
    assert kept.verified_at is not None

    changed = actions.edit_profile(company.pk, by=make.actor(company), name="Aster Global")
    assert (changed.verified_at, changed.verified_until, changed.verification_note) == (None, None, "")
    assert AuditNote.objects.get(act="verification ended by a new name").before["name"] == "Aster Trading"


def test_a_changed_name_is_compared_with_the_others_again() -> None:
    register(name="Alibaba")
    company = register(registration_number="811569869")

    actions.edit_profile(company.pk, by=make.actor(company), name="AIibaba")

    assert AuditNote.objects.get(act="lookalike name").subject == company.pk


@pytest.mark.parametrize(
    "change",
    [{"country": "CN"}, {"verified_at": "now"}, {"number": 1}, {"registration_number": "1"}, {"name_skeleton": "x"}, {"id": "x"}],
)
def test_what_is_not_ours_to_change_is_refused(change: dict[str, Any]) -> None:
    company = register()

    with pytest.raises(Refused) as refused:
        actions.edit_profile(company.pk, by=make.actor(company), **change)

    assert refused.value.code == "companies.not_editable"


def test_another_companys_profile_is_not_there() -> None:
    company = register()

    with pytest.raises(NotVisible):
        actions.edit_profile(company.pk, by=make.actor(make.company()), name="Mine now")


def test_a_seller_does_not_edit_the_profile() -> None:
    company = register()

    with pytest.raises(Refused) as refused:
        actions.edit_profile(company.pk, by=make.actor(company, "buyer", "seller", "finance", "viewer"), name="Mine now")

    assert refused.value.status == 403
