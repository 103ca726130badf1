"""What the SMTP gate parked goes out when it may, once, and ends where it may not."""

import pytest

from makegood.gate.smtp.tally import Outcome
from makegood.messages.commands import MessageClass
from makegood.messages.ids import BookHash
from makegood.playbooks.outgoing_terms import OutgoingTerms
from makegood.ports.parking import ParkedStatus
from tests.integration import smtp_world
from tests.integration.smtp_world import (
    ANA,
    BOB,
    EVE,
    HOUR_MS,
    NEWS,
    OFFER,
    PLAIN,
    SmtpWorld,
    in_world,
)

store = smtp_world.every_store


def test_what_was_parked_goes_out_when_the_hold_lifts(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA, BOB], OFFER, " BODY=8BITMIME")
        world.clock.advance(HOUR_MS)
        assert await gate.release() == 1
        assert len(world.post.arrived) == 1
        world.let_go(ANA)
        world.clock.advance(HOUR_MS)
        assert await gate.release() == 1
        mail = world.post.arrived[1]
        assert (mail.sender, mail.recipients, mail.wire) == (NEWS, (ANA,), OFFER)
        assert mail.mail_line == f"MAIL FROM:<{NEWS}> BODY=8BITMIME"
        assert world.parked() == ()
        world.clock.advance(HOUR_MS)
        assert await gate.release() == 0
        assert gate.tally.total(Outcome.RELEASED) == 1

    in_world(store, test)


def test_a_hold_that_lifts_is_noticed_at_once(store):
    async def test(world: SmtpWorld) -> None:
        gate = await world.offer_parked()
        world.clock.advance(5 * HOUR_MS)
        assert await gate.release() == 1
        assert await gate.release() == 0  # its next turn is a quarter of an hour away
        world.let_go(ANA)
        assert await gate.release() == 1
        assert [mail.recipients for mail in world.post.arrived] == [(ANA,)]

    in_world(store, test)


def test_what_waits_too_long_expires_and_is_counted(store):
    async def test(world: SmtpWorld) -> None:
        gate = await world.offer_parked()
        (row,) = world.parked()
        world.clock.advance(48 * HOUR_MS)
        world.let_go(ANA)  # too late
        assert await gate.release() == 1
        assert world.post.arrived == []
        with store.reading() as reading:
            ended = reading.parked_row(row.parked)
            assert reading.parked_mails([row.mail]) == {}
        assert ended is not None
        assert (ended.status, ended.recipient) == (ParkedStatus.EXPIRED, "")
        assert gate.tally.total(Outcome.EXPIRED) == 1

    in_world(store, test)


def test_what_a_person_released_goes_out_however_late_the_gate_looks(store):
    async def test(world: SmtpWorld) -> None:
        gate = await world.offer_parked()
        (row,) = world.parked()
        with store.writing() as writing:
            assert writing.release_parked(row.parked, "tom: an apology", world.clock.now_ms())
        world.clock.advance(49 * HOUR_MS)  # the gate was down
        await gate.release()
        assert [mail.recipients for mail in world.post.arrived] == [(ANA,)]
        assert gate.tally.total(Outcome.EXPIRED) == 0

    in_world(store, test)


def test_a_rule_that_is_added_frees_what_it_calls_service(store):
    async def test(world: SmtpWorld) -> None:
        world.terms = OutgoingTerms(unclassified="park")
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA], PLAIN)
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert world.post.arrived == []

        world.classes.otherwise = MessageClass.RECEIPT
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert world.post.arrived == []  # the book is the same, so nothing was read again
        world.book = BookHash("b2")
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert [mail.recipients for mail in world.post.arrived] == [(ANA,)]

    in_world(store, test)


@pytest.mark.parametrize("first", [None, MessageClass.PROMOTIONAL])
def test_what_a_person_says_of_its_kind_frees_what_waits(store, first):
    async def test(world: SmtpWorld) -> None:
        world.terms = OutgoingTerms(unclassified="park")
        world.classes.otherwise = first
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA], PLAIN)
        world.decided["k1"] = MessageClass.SERVICE
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert [mail.recipients for mail in world.post.arrived] == [(ANA,)]

    in_world(store, test)


def test_one_message_is_sent_once_to_all_whose_hold_lifted(store):
    async def test(world: SmtpWorld) -> None:
        for one in (ANA, BOB, EVE):
            world.let_down(one)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA, BOB, EVE], OFFER)
        world.let_go(ANA)
        world.let_go(EVE)
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert [sorted(mail.recipients) for mail in world.post.arrived] == [[ANA, EVE]]
        assert [row.recipient for row in world.parked()] == [BOB]

    in_world(store, test)


def test_what_the_mail_server_defers_is_tried_again_and_what_it_refuses_ends(store):
    async def test(world: SmtpWorld) -> None:
        for one in (ANA, BOB):
            world.let_down(one)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA, BOB], OFFER)
        for one in (ANA, BOB):
            world.let_go(one)
        world.clock.advance(HOUR_MS)
        world.post.says["RCPT"] = ["450 4.2.1 <x@example.org> later", "550 5.1.1 no such person"]
        await gate.release()
        (row,) = world.parked()
        assert row.attempts == 1
        assert row.error == "450 4.2.1"
        assert gate.tally.total(Outcome.UNDELIVERED) == 1
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert [mail.recipients for mail in world.post.arrived] == [(row.recipient,)]

    in_world(store, test)


def test_a_mail_server_that_is_away_loses_nothing_that_is_parked(store):
    async def test(world: SmtpWorld) -> None:
        gate = await world.offer_parked()
        world.let_go(ANA)
        port = world.upstream_port
        await world.post.stop()
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert len(world.parked()) == 1
        await world.post.start(port)
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert [mail.recipients for mail in world.post.arrived] == [(ANA,)]

    in_world(store, test)
