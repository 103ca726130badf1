"""A gate that is stopped in order leaves nothing leased that it has not begun to send."""

import asyncio

from makegood.ports.parking import ParkedStatus
from makegood.store.memory import MemoryStore
from tests.integration.smtp_world import SmtpWorld, in_world

NEWS, ANA = "news@cars.example", "ana@example.org"
HOUR_MS = 3_600_000


def offer(number: int) -> bytes:
    return b"X-Class: promotional\r\nSubject: Join %d\r\n\r\nJoin our club!\r\n" % number


def test_what_a_stopped_gate_has_not_begun_goes_out_at_the_next_at_once():
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        first = await world.open()
        client = await world.client()
        for number in range(3):
            assert (await client.send(NEWS, [ANA], offer(number))).startswith("250")
        world.let_go(ANA)
        world.clock.advance(HOUR_MS)
        world.post.hold = asyncio.Event()
        releasing = asyncio.ensure_future(first.release())
        await world.post.received.wait()
        stopping = asyncio.ensure_future(first.stop())
        await asyncio.sleep(0)  # it has been told to stop, and one mail is under way
        world.post.hold.set()
        await asyncio.gather(stopping, releasing)
        assert len(world.post.arrived) == 1
        assert [row.status for row in world.parked()] == [ParkedStatus.WAITING] * 2
        second = await world.open()
        assert await second.release() == 2
        assert len(world.post.arrived) == 3
        assert world.parked() == ()

    in_world(MemoryStore(), test)
