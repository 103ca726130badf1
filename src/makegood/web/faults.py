"""Pages for what goes wrong: not found, refused, stale form, our own fault."""

import sys

from django.db import Error as DjangoStoreError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from makegood.api.problems import FAULT, OURS, problem_body
from makegood.portal.speech import DEFAULT, Speech, language_of
from makegood.web.outages import STORE_FAULTS

_RETRY_SECONDS = "2"
_DESK = ("/desk/", "/accounts/")


def _page(request: HttpRequest, status: int, what: str) -> HttpResponse:
    return render(request, "makegood/fault.html", _words(request, what), status=status)


def _words(request: HttpRequest, what: str) -> dict[str, object]:
    """Say it in the language of who reads: a rep's pages are English, a customer's theirs."""
    is_desk = request.path.startswith(_DESK)
    speech = Speech(DEFAULT if is_desk else language_of(request))
    title, says = speech.say(f"fault.{what}.title"), speech.say(f"fault.{what}.lead")
    return {"title": title, "says": says, "lang": speech.language, "is_desk": is_desk}


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(request, 404, "missing")


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(request, 400, "unreadable")


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(request, 403, "refused")


def too_long(request: HttpRequest) -> HttpResponse:
    """Refuse what nobody has read: so without anything that would read it."""
    return render(None, "makegood/fault.html", _words(request, "long"), status=413)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return _page(request, 403, "stale")


def our_fault(request: HttpRequest) -> HttpResponse:
    """Say 503 when the store is away, which passes, and 500 for everything else."""
    is_outage = isinstance(sys.exc_info()[1], (*STORE_FAULTS, DjangoStoreError))
    status = 503 if is_outage else 500
    if request.path.startswith("/v1/"):
        problem = FAULT if is_outage else OURS
        page = HttpResponse(problem_body(problem), content_type="application/json")
    else:
        # Without the request context: whatever broke may break again in a context processor.
        page = render(None, "makegood/fault.html", _words(request, "ours"))
    page.status_code = status
    if is_outage:
        page["Retry-After"] = _RETRY_SECONDS
    return page
