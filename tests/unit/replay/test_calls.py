"""A call log played again: what is read, who takes whom, and what is told of it."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.calls import write_calls
from makegood.cli import app
from makegood.messages.errors import InputError
from makegood.playbooks.routing_terms import RoutingRules
from makegood.replay.calls import Call, CallLog, read_calls
from makegood.replay.calls_again import Terms, play, staff_of
from makegood.replay.calls_figures import MARGIN, replay_calls
from makegood.testing.book import DAY_MS

HEAD = "caller,arrived,answered,handling,agent,queue\n"
ROUTING = RoutingRules(logged=True)
SECOND = 1000


def written(tmp_path: Path, *lines: str, head: str = HEAD) -> Path:
    path = tmp_path / "calls.csv"
    path.write_text(head + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def call(caller: str, at_s: int, agent: str, handling_s: int = 100, wait_s: int = 0) -> Call:
    at_ms = at_s * SECOND
    return Call(caller, at_ms, at_ms + wait_s * SECOND, handling_s * SECOND, agent, "q")


def played(*calls: Call, **more) -> tuple[list[str], list[int]]:
    again = play(calls, staff_of(calls), Terms(routing=ROUTING, **more))
    return again.agents, [one // SECOND for one in again.waits_ms]


def test_a_log_is_read_with_moments_of_either_form_and_a_column_of_another_name(tmp_path):
    path = written(
        tmp_path,
        "+1,2026-01-05T09:00:00Z,2026-01-05T09:00:30Z,120,kathy,vans",
        "+2,1767603600,1767603601.5,60.5,tom,",
        "+3,2026-01-05T11:00:00+02:00,,,,",
        head=HEAD.replace("caller", "number"),
    )
    log = read_calls(path, {"caller": "number"})
    assert [one.caller for one in log.calls] == ["+1", "+2"]
    assert [one.wait_ms for one in log.calls] == [30_000, 1_500]
    assert log.calls[0].arrived_ms == 1_767_603_600_000
    assert (log.unanswered, log.refused) == (1, 0)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("+1,nine,10,1,kathy,q", "`nine` is no moment"), ("+1,10,9,1,kathy,q", "before it came"),
        ("+1,9,10,long,kathy,q", "`handling` is `long`"), (",9,10,1,kathy,q", "who called"),
        ("+1,9,10,-1,kathy,q", "less than a day"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_told_and_the_others_are_kept(tmp_path, line, why):
    log = read_calls(written(tmp_path, line, "+2,9,10,1,tom,q"), {})
    assert len(log.calls) == log.refused == 1
    assert log.wrong[0].startswith("Line 2: ")
    assert why in log.wrong[0]


def test_a_file_that_is_no_call_log_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(InputError, match=r"no column caller.*--column caller="):
        read_calls(written(tmp_path, head="who,arrived,answered,handling,agent\n"), {})
    with pytest.raises(InputError, match="no call that was answered"):
        read_calls(written(tmp_path), {})
    with pytest.raises(InputError, match="cannot be read"):
        read_calls(tmp_path / "none.csv", {})
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no CSV in UTF-8"):
        read_calls(tmp_path / "b.csv", {})


# Two people who work from 0 to 2000, by calls that hold them on the floor.
FLOOR = (call("x", 0, "a"), call("y", 0, "b"), call("x2", 1900, "a"), call("y2", 1900, "b"))


def test_who_calls_again_reaches_the_same_person_when_that_one_is_free():
    calls = (*FLOOR[:2], call("y", 300, "a"), call("x", 301, "b"), *FLOOR[2:])
    agents, _ = played(*calls)
    assert agents[:4] == ["a", "b", "b", "a"]
    forgotten, _ = played(*calls, known_ms=200 * SECOND)
    assert forgotten[:4] == ["a", "b", "a", "b"]
    plainly, _ = played(*calls, knows=False)
    assert plainly[:4] == ["a", "b", "a", "b"]


def test_a_busy_person_is_waited_for_and_then_anybody_takes_it():
    calls = (*FLOOR[:2], call("z", 300, "a", 60), call("x", 301, "b", 50), *FLOOR[2:])
    assert played(*calls)[0][2] == "a"
    agents, waits = played(*calls, wait_ms=30 * SECOND)
    assert (agents[3], waits[3]) == ("b", 30)
    agents, waits = played(*calls, wait_ms=90 * SECOND)
    assert (agents[3], waits[3]) == ("a", 59)
    agents, waits = played(*calls)
    assert (agents[3], waits[3]) == ("b", 0)


def test_who_comes_free_takes_their_own_caller_first_but_not_for_long():
    calls = (
        *FLOOR[:2], call("p", 300, "a", 200), call("r", 300, "b", 300),
        call("s", 350, "b"), call("x", 380, "a"), *FLOOR[2:],
    )  # fmt: skip
    agents, waits = played(*calls, overtake_ms=60 * SECOND)
    assert (agents[5], waits[5]) == ("a", 120)
    agents, _ = played(*calls, overtake_ms=10 * SECOND)
    assert (agents[4], agents[5]) == ("a", "b")


def test_nobody_talks_to_two_and_every_call_is_taken_while_somebody_works(tmp_path):
    path = tmp_path / "calls.csv"
    count = write_calls(path, seed=5, days=3)
    log = read_calls(path, {})
    assert len(log.calls) + log.unanswered == count
    assert 0 < log.unanswered < count / 10
    assert max(one.wait_ms for one in log.calls) < DAY_MS / 8  # nobody waits for the next morning
    terms = Terms(routing=RoutingRules(logged=True, slice=2000), wait_ms=20 * SECOND)
    again = play(log.calls, staff_of(log.calls), terms)
    pools = staff_of(log.calls).pools
    busy: dict[str, list[tuple[int, int]]] = {}
    for one, agent, wait_ms in zip(log.calls, again.agents, again.waits_ms, strict=True):
        if agent:
            assert agent in pools[one.queue]
            assert wait_ms >= 0
            begin = one.arrived_ms + wait_ms
            busy.setdefault(agent, []).append((begin, begin + one.handling_ms))
    assert again.agents.count("") < count / 100
    assert again.by_chance > 0
    for own in busy.values():
        own.sort()
        assert all(one[1] <= two[0] for one, two in pairwise(own))


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> CallLog:
    path = tmp_path_factory.mktemp("calls") / "calls.csv"
    write_calls(path, seed=7, days=4)
    return read_calls(path, {})


def test_at_equal_wait_more_reach_the_same_person_and_longer_waits_reach_more(log):
    found = replay_calls(log, ROUTING, [0, 60 * SECOND, 300 * SECOND])
    shares = [one.share.value for one in found.frontier]
    assert shares == sorted(shares)
    assert found.at_equal_wait is not None
    assert found.at_equal_wait.share.low > 2 * found.log.share.high
    assert found.at_equal_wait.extra_wait_s.value <= MARGIN * found.plain.mean_wait_s.value
    for one in (found.log, found.plain, *found.frontier):
        for it in (one.share, one.mean_wait_s, one.extra_wait_s):
            assert it.low <= it.value <= it.high
    assert found.frontier[2].extra_wait_s.low > 0
    assert found.plain.extra_wait_s.value == 0
    assert replay_calls(log, ROUTING, [0]).shown()["log"] == found.log


def test_few_repeats_tell_nothing(log):
    few = CallLog(calls=log.calls[:50])
    assert not replay_calls(few, ROUTING, [0]).can_tell


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["routing", "replay", *words])
    if result.exception:
        raise result.exception
    return result.output


def test_the_command_tells_programs_and_people(tmp_path):
    path = tmp_path / "calls.csv"
    write_calls(path, seed=7, days=3)
    told = json.loads(run(str(path), "--waits", "0s,1m", "--format", "json"))
    assert [one["name"] for one in told["frontier"]] == ["0s", "60s"]
    assert told["published_share"] == 0.104
    assert told["multiple"] > 1.5
    assert "would reach the same person" in " ".join(run(str(path), "--waits", "0s").split())
    small = written(tmp_path, "+1,9,10,1,kathy,q", "+1,nine,10,1,kathy,q")
    shown = run(str(small), "--waits", "0s")
    assert "Cannot tell yet" in shown
    assert "1 not to be read" in shown


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--column", "colour=x"), "write one of caller"),
        (("--waits", "soon"), "no span of time"),
        (("--overtake", "9d"), "at most a day"),
    ],
)  # fmt: skip
def test_what_the_command_cannot_take_is_told(tmp_path, words, why):
    with pytest.raises(InputError, match=why):
        run(str(written(tmp_path, "+1,9,10,1,kathy,q")), *words)
