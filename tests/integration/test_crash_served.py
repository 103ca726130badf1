"""`makegood serve` and `makegood work` killed at any moment, on the real thing, over HTTP.

The test beside it (`test_crash.py`) kills at exact steps of the work, in a process made for it.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import cycle
from pathlib import Path
from random import Random
from threading import Event

import httpx
import msgspec
import pytest

from makegood.bootstrap import SystemClock
from makegood.messages.commands import FindPlaces
from makegood.messages.ids import CommandId, event_id
from makegood.ports.rows import OutboxStatus
from makegood.ports.store import Store
from makegood.testing.counterparts import LocalCounterpart
from tests.integration.mail_server import MailServer
from tests.integration.racers import open_engine
from tests.integration.served import Client, Outside, Sink, Told, Tree, ask_gate, free_port

KILLS = 52
KILLS_ON_A_SERVER = 14
CLIENTS = 2
PROVIDERS = ("payments", "rides", "drivers", "fleet")
SOURCE = "rental"
MOMENT_S = 60
STARTED_S = 2.5  # a kill at any time up to here meets start-up, migration, first requests
DELIVERED_S = 150  # a lease that a dead worker held ends after 60
AT_REST = frozenset(OutboxStatus) - {OutboxStatus.WAITING, OutboxStatus.LEASED}
ALL = 1_000_000


class Deployment:
    """One deployment over all its lives, and what is known after each kill."""

    def __init__(self, database: str, folder: Path, outside: Outside, environ: dict[str, str]):
        self.database, self.folder, self.outside, self.environ = database, folder, outside, environ
        self.is_file = database.startswith("sqlite:")
        self.rng = Random(20260202)
        self.told = Told()
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.key = self.run("key", "create", SOURCE, "--scope", "ingest", "--scope", "gate")
        self.clients = [Client(n, self.url, self.key, self.told) for n in range(CLIENTS)]
        self.server: Tree | None = None
        self.worker: Tree | None = None
        self.begun = 0
        self.settled: set[str] = set()
        self.under_way: set[str] = set()
        self.died_in_a_delivery = 0
        self.left_a_wal = 0

    def run(self, *words: str) -> str:
        """Run a command to its end."""
        command = [sys.executable, "-m", "makegood.cli", *words]
        done = subprocess.run(
            command, env=self.environ, capture_output=True, text=True, timeout=300, check=True
        )
        return done.stdout.strip()

    def start(self) -> None:
        """Start what is not running."""
        if self.server is None:
            self.server = Tree(self.environ, self.log, "serve", "--port", str(self.port))
        if self.worker is None and not self.is_file:
            self.worker = Tree(self.environ, self.log, "work")

    def kill(self) -> None:
        for tree in (self.server, self.worker):
            if tree is not None:
                tree.strike()
                tree.gone()
        self.server = self.worker = None

    def crash(self, way: str, moment: str) -> None:
        """Live once and be killed."""
        is_started = self.server is not None
        self.start()
        stop, hit = Event(), Event()
        strike = self._strike(way, hit)
        acknowledged = self._moment(moment, strike)
        with ThreadPoolExecutor(CLIENTS) as clients:
            batches = self.rng.randrange(4, 9)
            lives = [clients.submit(it.live, batches, stop, acknowledged) for it in self.clients]
            try:
                if moment == "time":
                    hit.wait(self.rng.uniform(0, 1.0 if is_started else STARTED_S))
                    strike()
                assert hit.wait(MOMENT_S), f"{way}, {moment}: never came so far"
            finally:
                stop.set()
            for life in lives:
                life.result()
        self._bury(way)

    def _strike(self, way: str, hit: Event) -> Callable[[], None]:
        """Make the function that kills; any thread may call it, at the moment itself."""
        victims: dict[str, tuple[Callable[[], object], ...]] = {
            "process": (self.server.strike_the_child,),
            "parent": (self.server.strike_the_parent,),
            "server": (self.server.strike,),
        }
        if self.worker is not None:
            victims["worker"] = (self.worker.strike,)
            victims["both"] = (self.server.strike, self.worker.strike)

        def strike() -> None:
            for victim in victims[way] if not hit.is_set() else ():
                victim()
            hit.set()

        return strike

    def _moment(self, moment: str, strike: Callable[[], None]) -> Callable[[], None]:
        """Arrange for the kill; give what the clients call after each acknowledgement."""
        left = iter(range(self.rng.randrange(0, 8), -1, -1))
        if moment == "delivery":
            self.outside.kill_at(self.rng.randrange(1, 21), strike)

        def acknowledged() -> None:
            if moment == "acknowledgement" and next(left, 1) == 0:
                strike()

        return acknowledged

    def _bury(self, way: str) -> None:
        """Wait until the dead are gone, then look at what they left."""
        self.outside.kill_at(0, None)
        if way == "process":
            self.server.child_is_gone()
        if way in ("server", "parent", "both"):
            self.server.gone()
            self.server = None
        if way in ("worker", "both"):
            self.worker.gone()
            self.worker = None
        if self.is_file or way in ("worker", "both"):
            self.look(is_one_life=way != "process")

    def look(self, *, is_one_life: bool = True) -> None:
        """What was settled before this life was not delivered in it, nor anything twice.

        What was under way when its sender was killed may reach the receiver a moment later, and
        then counts here as a delivery of the next life. A process that was started again at once
        has taken over what the dead one had begun: then each delivery has to be a try of its own.
        """
        end = len(self.outside.received)
        now = Counter(self.outside.received[self.begun : end])
        self.begun = end
        assert not self.settled & set(now), "delivered again although its outcome was stored"
        twice = Counter({command: times - 1 for command, times in now.items() if times > 1})
        if is_one_life:
            assert twice <= Counter(self.under_way), "delivered twice by the same process"
        with self._looking() as store, store.reading() as reading:
            rows = reading.commands([CommandId(command) for command in sorted(now)])
            leased = reading.outbox(OutboxStatus.LEASED, CommandId(""), ALL)
        assert len(rows) == len(now)
        times = Counter(self.outside.received[:end])
        more = [row.command.id for row in rows if times[row.command.id] > row.attempts]
        assert more == [], "delivered more often than begun"
        self.settled |= {row.command.id for row in rows if row.status in AT_REST}
        self.died_in_a_delivery += any(row.status is OutboxStatus.LEASED for row in rows)
        self.under_way = {row.command.id for row in leased}

    @contextmanager
    def _looking(self) -> Iterator[Store]:
        """Look at a copy of a file that nobody serves: only the product mends it."""
        path = Path(self.database.removeprefix("sqlite:///"))
        if self.is_file and self.server is None:
            wal = path.with_name(f"{path.name}-wal")
            self.left_a_wal += wal.exists() and wal.stat().st_size > 0
            copy = self.folder / "copy" / path.name
            shutil.rmtree(copy.parent, ignore_errors=True)
            copy.parent.mkdir()
            for file in (path, wal):
                if file.exists():
                    shutil.copy(file, copy.parent)
            path = copy
        store = open_engine(str(path) if self.is_file else self.database)
        try:
            yield store
        finally:
            store.close()

    def finish(self) -> None:
        """Start once more and let nobody kill it: all is sent, asked and delivered."""
        self.start()
        for client in self.clients:
            client.live(1, Event(), lambda: None)
        headers = {"Authorization": f"Bearer {self.key}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=MOMENT_S) as http:
            ask_gate(http, sorted(set(self.told.held)), self.told)
            told_of_a_stranger = Told()
            ask_gate(http, ("stranger",), told_of_a_stranger)
            assert told_of_a_stranger.wrong, "who was never let down is not held"
        self._deliver_all()
        for tree in (self.server, self.worker):
            assert tree is None or tree.stop() == 0
        self.server = self.worker = None
        self.look()

    def _deliver_all(self) -> None:
        again = Event()
        with self._looking() as store:
            for _ in range(DELIVERED_S * 4):
                if not _due(store):
                    return
                again.wait(0.25)
        raise AssertionError("something that is due was not delivered")


def _due(store: Store) -> bool:
    now_ms = SystemClock().now_ms()
    with store.reading() as reading:
        leased = reading.outbox(OutboxStatus.LEASED, CommandId(""), 1)
        waiting = reading.outbox(OutboxStatus.WAITING, CommandId(""), ALL)
    return bool(leased) or any(row.next_ms <= now_ms for row in waiting)


@contextmanager
def deployed(database: str, folder: Path) -> Iterator[Deployment]:
    """A deployment with a mail server and counterparts that outlive it."""
    outside = Outside()
    with MailServer(box=Sink(outside)) as mail, LocalCounterpart(outside.answer) as hook:
        counterparts = folder / "counterparts.json"
        counterparts.write_bytes(
            msgspec.json.encode([hook.as_counterpart(name) for name in PROVIDERS])
        )
        environ = {
            **os.environ,
            "MAKEGOOD_DATABASE": database,
            "MAKEGOOD_KEY": "a secret for tests, 32 bytes long",
            "MAKEGOOD_BOOK": "car-rental",
            "MAKEGOOD_SMTP": f"smtp://127.0.0.1:{mail.port}",
            "MAKEGOOD_COUNTERPARTS": str(counterparts),
        }
        made = Deployment(database, folder, outside, environ)
        try:
            yield made
        finally:
            made.kill()


def survive(database: str, folder: Path, kills: int, ways: tuple[str, ...]) -> None:
    with deployed(database, folder) as it:
        for way, _ in zip(cycle(ways), range(kills), strict=False):
            moments = ("delivery", "acknowledgement", "time")
            it.crash(way, it.rng.choice(moments[: 2 if way == "process" else 3]))
        it.finish()
        judge(it)
        received = Counter(it.outside.received)
        again = sum(received.values()) - len(received)
        print(
            f"\n{kills} kills, {it.died_in_a_delivery} with deliveries under way: "
            f"{len(it.told.messages)} events acknowledged, none lost; {it.told.questions} "
            f"questions about customers let down, no yes; {len(received)} commands delivered, "
            f"{again} again in the window between the outside's yes and our commit; "
            f"{it.left_a_wal} times SQLite was left in the middle of its log"
        )
        assert it.died_in_a_delivery, "no kill met the window, so that nothing is shown"
        assert it.left_a_wal or not it.is_file


def judge(it: Deployment) -> None:
    """Compare what the world was told and given with what is stored."""
    assert it.told.wrong == []
    assert it.outside.unsigned == 0
    with it._looking() as store, store.reading() as reading:
        log = [event.id for _, event in reading.log(0, ALL)]
        rows = [row for status in AT_REST for row in reading.outbox(status, CommandId(""), ALL)]
    times = Counter(log)
    assert set(times.values()) == {1}
    assert {event_id(SOURCE, message) for message in it.told.messages} <= set(times)
    done = [
        row.command
        for row in rows
        if row.status is OutboxStatus.DONE
        and not isinstance(row.command.order, FindPlaces)  # looked up here, told nobody outside
    ]
    late = [row for row in rows if row.status is OutboxStatus.MISSED]
    assert {row.status for row in rows} <= {
        OutboxStatus.DONE,
        OutboxStatus.MISSED,
        OutboxStatus.WITHDRAWN,  # needless before it was sent; below: never received
    }
    assert all(row.command.useful_until_ms < row.settled_ms for row in late)
    ids, received = {command.id for command in done}, set(it.outside.received)
    assert ids <= received <= ids | {row.command.id for row in late}
    print(f"\n{len(late)} commands were killed until they were of no use, and are shown as missed")
    orders = Counter((command.cause, command.step) for command in done)
    assert set(orders.values()) == {1}, "an order has one id"
    replayed = json.loads(it.run("replay", "--format", "json"))
    assert replayed["identical"]
    assert (replayed["events"], replayed["stuck"]) == (len(log), 0)
    assert "Traceback" not in it.log.read_text()


@pytest.mark.slow
def test_a_served_sqlite_loses_nothing_that_was_acknowledged(tmp_path):
    path = tmp_path / "served.db"
    # The process that serves is started again by its parent, which gives up when it dies again
    # within five seconds: every second kill is of the parent too.
    ways = ("server", "process", "parent", "process")
    survive(f"sqlite:///{path}", tmp_path, KILLS, ways)
    assert not path.with_name("served.db-wal").exists()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_a_served_postgresql_loses_nothing_that_was_acknowledged(postgres_url, tmp_path):
    ways = ("worker", "server", "both", "process", "worker", "parent")
    survive(postgres_url, tmp_path, KILLS_ON_A_SERVER, ways)
