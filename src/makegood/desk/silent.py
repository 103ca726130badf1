"""What is silent now: who waits beyond what was said or is usual, how long, and whose it is."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import book_of
from makegood.desk.queue import PAGE
from makegood.desk.team import team_shell
from makegood.messages.ids import CustomerId
from makegood.messages.waits import WaitNorm
from makegood.playbooks.book import RuleBook
from makegood.ports.rows import PersonRow
from makegood.ports.silence import SilenceKey, SilentRow
from makegood.ports.ties import MOST_TIES, TieKind
from makegood.projections.figures import (
    HOUR_MS,
    MINUTE_MS,
    clock_words,
    counted,
    day_words,
    span_words,
)
from makegood.projections.roster import called

_PLACE = re.compile(r"([0-9]{1,15})\.([^.]{1,80})\.(.{1,400})")
_KINDS = {"wait": "waits for {}", "promise": "promised {} ago", "request": "asked {} ago"}


def place_of(row: SilentRow) -> str:
    """Write where the next page begins."""
    return f"{row.due_ms}.{row.customer}.{row.item}"


def read_place(text: str) -> SilenceKey | None:
    """Read what `place_of` wrote; anything else is the first page."""
    found = _PLACE.fullmatch(text)
    return (int(found[1]), CustomerId(found[2]), found[3]) if found else None


@require_safe
@for_reps
def silent(request: HttpRequest) -> HttpResponse:
    """List what is overdue for customers of brands that this person serves, the longest first."""
    with at_the_desk(request) as desk:
        only_mine = request.GET.get("mine") == "1"
        after = read_place(request.GET.get("after", ""))
        rep = desk.me.rep if only_mine else None
        found = desk.reading.silent(
            desk.now_ms, rep=rep, brands=desk.me.brands, after=after, limit=PAGE
        )
        apart = {
            one.customer
            for one in desk.reading.ties(TieKind.APART, rep=desk.me.rep, limit=MOST_TIES)
        }
        seen = [one for one in found if desk.me.may_see(one.brand) and one.customer not in apart]
        persons = desk.reading.persons(tuple({one.profile for one in seen}))
        page = {
            **team_shell(desk, "silent"),
            "rows": [_row(desk, one, persons.get(one.profile)) for one in seen],
            "next": place_of(found[-1]) if len(found) == PAGE else "",
            "only_mine": only_mine,
        }
    return render(request, "desk/team_silent.html", page)


def _row(desk: Desk, row: SilentRow, person: PersonRow | None) -> dict[str, Any]:
    names = {one.rep: one.name for one in desk.reps}
    book = book_of(desk).for_brand(row.brand)
    return {
        "customer": row.customer,
        "name": called(person),
        "title": _title(row, book),
        "channel": row.channel,
        "brand": row.brand,
        "since": _KINDS[row.kind].format(_span(desk.now_ms - row.since_ms)),
        "over": _span(desk.now_ms - row.due_ms),
        "usual": usual_words(row.norm) if _is_learned(row, book) else "",
        "told": _told(row, desk.now_ms, book.timezone),
        "whose": names.get(row.rep, row.rep),
        "is_mine": row.rep == desk.me.rep,
    }


def _is_learned(row: SilentRow, book: RuleBook) -> bool:
    """Whether what is usual is learned there, and not the limit of the book alone counts."""
    rule = book.waits.rule(row.name)
    return row.kind == "wait" and (row.norm is not None or rule is None or rule.share > 0)


def _title(row: SilentRow, book: RuleBook) -> str:
    if row.name in book.failures:
        return book.failures[row.name].title
    if row.name in book.requests:
        return book.requests[row.name].title.get("en", row.name)
    return row.name.replace("_", " ")


def usual_words(norm: WaitNorm | None) -> str:
    """Say what is usual, with its interval, or that nobody can tell yet."""
    if norm is None or not norm.long_ms:
        waits = norm.waits if norm is not None else 0
        return f"What is usual here: cannot tell yet, from {counted(waits, 'wait')}."
    where = "at this hour of the week" if norm.by_hour else "in this queue"
    low, high = _span(norm.low_ms), _span(norm.high_ms) if norm.high_ms else "unknown"
    return (
        f"Usual {where}: up to {_span(norm.long_ms)} "
        f"(95 % interval {low} to {high}; {counted(norm.waits, 'wait')})."
    )


def _span(span_ms: int) -> str:
    """Write a span; of less than an hour the minutes, as no clock runs here."""
    if span_ms < HOUR_MS:
        return f"{max(span_ms // MINUTE_MS, 1)} min"
    return span_words(span_ms).removesuffix(" 0 min")


def _told(row: SilentRow, now_ms: int, timezone: str) -> str:
    if not row.by_ms:
        return ""
    at = f"{day_words(row.by_ms, timezone)}, {clock_words(row.by_ms, timezone)}"
    return f"Told: by {at}" + (", and that is over." if row.by_ms <= now_ms else ".")
