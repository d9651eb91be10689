"""Handing out bytes: public pictures for ever, anything else as a download to its parties."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.roles import EVERYONE
from everfair.files.queries import file_path, file_visible_to, public_picture_path


@require_safe
@allow(EVERYONE)
def picture(request: HttpRequest, sha256: str, width: str) -> FileResponse:
    """A public picture; its address holds its hash, so it may be kept for ever."""
    response = FileResponse(public_picture_path(sha256, int(width)).open("rb"), content_type="image/webp")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_safe
@allow(EVERYONE)
def download(request: HttpRequest, file_id: UUID) -> FileResponse:
    """An attachment or document, to its owner and its parties; a 404 for everybody else."""
    file = file_visible_to(request.actor, file_id)  # type: ignore[attr-defined]
    response = FileResponse(file_path(file).open("rb"), as_attachment=True, filename=file.name, content_type=file.blob.media_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response
