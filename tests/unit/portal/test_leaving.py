"""Unsubscribe: looking never does it, one click does, and it can be taken back."""

import re

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from makegood.testing.clock import FakeClock
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


def undo_in(page) -> str:
    found = re.search(r'name="again" value="([^"]+)"', page.content.decode())
    return found[1] if found is not None else ""


def test_a_mistake_is_taken_back_and_one_click_works_again(makegood: Makegood, path: str):
    client = Client()
    undo = undo_in(client.post(path, {"scope": "one"}))
    assert "You get offers again" in words_of(client.post(path, {"again": undo}))
    assert may(makegood)
    client.post(path, {"List-Unsubscribe": "One-Click"})
    assert not may(makegood)
    client.post(path, {"again": undo})  # it took back one click, and not every later one
    assert not may(makegood)


@pytest.mark.parametrize("scope", ["one", "brand", "all"])
def test_whoever_has_an_old_mail_cannot_bring_the_offers_back(
    makegood: Makegood, path: str, scope: str
):
    Client().post(path, {"scope": "one"})
    for values in ({"scope": scope, "again": "1"}, {"again": "x" * 300}, {"again": ""}):
        page = Client().post(path, values)
        assert page.status_code == 410
        assert "only be taken back for an hour" in words_of(page)
    assert undo_in(Client().get(path)) == ""
    assert undo_in(Client().post(path, {"scope": "one"})) == ""  # nothing changed by that
    assert not may(makegood)


def test_a_click_is_taken_back_for_an_hour(makegood: Makegood, clock: FakeClock, path: str):
    undo = undo_in(Client().post(path, {"scope": "brand"}))
    clock.advance(3_600_001)
    assert Client().post(path, {"again": undo}).status_code == 410
    assert not may(makegood)


def test_taking_a_click_back_keeps_what_was_left_before_it(makegood: Makegood, path: str):
    Client().post(path, {"scope": "one"})
    undo = undo_in(Client().post(path, {"scope": "all"}))
    Client().post(path, {"again": undo})
    assert not may(makegood)
    assert may(makegood, channel="sms")
    assert may(makegood, brand="northwind_vans")


def test_a_click_of_somebody_else_takes_nothing_back(makegood: Makegood, path: str):
    introduce(makegood, "user:bob")
    token = makegood.links.unsubscribe_token(profile_of("user:bob"), "northwind_cars", "mail")
    theirs = undo_in(Client().post(f"/u/{token}", {"scope": "one"}))
    Client().post(path, {"scope": "one"})
    assert Client().post(path, {"again": theirs}).status_code == 410
    assert not may(makegood)


def test_a_forged_link_unsubscribes_nobody(makegood: Makegood, path: str):
    assert Client().post("/u/nonsense", {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert may(makegood)
