"""The stage of the missing car: everything real, one clock that can be moved.

Each verb sends the facts of that hour to the intake, as the firm's systems would; the worker
delivers over SMTP and signed webhooks. What follows is told by the log alone.
"""

from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.demo.car import KATHY, NEXT_MORNING_MS, RUTH, CarDay
from makegood.demo.flights import HOUR_MS, MINUTE_MS
from makegood.demo.missing_car_clock import StageClock
from makegood.demo.missing_car_outside import Stopped, Surroundings, send, send_through
from makegood.messages.errors import Refused
from makegood.messages.facts import Body, Called
from makegood.messages.ids import CaseId
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import CaseRow

BRAND = "northwind_cars"
KATHY_CALLS_MINUTES = 20  # after the first failure, before the second
WEEK_MS = 7 * 24 * HOUR_MS
_ROUNDS = 20  # more than one turn of this story ever needs
REP = Asker(rep=KATHY.rep, role=KATHY.role)
CUSTOMER = Asker()


class MissingCar:
    """One synthetic customer and one day that goes wrong.

    Attributes:
        day: The facts.
        stopped: Mail of the booking system that the gate stopped.
    """

    def __init__(self, makegood: Makegood, clock: StageClock, around: Surroundings) -> None:
        self.makegood = makegood
        self.clock = clock
        self.around = around
        self.day = CarDay(at_ms=0, brand=BRAND)
        self.stopped: tuple[Stopped, ...] = ()
        self._acts = 0

    def begin(self, at_ms: int) -> None:
        """Let the register introduce the customer, a minute before the car should be there."""
        self.day = CarDay(at_ms=at_ms, brand=BRAND)
        self.stopped = ()
        self.around.empty()
        self.clock.reset(at_ms - MINUTE_MS)
        with self.makegood.store.writing() as writing:
            writing.put_reps((KATHY, RUTH))
        self._take(self.day.introduction())

    @property
    def row(self) -> CaseRow | None:
        """The case, once there is one."""
        with self.makegood.store.reading() as reading:
            return next(iter(reading.cases(open_only=False)), None)

    def lose_the_car(self) -> None:
        self._happens(self.day.no_car_at_the_airport())

    def lose_it_again(self) -> None:
        self._happens(self.day.no_car_at_the_harbour())

    def tell_it_again(self) -> None:
        """The call centre hears the story for the second time."""
        self._happens(self.day.told_again())

    def next_morning(self) -> None:
        """The booking system sends its cheery mail, in this world and in the other one."""
        self.clock.move_to(self.day.at_ms + NEXT_MORNING_MS)
        mail = self.day.cheery_mail()
        now_ms = self.clock.now_ms()
        gate, box = self.makegood.gate, self.around.mailbox
        stopped = send_through(gate, box, mail, self.day.brand, now_ms)
        self.stopped += (stopped,) if stopped else ()
        send(self.around.mailbox_without, mail)

    def a_week_later(self) -> None:
        self.clock.move_to(self.clock.now_ms() + WEEK_MS + MINUTE_MS)

    def kathy_calls(self) -> None:
        """Kathy reaches her."""
        self.asks(Called(case=CaseId(""), by=KATHY.rep, reached=True), REP)

    @property
    def is_morning(self) -> bool:
        """Whether the cheery mail has been sent, or stopped."""
        return bool(self.around.mailbox_without.letters)

    def settle(self) -> None:
        """Deliver everything that is due; for a stage without a worker of its own."""
        for _ in range(_ROUNDS):
            if self.makegood.worker.run_once().is_idle:
                return

    def after(self, minutes: int) -> None:
        """Go to so many minutes after the car should have been there."""
        self.clock.move_to(self.day.at_ms + minutes * MINUTE_MS)

    def asks(self, wanted: Body, asker: Asker) -> None:
        """Let the customer or the rep ask for something, as their pages do.

        Raises:
            RuntimeError: It was refused; then the rule book no longer fits the story.
        """
        row = self.row
        if row is None:
            raise RuntimeError("Nothing has happened yet.")
        self._acts += 1
        message_id = f"{row.case}:story:{self._acts}"
        wanted = replace(wanted, case=row.case)
        answer = self.makegood.acts.act(row.customer, wanted, asker, message_id=message_id)
        if isinstance(answer, Refused):
            raise RuntimeError(answer.why)

    def _happens(self, arrival: Arrival) -> None:
        self.clock.move_to(arrival.time_ms)
        self._take(arrival)

    def _take(self, arrival: Arrival) -> None:
        self.makegood.intake.take((arrival,))
