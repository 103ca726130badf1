"""A draft is tried in the background: one at a time, and kept with both hashes."""

import msgspec
import pytest

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.messages.errors import InputError
from makegood.playbooks.load import load_book
from makegood.ports.drafts import Trial
from makegood.replay import trials as module
from makegood.replay.comparing import Comparison
from makegood.replay.trials import LOST_MS, YEAR_MS, Trials
from makegood.testing.clock import FakeClock
from tests.e2e.screens import introduce, new_makegood, no_car

CARS = read_book("car-rental")[0]
OLD = load_book(CARS, name="old.yaml")
DEARER = load_book(CARS.replace("{ratio: 0.2}", "{ratio: 0.5}"), name="new.yaml")
STRICT = load_book(
    CARS.replace('event.reason != "no_show"  ', 'event.reason == "fire"  '), name="new.yaml"
)


@pytest.fixture
def both() -> tuple[Makegood, FakeClock]:
    return new_makegood()


@pytest.fixture
def makegood(both) -> Makegood:
    return both[0]


@pytest.fixture
def clock(both) -> FakeClock:
    return both[1]


def newest(makegood: Makegood, trials: Trials | None = None) -> Trial:
    with makegood.store.reading() as reading:
        return (trials or makegood.trials).newest(reading)[0]


def found_of(makegood: Makegood, place: int) -> tuple[Comparison, str]:
    with makegood.store.reading() as reading:
        result = reading.trial_result(place)
    assert result is not None
    return msgspec.json.decode(result.found, type=Comparison), result.page


def tried(makegood: Makegood, new=STRICT) -> Comparison:
    trial = makegood.trials.begin(OLD, new, "omar")
    makegood.trials.wait()
    return found_of(makegood, trial.place)[0]


def test_what_came_of_it_is_kept_with_both_hashes_and_the_place_in_the_log(makegood):
    introduce(makegood)
    no_car(makegood)
    found = tried(makegood)
    trial = newest(makegood)
    assert (trial.status, trial.old, trial.new) == ("done", OLD.hash, STRICT.hash)
    assert (trial.by, trial.log, trial.place) == ("omar", 2, 1)
    assert (found.changed, found.not_opened) == (1, 1)
    assert "<svg" in found_of(makegood, 1)[1]


def test_an_empty_log_says_that_there_is_nothing_to_judge(makegood):
    assert (tried(makegood).customers, tried(makegood).events) == (0, 0)
    assert newest(makegood).place == 2


def test_what_happened_before_the_last_year_is_not_counted(makegood, clock):
    introduce(makegood)
    no_car(makegood)
    clock.advance(YEAR_MS - 1)
    assert tried(makegood).not_opened == 1
    clock.advance(2)
    assert tried(makegood).customers == 0
    no_car(makegood, branch="Harbour", reservation="R2")
    found = tried(makegood)
    assert (found.customers, found.events) == (1, 1)


def test_one_runs_at_a_time_and_can_be_stopped(makegood, monkeypatch):
    introduce(makegood)
    running, go = _held(monkeypatch)
    trial = makegood.trials.begin(OLD, STRICT, "omar")
    running.wait(30)
    assert newest(makegood).status == "running"
    with pytest.raises(InputError, match="running already"):
        makegood.trials.begin(OLD, DEARER, "li")
    assert makegood.trials.stop(trial.place)
    go.set()
    makegood.trials.wait()
    assert newest(makegood).status == "stopped"
    assert not makegood.trials.stop(trial.place)
    with makegood.store.reading() as reading:
        assert reading.trial_result(trial.place) is None


def _held(monkeypatch):
    """Let a comparison wait in its middle."""
    from threading import Event

    running, go, compare = Event(), Event(), module.compare

    def waits(*args):
        running.set()
        go.wait(30)
        return compare(*args)

    monkeypatch.setattr(module, "compare", waits)
    return running, go


def test_a_fault_is_told_and_the_next_one_can_begin(makegood, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(module, "compare", lambda *_: 1 // 0)
        makegood.trials.begin(OLD, STRICT, "omar")
        makegood.trials.wait()
    assert (newest(makegood).status, newest(makegood).error) == ("failed", "ZeroDivisionError")
    assert tried(makegood).customers == 0


def test_a_restart_marks_what_ran_as_interrupted(makegood, clock, monkeypatch):
    running, go = _held(monkeypatch)
    trial = makegood.trials.begin(OLD, STRICT, "omar")
    running.wait(30)
    after_restart = Trials(makegood.store, clock, alone=True)
    assert newest(makegood, after_restart).status == "interrupted"
    elsewhere = Trials(makegood.store, clock, alone=False)
    assert newest(makegood, elsewhere).status == "running"
    with pytest.raises(InputError):
        elsewhere.begin(OLD, DEARER, "li")
    clock.advance(LOST_MS + 1)
    assert newest(makegood, elsewhere).status == "interrupted"
    go.set()
    makegood.trials.wait()
    assert newest(makegood, elsewhere).status == "done"
    assert after_restart.begin(OLD, DEARER, "li").place == trial.place + 1
    after_restart.wait()


def test_closing_interrupts_what_runs(makegood):
    introduce(makegood)
    no_car(makegood)
    makegood.trials._ending.set()
    makegood.trials.begin(OLD, STRICT, "omar")
    makegood.trials.close()
    assert newest(makegood).status == "interrupted"


def test_a_look_that_began_before_the_end_is_told_the_end(makegood):
    begun = makegood.trials.begin(OLD, STRICT, "omar")
    makegood.trials.wait()
    (seen,) = makegood.trials.newest(_Before(begun), 1)
    assert seen.status == "done"


class _Before:
    """A look in which the trial still runs."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def trials(self, limit: int) -> tuple[Trial, ...]:
        return (self._trial,)
