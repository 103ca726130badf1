"""What was said binds: promises by events and people, fees that were told, and what rules read."""

import pytest

from makegood.core.decide import Asker, decide
from makegood.core.fold import advance
from makegood.core.said import MOST_KEPT, Memory, Said, SaidKind
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Disclosed, Kept, Promised, Requested
from makegood.messages.ids import EventId, RepId
from makegood.messages.money import Money
from makegood.testing.book import DAY_MS, HOUR_MS
from makegood.testing.history import ANA, NOON_MS
from tests.unit.core.day import Day
from tests.unit.playbooks.said_book import said_library

BOOKS = said_library()
ANNE = Asker(rep=RepId("anne"), role="rep")


def a_day() -> Day:
    return Day(BOOKS)


def rules(day: Day) -> list[str]:
    return [one.rule for case in day.state.cases for one in case.failures]


def paid(day: Day) -> list[int]:
    orders = (one.order for one in day.commands)
    return [one.amount.cents for one in orders if isinstance(one, Fulfil) and one.owed]


def by_hand(day: Day, promise: str = "no_fee", **more) -> Promised:
    wanted = Promised(promise=promise, **{"about": "O1", "due_ms": day.now_ms + DAY_MS} | more)
    wanted = Promised(**{f: getattr(wanted, f) for f in wanted.__struct_fields__} | {"words": "w"})
    decision = decide(day.state, wanted, ANNE, day.now_ms, BOOKS)
    assert isinstance(decision.body, Promised)
    return decision.body


def refused(day: Day, wanted, asker: Asker = ANNE) -> str:
    decision = decide(day.state, wanted, asker, day.now_ms, BOOKS)
    return decision.refused.code if decision.refused else ""


def test_a_promise_by_an_event_that_is_kept_is_no_failure_and_is_remembered():
    day = a_day()
    day.happens("Gift Promised", order="O1", agent="bo", worth_cents=700)
    day.waits(DAY_MS)
    day.happens("Gift Sent", order="O1")
    day.waits(3 * DAY_MS)
    assert rules(day) == []
    assert day.state.timers == ()
    said = day.state.memory.facts("O1")
    assert said == {
        "gift": {
            "worth_cents": 700,
            "at_ms": NOON_MS,
            "by": "bo",
            "due_ms": NOON_MS + 2 * DAY_MS,
            "kept": True,
            "broken": False,
        }
    }


def test_a_promise_that_breaks_is_a_failure_that_owes_what_was_promised():
    day = a_day()
    day.happens("Gift Promised", order="O1", agent="bo", worth_cents=700)
    day.waits(2 * DAY_MS)
    assert rules(day) == ["gift"]
    assert day.case.failures[0].about == "gift/O1"
    assert day.case.failures[0].details["promised_by"] == "bo"
    assert paid(day) == [700]
    assert day.asks().reason == "hold"


@pytest.mark.parametrize(
    ("until_ms", "due_ms"),
    [
        (NOON_MS + HOUR_MS, NOON_MS + HOUR_MS),
        (NOON_MS - 1, NOON_MS + 2 * DAY_MS),
        (NOON_MS + 400 * DAY_MS, NOON_MS + 2 * DAY_MS),
        ("soon", NOON_MS + 2 * DAY_MS),
    ],
)
def test_the_end_is_what_the_event_says_if_that_can_be(until_ms, due_ms):
    day = a_day()
    day.happens("Gift Promised", order="O1", until_ms=until_ms)
    assert [timer.due_ms for timer in day.state.timers] == [due_ms]


def test_promising_again_gives_us_no_more_time_and_an_earlier_end_counts():
    day = a_day()
    first = day.happens("Gift Promised", order="O1", worth_cents=700)
    day.waits(DAY_MS)
    again = day.happens("Gift Promised", order="O1", worth_cents=900)
    assert [timer.due_ms for timer in day.state.timers] == [NOON_MS + 2 * DAY_MS]
    day.happens("Gift Promised", order="O1", until_ms=day.now_ms + HOUR_MS)
    assert [timer.due_ms for timer in day.state.timers] == [day.now_ms + HOUR_MS]
    (one,) = day.state.memory.said
    assert one.event == first.id
    assert one.is_meant(again.id)


