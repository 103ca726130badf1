"""The page of anybody of the firm: say what went wrong for a customer, and take care of it.

Whoever signs in finds one customer at a time, by something in full that the customer can say or
show; sees what they raised and what they own; and nothing else.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.bootstrap import Makegood
from makegood.core.state import Case, State, decode_state
from makegood.desk.access import EVERYBODY, Desk, Me, at_the_desk, for_reps
from makegood.desk.floor_acts import ACTS, FloorForm, asked_on_the_floor, helpers
from makegood.desk.floor_find import Hit, find, first_names, raised_as
from makegood.desk.queue import place_after, place_of_last
from makegood.desk.requests import Asked
from makegood.desk.root_causes import place_of_pointer, pointed_before
from makegood.desk.tokens import message_id_of, new_token
from makegood.messages.errors import Refused
from makegood.messages.facts import FailureRaised, HandedOver, Promised
from makegood.messages.ids import CaseId, CustomerId, EventId, RepId, case_id
from makegood.playbooks.book import books_in
from makegood.ports.rows import CaseRow
from makegood.projections.floor import Stands, stands
from makegood.projections.orders import OTHER
from makegood.projections.root_causes import owned_by
from makegood.projections.roster import rep_name
from makegood.sources.limits import writable

PAGE = 30
LONGEST_TEXT = 4000
MOST_LOOKS = 60  # in an hour: somebody at work needs few, somebody who tries numbers many
UNPROCESSABLE = 422


@require_safe
@for_reps
def floor(request: HttpRequest) -> HttpResponse:
    """Show the page: find somebody, and where what one raised and owns stands."""
    with at_the_desk(request, EVERYBODY) as desk:
        page = _page(desk, request.GET.get("mine", ""), request.GET.get("raised", ""))
    return render(request, "desk/floor.html", page)


def _page(desk: Desk, after: str = "", before: str = "") -> dict[str, Any]:
    """Give the page; `after` and `before` say where the lists of the page before it ended."""
    book = desk.makegood.library.now()
    raised = desk.reading.pointed("raised", desk.me.rep, before=pointed_before(before), limit=PAGE)
    mine = desk.reading.cases(owner=desk.me.rep, after=place_after(after), limit=PAGE)
    known = desk.reading.cases_of(list({one.customer for one in raised}))
    wanted = {one.case for one in raised}
    others = [row for row in known if row.case in wanted and row.owner != desk.me.rep]
    silent = {OTHER, *(lapse.id for one in books_in(book) for lapse in one.lapses)}
    kinds = {id_: rule for one in books_in(book) for id_, rule in one.failures.items()}
    return {
        "me": desk.me,
        "now_ms": desk.now_ms,
        "zone": book.timezone,
        **_standing(desk, mine=mine, raised=others),
        "more_mine": place_of_last(mine) if len(mine) == PAGE else "",
        "more_raised": place_of_pointer(raised[-1]) if len(raised) == PAGE else "",
        "answers": bool(owned_by(book.owners, desk.me.rep))
        or book.owners.otherwise == desk.me.rep,
        "failures": [rule for rule in kinds.values() if rule.id not in silent],
        "brands": tuple(book.brands.values()),
        "token": new_token(),
        "is_at_the_desk": desk.me.role != "employee",
    }


def _standing(desk: Desk, **lists: Sequence[CaseRow]) -> dict[str, list[tuple[Stands, str]]]:
    """Say where cases stand, and the first name of whom each is about."""
    customers = sorted({row.customer for rows in lists.values() for row in rows})
    names = first_names(desk, customers)
    return {
        name: [
            (
                stands(row, rep_name(desk.reps, row.owner), desk.makegood.library),
                names.get(row.customer, ""),
            )
            for row in rows
        ]
        for name, rows in lists.items()
    }


@require_POST
@for_reps
def raise_failure(request: HttpRequest) -> HttpResponse:
    """Look somebody up, or raise what went wrong; both are sent, so that no address is kept."""
    typed = writable(request.POST.get("who", ""), 120)
    with at_the_desk(request, EVERYBODY) as desk:
        wrong, hit = "", None
        if not typed:
            wrong = "Say who: a booking number, a room, or an e-mail address or telephone in full."
        elif not _may_look(desk.me.rep):
            wrong = "That were many tries; wait an hour, or ask somebody at the desk."
        else:
            hit = find(desk, typed)
        page = _page(desk) | {"who": typed, "hit": hit, "looked": not wrong, "wrong": wrong}
        page["written"] = request.POST
    if wrong or "raise" not in request.POST:
        return render(request, "desk/floor.html", page, status=UNPROCESSABLE if wrong else 200)
    return _raise(request, typed, hit, page)


def _may_look(rep: RepId) -> bool:
    """Count one look; each place comes free again by itself."""
    places = [f"makegood:floor:{rep}:{place}" for place in range(MOST_LOOKS)]
    taken = cache.get_many(places)
    return any(cache.add(place, 1, 3600) for place in places if place not in taken)


def _raise(
    request: HttpRequest, typed: str, hit: Hit | None, page: dict[str, Any]
) -> HttpResponse:
    with at_the_desk(request, EVERYBODY) as desk:
        makegood, me = desk.makegood, desk.me
        book = makegood.library.now()
    failure, brand = request.POST.get("failure", ""), request.POST.get("brand", "")
    words = writable(request.POST.get("words", ""), LONGEST_TEXT)
    if failure != OTHER and failure not in book.for_brand(brand).failures:
        wrong = "Choose what went wrong."
    elif not words:
        wrong = "Say in a sentence what went wrong."
    elif brand and brand not in book.brands:
        wrong = "The rule book knows no such brand."
    else:
        wrong = ""
    if wrong:
        return render(request, "desk/floor.html", page | {"wrong": wrong}, status=UNPROCESSABLE)
    message_id = message_id_of(request, me.rep, "floor")
    identifier, about = raised_as(typed, message_id)
    about = hit.about if hit is not None else about
    body = FailureRaised(failure=failure, about=about, brand=brand, by=me.rep)
    if hit is not None:
        outcome = makegood.raising.raise_for(
            hit.customer, body, me.asker, message_id=message_id, words=words
        )
    else:
        outcome = makegood.raising.raise_failure(
            identifier, body, me.asker, message_id=message_id, words=words
        )
    if isinstance(outcome, Refused):
        page |= {"wrong": outcome.why}
        return render(request, "desk/floor.html", page, status=UNPROCESSABLE)
    event = EventId(outcome.event)
    customer = hit.customer if hit is not None else _customer_of(makegood, identifier)
    says = "Thank you. It is with the people at the desk, and you see here what becomes of it."
    if request.POST.get("take") and customer is not None:
        says = _take(makegood, customer, event, me, message_id)
    messages.info(request, says)
    return redirect("desk:floor")


def _customer_of(makegood: Makegood, identifier: str) -> CustomerId | None:
    profile = makegood.intake.profile(identifier)
    with makegood.store.reading() as reading:
        found = reading.customers_of([profile]).get(profile)
    return CustomerId(found) if found is not None else None


def _take(
    makegood: Makegood, customer: CustomerId, event: EventId, me: Me, message_id: str
) -> str:
    """Make somebody the owner of what they raised; nobody is pushed aside who is at it already."""
    with makegood.store.reading() as reading:
        row = reading.case(case_id(event))
    is_new = row is not None and row.case == case_id(event)
    if row is None or not row.is_open or (row.owner and row.owner != me.rep and not is_new):
        return "Thank you. Somebody looks after this customer already, and now knows of it."
    body = HandedOver(case=row.case, to=me.rep, by=me.rep)
    makegood.acts.act(customer, body, me.asker, message_id=f"{message_id}:take")
    return "Thank you. You take care of it now, until you hand it over."


@require_safe
@for_reps
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """Show one case that this person raised or owns."""
    with at_the_desk(request, EVERYBODY) as desk:
        page = _case_page(desk, case_id)
    return render(request, "desk/floor_case.html", page)


def _theirs(desk: Desk, wanted: str) -> tuple[CaseRow, State, Case]:
    """Find a case that this person raised or owns; any other one does not exist for them."""
    row = desk.reading.case(CaseId(wanted))
    customer = desk.reading.row(row.customer) if row is not None else None
    state = decode_state(customer.state) if customer is not None else None
    found = state.case(row.case) if state is not None and row is not None else None
    if row is None or state is None or found is None:
        raise Http404
    if found.owner != desk.me.rep and desk.me.rep not in dict(found.raised):
        raise Http404
    return row, state, found


def _case_page(desk: Desk, wanted: str) -> dict[str, Any]:
    row, state, found = _theirs(desk, wanted)
    book = desk.makegood.library.now(found.brand)
    refs = [one.words for one in found.failures if one.by == desk.me.rep and one.words]
    texts = desk.reading.texts(refs)
    said = [
        one for one in state.memory.said if one.by == desk.me.rep and one.is_open and one.words
    ]
    promised = desk.reading.texts([one.words for one in said])
    return {
        "me": desk.me,
        "now_ms": desk.now_ms,
        "zone": book.timezone,
        "row": row,
        "is_mine": found.owner == desk.me.rep,
        "is_open": found.is_open,
        "stands": stands(row, rep_name(desk.reps, found.owner), desk.makegood.library),
        "words": [texts[ref] for ref in refs if ref in texts],
        "promised": [(promised.get(one.words, ""), one.due_ms) for one in said],
        "hit": Hit.of(desk, row.customer, state),
        "helpers": helpers(desk, found.brand),
        "gives": book.authority_cents.get(desk.me.role, 0) > 0,
        "remedies": sorted((one.title.get("en", id_), id_) for id_, one in book.remedies.items()),
        "currency": book.currency,
        "token": new_token(),
        "is_at_the_desk": desk.me.role != "employee",
    }


def _done(
    makegood: Makegood, customer: CustomerId, asked: Asked, me: Me, message_id: str
) -> object:
    texts = dict(asked.texts)
    if isinstance(asked.body, Promised):
        return makegood.requests.act(
            customer, asked.body, me.asker, message_id=message_id, texts=texts
        )
    return makegood.acts.act(customer, asked.body, me.asker, message_id=message_id, texts=texts)


@require_POST
@for_reps
def act(request: HttpRequest, case_id: str, act: str) -> HttpResponse:
    """Do one of the few things an owner does here, or write a note to what one raised."""
    with at_the_desk(request, EVERYBODY) as desk:
        row, _, found = _theirs(desk, case_id)
        me, makegood = desk.me, desk.makegood
        if act not in ACTS or (act != "note" and found.owner != me.rep):
            raise Http404
        message_id = message_id_of(request, me.rep, f"{row.case}:floor-{act}")
        form = FloorForm(
            case=found,
            me=me,
            book=makegood.library.now(found.brand),
            helpers=helpers(desk, found.brand),
            values={name: request.POST.get(name, "") for name in request.POST},
            ref=f"desk:{message_id}",
            now_ms=desk.now_ms,
        )
    asked = asked_on_the_floor(act, form)
    outcome: object = asked
    if not isinstance(asked, Refused):
        outcome = _done(makegood, row.customer, asked, me, message_id)
    if isinstance(outcome, Refused):
        with at_the_desk(request, EVERYBODY) as desk:
            page = _case_page(desk, case_id)
        page |= {"wrong": outcome.why, "refused_act": act, "written": request.POST}
        return render(request, "desk/floor_case.html", page, status=UNPROCESSABLE)
    messages.info(request, ACTS[act])
    if act in ("hand-over", "done"):
        return redirect("desk:floor")
    return redirect("desk:floor-case", case_id=case_id)
