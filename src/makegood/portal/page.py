"""The customer's page, put together from the state: one for each turn a case can take."""

from string import Template
from typing import Any

from msgspec import Struct

from makegood.core.decide import is_on_offer
from makegood.core.holds import EVERYWHERE, is_holding
from makegood.core.say import variables
from makegood.core.state import Call, Case, Failure, OfferState, OfferStatus, Phase
from makegood.effects.locales import locale_of
from makegood.effects.words import chosen_text, spoken
from makegood.messages.money import Money
from makegood.playbooks.terms import Cause, Plan, Tier
from makegood.portal.calling_back import backs_told, called_back
from makegood.portal.expecting import expecting, is_expected, is_withdrawn, keeps
from makegood.portal.guests import Guest
from makegood.portal.speech import Speech
from makegood.projections.orders import remedy_words
from makegood.projections.planb import arrival_minutes, latest_offers
from makegood.projections.roster import first_name, rep_name
from makegood.projections.sentence import booking_of, place_of

_ASKABLE = (Phase.HELPING, Phase.ASKED)


class Choice(Struct, frozen=True, kw_only=True):
    """One confirmed offer."""

    offer: str
    title: str
    detail: str


class Done(Struct, frozen=True, kw_only=True):
    """One thing that is done, or under way."""

    says: str
    waiting: bool = False


def page_of(guest: Guest, speech: Speech) -> dict[str, Any]:
    """Put the page together."""
    case = guest.case
    owner = _owner(guest, speech)
    choices = _choices(guest, speech, owner)
    return {
        "guest": guest,
        "case": case,
        "brand": guest.brand_name,
        "brand_id": case.brand or next(iter(guest.book.brands), ""),
        "heading": _heading(guest, speech),
        "lead": _lead(guest, speech),
        "done": _done(guest, speech, owner),
        "choices": choices,
        "expects": expecting(guest, speech),
        "gone": _gone(guest, speech),
        "asking": _is_asking(guest),
        "question": _is_time_to_ask(guest) and not choices,
        "early": case.is_open and bool(case.failures) and not _is_time_to_ask(guest),
        "owner": owner,
        "has_owner": bool(case.owner),
        "initial": owner[:1].upper(),
        "can_call": case.is_open and not _is_calling(guest),
        "marketing": _marketing(guest, speech),
    }


def _is_asking(guest: Guest) -> bool:
    """Whether more than a call may yet be offered: who knows it need not settle for the call."""
    asked = any(offer.status is OfferStatus.ASKING for offer in guest.case.offers)
    return asked and guest.case.is_open and all(offer.calls for offer in _open(guest))


def _is_time_to_ask(guest: Guest) -> bool:
    """Only once everything chosen was delivered; before that the question would be an insult."""
    case = guest.case
    waiting = any(
        offer.status is OfferStatus.CHOSEN or is_expected(guest, offer) for offer in case.offers
    )
    return case.phase in _ASKABLE and not waiting


def _owner(guest: Guest, speech: Speech) -> str:
    if not guest.case.owner:
        return speech.say("owner.someone")
    return rep_name(guest.reps, guest.case.owner).split(" ")[0]


def _heading(guest: Guest, speech: Speech) -> str:
    case = guest.case
    if case.phase is Phase.MADE_WHOLE:
        words = speech.say("heading.good")
    elif not case.is_open:
        words = speech.say("heading.closed")
    elif not case.failures:
        words = speech.say("heading.unclear")
    else:
        words = _what_went_wrong(guest, speech)
    name = first_name(guest.person)
    if name:
        words = f"{name}, {words[:1].lower()}{words[1:]}"
    twice = case.is_open and len(case.failures) == 2
    more = case.is_open and len(case.failures) > 2
    tail = speech.say("heading.twice") if twice else speech.say("heading.again") if more else ""
    return f"{words.rstrip('.')}. {tail}." if tail else f"{words.rstrip('.')}."


def _what_went_wrong(guest: Guest, speech: Speech) -> str:
    """What the apology of the plan is headed: the firm's own words in the customer's language."""
    failure = guest.case.failures[0]
    book = guest.library.books.get(failure.book, guest.book)
    plan = book.plans.get(failure.rule)
    template = book.messages.get(_apology(plan, failure)) if plan else None
    if template is None:
        return speech.say("heading.plain")
    _, text = chosen_text(template, speech.language)
    values = spoken(variables(guest.case, failure, None), book, locale_of(speech.language))
    words = Template(text.subject).safe_substitute(values).strip()
    return speech.say("heading.plain") if "$" in words or not words else words


def _apology(plan: Plan, failure: Failure) -> str:
    outside = failure.cause.is_outside and plan.explanation
    return plan.explanation if outside else plan.apology


def _lead(guest: Guest, speech: Speech) -> str:
    """What happened and, once, the apology or the explanation."""
    case = guest.case
    if case.phase is Phase.MADE_WHOLE:
        return speech.say("good.lead")
    if not case.is_open:
        return speech.say("closed.lead")
    if not case.failures:
        return speech.say("unclear.lead")
    starts = (guest.now_ms, *(failure.at_ms for failure in case.failures))
    times = [
        _when(one, speech, before) for one, before in zip(case.failures, starts, strict=False)
    ]
    if len(times) == 1:
        happened = speech.say("happened.one", first=times[0])
    else:
        rest = speech.say("happened.then").join(times[1:])
        happened = speech.say("happened.more", first=times[0], rest=rest)
    return f"{happened} {speech.say(_sorry(case))}"


def _sorry(case: Case) -> str:
    causes = {failure.cause for failure in case.failures}
    if all(cause.is_outside for cause in causes):
        return "explained"
    return "sorry.partner" if causes == {Cause.PARTNER} else "sorry"


