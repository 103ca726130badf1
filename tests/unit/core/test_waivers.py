"""What was waived stays waived unless it was for once, and is remembered with its precedent."""

from typing import Any

from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.core.state import State
from makegood.core.waived import Waiver
from makegood.core.waivers import use_up, waive
from makegood.messages.facts import Appealed, Identified, Requested, Settled
from makegood.messages.ids import EventId, RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from makegood.testing.book import SMALL_BOOK
from tests.unit.core.day import Day
from tests.unit.playbooks.small_book import SMALL

TABLE = """\
waivers:
  change_fee: {en: The change fee}
  bag_fee: {en: The bag fee}
"""
ROWS = """\
  - id: move
    title: {en: Another day}
    takes: {days: int, kind: bool, gift: bool}
    looks_at:
      waived: customer.waived.change_fee
      days: request.days
      kind: request.kind
      gift: request.gift
    rows:
      - {id: let_off, when: {waived: true, days: "< 30"}, answer: allow}
      - id: kindly
        when: {days: "< 30", gift: true}
        answer: allow
        waives: {what: change_fee, once: true}
      - {id: for_good, when: {days: "< 30", kind: true}, answer: allow, waives: change_fee}
      - {id: paid, when: {days: 10..29}, answer: allow, charges: 500}
      - {id: late, when: {days: "< 10"}, answer: person}
      - {id: far, answer: allow}
"""
WRITTEN = SMALL.replace("requests:\n", TABLE + "requests:\n" + ROWS)
BOOK = replace(load_book(WRITTEN, name="small.yaml"), hash=SMALL_BOOK)
LIBRARY = Library(active=BOOK.hash, books={BOOK.hash: BOOK})
KATHY = Asker(rep=RepId("kathy"), role="rep")


def asks(day: Day, **facts: Any) -> Requested:
    fields = {"days": 20, "kind": False, "gift": False} | facts
    body = decide(
        day.state, Requested(request="move", facts=fields), Asker(), day.now_ms, LIBRARY
    ).body
    assert isinstance(body, Requested)
    day.told(body)
    return body


def settles(day: Day, **more: Any) -> Any:
    (waiting,) = [one for one in day.state.requests if one.is_waiting]
    fields: dict[str, Any] = {"answer": "allow", "reason": "r1"} | more
    wanted = Settled(asked=waiting.event, **fields)
    return decide(day.state, wanted, KATHY, day.now_ms, LIBRARY)


def test_what_nobody_waived_is_no_missing_fact():
    day = Day(LIBRARY)
    answer = asks(day)
    assert (answer.row, answer.charge) == ("paid", Money(500))
    assert dict(answer.seen)["customer.waived.change_fee"] is False


def test_a_row_waives_for_good_and_the_next_request_hears_yes():
    day = Day(LIBRARY)
    assert asks(day, kind=True).waives == "change_fee"
    (waiver,) = day.state.waivers
    assert (waiver.what, waiver.by, waiver.once, waiver.request) == (
        "change_fee",
        "",
        False,
        "move",
    )
    for _ in range(3):
        answer = asks(day)
        assert (answer.row, answer.charge, answer.used) == ("let_off", None, ())
    assert day.state.waivers == (waiver,)


def test_once_is_used_up_by_the_answer_that_needed_it_and_by_no_other():
    day = Day(LIBRARY)
    asks(day, gift=True)
    assert [one.once for one in day.state.waivers] == [True]
    assert asks(day, days=40).used == ()  # allowed in any case
    answer = asks(day)
    assert (answer.row, answer.used) == ("let_off", ("change_fee",))
    assert day.state.waivers == ()
    assert asks(day).row == "paid"


def test_a_person_waives_with_a_reason_and_it_is_remembered_who_and_why():
    day = Day(LIBRARY)
    asks(day, days=5)
    assert settles(day, waives="change_fee", reason="").refused.code == "reason_needed"
    refused = settles(day, waives="change_fees").refused
    assert (refused.code, "`change_fee`" in refused.why) == ("no_such_waiver", True)
    asked = day.told(settles(day, waives="change_fee").body)
    (waiver,) = day.state.waivers
    assert (waiver.by, waiver.reason, waiver.event) == ("kathy", "r1", asked.id)
    assert asks(day, days=5).row == "let_off"


def test_a_no_waives_nothing():
    day = Day(LIBRARY)
    asks(day, days=5)
    refused = settles(day, answer="deny", waives="change_fee").refused
    assert refused.code == "no_gives_nothing"
    day.told(settles(day, answer="deny").body)
    assert day.state.waivers == ()
    day.told(Appealed(asked=day.state.requests[-1].event))
    omar = Asker(rep=RepId("omar"), role="rep")
    wanted = Settled(
        asked=day.state.requests[-1].event, answer="allow", waives="bag_fee", reason="r2"
    )
    body = decide(day.state, wanted, omar, day.now_ms, LIBRARY).body
    assert body is not None
    day.told(body)
    assert [one.what for one in day.state.waivers] == ["bag_fee"]


def test_one_that_lasts_takes_the_place_of_one_for_once_and_never_the_other_way_round():
    once = Waiver(what="change_fee", event=EventId("e1"), at_ms=1, once=True)
    lasting, other = replace(once, once=False), replace(once, what="bag_fee")
    state = waive(waive(waive(State(), once), other), lasting)
    assert state.waivers == (other, lasting)
    assert waive(state, once) is state
    assert use_up(state, ("change_fee", "bag_fee")).waivers == (lasting,)


def test_a_source_that_says_waived_is_not_believed():
    day = Day(LIBRARY)
    day.told(Identified(traits={"waived": {"change_fee": True}}))
    assert asks(day).row == "paid"
