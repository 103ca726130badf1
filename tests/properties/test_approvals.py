"""Whatever people try, nobody approves what they proposed, and nothing is given twice."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.core.proposed import ProposalStatus
from makegood.core.remedies import authority_used
from makegood.messages.facts import Approved, Body, Contested, Proposed, TurnedDown
from makegood.messages.ids import EventId, RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.testing.book import HOUR_MS, small_book
from tests.unit.core.day import Day

BOOK = replace(small_book(), approval_ms=HOUR_MS)
LIBRARY = Library(active=BOOK.hash, books={BOOK.hash: BOOK})
PEOPLE = tuple(
    Asker(rep=RepId(name), role=role)
    for name, role in (("ana", "agent"), ("ben", "supervisor"), ("cy", "supervisor"))
)
moves = st.lists(
    st.tuples(
        st.sampled_from(["propose", "approve", "approve", "no", "contest", "wait"]),
        st.sampled_from(PEOPLE),
        st.integers(0, 5),
    ),
    min_size=4,
    max_size=25,
)


def wanted(day: Day, kind: str, pick: int) -> Body:
    proposals = day.case.proposals
    event = proposals[pick % len(proposals)].event if proposals else EventId("e0")
    if kind == "approve":
        return Approved(case=day.id, proposed=event)
    if kind == "no":
        return TurnedDown(case=day.id, proposed=event, reason="x")
    if kind == "contest":
        return Contested(case=day.id, proposed=event)
    cost = Money((1 + pick) * 30_000)
    return Proposed(case=day.id, remedy="x", cost=cost, off_script=True, reason="x")


@given(moves=moves)
def test_two_people_stand_behind_everything_that_was_approved(moves):
    day = Day(LIBRARY)
    day.late()
    for kind, asker, pick in moves:
        if kind == "wait":
            day.waits(HOUR_MS // 2)
            continue
        decision = decide(day.state, wanted(day, kind, pick), asker, day.now_ms, LIBRARY)
        if decision.body is not None:
            day.told(decision.body)
    approved = [one for one in day.case.proposals if one.status is ProposalStatus.APPROVED]
    given_ = [one for one in day.commands if one.step.startswith("grant/")]
    assert len(given_) == len(approved)
    assert all(one.decided_by not in ("", one.by) for one in approved)
    assert all(one.decided_by != one.refused_by for one in approved if one.contested)
    assert authority_used(day.state, day.case, "USD") <= max(BOOK.authority_cents.values())
