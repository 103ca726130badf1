"""Raise a failure by hand: anybody may, about anybody, known or not; an ordinary event."""

from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.messages.errors import Refused
from makegood.messages.facts import FailureRaised
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId, event_id
from makegood.ports.arrivals import Arrival
from makegood.ports.clock import Clock
from makegood.ports.rows import Taken
from makegood.ports.store import Store
from makegood.runtime.acts import DESK, Acts
from makegood.runtime.intake import Intake, body_digest, text_ref


class Raised(Struct, frozen=True, kw_only=True):
    """What became of it.

    Attributes:
        event: The failure in the log.
        taken: New, or a repeat; a conflict stored nothing.
    """

    event: str
    taken: Taken


class Raising:
    """Files a failure with the one customer that an identifier means, else with itself."""

    def __init__(self, store: Store, intake: Intake, acts: Acts, clock: Clock) -> None:
        self._store = store
        self._intake = intake
        self._acts = acts
        self._clock = clock

    def raise_failure(
        self, identifier: str, failure: FailureRaised, asker: Asker, *, message_id: str, words: str
    ) -> Raised | Refused:
        """Raise a failure.

        Args:
            identifier: Typed, in clear; nobody needs to be known by it.
            failure: What failed; its `words` are filled in.
            asker: Who raises it.
            message_id: Names the request; asked again under the same name it happens once.
            words: What happened, kept beside the log.

        Raises:
            InputError: It is not a typed identifier.
        """
        name = normal(identifier)
        ref = text_ref(event_id(DESK, message_id), "words") if words else ""
        wanted = replace(failure, words=ref, by=asker.rep)
        texts = {ref: words} if words else {}
        customer = customer_meant(self._store, self._intake, name)
        if customer is None:
            return self._file(name, wanted, message_id, texts)
        return self.raise_for(customer, failure, asker, message_id=message_id, words=words)

    def raise_for(
        self,
        customer: CustomerId,
        failure: FailureRaised,
        asker: Asker,
        *,
        message_id: str,
        words: str,
    ) -> Raised | Refused:
        """Raise a failure for a customer who was found already; else as `raise_failure`."""
        ref = text_ref(event_id(DESK, message_id), "words") if words else ""
        wanted = replace(failure, words=ref, by=asker.rep)
        texts = {ref: words} if words else {}
        acted = self._acts.act(customer, wanted, asker, message_id=message_id, texts=texts)
        if isinstance(acted, Refused):
            return acted
        return Raised(event=acted.event, taken=Taken.DUPLICATE if acted.repeated else Taken.NEW)

    def _file(
        self, name: str, wanted: FailureRaised, message_id: str, texts: dict[str, str]
    ) -> Raised:
        said = blake2b(repr(sorted(texts.items())).encode(), key=body_digest(wanted))
        arrival = Arrival(
            source=DESK,
            message_id=message_id,
            identifier=name,
            time_ms=self._clock.now_ms(),
            body=wanted,
            body_digest=said.digest()[:16],
            texts=texts,
        )
        (answer,) = self._intake.take([arrival])
        return Raised(event=answer.event, taken=answer.taken)


def customer_meant(store: Store, intake: Intake, name: str) -> CustomerId | None:
    """Find the one customer an identifier means.

    Args:
        store: Where customers are.
        intake: Makes the pseudonym.
        name: A typed identifier, normalised.

    Returns:
        The customer; None when nobody is known by it, or an address is shared by several.
    """
    profile = intake.profile(name)
    with store.reading() as reading:
        own = reading.customers_of([profile]).get(profile)
        if own is not None:
            return own
        records = reading.gate_records(profile)
    return records[0].customer if len(records) == 1 else None
