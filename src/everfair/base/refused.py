"""The one way a rule says no. A page shows it beside the form, the API answers a problem document."""

from __future__ import annotations

from django.utils.functional import Promise


class Refused(Exception):
    """Something may not be done now, and nothing was changed.

    `code` is `package.reason`; `field` names the input it belongs to; `status` is the HTTP answer
    (409 for a state or a race, 422 for input, 403 for a door, 429 for a limit).
    """

    def __init__(
        self, code: str, message: str | Promise, *, field: str | None = None, status: int = 409, retry_after_s: int | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.status = status
        self.retry_after_s = retry_after_s


class AlreadyDone(Refused):
    """The row already stands where this move would bring it: for a repeated reaction, success."""


class NotVisible(Exception):
    """There is nothing here for this actor: always a 404, never a 403."""
