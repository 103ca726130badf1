"""Acknowledged means held: other processes ask at once, by every name, and never hear yes."""

import multiprocessing
import os

import pytest

from tests.integration.racers import ask, open_engine, results, write

CUSTOMERS = 1_000
QUESTIONS = 100_000
IN_CI = os.environ.get("CI", "") not in ("", "0", "false")
# Each question is five round trips to a server; where people work the second engine has a third.
ON_A_SERVER = QUESTIONS if IN_CI else QUESTIONS // 3
ASKERS = 2
JOIN_S = 300  # a child that hangs is killed, so that the test says so

spawn = multiprocessing.get_context("spawn")


def race(url: str, questions: int) -> None:
    open_engine(url).close()  # the tables are made once
    told = [spawn.Pipe() for _ in range(ASKERS)]
    found = [spawn.Pipe(duplex=False) for _ in range(ASKERS)]
    each = -(-questions // ASKERS)  # rounded up
    processes = [
        spawn.Process(target=ask, args=(url, n, each, told[n][1], found[n][1]))
        for n in range(ASKERS)
    ]
    processes.append(spawn.Process(target=write, args=(url, CUSTOMERS, [a for a, _ in told])))
    for process in processes:
        process.start()
    for pair in (*told, *found):
        pair[1].close()  # a child that dies is then an end of file, not a wait for ever
    try:
        asked = list(results([reader for reader, _ in found]))
        for process in processes:
            process.join(JOIN_S)
        assert [process.exitcode for process in processes] == [0] * len(processes)
    finally:
        for process in processes:
            process.kill()
    total = sum(one.questions for one in asked)
    print(f"\n{total} questions about {asked[0].customers} customers: {asked}")
    assert [one.wrong for one in asked] == [()] * ASKERS
    assert total >= questions
    assert all(one.customers >= CUSTOMERS for one in asked)
    assert all(one.free_before == CUSTOMERS // 2 * 5 for one in asked)


@pytest.mark.slow
def test_after_an_acknowledgement_nobody_hears_yes_on_sqlite(tmp_path):
    race(str(tmp_path / "race.sqlite3"), QUESTIONS)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_after_an_acknowledgement_nobody_hears_yes_on_postgresql(postgres_url):
    race(postgres_url, ON_A_SERVER)
