"""What waits for a person's answer, the most pressing first."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from msgspec import Struct

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import book_of
from makegood.desk.queue import NO_DUE, PAGE, is_fragment
from makegood.desk.shell import shell
from makegood.messages.ids import CustomerId, EventId
from makegood.playbooks.book import RuleBook
from makegood.ports.rows import AskedRow, PersonRow
from makegood.projections.asked import in_language
from makegood.projections.figures import ago_words
from makegood.projections.roster import called, rep_name

_PLACE = re.compile(r"([0-9]{1,19})\.(e[0-9a-f]{32})")


class Row(Struct, frozen=True, kw_only=True):
    """One request in the list."""

    customer: CustomerId
    name: str
    title: str
    about: str
    brand: str
    asked: str
    due_ms: int
    late: bool
    refused_by: str
    appealed: bool


@require_safe
@for_reps
def waiting(request: HttpRequest) -> HttpResponse:
    """List the requests that a person of these brands has to answer."""
    with at_the_desk(request) as desk:
        found = desk.reading.waiting(
            brands=desk.brands, after=_after(request.GET.get("after", "")), limit=PAGE
        )
        persons = desk.reading.persons(tuple({row.profile for row in found}))
        book = book_of(desk)
        page = {
            **shell(desk, page="waiting"),
            "rows": [_row(desk, book, row, persons.get(row.profile)) for row in found],
            "next": f"{found[-1].due_ms}.{found[-1].event}" if len(found) == PAGE else "",
            "is_first": not request.GET.get("after"),
        }
    template = "desk/_waiting_rows.html" if is_fragment(request) else "desk/waiting.html"
    return render(request, template, page)


def _row(desk: Desk, book: RuleBook, row: AskedRow, person: PersonRow | None) -> Row:
    rule = book.for_brand(row.brand).requests.get(row.request)
    return Row(
        customer=row.customer,
        name=called(person),
        title=in_language(rule.title, "en") if rule else row.request,
        about=row.about,
        brand=row.brand,
        asked=ago_words(desk.now_ms - row.at_ms),
        due_ms=row.due_ms,
        late=row.late or row.due_ms <= desk.now_ms,
        refused_by=rep_name(desk.reps, row.refused_by) if row.refused_by else "",
        appealed=row.appealed,
    )


def _after(text: str) -> tuple[int, EventId] | None:
    place = _PLACE.fullmatch(text)
    return (min(int(place[1]), NO_DUE), EventId(place[2])) if place else None
