"""What the mail server behind the SMTP gate says is handed back; what it breaks costs no mail."""

import asyncio

import pytest
from msgspec.structs import replace

from makegood.gate.smtp.tally import Outcome
from makegood.store.memory import MemoryStore
from tests.integration.smtp_world import (
    ANA,
    BOB,
    EVE,
    LATER,
    NEWS,
    OFFER,
    QUICK,
    RECEIPT,
    SmtpWorld,
    in_world,
)


@pytest.fixture
def store():
    return MemoryStore()


@pytest.mark.parametrize("code", [450, 550])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "END"])
def test_what_the_mail_server_says_is_handed_back(store, stage, code):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        await client.send(NEWS, [BOB], RECEIPT)  # the connection is a kept one from here on
        world.post.says[stage] = [f"{code} 9.9.9 for a reason"]
        said = await client.send(NEWS, [BOB], RECEIPT)
        assert said == f"{code} 9.9.9 for a reason"
        await client.say("RSET")
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")
        assert len(world.post.arrived) == 2

    in_world(store, test)


def test_one_refused_recipient_is_told_at_once_and_the_others_get_it(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        await client.say(f"MAIL FROM:<{NEWS}>")
        assert (await client.say(f"RCPT TO:<{ANA}>")).startswith("250")
        world.post.says["RCPT"] = ["550-5.1.1 no such\r\n550 5.1.1 person"]
        assert await client.say(f"RCPT TO:<{EVE}>") == "550-5.1.1 no such\n550 5.1.1 person"
        assert (await client.say(f"RCPT TO:<{BOB}>")).startswith("250")
        assert (await client.data(OFFER)).startswith("250")
        assert world.post.arrived[0].recipients == (BOB,)

    in_world(store, test)


def test_what_was_parked_is_taken_back_when_the_others_could_not_have_it(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        world.post.says["END"] = ["452 full"]
        assert await client.send(NEWS, [ANA, BOB], OFFER) == "452 full"
        await gate._hand_over.close()
        assert world.parked() == ()
        assert (await client.send(NEWS, [ANA, BOB], OFFER)).startswith("250")
        assert [row.recipient for row in world.parked()] == [ANA]
        assert [mail.recipients for mail in world.post.arrived] == [(BOB,)]
        assert gate.tally.total(Outcome.PARKED) == 1

    in_world(store, test)


def test_the_same_mail_twice_at_a_time_keeps_what_one_of_them_promised(store):
    """The first fails at the mail server after the second was acknowledged."""

    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        slow, quick = await world.client(), await world.client()
        world.post.hold = asyncio.Event()
        first = asyncio.ensure_future(slow.send(NEWS, [ANA, BOB], OFFER))
        await world.post.received.wait()
        assert (await quick.send(NEWS, [ANA], OFFER)).startswith("250")
        world.post.says["END"] = ["452 full"]
        world.post.hold.set()
        assert await first == "452 full"
        await gate._hand_over.close()
        assert [row.recipient for row in world.parked()] == [ANA]

    in_world(store, test)


def test_the_same_mail_at_another_gate_keeps_what_that_one_promised(store):
    """The first fails at the mail server after the second gate has acknowledged."""

    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        first_gate = await world.open()
        slow = await world.client()
        second_gate = await world.open()
        quick = await world.client()
        world.post.hold = asyncio.Event()
        first = asyncio.ensure_future(slow.send(NEWS, [ANA, BOB], OFFER))
        await world.post.received.wait()
        assert (await quick.send(NEWS, [ANA], OFFER)).startswith("250")
        world.post.says["END"] = ["452 full"]
        world.post.hold.set()
        assert await first == "452 full"
        await first_gate._hand_over.close()
        assert second_gate.tally.total(Outcome.PARKED) == 1
        assert [row.recipient for row in world.parked()] == [ANA]
        await first_gate.stop()

    in_world(store, test)


def test_a_mail_server_that_wants_another_password_is_our_affair(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        world.post.says["MAIL"] = ["530 5.7.0 Authentication required"]
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("451 4.3.5")

    in_world(store, test)


@pytest.mark.parametrize("stage", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("how", ["", None, "421 4.3.0 closing", "nonsense"])
def test_a_mail_server_that_hangs_up_or_says_nothing_costs_no_mail(store, stage, how):
    async def test(world: SmtpWorld) -> None:
        await world.open(replace(QUICK, answer_s=0.2))
        client = await world.client()
        await client.send(NEWS, [BOB], RECEIPT)
        if stage in ("GREETING", "EHLO"):
            world.post.hang_up()
        world.post.says[stage] = [how, how]
        said = await client.send(NEWS, [BOB], RECEIPT)
        assert said.startswith(("250", "451 4.4.1")), said
        taken = 1 + said.startswith("250")
        assert len(world.post.arrived) == taken
        await client.say("RSET")
        world.post.says.clear()
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")
        assert len(world.post.arrived) == taken + 1

    in_world(store, test)


def test_a_mail_server_that_breaks_off_while_it_reads_has_nothing(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        world.post.cut_after = 1000
        said = await client.send(NEWS, [BOB], RECEIPT + b"x" * 100_000 + b"\r\n")
        assert said.startswith("451 4.4.2")
        assert world.post.arrived == []
        world.post.cut_after = 0
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")

    in_world(store, test)


@pytest.mark.parametrize("how", ["", None])
def test_a_mail_server_without_a_last_word_is_451(store, how):
    async def test(world: SmtpWorld) -> None:
        await world.open(replace(QUICK, final_s=0.2))
        client = await world.client()
        world.post.says["END"] = [how]
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("451 4.4.2")
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")
        assert len(world.post.arrived) == 1

    in_world(store, test)


def test_a_mail_server_that_is_down_is_451_at_mail(store):
    async def test(world: SmtpWorld) -> None:
        await world.post.stop()
        await world.open()
        client = await world.client()
        assert "250-SMTPUTF8" in client.features  # nobody can know better
        assert await client.send(NEWS, [BOB], RECEIPT) == LATER

    in_world(store, test)


def test_a_connection_that_closed_while_the_client_wrote_is_replaced(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        await client.say(f"MAIL FROM:<{NEWS}>")
        for one in (ANA, BOB, EVE):
            await client.say(f"RCPT TO:<{one}>")
        await client.say("DATA")
        world.post.hang_up()
        client.writer.write(OFFER + b".\r\n")
        assert (await client.answer()).startswith("250")
        assert [mail.recipients for mail in world.post.arrived] == [(BOB, EVE)]

    in_world(store, test)


def test_only_so_many_connections_reach_the_mail_server(store):
    async def test(world: SmtpWorld) -> None:
        await world.open(replace(QUICK, upstream=2, answer_s=0.3))
        clients = [await world.client() for _ in range(3)]
        said = [await one.say(f"MAIL FROM:<{NEWS}>") for one in clients]
        assert [one[:3] for one in said] == ["250", "250", "451"]
        await clients[0].say("RSET")
        assert (await clients[2].send(NEWS, [BOB], RECEIPT)).startswith("250")

    in_world(store, test)
