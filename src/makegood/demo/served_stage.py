"""The one stage that the demo's pages show, and what a visitor may do on it."""

import time
from collections.abc import Callable, Mapping
from secrets import token_bytes, token_urlsafe
from threading import Event, Lock

from makegood.books.opening import read_book
from makegood.bootstrap import open_makegood
from makegood.core.state import Case, decode_state
from makegood.demo.missing_car import KATHY_CALLS_MINUTES, MissingCar
from makegood.demo.missing_car_clock import StageClock
from makegood.demo.missing_car_outside import Surroundings
from makegood.demo.served_store import FreshStore
from makegood.demo.story_missing_car import BOOK, this_afternoon
from makegood.settings import Settings

PATIENCE_S = 8.0  # how long a page waits for the deliveries that it caused
_LOOK_S = 0.05
EVENING_MINUTES = 6 * 60  # what the day still brings comes before the night


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class ServedStage:
    """The missing car behind the pages; verbs of a visitor, one at a time.

    Attributes:
        password: Kathy's, for those who sign in by hand.
    """

    def __init__(self, around: Surroundings, clock: StageClock, database: str, url: str) -> None:
        self._store = FreshStore()
        settings = Settings(
            database=database,
            key=token_bytes(32),
            book=BOOK,
            base_url=url,
            smtp=around.smtp,
            counterparts=around.counterparts,
            threads=2,
        )
        self.makegood = open_makegood(settings, clock=clock, store=self._store)
        self.car = MissingCar(self.makegood, clock, around)
        self.password = token_urlsafe(9)
        self._lock = Lock()
        self._begin()

    def _begin(self) -> None:
        self.car.begin(this_afternoon(time.time_ns() // 1_000_000))

    def again(self) -> None:
        """Forget the day and begin it anew."""
        self._store.wipe()
        self.makegood.shelf.settle(*read_book(BOOK))
        self._begin()

    def do(self, act: str) -> None:
        """Do what a button says."""
        with self._lock:
            self._verbs[act]()
            self._wait()

    @property
    def _verbs(self) -> Mapping[str, Callable[[], None]]:
        return {
            "lose": self.car.lose_the_car,
            "lose-again": self._lose_again,
            "tell-again": self._tell_again,
            "morning": self._next_morning,
            "week": self.car.a_week_later,
            "again": self.again,
        }

    def _lose_again(self) -> None:
        """The counter sends her on, Kathy calls, and the other branch has no car either."""
        self.car.after(KATHY_CALLS_MINUTES)
        self._wait()
        self.car.kathy_calls()
        self.car.lose_it_again()

    def _tell_again(self) -> None:
        """What Kathy does not prevent: the call centre's own people ask once more."""
        self._keep_the_call()
        self.car.tell_it_again()

    def _keep_the_call(self) -> None:
        """Kathy keeps what she promised, if the visitor at the desk has not done it for her."""
        case = self.case
        call = case.call if case is not None else None
        in_time = call is not None and self.car.clock.now_ms() < call.promise_ms
        if in_time and call is not None and not call.done_ms:
            self.car.kathy_calls()

    def _next_morning(self) -> None:
        self._keep_the_call()
        self.car.after(EVENING_MINUTES)
        self._wait()
        self.car.next_morning()

    @property
    def case(self) -> Case | None:
        """The case as the fold knows it."""
        row = self.car.row
        if row is None:
            return None
        with self.makegood.store.reading() as reading:
            kept = reading.row(row.customer)
        return decode_state(kept.state).case(row.case) if kept is not None else None

    def _wait(self) -> None:
        """Let the worker deliver first, so that the page shows what came of it."""
        pause, ends = Event(), time.monotonic() + PATIENCE_S
        while time.monotonic() < ends and not self._is_settled():
            pause.wait(_LOOK_S)

    def _is_settled(self) -> bool:
        row, now_ms = self.car.row, self.car.clock.now_ms()
        with self.makegood.store.reading() as reading:
            counts = reading.counts()
            kept = reading.row(row.customer) if row is not None else None
        due_ms = kept.next_due_ms if kept is not None else 0
        waiting = counts.get("outbox_waiting", 0) + counts.get("outbox_leased", 0)
        return not waiting and not (0 < due_ms <= now_ms)


def running_clock() -> StageClock:
    """A clock that runs while the visitor watches."""
    return StageClock(time.time_ns() // 1_000_000, _monotonic_ms)


_held: list[ServedStage] = []


def is_set() -> bool:
    """Whether this process shows a stage; a deployment never does."""
    return bool(_held)


def use(stage: ServedStage) -> None:
    """Show this stage from now on."""
    _held[:] = [stage]


def current() -> ServedStage:
    """Give the stage that is shown."""
    return _held[0]
