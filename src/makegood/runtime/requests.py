"""What customers ask for and are told, from an identifier to the answer in the log."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from makegood.core.answering import cost_of
from makegood.core.decide import Asker, decide
from makegood.core.state import EMPTY
from makegood.messages.errors import Refused
from makegood.messages.events import Event
from makegood.messages.facts import (
    Appealed,
    Arrived,
    Body,
    Contacted,
    Disclosed,
    GotInTouch,
    Identified,
    Kept,
    PersonChosen,
    Promised,
    Rated,
    Redirected,
    Requested,
    Settled,
)
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId, EventId, ProfileId
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.requests import without_nothing
from makegood.ports.arrivals import Arrival
from makegood.ports.clock import Clock
from makegood.ports.store import Store
from makegood.runtime.acts import DESK, Acted, Acts
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.raising import customer_meant

_CONFLICT = Refused(
    code="idempotency_conflict", why="The name of this request was used for something else."
)


First: TypeAlias = (
    Requested | Promised | Disclosed | Redirected | Rated | PersonChosen | GotInTouch | Contacted
)
"""What may be about somebody of whom nothing is known yet."""
Wanted: TypeAlias = First | Settled | Appealed | Kept | Arrived


class Requests:
    """Asks, settles and appeals, promises and tells; nobody needs to be known by an identifier."""

    def __init__(
        self,
        store: Store,
        intake: Intake,
        acts: Acts,
        library_of: Callable[[], Library],
        clock: Clock,
    ) -> None:
        self._store = store
        self._intake = intake
        self._acts = acts
        self._library_of = library_of
        self._clock = clock

    def ask(
        self,
        identifier: str,
        wanted: First,
        asker: Asker,
        *,
        message_id: str,
        texts: dict[str, str] | None = None,
    ) -> tuple[CustomerId, Acted] | Refused:
        """Answer a request, or write down what a person said.

        Args:
            identifier: Typed, in clear; a customer without history is answered like any other.
            wanted: The request, without an answer, or what was said.
            asker: Who writes it down.
            message_id: Names the request; asked again under the same name it happens once.
            texts: Free texts by their refs, kept beside the log.

        Returns:
            The customer, and the request with its answer; or why it cannot be asked like this.

        Raises:
            InputError: It is not a typed identifier.
        """
        name = normal(identifier)
        customer = customer_meant(self._store, self._intake, name)
        if customer is None:
            plain = decide(EMPTY, wanted, asker, self._clock.now_ms(), self._library_of())
            if plain.refused is not None:
                return plain.refused
            customer = self._introduced(name, message_id)
        acted = self.act(customer, wanted, asker, message_id=message_id, texts=texts)
        return acted if isinstance(acted, Refused) else (customer, acted)

    def act(
        self,
        customer: CustomerId,
        wanted: Wanted,
        asker: Asker,
        *,
        message_id: str,
        texts: dict[str, str] | None = None,
    ) -> Acted | Refused:
        """Do what is wanted once; a repeat gives what was answered the first time."""
        acted = self._acts.act(customer, wanted, asker, message_id=message_id, texts=texts)
        if isinstance(acted, Refused) or not acted.repeated:
            return acted
        said = self._said(customer, acted.event)
        if said is None:
            return _CONFLICT
        book = self._library_of().book(said.stamp.book).for_brand(self._brand(customer, wanted))
        if not _is_same(said.body, wanted, asker, book):
            return _CONFLICT
        return replace(acted, body=said.body)

    def _brand(self, customer: CustomerId, wanted: Wanted) -> str:
        """Whose book answered: that of the brand that was asked."""
        if isinstance(wanted, Settled):
            asked = self._said(customer, wanted.asked)
            wanted = asked.body if asked and isinstance(asked.body, Requested) else wanted
        return str(getattr(wanted, "brand", ""))

    def _introduced(self, name: str, message_id: str) -> CustomerId:
        """Make a customer of somebody of whom nothing is known yet."""
        profile = self._intake.profile(name)
        body = Identified()
        arrival = Arrival(
            source=DESK,
            message_id=f"{message_id}/who/{profile}",
            identifier=name,
            time_ms=self._clock.now_ms(),
            body=body,
            body_digest=body_digest(body),
        )
        self._intake.take([arrival])
        with self._store.reading() as reading:
            return reading.customers_of([profile])[profile]

    def _said(self, customer: CustomerId, event: EventId) -> Event | None:
        with self._store.reading() as reading:
            found = reading.customers_of([ProfileId(customer)])
            history = reading.history(found.get(ProfileId(customer), customer))
        return next((one for one in history if one.id == event), None)


def _is_same(said: Body, wanted: Wanted, asker: Asker, book: RuleBook) -> bool:
    """Whether a repeat wants what was wanted before, whatever was answered to it."""
    if isinstance(wanted, Requested):
        if not isinstance(said, Requested):
            return False
        facts = without_nothing(wanted.facts)
        names = ("request", "about", "brand", "asker", "payer", "told")
        same = all(getattr(said, name) == getattr(wanted, name) for name in names)
        return same and said.facts == facts
    if isinstance(wanted, Settled):
        return isinstance(said, Settled) and _same_answer(said, wanted, asker, book)
    if isinstance(wanted, PersonChosen):  # who had room was added to it
        parts = ("choices", "brand")
        same = isinstance(said, PersonChosen) and said.by == asker.rep
        return same and all(getattr(said, name) == getattr(wanted, name) for name in parts)
    if isinstance(wanted, GotInTouch | Contacted):
        return wanted == said
    return replace(wanted, by=asker.rep) == said


def _same_answer(said: Settled, wanted: Settled, asker: Asker, book: RuleBook) -> bool:
    """Whether a repeat says what was said; a yes to a claim was completed with what it pays."""
    remedy = wanted.remedy or said.remedy
    cost = cost_of(wanted, book) if wanted.remedy else wanted.cost or said.cost
    plain = replace(said, budget="", remaining=None)
    return replace(wanted, by=asker.rep, remedy=remedy, cost=cost) == plain
