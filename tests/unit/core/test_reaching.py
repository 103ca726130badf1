"""A customer chooses, writes, is answered and keeps apart: what each does to the state."""

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.core.my_person import Standing, Thread, person_of
from makegood.core.reaching import MOST_THREADS
from makegood.core.state import decode_state, encode_state
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.events import Absent, OnDuty
from makegood.messages.facts import (
    Body,
    Contacted,
    GotInTouch,
    HandedOver,
    PersonChosen,
    PersonRefused,
    RoomGiven,
    Wrote,
)
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library
from makegood.playbooks.people_terms import PeopleRules
from makegood.testing.book import DAY_MS, MINUTE_MS, small_book
from makegood.testing.history import NOON_MS
from tests.unit.core.day import Day

KATHY, TOM, ULI = (RepId(one) for one in ("kathy", "tom", "uli"))
CUSTOMER = Asker()
AS_KATHY = Asker(rep=KATHY, role="rep")
RULES = PeopleRules(
    choices=3, capacity=2, waits_ms={"phone": 2 * MINUTE_MS}, thread_ms=7 * DAY_MS,
    room="room", unsure="which",
)  # fmt: skip


def there(rep: RepId, **more) -> OnDuty:
    return replace(OnDuty(rep, NOON_MS + 30 * DAY_MS), **more)


@pytest.fixture
def day() -> Day:
    book = small_book()
    plain = replace(next(iter(book.messages.values())), message_class=MessageClass.SERVICE)
    said = {name: replace(plain, id=name) for name in ("room", "which")}
    book = replace(book, people=RULES, messages={**book.messages, **said})
    day = Day(Library(active=book.hash, books={book.hash: book}))
    day.on_duty = (there(ULI), there(TOM), there(KATHY))
    return day


def chose(day: Day, *reps: RepId, **more) -> None:
    """What the customer wants, judged, and with the room that there is."""
    body = decided(day, PersonChosen(choices=reps), CUSTOMER)
    assert isinstance(body, PersonChosen)
    day.told(replace(body, **{"theirs": reps[0] if reps else RepId("")} | more))


def decided(day: Day, wanted: Body, asker: Asker) -> Body | str:
    decision = decide(day.state, wanted, asker, day.now_ms, day.library)
    return decision.body if decision.refused is None else decision.refused.code


def thread(day: Day, name: str = "t") -> Thread:
    found = day.state.my_person.thread(name)
    assert found is not None
    return found


def said(day: Day) -> list[str]:
    return [one.order.message for one in day.commands if isinstance(one.order, SendMessage)]


def test_the_chosen_person_owns_the_case_though_others_have_less_to_do(day: Day):
    chose(day, KATHY, TOM)
    day.no_car()
    assert day.case.owner == KATHY


def test_a_case_waits_for_nobody_who_is_busy(day: Day):
    chose(day, KATHY, TOM)
    day.on_duty = (there(ULI), there(TOM), there(KATHY, open_cases=9, most_cases=9))
    day.no_car()
    assert day.case.owner == TOM


def test_a_call_waits_for_the_busy_person_and_then_goes_to_the_cover(day: Day):
    chose(day, KATHY)
    day.on_duty = (there(ULI), there(TOM), there(KATHY, busy_until_ms=NOON_MS + DAY_MS, cover=TOM))
    day.told(GotInTouch(channel="phone", thread="t"))
    assert (thread(day).taker, thread(day).then) == (KATHY, TOM)
    assert thread(day).until_ms == NOON_MS + 2 * MINUTE_MS
    day.waits(2 * MINUTE_MS - 1)
    assert thread(day).taker == KATHY
    day.waits(1)
    assert (thread(day).taker, thread(day).until_ms) == (TOM, 0)
    assert thread(day).reasons[-1].why == "waited"


def test_an_answer_in_time_takes_the_clock_back_and_the_conversation_stays(day: Day):
    chose(day, KATHY)
    day.on_duty = (there(ULI), there(KATHY, busy_until_ms=NOON_MS + DAY_MS))
    day.told(GotInTouch(channel="phone", thread="t"))
    day.told(Contacted(rep=ULI, channel="phone", thread="t"))
    assert day.state.timers == ()
    day.waits(DAY_MS)
    day.told(GotInTouch(channel="phone", thread="t"))
    assert (thread(day).taker, thread(day).asked_for) == (ULI, ULI)
    day.told(GotInTouch(channel="phone", thread="new"))
    assert thread(day, "new").asked_for == KATHY


