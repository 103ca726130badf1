"""Your person: whom the customer chose, who stands in, and whom they would rather not meet.

The signed link is the only key. Nothing here needs a script, and a person who is not to meet the
customer is never told, and never says why.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from makegood.bootstrap import Makegood
from makegood.core.fold import advance
from makegood.core.my_person import person_of
from makegood.core.state import decode_state
from makegood.effects.links import LinkForged
from makegood.messages.errors import Refused
from makegood.messages.facts import GotInTouch, HelloAllowed, PersonChosen, PersonRefused
from makegood.messages.ids import CustomerId, ProfileId, RepId
from makegood.playbooks.book import RuleBook
from makegood.playbooks.in_touch_terms import DIRECT_LINE
from makegood.portal.guests import makegood_of
from makegood.portal.person_page import (
    MOST_SHOWN,
    Known,
    cards,
    line_words,
    now_words,
    unsure_words,
)
from makegood.portal.speech import Speech, language_of
from makegood.portal.touch_page import (
    Touching,
    address_words,
    hello_words,
    leaving_words,
    write_words,
    written_words,
)
from makegood.portal.views import CUSTOMER, UNPROCESSABLE, by_link
from makegood.ports.rows import PersonRow, RepRow
from makegood.projections.reputations import heard_after_them
from makegood.projections.roster import person_of as who_is
from makegood.projections.roster import rep_name
from makegood.runtime.duty_hours import by_the_book
from makegood.runtime.hellos import enrol
from makegood.sources.limits import writable

_REFUSALS = ("not_available", "chosen_twice", "nobody_chosen")
_SAID = ("chosen", "apart", "back", "wrote", "hello")
LONGEST_TEXT = 4000
_ORDER = ("first", "second", "third")


class _Guest(Struct, frozen=True, kw_only=True):
    """A customer on the page about their person."""

    token: str
    customer: CustomerId
    profile: ProfileId
    person: PersonRow | None
    known: Known
    book: RuleBook
    touching: Touching


@require_safe
@by_link
def person(request: HttpRequest, token: str) -> HttpResponse:
    return _show(request, _guest(request, token))


def _guest(request: HttpRequest, token: str) -> _Guest:
    """Find whose page a link opens.

    Raises:
        LinkExpired: The link is ours and too old.
        LinkForged: It is not ours, or nobody is chosen here.
    """
    makegood = makegood_of(request)
    profile, brand = makegood.links.read_person(token)
    library, now_ms = makegood.library, makegood.clock.now_ms()
    book = library.now(brand)
    with makegood.store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
        row = reading.row(customer) if customer is not None else None
        if customer is None or row is None or not book.people.choices:
            raise LinkForged
        profiles = reading.profiles_of([customer]).get(customer, (profile,))
        persons = reading.persons(profiles)
        reps = by_the_book(reading.reps(), library.now().duty, now_ms)
        loads = reading.loads()
        lines = reading.places_in_line(customer)
        open_cases = reading.open_cases_by_owner()
        heard = heard_after_them(reading, [one.rep for one in reps])
    state = decode_state(row.state)
    if not row.stuck:
        state = advance(state, now_ms, library).state
    known = Known(
        mine=state.my_person,
        brand=brand,
        rules=book.people,
        reps=reps,
        loads=loads,
        lines=lines,
        open_cases=open_cases,
        heard=heard,
        now_ms=now_ms,
    )
    yours = person_of(state.my_person, brand)
    touching = Touching(
        mine=state.my_person,
        touch=state.in_touch,
        brand=brand,
        book=book,
        reps=reps,
        now_ms=now_ms,
        address=_address_of(makegood, yours, book, reps),
    )
    return _Guest(
        touching=touching,
        token=token,
        customer=customer,
        profile=profile,
        person=who_is(tuple(persons.values())),
        known=known,
        book=book,
    )


def _address_of(makegood: Makegood, yours: RepId, book: RuleBook, reps: tuple[RepRow, ...]) -> str:
    """Give the mail address of the customer's person; empty where nobody has one."""
    number = next((row.line for row in reps if row.rep == yours), 0)
    return makegood.lines.address(yours, book.people.line.domain, number) if yours else ""


def _show(
    request: HttpRequest, guest: _Guest, *, notice: str = "", status: int = 200
) -> HttpResponse:
    known = guest.known
    language = language_of(request, guest.person)
    speech = Speech(language, guest.book.timezone)
    found, more = cards(known, speech, writable(request.GET.get("find", ""), 80))
    brand = guest.book.brands.get(known.brand)
    said = request.GET.get("said", "")
    chosen = [one.rep for one in known.mine.chosen(known.brand)]
    refused = [one for one in known.mine.refused if one.side == "customer"]
    page: dict[str, Any] = {
        "speech": speech,
        "lang": language,
        "asked_lang": request.GET.get("lang", ""),
        "token": guest.token,
        "brand": brand.name if brand else guest.book.umbrella,
        "heading": speech.say("person.heading"),
        "now": now_words(known, speech),
        "lines": line_words(known, speech),
        "unsure": unsure_words(known, speech),
        "leaving": leaving_words(guest.touching, speech),
        "written": written_words(guest.touching, speech),
        "write": write_words(guest.touching, speech),
        "address": address_words(guest.touching, speech),
        "hello": hello_words(guest.touching, speech),
        "order": _ORDER,
        "places": _places(known, speech, _wished(request) or chosen),
        "cards": found,
        "more": more,
        "find": request.GET.get("find", ""),
        "finds": more or request.GET.get("find") or len(found) >= MOST_SHOWN,
        "everybody": _everybody(known, [one.rep for one in refused]),
        "refused": [(one.rep, rep_name(known.reps, one.rep)) for one in refused],
        "form_token": secrets.token_urlsafe(9),
        "notice": speech.say(notice) if notice else "",
        "said": speech.say(f"person.said_{said}") if said in _SAID else "",
    }
    return render(request, "portal/person.html", page, status=status)


