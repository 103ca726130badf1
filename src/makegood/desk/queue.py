"""The queue: the customer about to be lost first."""

import re
from collections import Counter
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from msgspec import Struct

from makegood.desk.access import Desk, at_the_desk, for_reps, is_employee
from makegood.desk.call_card import backs_waiting
from makegood.desk.shell import MOST_COUNTED, shell
from makegood.messages.ids import CaseId, RepId
from makegood.ports.rows import CaseRow, PersonRow
from makegood.ports.ties import TieKind
from makegood.projections.figures import ago_words, times_words
from makegood.projections.orders import failure_words
from makegood.projections.roster import called, rep_name

PAGE = 50
SIDE = 12  # what fits beside a case without scrolling
NO_DUE = 2**63 - 1
_PLACE = re.compile(r"(-?[0-9]{1,18})\.([0-9]{1,19})\.(k[0-9a-z]+)")
NOBODY = RepId("")
FILTERS = ("all", "mine", "nobodys", "urgent", "closed")


class Row(Struct, frozen=True, kw_only=True):
    """One case in a list."""

    case: CaseId
    name: str
    line: str
    phase: str
    double: bool
    held: bool
    is_open: bool
    due_ms: int
    overdue: bool
    waiting_for: str
    owner: str
    is_nobodys: bool
    mine: bool
    opened: str
    brand: str
    is_urgent: bool = False


@require_safe
@for_reps
def queue(request: HttpRequest) -> HttpResponse:
    """Show the queue; an employee, who comes here by signing in, is led to their own page."""
    try:
        return _queue(request)
    except PermissionDenied:
        if not is_employee(request):
            raise
        return redirect("desk:floor")


def _queue(request: HttpRequest) -> HttpResponse:
    show = request.GET.get("show", "all")
    show = show if show in FILTERS else "all"
    with at_the_desk(request) as desk:
        found = _found(desk, show, place_after(request.GET.get("after", "")))
        rows = rows_of(desk, found, marks_urgent=True)
        nobodys = desk.reading.cases(owner=NOBODY, brands=desk.brands, limit=MOST_COUNTED + 1)
        mine = desk.reading.ties(TieKind.TALK, rep=desk.me.rep, limit=MOST_COUNTED + 1)
        page = {
            **shell(desk, page="queue"),
            **backs_waiting(desk),
            "talks": len(mine),
            "many_talks": len(mine) > MOST_COUNTED,
            "nobodys": len(nobodys),
            "many_nobodys": len(nobodys) > MOST_COUNTED,
            "rows": rows,
            "written": desk.reading.words_counted(desk.brands),
            "show": show,
            "filters": FILTERS,
            "next": place_of_last(found) if len(found) == PAGE else "",
            "is_first": not request.GET.get("after"),
        }
    template = "desk/_queue_rows.html" if is_fragment(request) else "desk/queue.html"
    return render(request, template, page)


def _found(desk: Desk, show: str, after: tuple[int, int, CaseId] | None) -> tuple[CaseRow, ...]:
    """Give a page of cases; those whose customer wrote what cannot wait, in the same order."""
    if show == "urgent":
        return desk.reading.urgent_cases(brands=desk.brands, after=after, limit=PAGE)
    return desk.reading.cases(
        owner={"mine": desk.me.rep, "nobodys": NOBODY}.get(show),
        open_only=show != "closed",
        brands=desk.brands,
        after=after,
        limit=PAGE,
    )


def is_fragment(request: HttpRequest) -> bool:
    """Whether only the rows are wanted, because something changed."""
    return bool(getattr(request, "htmx", False)) and "fragment" in request.GET


def side_rows(desk: Desk) -> tuple[Row, ...]:
    """The top of the queue, to stand beside a case."""
    return rows_of(desk, desk.reading.cases(brands=desk.brands, limit=SIDE))


def rows_of(
    desk: Desk, found: Sequence[CaseRow], *, marks_urgent: bool = False
) -> tuple[Row, ...]:
    """Put names to cases with one query for all; a second says who wrote what is urgent."""
    seen = [row for row in found if desk.me.may_see(row.brand)]
    persons = desk.reading.persons(tuple({row.opener for row in seen}))
    customers = [row.customer for row in seen if row.is_open and marks_urgent]
    urgent = desk.reading.urgent_customers(customers) if customers else frozenset()
    return tuple(
        _row(desk, row, persons.get(row.opener), is_urgent=row.is_open and row.customer in urgent)
        for row in seen
    )


def _row(desk: Desk, row: CaseRow, person: PersonRow | None, *, is_urgent: bool) -> Row:
    return Row(
        case=row.case,
        name=called(person),
        line=_line(desk, row),
        phase=row.phase,
        double=row.double,
        held=row.held,
        is_open=row.is_open,
        due_ms=row.due_ms if row.is_open else 0,
        overdue=bool(row.due_ms) and row.due_ms <= desk.now_ms,
        waiting_for=row.waiting_for,
        owner=rep_name(desk.reps, row.owner),
        is_nobodys=row.is_open and not row.owner,
        mine=row.owner == desk.me.rep,
        opened=ago_words(desk.now_ms - row.opened_ms),
        brand=row.brand,
        is_urgent=is_urgent,
    )


def _line(desk: Desk, row: CaseRow) -> str:
    """The row names failures by their ids; say them as the rule book does, each once."""
    kinds = Counter(part for part in row.line.split(", ") if part)
    library = desk.makegood.library
    titles = [
        failure_words(kind, library) + (f", {times_words(count)}" if count > 1 else "")
        for kind, count in kinds.items()
    ]
    return ". ".join(titles)


def place_after(text: str) -> tuple[int, int, CaseId] | None:
    """Read the place where the page before ended; anything else begins at the top."""
    place = _PLACE.fullmatch(text)
    if place is None:
        return None
    return int(place[1]), min(int(place[2]), NO_DUE), CaseId(place[3])


def place_of_last(found: Sequence[CaseRow]) -> str:
    """Write where a page of cases ends."""
    last = found[-1]
    return f"{last.risk}.{last.due_ms or NO_DUE}.{last.case}"
