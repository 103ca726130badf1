"""What one may not give alone is proposed at the desk, and answered by a colleague there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.core.state import Case, decode_state
from makegood.messages.commands import Fulfil
from makegood.testing.clock import FakeClock
from tests.e2e.screens import MINUTE_MS, case_of, customer_of, introduce, no_car, serving
from tests.unit.desk.browsing import token_of, words_of

BOOK = read_book("car-rental")[0] + "\napproval: {within: 30m}\n"
BUDGET = "budgets:\n  - {id: front_line, cents: 2000, per: day, roles: [rep]}\n"


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(BOOK) as both:
        yield both


@dataclass
class World:
    makegood: Makegood
    clock: FakeClock
    kathy: Any
    omar: Any

    @property
    def page(self) -> str:
        return f"/desk/cases/{case_of(self.makegood)}"

    def act(self, who: Any, act: str, **values: str) -> Any:
        token = token_of(who.get(self.page))
        return who.post(f"{self.page}/{act}", {"token": token, **values})

    def proposes(self) -> str:
        wanted = {"remedy": "something_else", "amount": "600", "reason": "Her wedding is at four."}
        assert self.act(self.kathy, "propose", **wanted).status_code == 302
        return str(self.case.proposals[-1].event)

    @property
    def case(self) -> Case:
        with self.makegood.store.reading() as reading:
            row = reading.row(customer_of(self.makegood, "user:ana"))
        assert row is not None
        return decode_state(row.state).cases[-1]

    @property
    def given(self) -> list[tuple[str, int]]:
        with self.makegood.store.reading() as reading:
            customer = customer_of(self.makegood, "user:ana")
            rows = reading.outbox_of(reading.profiles_of([customer])[customer])
        orders = [row.command.order for row in rows if row.command.step.startswith("grant/")]
        return [(one.remedy, one.amount.cents) for one in orders if isinstance(one, Fulfil)]


@pytest.fixture
def world(makegood: Makegood, clock: FakeClock, kathy, omar) -> World:
    introduce(makegood)
    no_car(makegood)
    return World(makegood, clock, kathy, omar)


def test_a_refusal_above_the_limit_offers_to_ask_for_approval(world):
    wanted = {"remedy": "something_else", "amount": "600", "reason": "Her wedding is at four."}
    answer = world.act(world.kathy, "grant", **wanted)
    assert answer.status_code == 422
    assert 'class="primary" formaction="' + world.page + '/propose"' in answer.content.decode()
    assert "Her wedding is at four." in answer.content.decode()


def test_a_colleague_sees_who_asks_until_when_and_why_and_gives_it(world):
    event = world.proposes()
    words = words_of(world.omar.get(world.page))
    assert "waits for a second person" in words
    assert "answer by 09:30" in words
    assert "Proposed by Kathy Moreno" in words
    assert "Her wedding is at four." in words
    assert world.act(world.omar, "approve", proposed=event).status_code == 302
    assert world.given == [("something_else", 60_000)]
    words = words_of(world.kathy.get(world.page))
    assert "approved by Omar Haddad" in words
    assert "Omar Haddad approved and gave it ($600)." in words


def test_who_proposed_it_has_no_button_and_is_refused(world):
    event = world.proposes()
    assert "Approve, and give it" not in words_of(world.kathy.get(world.page))
    answer = world.act(world.kathy, "approve", proposed=event)
    assert answer.status_code == 422
    assert "a colleague decides" in words_of(answer)
    assert world.given == []


def test_a_no_needs_a_reason_and_can_be_appealed_from_the_page(world):
    event = world.proposes()
    assert world.act(world.omar, "turn-down", proposed=event, reason=" ").status_code == 422
    assert (
        world.act(world.omar, "turn-down", proposed=event, reason="Too much.").status_code == 302
    )
    words = words_of(world.kathy.get(world.page))
    assert "turned down by Omar Haddad" in words
    assert "Too much." in words
    assert world.act(world.kathy, "contest", proposed=event, words="Look.").status_code == 302
    words = words_of(world.omar.get(world.page))
    assert "appealed: somebody else than Omar Haddad decides" in words
    assert "Approve, and give it" not in words


def test_the_queue_shows_that_a_case_waits_for_approval_and_that_it_is_late(world):
    world.proposes()
    words = words_of(world.omar.get("/desk/"))
    assert "waits for approval" in words
    world.clock.advance(31 * MINUTE_MS)
    words = words_of(world.omar.get(world.page))
    assert "answer is late: was due 09:30" in words


def test_a_book_without_approval_shows_no_such_button():
    with serving() as (makegood, _):
        from django.contrib.auth.models import User
        from django.test import Client

        introduce(makegood)
        no_car(makegood)
        client = Client()
        backend = "django.contrib.auth.backends.ModelBackend"
        client.force_login(User.objects.get(username="kathy"), backend=backend)
        page = client.get(f"/desk/cases/{case_of(makegood)}")
        assert "Ask for approval" not in words_of(page)


def test_the_budget_stands_beside_the_limit_and_a_spent_one_offers_approval():
    with serving(BOOK + BUDGET) as (makegood, _):
        from django.contrib.auth.models import User
        from django.test import Client

        introduce(makegood)
        no_car(makegood)
        client = Client()
        backend = "django.contrib.auth.backends.ModelBackend"
        client.force_login(User.objects.get(username="kathy"), backend=backend)
        path = f"/desk/cases/{case_of(makegood)}"
        wanted = {"remedy": "something_else", "amount": "15", "reason": "She waited."}
        page = client.get(path)
        assert "Budget front line, taken today $0 of $20" in words_of(page)
        sent = client.post(f"{path}/grant", {"token": token_of(page), **wanted})
        assert sent.status_code == 302
        page = client.get(path)
        assert "Budget front line, taken today $15 of $20" in words_of(page)
        sent = client.post(f"{path}/grant", {"token": token_of(page), **wanted})
        assert sent.status_code == 422
        assert "The budget `front_line` has USD 5.00 left" in words_of(sent)
        assert f'class="primary" formaction="{path}/propose"' in sent.content.decode()
