"""Places are asked in order, several at a time if the book says so, and at the agreed rate."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.core.decide import Asker, decide
from makegood.core.placed import PlaceStatus
from makegood.core.places import to_be_rung
from makegood.core.state import OfferState, OfferStatus, decode_state, encode_state
from makegood.messages.agreements import Agreement, RateTerms
from makegood.messages.commands import AskPlace, FindPlaces
from makegood.messages.events import OnDuty
from makegood.messages.facts import (
    Answered,
    AskedAgain,
    Carried,
    Chosen,
    Dropped,
    PlaceAnswered,
    PlacesFound,
    Touchpoint,
)
from makegood.messages.ids import AccountId, AgreementId, CommandId, CustomerId, RepId
from makegood.messages.money import Money
from makegood.messages.place_facts import Candidate
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from makegood.playbooks.placing import PlaceRule
from makegood.projections.cases import case_row
from makegood.projections.clock import due_of
from makegood.testing.book import HOUR_MS, MINUTE_MS
from makegood.testing.history import KATHY
from tests.unit.core.day import Day

TEXT, NAME = read_book("hotel-group")
BOOK = load_book(TEXT, name=NAME)
ASKED = {
    "enquiry": "E1", "hotel": "harbour", "brand": "quillmere_grand", "rate_cents": 24_000,
    "arrival": "2026-12-04",
}  # fmt: skip


def place(name: str, metres: int = 500, **more: object) -> Candidate:
    return replace(
        Candidate(place=name, name=name.title(), brand="fernlight", metres=metres, room="yes"),
        **more,
    )


class Evening(Day):
    """A house is full, and the places around it are asked."""

    def __init__(self, **rule: object) -> None:
        found = replace(BOOK.places["sister_houses"], **rule)
        book = replace(BOOK, places={found.id: found})
        super().__init__(Library(active=book.hash, books={book.hash: book}))
        self.told(Touchpoint(name="Enquiry Turned Away", properties=dict(ASKED)))

    @property
    def rule(self) -> PlaceRule:
        return self.library.now().places["sister_houses"]

    @property
    def sister(self) -> OfferState:
        return next(one for one in self.case.offers if one.offer == "sister_property")

    @property
    def looked(self) -> CommandId:
        (found,) = [one for one in self.commands if isinstance(one.order, FindPlaces)]
        return found.id

    def finds(self, *places: Candidate, near_rank: int = 0) -> None:
        self.told(
            PlacesFound(command=self.looked, places=places, near="harbour", near_rank=near_rank)
        )

    def ask(self, name: str) -> CommandId:
        return next(one.command for one in self.sister.asks if one.place == name)

    def says(self, name: str, *, accepted: bool, until_ms: int = 0) -> None:
        until = until_ms or self.now_ms + HOUR_MS
        body = PlaceAnswered(
            case=self.id,
            command=self.ask(name),
            accepted=accepted,
            until_ms=until if accepted else 0,
            by="ref",
        )
        self.told(body)

    @property
    def standings(self) -> dict[str, PlaceStatus]:
        return {one.place: one.status for one in self.sister.asks}

    @property
    def asked(self) -> Sequence[str]:
        orders = [one.order for one in self.commands]
        return [one.place for one in orders if isinstance(one, AskPlace) and one.what == "ask"]


def test_the_nearest_with_room_is_asked_and_those_nobody_knows_come_after_it():
    day = Evening()
    day.finds(place("b", 900), place("a", 100, room="unknown"), place("c", 300))
    assert [one.place for one in day.sister.asks] == ["c", "b", "a"]
    assert day.asked == ["c"]
    day.says("c", accepted=False)
    assert day.asked == ["c", "b"]


def test_places_of_which_nobody_knows_are_not_asked_where_the_book_says_so():
    day = Evening(asks_unknown=False)
    day.finds(place("a", room="unknown"))
    assert day.sister.status is OfferStatus.UNAVAILABLE


def test_a_worse_place_is_not_asked_and_one_of_unknown_quality_is():
    day = Evening()
    day.finds(place("worse", rank=2), place("same", rank=4), place("new"), near_rank=4)
    assert set(day.standings) == {"same", "new"}
    anything = Evening(as_good=False)
    anything.finds(place("worse", rank=2), near_rank=4)
    assert set(anything.standings) == {"worse"}


def test_several_are_asked_at_a_time_the_first_yes_counts_and_the_others_need_not_answer():
    day = Evening(at_once=2)
    day.finds(place("a"), place("b", 600), place("c", 700))
    assert day.asked == ["a", "b"]
    day.says("b", accepted=True)
    assert day.sister.status is OfferStatus.CONFIRMED
    assert day.standings["a"] is PlaceStatus.NOT_NEEDED
    assert day.ask("a") in day.withdrawn
    day.says("a", accepted=True)
    assert day.sister.detail["place"] == "b", "somebody else was quicker"


def test_who_need_not_answer_is_asked_anew_when_the_yes_is_taken_back():
    day = Evening(at_once=2, most=2)
    day.finds(place("a"), place("b", 600), place("c", 700))
    first = day.ask("a")
    day.says("b", accepted=True)
    day.says("b", accepted=False)
    assert day.standings["a"] is PlaceStatus.ASKED, "they never said no"
    assert day.ask("a") != first
    assert day.asked == ["a", "b", "a"]
    day.says("a", accepted=True)
    assert day.sister.detail["place"] == "a"


def test_no_more_are_asked_than_the_book_says():
    day = Evening(most=2)
    day.finds(place("a"), place("b", 600), place("c", 700))
    day.says("a", accepted=False)
    day.says("b", accepted=False)
    assert day.asked == ["a", "b"]
    assert day.sister.status is OfferStatus.UNAVAILABLE


def test_a_place_that_cannot_be_written_to_gives_way_to_the_next():
    day = Evening()
    day.finds(place("a"), place("b", 600))
    day.told(Dropped(command=day.ask("a"), why="failed"))
    assert day.asked == ["a", "b"]


def test_no_place_at_all_is_no_offer_and_the_owner_calls():
    day = Evening()
    day.finds()
    assert day.sister.status is OfferStatus.UNAVAILABLE
    assert "call_me" in {one.offer for one in day.case.offers}


def test_a_late_yes_helps_while_nobody_else_said_one():
    day = Evening()
    day.finds(place("a"))
    day.waits(day.rule.answer_within_ms + 1)
    assert day.standings["a"] is PlaceStatus.SILENT
    day.says("a", accepted=True)
    assert day.sister.status is OfferStatus.CONFIRMED


def test_a_yes_stands_no_longer_than_the_book_lets_it():
    day = Evening()
    day.finds(place("a"))
    day.says("a", accepted=True, until_ms=day.now_ms + 100 * HOUR_MS)
    assert day.sister.expires_ms <= day.now_ms + day.rule.kept_ms


def test_the_customer_pays_what_they_have_with_us_or_less():
    day = Evening()
    day.finds(place("a", own_rate_cents=30_000), place("b", 600, own_rate_cents=20_000))
    rates = {one.place: one.rate_cents for one in day.sister.asks}
    assert rates == {"a": 24_000, "b": 20_000}


@pytest.mark.parametrize(
    ("elsewhere", "not_at", "cents"),
    [(True, (), 18_900), (False, (), 24_000), (True, ("place:a",), 24_000)],
)
def test_an_agreement_is_honoured_at_the_place_unless_it_says_not(elsewhere, not_at, cents):
    day = Evening()
    day.agreements = (
        Agreement(
            id=AgreementId("A-77"),
            account=AccountId("meridian"),
            terms=RateTerms(code="MERIDIAN", prices=(("*", Money(18_900, "USD")),)),
            brand="oakrow",
            elsewhere=elsewhere,
            not_at=not_at,
        ),
    )
    day.finds(place("a", own_rate_cents=30_000))
    (one,) = day.sister.asks
    assert one.rate_cents == cents
    assert one.agreement == ("MERIDIAN" if cents == 18_900 else "")
    (asked,) = [c.order for c in day.commands if isinstance(c.order, AskPlace)]
    assert asked.facts["rate_cents"] == cents


def test_nobody_but_the_place_that_was_asked_can_answer_and_only_by_name():
    day = Evening()
    day.finds(place("a"))
    yes = PlaceAnswered(
        case=day.id, command=day.ask("a"), accepted=True, until_ms=day.now_ms + 1, by="ref"
    )

    def code(body: PlaceAnswered, asker: Asker) -> str:
        decision = decide(day.state, body, asker, day.now_ms, day.library)
        return decision.refused.code if decision.refused else ""

    there = Asker(place="a")
    assert code(yes, there) == ""
    assert code(yes, Asker(place="b")) == code(yes, Asker()) == "not_asked"
    assert code(replace(yes, by=""), there) == "name_needed"
    assert code(replace(yes, until_ms=day.now_ms), there) == "bad_end"
    assert code(replace(yes, until_ms=day.now_ms + 15 * 24 * HOUR_MS), there) == "bad_end"
    assert code(replace(yes, command=CommandId("m1")), there) == "not_asked"
    day.told(yes)
    assert code(yes, there) == "answered_already"


def test_a_choice_at_the_very_end_of_a_yes_is_not_taken():
    day = Evening()
    day.finds(place("a"))
    day.says("a", accepted=True, until_ms=day.now_ms + MINUTE_MS)
    wanted = Chosen(case=day.id, offer="sister_property")
    end_ms = day.sister.expires_ms
    before = decide(day.state, wanted, Asker(), end_ms - 1, day.library)
    after = decide(day.state, wanted, Asker(), end_ms, day.library)
    assert before.refused is None
    assert after.refused is not None
    assert after.refused.code == "offer_gone"


def test_when_the_place_cannot_be_told_that_they_come_somebody_calls_there():
    day = Evening()
    day.finds(place("a"))
    day.says("a", accepted=True)
    day.told(Chosen(case=day.id, offer="sister_property"))
    day.told(Dropped(command=day.sister.ordered, why="failed"))
    assert day.sister.status is OfferStatus.CHOSEN
    assert day.case.call is not None
    assert day.case.call.why == "place_not_told"


def test_a_place_is_told_that_the_room_is_free_when_the_case_ends_without_a_choice():
    day = Evening()
    day.finds(place("a"))
    day.says("a", accepted=True)
    day.told(Answered(case=day.id, answer="good"))
    told = [one.order.what for one in day.commands if isinstance(one.order, AskPlace)]
    assert told == ["ask", "free"]
    assert day.standings["a"] is PlaceStatus.NOT_NEEDED


def test_what_is_asked_twice_is_counted_and_costs_the_customer_nothing():
    day = Evening()
    before = replace(day.case, told_twice=())
    day.told(AskedAgain(case=day.id, who="customer"))
    assert len(day.case.told_twice) == 1
    assert replace(day.case, told_twice=()) == before


def test_the_state_is_written_and_read_back_whole():
    day = Evening()
    day.finds(place("a", own_rate_cents=1))
    assert decode_state(encode_state(day.state)) == day.state


def rung(day: Evening, name: str) -> None:
    """The question could not be written: the place has a telephone alone."""
    day.told(Carried(command=day.ask(name), detail={"channel": "phone"}))


def test_a_place_with_a_telephone_alone_is_a_task_until_somebody_there_answered():
    day = Evening()
    day.finds(place("a"), place("b", 600))
    assert to_be_rung(day.case) == ()
    rung(day, "a")
    (one,) = to_be_rung(day.case)
    assert (one.place, one.by_ms) == ("a", day.sister.asks[0].by_ms)
    row = case_row(day.case, CustomerId("c"))
    assert (row.waiting_for, row.due_ms) == ("ring", one.by_ms)
    due = due_of(day.state, day.case, day.now_ms)
    assert due is not None
    assert (due.what, due.at_ms, due.level) == ("Ring A", one.by_ms, "warn")
    assert decode_state(encode_state(day.state)) == day.state
    day.says("a", accepted=True)
    assert to_be_rung(day.case) == ()
    assert day.sister.status is OfferStatus.CONFIRMED


def test_what_is_rung_in_vain_goes_on_to_the_next_place_which_is_no_ring_yet():
    day = Evening()
    day.finds(place("a"), place("b", 600))
    rung(day, "a")
    day.waits(day.rule.answer_within_ms)
    assert day.standings["b"] is PlaceStatus.ASKED
    assert to_be_rung(day.case) == ()


def test_ringing_is_for_somebody_who_is_there_and_while_nobody_is_the_owner_keeps_it():
    day = Evening()
    assert day.case.owner == KATHY.rep
    uli = OnDuty(RepId("uli"), until_ms=day.now_ms + 9 * HOUR_MS)
    day.on_duty = (uli,)
    day.finds(place("a"))
    rung(day, "a")
    assert day.case.owner == "uli"
    late = Evening()
    late.on_duty = ()
    late.finds(place("a"))
    rung(late, "a")
    assert late.case.owner == KATHY.rep  # nobody is there: the owner sees it first


def test_a_ring_that_is_told_late_or_twice_changes_nothing():
    day = Evening()
    day.finds(place("a"), place("b", 600))
    rung(day, "a")
    before = day.state
    rung(day, "a")
    assert day.state.cases == before.cases
    first = day.ask("a")
    day.says("a", accepted=False)
    day.told(Carried(command=first, detail={"channel": "phone"}))
    assert to_be_rung(day.case) == ()
