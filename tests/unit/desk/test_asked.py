"""At the desk: ask for a customer, see why, settle what waits, appeal a no."""

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.messages.ids import CustomerId
from makegood.testing.clock import FakeClock
from tests.e2e.agency import AGENCY
from tests.e2e.screens import MINUTE_MS, REPS, customer_of, introduce, serving
from tests.unit.desk.browsing import questions, token_of, words_of


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(AGENCY) as both:
        introduce(both[0])
        with both[0].store.writing() as writing:
            writing.put_reps([replace(REPS[2], brands=("zenith",))])
        yield both


@pytest.fixture
def ana(makegood: Makegood) -> CustomerId:
    return customer_of(makegood, "user:ana")


def ask(browser, ana: CustomerId, request: str = "move_date", about="T7", **facts: object):
    page = browser.get(f"/desk/customers/{ana}")
    values = {f"fact.{name}": str(value) for name, value in facts.items()}
    values |= {"token": token_of(page), "brand": "acme", "about": about}
    return browser.post(f"/desk/customers/{ana}/ask/{request}", values, follow=True)


def does(browser, ana: CustomerId, act: str, **values: str):
    page = browser.get(f"/desk/customers/{ana}")
    where = re.search(rf'action="([^"]+/{act})"', page.content.decode())
    assert where is not None, f"no form to {act}"
    return browser.post(where[1], {"token": token_of(page)} | values, follow=True)


def test_the_answer_comes_as_a_sentence_with_its_reasons(kathy, ana):
    words = words_of(ask(kathy, ana, days_before=9, moves=0, tour_cents=90_000))
    assert "What Ana asked for" in words
    assert "Yes, for $90." in words
    assert "agency handbook 4.2" in words
    assert "Looked at: days is 9, moves is 0." in words
    assert "Kathy Moreno asked for the customer: May we move the date? Yes, for $90." in words


def test_a_later_book_changes_no_reason(kathy, ana, makegood):
    ask(kathy, ana, days_before=9, moves=0, tour_cents=90_000)
    later = AGENCY.replace("agency handbook 4.2", "agency handbook 5.1")
    makegood.shelf.activate(later, "later.yaml", by="omar", because="It was printed anew.")
    words = words_of(kathy.get(f"/desk/customers/{ana}"))
    assert "agency handbook 4.2" in words
    assert "agency handbook 5.1" not in words


def test_a_form_sent_twice_asks_once(kathy, ana):
    page = kathy.get(f"/desk/customers/{ana}")
    values = {"token": token_of(page), "brand": "acme", "fact.days_before": "1", "fact.moves": "0"}
    for _ in range(2):
        page = kathy.post(f"/desk/customers/{ana}/ask/move_date", values, follow=True)
    assert words_of(page).count("asked for the customer: May we move the date?") == 1


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"days_before": "soon"}, "`days_before` has to be of type int"),
        ({"order": "ana@example.org"}, "Names, addresses and free words"),
        ({"about": "ana@example.org"}, "Names, addresses and free words"),
    ],
)
def test_what_cannot_be_asked_is_said_at_the_form(kathy, ana, facts, why):
    request = "redeliver" if "order" in facts else "move_date"
    answer = ask(kathy, ana, request, **facts)
    assert answer.status_code == 422
    assert why in words_of(answer)


def test_what_is_left_out_goes_before_a_person_and_late_is_said(kathy, ana, makegood, clock):
    words = words_of(ask(kathy, ana, moves=0))
    assert "waits for a person" in words
    assert "answer by" in words
    assert "This is missing: request.days_before" in words
    clock.advance(241 * MINUTE_MS)
    makegood.worker.run_once()
    words = words_of(kathy.get(f"/desk/customers/{ana}"))
    assert "answer is late" in words
    (case,) = re.findall(r"/desk/cases/ke\w+", kathy.get("/desk/").content.decode())[:1]
    assert "no answer came in time" in words_of(kathy.get(case))


