"""Whether an answer to bad input is as the catalogue says."""

from __future__ import annotations

from typing import Any

from tests.house.matrix.world import Still

# Never 401 or 403: the caller is the right one. Never 429: limits are lifted here.
REFUSED = (400, 404, 405, 409, 413, 414, 415, 422)


class Wrong(list[str]):
    """What did not go as the catalogue says, collected so that one run tells all of it."""

    sent = 0

    def judge(self, label: str, answer: Any, expect: str, still: Still, *, page: bool = False) -> None:
        self.sent += 1
        status, changed = answer.status_code, None
        if expect == "refused" and page and status < 400:
            taken = status not in (200, 302, 303) or bool(set(still.changed()) - {"base_writekey"})
        else:
            taken = expect == "refused" and status not in REFUSED
        if taken or (expect == "harmless" and status >= 500 and "provider" not in _said(answer)):
            self.append(f"{label}: {status} {_said(answer)}")
        elif status >= 400 and (changed := still.changed()):
            self.append(f"{label}: {status}, but changed {changed}")
        elif status >= 400 and b"Traceback" in answer.content:
            self.append(f"{label}: shows its inside")


def _said(answer: Any) -> str:
    return "" if getattr(answer, "streaming", False) else answer.content[:160].decode("utf-8", "replace")
