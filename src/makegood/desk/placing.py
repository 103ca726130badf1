"""Places that were asked for a case, and the form by which whoever of us rang there answers."""

from collections.abc import Iterator

from msgspec import Struct

from makegood.core.placed import PlaceAsk, PlaceStatus
from makegood.core.state import Case, OfferState, OfferStatus
from makegood.desk.access import Desk
from makegood.playbooks.placing import PlaceRule
from makegood.ports.places import PlaceRow
from makegood.projections.figures import clock_words

_MINUTE_MS = 60_000
_SAYS = {
    PlaceStatus.ASKED: "was asked",
    PlaceStatus.SILENT: "did not answer",
    PlaceStatus.DECLINED: "said no",
}
_OPEN = (OfferStatus.ASKING, OfferStatus.UNAVAILABLE)


class Asked(Struct, frozen=True, kw_only=True):
    """A place that has not said yes, and may still.

    Attributes:
        command: What a form that answers for it sends.
        phone: Whom to ring; empty when nobody knows.
        only_phone: Nobody there can be written to.
        until: Instants until which it may keep what it has, with words.
    """

    command: str
    name: str
    says: str
    phone: str
    only_phone: bool
    by: str
    until: tuple[tuple[int, str], ...]


def asked_places(desk: Desk, case: Case) -> tuple[Asked, ...]:
    """List the places whose answer still counts; one statement, and none without them."""
    found = list(_counting(case)) if case.is_open else []
    if not found:
        return ()
    rows = desk.reading.places_by_id([one.place for _, one in found])
    return tuple(_shown(desk, case, offer, one, rows.get(one.place)) for offer, one in found)


def _counting(case: Case) -> Iterator[tuple[OfferState, PlaceAsk]]:
    for offer in case.offers:
        for one in offer.asks if offer.status in _OPEN else ():
            if one.command and one.status in _SAYS:
                yield offer, one


def _shown(
    desk: Desk, case: Case, offer: OfferState, one: PlaceAsk, row: PlaceRow | None
) -> Asked:
    zone = desk.makegood.book.timezone
    failure = case.failure(offer.about) or case.failures[-1]
    library = desk.makegood.library
    book = library.books.get(failure.book) or library.now(case.brand)
    remedy = book.remedies.get(offer.offer)
    rule = book.places.get(remedy.places) if remedy is not None else None
    asked = one.status is PlaceStatus.ASKED
    return Asked(
        command=one.command,
        name=one.name,
        says=_SAYS[one.status],
        phone=row.phone if row is not None else "",
        only_phone=row is not None and not row.email,
        by=clock_words(one.by_ms, zone) if asked and one.by_ms else "",
        until=_instants(rule, desk.now_ms, zone),
    )


def _instants(rule: PlaceRule | None, now_ms: int, zone: str) -> tuple[tuple[int, str], ...]:
    """Give the ends of a yes: all, half and a quarter of what the rule allows."""
    kept_ms = rule.kept_ms if rule is not None else 0
    ends = {(now_ms + kept_ms * part // 4) // _MINUTE_MS * _MINUTE_MS for part in (4, 2, 1)}
    later = sorted((end for end in ends if end > now_ms), reverse=True)
    return tuple((end, clock_words(end, zone)) for end in later)
