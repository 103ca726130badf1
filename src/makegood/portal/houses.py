"""The page of a place: may this customer come to you? A signed link, one ask, no sign-in.

A person there says yes, with their name and until when, or no. Until the customer has chosen them
nobody is sent; when the customer is there, they say so here. Works on a telephone without script.
"""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from makegood.core import askings
from makegood.core.decide import Asker
from makegood.core.keeping import REDIRECT
from makegood.core.placed import PlaceAsk
from makegood.core.places import asked_of
from makegood.core.state import Failure, OfferState, OfferStatus
from makegood.effects.links import LinkForged
from makegood.effects.stories import story_of
from makegood.messages.errors import Refused
from makegood.messages.facts import Arrived, AskedAgain, Body, PlaceAnswered
from makegood.messages.ids import EventId
from makegood.playbooks.placing import PlaceRule
from makegood.portal.guests import Guest, guest_for, makegood_of
from makegood.portal.speech import CATALOGUE, Speech, language_of
from makegood.portal.views import UNPROCESSABLE, by_link
from makegood.ports.places import PlaceRow
from makegood.projections.redirects import standing_of
from makegood.sources.limits import writable

LONGEST_NAME, LONGEST_WHY = 80, 500
_TELLS = frozenset({"asked", "silent", "accepted", "expected"})
"""While one of these stands, the place reads who it is about; before and after it does not."""
_STILL_ASKING = frozenset({OfferStatus.ASKING, OfferStatus.UNAVAILABLE})
_ANSWERS = frozenset({"yes", "no"})  # nothing else is taken for a no: that would let somebody down
_MINUTE_MS = 60_000
_REFUSALS = (
    "name_needed", "not_needed", "answered_already", "bad_end", "told_already", "no_such_redirect",
)  # fmt: skip


class House(Struct, frozen=True, kw_only=True):
    """Whose page this is, and what they were asked.

    Attributes:
        guest: The customer it is about.
        standing: Where it stands, as the desk calls it.
        until: Instants until which they may keep the room, with words.
    """

    token: str
    guest: Guest
    offer: OfferState
    ask: PlaceAsk
    failure: Failure
    rule: PlaceRule | None
    row: PlaceRow | None
    standing: str
    speech: Speech

    @property
    def name(self) -> str:
        """What the place is called."""
        return self.row.name if self.row is not None else self.ask.name

    @property
    def asker(self) -> Asker:
        """Who answers on this page."""
        return Asker(place=self.ask.place)

    @property
    def sent(self) -> EventId | None:
        """The event that sent the customer here; None when they were not."""
        one = self.guest.state.memory.about(REDIRECT, self.offer.ordered)
        return one.event if one is not None and self.offer.ordered else None


def _house(request: HttpRequest, token: str) -> House:
    """Find what a link asks.

    Raises:
        LinkExpired: Ours, and too old.
        LinkForged: Not ours, or nothing was asked of this place (any more).
    """
    makegood = makegood_of(request)
    profile, case, ask = makegood.links.read_place(token)
    guest = guest_for(makegood, token, profile, case)
    known = asked_of(guest.case, ask)
    if known is None:
        raise LinkForged
    offer, one = known
    failure = guest.case.failure(offer.about) or guest.case.failures[-1]
    book = guest.library.books.get(failure.book, guest.book)
    remedy = book.remedies.get(offer.offer)
    row = guest.places.get(one.place)
    standing = standing_of(guest.state, offer, one)
    if standing == "silent" and offer.status not in _STILL_ASKING:
        standing = "not_needed"
    return House(
        token=token,
        guest=guest,
        offer=offer,
        ask=one,
        failure=failure,
        rule=book.places.get(remedy.places) if remedy is not None else None,
        row=row,
        standing=standing if guest.case.is_open else _when_closed(standing),
        speech=Speech(_language(request, row), (row and row.timezone) or book.timezone),
    )


def _when_closed(standing: str) -> str:
    return standing if standing in ("arrived", "refused", "not_arrived") else "not_needed"


def _language(request: HttpRequest, row: PlaceRow | None) -> str:
    """Speak the language that was asked for, else that of the place."""
    own = row.language.partition("-")[0] if row is not None else ""
    if request.GET.get("lang", "") in CATALOGUE or own not in CATALOGUE:
        return language_of(request)
    return own


@never_cache
@require_safe
@by_link
def house(request: HttpRequest, token: str) -> HttpResponse:
    return _show(request, _house(request, token))


def _show(
    request: HttpRequest, house: House, *, notice: str = "", status: int = 200
) -> HttpResponse:
    speech, guest = house.speech, house.guest
    page: dict[str, Any] = {
        "speech": speech,
        "lang": speech.language,
        "asked_lang": request.GET.get("lang", ""),
        "brand": house.name,
        "house": house,
        "heading": speech.say(f"house.{house.standing}.title", place=house.name),
        "lead": _lead(house),
        "story": _story(house) if house.standing in _TELLS else "",
        "until": _instants(house),
        "answer_by": speech.clock(house.ask.by_ms),
        "form_token": secrets.token_urlsafe(9),
        "notice": speech.say(notice) if notice else "",
        "said": speech.say("house.again.sent") if request.GET.get("said") == "again" else "",
        "given": {name: request.POST.get(name, "") for name in ("name", "why")},
        "longest_name": LONGEST_NAME,
        "longest_why": LONGEST_WHY,
        "ours": guest.brand_name,
        "phone": _phone(guest),
    }
    return render(request, "portal/house.html", page, status=status)


