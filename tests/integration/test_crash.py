"""Killed at any moment: nothing acknowledged is lost, and only one window repeats a delivery."""

import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from makegood.messages.ids import CommandId, EventId
from makegood.ports.rows import OutboxStatus
from makegood.replay.again import replay
from tests.integration.crashers import LIBRARY, Round, deliveries, finish, live_and_die
from tests.integration.racers import open_engine

ROUNDS = 60
ROUNDS_ON_A_SERVER = 12
KILLED_S = 60
SETTLED = (OutboxStatus.DONE, OutboxStatus.MISSED, OutboxStatus.WITHDRAWN, OutboxStatus.FAILED)

server = multiprocessing.get_context("forkserver")
server.set_forkserver_preload(["tests.integration.crashers"])


class Crashes:
    """Rounds of one database, and what is known after each."""

    def __init__(self, url: str, folder: str, seed: int) -> None:
        self.url, self.folder = url, folder
        self.rng = random.Random(seed)
        self.acknowledged: set[EventId] = set()
        self.next_number = 0
        self.settled: set[CommandId] = set()
        self.repeated = 0
        self.died_in_a_delivery = 0

    def crash(self, number: int) -> None:
        """Live once and be killed: by its own hand at an exact step, or from outside."""
        dies_at = self.rng.randrange(2, 120) if number % 2 else 0
        begun = Round(self.url, self.folder, number, self.next_number, dies_at)
        reader, writer = os.pipe()
        with killed(begun, writer, server) as process:
            os.close(writer)
            told = b""
            while not dies_at and told.count(b"\n") < self.limit:
                if not (some := os.read(reader, 64)):
                    break
                told += some
            if not dies_at:
                process.kill()
            process.join(KILLED_S)
        while some := os.read(reader, 65_536):
            told += some
        os.close(reader)
        assert process.exitcode == -9, process.exitcode
        self._learn(told.decode())
        self.look(number)

    @property
    def limit(self) -> int:
        return self.rng.randrange(0, 40)

    def _learn(self, told: str) -> None:
        for line in told.splitlines(keepends=True):
            if line.endswith("\n"):
                number, event = line.split()
                self.next_number = max(self.next_number, int(number))
                self.acknowledged.add(EventId(event))

    def look(self, number: int) -> None:
        """What was settled before this life is never delivered in it, nor anything twice."""
        now = Counter(command for at, command in deliveries(self.folder) if at == number)
        assert [command for command, times in now.items() if times > 1] == []
        assert not self.settled & set(now)
        before = {command for at, command in deliveries(self.folder) if at < number}
        self.repeated += len(before & set(now))
        store = open_engine(self.url)
        with store.reading() as reading:
            rows = reading.commands([CommandId(command) for command in now])
        store.close()
        assert len(rows) == len(now)
        self.settled |= {row.command.id for row in rows if row.status in SETTLED}
        self.died_in_a_delivery += any(row.status is OutboxStatus.LEASED for row in rows)


@contextmanager
def killed(begun: Round, writer: int, context) -> Iterator[BaseProcess]:
    """Begin a life, and see to it that it ends."""
    process = context.Process(target=_life, args=(begun, _Descriptor(writer)))
    process.start()
    try:
        yield process
    finally:
        process.kill()


class _Descriptor:
    """Carries an open descriptor to the child."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __getstate__(self):
        from multiprocessing.reduction import DupFd

        return DupFd(self.number)

    def __setstate__(self, state) -> None:
        self.number = state.detach()


def _life(begun: Round, told: _Descriptor) -> None:
    live_and_die(begun, told.number)


def survive(url: str, folder: str, rounds: int) -> None:
    open_engine(url).close()
    (Path(folder) / "deliveries").touch()
    crashes = Crashes(url, folder, seed=20260202)
    for number in range(rounds):
        crashes.crash(number)
    store = finish(Round(url, folder, rounds, 0))
    try:
        crashes.look(rounds)
        with store.reading() as reading:
            assert reading.taken(sorted(crashes.acknowledged)) == crashes.acknowledged
            log = [event.id for _, event in reading.log(0, 100_000)]
            done = reading.outbox(OutboxStatus.DONE, CommandId(""), 100_000)
            left = [
                reading.outbox(status, CommandId(""), 1)
                for status in (OutboxStatus.LEASED, OutboxStatus.FAILED)
            ]
        assert len(log) == len(set(log))
        assert left == [(), ()]
        received = Counter(command for _, command in deliveries(folder))
        assert {row.command.id for row in done} <= set(received)
        orders = Counter((row.command.cause, row.command.step) for row in done)
        assert set(orders.values()) == {1}, "an order has one id"
        again = sum(received.values()) - len(received)
        assert again == crashes.repeated
        replayed = replay(store, LIBRARY)
        assert replayed.differences == []
        assert replayed.stuck == 0
        assert replayed.events == len(log)
    finally:
        store.close()
    print(
        f"\n{rounds} kills, {crashes.died_in_a_delivery} with deliveries under way: "
        f"{len(crashes.acknowledged)} events acknowledged, none lost; {len(received)} commands "
        f"delivered, {again} again in the window between the outside's yes and our commit"
    )
    assert crashes.acknowledged
    assert crashes.died_in_a_delivery, "no kill met the window, so that nothing is shown"


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_on_sqlite(tmp_path):
    survive(str(tmp_path / "crash.sqlite3"), str(tmp_path), ROUNDS)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_nothing_acknowledged_is_lost_on_postgresql(postgres_url, tmp_path):
    survive(postgres_url, str(tmp_path), ROUNDS_ON_A_SERVER)