def _everybody(known: Known, refused: list[RepId]) -> list[tuple[str, str]]:
    """Give whom a customer may meet here, by name; who wished it apart stands here as well."""
    met = [row for row in known.reps if not row.has_left(known.now_ms) and row.rep not in refused]
    names = [(row.rep, row.name or row.rep) for row in met if _serves(row, known.brand)]
    return sorted(names, key=lambda pair: pair[1].casefold())


def _serves(row: RepRow, brand: str) -> bool:
    return not brand or not row.brands or brand in row.brands


def _places(known: Known, speech: Speech, chosen: Sequence[str]) -> list[tuple[str, str, str]]:
    """Give (field, label, who stands there) for each choice in order."""
    return [
        (name, speech.say(f"person.{name}"), chosen[n] if n < len(chosen) else "")
        for n, name in enumerate(_ORDER[: known.rules.choices])
    ]


def _wished(request: HttpRequest) -> list[str]:
    """Give what was named in a choice that is refused, so that nothing has to be named again."""
    if _ORDER[0] not in request.POST:
        return []
    return [writable(request.POST.get(name, ""), 150) for name in _ORDER]


@csrf_exempt
@require_POST
@by_link
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Take the choice; nobody named takes it back."""
    guest = _guest(request, token)
    named = (writable(request.POST.get(name, ""), 150) for name in _ORDER)
    wanted = tuple(RepId(name) for name in named if name)
    body = PersonChosen(choices=wanted, brand=guest.known.brand)
    answer = _do(request, guest, "chosen", body)
    if wanted and answer.status_code != UNPROCESSABLE:
        makegood = makegood_of(request)
        share = guest.book.people.line.control
        enrol(makegood.store, makegood.intake, guest.customer, DIRECT_LINE, share)
    return answer


@csrf_exempt
@require_POST
@by_link
def write(request: HttpRequest, token: str) -> HttpResponse:
    """Take words to the customer's person; who answers now is found by the book's waits."""
    guest = _guest(request, token)
    text = writable(request.POST.get("text", ""), LONGEST_TEXT).strip()
    if not text:
        return _show(request, guest, notice="person.empty_words", status=UNPROCESSABLE)
    form = writable(request.POST.get("form", ""), 40) or secrets.token_urlsafe(9)
    ref = f"portal:{guest.customer}:wrote:{form}"
    body = GotInTouch(
        channel="page",
        brand=guest.known.brand,
        to=person_of(guest.known.mine, guest.known.brand),
        words=ref,
    )
    return _do(request, guest, "wrote", body, {ref: text})


@csrf_exempt
@require_POST
@by_link
def hello(request: HttpRequest, token: str) -> HttpResponse:
    """Take the customer's word on whether their person may get in touch."""
    guest = _guest(request, token)
    body = HelloAllowed(allowed=request.POST.get("allowed") == "yes")
    return _do(request, guest, "hello", body)


@csrf_exempt
@require_POST
@by_link
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """Keep somebody away from now on, or take that back; no reason is asked for."""
    guest = _guest(request, token)
    rep = RepId(writable(request.POST.get("rep", ""), 150))
    again = request.POST.get("again") == "yes"
    if not any(row.rep == rep for row in guest.known.reps):
        return _show(request, guest, notice="person.name_one", status=UNPROCESSABLE)
    body = PersonRefused(rep=rep, side="customer", again=again)
    return _do(request, guest, "back" if again else "apart", body)


def _do(
    request: HttpRequest,
    guest: _Guest,
    said: str,
    body: PersonChosen | PersonRefused | GotInTouch | HelloAllowed,
    texts: dict[str, str] | None = None,
) -> HttpResponse:
    form = writable(request.POST.get("form", ""), 40) or secrets.token_urlsafe(9)
    outcome = makegood_of(request).acts.act(
        guest.customer,
        body,
        CUSTOMER,
        message_id=f"{guest.customer}:person:{said}:{form}",
        texts=texts,
    )
    if isinstance(outcome, Refused) and outcome.code != "refused_already":
        known = outcome.code in _REFUSALS
        notice = f"person.{outcome.code}" if known else "refused.other"
        return _show(request, guest, notice=notice, status=UNPROCESSABLE)
    lang = request.GET.get("lang", "")
    query = f"?said={said}" + (f"&lang={lang}" if lang.isalpha() else "")
    return redirect(reverse("portal:person", args=[guest.token]) + query)
