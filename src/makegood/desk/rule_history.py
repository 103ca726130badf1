"""Every rule book that was active, with who, why and when; and the way back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.case import UNPROCESSABLE
from makegood.desk.drafting import work_of
from makegood.desk.requests import LONGEST_TEXT
from makegood.desk.rules import must_edit, rules_shell
from makegood.messages.errors import InputError
from makegood.messages.ids import BookHash
from makegood.projections.roster import rep_name
from makegood.runtime.shelf import before
from makegood.sources.limits import writable

MOST_SHOWN = 100
_KINDS = {"setting": "by the settings", "activated": "activated", "rolled_back": "rolled back"}


class Line(Struct, frozen=True, kw_only=True):
    """One time a book became the active one."""

    book: str
    name: str
    how: str
    by: str
    because: str
    at_ms: int
    is_active: bool


@require_safe
@for_reps
def history(request: HttpRequest) -> HttpResponse:
    with at_the_desk(request) as desk:
        must_edit(desk)
        page = _page(desk)
    return render(request, "desk/rules_history.html", page)


def _page(desk: Desk) -> dict[str, Any]:
    work = work_of(desk, sees_draft=True)
    rows = desk.reading.activations()
    wanted = before(rows)
    books = desk.makegood.library.books
    lines = tuple(
        Line(
            book=row.book[:8],
            name=books[row.book].name,
            how=_KINDS[row.kind],
            by=rep_name(desk.reps, row.by) if row.by else "",
            because=row.because,
            at_ms=row.at_ms,
            is_active=place == 0,
        )
        for place, row in enumerate(reversed(rows[-MOST_SHOWN:]))
    )
    return {
        **rules_shell(desk, work, "history"),
        "lines": lines,
        "more": len(rows) > MOST_SHOWN,
        "back": next((one for one in lines if wanted and wanted.startswith(one.book)), None),
    }


@require_POST
@for_reps
def roll_back(request: HttpRequest) -> HttpResponse:
    """Make the book before this one active again, with a reason."""
    reason = writable(request.POST.get("reason", ""), LONGEST_TEXT)
    seen = BookHash(request.POST.get("active", ""))
    with at_the_desk(request) as desk:
        must_edit(desk)
    try:
        if not reason:
            raise InputError("Say why; it is kept with your name.")
        desk.makegood.shelf.roll_back(by=desk.me.rep, because=reason, instead_of=seen)
    except InputError as error:
        with at_the_desk(request) as desk:
            page = _page(desk) | {"refused": str(error), "reason": reason}
        return render(request, "desk/rules_history.html", page, status=UNPROCESSABLE)
    messages.info(request, "The rule book before is active again.")
    return redirect("desk:rules-history")
