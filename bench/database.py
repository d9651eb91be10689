"""A throw-away database as an installation has it, migrated and with Django on it as the login that runs, but nothing else of the
installation."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"


class Database:
    """Use as a context, before anything of Django is imported. As durable as a real one."""

    def __enter__(self) -> Database:
        self.folder = Path(tempfile.mkdtemp(prefix="everfair-bench-"))
        self.folder.chmod(0o711)  # root's database runs as another user, who must pass through
        sys.path[:0] = [str(SOURCE)]
        from everfair.site import engine

        self.server = engine.start(self.folder / "var")
        try:
            os.environ.update(
                EVERFAIR_KIND="demo",
                EVERFAIR_DATA=str(self.folder / "var"),
                EVERFAIR_DATABASE_URL=self.server.app_url,
                EVERFAIR_POOL="1",
                EVERFAIR_CHECKPOINT_KEY=base64.b64encode(secrets.token_bytes(32)).decode(),
                DJANGO_SETTINGS_MODULE="everfair.site.settings",
                PYTHONPATH=str(SOURCE),
            )
            as_owner = os.environ | {"EVERFAIR_AS_OWNER": "1", "EVERFAIR_OWNER_URL": self.server.owner_url}
            migrate = [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--no-input", "--skip-checks"]
            subprocess.run(migrate, env=as_owner, check=True)
            import django

            django.setup()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()
        if os.environ.get("EVERFAIR_BENCH_KEEP"):
            print(f"kept: {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
