"""Root causes: what is behind the cases, whose it is to answer, and who is late."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.desk.access import ROLES, Desk, at_the_desk, for_reps
from makegood.desk.cause_forms import answered, asking, cause_of, today
from makegood.desk.queue import rows_of
from makegood.desk.team import team_shell
from makegood.messages.errors import Refused
from makegood.messages.ids import CaseId, CustomerId
from makegood.ports.pointers import Place, Pointer
from makegood.projections.root_causes import CauseRow, causes_for
from makegood.projections.roster import rep_name
from makegood.sources.limits import writable

PAGE = 50
DAY_MS = 86_400_000
UNPROCESSABLE = 422
ANSWERED = "Your answer stands; cases after the change ask again by themselves."


def page_of_causes(desk: Desk, after: str) -> dict[str, Any]:
    """Give a page of the root causes that this person answers for, the late ones first."""
    library = desk.makegood.library
    page = (writable(after, 200), PAGE)
    found, following = causes_for(desk.reading, library, asking(desk), page, desk.now_ms)
    rows = sorted(found, key=lambda row: (not row.late, row.mark == "ok", -row.harm))
    return {
        "strangers": _strangers(desk) if asking(desk).sees_all and not after else (),
        "rows": [(row, rep_name(desk.reps, row.owner)) for row in rows],
        "late": sum(row.late for row in rows),
        "next": following,
        "zone": library.now().timezone,
    }


def _strangers(desk: Desk) -> tuple[str, ...]:
    """Places for which the rule book names an owner, and that the table of places lacks."""
    named = list(desk.makegood.library.now().owners.places)
    known = desk.reading.places_by_id(named) if named else {}
    return tuple(one for one in named if one not in known)


@require_safe
@for_reps
def causes(request: HttpRequest) -> HttpResponse:
    """List root causes, those whose answer is late first."""
    with at_the_desk(request) as desk:
        page = {
            **team_shell(desk, "causes"),
            **page_of_causes(desk, request.GET.get("after", "")),
        }
    return render(request, "desk/root_causes.html", page)


@require_safe
@for_reps
def cause(request: HttpRequest) -> HttpResponse:
    """Show one root cause with its cases, as far as this person serves their brands."""
    with at_the_desk(request) as desk:
        row = _row(desk, request.GET.get("cause", ""))
        page = _one(desk, row, pointed_before(request.GET.get("before", "")))
    return render(request, "desk/root_cause.html", page)


def cause_shown(desk: Desk, row: CauseRow) -> dict[str, Any]:
    """Give what the page of one root cause shows to whoever answers for it."""
    book = desk.makegood.library.now()
    return {
        "row": row,
        "owner": rep_name(desk.reps, row.owner),
        "zone": book.timezone,
        "today": today(desk),
        "answer_days": book.owners.answer_ms // DAY_MS,
    }


def _one(desk: Desk, row: CauseRow, before: Place | None = None) -> dict[str, Any]:
    found = desk.reading.pointed("cause", row.cause, before=before, limit=PAGE)
    shown = {one.case for one in found if desk.me.may_see(one.brand)}
    rows = desk.reading.cases_of(list({one.customer for one in found}))
    cases = tuple(one for one in rows if one.case in shown and desk.me.may_see(one.brand))
    last = found[-1] if len(found) == PAGE else None
    return {
        **team_shell(desk, "causes"),
        **cause_shown(desk, row),
        "cases": rows_of(desk, cases),
        "next": place_of_pointer(last) if last else "",
    }


def place_of_pointer(last: Pointer) -> str:
    """Write where a page of pointers ends."""
    return f"{last.at_ms}.{last.case}.{last.customer}"


def pointed_before(text: str) -> Place | None:
    """Read where a page of pointers ended; anything else begins at the newest."""
    at, _, rest = text.partition(".")
    case, _, customer = writable(rest, 200).partition(".")
    if not at.isdecimal() or len(at) > 15 or not customer:
        return None
    return int(at), CaseId(case), CustomerId(customer)


def _row(desk: Desk, wanted: str) -> CauseRow:
    row = cause_of(desk, wanted)
    if row is None:
        raise Http404
    return row


@require_POST
@for_reps
def answer(request: HttpRequest) -> HttpResponse:
    """Keep what the owner answers, or a supervisor for them."""
    given = answered(request, ROLES)
    if isinstance(given, Refused):
        with at_the_desk(request) as desk:
            row = _row(desk, request.POST.get("cause", ""))
            page = _one(desk, row) | {"wrong": given.why, "written": request.POST}
        return render(request, "desk/root_cause.html", page, status=UNPROCESSABLE)
    messages.info(request, ANSWERED)
    return redirect("desk:root-causes")
