"""Waits on each engine: found once at their true time, whoever was down; learned in one round."""

import pytest
from msgspec.structs import replace

from benchmarks.counting import CountingStore
from makegood.core.state import State, decode_state
from makegood.messages.facts import Carried, Identified, Touchpoint, Unlinked
from makegood.messages.ids import CustomerId, RepId
from makegood.messages.waits import WaitNorm
from makegood.playbooks.waits import make_waits
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.ports.silence import QueueNorms
from makegood.ports.store import Store, Writing
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.norms import NormsLearned
from makegood.runtime.told import Told
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from tests.unit.core.test_waiting import CALLS, HOUR, books

KEY = b"key of the tests"
RULE = replace(CALLS, at_most_ms=24 * HOUR, waits=30, tell="still_waiting", over_ms=90 * 24 * HOUR)


class Centre:
    """A telephone queue, with its norms and its clock."""

    def __init__(self, store: Store) -> None:
        library = books()
        book = replace(library.now(), waits=make_waits((RULE,)))
        self.library = replace(library, books={book.hash: book})
        self.store = store
        self.clock = FakeClock()
        self.intake = Intake(store, lambda: self.library, self.clock, KEY)
        self.norms = NormsLearned(store, lambda: self.library, self.clock)
        with store.writing() as writing:
            writing.put_book(book.hash, "book", activate=True)

    def arrival(
        self, name: str, who: str, ago_ms: int = 0, message: str = "", call: str | None = None
    ) -> Arrival:
        about = who if call is None else call
        body = Touchpoint(name=name, properties={"call": about, "brand": "cars"})
        return Arrival(
            source="phone",
            message_id=message or f"{name}/{who}",
            identifier=f"user:{who}",
            time_ms=self.clock.now_ms() - ago_ms,
            body=body,
            body_digest=body_digest(body),
        )

    def happens(self, name: str, *who: str, ago_ms: int = 0) -> None:
        self.intake.take([self.arrival(name, one, ago_ms) for one in who])

    def history(self, count: int = 60) -> None:
        """Calls that waited one to sixty minutes, so that nine in ten waited up to 54."""
        for number in range(count):
            self.happens("Call Queued", f"h{number}", ago_ms=(number + 1) * HOUR // 60)
            self.happens("Call Answered", f"h{number}")

    def customer(self, who: str) -> CustomerId:
        profile = self.intake.profile(f"user:{who}")
        with self.store.reading() as reading:
            return reading.customers_of([profile])[profile]

    def state(self, who: str) -> State:
        with self.store.reading() as reading:
            row = reading.row(self.customer(who))
        assert row is not None
        return decode_state(row.state)

    def look(self, *who: str) -> None:
        self.intake.advance([self.customer(one) for one in who], self.clock.now_ms())

    def failures(self, who: str) -> list[tuple[str, int]]:
        found = (one for case in self.state(who).cases for one in case.failures)
        return [(one.rule, one.at_ms) for one in found]

    def told(self) -> list[OutboxRow]:
        with self.store.reading() as reading:
            rows = [row for one in OutboxStatus for row in reading.outbox(one, "", 500)]
        return [row for row in rows if row.command.step.startswith("wait/")]


@pytest.fixture
def centre(store: Store) -> Centre:
    return Centre(store)


def test_a_wait_is_judged_by_the_norm_that_was_known_when_it_began(centre: Centre):
    centre.happens("Call Queued", "early")
    centre.history()
    assert centre.norms.round() == 1
    assert centre.norms.round() == 0  # not twice a day
    centre.happens("Call Queued", "ana")
    began_ms = centre.clock.now_ms()
    centre.clock.advance(100 * HOUR)  # nobody looked for days
    centre.look("ana", "early")
    centre.look("ana", "early")
    (norm,) = [one.norm for one in centre.state("ana").waits]
    assert norm is not None
    assert 50 * HOUR // 60 <= norm.long_ms <= 55 * HOUR // 60
    assert centre.failures("ana") == [("call_waits", began_ms + norm.long_ms)]
    (early,) = centre.failures("early")
    assert early[1] == began_ms + RULE.at_most_ms


def test_an_answer_that_is_told_late_was_in_time_all_the_same(centre: Centre):
    centre.happens("Call Queued", "ana")
    centre.clock.advance(30 * HOUR)
    centre.look("ana")
    assert len(centre.failures("ana")) == 1
    centre.happens("Call Answered", "ana", ago_ms=20 * HOUR)
    assert centre.failures("ana") == []
    with centre.store.reading() as reading:
        assert reading.silent(centre.clock.now_ms()) == ()
        (one,) = reading.waited(0, 9)
    assert one.ended_ms - one.at_ms == 10 * HOUR


def test_a_late_beginning_is_found_at_its_true_time(centre: Centre):
    centre.happens("Call Queued", "ana", ago_ms=40 * HOUR)
    centre.happens("Call Abandoned", "ana", ago_ms=2 * HOUR)
    (failure,) = centre.failures("ana")
    assert failure[1] == centre.clock.now_ms() - 16 * HOUR
    with centre.store.reading() as reading:
        assert [one.gave_up for one in reading.waited(0, 9)] == [True]


def test_a_date_is_told_once_and_is_a_promise_when_it_went_out(centre: Centre):
    centre.history(200)
    centre.norms.round()
    centre.happens("Call Queued", "ana")
    norm = centre.state("ana").waits[0].norm
    assert norm is not None
    assert norm.told_ms > norm.long_ms
    centre.clock.advance(norm.long_ms)
    centre.look("ana")
    centre.look("ana")
    (row,) = centre.told()
    carried = Carried(command=row.command.id, step=row.command.step)
    told = Told(profile=row.command.profile, body=carried, message_id=f"{row.command.id}/1")
    for _ in range(2):  # a worker that was killed says it again
        with centre.store.writing() as writing:
            centre.intake.record(writing, [told], centre.clock.now_ms())
    with centre.store.reading() as reading:
        (silent,) = reading.silent(centre.clock.now_ms())
    assert silent.by_ms == silent.since_ms + norm.told_ms
    centre.clock.advance(100 * HOUR)
    centre.look("ana")
    rules = [("call_waits", silent.due_ms), ("other", silent.by_ms)]
    assert centre.failures("ana") == rules
    assert len(centre.told()) == 1


def test_a_wait_is_known_once_whoever_is_joined_and_parted_again(centre: Centre):
    centre.happens("Call Queued", "ana", "bo")
    names = ("user:ana", "user:bo")
    for name, body in (
        ("join", Identified()),
        ("part", Unlinked(other=centre.intake.profile(names[1]), by=RepId("kathy"))),
    ):
        joins = isinstance(body, Identified)
        centre.clock.advance(HOUR)
        one = Arrival(
            source="phone",
            message_id=name,
            identifier=names[0],
            time_ms=centre.clock.now_ms(),
            body=body,
            body_digest=body_digest(body),
            also=names[1:] if joins else (),
        )
        centre.intake.take([one])
        with centre.store.reading() as reading:
            assert len(reading.waited(0, 9)) == 2
            assert len(reading.silent(centre.clock.now_ms() + 99 * HOUR)) == 2
    assert centre.customer("ana") != centre.customer("bo")


class Killed(Exception):
    """The process ends here."""


def test_a_round_that_is_killed_has_written_nothing_and_the_next_one_everything(
    centre: Centre, request: pytest.FixtureRequest
):
    centre.history()

    class Cut:
        """A store whose next transaction is cut off before its end."""

        def __getattr__(self, name: str):
            return getattr(centre.store, name)

        def writing(self):
            return self

        def __enter__(self) -> Writing:
            self._open = centre.store.writing()
            return self._open.__enter__()

        def __exit__(self, *_: object) -> None:
            self._open.__exit__(Killed, Killed(), None)
            raise Killed

    cut = NormsLearned(Cut(), lambda: centre.library, centre.clock)
    with pytest.raises(Killed):
        cut.round()
    with centre.store.reading() as reading:
        assert reading.wait_norms(("call_waits",)) == ()
    assert centre.norms.round() == 1


def test_a_queue_in_which_nobody_waits_any_more_can_no_longer_be_told(centre: Centre):
    centre.history()
    centre.norms.round()
    centre.clock.advance(100 * 24 * HOUR)
    assert centre.norms.round() == 1
    with centre.store.reading() as reading:
        (norms,) = reading.wait_norms(("call_waits",))
    assert (norms.whole.long_ms, norms.whole.waits, norms.hours) == (0, 0, {})


def test_what_a_book_learns_no_more_makes_no_round_learn_again_and_again(centre: Centre):
    old = replace(CALLS, id="old_waits", begins="Old Queued", ends=("Old Answered",))
    now_ms = centre.clock.now_ms()
    nothing = WaitNorm(rule="call_waits", waits=0)
    norms = QueueNorms(
        rule="call_waits", brand="gone", channel="", at_ms=now_ms - 99 * 24 * HOUR, whole=nothing
    )
    with centre.store.writing() as writing:
        writing.put_wait_norms((norms,))
    centre.history()
    book = centre.library.now()
    unlearned = replace(book, waits=make_waits((replace(RULE, share=0.0), old)))
    book = replace(book, by_brand={"gone": unlearned})
    centre.library = replace(centre.library, books={book.hash: book})
    assert centre.norms.round() == 1
    assert centre.norms.round() == 0


def test_a_batch_asks_for_norms_once_and_only_when_somebody_begins_to_wait(
    centre: Centre, request: pytest.FixtureRequest
):
    if isinstance(centre.store, MemoryStore):
        pytest.skip("Memory runs no statements.")
    counting = CountingStore(centre.store)
    intake = Intake(counting, lambda: centre.library, centre.clock, b"key of the tests")

    def statements(name: str, count: int, tag: str) -> int:
        centre.clock.advance(HOUR)
        before = counting.asked.statements
        intake.take([centre.arrival(name, f"{tag}{n}") for n in range(count)])
        return counting.asked.statements - before

    assert statements("Call Queued", 60, "a") == statements("Call Queued", 2, "b")
    assert statements("Call Answered", 60, "a") == statements("Call Answered", 2, "b")
    assert statements("Not Known", 60, "c") <= statements("Call Queued", 2, "d") - 4
