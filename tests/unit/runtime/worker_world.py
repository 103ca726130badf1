"""A firm with a store, an effect, a gate and a worker, for the tests of delivering."""

import random

from msgspec.structs import replace

from makegood.core.holds import Answer
from makegood.messages.errors import StoreBusy
from makegood.messages.ids import ProfileId
from makegood.runtime.delivery import Deliverer
from makegood.runtime.worker import Pace, Worker
from makegood.store.memory import MemoryStore
from makegood.testing.counterparts import FakeEffect
from tests.unit.effects.scene import ANA, CASE, Hands

MINUTE_MS = 60_000
OTHER = ProfileId("p" + "9" * 32)


class Notes:
    """Stands in for the intake: notes what it is told, and within which transaction."""

    def __init__(self, busy=0):
        self.told = []
        self.advanced = []
        self.busy = busy
        self.unstorable = set()

    def record(self, writing, told, now_ms):
        assert writing is not None
        if any(one.body.command in self.unstorable for one in told):
            raise OverflowError("a number of 70 bits")
        if self.busy:
            self.busy -= 1
            raise StoreBusy
        assert all(one.body.step for one in told)
        self.told.extend(told)

    def advance(self, customers, now_ms):
        if self.unstorable & set(customers):
            raise OverflowError("a number of 70 bits")
        self.advanced.extend(customers)

    @property
    def bodies(self):
        return [replace(told.body, step="") for told in self.told]


class Firm:
    """A store, an effect, a gate and a worker."""

    def __init__(self, *commands, script=None, may_send=None, threads=1, busy=0, settle_ms=200):
        self.clock = Hands()
        self.store = MemoryStore()
        self.effect = FakeEffect(script)
        self.notes = Notes(busy)
        self.asked = []
        self.worker = self.another(may_send, threads, settle_ms)
        with self.store.writing() as writing:
            writing.put_commands(commands)
            writing.put_persons([ANA])

    def another(self, may_send=None, threads=1, settle_ms=200):
        def free(command_, person):
            self.asked.append(command_.id)
            answer = Answer(allowed=True, reason="free", says="Nothing stands against it.")
            return may_send(command_, person) if may_send else answer

        return Worker(
            self.store,
            self.notes,
            Deliverer(self.effect, free, self.clock),
            self.clock,
            pace=Pace(threads=threads, lease_ms=MINUTE_MS, settle_ms=settle_ms),
            rng=random.Random(7),
        )

    def row(self, command_):
        with self.store.reading() as reading:
            return reading.command(command_.id)


def fails(error):
    def script(_attempt):
        raise error

    return script


def held(_command, _person):
    return Answer(allowed=False, reason="hold", says="A failure is not made good yet.", case=CASE)
