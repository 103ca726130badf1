"""Who expects the customer: by name, where, until when, at which rate, and how to get there."""

from msgspec import Struct

from makegood.core.keeping import REDIRECT
from makegood.core.placed import PlaceAsk, PlaceStatus
from makegood.core.state import OfferState, OfferStatus
from makegood.messages.money import Money
from makegood.portal.guests import Guest
from makegood.portal.speech import Speech

_METRES = 1000


class Expected(Struct, frozen=True, kw_only=True):
    """A place that expects the customer.

    Attributes:
        title: Who expects them, where.
        lines: Until when, at which rate, where that is and how to get there.
        phone: Of the place; `tel` is the same without blanks.
    """

    title: str
    place: str
    lines: tuple[str, ...]
    phone: str
    tel: str


def expecting(guest: Guest, speech: Speech) -> tuple[Expected, ...]:
    """Give the places to which the customer was sent and that still expect them."""
    found = (_expected(guest, speech, offer) for offer in guest.case.offers)
    return tuple(one for one in found if one is not None)


def yes_of(offer: OfferState) -> PlaceAsk | None:
    """Give the place whose yes counts for an offer."""
    return next((one for one in offer.asks if one.status is PlaceStatus.ACCEPTED), None)


def is_expected(guest: Guest, offer: OfferState) -> bool:
    """Whether a place expects the customer, and nobody said yet that they are there."""
    if not offer.asks or offer.status not in (OfferStatus.CHOSEN, OfferStatus.KEPT):
        return False
    sent = guest.state.memory.about(REDIRECT, offer.ordered)
    return sent is not None and sent.is_open


def is_withdrawn(offer: OfferState) -> bool:
    """Whether an offer of a place was made and could not be kept until the customer chose."""
    gone = offer.status in (OfferStatus.ASKING, OfferStatus.UNAVAILABLE)
    return gone and any(one.earlier or one.status is PlaceStatus.EXPIRED for one in offer.asks)


def _expected(guest: Guest, speech: Speech, offer: OfferState) -> Expected | None:
    one = yes_of(offer)
    if one is None or offer.status not in (OfferStatus.CHOSEN, OfferStatus.KEPT):
        return None
    sent = guest.state.memory.about(REDIRECT, offer.ordered)
    if sent is None or sent.broken:
        return None
    row = guest.places.get(one.place)
    name = row.name if row is not None else one.name
    if sent.kept_ms:
        title, lines = speech.say("expects.arrived", place=name), [_rate(one, guest, speech)]
    else:
        title = speech.say("expects.title", by=_who(guest, speech, one), place=name)
        lines = [
            speech.say("expects.until", clock=speech.clock(sent.due_ms)),
            _rate(one, guest, speech),
            row.address if row is not None else "",
            row.directions if row is not None else "",
            speech.say("expects.knows"),
        ]
    phone = row.phone if row is not None else ""
    return Expected(
        title=title,
        place=name,
        lines=tuple(line for line in lines if line),
        phone=phone,
        tel="".join(sign for sign in phone if sign.isdigit() or sign == "+"),
    )


def _rate(one: PlaceAsk, guest: Guest, speech: Speech) -> str:
    if one.rate_cents < 0:
        return ""
    return speech.say("expects.rate", rate=speech.money(Money(one.rate_cents, _money(guest))))


def _money(guest: Guest) -> str:
    return guest.book.currency


def _who(guest: Guest, speech: Speech, one: PlaceAsk) -> str:
    """The person there who said yes; where their name was erased, somebody."""
    return guest.texts.get(one.by, "") or speech.say("owner.someone")


def keeps(guest: Guest, offer: OfferState, speech: Speech) -> str:
    """Say of an offer who keeps a place for the customer; empty for any other offer."""
    one = yes_of(offer)
    if one is None:
        return ""
    row = guest.places.get(one.place)
    name = row.name if row is not None else one.name
    clock = speech.clock(offer.expires_ms)
    parts = [
        speech.say("choice.kept", by=_who(guest, speech, one), place=name, clock=clock),
    ]
    if one.rate_cents >= 0:
        rate = speech.money(Money(one.rate_cents, _money(guest)))
        parts.append(speech.say("choice.rate", rate=rate))
    if one.metres >= 0:
        parts.append(speech.say("choice.far", km=speech.number(one.metres / _METRES)))
    return " ".join(parts)
