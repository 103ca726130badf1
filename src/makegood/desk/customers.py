"""Find a customer, see everything about them, raise a failure for them in two clicks."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct
from msgspec.structs import replace

from makegood.desk.access import Desk, at_the_desk, for_reps, may_see_customer
from makegood.desk.asking import ask_forms, asked_rows
from makegood.desk.call_card import calls_shown
from makegood.desk.letter_card import letters_shown
from makegood.desk.person_card import person_shown
from makegood.desk.queue import rows_of
from makegood.desk.raising import with_others
from makegood.desk.saying import CHANNELS, said_rows, say_forms
from makegood.desk.shell import shell
from makegood.desk.standing import standing_shown
from makegood.desk.story import Story, story_of
from makegood.desk.tokens import message_id_of, new_token
from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import CaseId, CustomerId, ProfileId
from makegood.playbooks.book import Library, RuleBook, books_in
from makegood.playbooks.terms import FailureRule
from makegood.ports.rows import CaseRow
from makegood.projections.orders import OTHER, remedy_words
from makegood.projections.roster import called, first_name
from makegood.projections.waived import WaivedRow, waived_rows, waiver_words
from makegood.sources.limits import writable

MOST_FOUND = 20
SHORTEST_SEARCH = 2
LONGEST_TEXT = 4000
LONGEST_ABOUT = 80
UNPROCESSABLE = 422


class Found(Struct, frozen=True, kw_only=True):
    """A customer that a search found."""

    customer: CustomerId
    name: str
    identifier: str


@require_safe
@for_reps
def search(request: HttpRequest) -> HttpResponse:
    """Search names, addresses, identifiers and bookings by their beginning; a case by its id."""
    text = request.GET.get("q", "").strip()[:100]
    with at_the_desk(request) as desk:
        row = desk.reading.case(CaseId(text)) if text.startswith("k") else None
        if row is not None and desk.me.may_see(row.brand):
            return redirect("desk:case", case_id=row.case)
        found = _found(desk, text) if len(text) >= SHORTEST_SEARCH else ()
        booked = desk.reading.find_cases(text, MOST_FOUND) if len(text) >= SHORTEST_SEARCH else ()
        cases = desk.reading.cases_of([one.customer for one in found])
        found = tuple(one for one in found if may_see_customer(desk, one.customer, cases))
        shown = {row.case: row for row in (*booked, *cases)}
        page = {
            **shell(desk, page="search"),
            "q": text,
            "found": found,
            "cases": rows_of(desk, tuple(shown.values())),
            "too_short": len(text) < SHORTEST_SEARCH,
            "failures": _kinds(book_of(desk)),
            "token": new_token(),
        }
    return render(request, "desk/search.html", page)


def _found(desk: Desk, text: str) -> tuple[Found, ...]:
    persons = desk.reading.find_persons(text, MOST_FOUND)
    customers = desk.reading.customers_of([person.profile for person in persons])
    first = {customers[p.profile]: p for p in reversed(persons) if p.profile in customers}
    return tuple(
        Found(
            customer=customer,
            name=called(person),
            identifier=person.identifier.partition(":")[2],
        )
        for customer, person in reversed(first.items())
    )


@require_safe
@for_reps
def customer(request: HttpRequest, customer_id: str) -> HttpResponse:
    wanted = CustomerId(customer_id)
    with at_the_desk(request) as desk:
        try:
            page = page_of(desk, wanted)
        except Http404:
            return redirect("desk:customer", now_of(desk, wanted))
    return render(request, "desk/customer.html", page)


def now_of(desk: Desk, wanted: CustomerId) -> CustomerId:
    """Give as whom a customer goes on who was joined with another one; a kept link leads there."""
    profile = ProfileId(wanted)
    now = desk.reading.customers_of([profile]).get(profile, wanted)
    if now == wanted:
        raise Http404
    visible(desk, now)
    return now


@require_POST
@for_reps
def raise_failure(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Raise a failure by hand: anyone who is signed in may."""
    wanted = CustomerId(customer_id)
    with at_the_desk(request) as desk:
        visible(desk, wanted)
        book, me = book_of(desk), desk.me
        message_id = message_id_of(request, me.rep, f"{wanted}:raise")
        body, texts, wrong = _raised(request, book, message_id)
        try:
            body = with_others(desk, replace(body, by=me.rep), request.POST)
        except InputError as error:
            wrong = wrong or str(error)
    if not wrong:
        outcome = desk.makegood.acts.act(
            wanted, body, me.asker, message_id=message_id, texts=texts
        )
        if not isinstance(outcome, Refused):
            return _to_the_case(request, wanted)
        wrong = outcome.why
    with at_the_desk(request) as desk:
        page = page_of(desk, wanted) | {"wrong": wrong, "written": request.POST}
    return render(request, "desk/customer.html", page, status=UNPROCESSABLE)


