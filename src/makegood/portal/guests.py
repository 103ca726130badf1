"""Whose page this is: the signed link is the only key, and it opens one case of one customer."""

from collections.abc import Mapping
from typing import cast

from django.http import HttpRequest
from msgspec import Struct

from makegood.bootstrap import Makegood
from makegood.core.fold import advance
from makegood.core.state import Case, State, decode_state
from makegood.effects.links import LinkForged
from makegood.messages.ids import CaseId, CustomerId, ProfileId
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.places import PlaceRow
from makegood.ports.rows import PersonRow, RepRow
from makegood.projections.roster import person_of


class Guest(Struct, frozen=True, kw_only=True):
    """A customer on their page.

    Attributes:
        state: Folded to now.
        book: The rule book the case opened with.
        places: The places that were asked, as they are now.
        texts: Words of people there, by their refs.
    """

    token: str
    customer: CustomerId
    profile: ProfileId
    person: PersonRow | None
    state: State
    case: Case
    book: RuleBook
    library: Library
    reps: tuple[RepRow, ...]
    now_ms: int
    places: Mapping[str, PlaceRow] = {}
    texts: Mapping[str, str] = {}

    @property
    def brand_name(self) -> str:
        """The name the customer knows the firm by."""
        brand = self.book.brands.get(self.case.brand)
        return brand.name if brand else self.book.umbrella


def makegood_of(request: HttpRequest) -> Makegood:
    """Give the Makegood that the middleware joined to the request."""
    return cast("Makegood", request.makegood)  # type: ignore[attr-defined]


def guest_of(request: HttpRequest, token: str) -> Guest:
    """Find whose page a link opens.

    Raises:
        LinkExpired: The link is ours and too old.
        LinkForged: It is not ours, or names a case that is not this customer's (any more).
    """
    makegood = makegood_of(request)
    profile, wanted = makegood.links.read_portal(token)
    return guest_for(makegood, token, profile, wanted)


def guest_for(makegood: Makegood, token: str, profile: ProfileId, wanted: CaseId) -> Guest:
    """Find the customer and the case that a link names, whoever holds it.

    Raises:
        LinkForged: There is no such case of this customer (any more).
    """
    library, now_ms = makegood.library, makegood.clock.now_ms()
    with makegood.store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
        row = reading.row(customer) if customer is not None else None
        if customer is None or row is None:
            raise LinkForged
        state = decode_state(row.state)
        if not row.stuck:
            state = advance(state, now_ms, library).state
        case = state.case(wanted)
        if case is None:
            raise LinkForged
        profiles = reading.profiles_of([customer]).get(customer, (profile,))
        persons = reading.persons(profiles)
        reps = reading.reps()
        asks = [one for offer in case.offers for one in offer.asks]
        places = reading.places_by_id([one.place for one in asks]) if asks else {}
        texts = reading.texts([one.by for one in asks if one.by]) if asks else {}
    return Guest(
        token=token,
        customer=customer,
        profile=profile,
        person=person_of(tuple(persons.values())),
        state=state,
        case=case,
        book=library.books.get(case.origin.book) or library.books[library.active],
        library=library,
        reps=reps,
        now_ms=now_ms,
        places=places,
        texts=texts,
    )
