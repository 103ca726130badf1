"""Anybody of the firm raises a failure, takes care of it, and sees what became of it."""

import pytest

from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from tests.e2e.screens import case_of, customer_of, introduce, no_car
from tests.unit.desk.browsing import words_of

PROMOTION = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL)
WORDS = "The seat was wet."
SAID = {"raise": "yes", "failure": "other", "brand": "northwind_cars", "words": WORDS}


def raised(mira, who: str = "ana@example.org", **more: str):
    token = {"token": more.pop("token", "t1"), "who": who}
    return mira.post("/desk/floor/raise", SAID | token | more, follow=True)


def test_who_signs_in_is_led_to_the_one_page_there_is(makegood: Makegood, mira):
    assert mira.get("/desk/")["Location"] == "/desk/floor/"
    assert "Did something go wrong" in words_of(mira.get("/desk/floor/"))


def test_whoever_has_no_row_in_the_roster_is_called_by_their_name(mira):
    assert "Your account: Mira Sand" in mira.get("/desk/floor/").content.decode()


def test_a_customer_is_found_by_something_in_full_and_shown_by_a_first_name(makegood, mira):
    introduce(makegood)
    found = words_of(mira.post("/desk/floor/raise", {"who": "ana@example.org"}))
    assert "Ana" in found
    for hidden in ("Ruiz", "user:ana"):
        assert hidden not in found
    for part in ("ana@", "Ana Ruiz", "Ru"):
        assert "Nobody is found by this" in words_of(mira.post("/desk/floor/raise", {"who": part}))


def test_who_tries_many_numbers_is_stopped(makegood: Makegood, mira):
    answers = [mira.post("/desk/floor/raise", {"who": f"R{n}"}).status_code for n in range(61)]
    assert answers[-2:] == [200, 422]


def test_what_is_raised_stops_marketing_and_the_desk_sees_who_raised_it(makegood, mira, kathy):
    introduce(makegood)
    assert "Thank you" in words_of(raised(mira))
    assert not makegood.gate.ask("user:ana", PROMOTION).allowed
    page = words_of(kathy.get(f"/desk/cases/{case_of(makegood)}"))
    assert "Raised by mira" in page
    assert "The seat was wet." in page
    assert "What you raised Something went wrong" in words_of(mira.get("/desk/floor/"))


def test_the_same_form_sent_twice_raises_once(makegood: Makegood, mira):
    introduce(makegood)
    raised(mira, take="yes")
    raised(mira, take="yes")
    with makegood.store.reading() as reading:
        (row,) = reading.cases_of([customer_of(makegood, "user:ana")])
        assert row.owner == "mira"
        assert row.line == "other"


def test_who_takes_care_is_the_named_owner_until_it_is_handed_over(makegood, mira):
    introduce(makegood)
    assert "You take care of it now" in words_of(raised(mira, take="yes"))
    case = case_of(makegood)
    path = f"/desk/floor/cases/{case}"
    assert "You take care of it." in words_of(mira.get(path))
    sent = {"token": "a", "words": "A dry car in an hour.", "hours": "1"}
    answer = mira.post(f"{path}/promise", sent, follow=True)
    assert "You said: “A dry car in an hour.”" in words_of(answer)
    assert mira.post(f"{path}/promise", sent | {"hours": "soon"}).status_code == 422
    done = mira.post(f"{path}/done", {"token": "b", "note": "Dried it."}, follow=True)
    assert "ask the customer whether it is good again" in words_of(done)
    with makegood.store.reading() as reading:
        row = reading.case(case)
    assert row is not None
    assert row.owner == "kathy"
    assert mira.post(f"{path}/done", {"token": "c", "note": "x"}).status_code == 404
    assert mira.post(f"{path}/note", {"token": "d", "text": "Seen."}).status_code == 302


def test_nothing_is_given_that_the_rule_book_does_not_let_employees_give(makegood, mira):
    introduce(makegood)
    raised(mira, take="yes")
    path = f"/desk/floor/cases/{case_of(makegood)}"
    assert "Give something" not in words_of(mira.get(path))
    sent = {"token": "g", "remedy": "credit", "amount": "5", "reason": "The seat."}
    assert mira.post(f"{path}/give", sent).status_code == 422
    with makegood.store.reading() as reading:
        assert all(line.remedy != "credit" for line in reading.ledger(case_of(makegood)))


def test_what_somebody_else_looks_after_is_not_theirs_to_see_or_take(makegood, mira):
    introduce(makegood)
    case = no_car(makegood)
    path = f"/desk/floor/cases/{case}"
    assert mira.get(path).status_code == 404
    assert mira.post(f"{path}/note", {"text": "x"}).status_code == 404
    assert "Somebody looks after this customer already" in words_of(raised(mira, take="yes"))
    assert "looks after it" in words_of(mira.get(path))
    assert mira.post(f"{path}/done", {"note": "x"}).status_code == 404


def test_who_is_not_known_is_raised_all_the_same(makegood: Makegood, mira):
    assert "You take care of it now" in words_of(raised(mira, who="Room 412", take="yes"))
    assert "Something went wrong" in words_of(mira.get("/desk/floor/"))


def test_who_raised_it_hears_that_it_was_made_whole(makegood: Makegood, mira, kathy):
    introduce(makegood)
    raised(mira)
    good = f"/desk/cases/{case_of(makegood)}/good"
    assert kathy.post(good, {"token": "good", "words": "Fine."}).status_code == 302
    assert "Made whole" in words_of(mira.get("/desk/floor/"))


@pytest.mark.parametrize(
    "wrong", [{"words": ""}, {"failure": "nothing_such"}, {"brand": "nobody"}]
)
def test_bad_input_is_said_at_the_form_and_nothing_is_lost(makegood, mira, wrong):
    introduce(makegood)
    answer = mira.post("/desk/floor/raise", SAID | {"who": "ana@example.org"} | wrong)
    assert answer.status_code == 422
    assert ("The seat was wet." in answer.content.decode()) == ("words" not in wrong)
    assert makegood.gate.ask("user:ana", PROMOTION).allowed


def test_two_guests_of_a_room_that_nobody_knows_are_two(makegood: Makegood, mira):
    raised(mira, who="Room 412")
    raised(mira, who="Room 412", token="t2")
    with makegood.store.reading() as reading:
        assert len(reading.cases()) == 2
