"""The form by which who answers for a root cause says what becomes of it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest

from makegood.desk.access import Desk, at_the_desk
from makegood.messages.errors import Refused
from makegood.ports.pointers import AnswerKind, RootAnswer
from makegood.projections.root_causes import Asking, CauseRow, rows_of_causes
from makegood.runtime.root_answers import LONGEST_SAYS, Given, answer_cause, asking_of
from makegood.sources.limits import writable

LONGEST_WANTED = 200
_ANSWERS: dict[str, AnswerKind] = {"changed": "changed", "will": "will", "stays": "stays"}


def asking(desk: Desk) -> Asking:
    """Say whose root causes the person at the desk sees."""
    return asking_of(desk.me.rep, supervises=desk.me.is_supervisor, brands=desk.me.brands)


def cause_of(desk: Desk, wanted: str) -> CauseRow | None:
    """Find a root cause that this person answers for; no other one exists for them."""
    library = desk.makegood.library
    wanted = writable(wanted, LONGEST_WANTED)
    found = desk.reading.gathered("", 1, among=[wanted]) if wanted else ()
    rows = rows_of_causes(desk.reading, library, found, desk.now_ms)
    otherwise = library.now().owners.otherwise
    return next((row for row in rows if asking(desk).may_answer(row, otherwise)), None)


def today(desk: Desk) -> str:
    """Give the day that it is, where the book's times are."""
    zone = ZoneInfo(desk.makegood.library.now().timezone)
    return datetime.fromtimestamp(desk.now_ms / 1000, zone).date().isoformat()


def answered(request: HttpRequest, roles: frozenset[str]) -> RootAnswer | Refused:
    """Read what was sent, and keep it; who may not see the root cause finds none."""
    with at_the_desk(request, roles) as desk:
        row = cause_of(desk, request.POST.get("cause", ""))
        if row is None:
            raise Http404
        given, makegood = _given(desk, row, request), desk.makegood
    if isinstance(given, Refused):
        return given
    return answer_cause(makegood.store, makegood.clock, makegood.library, given)


def _given(desk: Desk, row: CauseRow, request: HttpRequest) -> Given | Refused:
    kind = _ANSWERS.get(request.POST.get("answer", ""))
    if kind is None:
        return Refused(code="no_answer", why="Say whether it is changed, will change, or stays.")
    at_ms = _day_ms(desk, request.POST.get("day", "")) if kind != "stays" else desk.now_ms
    if at_ms is None:
        why = "Say since when, or until when: a day such as 2026-03-31."
        return Refused(code="bad_day", why=why)
    return Given(
        cause=row.cause,
        answer=kind,
        says=writable(request.POST.get("says", ""), LONGEST_SAYS),
        who=asking(desk),
        at_ms=at_ms,
    )


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
