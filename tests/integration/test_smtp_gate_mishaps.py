"""Parked mail when gates die, leases end, and the store tears: never lost, never sent twice."""

import asyncio
from contextlib import contextmanager

import pytest

from makegood.gate.smtp.releasing import LEASE_MS
from makegood.gate.smtp.storing import StoreAway
from makegood.gate.smtp.tally import Outcome
from makegood.messages.errors import StoreBusy
from makegood.messages.ids import BookHash
from makegood.ports.parking import ParkedStatus
from makegood.ports.store import Store
from tests.integration import smtp_world
from tests.integration.smtp_world import (
    ANA,
    BOB,
    EVE,
    HOUR_MS,
    NEWS,
    OFFER,
    SmtpWorld,
    in_world,
)

store = smtp_world.every_store


def test_two_gates_never_send_one_parked_mail_twice(store):
    async def test(world: SmtpWorld) -> None:
        first = await world.offer_parked()
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
        gate = await world.offer_parked()
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
        gate = await world.offer_parked()
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
