"""On the customer's own page: claim what was spent, see what becomes of it, appeal a no once."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.messages.facts import FailureRaised, Settled
from makegood.messages.ids import CustomerId, RepId
from makegood.portal.speech import CATALOGUE
from makegood.testing.clock import FakeClock
from tests.e2e.screens import customer_of, introduce, portal_path, serving
from tests.unit.desk.browsing import words_of
from tests.unit.playbooks.claim_book import CLAIMING

KATHY = Asker(rep=RepId("kathy"), role="rep")


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(CLAIMING) as both:
        introduce(both[0])
        raised = FailureRaised(failure="parcel_late", about="O1", brand="acme")
        both[0].acts.act(customer_of(both[0], "user:ana"), raised, KATHY, message_id="raised")
        yield both


@pytest.fixture
def ana(makegood: Makegood) -> CustomerId:
    return customer_of(makegood, "user:ana")


@pytest.fixture
def page(makegood: Makegood) -> str:
    return portal_path(makegood)


def claim(page: str, form: str = "f1", **more: str):
    values = {"claim": "taxi", "about": "O1", "amount": "24.00", "kind": "taxi", "receipt": "r1"}
    return Client().post(f"{page}/claim", {"form": form} | values | more, follow=True)


def requests_of(makegood: Makegood, ana: CustomerId):
    with makegood.store.reading() as reading:
        row = reading.row(ana)
    assert row is not None
    return decode_state(row.state).requests


def test_what_was_spent_is_on_its_way_at_once_and_filed_once(page, makegood, ana):
    assert "What you spent because of this" in words_of(Client().get(page))
    words = words_of(claim(page))
    assert "We have what you told us." in words
    assert "The taxi that you took: $24 is on its way back to you." in words
    claim(page)
    assert [one.request for one in requests_of(makegood, ana)] == ["taxi"]


def test_the_form_sent_again_with_another_sum_is_not_taken_for_the_first_one(page, makegood, ana):
    claim(page)
    (first,) = (one.claimed for one in requests_of(makegood, ana))
    again = claim(page, amount="30.00")
    assert again.status_code == 422
    assert "We have what you told us." not in words_of(again)
    assert [str(one.claimed) for one in requests_of(makegood, ana)] == [str(first)]


def test_beyond_the_cap_both_parts_are_told(page):
    words = words_of(claim(page, amount="95"))
    assert "The taxi that you took: $80 is on its way back to you." in words
    assert "The taxi that you took: a person looks at it and answers by" in words


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"receipt": ""}, "Please add the number of the receipt"),
        ({"amount": ""}, "Please write how much you spent"),
        ({"amount": "much"}, "Please write how much you spent"),
        ({"claim": "boat"}, "That did not work."),
        ({"about": "O9"}, "That did not work."),
        ({"kind": "for ana@example.org"}, "That did not work."),
    ],
)
def test_what_is_lacking_is_asked_for_and_stores_nothing(page, makegood, ana, more, why):
    answer = claim(page, **more)
    assert answer.status_code == 422
    assert why in words_of(answer)
    assert requests_of(makegood, ana) == ()


def test_a_receipt_that_is_lost_goes_before_a_person(page, makegood, ana):
    words = words_of(claim(page, receipt="", lost="yes"))
    assert "a person looks at it and answers by" in words
    assert requests_of(makegood, ana)[0].receipt == "none"


def test_a_receipt_that_waits_is_not_claimed_again(page):
    claim(page, currency="EUR", amount="95")
    assert "You have claimed this receipt already" in words_of(claim(page, "f2"))


def test_a_no_has_its_reason_and_is_appealed_once_to_somebody(page, makegood, ana):
    answer = claim(page, kind="alcohol")
    words = words_of(answer)
    assert "The taxi that you took: we do not pay this. Drinks are not what we pay for." in words
    found = re.search(r'name="claim" value="(e\w+)"', answer.content.decode())
    assert found is not None
    sent = {"form": "a1", "claim": found[1]}
    words = words_of(Client().post(f"{page}/appeal", sent, follow=True))
    assert "a person looks at it and answers by" in words
    again = Client().post(f"{page}/appeal", sent | {"form": "a2"}, follow=True)
    assert again.status_code == 422
    (one,) = requests_of(makegood, ana)
    refused = Settled(asked=one.event, answer="deny", reason="r")
    makegood.requests.act(ana, refused, KATHY, message_id="no", texts={"r": "Sorry."})
    page_now = Client().get(page).content.decode()
    assert "we do not pay this" in page_now
    assert "let somebody else decide" not in page_now


def test_a_book_without_claims_shows_none(page, makegood):
    makegood.shelf.activate(
        re.sub(
            r"^claims:\n.*?^requests:\n", "requests:\n", CLAIMING, flags=re.DOTALL | re.MULTILINE
        ),
        "without.yaml",
        by="omar",
        because="It pays no taxis.",
    )
    assert "What you spent because of this" not in words_of(Client().get(page))


def test_it_is_said_in_german_and_spanish(page):
    claim(page, amount="95")
    for language in ("de", "es"):
        words = words_of(Client().get(f"{page}?lang={language}"))
        assert CATALOGUE[language]["claim.title"] in words
        assert CATALOGUE[language]["claim.button"] in words
