"""A wait that is longer than its norm: a failure once, at its own time, and one honest date."""

from functools import lru_cache
from typing import Any

import pytest
from msgspec.structs import replace

from makegood.core.fold import advance, step
from makegood.core.state import EMPTY, State, decode_state, encode_state
from makegood.core.waits import MOST_ENDED, MOST_OPEN, Wait
from makegood.messages.commands import MessageClass, SendMessage, Urgency
from makegood.messages.events import Event, decode_event, encode_event
from makegood.messages.facts import Body, Carried, Contacted, GotInTouch, Touchpoint
from makegood.messages.ids import RepId
from makegood.messages.letter_facts import Replied, ReplyTakenBack
from makegood.messages.waits import WaitNorm
from makegood.playbooks.book import Library
from makegood.playbooks.terms import Cause, Loss, MessageTemplate
from makegood.playbooks.waiting import WaitRule
from makegood.playbooks.waits import make_waits
from makegood.testing.book import small_book
from makegood.testing.history import NOON_MS, event

HOUR = 3_600_000
LETTERS = WaitRule(
    id="letter_waits",
    channels=("mail",),
    begins="",
    ends=(),
    given_up=(),
    about=lambda facts: "",
    at_most_ms=24 * HOUR,
    at_least_ms=HOUR,
    share=0.9,
    waits=100,
    over_ms=56 * 24 * HOUR,
    leave_out=frozenset(),
    tell="still_waiting",
    told_share=0.9,
    title="A letter was not answered",
    loses=Loss.TIME,
    severity=2,
    cause=Cause.FIRM,
    line=3,
)
CALLS = replace(
    LETTERS,
    id="call_waits",
    channels=(),
    begins="Call Queued",
    ends=("Call Answered",),
    given_up=("Call Abandoned",),
    about=lambda facts: str(facts.get("call", "")),
    at_least_ms=0,
    tell="",
)
NORM = WaitNorm(
    rule="letter_waits", waits=200, long_ms=4 * HOUR, low_ms=3 * HOUR, high_ms=5 * HOUR,
    told_ms=9 * HOUR,
)  # fmt: skip


@lru_cache
def books(tell: str = "still_waiting") -> Library:
    book = small_book()
    template = MessageTemplate(
        id="still_waiting", message_class=MessageClass.SERVICE, urgency=Urgency.SOON, texts={}
    )
    book = replace(
        book,
        waits=make_waits((replace(LETTERS, tell=tell), CALLS)),
        messages={**book.messages, "still_waiting": template},
    )
    return Library(active=book.hash, books={book.hash: book})


def told_calls() -> Library:
    """Books whose callers are told a date too."""
    library = books()
    book = replace(library.now(), waits=make_waits((replace(CALLS, tell="still_waiting"),)))
    return replace(library, books={book.hash: book})


class World:
    """One customer, folded as it goes."""

    def __init__(self, tell: str = "still_waiting") -> None:
        self.library = books(tell)
        self.events: list[Event] = []
        self.state: State = EMPTY
        self.sent: list[SendMessage] = []
        self.commands: list[Any] = []
        self.withdrawn: list[str] = []

    def told(
        self, body: Body, hours: float, norm: WaitNorm | None = NORM, *, imported: bool = False
    ) -> Event:
        made = event(
            body,
            at_ms=NOON_MS + int(hours * HOUR),
            name=f"e{len(self.events)}",
            book=self.library.active,
            imported=imported,
        )
        norms = (norm,) if norm is not None and not isinstance(body, Contacted | Carried) else ()
        made = replace(made, stamp=replace(made.stamp, norms=norms))
        self.events.append(made)
        self._after(step(self.state, made, self.library))
        return made

    def letter(self, hours: float, norm: WaitNorm | None = NORM, **more: Any) -> Event:
        body = GotInTouch(channel="mail", thread="t1", brand="cars")
        return self.told(body, hours, norm, **more)

    def answer(self, hours: float) -> Event:
        body = Contacted(rep=RepId("kathy"), channel="mail", thread="t1", brand="cars")
        return self.told(body, hours)

    def goes_out(self, hours: float) -> None:
        (order,) = [one for one in self.commands if self.is_told(one)]
        self.told(Carried(command=order.id, step=order.step), hours)

    def until(self, hours: float) -> None:
        self._after(advance(self.state, NOON_MS + int(hours * HOUR), self.library))

    def is_told(self, command: Any) -> bool:
        order = command.order
        return isinstance(order, SendMessage) and order.message == "still_waiting"

    def _after(self, after: Any) -> None:
        self.state = after.state
        self.commands += after.commands
        self.withdrawn += after.withdrawn

    @property
    def failures(self) -> list[tuple[str, float]]:
        return [
            (one.rule, (one.at_ms - NOON_MS) / HOUR)
            for case in self.state.cases
            for one in case.failures
        ]

    @property
    def dates(self) -> list[float]:
        told = [one.order.variables for one in self.commands if self.is_told(one)]
        return [(one["by_ms"] - NOON_MS) / HOUR for one in told]


