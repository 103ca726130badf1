"""Unsubscribe: looking never does it, one click does, and it can be taken back."""

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from tests.e2e.screens import introduce, profile_of
from tests.unit.desk.browsing import words_of


@pytest.fixture
def path(makegood: Makegood) -> str:
    introduce(makegood)
    token = makegood.links.unsubscribe_token(profile_of("user:ana"), "northwind_cars", "mail")
    return f"/u/{token}"


def may(makegood: Makegood, brand: str = "northwind_cars", channel: str = "mail") -> bool:
    question = Question(brand=brand, message_class=MessageClass.PROMOTIONAL, channel=channel)
    return makegood.gate.ask("user:ana", question).allowed


def test_looking_at_the_link_unsubscribes_nobody(makegood: Makegood, path: str):
    page = Client().get(path)
    assert "No more offers from Northwind Cars by e-mail" in words_of(page)
    assert may(makegood)


def test_the_mail_program_s_own_button_needs_no_page_and_no_cookie(makegood: Makegood, path: str):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not may(makegood)
    assert may(makegood, channel="sms")
    assert may(makegood, brand="northwind_vans")


@pytest.mark.parametrize(("scope", "sms", "vans"), [("brand", False, True), ("all", False, False)])
def test_the_scope_is_the_customer_s_choice(
    makegood: Makegood, path: str, scope: str, sms: bool, vans: bool
):
    Client().post(path, {"scope": scope})
    assert not may(makegood)
    assert may(makegood, channel="sms") is sms
    assert may(makegood, brand="northwind_vans") is vans


def test_a_mistake_is_taken_back_and_one_click_works_again(makegood: Makegood, path: str):
    client = Client()
    client.post(path, {"scope": "one"})
    client.post(path, {"scope": "one", "again": "1"})
    assert may(makegood)
    client.post(path, {"List-Unsubscribe": "One-Click"})
    assert not may(makegood)


def test_a_forged_link_unsubscribes_nobody(makegood: Makegood, path: str):
    assert Client().post("/u/nonsense", {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert may(makegood)
