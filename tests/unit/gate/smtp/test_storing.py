"""The store as the gate uses it: waited for in threads, given up on soon, written in lots."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from makegood.gate.smtp.releasing import LONGEST_MS, SHORTEST_MS, next_look_ms
from makegood.gate.smtp.storing import Lots, Reads, StoreAway
from makegood.messages.errors import StoreBusy
from makegood.store.memory import MemoryStore
from makegood.testing.store_parking_conformance import parked_mail, waiting


def test_a_store_that_is_slow_is_away_and_is_not_asked_again_at_once():
    async def run() -> None:
        now, ended, asked = [0.0], Event(), list[int]()

        def slow() -> None:
            asked.append(1)
            ended.wait(20)

        with ThreadPoolExecutor(2) as threads:
            reads = Reads(threads, lambda: now[0], patience_s=0.01)
            with pytest.raises(StoreAway):
                await reads.run(slow)
            with pytest.raises(StoreAway):
                await reads.run(slow)
            assert len(asked) == 1
            ended.set()
            now[0] = 2.0
            assert await reads.run(lambda: 7) == 7

    asyncio.run(run())


def test_a_fault_of_ours_is_no_outage():
    async def run() -> None:
        reads = Reads(None)
        with pytest.raises(ZeroDivisionError):
            await reads.run(lambda: 1 // 0)
        assert await reads.run(lambda: 7) == 7

    asyncio.run(run())


class Busy(MemoryStore):
    """Fails to write when it is told to."""

    fails = False

    def writing(self):
        if self.fails:
            raise StoreBusy
        return super().writing()


def test_what_comes_together_shares_a_commit_and_each_hears_of_its_own():
    store = Busy()

    async def run() -> None:
        lots = Lots(store)
        mails = [parked_mail(b"%d\r\n" % number) for number in range(40)]
        rows = [(mail, waiting("ana", mail)) for mail in mails]
        parked = await asyncio.gather(*(lots.park(mail, [row]) for mail, row in rows))
        assert parked == [{row.parked: 0} for _, row in rows]
        assert store.syncs() < len(mails)
        again = await asyncio.gather(*(lots.park(mail, [row]) for mail, row in rows[:2]))
        assert again == [{}, {}]
        store.fails = True
        lost = parked_mail(b"lost\r\n")
        with pytest.raises(StoreAway):
            await lots.park(lost, [waiting("ana", lost)])
        await lots.unpark(parked[5], 5)  # in vain, and only logged
        store.fails = False
        assert await lots.park(lost, [waiting("ana", lost)])
        await lots.unpark(parked[5], 5)
        await lots.close()

    asyncio.run(run())
    with store.reading() as reading:
        assert len(reading.parked(limit=100)) == 40


def test_the_same_mail_twice_in_one_lot_is_nobody_s_to_withdraw():
    async def run() -> list[Mapping[str, int]]:
        lots = Lots(MemoryStore())
        row = waiting("ana")
        first = asyncio.ensure_future(lots.park(parked_mail(b"first\r\n"), [row]))
        both = await asyncio.gather(
            *(lots.park(parked_mail(), [waiting("bob")]) for _ in range(2))
        )
        await first
        await lots.close()
        return both

    both = asyncio.run(run())
    assert both == [{}, {}]


def test_what_waits_long_is_asked_about_less_often_and_once_more_at_its_end():
    row = waiting("ana", at_ms=0)
    day = 86_400_000
    from msgspec.structs import replace

    row = replace(row, expires_ms=2 * day)
    assert next_look_ms(row, 0) == SHORTEST_MS
    assert next_look_ms(row, 1_000_000) == 1_100_000
    assert next_look_ms(row, day) == day + LONGEST_MS
    assert next_look_ms(row, 2 * day - 5) == 2 * day
    assert next_look_ms(row, 3 * day) == 3 * day
