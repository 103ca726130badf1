"""What each part of the load is, and whom it writes about."""

import random
from threading import Event, Lock, Thread

import httpx

from tests.fire.evidence import BRAND, Acked, Asked, Linked, Mailed, Strange, Whole

ANSWER_S = 12.0  # a client hangs up after so long and tries again
AGAIN_S = 0.2
LATE_MS = 60_000  # what was sent may arrive so much later; longer than any silence
BATCHES = 3  # most events in one request
NEVER_WHOLE, WHOLE, SILENT, GUEST = "never", "whole", "silent", "guest"
KINDS = (NEVER_WHOLE, WHOLE, NEVER_WHOLE, SILENT, WHOLE, GUEST)
DESK_PASSWORD = "a bad day ends well"
Body = dict[str, object]


class Notes:
    """What the clients were told, by all of them."""

    def __init__(self) -> None:
        self.acked: list[Acked] = []
        self.linked: list[Linked] = []
        self.asked: list[Asked] = []
        self.whole: list[Whole] = []
        self.mailed: list[Mailed] = []
        self.strange: list[Strange] = []
        self.refused = 0
        self.lost_answers = 0
        self.conflicts = 0
        self.live_changes = 0
        self.identified: set[str] = set()
        self.pages = 0
        self._lock = Lock()

    def judge(self, answer: httpx.Response) -> bool:
        """Note an answer that nobody should see; say whether it can be used."""
        if answer.status_code in (429, 503):
            self.refused += 1
            return False
        if answer.status_code >= 500 or "Traceback" in answer.text[:2_000]:
            path = answer.request.url.path.split("/c/")[0]
            self.strange.append(Strange(path, answer.status_code, answer.text[:200]))
            return False
        return True


class Customer:
    """One customer, how their story goes, and the names they have."""

    def __init__(self, number: int) -> None:
        self.kind = KINDS[number % len(KINDS)]
        self.user = f"{self.kind[0]}{number}"
        self.guest = f"guest{number}" if self.kind == GUEST else ""
        self.has_asked = False

    @property
    def email(self) -> str:
        return f"{self.user}@customers.example"


class World:
    """All customers, seeded; and the numbers that are given out once."""

    def __init__(self, seed: int, customers: int) -> None:
        self.customers = [Customer(number) for number in range(customers)]
        self.rng = random.Random(seed)
        self._number = 0
        self._lock = Lock()

    def next_number(self) -> int:
        with self._lock:
            self._number += 1
            return self._number

    def held_by(self, notes: Notes, rng: random.Random) -> str:
        """Choose a name to ask the gate about: mostly one with an acknowledged failure."""
        if notes.acked and rng.random() < 0.8:
            return rng.choice(notes.acked[-200:]).user
        return rng.choice(self.customers).user


def track(name: str, user: str, email: str, number: int, **properties: object) -> Body:
    """Write an event as the SDKs do; a message id is given once, and so is a price."""
    return {
        "type": "track",
        "event": name,
        "messageId": f"f{number}",
        "userId": user,
        "properties": {"brand": BRAND, **properties},
        "context": {"traits": {"name": f"Customer {user}", "email": email}},
    }


class Part:
    """Somebody who uses Makegood in a thread, until told to stop."""

    def __init__(self, name: str, world: World, notes: Notes, seed: int) -> None:
        self.name, self.world, self.notes = name, world, notes
        self.rng = random.Random(f"{seed}/{name}")
        self.stopping = Event()
        self.fault = ""
        self._thread = Thread(target=self._live, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience_s: float) -> None:
        self.stopping.set()
        self._thread.join(patience_s)
        assert not self._thread.is_alive(), f"{self.name} does not end"
        assert not self.fault, f"{self.name}: {self.fault}"

    def _live(self) -> None:
        while not self.stopping.is_set():
            try:
                self.act()
            except (httpx.TransportError, OSError):
                self.notes.lost_answers += 1
                self.stopping.wait(AGAIN_S)
            except Exception as fault:  # noqa: BLE001 - told by whoever stops it
                self.fault = f"{type(fault).__name__}: {fault}"
                return
            self.stopping.wait(self.rng.uniform(0.05, 0.3))

    def act(self) -> None:
        """Do one thing."""
        raise NotImplementedError
