"""A worker that learns norms and finds waits is really killed: each is found once, in its time."""

import multiprocessing
from pathlib import Path

import pytest

from makegood.messages.commands import SendMessage
from makegood.replay.again import replay
from tests.conformance.test_waits_on_stores import Centre
from tests.integration.racers import open_engine
from tests.integration.waiters import WHO, look_and_die
from tests.unit.core.test_waiting import HOUR

KILLED_S = 60
LIVES = (1, 2, 1, 2, 0)  # before and after the norms are written, and the failures; then whole
server = multiprocessing.get_context("forkserver")
server.set_forkserver_preload(["tests.integration.waiters"])


def lives(url: str, now_ms: int) -> list[int | None]:
    codes = []
    for dies_at in LIVES:
        process = server.Process(target=look_and_die, args=(url, now_ms, dies_at))
        process.start()
        try:
            process.join(KILLED_S)
        finally:
            process.kill()
        codes.append(process.exitcode)
    return codes


def survive(url: str) -> None:
    centre = Centre(open_engine(url))
    centre.history(200)
    centre.norms.round()
    centre.happens("Call Queued", *WHO)
    began_ms = centre.clock.now_ms()
    centre.clock.advance(24 * HOUR)  # the norms are of yesterday, and everybody waited too long
    norm = centre.state("ana").waits[0].norm
    assert norm is not None
    assert lives(url, centre.clock.now_ms()) == [-9, -9, -9, -9, 0]
    with centre.store.reading() as reading:
        (norms,) = reading.wait_norms(("call_waits",))
        assert norms.at_ms == centre.clock.now_ms()
        assert len(reading.silent(centre.clock.now_ms())) == len(WHO)
    for one in WHO:
        assert centre.failures(one) == [("call_waits", began_ms + norm.long_ms)]
    told = [row.command.order for row in centre.told()]
    assert [one.message for one in told if isinstance(one, SendMessage)] == ["still_waiting"] * 3
    replayed = replay(centre.store, centre.library)
    assert (replayed.differences, replayed.stuck) == ([], 0)
    centre.store.close()


def test_on_sqlite(tmp_path: Path) -> None:
    survive(str(tmp_path / "it.sqlite3"))


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_on_postgres(postgres_url: str) -> None:
    survive(postgres_url)