def test_a_wait_beyond_its_norm_is_a_failure_at_its_own_time() -> None:
    it = World()
    it.letter(0)
    it.until(3.99)
    assert it.failures == []
    it.until(50)
    assert it.failures == [("letter_waits", 4.0)]
    (failure,) = it.state.cases[-1].failures
    assert failure.details["norm_ms"] == 4 * HOUR
    assert failure.details["norm_waits"] == 200


def test_at_exactly_the_norm_an_answer_is_late() -> None:
    it = World()
    it.letter(0)
    it.answer(4)
    assert it.failures == [("letter_waits", 4.0)]


def test_an_answer_in_time_leaves_no_failure() -> None:
    it = World()
    it.letter(0)
    it.answer(3.99)
    it.until(500)
    assert it.failures == []
    assert [(one.ended, one.late_ms) for one in it.state.waits] == [("answered", 0)]


@pytest.mark.parametrize(
    ("norm", "due"),
    [
        (None, 24.0),
        (replace(NORM, long_ms=0, told_ms=0), 24.0),
        (replace(NORM, long_ms=90 * HOUR), 24.0),
        (replace(NORM, long_ms=HOUR // 60), 1.0),
    ],
)
def test_what_cannot_be_told_is_bounded_by_the_book(norm: WaitNorm | None, due: float) -> None:
    it = World()
    it.letter(0, norm)
    it.until(500)
    assert it.failures[0] == ("letter_waits", due)


def test_a_date_is_told_once_and_none_where_none_can_be() -> None:
    it = World()
    it.letter(0)
    it.letter(1)
    it.until(5)
    it.letter(6)
    it.until(500)
    assert it.dates == [9.0]
    silent = World()
    silent.letter(0, replace(NORM, told_ms=0))
    silent.until(500)
    assert silent.failures == [("letter_waits", 4.0)]
    assert silent.dates == []


def test_a_told_date_that_is_not_kept_is_a_broken_promise_once() -> None:
    it = World()
    it.letter(0)
    it.until(4)
    it.goes_out(4.1)
    it.until(8.99)
    assert len(it.failures) == 1
    it.until(500)
    assert it.failures == [("letter_waits", 4.0), ("other", 9.0)]
    assert it.state.cases[-1].double
    assert it.dates == [9.0]


def test_a_told_date_that_is_kept_breaks_nothing() -> None:
    it = World()
    it.letter(0)
    it.until(4)
    it.goes_out(4.1)
    it.answer(8.5)
    it.until(500)
    assert it.failures == [("letter_waits", 4.0)]
    assert not it.state.cases[-1].double


def test_a_told_date_is_a_promise_again_when_the_answer_never_arrived() -> None:
    it = World()
    it.letter(0)
    it.until(4)
    it.goes_out(4.1)
    made = Replied(letter="l1", thread="t1", rep=RepId("kathy"), brand="cars", words="w")
    said = it.told(made, 5, None)
    (kept,) = it.state.memory.said
    assert kept.kept_ms
    taken = ReplyTakenBack(said=said.id, by=RepId("kathy"))
    it.told(taken, 5.001, None)
    (promise,) = it.state.memory.said
    assert not promise.kept_ms
    it.until(500)
    assert it.failures == [("letter_waits", 4.0), ("other", 9.0)]


def test_whoever_gives_up_was_not_answered_and_no_promise_was_kept_or_broken() -> None:
    it = World()
    it.library = told_calls()
    norm = replace(NORM, rule="call_waits")
    it.told(Touchpoint(name="Call Queued", properties={"call": "1", "brand": "cars"}), 0, norm)
    it.until(4)
    it.goes_out(4.1)
    it.told(Touchpoint(name="Call Abandoned", properties={"call": "1", "brand": "cars"}), 5, None)
    assert it.state.memory.said == ()
    it.until(500)
    assert it.failures == [("call_waits", 4.0)]


def test_a_date_that_never_went_out_is_no_promise() -> None:
    it = World()
    it.letter(0)
    it.until(5)
    it.answer(6)
    it.until(500)
    assert it.failures == [("letter_waits", 4.0)]
    (command,) = [one for one in it.commands if it.is_told(one)]
    assert command.id in it.withdrawn
    assert command.useful_until_ms == NOON_MS + 9 * HOUR


def test_history_that_is_taken_in_later_sends_and_promises_nothing() -> None:
    it = World()
    body = GotInTouch(channel="mail", thread="t1", brand="cars")
    made = event(body, at_ms=NOON_MS, late_ms=999 * HOUR, book=it.library.active, imported=True)
    it._after(step(EMPTY, made, it.library))
    it.until(2000)
    assert it.failures == []
    assert it.dates == []
    assert [one.due_ms for one in it.state.waits] == [0]


def test_a_second_letter_after_an_answer_is_a_wait_and_a_failure_of_its_own() -> None:
    it = World()
    it.letter(0)
    it.answer(5)
    it.letter(6)
    it.until(500)
    assert it.failures == [("letter_waits", 4.0), ("letter_waits", 10.0)]


def test_a_queue_of_events_ends_by_its_own_wait_and_who_gives_up_had_no_answer() -> None:
    it = World()
    norm = replace(NORM, rule="call_waits")
    queued = Touchpoint(name="Call Queued", properties={"call": "1", "brand": "cars"})
    it.told(queued, 0, norm)
    it.told(Touchpoint(name="Call Queued", properties={"call": "2", "brand": "cars"}), 0.1, norm)
    it.told(queued, 0.2, norm)
    it.told(Touchpoint(name="Call Answered", properties={"call": "2"}), 1, None)
    it.told(Touchpoint(name="Call Abandoned", properties={"call": "1"}), 2, None)
    assert [(one.about, one.ended) for one in it.state.waits] == [
        ("1", "gave_up"),
        ("2", "answered"),
    ]
    it.told(Touchpoint(name="Call Answered", properties={"call": "9"}), 3, None)
    it.until(500)
    assert it.failures == []


def test_what_a_wait_of_a_queue_is_about_is_one_failure_with_what_others_tell_of_it() -> None:
    it = World()
    queued = Touchpoint(name="Call Queued", properties={"call": "1", "brand": "cars"})
    it.told(queued, 0, None)
    it.told(Touchpoint(name="Call Answered", properties={"call": "1"}), 30, None)
    it.told(queued, 31, None)
    it.until(100)
    assert it.failures == [("call_waits", 24.0)]
    assert [one.about for one in it.state.cases[-1].failures] == ["1"]
    assert not it.state.cases[-1].double


def test_what_is_remembered_is_bounded_and_no_clock_is_left_behind() -> None:
    it = World()
    for number in range(MOST_OPEN + 5):
        facts = {"call": str(number), "brand": "cars"}
        it.told(Touchpoint(name="Call Queued", properties=facts), number / 100, None)
    assert len(it.state.waits) == MOST_OPEN
    clocks = [one for one in it.state.timers if one.subject == "call_waits"]
    assert len(clocks) == MOST_OPEN
    for number in range(MOST_OPEN + 5):
        it.told(Touchpoint(name="Call Answered", properties={"call": str(number)}), 1, None)
    assert len(it.state.waits) == MOST_ENDED
    assert not it.state.timers


def test_of_too_many_waits_those_go_first_whose_failure_is_found_already() -> None:
    it = World()
    it.told(Touchpoint(name="Call Queued", properties={"call": "a", "brand": "cars"}), 0, None)
    for number in range(MOST_OPEN):
        norm = replace(NORM, rule="call_waits", long_ms=HOUR)
        facts = {"call": str(number), "brand": "cars"}
        it.told(Touchpoint(name="Call Queued", properties=facts), number / 2 + 0.01, norm)
    it.until(500)
    assert ("call_waits", 24.0) in it.failures
    assert len(it.failures) == MOST_OPEN + 1
    assert len(it.state.waits) == MOST_OPEN


def test_stamps_and_states_with_waits_are_read_again() -> None:
    it = World()
    made = it.letter(0)
    it.until(5)
    assert decode_event(encode_event(made)) == made
    assert decode_state(encode_state(it.state)) == it.state
    assert isinstance(it.state.waits[0], Wait)
