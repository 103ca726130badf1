"""The card in Zendesk's sidebar: for Zendesk only, about the ticket's own requester only."""

from collections.abc import Iterator
from typing import NamedTuple

import jwt
import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.core.state import OfferState, OfferStatus, decode_state
from makegood.effects.zendesk import ZendeskApp, ZendeskSettings
from makegood.messages.facts import FailureRaised
from makegood.messages.money import Money
from makegood.playbooks.terms import Tier
from makegood.projections.planb import cards
from makegood.testing.clock import FakeClock
from tests.e2e.screens import customer_of, introduce, no_car, serving, take
from tests.vendors.zendesk import EMAIL, TOKEN, Account
from tests.vendors.zendesk import serving as vendor
from tests.vendors.zendesk_app import AUDIENCE, public_key, token

HOST = "127.0.0.1"


class Sidebar(NamedTuple):
    """A Zendesk with the app installed."""

    makegood: Makegood
    clock: FakeClock
    zendesk: Account

    def open(self, said: str | None = None):
        text = token(self.clock.now_ms(), HOST) if said is None else said
        return Client(enforce_csrf_checks=True).post("/embed/zendesk?app_guid=g", {"token": text})

    def card(self, ticket: str, given: str | None = None):
        passed = self.open().context["pass"] if given is None else given
        client = Client(enforce_csrf_checks=True)
        return client.post("/embed/zendesk/card", {"pass": passed, "ticket": ticket})


@pytest.fixture(params=[()], ids=["all"])
def sidebar(request) -> Iterator[Sidebar]:
    with vendor(Account()) as zendesk:
        settings = ZendeskSettings(
            url=zendesk.url,
            email=EMAIL,
            token=TOKEN,
            app=ZendeskApp(public_key=public_key(), audience=AUDIENCE),
            brands=request.param,
            allow_private=True,
        )
        with serving(zendesk=settings) as (makegood, clock):
            yield Sidebar(makegood, clock, zendesk)


def test_zendesk_opens_a_page_that_only_it_may_frame_and_that_names_nobody(sidebar):
    introduce(sidebar.makegood)
    answer = sidebar.open()
    policy = answer["Content-Security-Policy"]
    assert answer.status_code == 200
    assert f"frame-ancestors {sidebar.zendesk.url}" in policy
    assert "script-src 'self' https://static.zdassets.com;" in policy
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert "Ana" not in answer.content.decode()


@pytest.mark.parametrize(
    "other",
    [
        {"signer": "somebody else"},
        {"aud": "https://northwind.zendesk.com/api/v2/apps/installations/78.json"},
        {"aud": None},
        {"iss": "other.zendesk.com"},
        {"exp": None},
        {"iat": None},
        {"exp": 1_000},
        {"iat": 9_000_000_000, "exp": 9_000_000_100},
        {"nbf": 9_000_000_000},
        {"iat": 1_000},
        {"exp": "tomorrow"},
        {"context": {"product": "chat"}},
    ],
)
def test_any_other_token_opens_nothing(sidebar, other):
    answer = sidebar.open(token(sidebar.clock.now_ms(), HOST, **other))
    assert answer.status_code == 401
    assert "frame-ancestors" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_of_another_algorithm_opens_nothing(sidebar, algorithm):
    seconds = sidebar.clock.now_ms() // 1000
    claims = {"iss": HOST, "aud": AUDIENCE, "iat": seconds, "exp": seconds + 60}
    key = None if algorithm == "none" else "a secret that is long enough for the warning"
    assert sidebar.open(jwt.encode(claims, key, algorithm=algorithm)).status_code == 401


def test_no_token_opens_nothing_and_a_link_neither(sidebar):
    assert sidebar.open("").status_code == 401
    assert Client().get("/embed/zendesk").status_code == 405
    assert Client().get("/embed/zendesk/card").status_code == 405


def test_where_no_app_is_set_up_there_is_no_page():
    with serving() as (_, clock):
        text = token(clock.now_ms(), HOST)
        assert Client().post("/embed/zendesk", {"token": text}).status_code == 404
        assert Client().post("/embed/zendesk/card", {"pass": text}).status_code == 404


def test_the_card_tells_person_hold_case_and_what_may_be_given(sidebar):
    introduce(sidebar.makegood)
    case = no_car(sidebar.makegood)
    sidebar.zendesk.add(7, "Ana@Example.org")
    words = sidebar.card("7").content.decode()
    assert "Ana Ruiz" in words
    assert "marketing stopped" in words
    assert "was let down" in words
    assert "owns this" in words
    assert f'href="http://localhost:8000/desk/cases/{case}"' in words
    assert "$0 of $350" in words


def test_what_is_above_what_a_rep_has_left_to_give_is_not_offered(sidebar):
    from makegood.desk.zendesk_card import may_be_given  # Django is set up by now

    introduce(sidebar.makegood)
    no_car(sidebar.makegood)
    with sidebar.makegood.store.reading() as reading:
        row = reading.row(customer_of(sidebar.makegood, "user:ana"))
    assert row is not None
    case = decode_state(row.state).open_case
    assert case is not None
    offers = tuple(
        OfferState(
            offer=name,
            about="R1",
            tier=Tier.BETTER,
            status=OfferStatus.CONFIRMED,
            cost=Money(cents),
        )
        for name, cents in (("ride_home", 5_000), ("driver", 5_001))
    )
    case = replace(case, offers=offers)
    library = sidebar.makegood.library
    shown = cards(case, library, sidebar.clock.now_ms())
    assert {one.offer for one in shown if one.stands == "open"} == {"ride_home", "driver"}
    given = may_be_given(case, shown, 5_000)
    assert {one.offer for one in given if one.stands == "open"} == {"ride_home"}