def _lead(house: House) -> str:
    speech, one = house.speech, house.ask
    values = {
        "clock": speech.clock(one.until_ms) if one.until_ms else "",
        "by": house.guest.texts.get(one.by, ""),
        "answer_by": speech.clock(one.by_ms) if one.by_ms else "",
    }
    return speech.say(f"house.{house.standing}.lead", **values)


def _phone(guest: Guest) -> str:
    brand = guest.book.brands.get(guest.case.brand)
    return brand.phone if brand is not None else ""


def _story(house: House) -> str:
    if house.rule is None:
        return ""
    facts = askings.story_facts(house.rule, house.failure, house.ask)
    book = house.guest.library.books.get(house.failure.book, house.guest.book)
    return story_of(house.rule, facts, book, house.guest.person, house.speech.language)


def _instants(house: House) -> tuple[tuple[int, str], ...]:
    """Give the ends of a yes that can be chosen: a quarter, half and all of what is allowed."""
    if house.rule is None:
        return ()
    now_ms, kept_ms = house.guest.now_ms, house.rule.kept_ms
    ends = {(now_ms + kept_ms * part // 4) // _MINUTE_MS * _MINUTE_MS for part in (4, 2, 1)}
    later = sorted((end for end in ends if end > now_ms), reverse=True)
    return tuple((end, _instant(house.speech, end, now_ms)) for end in later)


def _instant(speech: Speech, at_ms: int, now_ms: int) -> str:
    """Write an end as it follows "until": the clock, with the day when it is another one."""
    if speech.day(at_ms) == speech.day(now_ms):
        return speech.clock(at_ms)
    return speech.say("house.instant", day=speech.day(at_ms), clock=speech.clock(at_ms))


@csrf_exempt
@require_POST
@by_link
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Take the yes or the no of a person there."""
    house = _house(request, token)
    name = writable(request.POST.get("name", ""), LONGEST_NAME)
    why = writable(request.POST.get("why", ""), LONGEST_WHY)
    said = request.POST.get("answer")
    if said not in _ANSWERS:
        return _show(request, house, notice="house.refused.other", status=UNPROCESSABLE)
    accepted = said == "yes"
    until_ms = _whole(request.POST.get("until", "")) if accepted else 0
    if not name:
        return _show(request, house, notice="house.refused.name_needed", status=UNPROCESSABLE)
    message_id = _message_id(request, house, "answer")
    texts = {f"place:{message_id}:by": name}
    if why and not accepted:
        texts[f"place:{message_id}:why"] = why
    body = PlaceAnswered(
        case=house.guest.case.id,
        command=house.ask.command,
        accepted=accepted,
        until_ms=until_ms,
        by=f"place:{message_id}:by",
        why=f"place:{message_id}:why" if why and not accepted else "",
    )
    return _do(request, house, body, message_id, texts)


@csrf_exempt
@require_POST
@by_link
def arrived(request: HttpRequest, token: str) -> HttpResponse:
    """Take what became of the customer who was sent there."""
    house = _house(request, token)
    if house.sent is None or request.POST.get("taken") not in _ANSWERS:
        return _show(request, house, notice="house.refused.other", status=UNPROCESSABLE)
    taken = request.POST.get("taken") == "yes"
    message_id = _message_id(request, house, "arrived")
    note = writable(request.POST.get("why", ""), LONGEST_WHY)
    ref = f"place:{message_id}" if note else ""
    body = Arrived(said=house.sent, taken=taken, note=ref)
    return _do(request, house, body, message_id, {ref: note} if ref else {})


@csrf_exempt
@require_POST
@by_link
def ask_back(request: HttpRequest, token: str) -> HttpResponse:
    """Take a question of the place: what it asks the customer for, we should have told it."""
    house = _house(request, token)
    words = writable(request.POST.get("words", ""), LONGEST_WHY)
    if not words or house.standing not in _TELLS:
        return _show(request, house, notice="house.refused.empty", status=UNPROCESSABLE)
    message_id = _message_id(request, house, "again")
    ref = f"place:{message_id}"
    body = AskedAgain(case=house.guest.case.id, who="place", words=ref)
    return _do(request, house, body, message_id, {ref: words}, said="again")


def _whole(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else 0


def _message_id(request: HttpRequest, house: House, act: str) -> str:
    form = writable(request.POST.get("form", ""), 40) or secrets.token_urlsafe(9)
    return f"{house.ask.command}:{act}:{form}"


def _do(
    request: HttpRequest,
    house: House,
    body: Body,
    message_id: str,
    texts: dict[str, str],
    said: str = "",
) -> HttpResponse:
    acts = makegood_of(request).acts
    done = acts.act(house.guest.customer, body, house.asker, message_id=message_id, texts=texts)
    if isinstance(done, Refused):
        code = done.code if done.code in _REFUSALS else "other"
        again = _house(request, house.token)
        return _show(request, again, notice=f"house.refused.{code}", status=UNPROCESSABLE)
    lang = request.GET.get("lang", "")
    asked = [f"lang={lang}"] if lang.isalpha() else []
    asked += [f"said={said}"] if said else []
    back = reverse("portal:house", args=[house.token])
    return redirect(back + (f"?{'&'.join(asked)}" if asked else ""))
