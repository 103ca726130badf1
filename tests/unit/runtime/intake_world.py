"""A firm with an empty store and an intake, for the tests of both."""

from makegood.core.holds import decode_gate
from makegood.core.state import decode_state
from makegood.messages.facts import Body, Identified, Touchpoint
from makegood.messages.ids import CustomerId
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxStatus
from makegood.runtime.intake import Intake
from makegood.store.memory import MemoryStore
from makegood.testing.book import small_library
from makegood.testing.clock import FakeClock

KEY = b"a secret of the deployment"


class Firm:
    """A firm with an empty store and a clock that stands still."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = FakeClock()
        self.library = small_library()
        self.intake = Intake(self.store, lambda: self.library, self.clock, KEY)

    def take(self, *arrivals: Arrival):
        return self.intake.take(arrivals)

    def customer(self, who: str = "user:ana") -> CustomerId:
        profile = self.intake.profile(who)
        with self.store.reading() as reading:
            return reading.customers_of([profile])[profile]

    def row(self, who: str = "user:ana"):
        with self.store.reading() as reading:
            return reading.row(self.customer(who))

    def state(self, who: str = "user:ana"):
        return decode_state(self.row(who).state)

    def outbox(self, who: str = "user:ana"):
        with self.store.reading() as reading:
            return reading.outbox_of(reading.profiles_of([self.customer(who)])[self.customer(who)])

    def statuses(self, who: str = "user:ana") -> dict[str, OutboxStatus]:
        return {row.command.step: row.status for row in self.outbox(who)}

    def holds(self, who: str = "user:ana") -> bool:
        with self.store.reading() as reading:
            records = reading.gate_records(self.intake.profile(who))
        return any(decode_gate(record.gate).holds for record in records)

    def deliver(self) -> None:
        """Hand over everything that waits."""
        with self.store.writing() as writing:
            for row in writing.claim(self.clock.now_ms(), 60_000, 100):
                writing.settle(row.command.id, row.fence, OutboxStatus.DONE, self.clock.now_ms())


def arrival(
    firm: Firm, body: Body, message: str, *, who: str = "user:ana", ago_ms: int = 0, **more
) -> Arrival:
    return Arrival(
        source="rental",
        message_id=message,
        identifier=who,
        time_ms=firm.clock.now_ms() - ago_ms,
        body=body,
        body_digest=repr(body).encode()[-16:],
        **more,
    )


def no_car(firm: Firm, message: str = "no car", **more) -> Arrival:
    facts = {"reason": "overbooked", "reservation": "R1", "price_cents": 21_000}
    return arrival(firm, Touchpoint(name="Rental Unfulfilled", properties=facts), message, **more)


def quiet(firm: Firm, message: str, **more) -> Arrival:
    return arrival(firm, Touchpoint(name="Page Viewed"), message, **more)


def same_person(firm: Firm, message: str, *also: str, **more) -> Arrival:
    return arrival(firm, Identified(), message, also=also, **more)
