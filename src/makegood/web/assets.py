"""Static files without a build step: the address carries the digest of the content.

Django only serves static files while debugging, and a collected folder would have to travel with
every wheel. The files are few and small, so each is read once, hashed, and kept in memory.
"""

import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

FOR_EVER = "public, max-age=31536000, immutable"
DIGEST_LENGTH = 12


@lru_cache(maxsize=512)
def _content(name: str) -> tuple[bytes, str] | None:
    found = finders.find(name)
    if not isinstance(found, str):
        return None
    content = Path(found).read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH]


class HashedAddresses(StaticFilesStorage):
    """Makes addresses like `/static/3f2a…/makegood/desk.css`, so browsers keep them for ever."""

    def url(self, name: str | None) -> str:
        known = _content(name or "")
        return f"{self.base_url}{known[1] if known else 'missing'}/{name}"


@require_safe
def asset(request: HttpRequest, digest: str, name: str) -> HttpResponse:  # noqa: ARG001
    """Serve one file that an installed app ships; nothing else can be reached by this."""
    known = _content(name)
    if known is None:
        raise Http404
    content, current = known
    kind, _ = mimetypes.guess_type(name)
    response = HttpResponse(content, content_type=kind or "application/octet-stream")
    # A file that another one names by a relative address comes with that one's digest.
    response["Cache-Control"] = FOR_EVER if digest == current else "no-cache"
    response["ETag"] = f'"{current}"'
    return response
