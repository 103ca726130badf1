"""Rounds that go by the clock: norms are learned every night, letters are written every week.

Customers of before a database was upgraded are counted once, page by page; whoever is killed goes
on after the last page.
"""

import logging
from collections.abc import Callable

import msgspec

from makegood.core.state import State, decode_state
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import Library
from makegood.ports.clock import Clock
from makegood.ports.rows import CustomerRow
from makegood.ports.store import Store
from makegood.projections.cases import project
from makegood.projections.reckoned import write_reckoned
from makegood.runtime.beside import Forever, Sleep, Stopped
from makegood.runtime.monday import DAY_MS, Mondays
from makegood.runtime.norms import NormsLearned

EVERY_S = 60.0
PAGE = 200
_LOG = logging.getLogger("makegood.monday")


def told_by_clock(
    store: Store, library_of: Callable[[], Library], clock: Clock, base_url: str
) -> dict[str, Forever]:
    """Give the rounds by their names."""
    mondays = Mondays(store, library_of, clock, base_url)
    return {
        "norms": NormsLearned(store, library_of, clock).run_forever,
        "monday": MondayRounds(store, mondays, clock).run_forever,
    }


def _state_of(row: CustomerRow) -> State | None:
    """Read a state; one that cannot be read keeps nobody's letter back."""
    try:
        return decode_state(row.state)
    except msgspec.DecodeError:
        _LOG.error("customer %s is not counted: the state cannot be read", row.customer)
        return None


class MondayRounds:
    """Goes round every minute: counts who is not counted yet, then writes what is due."""

    def __init__(self, store: Store, mondays: Mondays, clock: Clock) -> None:
        self._store = store
        self._mondays = mondays
        self._clock = clock
        self._tidied_day = -1

    def run_forever(self, stopped: Stopped, sleep: Sleep) -> None:
        """Go round until told to stop; a fault of the store is waited out."""
        while not stopped():
            try:
                self.round(stopped)
            except Exception as fault:
                _LOG.error("no letter to management was written: %s", type(fault).__name__)
            sleep(EVERY_S)

    def round(self, stopped: Stopped = lambda: False) -> tuple[str, ...]:
        """Go round once; give the letters that were written."""
        while not stopped() and self.count_page():
            pass
        sent = self._mondays.send_due()
        today = self._clock.now_ms() // DAY_MS
        if self._tidied_day != today:
            self._mondays.forget_old()
            self._tidied_day = today
        return sent

    def count_page(self) -> bool:
        """Count a page of customers of before anything was counted; False at the end."""
        with self._store.reading() as reading:
            after = reading.reckoned_to()
            if after is None:
                return False
            page = [row.customer for row in reading.rows(CustomerId(after), PAGE)]
        with self._store.writing() as writing:
            # As they are now: an event may have come in since the look, and was counted then.
            rows = writing.lock(page)
            read = {one: _state_of(row) for one, row in rows.items()}
            states = {one: state for one, state in read.items() if state is not None}
            projected = [project(state, customer) for customer, state in states.items()]
            writing.project(
                list(states),
                [row for one in projected for row in one.cases],
                [line for one in projected for line in one.ledger],
                {name: case for one in projected for name, case in one.failures.items()},
                [one for it in projected for one in it.let_down],
            )
            write_reckoned(writing, {one: (None, state) for one, state in states.items()})
            writing.put_reckoned_to(page[-1] if len(page) == PAGE else None)
        return len(page) == PAGE