def test_what_somebody_leaves_unanswered_when_they_go_home_is_covered_at_once(day: Day):
    chose(day, KATHY, TOM)
    home = NOON_MS + 6 * MINUTE_MS
    late = there(TOM, until_ms=home + MINUTE_MS)
    day.on_duty = (there(ULI), late, there(KATHY, until_ms=home))
    day.told(GotInTouch(channel="mail", thread="t"))
    day.waits(6 * MINUTE_MS - 1)
    assert thread(day).taker == KATHY
    day.waits(1)
    assert (thread(day).taker, thread(day).reasons[-1].why) == (TOM, "went_home")
    day.waits(MINUTE_MS)
    assert (thread(day).taker, thread(day).came_ms, day.state.timers) == ("", NOON_MS, ())


def test_a_cover_who_went_home_meanwhile_does_not_take_what_waited(day: Day):
    chose(day, KATHY)
    busy = there(KATHY, busy_until_ms=NOON_MS + DAY_MS, cover=TOM)
    day.on_duty = (busy, there(TOM, until_ms=NOON_MS + MINUTE_MS))
    day.told(GotInTouch(channel="phone", thread="t"))
    day.waits(2 * MINUTE_MS)
    assert (thread(day).taker, thread(day).reasons[-1].rep) == ("", "")


def test_whoever_is_on_duty_takes_what_nobody_is_chosen_for(day: Day):
    day.told(GotInTouch(channel="mail", thread="t"))
    assert (thread(day).taker, thread(day).came_ms) == ("", NOON_MS)


def test_room_makes_them_the_customers_person_who_is_told_once(day: Day):
    chose(day, KATHY, TOM, theirs=TOM, waits=(KATHY,))
    choice = day.state.my_person.choices[0].event
    day.told(RoomGiven(rep=KATHY, choice=choice))
    assert [one.standing for one in day.state.my_person.choices] == [
        Standing.THEIRS,
        Standing.NEXT,
    ]
    day.told(RoomGiven(rep=KATHY, choice=choice))
    assert person_of(day.state.my_person) == KATHY
    assert said(day) == ["room"]


def test_room_for_a_choice_that_was_changed_since_changes_nothing(day: Day):
    chose(day, KATHY, TOM, theirs=TOM, waits=(KATHY,))
    old = day.state.my_person.choices[0].event
    chose(day, ULI)
    before = day.state
    day.told(RoomGiven(rep=KATHY, choice=old))
    assert day.state == before
    assert said(day) == []


def test_the_time_together_counts_from_the_first_choice_of_somebody(day: Day):
    chose(day, KATHY)
    day.waits(DAY_MS)
    chose(day, KATHY, TOM)
    assert day.state.my_person.choices[0].since_ms == NOON_MS


def test_two_choices_that_did_not_know_each_other_are_asked_about_and_the_later_holds(day: Day):
    chose(day, KATHY)
    day.waits(1)
    day.told(PersonChosen(choices=(TOM,), theirs=TOM))  # of a history that was linked since
    assert person_of(day.state.my_person) == TOM
    assert day.state.my_person.unsure == (KATHY,)
    assert said(day) == ["which"]
    chose(day, KATHY)
    assert day.state.my_person.unsure == ()
    assert day.withdrawn == [day.command("person/unsure")]


def test_two_choices_that_say_the_same_need_no_question(day: Day):
    chose(day, KATHY)
    day.told(PersonChosen(choices=(KATHY,), theirs=KATHY))
    assert (said(day), day.state.my_person.unsure) == ([], ())


def test_who_is_refused_leaves_the_choice_the_case_and_the_conversation(day: Day):
    chose(day, KATHY, TOM)
    day.no_car()
    day.told(GotInTouch(channel="mail", thread="t"))
    assert (day.case.owner, thread(day).taker) == (KATHY, KATHY)
    day.told(PersonRefused(rep=KATHY, side="customer"))
    assert KATHY not in (day.case.owner, thread(day).taker, thread(day).asked_for)
    assert [(one.rep, one.standing) for one in day.state.my_person.choices] == [
        (TOM, Standing.WAITING)
    ]
    assert decided(day, PersonChosen(choices=(KATHY,)), CUSTOMER) == "not_available"
    case = HandedOver(case=day.id, to=KATHY, by=ULI)
    assert decided(day, case, Asker(rep=ULI, role="rep")) == "not_available"


