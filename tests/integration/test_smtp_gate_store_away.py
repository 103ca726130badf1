"""The SMTP gate while the store is away, or a fault that nobody expected is there."""

import asyncio

import pytest
from msgspec.structs import replace

from makegood.api.keys import KeyRing, mint
from makegood.api.senders import TRUSTED_S, KeySenders
from makegood.core.holds import Answer
from makegood.gate.smtp.storing import Reads
from makegood.messages.errors import StoreBusy
from makegood.playbooks.outgoing_terms import OutgoingTerms
from makegood.store.memory import MemoryStore
from tests.integration.smtp_world import (
    ANA,
    BOB,
    NEWS,
    OFFER,
    RECEIPT,
    SmtpWorld,
    in_world,
)


@pytest.fixture
def store():
    return MemoryStore()


class Away:
    """A store whose server is away when it is told to be."""

    def __init__(self, store) -> None:
        self.store = store
        self.is_away = False

    def reading(self):
        return self._there().reading()

    def looking(self):
        return self._there().looking()

    def writing(self):
        return self._there().writing()

    def _there(self):
        if self.is_away:
            raise StoreBusy
        return self.store

    def syncs(self) -> int:
        return 0

    def close(self) -> None:
        self.store.close()


def test_while_the_store_is_away_service_passes_and_marketing_waits_at_its_sender(store):
    away = Away(store)

    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        away.is_away = True
        assert (await client.send(NEWS, [ANA, BOB], RECEIPT)).startswith("250")
        assert (await client.send(NEWS, [BOB], OFFER)).startswith("451 4.3.0")
        unclassed = OFFER.replace(b"X-Class: promotional\r\n", b"")
        assert (await client.send(NEWS, [BOB], unclassed)).startswith("250")
        world.terms = OutgoingTerms(unclassified="park")
        assert (await client.send(NEWS, [BOB], unclassed)).startswith("451 4.3.0")
        assert len(world.post.arrived) == 2
        away.is_away = False
        assert world.parked() == ()

    in_world(away, test)


class Faulty:
    """A gate with a fault of its own, once."""

    def __init__(self) -> None:
        self.is_faulty = True

    def ask(self, _identifier, _question) -> Answer:
        if self.is_faulty:
            self.is_faulty = False
            raise LookupError
        return Answer(allowed=True, reason="unknown", says="")


def test_a_fault_that_nobody_expected_costs_one_mail_and_not_the_conversation(store):
    async def test(world: SmtpWorld) -> None:
        await world.open(parts=world.parts(gate=Faulty()))
        client = await world.client()
        assert (await client.send(NEWS, [BOB], OFFER)).startswith("451 4.3.0")
        assert (await client.send(NEWS, [BOB], OFFER)).startswith("250")

    in_world(store, test)


def test_a_key_that_was_good_is_good_while_the_store_is_away(store):
    away = Away(store)
    now = [0.0]

    async def run() -> None:
        text, row = mint("tool", ("send",), 0)
        with store.writing() as writing:
            writing.put_key(row)
        reads = Reads(None, lambda: now[0])
        senders = KeySenders(KeyRing(away, lambda: now[0]), reads, lambda: now[0])
        assert await senders.sign_in("", text) == "tool"
        away.is_away = True
        now[0] = 100.0
        assert await senders.sign_in("", text) == "tool"
        assert await senders.sign_in("", "mg_another") is None
        now[0] = TRUSTED_S + 1
        assert await senders.sign_in("", text) is None
        away.is_away = False
        now[0] += 10
        with store.writing() as writing:
            writing.put_key(replace(row, revoked_ms=1))
        assert await senders.sign_in("", text) == ""
        away.is_away = True
        now[0] += 10
        assert await senders.sign_in("", text) is None

    asyncio.run(run())
