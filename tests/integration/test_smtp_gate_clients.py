"""Clients of the SMTP gate that go, say nothing or want too much, and the limits they meet."""

import asyncio
import threading

import pytest
from msgspec.structs import replace

from makegood.gate.smtp.options import Limits
from makegood.gate.smtp.tally import Outcome
from makegood.store.memory import MemoryStore
from tests.integration.smtp_world import (
    ANA,
    BOB,
    EVE,
    NEWS,
    OFFER,
    QUICK,
    RECEIPT,
    Client,
    SmtpWorld,
    in_world,
)


@pytest.fixture
def store():
    return MemoryStore()


def test_a_client_that_goes_in_mid_transfer_leaves_nothing(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.say(f"MAIL FROM:<{NEWS}>")
        for one in (ANA, BOB):
            await client.say(f"RCPT TO:<{one}>")
        await client.say("DATA")
        client.writer.write(OFFER)
        await client.writer.drain()
        client.writer.transport.abort()
        while gate._load.clients:
            await asyncio.sleep(0)
        assert (world.post.arrived, world.parked(), gate._load.bytes) == ([], (), 0)
        again = await world.client()
        assert (await again.send(NEWS, [ANA, BOB], OFFER)).startswith("250")

    in_world(store, test)


def test_a_client_that_goes_before_the_answer_promised_nothing(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open(replace(QUICK, final_s=20))
        client = await world.client()
        world.post.hold = asyncio.Event()
        sending = asyncio.ensure_future(client.send(NEWS, [ANA, BOB], OFFER))
        await world.post.received.wait()
        client.writer.transport.abort()
        await asyncio.gather(sending, return_exceptions=True)
        while gate._load.clients or gate._load.at_work:
            await asyncio.sleep(0)
        await gate._hand_over.close()
        await gate._lots.run(lambda: None)  # whatever was begun before has ended
        assert world.parked() == ()
        world.post.hold.set()
        again = await world.client()
        assert (await again.send(NEWS, [ANA, BOB], OFFER)).startswith("250")
        assert [row.recipient for row in world.parked()] == [ANA]

    in_world(store, test)


class Waiting:
    """A store in which parking takes as long as it is told to."""

    def __init__(self, store) -> None:
        self.store = store
        self.begun = threading.Event()
        self.may_end = threading.Event()

    def __getattr__(self, name):
        return getattr(self.store, name)

    def writing(self):
        self.begun.set()
        assert self.may_end.wait(20)
        return self.store.writing()


def test_a_client_that_goes_while_its_mail_is_parked_was_promised_nothing(store):
    async def test(world: SmtpWorld) -> None:
        slow = Waiting(store)
        world.let_down(ANA)
        gate = await world.open(parts=world.parts(store=slow))
        client = await world.client()
        asked = asyncio.ensure_future(client.send(NEWS, [ANA], OFFER))
        assert await asyncio.to_thread(slow.begun.wait, 20)
        client.writer.transport.abort()
        asked.cancel()
        while gate._load.clients:
            await asyncio.sleep(0)
        slow.may_end.set()
        while gate._load.at_work:
            await asyncio.sleep(0)
        await gate._hand_over.close()
        await gate._lots.run(lambda: None)  # whatever was begun before has ended
        assert world.parked() == ()

    in_world(store, test)


def test_a_gate_that_ends_finishes_what_is_under_way_and_takes_nothing_new(store):
    async def test(world: SmtpWorld) -> None:
        gate = await world.open(replace(QUICK, final_s=20))
        client = await world.client()
        world.post.hold = asyncio.Event()
        sending = asyncio.ensure_future(client.send(NEWS, [BOB], RECEIPT))
        await world.post.received.wait()
        ending = asyncio.ensure_future(gate.stop())
        await asyncio.sleep(0)
        with pytest.raises(ConnectionError):
            await world.client()
        world.post.hold.set()
        assert await sending == "250 taken as Q1"
        await ending
        assert await client.reader.read() == b""
        world.gate = None

    in_world(store, test)


def test_a_silent_client_is_cut_off(store):
    async def test(world: SmtpWorld) -> None:
        await world.open(replace(QUICK, idle_s=0.1))
        client = await world.client()
        assert await asyncio.wait_for(client.reader.read(), 10) == b""

    in_world(store, test)


def test_a_client_that_never_ends_its_message_is_cut_off(store):
    async def test(world: SmtpWorld) -> None:
        gate = await world.open(replace(QUICK, data_s=0.1))
        client = await world.client()
        await client.say(f"MAIL FROM:<{NEWS}>")
        await client.say(f"RCPT TO:<{BOB}>")
        await client.say("DATA")
        client.writer.write(RECEIPT)
        assert await asyncio.wait_for(client.reader.read(), 10) == b""
        assert gate._load.bytes == 0

    in_world(store, test)


def test_too_many_clients_recipients_or_bytes_are_told_to_come_later(store):
    async def test(world: SmtpWorld) -> None:
        gate = await world.open(replace(QUICK, connections=1, recipients=2, memory_bytes=10))
        client = await world.client()
        reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
        assert (await reader.read()).startswith(b"421 4.7.0 Too many connections")
        writer.close()
        await client.say(f"MAIL FROM:<{NEWS}>")
        said = [await client.say(f"RCPT TO:<{one}>") for one in (ANA, BOB, EVE)]
        assert [one[:9] for one in said] == ["250 recip", "250 recip", "452 4.5.3"]
        gate._load.bytes = 11
        assert (await client.say("DATA")).startswith("452 4.3.1")
        gate._load.bytes = 1  # and it grows beyond the limit while it comes in
        assert (await client.data(RECEIPT)).startswith("452 4.3.1")
        assert gate._load.bytes == 1
        gate._load.bytes = -1000
        for line in (f"MAIL FROM:<{NEWS}>", f"RCPT TO:<{BOB}>"):
            assert (await client.say(line)).startswith("250")
        assert (await client.data(RECEIPT)).startswith("250")

    in_world(store, test)


def test_many_clients_at_once_are_all_served(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open(replace(QUICK, answer_s=20, final_s=20))
        clients = [await world.client() for _ in range(20)]

        async def busy(client: Client, number: int) -> None:
            for turn in range(5):
                wire = OFFER + b"%d %d\r\n" % (number, turn)
                assert (await client.send(NEWS, [ANA, BOB], wire)).startswith("250")

        await asyncio.gather(*(busy(one, number) for number, one in enumerate(clients)))
        assert len(world.post.arrived) == 100
        assert len({mail.wire for mail in world.post.arrived}) == 100
        assert gate.tally.total(Outcome.PARKED) == 100
        with store.reading() as reading:
            assert len(reading.parked(limit=200)) == 100

    in_world(store, test)


def test_what_limits_say_by_default_is_what_rfc_5321_asks():
    assert Limits().final_s >= 600
    assert Limits().recipients >= 100