def test_only_the_requester_of_the_ticket_is_shown(sidebar):
    introduce(sidebar.makegood)
    no_car(sidebar.makegood)
    sidebar.zendesk.add(8, "ben@example.org")
    answer = sidebar.card("8")
    assert "Nobody we know" in answer.content.decode()
    assert "Ana" not in answer.content.decode()


def test_a_customer_without_a_case_is_shown_as_such(sidebar):
    introduce(sidebar.makegood)
    sidebar.zendesk.add(7, "ana@example.org")
    words = sidebar.card("7").content.decode()
    assert "Nothing is to be made good." in words
    assert "no hold" in words


def test_an_address_of_several_shows_none_of_them_unless_the_ticket_says_who(sidebar):
    makegood = sidebar.makegood
    for name in ("ana", "ben"):
        introduce(makegood, f"user:{name}", name.capitalize())
    from makegood.messages.facts import Identified

    shared = "email:family@example.org"
    for name in ("ana", "ben"):
        take(makegood, f"user:{name}", Identified(), f"shared-{name}", lookups=(shared,))
    sidebar.zendesk.add(7, "family@example.org")
    words = sidebar.card("7").content.decode()
    assert "Several people share this address" in words
    assert "Ana" not in words
    raised = FailureRaised(failure="other", about="zendesk:7", brand="northwind_cars")
    take(makegood, "user:ben", raised, "raised")
    assert "Ben" in sidebar.card("7").content.decode()


def test_the_firms_own_id_of_the_requester_is_believed_first(sidebar):
    introduce(sidebar.makegood)
    introduce(sidebar.makegood, "user:ben", "Ben Ito")
    ticket = sidebar.zendesk.add(7, "ana@example.org")
    ticket.requester["external_id"] = "ben"
    assert "Ben Ito" in sidebar.card("7").content.decode()


@pytest.mark.parametrize("sidebar", [("northwind_vans",)], indirect=True)
def test_a_case_of_a_brand_that_this_help_desk_does_not_serve_is_not_told(sidebar):
    introduce(sidebar.makegood)
    no_car(sidebar.makegood)
    sidebar.zendesk.add(7, "ana@example.org")
    words = sidebar.card("7").content.decode()
    assert "was let down" not in words
    assert "/desk/cases/" not in words


@pytest.mark.parametrize(
    ("brands", "says"),
    [(("northwind_vans",), "no hold"), (("northwind_cars",), "stopped</span> for northwind_cars")],
)
def test_a_hold_of_a_brand_that_this_help_desk_does_not_serve_is_not_told(brands, says):
    text = read_book("car-rental")[0].replace("scope: umbrella", "scope: brand")
    with vendor(Account()) as zendesk:
        settings = ZendeskSettings(
            url=zendesk.url,
            email=EMAIL,
            token=TOKEN,
            app=ZendeskApp(public_key=public_key(), audience=AUDIENCE),
            brands=brands,
            allow_private=True,
        )
        with serving(book=text, zendesk=settings) as (makegood, clock):
            introduce(makegood)
            no_car(makegood)
            zendesk.add(7, "ana@example.org")
            words = Sidebar(makegood, clock, zendesk).card("7").content.decode()
    assert says in words
    assert ("northwind_cars" in words) == (brands == ("northwind_cars",))


def test_each_card_that_was_shown_is_in_the_log_by_ids_only(sidebar, caplog):
    introduce(sidebar.makegood)
    sidebar.zendesk.add(7, "ana@example.org")
    with caplog.at_level("INFO", "makegood.zendesk"):
        sidebar.card("7")
    (line,) = [one for one in caplog.messages if "ticket 7" in one]
    assert "/users/" in line
    assert "ana" not in line.casefold()


def test_a_page_that_is_open_for_long_has_to_be_loaded_again(sidebar):
    sidebar.zendesk.add(7, "ana@example.org")
    given = sidebar.open().context["pass"]
    assert sidebar.card("7", given).status_code == 200
    sidebar.clock.advance(12 * 60_000)
    late = sidebar.card("7", given)
    assert late.status_code == 401
    assert "Reload" in late.content.decode()


@pytest.mark.parametrize("given", ["", "nonsense", None])
def test_without_a_pass_of_ours_no_card_is_given(sidebar, given):
    text = token(sidebar.clock.now_ms(), HOST) if given is None else given
    assert sidebar.card("7", text).status_code == 401


@pytest.mark.parametrize("ticket", ["", "x", "7/../8", "7.json", "\u0667", "9" * 30])
def test_what_is_no_ticket_is_not_asked_for(sidebar, ticket):
    assert sidebar.card(ticket).status_code == 404
    assert sidebar.zendesk.asked == []


def test_a_zendesk_that_does_not_answer_shows_nobody(sidebar):
    introduce(sidebar.makegood)
    answer = sidebar.card("9")
    assert answer.status_code == 200
    assert "nobody is shown" in answer.content.decode()
