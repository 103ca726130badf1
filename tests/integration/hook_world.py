"""A firm whose webhooks are told what changed, and receivers for them."""

import random
import time
from contextlib import contextmanager
from pathlib import Path

from standardwebhooks import Webhook

from makegood.effects.hooks import Home
from makegood.effects.webhook import Webhooks
from makegood.messages.facts import Identified, Touchpoint
from makegood.ports.arrivals import Arrival
from makegood.runtime.endpoints import Endpoints, Wanted
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.telling import Teller
from makegood.store.memory import MemoryStore
from makegood.testing.book import small_book, small_library
from makegood.testing.clock import FakeClock
from makegood.testing.counterparts import LocalCounterpart, Reply

LIBRARY = small_library()
KEY = b"the key of a deployment of tests"
HOLD = ("hold.opened",)
PAGE = Path(__file__).parents[2] / "docs/reference/webhooks.md"


class Firm:
    """Everything between a failure and a receiver."""

    def __init__(self, *, private=True, webhooks=None, answer_seconds=5.0, **more):
        self.clock = FakeClock(int(time.time() * 1000))
        self.store = MemoryStore()
        self.intake = Intake(self.store, lambda: LIBRARY, self.clock, b"key")
        self.webhooks = webhooks or Webhooks({}, answer_seconds=answer_seconds)
        home = Home(key=KEY, base_url="https://mg.example/", private=private)
        self.endpoints = Endpoints(self.store, self.webhooks, small_book, self.clock, home, **more)
        self.teller = Teller(
            self.store,
            self.endpoints.sinks,
            lambda _reading, customers: dict.fromkeys(customers, ("*",)),
            self.clock,
            rng=random.Random(1),
            noted=self.endpoints.flush,
        )
        self.count = 0

    def add(self, local, kinds=HOLD, **more):
        return self.endpoints.add(local.url, Wanted(kinds=kinds, **more), "kathy").id

    def no_car(self, who="user:ana"):
        self.count += 1
        facts = {"reservation": f"R{self.count}", "reason": "x", "price_cents": 100}
        self._take(Touchpoint(name="Rental Unfulfilled", properties=facts), who)

    def known(self, who, *lookups):
        self.count += 1
        self._take(Identified(traits={}), who, lookups=lookups)

    def _take(self, body, who, **more):
        arrival = Arrival(
            source="rental",
            message_id=f"{self.count}",
            identifier=who,
            time_ms=self.clock.now_ms(),
            body=body,
            body_digest=body_digest(body),
            **more,
        )
        self.intake.take([arrival])

    def log(self, endpoint):
        with self.store.reading() as reading:
            return reading.deliveries(endpoint, 0, 100)

    def told(self, endpoint):
        with self.store.reading() as reading:
            return reading.tellings(f"webhook:{endpoint}", None, 0, 100)

    def close(self):
        self.teller.close()
        self.webhooks.close()


@contextmanager
def receiver(*replies):
    """Answer with these one after another, then with yes."""
    left = list(replies)
    with LocalCounterpart(lambda _received: left.pop(0) if left else Reply(status=204)) as local:
        yield local


def verify(secret, received):
    return Webhook(secret).verify(received.body, dict(received.headers))
