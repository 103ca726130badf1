"""What every answer carries: the opened Makegood going in, the security headers coming out."""

import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from makegood.runtime.noting import Actor, acting
from makegood.sources.mail.reading import MOST_BYTES
from makegood.web.faults import too_long
from makegood.web.instance import current

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)
_PUBLIC = "/static/"
_CHECKED = "/v1/"  # checks each value itself and says which one is wrong
_LONGEST = MOST_BYTES + 2_000_000  # of a mail, or of attachments with the words beside them
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|%(?:0[0-8a-f]|1[0-9a-f]|7f)", re.IGNORECASE)

Answering = Callable[[HttpRequest], HttpResponse]


def join_makegood(answer: Answering) -> Answering:
    """Hand the opened Makegood to the views as `request.makegood`; nobody acts in it yet."""

    def joined(request: HttpRequest) -> HttpResponse:
        request.makegood = current()  # type: ignore[attr-defined]
        with acting(Actor(request=request.headers.get("X-Request-Id", "")[:100])):
            return answer(request)

    return joined


def refuse_control(answer: Answering) -> Answering:
    """Refuse addresses with control characters: no store keeps them, and no page writes them."""

    def refused(request: HttpRequest) -> HttpResponse:
        asked = f"{request.path}?{request.META['QUERY_STRING']}"
        if not asked.startswith(_CHECKED) and _CONTROL.search(asked):
            raise BadRequest
        return answer(request)

    return refused


def refuse_too_long(answer: Answering) -> Answering:
    """Refuse what is far too long before a byte of it is read: anybody may send it."""

    def refused(request: HttpRequest) -> HttpResponse:
        written = request.META.get("CONTENT_LENGTH") or "0"
        is_too_long = not written.isdigit() or int(written[:20]) > _LONGEST
        return too_long(request) if is_too_long else answer(request)

    return refused


def guard(answer: Answering) -> Answering:
    """Forbid inline scripts and strange frames; keep personal pages out of every cache."""

    frames = "'self'" if settings.X_FRAME_OPTIONS == "SAMEORIGIN" else "'none'"
    policy = f"{_POLICY}; frame-src {frames}; frame-ancestors {frames}"

    def guarded(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        if not request.path.startswith(_PUBLIC):
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    return guarded
