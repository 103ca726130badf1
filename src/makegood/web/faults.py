"""Pages for what goes wrong: not found, refused, stale form, our own fault."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _page(request: HttpRequest, status: int, title: str, says: str) -> HttpResponse:
    return render(request, "makegood/fault.html", {"title": title, "says": says}, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    says = "There is nothing at this address, or it is not for you to see."
    return _page(request, 404, "Not found", says)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(request, 403, "Not allowed", "Your role does not include this. Ask a supervisor.")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    says = (
        "This form is too old or came from elsewhere. Go back, load the page again and repeat it."
    )
    return _page(request, 403, "Please try once more", says)


def our_fault(request: HttpRequest) -> HttpResponse:
    # Without the request context: whatever broke may break again in a context processor.
    del request
    page = render(None, "makegood/fault.html", {"title": "That is our fault", "says": _OURS})
    page.status_code = 500
    return page


_OURS = "Something went wrong here. Nothing was lost; please try again in a minute."
