"""Offers come through whom the customer chose, and only when nothing is open between them."""

import pytest
from msgspec.structs import replace

from makegood.core.holds import Question, by_another, decode_gate, encode_gate, gate_row
from makegood.gate.judging import answer_for
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.facts import Answered, GotInTouch, PersonChosen
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library
from makegood.playbooks.people_terms import PeopleRules
from makegood.playbooks.terms import ThenOffer
from makegood.testing.book import DAY_MS, small_book
from tests.unit.core.day import Day

KATHY, TOM = RepId("kathy"), RepId("tom")


@pytest.fixture
def day() -> Day:
    book = small_book()
    after = ThenOffer(message="loyalty", after_ms=7 * DAY_MS, by_chosen_rep=True)
    plans = {name: replace(plan, then_offer=after) for name, plan in book.plans.items()}
    rules = PeopleRules(choices=3, capacity=9, thread_ms=DAY_MS, offers_by_chosen_rep=True)
    book = replace(book, plans=plans, people=rules)
    day = Day(Library(active=book.hash, books={book.hash: book}))
    day.told(PersonChosen(choices=(KATHY,), theirs=KATHY))
    return day


def offers(day: Day) -> list[SendMessage]:
    orders = (one.order for one in day.commands)
    return [one for one in orders if isinstance(one, SendMessage) and one.message == "loyalty"]


def is_good_again(day: Day) -> None:
    day.no_car()
    day.told(Answered(case=day.id, answer="good"))


def test_the_offer_is_in_the_name_of_the_chosen_person(day: Day):
    is_good_again(day)
    day.waits(8 * DAY_MS)
    (offer,) = offers(day)
    assert (offer.by, offer.variables["owner"]) == (KATHY, KATHY)


def test_no_offer_comes_while_the_customer_waits_for_an_answer(day: Day):
    is_good_again(day)
    day.told(GotInTouch(channel="mail", thread="t"))
    day.waits(8 * DAY_MS)
    assert offers(day) == []


def test_the_gate_says_no_to_what_others_sell_and_why(day: Day):
    book = day.library.now()
    rows = [decode_gate(encode_gate(gate_row(day.state)))]

    def asked(message_class: MessageClass, by: str = "") -> str:
        question = Question(brand="cars", message_class=message_class, by=RepId(by))
        return answer_for(rows, question, book).reason

    assert asked(MessageClass.PROMOTIONAL) == "chosen_rep"
    assert asked(MessageClass.MIXED, TOM) == "chosen_rep"
    assert asked(MessageClass.PROMOTIONAL, KATHY) == "free"
    assert asked(MessageClass.SURVEY) == "free"
    assert asked(MessageClass.SERVICE) == "free"
    plain = replace(book, people=PeopleRules(choices=3))
    question = Question(brand="cars", message_class=MessageClass.PROMOTIONAL)
    assert answer_for(rows, question, plain).allowed


def test_a_hold_is_the_reason_before_whose_offer_it_is(day: Day):
    day.no_car()
    question = Question(brand="cars", message_class=MessageClass.PROMOTIONAL)
    answer = answer_for([gate_row(day.state)], question, day.library.now())
    assert answer.reason == "hold"


def test_of_two_who_share_an_address_each_person_counts(day: Day):
    row = gate_row(day.state)
    other = replace(row, persons=(("", TOM),))
    question = Question(brand="cars", message_class=MessageClass.PROMOTIONAL, by=KATHY)
    assert by_another([row], question) is None
    assert by_another([row, other], question) is not None


def test_who_chose_nobody_is_written_as_short_as_ever():
    assert len(encode_gate(gate_row(Day().state))) == 4
