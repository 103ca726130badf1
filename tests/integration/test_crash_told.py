"""Killed at any moment: every notice is told, and only the one window tells it again."""

import multiprocessing
import random
from collections import Counter

import pytest

from makegood.ports.notices import TellingStatus
from tests.integration.crashers import Round
from tests.integration.tellers import finish, live_and_die, told

ROUNDS = 30
server = multiprocessing.get_context("forkserver")
server.set_forkserver_preload(["tests.integration.tellers"])


def survive(url: str, folder: str, rounds: int) -> None:
    rng = random.Random(7)
    for number in range(rounds):
        begun = Round(url, folder, number, number * 100, rng.randrange(2, 60))
        process = server.Process(target=live_and_die, args=(begun,))
        process.start()
        process.join(60)
        assert process.exitcode == -9, process.exitcode
    store = finish(Round(url, folder, rounds + 1, 0))
    with store.reading() as reading:
        assert reading.unpublished() == 0
        feed = reading.feed(0, 100_000)
        tellings = reading.tellings("receiver", None, 0, 100_000)
    store.close()
    assert feed
    assert {one.status for one in tellings} == {TellingStatus.DONE}
    heard = Counter(notice for _, notice in told(folder))
    assert set(heard) == {one.notice.id for one in feed}
    in_one_life = Counter(told(folder))
    assert max(in_one_life.values()) == 1
    again = sum(times - 1 for times in heard.values())
    assert again <= rounds  # the clock moves at each look, and what was told is written at once
    assert again, "no kill met the window, so that nothing is shown"


def test_nothing_noticed_is_lost_on_sqlite(tmp_path):
    survive(str(tmp_path / "crash.sqlite3"), str(tmp_path), ROUNDS)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_nothing_noticed_is_lost_on_postgres(tmp_path, postgres_url):
    survive(postgres_url, str(tmp_path), 10)
