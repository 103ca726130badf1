"""Pages for what goes wrong: not found, refused, stale form, our own fault."""

import sys

from django.db import Error as DjangoStoreError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from makegood.api.problems import FAULT, OURS, problem_body
from makegood.web.outages import STORE_FAULTS

_RETRY_SECONDS = "2"


def _page(request: HttpRequest, status: int, title: str, says: str) -> HttpResponse:
    return render(request, "makegood/fault.html", {"title": title, "says": says}, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    says = "There is nothing at this address, or it is not for you to see."
    return _page(request, 404, "Not found", says)


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    says = "This cannot be read: it is too long, or holds characters that nobody can type."
    return _page(request, 400, "Not readable", says)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(request, 403, "Not allowed", "Your role does not include this. Ask a supervisor.")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    says = (
        "This form is too old or came from elsewhere. Go back, load the page again and repeat it."
    )
    return _page(request, 403, "Please try once more", says)


def our_fault(request: HttpRequest) -> HttpResponse:
    """Say 503 when the store is away, which passes, and 500 for everything else."""
    is_outage = isinstance(sys.exc_info()[1], (*STORE_FAULTS, DjangoStoreError))
    status = 503 if is_outage else 500
    if request.path.startswith("/v1/"):
        problem = FAULT if is_outage else OURS
        page = HttpResponse(problem_body(problem), content_type="application/json")
    else:
        # Without the request context: whatever broke may break again in a context processor.
        page = render(None, "makegood/fault.html", {"title": "That is our fault", "says": _OURS})
    page.status_code = status
    if is_outage:
        page["Retry-After"] = _RETRY_SECONDS
    return page


_OURS = "Something went wrong here. Please try again in a minute."