def _raised(
    request: HttpRequest, book: RuleBook, message_id: str
) -> tuple[FailureRaised, dict[str, str], str]:
    failure = request.POST.get("failure", "")
    brand = request.POST.get("brand", "")
    words = writable(request.POST.get("words", ""), LONGEST_TEXT)
    wrong = ""
    if failure != OTHER and failure not in book.for_brand(brand).failures:
        wrong = "Choose what went wrong."
    elif failure == OTHER and not words:
        wrong = "Say in a sentence what went wrong."
    elif brand and brand not in book.brands:
        wrong = "The rule book knows no such brand."
    ref = f"desk:{message_id}" if words else ""
    body = FailureRaised(
        failure=failure,
        about=writable(request.POST.get("about", ""), LONGEST_ABOUT),
        brand=brand,
        words=ref,
    )
    return body, ({ref: words} if words else {}), wrong


def _to_the_case(request: HttpRequest, wanted: CustomerId) -> HttpResponse:
    with at_the_desk(request) as desk:
        cases = desk.reading.cases_of([wanted])
        seen = [row for row in cases if row.is_open and desk.me.may_see(row.brand)]
        may_look = may_see_customer(desk, wanted, cases)
    if seen:
        return redirect("desk:case", case_id=seen[0].case)
    if may_look:
        return redirect("desk:customer", customer_id=wanted)
    messages.info(request, "It is taken care of, by those who serve the other brand.")
    return redirect("desk:queue")


def page_of(desk: Desk, wanted: CustomerId) -> dict[str, Any]:
    """Put the page together."""
    cases = visible(desk, wanted)
    story = story_of(desk, wanted)
    if not story.history and story.person is None:
        raise Http404
    return {
        **shell(desk, page="customer"),
        "customer": wanted,
        "name": called(story.person),
        "first": first_name(story.person) or "this customer",
        "person": story.person,
        "identifiers": len(story.profiles),
        "stuck": story.stuck,
        **standing_shown(desk, story, None),
        "unsubscribed": story.state.unsubscribed,
        "cases": rows_of(desk, cases),
        "lines": _lines(story),
        "pending": story.pending,
        "zone": book_of(desk).timezone,
        "failures": _kinds(book_of(desk)),
        "brands": tuple(book_of(desk).brands.values()),
        "asked": asked_rows(desk, story),
        "waived": _waived(desk, story),
        "waivers": _waivers(book_of(desk), story.library),
        "ask_forms": ask_forms(book_of(desk)),
        "said": said_rows(desk, story),
        "say_forms": say_forms(book_of(desk)),
        "channels": CHANNELS,
        "remedies": tuple(
            (remedy, remedy_words(remedy, story.library)) for remedy in _remedies(book_of(desk))
        ),
        "token": new_token(),
        **person_shown(desk, story),
        **letters_shown(desk, story),
        **calls_shown(desk, story),
    }


def _waived(desk: Desk, story: Story) -> tuple[WaivedRow, ...]:
    """What stands; why it was waived may be another brand's, whose words not everybody reads."""
    refs = [one.reason for one in story.state.waivers if one.reason and not desk.brands]
    texts = desk.reading.texts(refs) if refs else {}
    return waived_rows(story.state, story.library, desk.reps, texts)


def _kinds(book: RuleBook) -> tuple[FailureRule, ...]:
    """The kinds of failure to choose from; the page adds "something else" itself."""
    kinds = {id_: rule for one in books_in(book) for id_, rule in one.failures.items()}
    return tuple(rule for rule in kinds.values() if rule.id != OTHER)


def _waivers(book: RuleBook, library: Library) -> tuple[tuple[str, str], ...]:
    """What may be waived by the book or by that of a brand, with its words."""
    names = dict.fromkeys(what for one in books_in(book) for what in one.waivers)
    return tuple((what, waiver_words(what, library)) for what in names)


def _remedies(book: RuleBook) -> tuple[str, ...]:
    return tuple(dict.fromkeys(remedy for one in books_in(book) for remedy in one.remedies))


def _lines(story: Story) -> tuple[object, ...]:
    return tuple(reversed(story.lines))


def visible(desk: Desk, wanted: CustomerId) -> tuple[CaseRow, ...]:
    """A customer whose every case belongs to other brands is not for this person."""
    cases = desk.reading.cases_of([wanted])
    if not may_see_customer(desk, wanted, cases):
        raise Http404
    return cases


def book_of(desk: Desk) -> RuleBook:
    """Give the active book."""
    library = desk.makegood.library
    return library.now()