def test_who_writes_on_the_page_is_answered_by_the_cover_of_who_is_not_there(day: Day):
    chose(day, KATHY)
    day.no_car()
    day.absent = (Absent(KATHY, "off_duty", 0, ULI),)
    day.on_duty = (there(TOM), there(ULI))
    day.told(Wrote(case=day.id, text="ref"))
    assert day.case.owner == ULI
    assert day.case.call is not None
    ((_, before, to),) = day.case.moved  # no fact says it, so it is kept for the timeline
    assert (before, to) == (KATHY, ULI)
    day.absent, day.on_duty = (), (there(KATHY), there(ULI))
    day.told(Wrote(case=day.id, text="ref"))
    assert day.case.owner == ULI


@pytest.mark.parametrize("cover", [RepId(""), KATHY])
def test_words_on_the_page_move_no_case_where_nobody_is_named_who_may(day: Day, cover: RepId):
    day.no_car()
    owner = day.case.owner
    day.absent, day.on_duty = (Absent(owner, "off_duty", 0, cover),), (there(TOM),)
    day.told(Wrote(case=day.id, text="ref"))
    assert day.case.owner == owner
    day.on_duty = (there(owner, busy_until_ms=NOON_MS + DAY_MS, cover=TOM), there(TOM))
    day.told(Wrote(case=day.id, text="ref"))
    assert day.case.owner == owner


def test_a_refusal_that_is_taken_back_leaves_that_of_the_other_side(day: Day):
    day.told(PersonRefused(rep=KATHY, side="customer"))
    day.told(PersonRefused(rep=KATHY, side="rep", by=KATHY, why="ref"))
    day.told(PersonRefused(rep=KATHY, side="customer", again=True))
    assert [one.side for one in day.state.my_person.refused] == ["rep"]


def test_a_rep_says_it_for_themselves_with_a_reason(day: Day):
    no = PersonRefused(rep=KATHY, side="rep", why="ref")
    assert isinstance(decided(day, no, AS_KATHY), PersonRefused)
    assert decided(day, replace(no, why=""), AS_KATHY) == "reason_needed"
    assert decided(day, replace(no, rep=TOM), AS_KATHY) == "not_yours"
    assert decided(day, no, CUSTOMER) == "reps_only"
    assert decided(day, replace(no, again=True), AS_KATHY) == "not_refused"


def test_a_choice_is_of_a_few_different_people_where_the_book_has_any(day: Day):
    assert decided(day, PersonChosen(choices=(KATHY, KATHY)), CUSTOMER) == "chosen_twice"
    four = tuple(RepId(one) for one in "abcd")
    assert decided(day, PersonChosen(choices=four), CUSTOMER) == "too_many_choices"
    assert decided(day, PersonChosen(choices=(), brand="x"), CUSTOMER) == "no_such_brand"
    assert decided(Day(), PersonChosen(choices=(KATHY,)), CUSTOMER) == "nobody_chosen_here"


def test_nobody_can_say_of_themselves_that_they_had_room(day: Day):
    wanted = PersonChosen(choices=(KATHY,), theirs=KATHY, instead_of="made up")
    body = decided(day, wanted, CUSTOMER)
    assert isinstance(body, PersonChosen)
    assert (body.theirs, body.instead_of) == ("", "")
    assert decided(day, RoomGiven(rep=KATHY, choice="x"), CUSTOMER) == "not_a_request"


def test_of_very_many_conversations_those_nobody_waits_in_are_let_go(day: Day):
    day.told(GotInTouch(channel="mail", thread="waits"))
    for n in range(MOST_THREADS + 5):
        day.told(Contacted(rep=KATHY, channel="mail", thread=f"t{n}"))
    assert len(day.state.my_person.threads) == MOST_THREADS
    assert day.state.my_person.thread("waits") is not None


def test_a_state_with_all_of_it_is_read_as_it_was_written(day: Day):
    chose(day, KATHY, TOM)
    day.on_duty = (there(KATHY, busy_until_ms=NOON_MS + DAY_MS),)
    day.told(GotInTouch(channel="phone", thread="t"))
    day.told(PersonRefused(rep=ULI, side="customer"))
    assert decode_state(encode_state(day.state)) == day.state
