"""The line of how a customer feels says only what somebody said, however the days are heard."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from makegood.messages.facts import (
    Answered,
    Body,
    Carried,
    Chosen,
    FailureRaised,
    Identified,
    Rated,
    Wrote,
)
from makegood.messages.ids import CaseId, CommandId, CustomerId
from makegood.playbooks.book import Library
from makegood.playbooks.feelings import Feeling
from makegood.ports.arrivals import Arrival
from makegood.projections.feelings import LET_DOWN, SAID, Evidence, FeelingLine, line_of
from makegood.runtime.feeling_line import Felt, Wanted, feelings_of
from makegood.runtime.intake import Intake, body_digest
from makegood.store.memory import MemoryStore
from makegood.testing.book import DAY_MS, HOUR_MS
from makegood.testing.clock import STORY_BEGINS_MS
from tests.properties.moves import KEY, SetClock
from tests.properties.test_surveys import bodies as asked_bodies
from tests.unit.core.test_surveys import airline

NOW_MS = STORY_BEGINS_MS + 200 * DAY_MS
bodies = st.one_of(
    asked_bodies,
    st.builds(lambda n: FailureRaised(failure="other", about=f"B{n}", brand="meridian"),
              st.integers(0, 3)),
    st.builds(lambda answer: Answered(case=CaseId(""), answer=answer),
              st.sampled_from(["good", "not_yet"])),
    st.just(Wrote(case=CaseId(""), text="t1")),
    st.just(Chosen(case=CaseId(""), offer="refund")),
    st.just(Carried(command=CommandId("m" + "0" * 32))),
)  # fmt: skip
days = st.lists(st.tuples(st.integers(0, 90 * 24), bodies), min_size=1, max_size=8)
kinds = st.sampled_from([*SAID, *LET_DOWN, "remedy", "call", "released"])
evidences = st.lists(
    st.builds(
        lambda at, n, kind, feeling: Evidence(
            order=(at, n, "s", str(n)), kind=kind, feeling=feeling if kind in SAID else None
        ),
        st.integers(0, 20),
        st.integers(0, 10**6),
        kinds,
        st.sampled_from([None, *Feeling]),
    ),
    unique_by=lambda one: one.order,
    max_size=20,
)


def arrivals(day: Sequence[tuple[int, Body]]) -> list[Arrival]:
    """What two profiles of one customer meet, and that they are one."""
    joined = Identified()
    link = Arrival(
        source="s",
        message_id="link",
        identifier="user:ana1",
        also=("user:ana0",),
        time_ms=STORY_BEGINS_MS,
        body=joined,
        body_digest=body_digest(joined),
    )
    return [link, *_met(day)]


def _met(day: Sequence[tuple[int, Body]]) -> list[Arrival]:
    return [
        Arrival(
            source="s",
            message_id=str(n),
            identifier=f"user:ana{n % 2}",
            time_ms=STORY_BEGINS_MS + hour * HOUR_MS + n,
            body=body,
            body_digest=body_digest(body),
        )
        for n, (hour, body) in enumerate(day)
    ]


def felt(told: Sequence[Arrival], limit: int = 200) -> list[Felt]:
    """All pages, as they are after the days were heard."""
    store = MemoryStore()
    intake = Intake(store, airline, SetClock(STORY_BEGINS_MS + 100 * DAY_MS), KEY)
    for one in told:
        intake.take([one])
    return pages(store, intake, airline(), limit)


def pages(store: MemoryStore, intake: Intake, library: Library, limit: int) -> list[Felt]:
    profile = intake.profile("user:ana1")
    found: list[Felt] = []
    with store.reading() as reading:
        customer: CustomerId = reading.customers_of([profile])[profile]
        before = None
        while not found or found[-1].following is not None:
            wanted = Wanted(customer=customer, now_ms=NOW_MS, before=before, limit=limit)
            found.append(feelings_of(reading, library, wanted, lambda _: True))
            before = found[-1].following
    return found


def said_in(line: FeelingLine) -> list[tuple[Evidence, Feeling]]:
    return [(one.said, one.feeling) for one in line.spans]


@given(found=evidences, data=st.data())
def test_no_feeling_without_somebody_who_says_it_and_none_after_we_let_them_down(found, data):
    line = line_of(data.draw(st.permutations(found)), 30)
    assert line == line_of(found, 30)
    for said, feeling in said_in(line):
        assert said in found
        assert said.kind in SAID
        assert said.feeling is feeling
    for span in line.spans:
        inside = [it for it in found if it.order > span.said.order and it.at_ms < span.until_ms]
        assert not any(it.kind in LET_DOWN or it.feeling for it in inside)
    spoken = [it for it in sorted(found, key=lambda it: it.order) if it.feeling]
    assert [said for said, _ in said_in(line)] == spoken
    assert line.last == (spoken[-1] if spoken else None)
    later = [it for it in found if spoken and it.order > spoken[-1].order]
    if any(it.kind in LET_DOWN for it in later):
        assert line.now is None
        assert line.since is not None


@given(day=days, data=st.data())
def test_the_order_in_which_the_days_are_heard_changes_nothing(day, data):
    told = arrivals(day)
    (one,), (other,) = felt(told), felt(data.draw(st.permutations(told)))
    assert one.line == other.line
    assert one.under == other.under


@given(day=days)
def test_every_feeling_is_an_answer_that_is_in_the_log_and_pages_give_each_once(day):
    told = arrivals(day)
    (whole,) = felt(told)
    answers = {one.time_ms: one.body for one in told if isinstance(one.body, Rated | Answered)}
    for one in whole.under:
        assert not one.feeling or one.at_ms in answers
        assert one.is_said or one.feeling is None
    for size in (1, 3):
        paged = [one for page in felt(told, size) for one in page.evidence]
        assert tuple(paged) == whole.under
