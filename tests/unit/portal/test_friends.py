"""A friend who comes by the link counts once, and the firm knows only who says so."""

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.core.state import Case, decode_state
from makegood.messages.ids import CaseId
from tests.e2e.screens import case_of, customer_of, introduce, no_car, profile_of
from tests.unit.desk.browsing import words_of


@pytest.fixture
def path(makegood: Makegood) -> str:
    introduce(makegood)
    case = no_car(makegood)
    return f"/r/{makegood.links.referral_token(profile_of('user:ana'), case)}"


def case_state(makegood: Makegood) -> Case:
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, "user:ana"))
    assert row is not None
    return decode_state(row.state).cases[-1]


def test_the_page_says_nothing_about_who_passed_it_on(path: str):
    words = words_of(Client().get(path))
    assert "A friend passed this on to you" in words
    assert "Ana" not in words


def test_a_visit_counts_once_for_each_visitor_and_not_for_a_program(makegood: Makegood, path: str):
    one, two, program = Client(), Client(), Client()
    for client in (one, two):
        client.get(path)
        for _ in range(3):
            assert client.post(f"{path}/seen").status_code == 204
    program.get(path)
    assert program.post("/r/nonsense/seen").status_code == 404
    assert Client().post(f"{path}/seen").status_code == 204  # without our cookie: nobody
    assert len(case_state(makegood).referred) == 2


def test_a_friend_who_joins_is_counted_and_known(makegood: Makegood, path: str):
    client = Client()
    client.get(path)
    assert client.post(path, {"email": "no address"}).status_code == 422
    assert case_state(makegood).joined == ()
    answer = client.post(path, {"email": "Fay@Example.org", "name": "Fay"})
    assert "Thank you. Northwind Cars gets in touch with you." in words_of(answer)
    assert len(case_state(makegood).joined) == 1
    with makegood.store.reading() as reading:
        assert "Fay" in [row.name for row in reading.find_persons("Fay", 5)]


def test_a_link_to_somebody_else_s_case_is_refused(makegood: Makegood, path: str):
    introduce(makegood, "user:bo", "Bo")
    stolen = makegood.links.referral_token(profile_of("user:bo"), case_of(makegood))
    assert Client().get(f"/r/{stolen}").status_code == 404
    nothing = makegood.links.referral_token(profile_of("user:ana"), CaseId("k0"))
    assert Client().get(f"/r/{nothing}").status_code == 404


def test_an_address_that_nobody_has_shown_to_be_theirs_finds_nobody(makegood: Makegood, path: str):
    """Else a stranger could put people of their choice behind somebody's address."""
    client = Client()
    client.get(path)
    with makegood.store.reading() as reading:
        before = reading.gate_records(profile_of("email:ana@example.org"))
    assert before
    client.post(path, {"email": "ana@example.org", "name": "Mallory"})
    with makegood.store.reading() as reading:
        assert reading.gate_records(profile_of("email:ana@example.org")) == before
