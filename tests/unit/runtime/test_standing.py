"""A standing over merges and undone links; and a prospect, who never bought, is a customer."""

from collections.abc import Iterator

import pytest

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.holds import Question
from makegood.core.state import State, decode_state
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Identified, Requested, Touchpoint, Unlinked
from makegood.messages.ids import RepId
from makegood.projections.standing import Standing, standing_of
from makegood.testing.clock import FakeClock
from tests.e2e.screens import case_of, customer_of, introduce, new_makegood, profile_of, take
from tests.unit.playbooks.test_standing import BOOK

SOLD_OUT = """\
  - id: sold_out
    on: Nothing Left
    title: We had nothing left
    about: event.order
    loses: service
    severity: 2
    cause: firm
silence:
"""
TEXT = (
    BOOK.replace("silence:\n", SOLD_OUT, 1)
    .replace(
        "  Promise Made:", "  Nothing Left: {order: string, brand: string}\n  Promise Made:", 1
    )
    .replace("- for: [parcel_late,", "- for: [sold_out, parcel_late,", 1)
)
PROMOTION = Question(brand="acme", message_class=MessageClass.PROMOTIONAL)


@pytest.fixture
def firm() -> Iterator[tuple[Makegood, FakeClock]]:
    makegood, clock = new_makegood(book=TEXT)
    yield makegood, clock
    makegood.close()


def state_of(makegood: Makegood, identifier: str) -> State:
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, identifier))
    return decode_state(row.state if row is not None else b"")


def shown(makegood: Makegood, identifier: str) -> Standing:
    state = state_of(makegood, identifier)
    found = standing_of(state, makegood.book, makegood.clock.now_ms())
    assert found is not None
    return found


def words(makegood: Makegood, identifier: str) -> dict[str, str]:
    return {part.id: part.words for part in shown(makegood, identifier).parts}


def tells(makegood: Makegood, identifier: str, name: str, **traits: object) -> None:
    take(makegood, identifier, Identified(traits=traits), name)


def test_a_merge_brings_both_together_and_its_undoing_takes_them_apart(firm):
    makegood, clock = firm
    tells(makegood, "user:ana", "a1", tier="gold", since="2016")
    clock.advance(1000)
    tells(makegood, "user:ana2", "a2", tier="silver", pays="prompt")
    clock.advance(1000)
    take(makegood, "user:ana", Identified(), "a3", also=("user:ana2",))
    both = shown(makegood, "user:ana")
    assert words(makegood, "user:ana") == {
        "tier": "Silver", "tenure": "since 2016 (10 years)", "payment": "Pays: prompt",
    }  # fmt: skip
    assert both == shown(makegood, "user:ana2")
    apart = Unlinked(other=profile_of("user:ana2"), by=RepId("kathy"))
    take(makegood, "user:ana", apart, "a4")
    assert words(makegood, "user:ana") == {"tier": "Gold", "tenure": "since 2016 (10 years)"}
    assert words(makegood, "user:ana2") == {"tier": "Silver", "payment": "Pays: prompt"}


def test_an_anonymous_visitor_who_found_nothing_left_has_a_case_and_is_a_prospect(firm):
    makegood, _ = firm
    asked = Touchpoint(name="Nothing Left", properties={"order": "E1", "brand": "acme"})
    take(makegood, "anon:visitor-1", asked, "n1")
    state = state_of(makegood, "anon:visitor-1")
    assert [failure.rule for failure in state.cases[-1].failures] == ["sold_out"]
    assert case_of(makegood, "anon:visitor-1") == state.cases[-1].id
    assert not makegood.gate.ask("anon:visitor-1", PROMOTION).allowed
    assert shown(makegood, "anon:visitor-1") == Standing(is_prospect=True, parts=())


def test_who_gave_an_address_only_is_a_prospect_who_may_ask_and_fail_and_is_held(firm):
    makegood, _ = firm
    take(makegood, "email:jo@example.org", Identified(), "j1", lookups=("email:jo@example.org",))
    assert shown(makegood, "email:jo@example.org").is_prospect
    body = Requested(request=next(iter(makegood.book.requests)), facts={})
    answer = makegood.requests.ask(
        "email:jo@example.org", body, Asker(rep=RepId("kathy")), message_id="q"
    )
    assert isinstance(answer, tuple), answer
    asked = Touchpoint(name="Nothing Left", properties={"order": "E2", "brand": "acme"})
    take(makegood, "email:jo@example.org", asked, "j2")
    assert state_of(makegood, "email:jo@example.org").open_case is not None
    assert not makegood.gate.ask("email:jo@example.org", PROMOTION).allowed


def test_a_purchase_ends_the_prospect(firm):
    makegood, _ = firm
    take(makegood, "user:bo", Touchpoint(name="Promise Kept", properties={"order": "O1"}), "b1")
    assert not shown(makegood, "user:bo").is_prospect
    assert words(makegood, "user:bo") == {"tenure": "since 2026"}


def test_the_replay_tells_the_same(firm):
    from makegood.replay.again import replay

    makegood, clock = firm
    introduce(makegood, "user:eve", "Eve", worth=250_000)
    clock.advance(1000)
    tells(makegood, "user:eve", "e2", tier="silver", worth=None)
    assert replay(makegood.store, makegood.library).is_identical
    assert words(makegood, "user:eve") == {"tier": "Silver"}
