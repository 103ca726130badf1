"""Play the storm: the clock moves in steps, and in each everyone does what is due."""

import time
from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct

from makegood.demo.clock import MovableClock
from makegood.demo.customers import Customers
from makegood.demo.desk import ROUND_MS, Desk
from makegood.demo.flights import HOUR_MS, MINUTE_MS, local_ms
from makegood.demo.marketing import AT_HOUR, SLICE_MS, SLICES, Campaign, MarketingTeam, slice_of
from makegood.demo.people import Person
from makegood.demo.verbs import Verbs
from makegood.ports.arrivals import Arrival

STEP_MS = 10 * MINUTE_MS
LOOK_MS = HOUR_MS  # how often somebody looks for due timers when nothing else happens
BATCH = 500  # events in one batch, as many as a Segment library sends at most
Progress = Callable[[int, int], None]
"""(steps done, steps in all)"""


class Cast(Struct, frozen=True, kw_only=True):
    """Everyone who does something in the storm."""

    customers: Customers
    desk: Desk
    team: MarketingTeam
    people: Sequence[Person]


class Storm:
    """One run from the first event to the last; what it counts is for the progress bar only.

    Attributes:
        cast: Everyone who does something.
        intake_s: Wall time that the intake of outside events took.
    """

    def __init__(
        self, verbs: Verbs, clock: MovableClock, cast: Cast, arrivals: Sequence[Arrival]
    ) -> None:
        """Set the scene.

        Args:
            arrivals: Events from outside, by time.
        """
        self._verbs = verbs
        self._clock = clock
        self.cast = cast
        self._arrivals = arrivals
        self._next = 0
        self.intake_s = 0.0

    def play(self, ends_ms: int, campaigns: Sequence[Campaign], progress: Progress) -> None:
        """Move the clock step by step to the end.

        Args:
            ends_ms: The last instant.
            campaigns: Days on which marketing mails everyone, by day.
        """
        begins_ms = self._arrivals[0].time_ms // STEP_MS * STEP_MS
        slices = {
            campaign.begins_ms + number * SLICE_MS: (campaign, number)
            for campaign in campaigns
            for number in range(SLICES)
        }
        steps = (ends_ms - begins_ms) // STEP_MS + 1
        for step in range(steps):
            now_ms = begins_ms + step * STEP_MS
            self._clock.move_to(now_ms)
            taken = self._take(now_ms)
            if now_ms in slices:
                campaign, number = slices[now_ms]
                self.cast.team.mail(campaign, slice_of(self.cast.people, number), now_ms)
            self._live(now_ms, look=bool(taken) or now_ms % LOOK_MS == 0)
            progress(step + 1, steps)

    def _take(self, now_ms: int) -> int:
        """Take the events that have happened by now; give how many."""
        first = self._next
        while self._next < len(self._arrivals) and self._arrivals[self._next].time_ms <= now_ms:
            self._next += 1
        begun = time.perf_counter()
        for start in range(first, self._next, BATCH):
            self._verbs.take(self._arrivals[start : min(start + BATCH, self._next)])
        self.intake_s += time.perf_counter() - begun
        return self._next - first

    def _live(self, now_ms: int, *, look: bool) -> None:
        """Deliver, react, call, until nothing more is due at this instant."""
        customers, desk = self.cast.customers, self.cast.desk
        if look and self._work():
            customers.read_mail()
        acted = customers.react(now_ms)
        if now_ms % ROUND_MS == 0:
            acted += desk.work(now_ms)
        if acted and self._work():
            customers.read_mail()

    def _work(self) -> bool:
        worked = False
        while self._verbs.work():
            worked = True
        return worked


def campaign_at_nine(day: date) -> int:
    """When a day's mailing begins."""
    return local_ms(day, AT_HOUR)


def quiet_after(arrivals: Sequence[Arrival], days: float) -> int:
    """The end of a run: some days after the last event."""
    return arrivals[-1].time_ms + round(days * 24 * HOUR_MS)