def test_a_no_needs_a_reason_and_its_appeal_is_for_somebody_else(kathy, omar, ana):
    ask(kathy, ana, moves=0)
    refused = does(kathy, ana, "settle", answer="deny")
    assert refused.status_code == 422
    assert "A no needs a reason" in words_of(refused)
    words = words_of(does(kathy, ana, "settle", answer="deny", reason="The hotel is full."))
    assert "Kathy Moreno said no." in words
    assert "Kathy Moreno refused what was asked:" in words
    assert "The hotel is full." in words
    page = does(kathy, ana, "appeal", words="Really?")
    assert "Kathy Moreno appealed for the customer: somebody else decides." in words_of(page)
    assert "/settle" not in page.content.decode()
    words = words_of(does(omar, ana, "settle", answer="allow", remedy="new_parcel", charge="5"))
    assert "Omar Haddad said yes, with A new parcel ($9), for $5." in words


def test_somebody_else_may_ask_and_pay_for_the_customer(kathy, ana):
    page = kathy.get(f"/desk/customers/{ana}")
    values = {"token": token_of(page), "brand": "acme", "fact.moves": "0"}
    where = f"/desk/customers/{ana}/ask/move_date"
    wrong = kathy.post(where, values | {"asker": "Sunny Tours"})
    assert wrong.status_code == 422
    assert "is not an identifier" in words_of(wrong)
    parties = {"asker": "user:sunny", "payer": "desk@sunny.example"}
    words = words_of(kathy.post(where, values | parties, follow=True))
    assert "somebody else asks and pays" in words


def test_a_request_of_another_brand_does_not_exist_for_them(kathy, vera, ana):
    page = ask(kathy, ana, moves=0)
    where = re.search(r'action="([^"]+/settle)"', page.content.decode())
    assert where is not None
    does(kathy, ana, "settle", answer="deny", reason="The hotel is full.")
    theirs = words_of(vera.get(f"/desk/customers/{ana}"))
    for told in ("What Ana asked for", "May we move the date? Y", "refused", "hotel is full"):
        assert told not in theirs
    assert vera.post(where[1], {"token": "t", "answer": "allow"}).status_code == 404
    brand = {"token": "t", "brand": "acme", "fact.moves": "0"}
    assert vera.post(f"/desk/customers/{ana}/ask/move_date", brand).status_code == 404
    assert kathy.post(f"/desk/customers/{ana}/ask/nothing", brand).status_code == 404
    assert kathy.post(where[1].replace("/settle", "/forget"), {"token": "t"}).status_code == 404


def test_beside_a_request_that_waits_stands_what_others_heard(kathy, ana):
    ask(kathy, ana, about="T1", days_before=1, moves=0)
    ask(kathy, ana, about="T2", days_before=40, moves=0)
    words = words_of(ask(kathy, ana, about="T7", days_before=40, moves=1))
    assert "1 customer in 180 days asked for the same, 3 requests, gold or higher." in words
    assert "Allowed 1, refused 1, 1 still waiting." in words
    assert words.count("Everyone who asked for this") == 1
    answered = words_of(does(kathy, ana, "settle", answer="allow"))
    assert "Everyone who asked for this" not in answered


def test_the_page_asks_as_often_however_many_requests_wait(kathy, ana, makegood):
    ask(kathy, ana, about="T0", moves=0)
    once = questions(makegood, kathy, f"/desk/customers/{ana}")
    for number in range(1, 12):
        ask(kathy, ana, about=f"T{number}", moves=0)
    assert questions(makegood, kathy, f"/desk/customers/{ana}") == once


def test_what_waits_stands_in_a_list_of_its_own(kathy, ana):
    assert "Nobody waits for an answer." in words_of(kathy.get("/desk/asked"))
    ask(kathy, ana)
    page = kathy.get("/desk/asked")
    assert "May we move the date? · T7" in words_of(page)
    assert f'href="/desk/customers/{ana}#asked"' in page.content.decode()
    assert "Asked 1" in words_of(kathy.get("/desk/"))
    does(kathy, ana, "settle", answer="deny", reason="It is full.")
    assert "Nobody waits for an answer." in words_of(kathy.get("/desk/asked"))
