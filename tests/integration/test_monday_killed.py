"""Workers are really killed while they write letters, and two write at once: each is one."""

import multiprocessing
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.messages.commands import TellManagement
from makegood.messages.ids import CommandId
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxStatus
from makegood.ports.store import Store
from makegood.runtime.intake import Intake, body_digest
from makegood.testing.clock import FakeClock
from tests.integration.monday_writers import TO, go_round_and_die, library
from tests.integration.racers import KEY, open_engine
from tests.properties.bodies import touchpoint

KILLED_S = 60
WHO = 5
LIVES = (1, 2, 1, 2, 1, 2, 3, 4)
"""Before and after the end of counting old customers, of each letter, and of tidying."""
MONDAY_MS = 1_767_571_200_000  # 5 January 2026, midnight in UTC
SEVEN_MS = MONDAY_MS + 7 * 3_600_000
server = multiprocessing.get_context("forkserver")
server.set_forkserver_preload(["tests.integration.monday_writers"])


def began(url: str, now_ms: int, dies_at: int) -> BaseProcess:
    process = server.Process(target=go_round_and_die, args=(url, now_ms, dies_at))
    process.start()
    return process


def ended(*them: BaseProcess) -> list[int | None]:
    for process in them:
        try:
            process.join(KILLED_S)
        finally:
            process.kill()
    return [process.exitcode for process in them]


def let_down(store: Store) -> None:
    """Let some down on Saturday, before their rows counted anything."""
    intake = Intake(store, library, FakeClock(MONDAY_MS - 36 * 3_600_000), KEY)
    for n in range(WHO):
        plain = touchpoint("no_car", f"R{n}", 0)
        body = replace(plain, properties={**plain.properties, "brand": "cars"})
        arrival = Arrival(
            source="s", message_id=str(n), identifier=f"user:{n}",
            time_ms=MONDAY_MS - 36 * 3_600_000, body=body, body_digest=body_digest(body),
        )  # fmt: skip
        intake.take([arrival])


def survive(url: str) -> None:
    store = open_engine(url)
    let_down(store)
    for dies_at in LIVES:
        ended(began(url, SEVEN_MS, dies_at))
    both = (began(url, SEVEN_MS, 0), began(url, SEVEN_MS, 0))
    assert ended(*both) == [0, 0]
    with store.reading() as reading:
        assert reading.reckoned_to() is None
        board, cars = reading.monday("board.2026-W01"), reading.monday("cars.2026-W01")
        rows = [
            row
            for status in OutboxStatus
            for row in reading.outbox(status, CommandId(""), 500)
            if isinstance(row.command.order, TellManagement)
        ]
    assert board is not None
    assert cars is not None
    assert (board.failures, cars.failures) == (WHO, WHO)
    asked = sorted((row.command.order.letter, row.command.order.place) for row in rows)
    assert asked == [*((board.letter, n) for n in range(len(TO))), (cars.letter, 0)]
    store.close()


def test_the_first_life_is_really_killed(tmp_path: Path) -> None:
    url = str(tmp_path / "it.sqlite3")
    store = open_engine(url)
    let_down(store)
    assert ended(began(url, SEVEN_MS, 3)) == [-9], "while it writes the first letter"
    with store.reading() as reading:
        assert reading.mondays() == ()
    assert ended(began(url, SEVEN_MS, 2)) == [-9], "when it has written it"
    with store.reading() as reading:
        assert [one.name for one in reading.mondays()] == ["board"]
    store.close()


def test_on_sqlite(tmp_path: Path) -> None:
    survive(str(tmp_path / "it.sqlite3"))


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_on_postgres(postgres_url: str) -> None:
    survive(postgres_url)
