"""The product in processes of its own, as a person starts it, and the world around it.

The world outlives every process that is killed: clients that send again what was not acknowledged,
and receivers that note each delivery before they say yes.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from threading import Condition, Event, Lock

import httpx

from makegood.testing.counterparts import Received, Reply
from tests.integration.mail_server import Box

GONE_S = 60
BRAND = "northwind_cars"
BATCH = 4
CUSTOMERS = 400
AGAIN_S = 0.02  # a client asks again so soon while nobody listens


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(environ: dict[str, str], *words: str, typed: str = "") -> str:
    """Run the command to its end; give what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "makegood.cli", *words],
        env=environ,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.strip()


@contextmanager
def front(
    environ: dict[str, str], processes: int = 1
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Serve by the front alone until the end; give its address and its process."""
    port, words = free_port(), "from makegood.web.asgi import serve"
    call = f"serve(port={port}, processes={processes})"
    process = subprocess.Popen([sys.executable, "-c", f"{words}; {call}"], env=environ)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, process)
        yield url, process
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            continue
    raise AssertionError("the server ended before it was ready")


class Tree:
    """One command of ours with every process it starts."""

    def __init__(self, environ: dict[str, str], log: Path, *words: str) -> None:
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "makegood.cli", *words],
                env=environ,
                stdout=subprocess.PIPE,  # open until the last of its processes has ended
                stderr=errors,
                start_new_session=True,
            )
        self._killed = 0

    def strike(self) -> None:
        """Kill every process at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def strike_the_parent(self) -> None:
        """Kill the one that was started; what it had started has to end by itself."""
        self.process.kill()

    def strike_the_child(self) -> None:
        """Kill the one that serves; its parent has to start another."""
        self._killed = self._child()
        os.kill(self._killed, signal.SIGKILL)

    def child_is_gone(self) -> None:
        """Wait until the parent has noticed."""
        again = Event()
        with suppress(ProcessLookupError):
            for _ in range(GONE_S * 100):
                os.kill(self._killed, 0)
                again.wait(0.01)
            raise AssertionError("the parent did not notice")

    def gone(self) -> None:
        """Wait until every process of it has ended."""
        try:
            self.process.communicate(timeout=GONE_S)
        except subprocess.TimeoutExpired:
            self.strike()
            raise AssertionError("a process outlived the server that was killed") from None

    def _child(self) -> int:
        """Give the process that serves."""
        table = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid="], text=True)
        pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
        (child,) = [pid for pid, parent in pairs if parent == self.process.pid]
        return child

    def stop(self) -> int:
        """Ask it to end, as a person does; give its exit code."""
        self.process.terminate()
        self.gone()
        return self.process.returncode


class Outside:
    """What the receivers have: the id of every delivery, in the order of their yes."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.unsigned = 0
        self._kill_at = 0
        self._kill: Callable[[], object] | None = None
        self._changed = Condition()

    def kill_at(self, number: int, kill: Callable[[], object] | None) -> None:
        """Kill at the so-manieth delivery from now, between our yes and its arrival."""
        with self._changed:
            self._kill_at, self._kill = len(self.received) + number, kill

    def take(self, command: str) -> None:
        with self._changed:
            self.received.append(command)
            if self._kill is not None and len(self.received) >= self._kill_at:
                self._kill()
                self._kill = None
            self._changed.notify_all()

    def answer(self, received: Received) -> Reply:
        """Carry out everything; confirm every offer but the driver's."""
        self.unsigned += not received.is_signed
        self.take(received.id)
        if "kind" not in received.content:  # a question whether it can be done
            return Reply(content={"confirmed": received.content["remedy"] != "driver"})
        return Reply(content={"reference": "T-1"})


class Sink(Box):
    """A mailbox that tells the outside what it took."""

    def __init__(self, outside: Outside) -> None:
        super().__init__()
        self._outside = outside

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        said = await super().handle_DATA(server, session, envelope)
        self._outside.take(self.mails[-1]["Message-ID"].strip("<>").partition("@")[0])
        return said


class Told:
    """What the clients were told, over all lives."""

    def __init__(self) -> None:
        self.messages: set[str] = set()
        self.held: list[str] = []
        self.questions = 0
        self.wrong: list[str] = []
        self._lock = Lock()

    def acknowledged(self, batch: Sequence[dict[str, object]]) -> None:
        with self._lock:
            self.messages.update(str(one["messageId"]) for one in batch)
            self.held += [str(one["userId"]) for one in batch if one["event"] != "Question Asked"]

    def answered(self, user: str, answer: httpx.Response) -> None:
        with self._lock:
            self.questions += 1
            if answer.json().get("reason") != "hold":
                self.wrong.append(f"{user}: {answer.text}")


def item(number: int) -> dict[str, object]:
    """The same message whenever it is sent; three of four are failures."""
    who = number * 7 % CUSTOMERS
    about = {"reservation": f"R{number}", "branch": "Airport", "brand": BRAND}
    name, more = (
        ("Rental Unfulfilled", {"reason": "no_vehicle", "price_cents": 10_000 + number}),
        ("Question Asked", {"question": f"Q{number}"}),
        ("Car Handed Over", {"late_minutes": 45, "class_booked": "van", "class_given": "van",
                             "price_cents": 9_000}),
        ("Call Ended", {"minutes": 3, "times_told": 2, "solved": False}),
    )[number % 4]  # fmt: skip
    return {
        "type": "track",
        "event": name,
        "messageId": f"m{number}",
        "userId": f"c{who}",
        "properties": {**({"brand": BRAND} if "question" in more else about), **more},
        "context": {"traits": {"name": f"Customer {who}", "email": f"c{who}@customers.example"}},
    }


class Client:
    """A source: it sends a batch until it is acknowledged, then asks the gate at once."""

    def __init__(self, number: int, url: str, key: str, told: Told) -> None:
        self._next, self._step = number * BATCH, 2 * BATCH
        self._url, self._told = url, told
        self._headers = {"Authorization": f"Bearer {key}"}
        self._rng = Random(number)

    def live(self, batches: int, stop: Event, acknowledged: Callable[[], object]) -> None:
        """Send so many batches, or as many as are taken before the stop."""
        with httpx.Client(base_url=self._url, headers=self._headers, timeout=GONE_S) as http:
            while batches and not stop.is_set():
                try:
                    self._send(http)
                    acknowledged()
                    self._ask_some(http)
                except httpx.TransportError:
                    stop.wait(AGAIN_S)  # nobody listens, or it died before it answered
                    continue
                batches -= 1

    def _send(self, http: httpx.Client) -> None:
        batch = [item(number) for number in range(self._next, self._next + BATCH)]
        answer = http.post("/v1/batch", json={"batch": batch})
        if answer.status_code == 503:  # it says itself that it is starting
            raise httpx.ConnectError("starting")
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert {one["status"] for one in results} <= {"accepted", "duplicate"}, results
        self._next += self._step
        self._told.acknowledged(batch)

    def _ask_some(self, http: httpx.Client) -> None:
        """Ask about who has just been let down, and about somebody of an earlier life."""
        held = self._told.held
        ask_gate(http, (held[-1], self._rng.choice(held)), self._told)


def ask_gate(http: httpx.Client, users: Sequence[str], told: Told) -> None:
    for user in users:
        question = {"identifier": f"user:{user}", "brand": BRAND, "class": "promotional",
                    "channel": "mail"}  # fmt: skip
        answer = http.post("/v1/may-send", json=question)
        if answer.status_code == 503:
            raise httpx.ConnectError("starting")
        told.answered(user, answer)
