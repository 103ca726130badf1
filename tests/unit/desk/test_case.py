"""Every act on the case page, through the page's own forms."""

import pytest

from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.core.state import Case, decode_state
from makegood.messages.commands import Fulfil, MessageClass
from makegood.messages.facts import Carried, Touchpoint
from makegood.messages.money import Money
from makegood.testing.clock import FakeClock
from tests.e2e.screens import (
    MINUTE_MS,
    case_of,
    confirm_offers,
    customer_of,
    introduce,
    no_car,
    profile_of,
    take,
)
from tests.unit.desk.browsing import token_of, words_of


@pytest.fixture
def case(makegood: Makegood) -> str:
    introduce(makegood)
    no_car(makegood)
    confirm_offers(makegood)
    return case_of(makegood)


def state_of(makegood: Makegood) -> Case:
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, "user:ana"))
    assert row is not None
    return decode_state(row.state).cases[-1]


def act(client, case: str, name: str, **values: str):
    page = client.get(f"/desk/cases/{case}")
    assert page.status_code == 200
    return client.post(f"/desk/cases/{case}/{name}", {"token": token_of(page), **values})


def is_held(makegood: Makegood) -> bool:
    question = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL)
    return not makegood.gate.ask("user:ana", question).allowed


def test_the_page_opens_with_a_sentence_about_a_person(case: str, kathy):
    words = words_of(kathy.get(f"/desk/cases/{case}"))
    assert "Ana was let down: there was no car at Airport (R1)" in words
    assert "marketing held since 09:00" in words
    assert "Rule book car-rental , line" in words


def test_an_offer_is_given_with_one_click_and_counts_against_the_limit(
    makegood: Makegood, case: str, kathy
):
    assert act(kathy, case, "choose", offer="ride_home").status_code == 302
    chosen = [one for one in state_of(makegood).offers if one.ordered]
    assert [(one.offer, one.by) for one in chosen] == [("ride_home", "kathy")]
    assert "$95 of $350" in words_of(kathy.get(f"/desk/cases/{case}"))


def test_a_form_sent_twice_does_its_work_once(makegood: Makegood, case: str, kathy):
    values = {"token": "one-form", "text": "She is on the kerb."}
    for _ in range(2):
        assert kathy.post(f"/desk/cases/{case}/note", values).status_code == 302
    with makegood.store.reading() as reading:
        history = reading.history(customer_of(makegood, "user:ana"))
    assert sum(type(event.body).__name__ == "Noted" for event in history) == 1


def test_something_outside_the_plan_needs_a_reason_and_keeps_what_was_written(
    makegood: Makegood, case: str, kathy
):
    answer = act(kathy, case, "grant", remedy="something_else", amount="40", reason=" ")
    assert answer.status_code == 422
    assert "Say why; one sentence is enough." in words_of(answer)
    assert 'value="40"' in answer.content.decode()
    assert state_of(makegood).gifts == ()


def test_something_outside_the_plan_is_given_with_its_reason(makegood: Makegood, case: str, kathy):
    given = act(
        kathy, case, "grant", remedy="something_else", amount="40.50", reason="Dinner for two."
    )
    assert given.status_code == 302
    (gift,) = state_of(makegood).gifts
    assert (gift.expected.cents, gift.by, gift.off_script) == (4_050, "kathy", True)
    assert "Dinner for two." in words_of(kathy.get(f"/desk/cases/{case}"))


def test_more_than_the_role_may_give_is_refused_with_the_limit(case: str, kathy):
    answer = act(
        kathy, case, "grant", remedy="something_else", amount="350.01", reason="It was awful."
    )
    assert answer.status_code == 422
    assert "USD 350.00" in words_of(answer)


def test_exactly_what_the_role_may_give_is_given(makegood: Makegood, case: str, kathy):
    answer = act(
        kathy, case, "grant", remedy="something_else", amount="350", reason="It was awful."
    )
    assert answer.status_code == 302
    assert len(state_of(makegood).gifts) == 1


def test_a_case_is_handed_over_with_its_story(makegood: Makegood, case: str, kathy):
    refused = act(kathy, case, "hand-over", to="omar", note="")
    assert refused.status_code == 422
    handed = act(kathy, case, "hand-over", to="omar", note="On the kerb; wants the ride.")
    assert handed.status_code == 302
    assert state_of(makegood).owner == "omar"
    words = words_of(kathy.get(f"/desk/cases/{case}"))
    assert "On the kerb; wants the ride." in words
    assert "Omar Haddad owns this." in words


def test_nobody_hands_a_case_to_a_stranger_to_the_roster(makegood: Makegood, case: str, kathy):
    answer = act(kathy, case, "hand-over", to="mallory", note="take it")
    assert answer.status_code == 422
    assert state_of(makegood).owner == "kathy"


def test_a_colleague_takes_the_case_over(makegood: Makegood, case: str, omar):
    assert act(omar, case, "take").status_code == 302
    assert state_of(makegood).owner == "omar"


def test_a_call_that_reached_the_customer_ends_the_call_task(
    makegood: Makegood, clock: FakeClock, case: str, kathy
):
    clock.advance(MINUTE_MS)
    no_car(makegood, branch="Harbour", reservation="R2", moved_from="R1")
    act(kathy, case, "call", reached="no")
    assert state_of(makegood).call.done_ms == 0
    act(kathy, case, "call", reached="yes", note="She wants the ride.")
    assert state_of(makegood).call.done_ms >= clock.now_ms()


def test_the_customer_s_word_written_down_lifts_nothing_but_this_case(
    makegood: Makegood, case: str, kathy
):
    assert is_held(makegood)
    assert act(kathy, case, "good", words="All fine now").status_code == 302
    assert state_of(makegood).phase == "made_whole"
    assert "made good" in words_of(kathy.get(f"/desk/cases/{case}"))


def test_not_yet_wakes_the_owner(makegood: Makegood, case: str, kathy):
    assert act(kathy, case, "not-yet").status_code == 302
    assert state_of(makegood).call.why == "not_yet"


def test_only_a_supervisor_releases_and_only_with_a_reason(
    makegood: Makegood, case: str, kathy, omar
):
    assert act(kathy, case, "release", reason="please").status_code == 422
    assert act(omar, case, "release", reason="").status_code == 422
    assert is_held(makegood)
    assert act(omar, case, "release", reason="Test booking of ours.").status_code == 302
    assert not is_held(makegood)
    assert "Release the hold" not in words_of(kathy.get(f"/desk/cases/{case}"))


def test_a_closed_case_takes_no_more_acts(makegood: Makegood, case: str, kathy):
    act(kathy, case, "good")
    answer = kathy.post(f"/desk/cases/{case}/choose", {"offer": "ride_home", "token": "late"})
    assert answer.status_code == 422
    assert "This case is closed" in words_of(answer)


def test_what_cannot_be_judged_is_judged_by_a_person(makegood: Makegood, kathy):
    introduce(makegood)
    case = no_car(makegood, reason=None)
    page = kathy.get(f"/desk/cases/{case}")
    assert "needs event.reason" in words_of(page)
    question = state_of(makegood).unclear[0].event
    answer = act(kathy, case, "judge", question=question, failure="no_car", reason="He called.")
    assert answer.status_code == 302
    assert [one.rule for one in state_of(makegood).failures] == ["no_car"]


def test_nobody_judges_the_case_of_another_brand_by_way_of_their_own(
    makegood: Makegood, clock: FakeClock, vera
):
    introduce(makegood)
    vans = no_car(makegood, brand="northwind_vans")
    act(vera, vans, "good")
    clock.advance(MINUTE_MS)
    no_car(makegood, reservation="R2", reason=None)
    question = state_of(makegood).unclear[0].event
    values = {"token": "t", "question": question, "failure": ""}
    assert vera.post(f"/desk/cases/{vans}/judge", values).status_code == 422
    assert is_held(makegood)
    assert state_of(makegood).unclear


def test_no_failure_lets_marketing_go_on(makegood: Makegood, kathy):
    introduce(makegood)
    case = no_car(makegood, reason=None)
    assert is_held(makegood)
    question = state_of(makegood).unclear[0].event
    act(kathy, case, "judge", question=question, failure="")
    assert not is_held(makegood)


def test_an_act_that_does_not_exist_and_a_form_without_its_csrf_token_are_refused(
    makegood: Makegood, case: str, kathy
):
    from django.test import Client

    assert act(kathy, case, "explode").status_code == 422
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = kathy.cookies
    answer = strict.post(f"/desk/cases/{case}/note", {"text": "x"})
    assert answer.status_code == 403
    assert "This form is too old" in words_of(answer)


def test_what_people_write_is_never_markup(makegood: Makegood, case: str, kathy):
    act(kathy, case, "note", text="<script>alert(1)</script>")
    assert "<script>alert" not in kathy.get(f"/desk/cases/{case}").content.decode()


def test_looking_at_pages_changes_nothing(makegood: Makegood, case: str, kathy):
    with makegood.store.reading() as reading:
        before = reading.counts()["log"]
    kathy.get(f"/desk/cases/{case}")
    kathy.get(f"/desk/cases/{case}?fragment=1", headers={"HX-Request": "true"})
    assert kathy.get(f"/desk/cases/{case}/note").status_code == 405
    with makegood.store.reading() as reading:
        assert reading.counts()["log"] == before


def test_a_customer_whose_history_is_stuck_is_still_shown_with_a_warning(
    makegood: Makegood, case: str, kathy, vera
):
    from msgspec.structs import replace

    customer = customer_of(makegood, "user:ana")
    with makegood.store.writing() as writing:
        row = writing.lock([customer])[customer]
        writing.save([replace(row, stuck="KeyError: a rule book is missing")])
    words = words_of(kathy.get(f"/desk/cases/{case}"))
    assert "could not be folded to its end" in words
    assert "a rule book is missing" in words
    page = kathy.get("/desk/broken")
    assert "The history of 1 customer could not" in words_of(page)
    assert f'href="/desk/customers/{customer}"' in page.content.decode()
    assert str(customer) not in vera.get("/desk/broken").content.decode()


def test_a_note_is_kept_without_signs_that_no_store_keeps(makegood: Makegood, case: str, kathy):
    page = kathy.get(f"/desk/cases/{case}")
    values = {"text": "Rang\x00 her\x1b twice.", "token": token_of(page)}
    assert kathy.post(f"/desk/cases/{case}/note", values).status_code == 302
    assert "Rang her twice." in words_of(kathy.get(f"/desk/cases/{case}"))


def smaller_car(makegood: Makegood) -> str:
    """Hand over a smaller car; nobody says what was paid for it."""
    introduce(makegood)
    properties = {
        "reservation": "R7",
        "branch": "Airport",
        "late_minutes": 0,
        "class_booked": "standard",
        "class_given": "mini",
        "brand": "northwind_cars",
    }
    body = Touchpoint(name="Car Handed Over", properties=properties)
    take(makegood, "user:ana", body, "handed-over")
    return case_of(makegood)


def fifth_of(makegood: Makegood) -> list[int]:
    with makegood.store.reading() as reading:
        rows = reading.outbox_of([profile_of("user:ana")])
    orders = [row.command.order for row in rows]
    return [one.amount.cents for one in orders if isinstance(one, Fulfil)]


def test_money_that_waits_for_a_price_asks_a_person_and_goes_once_the_price_is_known(
    makegood: Makegood, kathy
):
    case = smaller_car(makegood)
    assert fifth_of(makegood) == []
    assert "a fact is missing" in words_of(kathy.get("/desk/"))
    words = words_of(kathy.get(f"/desk/cases/{case}"))
    assert "What Ana paid for R7@Airport is not known" in words
    assert "cannot judge: price is missing" in words
    assert act(kathy, case, "price", about="R7@Airport", amount="").status_code == 422
    assert act(kathy, case, "price", about="R8", amount="200").status_code == 422
    assert act(kathy, case, "price", about="R7@Airport", amount="200").status_code == 302
    assert fifth_of(makegood) == [4_000]
    assert state_of(makegood).double is False
    assert "is not known" not in words_of(kathy.get(f"/desk/cases/{case}"))


def test_what_was_paid_beyond_what_is_owed_is_shown(makegood: Makegood, case: str, kathy):
    with makegood.store.reading() as reading:
        rows = reading.outbox_of([profile_of("user:ana")])
    (refund,) = [row.command for row in rows if "/owed/" in row.command.step]
    paid = Carried(command=refund.id, step=refund.step, paid=Money(20_000))
    take(makegood, "user:ana", paid, "paid")
    words = words_of(kathy.get(f"/desk/cases/{case}"))
    assert "$17.60 more was paid than is owed; it stays." in words
