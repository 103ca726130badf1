"""The book, the moves and the firm of a life that is made up."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.state import State, decode_state
from makegood.messages import facts
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import Library
from makegood.playbooks.rulings import SurveyKind, SurveyRule, Touched
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxRow, RepRow
from makegood.ports.store import Store
from makegood.runtime.intake import Intake
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS, small_book
from makegood.testing.clock import STORY_BEGINS_MS
from tests.properties.bodies import (
    KATHY,
)


def _touched(event: facts.Facts, _customer: facts.Facts) -> Touched:
    missing = "" if "returned" in event else "event.returned"
    return Touched(about=str(event.get("reservation", "")), missing=missing)


ASKS = SurveyRule(
    id="return",
    after=("Car Returned",),
    question={"en": "How was it?"},
    message="good_again",
    kind=SurveyKind.CSAT,
    read=_touched,
    ask_after_ms=HOUR_MS,
    every_ms=DAY_MS,
    useful_ms=3 * DAY_MS,
    bad_below=3,
    fails_as="late",
)


def _library() -> Library:
    """The small book, in which the driver comes from somebody who has to accept the customer."""
    book = small_book()
    driver = replace(book.remedies["driver"], accepted_by="rides", expires_ms=4 * HOUR_MS)
    book = replace(book, remedies={**book.remedies, "driver": driver})
    book = replace(book, surveys={ASKS.id: ASKS}, asks_after={"Car Returned": (ASKS,)})
    return Library(active=book.hash, books={book.hash: book})


LIBRARY = _library()
KEY = b"a key for tests"
WHO = ("user:ana", "user:ben", "anon:1")
EMAILS = ("email:ana@example.org", "email:ben@example.org", "email:one@example.org")


KINDS = (
    "no_car",
    "no_car",
    "no_car",
    "no_car",
    "late",
    "no_show",
    "unclear",
    "page",
    "promise",
    "kept",
    "raised",
    "judged",
    "chosen",
    "good",
    "good",
    "not_yet",
    "released",
    "granted",
    "handed_over",
    "noted",
    "root_named",
    "wrote",
    "called",
    "opened",
    "referred",
    "unsubscribed",
    "unsubscribed",
    "traits",
    "link",
    "unlink",
    "unlink",
    "yes",
    "no",
    "carried",
    "carried",
    "carried",
    "dropped",
    "dropped",
    "deliver",
    "deliver",
    "deliver",
    "timers",
    "deadline",
    "requested",
    "requested",
    "requested",
    "settled",
    "settled",
    "settled",
    "appealed",
    "appealed",
    "proposal",
    "proposal",
    "proposal",
    "proposal",
    "promised",
    "kept_by_hand",
    "kept_by_hand",
    "disclosed",
    "redirected",
    "redirected",
    "arrived",
    "arrived",
    "returned",
    "returned",
    "returned",
    "returned",
    "rated",
    "rated",
    "got_in_touch",
    "got_in_touch",
    "replied",
    "replied",
    "taken_back",
    "taken_back",
)
WAITS_MS = (
    0,
    0,
    1,
    MINUTE_MS,
    2 * MINUTE_MS,
    15 * MINUTE_MS,
    HOUR_MS,
    4 * HOUR_MS,
    DAY_MS,
    7 * DAY_MS,
)
LAGS_MS = (0, 0, 0, 0, 1, MINUTE_MS, HOUR_MS, 3 * DAY_MS, -MINUTE_MS, -9 * MINUTE_MS)


class Move(Struct, frozen=True):
    """One thing that happens.

    Attributes:
        kind: One of `KINDS`.
        who: Index of the identifier.
        pick: Chooses among what there is.
        lag_ms: How long before it arrives it happened; a negative one is a clock that runs ahead.
        wait_ms: How much time passes before it.
        imported: It arrives as history.
    """

    kind: str
    who: int
    pick: int
    lag_ms: int = 0
    wait_ms: int = 0
    imported: bool = False


class Given(Struct, frozen=True):
    """An arrival and when it was received."""

    arrival: Arrival
    received_ms: int


class SetClock:
    """A clock that tests set to any instant, also an earlier one."""

    def __init__(self, now_ms: int = STORY_BEGINS_MS) -> None:
        self.at_ms = now_ms

    def now_ms(self) -> int:
        return self.at_ms


class Firm:
    """A store with its intake, one rep who is always there, and a clock that can be set."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = SetClock()
        self.intake = Intake(store, lambda: LIBRARY, self.clock, KEY)
        with store.writing() as writing:
            hours = "mon-sun 00:00-00:00"
            writing.put_reps([RepRow(rep=KATHY, name="K", role="agent", hours=hours)])

    def take(self, given: Sequence[Given]) -> None:
        """Take arrivals of one instant as one batch."""
        self.clock.at_ms = given[0].received_ms
        self.intake.take([one.arrival for one in given])

    def until(self, now_ms: int) -> None:
        """Fire every timer that is due by an instant."""
        self.clock.at_ms = now_ms
        with self.store.writing() as writing:
            due = writing.due_customers(now_ms, 100)
        self.intake.advance(due, now_ms)

    def customer(self, identifier: str) -> CustomerId | None:
        profile = self.intake.profile(identifier)
        with self.store.reading() as reading:
            return reading.customers_of([profile]).get(profile)

    def state(self, identifier: str) -> State:
        customer = self.customer(identifier)
        if customer is None:
            return State()
        with self.store.reading() as reading:
            row = reading.row(customer)
        return decode_state(row.state if row else b"")

    def outbox(self, identifier: str) -> tuple[OutboxRow, ...]:
        customer = self.customer(identifier)
        if customer is None:
            return ()
        with self.store.reading() as reading:
            profiles = reading.profiles_of([customer])[customer]
            return reading.outbox_of(profiles)
