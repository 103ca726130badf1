"""The SMTP gate before a mail server: who gets it, who waits, and not a byte is altered."""

import asyncio
from contextlib import contextmanager
from pathlib import Path

import pytest

from makegood.gate.smtp.releasing import LEASE_MS
from makegood.gate.smtp.storing import StoreAway
from makegood.gate.smtp.tally import Outcome
from makegood.messages.commands import MessageClass
from makegood.messages.errors import StoreBusy
from makegood.messages.ids import BookHash
from makegood.playbooks.outgoing_terms import OutgoingTerms
from makegood.ports.parking import ParkedStatus
from makegood.ports.store import Store
from makegood.store.memory import MemoryStore
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore
from tests.integration.smtp_world import SmtpWorld, in_world

ANA, BOB, EVE = "ana@example.org", "bob@example.org", "eve@example.org"
NEWS = "news@cars.example"
HOUR_MS = 3_600_000
OFFER = b"X-Class: promotional\r\nSubject: Join\r\n\r\nJoin our club!\r\n"
RECEIPT = b"X-Class: receipt\r\nSubject: Receipt\r\n\r\nThank you.\r\n"
PLAIN = b"Subject: Who knows\r\n\r\nHello.\r\n"


POSTGRES = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres_url", marks=POSTGRES)])
def store(request, tmp_path: Path):
    made: Store
    if request.param == "memory":
        made = MemoryStore()
    elif request.param == "sqlite":
        made = SqliteStore(tmp_path / "gate.db")
    else:
        made = PostgresStore(request.getfixturevalue(request.param), pool_size=4)
    yield made
    made.close()


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
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA], OFFER)
        world.clock.advance(5 * HOUR_MS)
        assert await gate.release() == 1
        assert await gate.release() == 0  # its next turn is a quarter of an hour away
        world.let_go(ANA)
        assert await gate.release() == 1
        assert [mail.recipients for mail in world.post.arrived] == [(ANA,)]

    in_world(store, test)


def test_what_waits_too_long_expires_and_is_counted(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA], OFFER)
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
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA], OFFER)
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
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA], OFFER)
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


def test_two_gates_never_send_one_parked_mail_twice(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        first = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA], OFFER)
        second = await world.open()
        world.let_go(ANA)
        world.clock.advance(HOUR_MS)
        looked_at = await asyncio.gather(*(gate.release() for gate in (first, second)))
        assert sum(looked_at) == 1
        assert len(world.post.arrived) == 1
        await first.stop()

    in_world(store, test)


def test_a_gate_that_died_with_a_lease_leaves_it_to_the_next(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA], OFFER)
        world.let_go(ANA)
        world.clock.advance(HOUR_MS)
        with store.writing() as writing:  # what a gate does just before it is killed
            assert writing.claim_parked(world.clock.now_ms(), LEASE_MS, 10)
        assert await gate.release() == 0
        world.clock.advance(LEASE_MS)
        assert await gate.release() == 1
        assert [mail.recipients for mail in world.post.arrived] == [(ANA,)]

    in_world(store, test)


class Slow(list[str | None]):
    """Answers of a mail server that takes minutes for each."""

    def __init__(self, world: SmtpWorld, *answers: str) -> None:
        super().__init__(answers)
        self.world = world

    def pop(self, at=-1):
        self.world.clock.advance(LEASE_MS // 3)
        return super().pop(at)


def test_nothing_is_sent_when_the_lease_could_end_before_the_last_word(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA], OFFER)
        world.let_go(ANA)
        world.clock.advance(HOUR_MS)
        world.post.says["RCPT"] = Slow(world, "250 at last")
        await gate.release()
        assert world.post.arrived == []
        (row,) = world.parked()
        assert row.status is ParkedStatus.WAITING
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert [mail.recipients for mail in world.post.arrived] == [(ANA,)]

    in_world(store, test)


class Torn:
    """A store that loses its server at the moment somebody reports what was sent."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.is_torn = False

    def __getattr__(self, name):
        return getattr(self.store, name)

    @contextmanager
    def writing(self):
        with self.store.writing() as writing:
            yield Tearing(writing, self)


class Tearing:
    def __init__(self, writing, store: Torn) -> None:
        self.inner = writing
        self.store = store

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def report_parked(self, rows):
        if self.store.is_torn:
            raise StoreBusy
        return self.inner.report_parked(rows)

    def park(self, mails, rows):
        if self.store.is_torn:
            raise ValueError("nobody expected this")
        return self.inner.park(mails, rows)


def test_what_was_sent_while_the_store_was_away_is_told_later_and_not_sent_again(store):
    async def test(world: SmtpWorld) -> None:
        torn = Torn(store)
        world.let_down(ANA)
        gate = await world.open(parts=world.parts(store=torn))
        client = await world.client()
        await client.send(NEWS, [ANA], OFFER)
        world.let_go(ANA)
        world.clock.advance(HOUR_MS)
        torn.is_torn = True
        for _ in range(2):
            with pytest.raises(StoreAway):
                await gate.release()
        torn.is_torn = False
        world.clock.advance(LEASE_MS)
        await gate.release()
        assert [mail.recipients for mail in world.post.arrived] == [(ANA,)]
        assert world.parked() == ()
        assert gate.tally.total(Outcome.RELEASED) == 1

    in_world(store, test)


def test_no_client_waits_for_ever_for_what_cannot_be_parked(store):
    async def test(world: SmtpWorld) -> None:
        torn = Torn(store)
        world.let_down(ANA)
        await world.open(parts=world.parts(store=torn))
        client = await world.client()
        torn.is_torn = True
        assert (await client.send(NEWS, [ANA], OFFER)).startswith("451 4.3.0")
        torn.is_torn = False
        assert (await client.send(NEWS, [ANA], OFFER)).startswith("250")

    in_world(store, test)


def test_a_parked_mail_that_cannot_be_classed_again_delays_no_other(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA], OFFER)
        await client.send(NEWS, [ANA], OFFER + b"Strange.\r\n")
        world.let_go(ANA)
        classify = world.classes.classify

        def fails(content, **how):
            if b"Strange" in content:
                raise RecursionError
            return classify(content, **how)

        world.classes.classify = fails  # type: ignore[method-assign]
        world.book = BookHash("b2")
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert [mail.wire for mail in world.post.arrived] == [OFFER]
        (row,) = world.parked()
        assert row.status is ParkedStatus.WAITING

    in_world(store, test)


def test_a_no_to_one_recipient_at_the_second_time_ends_nothing_for_the_others(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        yes = "250 recipient ok"
        world.post.says["RCPT"] = [yes, yes, yes, yes, "550 5.1.1 no such person"]
        said = await client.send(NEWS, [BOB, ANA, EVE], OFFER)
        assert said.startswith("451 4.5.1")
        assert world.post.arrived == []
        await client.say("RSET")
        assert (await client.send(NEWS, [BOB, ANA, EVE], OFFER)).startswith("250")
        assert [mail.recipients for mail in world.post.arrived] == [(BOB, EVE)]

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
