"""Killed in the middle of somebody's leaving: it goes on, nobody hears twice or is forgotten."""

import multiprocessing
import random
from collections import Counter

import pytest

from makegood.core.decide import Asker
from makegood.core.my_person import person_of
from makegood.messages.commands import SendMessage
from makegood.messages.facts import FailureRaised, HandedOver
from makegood.messages.hello_facts import SuccessorNamed
from makegood.messages.ids import CommandId, CustomerId
from makegood.ports.rows import OutboxStatus
from makegood.ports.store import Store
from makegood.replay.again import replay
from makegood.runtime.leaving import PAGE
from makegood.testing.book import DAY_MS
from tests.conformance.test_leaving_on_stores import Leaves
from tests.conformance.test_rooms_on_stores import KATHY
from tests.integration.leavers import LIBRARY, leave_and_die
from tests.integration.racers import open_engine

CUSTOMERS = 2 * PAGE + 40  # three pages, and two of cases
OF_WHOM_WITH_A_CASE = PAGE + 20
MOST_LIVES = 40
KILLED_S = 60
server = multiprocessing.get_context("forkserver")
server.set_forkserver_preload(["tests.integration.leavers"])


def lives(url: str, now_ms: int, rng: random.Random) -> int:
    """Let it live until it comes to its end; say how often it was killed."""
    for killed in range(MOST_LIVES):
        process = server.Process(target=leave_and_die, args=(url, now_ms, rng.randrange(1, 5)))
        process.start()
        try:
            process.join(KILLED_S)
        finally:
            process.kill()
        assert process.exitcode in (0, -9), process.exitcode
        if not process.exitcode:
            return killed
    raise AssertionError("It never comes to an end.")


def named(store: Store) -> Counter[CustomerId]:
    with store.reading() as reading:
        found = [event for _, event in reading.log(0, 100_000)]
        told = [one.profile for one in found if isinstance(one.body, SuccessorNamed)]
        customers = reading.customers_of(sorted(set(told)))
    return Counter(customers[one] for one in told)


def heard(store: Store) -> Counter[CustomerId]:
    with store.reading() as reading:
        rows = reading.outbox(OutboxStatus.WAITING, CommandId(""), 100_000)
        customers = reading.customers_of(sorted({row.command.profile for row in rows}))
    orders = [row.command for row in rows if isinstance(row.command.order, SendMessage)]
    return Counter(customers[one.profile] for one in orders if one.order.message == "meet")


def survive(url: str, seed: int) -> None:
    firm = Leaves(open_engine(url))
    customers = [firm.arrives(f"c{n}") for n in range(CUSTOMERS)]
    for one in customers:
        firm.chooses(one, KATHY)
    for one in customers[:OF_WHOM_WITH_A_CASE]:
        raised = FailureRaised(failure="no_car", about="R1")
        firm.acts.act(one, raised, Asker(), message_id=f"{one}/raised")
    rng, now_ms = random.Random(seed), firm.clock.now_ms()
    killed = 0
    for times, days in enumerate((10, 20), 1):  # the second day takes the place of the first
        firm.leavings.begin(KATHY, now_ms + days * DAY_MS, "sue")
        killed += lives(url, now_ms, rng)
        assert named(firm.store) == dict.fromkeys(customers, times)
    assert heard(firm.store) == dict.fromkeys(customers, 1)  # of the two days, the one that is so
    assert killed >= 3, "no kill met the middle, so that nothing is shown"
    at_work = killed
    killed += lives(url, now_ms + 21 * DAY_MS, rng)
    assert killed > at_work
    _look(firm, customers)
    firm.store.close()


def _look(firm: Leaves, customers: list[CustomerId]) -> None:
    with firm.store.reading() as reading:
        log = [event.body for _, event in reading.log(0, 100_000)]
        loads = reading.loads()
    handed = Counter(body.case for body in log if isinstance(body, HandedOver))
    assert set(handed.values()) == {1}
    assert len(handed) == OF_WHOM_WITH_A_CASE
    assert sum(load.heir for load in loads.values()) == len(customers)
    for one in customers:
        assert person_of(firm.state(one).my_person) == KATHY  # nobody was moved
    replayed = replay(firm.store, LIBRARY)
    assert (replayed.differences, replayed.stuck) == ([], 0)


@pytest.mark.slow
def test_leaving_that_is_killed_goes_on_on_sqlite(tmp_path):
    survive(str(tmp_path / "leaving.sqlite3"), seed=20260301)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_leaving_that_is_killed_goes_on_on_postgresql(postgres_url):
    survive(postgres_url, seed=20260302)
