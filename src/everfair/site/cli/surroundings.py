"""What the processes of one installation must know: addresses, logins, secrets; kept in its data folder for later commands."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from everfair.site import engine
from everfair.site.addresses import AddressError, mail_server, site_address, stripe_settings

SOURCE = Path(__file__).resolve().parents[3]  # the folder that holds the package
SECRETS: dict[str, Callable[[], str]] = {
    "EVERFAIR_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "EVERFAIR_SANDBOX_API_KEY": lambda: secrets.token_urlsafe(32),
    "EVERFAIR_SANDBOX_WEBHOOK_SECRET": lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
    "EVERFAIR_SANDBOX_CONSOLE_TOKEN": lambda: secrets.token_urlsafe(24),
    "EVERFAIR_SANDBOX2_API_KEY": lambda: secrets.token_urlsafe(32),
    "EVERFAIR_SANDBOX2_WEBHOOK_SECRET": lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
    "EVERFAIR_SANDBOX2_CONSOLE_TOKEN": lambda: secrets.token_urlsafe(24),
    "EVERFAIR_CARRIER_SANDBOX_API_KEY": lambda: secrets.token_urlsafe(32),
    "EVERFAIR_CARRIER_SANDBOX_WEBHOOK_SECRET": lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
    "EVERFAIR_CARRIER_SANDBOX_CONSOLE_TOKEN": lambda: secrets.token_urlsafe(24),
    "EVERFAIR_CHECKPOINT_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
}
# Others make these, for us: an operator gives them in the environment or lays them beside the ones above.
GIVEN = ("EVERFAIR_STRIPE_API_KEY", "EVERFAIR_STRIPE_WEBHOOK_SECRET")
# What an operator may set himself; it wins over what the last start wrote down.
KEPT = (
    *("EVERFAIR_KIND", "EVERFAIR_ADDRESS", "EVERFAIR_PORT"),
    *("EVERFAIR_SANDBOX_URL", "EVERFAIR_SANDBOX2_URL", "EVERFAIR_CARRIER_SANDBOX_URL"),
    *("EVERFAIR_STRIPE_ACCOUNT", "EVERFAIR_STRIPE_CURRENCIES", "EVERFAIR_STRIPE_DESTINATIONS", "EVERFAIR_STRIPE_URL"),
)
_TRACES = ("installation.json", "database", "database-is-elsewhere.txt")  # any of them: somebody installed here
OUTSIDE = "outside database"  # in the same note; its address holds a password and is not kept


class Sentence(click.ClickException):
    """A refusal in one sentence with its mend; exit code 2."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        click.echo(self.message, err=True)


def made_secrets(data: Path) -> dict[str, str]:
    """Each secret once: from the environment, else from its file, else made now with rights for its owner only."""
    folder = data / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    found = {}
    for name, make in SECRETS.items():
        file = secret_file(data, name)
        if name in os.environ:
            found[name] = os.environ[name]
            continue
        if not file.exists():
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as out:
                out.write(make())
        found[name] = file.read_text().strip()
    for name in GIVEN:
        file = secret_file(data, name)
        if name not in os.environ and file.exists():
            found[name] = file.read_text().strip()
    return found


def secret_file(data: Path, name: str) -> Path:
    return data / "secrets" / name.removeprefix("EVERFAIR_").lower()


def remember(data: Path, names: dict[str, str], *, outside: bool) -> None:
    kept = {name: names[name] for name in KEPT if name in names} | ({OUTSIDE: "yes"} if outside else {})
    (data / "installation.json").write_text(json.dumps(kept, indent=1) + "\n")


def remembered(data: Path) -> dict[str, str]:
    return {name: value for name, value in _note(data).items() if name in KEPT}


def _note(data: Path) -> dict[str, str]:
    try:
        return dict(json.loads((data / "installation.json").read_text()))
    except (OSError, ValueError):
        return {}


def check_keys(env: Mapping[str, str]) -> None:
    """Refuse a provider's keys that the settings of every process would refuse, once and in one sentence."""
    try:
        stripe_settings(env, env.get("EVERFAIR_KIND", "live"))
    except AddressError as problem:
        raise Sentence(str(problem)) from None


def check_addresses() -> None:
    """Refuse what the settings of every process would refuse, once and in one sentence."""
    try:
        site_address(os.environ.get("EVERFAIR_ADDRESS") or "http://localhost")
        mail_server(os.environ.get("EVERFAIR_SMTP_URL", ""))
    except AddressError as problem:
        raise Sentence(str(problem)) from None


def outside_database(data: Path) -> dict[str, str] | None:
    """The addresses of a server of the operator's own, or None for the embedded one. Refuses half of them, and none where the
    installation has lived on such a server: a new empty database would take its place."""
    app, owner = os.environ.get("EVERFAIR_DATABASE_URL"), os.environ.get("EVERFAIR_OWNER_URL")
    if not app and not owner:
        if OUTSIDE in _note(data):
            raise Sentence(
                f"The installation in {data} keeps its database on a server of your own: "
                "set EVERFAIR_DATABASE_URL and EVERFAIR_OWNER_URL as at its start."
            )
        return None
    if not app or not owner:
        missing, login = ("EVERFAIR_OWNER_URL", engine.OWNER) if app else ("EVERFAIR_DATABASE_URL", engine.WRITER)
        raise Sentence(
            f"{missing} is missing: give the address of the same database for the login {login} (see `everfair database-roles`)."
        )
    return {"EVERFAIR_DATABASE_URL": app, "EVERFAIR_OWNER_URL": owner}


def python_path() -> str:
    return os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH", "")]))


@contextmanager
def installation(data: str, *, new: bool = False) -> Iterator[engine.Engine | None]:
    """Stand inside an installation: its environment is set and its database answers, started for this command if need be.
    Refuses a folder that holds none, unless `new`."""
    folder = Path(os.path.abspath(data))
    check_addresses()
    urls = outside_database(folder)
    if urls is None and not new and not any((folder / name).exists() for name in _TRACES):
        raise Sentence(f"There is no installation in {folder}: start one with `bin/up`, or name its folder with --data.")
    own: engine.Engine | None = None
    began = False
    try:
        if urls is None:
            own = engine.running(folder)
            if own is None:
                own, began = engine.start(folder), True
            urls = {"EVERFAIR_DATABASE_URL": own.app_url, "EVERFAIR_OWNER_URL": own.owner_url}
    except engine.EngineError as problem:
        raise Sentence(str(problem)) from problem
    try:
        for name, value in {**remembered(folder), **made_secrets(folder), **urls}.items():
            os.environ.setdefault(name, value)
        os.environ.update(EVERFAIR_DATA=str(folder), PYTHONPATH=python_path())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everfair.site.settings")
        check_keys(os.environ)
        yield own
    finally:
        if own is not None and began:
            own.stop()


@contextmanager
def django(data: str) -> Iterator[engine.Engine | None]:
    """The same, with Django ready in this process."""
    with installation(data) as own:
        import django as package

        package.setup()
        yield own
