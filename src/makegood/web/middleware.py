"""What every answer carries: the opened Makegood going in, the security headers coming out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from makegood.web.instance import current

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
    )
)
_PUBLIC = "/static/"

Answering = Callable[[HttpRequest], HttpResponse]


def join_makegood(answer: Answering) -> Answering:
    """Hand the opened Makegood to the views as `request.makegood`."""

    def joined(request: HttpRequest) -> HttpResponse:
        request.makegood = current()  # type: ignore[attr-defined]
        return answer(request)

    return joined


def guard(answer: Answering) -> Answering:
    """Forbid inline scripts and strange frames; keep personal pages out of every cache."""

    def guarded(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        if not request.path.startswith(_PUBLIC):
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    return guarded
