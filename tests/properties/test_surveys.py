"""Nobody is asked too often or in a bad moment, in whatever order the days are heard."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from makegood.core.state import State, decode_state, encode_state
from makegood.messages.facts import Rated, Touchpoint, Unsubscribed
from makegood.messages.ids import CommandId
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxStatus
from makegood.runtime.intake import Intake, body_digest
from makegood.store.memory import MemoryStore
from makegood.testing.book import DAY_MS, HOUR_MS
from makegood.testing.clock import STORY_BEGINS_MS
from tests.properties.moves import KEY, SetClock
from tests.unit.core.test_surveys import airline

EVERY_MS = 30 * DAY_MS
HEARD_MS = STORY_BEGINS_MS + 100 * DAY_MS

flights = st.sampled_from(["UA1", "UA2", "UA3"])
minors = st.sampled_from([False, False, True, None])


def leg(flight: str, minor: bool | None) -> Touchpoint:
    more = {} if minor is None else {"minor": minor}
    facts = {"booking": "B1", "flight": flight, "brand": "meridian", "gate_agent": "g1", **more}
    return Touchpoint(name="Leg Flown", properties=facts)


def cancelled(flight: str, weather: bool) -> Touchpoint:
    facts = {"booking": "B1", "flight": flight, "date": "2013-02-08", "brand": "meridian",
             "origin": "JFK", "destination": "LAX", "carrier": "UA", "distance_miles": 2475,
             "domestic": True, "price_cents": 20_000, "notice_minutes": 60}  # fmt: skip
    sky = {"weather": {"wind_mph": 90.0, "inferred": False}} if weather else {}
    return Touchpoint(name="Flight Cancelled", properties={**facts, **sky})


bodies = st.one_of(
    st.builds(cancelled, flights, st.booleans()),
    st.builds(lambda f, n: Rated(survey="boarding", about=f"B1/{f}", score=n, question="treated"),
              flights, st.integers(1, 5)),
    st.builds(leg, flights, minors),
    st.builds(leg, flights, minors),
    st.builds(lambda f, n: Rated(survey="boarding", about=f"B1/{f}", score=n), flights,
              st.integers(1, 5)),
    st.just(Touchpoint(name="Rudeness Told", properties={"booking": "B1", "brand": "meridian"})),
    st.builds(lambda again: Unsubscribed(brand="meridian", channel="*", again=again),
              st.booleans()),
)  # fmt: skip
days = st.lists(st.tuples(st.integers(0, 90 * 24), bodies), min_size=1, max_size=10)


def arrivals(day: Sequence) -> list[Arrival]:
    return [
        Arrival(
            source="s",
            message_id=str(n),
            identifier="user:ana",
            time_ms=STORY_BEGINS_MS + hour * HOUR_MS + n,
            body=body,
            body_digest=body_digest(body),
        )
        for n, (hour, body) in enumerate(day)
    ]


def heard(day: Sequence[Arrival]) -> tuple[State, set[CommandId]]:
    """The state, and the ids of the questions that were not withdrawn."""
    store, clock = MemoryStore(), SetClock(HEARD_MS)
    intake = Intake(store, airline, clock, KEY)
    for one in day:
        intake.take([one])
    profile = intake.profile("user:ana")
    with store.reading() as reading:
        customer = reading.customers_of([profile])[profile]
    clock.at_ms = HEARD_MS + EVERY_MS
    intake.advance([customer], clock.at_ms)
    with store.reading() as reading:
        row = reading.row(customer)
        rows = reading.outbox_of([profile])
    assert row is not None
    surveys = [one for one in rows if one.command.step.startswith("survey/")]
    wanted = {one.command.id for one in surveys if one.status is not OutboxStatus.WITHDRAWN}
    return decode_state(row.state), wanted


@given(day=days, data=st.data())
def test_the_order_in_which_it_is_heard_changes_nothing(day, data):
    told = arrivals(day)
    shuffled = data.draw(st.permutations(told))
    (one, _), (other, _) = heard(told), heard(shuffled)
    assert encode_state(one) == encode_state(other)


@given(day=days)
def test_nobody_is_asked_too_often_nor_while_a_case_is_open(day):
    state, wanted = heard(arrivals(day))
    asked = sorted(one.asked_ms for one in state.surveys if one.asked_ms)
    assert all(later - one >= EVERY_MS for one, later in pairwise(asked))
    for one in state.surveys:
        if one.asked_ms and not one.case:
            late = [case for case in state.cases if case.opened_ms < one.asked_ms]
            assert not any(case.is_open for case in late)
    unanswered = {one.command for one in state.surveys if one.asked_ms and not one.is_answered}
    assert unanswered <= wanted


@given(day=days)
@example(day=[(0, leg("UA1", None)), (0, Rated(survey="boarding", about="B1/UA1", score=1)),
              (0, leg("UA1", False))])  # fmt: skip
def test_a_score_is_only_ever_what_was_answered(day):
    told = arrivals(day)
    state, _ = heard(told)
    answers: dict[str, int] = {}
    for one in sorted(told, key=lambda one: one.time_ms):
        if isinstance(one.body, Rated) and not one.body.question:
            answers[one.body.about] = one.body.score
    found = {one.about: one.score for one in state.surveys if one.score is not None}
    assert found == answers
