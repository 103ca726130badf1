"""What is asked of places, and what was asked twice, of one customer as the desk lists it."""

from collections.abc import Iterator

from makegood.core.keeping import REDIRECT
from makegood.core.placed import PlaceAsk, PlaceStatus
from makegood.core.state import Case, OfferState, OfferStatus, State
from makegood.messages.facts import AskedAgain, Body, PlaceAnswered, PlacesFound
from makegood.messages.ids import CustomerId
from makegood.ports.redirects import RedirectRow

_OPEN = frozenset({"asked", "accepted", "expected"})


def asks_places(state: State) -> bool:
    """Whether there is anything to list."""
    return any(case.told_twice or any(offer.asks for offer in case.offers) for case in state.cases)


def redirects_of(state: State, customer: CustomerId) -> tuple[RedirectRow, ...]:
    """Give the rows of one customer, from the state alone."""
    return tuple(row for case in state.cases for row in _of_case(state, case, customer))


def _of_case(state: State, case: Case, customer: CustomerId) -> Iterator[RedirectRow]:
    for offer in case.offers:
        for one in offer.asks:
            if one.command:
                status = standing_of(state, offer, one)
                yield RedirectRow(
                    row=one.command,
                    kind="ask",
                    customer=customer,
                    profile=case.origin.profile,
                    case=case.id,
                    brand=case.brand,
                    place=one.place,
                    place_name=one.name,
                    status=status,
                    is_open=case.is_open and status in _OPEN,
                    at_ms=one.by_ms,
                    until_ms=one.until_ms,
                )
    for told in case.told_twice:
        yield RedirectRow(
            row=told.event,
            kind="told_twice",
            customer=customer,
            profile=case.origin.profile,
            case=case.id,
            brand=case.brand,
            place=told.place,
            status=told.who,
            at_ms=told.at_ms,
        )


def standing_of(state: State, offer: OfferState, one: PlaceAsk) -> str:
    """Say where the asking of a place stands, and what became of the customer who went there."""
    if one.status is not PlaceStatus.ACCEPTED:
        return one.status.value
    if offer.status is OfferStatus.BROKEN:
        return "refused"
    if offer.status not in (OfferStatus.CHOSEN, OfferStatus.KEPT):
        return "accepted"
    sent = state.memory.about(REDIRECT, offer.ordered)
    if sent is None or (not sent.kept_ms and not sent.broken):
        return "expected"
    return "arrived" if sent.kept_ms else "not_arrived"


def place_words(body: Body, who: str, rang: str = "") -> str:
    """Say what happened with places, in a sentence; empty for any other fact.

    Args:
        body: What happened.
        who: The person there, or the rep; empty when not known any more.
        rang: Who of us rang there; empty when the place itself answered.
    """
    call = f" {rang} rang there." if rang else ""
    match body:
        case PlacesFound(places=places, full=full, silent=silent):
            away = f" Not asked, because away: {', '.join(silent)}." if silent else ""
            stale = sum(one.stale for one in places)
            old = f" Of {stale} the word was too old to be used." if stale else ""
            count = f"{len(places)} place{'' if len(places) == 1 else 's'} may be asked"
            return f"{count}, {full} said that they are full.{old}{away}"
        case PlaceAnswered(accepted=True):
            return f"{who or 'Somebody there'} said yes: they expect the customer.{call}"
        case PlaceAnswered():
            return f"{who or 'Somebody there'} said no.{call}"
        case AskedAgain(who="customer"):
            return "The customer was asked to tell it again. Told twice."
        case AskedAgain(who="place"):
            return "The place asked for something we should have told it. Told twice."
        case AskedAgain():
            return f"{who or 'A colleague'} had to ask for what we knew already. Told twice."
    return ""


def asks_words(offer: OfferState) -> str:
    """Say which places were asked for an offer, and what each said."""
    asked = [one for one in offer.asks if one.times]
    return ", ".join(f"{one.name}: {_STATUS[one.status]}" for one in asked)


_STATUS = {
    PlaceStatus.LISTED: "not asked",
    PlaceStatus.ASKED: "asked",
    PlaceStatus.ACCEPTED: "yes",
    PlaceStatus.DECLINED: "no",
    PlaceStatus.SILENT: "no answer",
    PlaceStatus.EXPIRED: "its yes ran out",
    PlaceStatus.NOT_NEEDED: "not needed",
}
