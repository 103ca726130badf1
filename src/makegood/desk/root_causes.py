"""Root causes: what is behind the cases, whose it is to answer, and who is late."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.queue import rows_of
from makegood.desk.team import team_shell
from makegood.messages.ids import CaseId, CustomerId
from makegood.ports.acts import Act
from makegood.ports.pointers import AnswerKind, Gathered, Place, RootAnswer
from makegood.projections.root_causes import CauseRow, cause_row, places_in
from makegood.projections.roster import rep_name
from makegood.runtime.noting import note
from makegood.sources.limits import writable
from makegood.sources.personal import holds_address

PAGE = 50
LONGEST_TEXT = 1000
UNPROCESSABLE = 422
_ANSWERS: dict[str, AnswerKind] = {"changed": "changed", "will": "will", "stays": "stays"}


def _rows(desk: Desk, found: tuple[Gathered, ...]) -> list[CauseRow]:
    """Put rows together: those this person answers for, and all of them for a supervisor."""
    library = desk.makegood.library
    terms = library.now().owners
    answers = desk.reading.root_answers([one.cause for one in found])
    places = places_in(desk.reading, [one.cause for one in found])
    rows = (
        cause_row(one, answers.get(one.cause), terms, library, desk.now_ms, places)
        for one in found
    )
    return [row for row in rows if _is_theirs(desk, row)]


def _is_theirs(desk: Desk, row: CauseRow) -> bool:
    return desk.me.is_supervisor or row.owner == desk.me.rep


def _page(desk: Desk, found: tuple[Gathered, ...]) -> dict[str, Any]:
    rows = sorted(_rows(desk, found), key=lambda row: (not row.late, row.mark == "ok", -row.harm))
    return {
        **team_shell(desk, "causes"),
        "rows": [(row, rep_name(desk.reps, row.owner)) for row in rows],
        "late": sum(row.late for row in rows),
        "next": found[-1].cause if len(found) == PAGE else "",
        "zone": desk.makegood.library.now().timezone,
    }


@require_safe
@for_reps
def causes(request: HttpRequest) -> HttpResponse:
    """List root causes, those whose answer is late first."""
    with at_the_desk(request) as desk:
        page = _page(desk, desk.reading.gathered(request.GET.get("after", "")[:200], PAGE))
    return render(request, "desk/root_causes.html", page)


@require_safe
@for_reps
def cause(request: HttpRequest) -> HttpResponse:
    """Show one root cause with its cases, as far as this person serves their brands."""
    with at_the_desk(request) as desk:
        page = _one(desk, request.GET.get("cause", ""), _before(request.GET.get("before", "")))
    return render(request, "desk/root_cause.html", page)


def _one(desk: Desk, wanted: str, before: Place | None = None) -> dict[str, Any]:
    row = _row(desk, wanted)
    found = desk.reading.pointed("cause", wanted, before=before, limit=PAGE)
    shown = {one.case for one in found if desk.me.may_see(one.brand)}
    rows = desk.reading.cases_of(list({one.customer for one in found}))
    cases = tuple(one for one in rows if one.case in shown and desk.me.may_see(one.brand))
    last = found[-1] if len(found) == PAGE else None
    return {
        **team_shell(desk, "causes"),
        "row": row,
        "owner": rep_name(desk.reps, row.owner),
        "cases": rows_of(desk, cases),
        "next": f"{last.at_ms}.{last.case}.{last.customer}" if last else "",
        "zone": desk.makegood.library.now().timezone,
        "today": _today(desk),
        "answer_days": desk.makegood.library.now().owners.answer_ms // 86_400_000,
    }


def _before(text: str) -> Place | None:
    at, _, rest = text.partition(".")
    case, _, customer = rest.partition(".")
    if not at.isdecimal() or len(at) > 15 or not customer:
        return None
    return int(at), CaseId(case), CustomerId(customer)


def _row(desk: Desk, wanted: str) -> CauseRow:
    """Find a cause that this person answers for or supervises; no other one exists for them."""
    rows = _rows(desk, desk.reading.gathered("", 1, only=wanted)) if wanted else []
    if not rows:
        raise Http404
    return rows[0]


def _today(desk: Desk) -> str:
    zone = ZoneInfo(desk.makegood.library.now().timezone)
    return datetime.fromtimestamp(desk.now_ms / 1000, zone).date().isoformat()


@require_POST
@for_reps
def answer(request: HttpRequest) -> HttpResponse:
    """Keep what the owner answers, or a supervisor for them."""
    with at_the_desk(request) as desk:
        wanted = request.POST.get("cause", "")
        row = _row(desk, wanted)
        if not _is_theirs(desk, row):
            raise PermissionDenied
        given = _answered(desk, row, request)
        if isinstance(given, str):
            page = _one(desk, wanted) | {"wrong": given, "written": request.POST}
            return render(request, "desk/root_cause.html", page, status=UNPROCESSABLE)
        makegood, now_ms = desk.makegood, desk.now_ms
    with makegood.store.writing() as writing:
        writing.put_root_answer(given)
        after = {"answer": given.answer, "says": given.says}
        act = Act(what="root_cause.answered", at_ms=now_ms, about=given.cause, after=after)
        note(writing, act)
    messages.info(request, "Your answer stands; cases after the change ask again by themselves.")
    return redirect("desk:root-causes")


def _answered(desk: Desk, row: CauseRow, request: HttpRequest) -> RootAnswer | str:
    kind = _ANSWERS.get(request.POST.get("answer", ""))
    says = writable(request.POST.get("says", ""), LONGEST_TEXT)
    if kind is None:
        return "Say whether it is changed, will change, or stays."
    if not says:
        return "Say in a sentence what is changed, or why it stays."
    if holds_address(says):
        return "An answer is read by many; it holds nothing personal."
    at_ms = _day_ms(desk, request.POST.get("day", "")) if kind != "stays" else desk.now_ms
    if at_ms is None:
        return "Say since when, or until when: a day such as 2026-03-31."
    if kind == "changed" and at_ms > desk.now_ms:
        return "What is changed, was changed before now; else say that it will change."
    if kind == "will" and at_ms <= desk.now_ms:
        return "What will change, changes on a day to come."
    return RootAnswer(
        cause=row.cause, answer=kind, says=says, since_ms=at_ms, by=desk.me.rep,
        said_ms=desk.now_ms,
    )  # fmt: skip


def _day_ms(desk: Desk, text: str) -> int | None:
    """Read a day: one to come until its end, today as now, and one before from its beginning."""
    zone = ZoneInfo(desk.makegood.library.now().timezone)
    try:
        day = date.fromisoformat(text.strip())
        begins = datetime(day.year, day.month, day.day, tzinfo=zone)
        ends = begins + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    if begins.timestamp() * 1000 > desk.now_ms:
        return int(ends.timestamp() * 1000) - 1
    return desk.now_ms if ends.timestamp() * 1000 > desk.now_ms else int(begins.timestamp() * 1000)