def test_what_is_kept_late_is_broken_and_kept():
    day = a_day()
    day.happens("Gift Promised", order="O1")
    day.waits(3 * DAY_MS)
    day.happens("Gift Sent", order="O1")
    (one,) = day.state.memory.said
    assert one.broken
    assert one.kept_ms == day.now_ms
    assert rules(day) == ["gift"]


def test_a_person_promises_with_words_and_an_end_and_another_says_that_it_was_kept():
    day = a_day()
    made = day.told(by_hand(day, binds={"cents": 900}))
    assert day.state.timers[0].due_ms == NOON_MS + DAY_MS
    kept = decide(day.state, Kept(said=made.id), ANNE, day.now_ms, BOOKS)
    assert kept.body is not None
    day.told(kept.body)
    assert day.state.timers == ()
    assert refused(day, Kept(said=made.id)) == "kept_already"


def test_what_a_person_promised_and_nobody_kept_is_a_failure_with_their_words():
    day = a_day()
    day.told(by_hand(day, "other", about=""))
    day.waits(DAY_MS)
    (failure,) = day.case.failures
    assert (failure.rule, failure.words) == ("other", "w")
    assert failure.details["promised_by"] == "anne"


def test_a_promise_broken_in_an_open_case_is_a_double_deviation():
    day = a_day()
    day.happens("Parcel Late", order="O1", minutes=60, price_cents=1000)
    day.told(by_hand(day, "other", about=""))
    day.waits(DAY_MS)
    assert day.case.double


def test_nobody_is_asked_whether_it_is_good_again_while_a_promise_is_open():
    day = a_day()
    day.happens("Parcel Late", order="O1", minutes=60, price_cents=1000)
    case = day.case
    day.told(by_hand(day, "gift", due_ms=day.now_ms + 9 * DAY_MS))
    assert all(timer.kind != "f_ask_at" for timer in day.state.timers)
    assert case.id == day.case.id


def test_a_person_promises_within_their_limit_with_words_and_an_end():
    day = a_day()
    good = by_hand(day, binds={"cents": 5000})
    fields = {name: getattr(good, name) for name in good.__struct_fields__}
    wrong = {
        "no_such_promise": {"promise": "gifd"},
        "words_needed": {"words": ""},
        "bad_end": {"due_ms": day.now_ms},
        "no_such_brand": {"brand": "acne"},
        "wrong_fact": {"binds": {"cent": 1}},
        "bad_amount": {"binds": {"cents": -1}},
        "over_authority": {"binds": {"cents": 5001}},
    }
    assert {code: refused(day, Promised(**fields | more)) for code, more in wrong.items()} == {
        code: code for code in wrong
    }
    assert refused(day, good, Asker()) == "reps_only"
    day.told(good)
    assert refused(day, good) == "promised_already"


def test_what_people_promise_a_customer_adds_up_for_a_while_kept_or_not():
    day = a_day()
    made = day.told(by_hand(day, binds={"cents": 3000}))
    enough = by_hand(day, about="O2", binds={"cents": 2000})
    fields = {name: getattr(enough, name) for name in enough.__struct_fields__}
    over = Promised(**fields | {"binds": {"cents": 2001}})
    assert refused(day, over) == "over_authority"
    kept = decide(day.state, Kept(said=made.id), ANNE, day.now_ms, BOOKS)
    assert kept.body is not None
    day.told(kept.body)
    assert refused(day, over) == "over_authority"
    assert refused(day, Promised(**fields | {"binds": {}})) == ""
    day.waits(90 * DAY_MS)
    assert by_hand(day, about="O2", binds={"cents": 5000}).binds == {"cents": 5000}


def test_a_fee_that_was_told_is_no_failure_and_one_that_was_not_is_owed_back():
    day = a_day()
    day.happens("Fee Told", order="O1", agent="bo", channel="phone", cents=900)
    day.happens("Fee Taken", order="O1", kind="fee", cents=900)
    assert rules(day) == []
    day.happens("Fee Taken", order="O2", kind="fee", cents=900)
    assert rules(day) == ["fee_not_told"]
    assert paid(day) == [900]


def test_of_a_fee_that_was_told_lower_the_difference_is_owed_and_who_told_it_is_a_reason():
    day = a_day()
    day.happens("Fee Told", order="O1", agent="bo", cents=900)
    day.happens("Fee Told", order="O1", agent="cy", cents=1500)
    day.happens("Fee Taken", order="O1", kind="fee", cents=1500)
    assert paid(day) == [600]
    seen = dict(day.case.failures[0].seen)
    assert seen["said.fee.least_cents"] == 900
    assert seen["said.fee.by"] == "cy"