def _when(failure: Failure, speech: Speech, before_ms: int) -> str:
    """When and where; the day is named when it is not that of what was said before."""
    when = speech.when(failure.at_ms, before_ms)
    named = ", ".join(part for part in (place_of(failure), booking_of(failure)) if part)
    return speech.say("happened.named", when=when, named=named) if named else when


def _title(guest: Guest, speech: Speech, remedy: str) -> str:
    return remedy_words(remedy, guest.library, speech.language).rstrip(".")


def _done(guest: Guest, speech: Speech, owner: str) -> tuple[Done, ...]:
    case = guest.case
    lines = []
    for owed in (owed for failure in case.failures for owed in failure.owed):
        # What was paid beyond what is owed is the customer's: they read what they got.
        cents = owed.amount.cents + owed.over_cents
        if cents:
            key = "done.paid" if owed.is_paid else "done.paying"
            money = speech.money(Money(cents, owed.amount.currency))
            lines.append(Done(says=speech.say(key, money=money), waiting=not owed.is_paid))
    for gift in case.gifts:
        if not gift.failed:
            key = "done.gift" if gift.paid is not None else "done.gift_coming"
            title = _title(guest, speech, gift.remedy)
            lines.append(Done(says=speech.say(key, title=title), waiting=gift.paid is None))
    lines += [line for offer in case.offers if (line := _chosen(guest, speech, offer, owner))]
    call = _call_told(case)
    if call is not None:
        lines.append(Done(says=_call_words(call, speech, owner), waiting=True))
    lines += [Done(says=one, waiting=True) for one in called_back(guest, speech)]
    return tuple(lines)


def _call_words(call: Call, speech: Speech, owner: str) -> str:
    """Until when they are called; once that is over, that it is late and not the old time."""
    if not call.promised:
        return speech.say("done.call_late", owner=owner)
    return speech.say("done.call", owner=owner, clock=speech.clock(call.promise_ms))


def _call_told(case: Case) -> Call | None:
    """The call the customer was told of and still waits for; a late one too."""
    call = case.call
    if call is None or call.done_ms or not case.is_open:
        return None
    return call if call.promised or call.broken_ms else None


def _chosen(guest: Guest, speech: Speech, offer: OfferState, owner: str) -> Done | None:
    title = _title(guest, speech, offer.offer)
    if offer.status is OfferStatus.BROKEN:
        return Done(says=speech.say("done.broken", title=title, owner=owner), waiting=True)
    if is_expected(guest, offer):
        return None  # who expects them stands by itself
    if offer.status is OfferStatus.KEPT and not offer.calls:
        return Done(says=speech.say("done.kept", title=title))
    if offer.status is OfferStatus.CHOSEN:
        minutes = arrival_minutes(offer)
        key = "done.chosen_soon" if minutes else "done.chosen"
        return Done(says=speech.say(key, title=title, minutes=minutes), waiting=True)
    return None


def _is_calling(guest: Guest) -> bool:
    """Whether a call is a choice of the plan, or on its way already."""
    told = _call_told(guest.case) is not None or bool(backs_told(guest))
    return told or any(offer.calls for offer in _open(guest))


def _open(guest: Guest) -> tuple[OfferState, ...]:
    if not guest.case.is_open:
        return ()
    latest = latest_offers(guest.case.offers)
    return tuple(offer for offer in latest if is_on_offer(offer, guest.now_ms))


def _choices(guest: Guest, speech: Speech, owner: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            offer=offer.offer,
            title=_title(guest, speech, offer.offer),
            detail=keeps(guest, offer, speech) or _detail(offer, speech, owner),
        )
        for offer in sorted(_open(guest), key=_wish)
    )


def _wish(offer: OfferState) -> tuple[bool, int]:
    """What goes furthest first; a call, which leaves it open, last."""
    return offer.calls, -list(Tier).index(offer.tier)


def _detail(offer: OfferState, speech: Speech, owner: str) -> str:
    if offer.calls:
        return speech.say("choice.calls", owner=owner)
    minutes = arrival_minutes(offer)
    parts = [
        speech.say("choice.pays") if offer.cost.cents else "",
        speech.say("choice.soon", minutes=minutes) if minutes else "",
        speech.say("choice.declines") if offer.declines else "",
        speech.say("choice.until", clock=speech.clock(offer.expires_ms))
        if offer.expires_ms
        else speech.say("choice.confirmed"),
    ]
    return " ".join(part for part in parts if part)


def _gone(guest: Guest, speech: Speech) -> str:
    """Offers that were confirmed and can no longer be kept: they do not vanish without a word."""
    case = guest.case
    if not case.is_open:
        return ""
    late = [
        offer
        for offer in latest_offers(case.offers)
        if offer.status is OfferStatus.CONFIRMED and not is_on_offer(offer, guest.now_ms)
    ]
    late += [offer for offer in latest_offers(case.offers) if is_withdrawn(offer)]
    titles = " · ".join(_title(guest, speech, offer.offer) for offer in late)
    return speech.say("choice.gone", titles=titles) if titles else ""


def _marketing(guest: Guest, speech: Speech) -> str:
    brands = {brand for brand, _ in guest.state.unsubscribed}
    if brands & {EVERYWHERE, guest.case.brand}:
        return speech.say("marketing.none")
    holding = [case for case in guest.state.cases if is_holding(case)]
    if any(not case.lifts_ms for case in holding):
        return speech.say("marketing.held")
    if holding:
        day = speech.day(max(case.lifts_ms for case in holding))
        return speech.say("marketing.until", day=day)
    return speech.say("marketing.free")
