"""The SMTP gate before a mail server: who gets it, who waits, and what is parked once."""

import pytest

from makegood.gate.smtp.tally import Outcome
from makegood.playbooks.outgoing_terms import OutgoingTerms
from tests.integration import smtp_world
from tests.integration.smtp_world import (
    ANA,
    BOB,
    EVE,
    HOUR_MS,
    NEWS,
    OFFER,
    PLAIN,
    RECEIPT,
    SmtpWorld,
    in_world,
)

store = smtp_world.every_store


def test_those_who_may_get_it_and_who_is_held_waits(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        said = await client.send(NEWS, [BOB, ANA, EVE], OFFER)
        assert said == "250 2.0.0 Taken: 2 passed on, 1 parked."
        (mail,) = world.post.arrived
        assert (mail.sender, mail.recipients, mail.wire) == (NEWS, (BOB, EVE), OFFER)
        (row,) = world.parked()
        assert (row.recipient, row.brand, row.reason) == (ANA, "cars", "hold")
        assert row.message_class == "promotional"
        assert row.expires_ms == world.clock.now_ms() + 48 * HOUR_MS
        with store.reading() as reading:
            assert reading.parked_mails([row.mail])[row.mail].content == OFFER
        assert gate.tally.counts() == {
            ("cars", Outcome.PASSED, "unknown", "promotional"): 2,
            ("cars", Outcome.PARKED, "hold", "promotional"): 1,
        }

    in_world(store, test)


def test_a_service_message_passes_to_everybody_unasked(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        assert await client.send(NEWS, [ANA, BOB], RECEIPT) == "250 taken as Q1"
        assert world.post.arrived[0].recipients == (ANA, BOB)
        assert world.parked() == ()

    in_world(store, test)


def test_a_mail_that_cannot_be_read_at_all_is_one_without_a_class(store):
    async def test(world: SmtpWorld) -> None:
        def fails(*_, **__):
            raise RecursionError

        world.classes.classify = fails  # type: ignore[method-assign]
        await world.open()
        client = await world.client()
        assert await client.send(NEWS, [BOB], PLAIN) == "250 taken as Q1"
        world.terms = OutgoingTerms(unclassified="park")
        assert (await client.send(NEWS, [BOB], PLAIN)).endswith("1 parked.")

    in_world(store, test)


def test_when_all_are_held_nothing_reaches_the_mail_server(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        assert await client.send(NEWS, [ANA], OFFER) == "250 2.0.0 Taken: 0 passed on, 1 parked."
        assert world.post.arrived == []
        assert "DATA" not in world.post.lines
        assert await client.send(NEWS, [BOB], OFFER) == "250 taken as Q1"

    in_world(store, test)


def test_a_book_may_refuse_but_only_when_every_recipient_is_held(store):
    async def test(world: SmtpWorld) -> None:
        world.terms = OutgoingTerms(held="refuse")
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        said = await client.send(NEWS, [ANA], OFFER)
        assert said.startswith("550 5.7.1 Held (hold). We let this customer down")
        assert world.parked() == ()
        assert (await client.send(NEWS, [ANA, BOB], OFFER)).startswith("250")
        assert [row.recipient for row in world.parked()] == [ANA]
        assert gate.tally.total(Outcome.REFUSED) == 1

    in_world(store, test)


def test_mail_without_a_class_follows_the_book(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        assert (await client.send(NEWS, [ANA, BOB], PLAIN)).startswith("250")
        assert world.post.arrived[0].recipients == (ANA, BOB)
        assert world.noted == [1]  # Ana would have been spared it
        world.terms = OutgoingTerms(unclassified="park")
        assert (await client.send(NEWS, [ANA, BOB], PLAIN)).startswith("250")
        assert len(world.post.arrived) == 1
        assert {(row.recipient, row.reason) for row in world.parked()} == {
            (ANA, "unclassified"),
            (BOB, "unclassified"),
        }

    in_world(store, test)


def test_the_same_mail_handed_over_again_is_parked_once(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA], OFFER)
        await client.send(NEWS, [ANA], OFFER)
        assert len(world.parked()) == 1

    in_world(store, test)


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("<Ana@Example.ORG>", "Ana@Example.ORG"),
        ("<ana@example.org.>", "ana@example.org."),
        ('<"ana"@example.org>', ANA),
        ("<(her)ana@example.org>", ANA),
        ("<@relay.example,@other.example:ana@example.org>", ANA),
        (" ana@example.org", ANA),
    ],
)
def test_an_address_is_one_customer_however_it_is_written(store, path, meant):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        assert (await client.say(f"MAIL FROM:<{NEWS}>")).startswith("250")
        assert (await client.say(f"RCPT TO:{path}")).startswith("250")
        assert (await client.data(OFFER)).startswith("250")
        (row,) = world.parked()
        assert row.recipient == meant
        assert row.profile == world.intake.profile(f"email:{ANA}")

    in_world(store, test)


def test_an_address_that_names_nobody_gets_no_marketing(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        assert (await client.send(NEWS, ["postmaster"], OFFER)).startswith("250")
        assert world.post.arrived == []
        assert (await client.send(NEWS, ["postmaster"], RECEIPT)).startswith("250")
        assert world.post.arrived[0].recipients == ("postmaster",)

    in_world(store, test)


def test_a_bounce_has_no_sender_and_keeps_none(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        assert (await client.send("", [BOB], RECEIPT)).startswith("250")
        await client.send("", [ANA], OFFER)
        world.let_go(ANA)
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert [mail.sender for mail in world.post.arrived] == ["", ""]

    in_world(store, test)