def test_a_charge_that_does_not_say_what_it_is_about_cannot_be_judged_unless_it_never_counts():
    day = a_day()
    day.happens("Fee Taken", kind="tax", cents=900)
    assert day.state.cases == ()
    day.happens("Fee Taken", kind="fee", cents=900)
    assert [one.rule for one in day.case.unclear] == ["fee_not_told"]


def test_what_keeps_a_promise_before_it_was_made_keeps_nothing():
    day = a_day()
    day.happens("Gift Sent", order="O1")
    day.waits(1)
    day.happens("Gift Promised", order="O1")
    day.waits(2 * DAY_MS)
    assert rules(day) == ["gift"]


def test_what_a_person_told_is_remembered_with_who_and_where():
    day = a_day()
    wanted = Disclosed(disclosure="fee", about="O1", amount=Money(900), channel="phone", words="w")
    decision = decide(day.state, wanted, ANNE, day.now_ms, BOOKS)
    assert decision.body is not None
    day.told(decision.body)
    said = day.state.memory.facts("O1")
    assert said == {
        "fee": {
            "cents": 900,
            "least_cents": 900,
            "channel": "phone",
            "at_ms": NOON_MS,
            "by": "anne",
        }
    }
    day.happens("Fee Taken", order="O1", kind="fee", cents=1000)
    assert paid(day) == [100]


def test_what_a_person_may_not_tell():
    day = a_day()
    good = {"disclosure": "fee", "about": "O1", "amount": Money(900)}
    wrong = {
        "no_such_disclosure": {"disclosure": "fees"},
        "about_needed": {"about": ""},
        "no_such_channel": {"channel": "dream"},
        "bad_amount": {"amount": Money(900, "EUR")},
        "no_such_brand": {"brand": "acne"},
    }
    assert {code: refused(day, Disclosed(**good | more)) for code, more in wrong.items()} == {
        code: code for code in wrong
    }
    assert refused(day, Disclosed(**good), Asker()) == "reps_only"


def test_a_request_honours_what_was_promised_and_says_who_promised_it():
    day = a_day()
    day.told(by_hand(day, binds={"cents": 900}))
    wanted = Requested(request="drop_fee", about="O1")
    asked = decide(day.state, wanted, ANNE, day.now_ms, BOOKS).body
    assert isinstance(asked, Requested)
    assert (asked.answer, asked.row, asked.amount) == ("allow", "as_promised", Money(900))
    assert ("said.no_fee.by", "anne") in asked.seen


@pytest.mark.parametrize(("about", "row"), [("O2", "nothing_said"), ("", "")])
def test_what_nobody_wrote_down_is_for_a_person(about, row):
    day = a_day()
    day.told(by_hand(day, binds={"cents": 900}))
    wanted = Requested(request="drop_fee", about=about)
    asked = decide(day.state, wanted, ANNE, day.now_ms, BOOKS).body
    assert isinstance(asked, Requested)
    assert (asked.answer, asked.row) == ("person", row)


def thing(n: int, *, due_ms: int = 0) -> Said:
    kind = SaidKind.PROMISE if due_ms else SaidKind.DISCLOSURE
    one = Said(event=EventId(f"e{n}"), profile=ANA, kind=kind, id="x", about=f"O{n}", at_ms=n)
    return Said(**{f: getattr(one, f) for f in one.__struct_fields__} | {"due_ms": due_ms})


def test_too_much_lets_go_of_what_is_oldest_and_then_nobody_knows():
    memory = Memory().with_one(thing(0, due_ms=9))
    for n in range(1, MOST_KEPT + 1):
        memory = memory.with_one(thing(n))
    assert len(memory.said) == MOST_KEPT
    assert memory.facts("O0") is not None  # a promise that is open stays
    assert memory.facts("O1") is None  # nobody can say that it was never told
    assert memory.facts(f"O{MOST_KEPT}") is not None


def test_time_alone_breaks_a_promise():
    day = a_day()
    day.happens("Gift Promised", order="O1")
    before = day.state
    assert advance(before, NOON_MS + 2 * DAY_MS - 1, BOOKS).state is before
    broken = advance(before, NOON_MS + 2 * DAY_MS, BOOKS).state
    assert [one.broken for one in broken.memory.said] == [True]
