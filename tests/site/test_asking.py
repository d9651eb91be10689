"""A database of the operator's own: its two logins are looked at before anything is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from everfair.site.cli.asking import ask_database, check_outside
from everfair.site.cli.surroundings import Sentence, installation, outside_database, remember
from everfair.site.supervisor import CannotRun


def test_the_two_logins_of_a_migrated_database_are_accepted(test_database: Any) -> None:
    check_outside(test_database.app_url, test_database.owner_url)

    said = ask_database(test_database.app_url, "EVERFAIR_DATABASE_URL")
    assert (said.login, said.may_change_tables) == ("ef_app", False)
    assert said.applied > 10


def test_a_site_that_would_run_as_the_owner_is_refused(test_database: Any) -> None:
    with pytest.raises(CannotRun, match="ef_owner of EVERFAIR_DATABASE_URL may change tables"):
        check_outside(test_database.owner_url, test_database.owner_url)


def test_an_owner_who_may_not_make_tables_is_refused(test_database: Any) -> None:
    with pytest.raises(CannotRun, match="ef_app of EVERFAIR_OWNER_URL may not make tables"):
        check_outside(test_database.app_url, test_database.app_url)


def test_two_databases_are_refused(test_database: Any) -> None:
    other = test_database.owner_url.replace(f"/{test_database.name}", "/postgres")
    assert other != test_database.owner_url

    with pytest.raises(CannotRun, match="two different databases"):
        check_outside(test_database.app_url, other)


@pytest.mark.parametrize("url", ["postgresql://ef_app@127.0.0.1:1/everfair", "mysql://x", "postgresql://h:port/x"])
def test_an_address_nobody_answers_is_one_line_without_its_password(url: str) -> None:
    with pytest.raises(CannotRun, match=r"^The database does not answer \(EVERFAIR_OWNER_URL\): .+$"):
        ask_database(url, "EVERFAIR_OWNER_URL")


def test_an_outside_installation_is_never_replaced_by_an_empty_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EVERFAIR_DATABASE_URL", "EVERFAIR_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    remember(tmp_path, {"EVERFAIR_KIND": "live"}, outside=True)

    with pytest.raises(Sentence, match="set EVERFAIR_DATABASE_URL and EVERFAIR_OWNER_URL"):
        outside_database(tmp_path)
    with pytest.raises(Sentence, match="set EVERFAIR_DATABASE_URL and EVERFAIR_OWNER_URL"), installation(str(tmp_path)):
        pass
    assert not (tmp_path / "database").exists()


def test_a_command_makes_no_installation_in_a_folder_that_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EVERFAIR_DATABASE_URL", "EVERFAIR_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(Sentence, match="no installation"), installation(str(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []
