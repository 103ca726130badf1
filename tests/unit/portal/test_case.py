"""The customer's page: what it says in each state, and what can be done on it."""

import re

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.holds import Question
from makegood.core.state import Case, decode_state
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Released
from makegood.messages.ids import CaseId, RepId
from makegood.portal.speech import CATALOGUE
from makegood.testing.clock import FakeClock
from tests.e2e.screens import (
    MINUTE_MS,
    carry_out,
    case_of,
    confirm_offers,
    customer_of,
    introduce,
    no_car,
    portal_path,
    profile_of,
)
from tests.unit.desk.browsing import words_of

DAY_MS = 86_400_000


@pytest.fixture
def page(makegood: Makegood) -> str:
    """Ana was left without a car, and everything was confirmed."""
    introduce(makegood)
    no_car(makegood)
    confirm_offers(makegood)
    return portal_path(makegood)


def state_of(makegood: Makegood) -> Case:
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, "user:ana"))
    assert row is not None
    return decode_state(row.state).cases[-1]


def log_length(makegood: Makegood) -> int:
    with makegood.store.reading() as reading:
        return reading.counts()["log"]


def test_it_opens_with_what_went_wrong_says_sorry_once_and_what_is_done(page: str):
    words = words_of(Client().get(page))
    assert "Ana, we left you without a car." in words
    assert "It happened at 09:00 (Airport, R1)." in words
    assert words.count("sorry") == 1
    assert "$182.40 is on its way back to you. You need do nothing for it." in words
    assert "Kathy is looking after this" in words
    assert "We have stopped all offers and newsletters to you." in words


def test_only_what_is_confirmed_is_offered_the_furthest_first(page: str):
    html = Client().get(page).content.decode()
    assert re.findall(r'name="offer" value="(\w+)"', html) == ["driver", "ride_home", "call_me"]


def test_before_anything_is_confirmed_only_the_call_is_offered_and_more_is_announced(
    makegood: Makegood,
):
    introduce(makegood)
    no_car(makegood)
    html = Client().get(portal_path(makegood)).content.decode()
    assert re.findall(r'name="offer" value="(\w+)"', html) == ["call_me"]
    assert "We are asking right now what we can do for you." in html
    confirm_offers(makegood)
    later = Client().get(portal_path(makegood)).content.decode()
    assert "We are asking right now" not in later


def test_a_second_failure_is_counted_in_the_heading(
    makegood: Makegood, clock: FakeClock, page: str
):
    clock.advance(31 * MINUTE_MS)
    no_car(makegood, branch="Harbour", reservation="R2", moved_from="R1")
    words = words_of(Client().get(page))
    assert "Ana, we left you without a car. Twice." in words
    assert "at 09:00 (Airport, R1), and again at 09:31 (Harbour, R2)" in words


@pytest.mark.parametrize(
    ("language", "heading", "money"),
    [
        ("de", "ohne Auto stehen lassen.", "182,40\xa0$ sind auf dem Weg"),
        ("es", "Ana, le dejamos sin coche.", "Le devolvemos 182,40\xa0US$"),
        ("fr", "Ana, we left you without a car.", "$182.40 is on its way"),
    ],
)
def test_the_page_speaks_the_customer_s_language(
    makegood: Makegood, language: str, heading: str, money: str
):
    introduce(makegood, language=language)
    no_car(makegood)
    html = Client().get(portal_path(makegood)).content.decode()
    assert heading in html
    assert money in html


def test_the_language_can_be_changed_and_stays_after_a_form(page: str):
    client = Client()
    assert "stehen lassen" in words_of(client.get(f"{page}?lang=de"))
    answer = client.post(f"{page}/write?lang=de", {"text": "Hallo"})
    assert answer["Location"] == f"{page}?lang=de&said=write"
    assert CATALOGUE["de"]["write.sent"] in words_of(client.get(answer["Location"]))


def test_looking_changes_nothing_however_often(makegood: Makegood, page: str):
    before = log_length(makegood)
    client = Client()
    for path in (page, f"{page}?lang=es"):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    for act in ("choose", "answer", "write", "call", "opened"):
        assert client.get(f"{page}/{act}").status_code == 405
    assert log_length(makegood) == before


def test_opening_is_told_by_the_page_s_script_and_counts_once(makegood: Makegood, page: str):
    before = log_length(makegood)
    for _ in range(3):
        assert Client().post(f"{page}/opened").status_code == 204
    assert log_length(makegood) == before + 1
    assert state_of(makegood).opened_page_ms > 0


def test_a_choice_is_made_once_and_the_others_go(makegood: Makegood, page: str):
    client = Client()
    assert client.post(f"{page}/choose", {"offer": "driver", "form": "f1"}).status_code == 302
    words = words_of(client.get(page))
    assert "You chose: A driver who takes you where you want to go. It is on its way and" in words
    assert "How shall we make it good?" not in words
    again = client.post(f"{page}/choose", {"offer": "driver", "form": "f2"})
    assert again.status_code == 422
    assert "You have chosen this already" in words_of(again)


def test_an_offer_that_can_no_longer_be_kept_goes_with_words(makegood: Makegood, clock: FakeClock):
    introduce(makegood)
    no_car(makegood)
    confirm_offers(makegood, for_ms=10 * MINUTE_MS)
    page = portal_path(makegood)
    clock.advance(10 * MINUTE_MS)
    client = Client()
    words = words_of(client.get(page))
    assert "No longer possible: A ride home, and we pay · A driver who takes you" in words
    late = client.post(f"{page}/choose", {"offer": "driver", "form": "f"})
    assert late.status_code == 422
    assert "This can no longer be kept." in words_of(late)


def test_choosing_nothing_asks_to_choose(page: str):
    answer = Client().post(f"{page}/choose", {})
    assert answer.status_code == 422
    assert "Please choose one first." in words_of(answer)


def test_only_after_help_it_is_asked_whether_it_is_good(makegood: Makegood, page: str):
    client = Client()
    assert "Is it good again?" not in words_of(client.get(page))
    client.post(f"{page}/choose", {"offer": "ride_home"})
    assert "Is it good again?" not in words_of(client.get(page))
    carry_out(makegood)
    assert "Is it good again?" in words_of(client.get(page))


def test_good_again_ends_the_case_and_says_what_happens_to_marketing(
    makegood: Makegood, page: str
):
    client = Client()
    assert client.post(f"{page}/answer", {"answer": "good"}).status_code == 302
    assert state_of(makegood).phase == "made_whole"
    words = words_of(client.get(page))
    assert "Ana, it is good again." in words
    assert "Offers and newsletters stay stopped until 8 January 2026." in words
    assert "Choose this" not in words


def test_not_yet_wakes_the_owner_and_the_case_stays(makegood: Makegood, page: str):
    Client().post(f"{page}/answer", {"answer": "not_yet"})
    case = state_of(makegood)
    assert case.is_open
    assert case.call is not None
    assert case.call.why == "not_yet"


def test_what_the_customer_writes_reaches_the_owner_and_not_the_log(makegood: Makegood, page: str):
    Client().post(f"{page}/write", {"text": "I am at the kerb, in a red coat."})
    with makegood.store.reading() as reading:
        history = reading.history(customer_of(makegood, "user:ana"))
        body = history[-1].body
        assert reading.texts([body.text]) == {body.text: "I am at the kerb, in a red coat."}
    assert "red coat" not in repr(history)


def test_an_empty_message_is_not_sent(makegood: Makegood, page: str):
    before = log_length(makegood)
    assert Client().post(f"{page}/write", {"text": "  "}).status_code == 422
    assert log_length(makegood) == before


def test_a_released_case_offers_nothing(makegood: Makegood, page: str):
    body = Released(case=case_of(makegood), by=RepId("omar"), reason="t")
    omar = Asker(rep=RepId("omar"), role="supervisor")
    customer = customer_of(makegood, "user:ana")
    makegood.acts.act(customer, body, omar, message_id="r", texts={"t": "a test"})
    words = words_of(Client().get(page))
    assert "Ana, this is closed." in words
    assert "Choose this" not in words


def test_a_case_that_cannot_be_judged_yet_says_that_somebody_reads(makegood: Makegood):
    introduce(makegood)
    no_car(makegood, reason=None)
    words = words_of(Client().get(portal_path(makegood)))
    assert "Ana, we are looking into what happened." in words
    assert "sorry" not in words


def test_an_old_link_says_what_to_do_and_reveals_nothing(
    makegood: Makegood, clock: FakeClock, page: str
):
    clock.advance(30 * DAY_MS)
    assert Client().get(page).status_code == 200
    clock.advance(1000)
    answer = Client().get(page)
    assert answer.status_code == 410
    words = words_of(answer)
    assert "This link is too old" in words
    assert "Ana" not in words
    assert "R1" not in words
    assert Client().post(f"{page}/choose", {"offer": "driver"}).status_code == 410


def test_a_link_that_is_not_ours_opens_nothing(page: str):
    for token in ("nonsense", page[3:-1] + ("A" if page[-1] != "A" else "B")):
        answer = Client().get(f"/c/{token}")
        assert answer.status_code == 404
        assert "Ana" not in words_of(answer)


def test_a_signed_link_to_somebody_else_s_case_opens_nothing(makegood: Makegood, page: str):
    introduce(makegood, "user:bo", "Bo")
    no_car(makegood, "user:bo")
    stolen = makegood.links.portal_token(profile_of("user:bo"), case_of(makegood))
    before = log_length(makegood)
    client = Client()
    assert client.get(f"/c/{stolen}").status_code == 404
    assert client.post(f"/c/{stolen}/answer", {"answer": "good"}).status_code == 404
    nobody = makegood.links.portal_token(profile_of("user:nobody"), CaseId("k0"))
    assert client.get(f"/c/{nobody}").status_code == 404
    assert log_length(makegood) == before


def test_a_link_of_another_kind_is_no_key(makegood: Makegood, page: str):
    friend = makegood.links.referral_token(profile_of("user:ana"), case_of(makegood))
    assert Client().get(f"/c/{friend}").status_code == 404


def test_no_page_of_a_customer_is_cached_or_says_where_it_was(page: str):
    answer = Client().get(page)
    assert answer["Cache-Control"] == "no-store"
    assert 'name="referrer" content="no-referrer"' in answer.content.decode()


def test_the_hold_stands_until_the_customer_s_word(makegood: Makegood, page: str):
    question = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL)
    client = Client()
    client.post(f"{page}/choose", {"offer": "ride_home"})
    carry_out(makegood)
    assert makegood.gate.ask("user:ana", question).reason == "hold"
    client.post(f"{page}/answer", {"answer": "good"})
    assert makegood.gate.ask("user:ana", question).until == "2026-01-08T14:00:00Z"


def test_the_same_form_twice_is_one_answer(makegood: Makegood, page: str):
    before = log_length(makegood)
    for _ in range(2):
        Client().post(f"{page}/write", {"text": "Hello", "form": "one"})
    assert log_length(makegood) == before + 1


@pytest.mark.parametrize(
    ("language", "clock_says"), [("en", "09:36"), ("de", "09:36"), ("es", "9:36")]
)
def test_a_promised_call_that_did_not_come_is_called_late_and_not_by_its_old_time(
    makegood: Makegood, clock: FakeClock, page: str, language: str, clock_says: str
):
    page = f"{page}?lang={language}"
    clock.advance(31 * MINUTE_MS)
    no_car(makegood, branch="Harbour", reservation="R2", moved_from="R1")
    said = CATALOGUE[language]
    until = said["done.call"].format(owner="Kathy", clock=clock_says)
    late = said["done.call_late"].format(owner="Kathy")
    before = words_of(Client().get(page))
    assert until in before
    assert late not in before
    clock.advance(5 * MINUTE_MS)
    after = words_of(Client().get(page))
    assert until not in after
    assert late in after
    assert f"{page.partition('?')[0]}/call" not in Client().get(page).content.decode()


def test_the_day_of_a_bad_day_is_named_once(makegood: Makegood, clock: FakeClock, page: str):
    clock.advance(31 * MINUTE_MS)
    no_car(makegood, branch="Harbour", reservation="R2", moved_from="R1")
    clock.advance(DAY_MS)
    words = words_of(Client().get(page))
    assert "on 1 January 2026 at 09:00 (Airport, R1), and again at 09:31 (Harbour, R2)" in words
    assert words.count("1 January 2026") == 1
