"""Story 1: everybody is treated like platinum, and an agency hears why it pays a tenth more.

An agency moves a date for its client. Who asks, who pays and who is told are three; the answer
comes from the table of the day, with its reasons, and is the same whoever the client is.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from makegood.analytics.parity.wording import headline
from makegood.api.keys import mint
from makegood.bootstrap import Makegood
from makegood.messages.facts import Touchpoint
from makegood.playbooks.spans import DAY_MS
from makegood.replay.histories import StoredLog
from makegood.replay.parity import Terms, parity
from makegood.testing.clock import FakeClock
from tests.e2e.agency import AGENCY
from tests.e2e.screens import (
    MINUTE_MS,
    carry_out,
    customer_of,
    introduce,
    profile_of,
    serving,
    take,
)

AGENCY_ID = "user:sunny-tours"
NINE_DAYS = {"days_before": 9, "moves": 0, "tour_cents": 90_000}


class Agency:
    """An agency's own system, which speaks to the firm by key."""

    def __init__(self, makegood: Makegood) -> None:
        from django.test import Client

        text, row = mint("sunny", ("cases", "gate"), makegood.clock.now_ms())
        with makegood.store.writing() as writing:
            writing.put_key(row)
        self.client = Client(headers={"Authorization": f"Bearer {text}"})
        self.count = 0

    def says(self, path: str, **body: object) -> dict[str, Any]:
        answer = self.tries(path, **body)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def tries(self, path: str, **body: object) -> Any:
        self.count += 1
        name = {"Idempotency-Key": f"n{self.count}"}
        return self.client.post(f"/v1/{path}", body, content_type="application/json", headers=name)

    def asks(self, client: str, /, **facts: object) -> dict[str, Any]:
        return self.says(
            "requests",
            identifier=client,
            request="move_date",
            brand="acme",
            about="T7",
            facts=NINE_DAYS | facts,
            asker=AGENCY_ID,
            payer=AGENCY_ID,
            told="email:client@example.org",
        )

    def cases(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/v1/cases").json()["cases"]
        return found


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(AGENCY) as both:
        yield both


@pytest.fixture
def agency(served: tuple[Makegood, FakeClock]) -> Agency:
    return Agency(served[0])


def test_an_agency_is_charged_extra_and_is_told_why(agency):
    shown = agency.asks("user:client")
    assert shown["status"] == "allowed"
    assert shown["charge"] == {"cents": 9_000, "currency": "USD"}
    assert (shown["asker"], shown["payer"]) == (profile_of(AGENCY_ID), profile_of(AGENCY_ID))
    assert shown["told"] == profile_of("email:client@example.org")
    reasons = shown["reasons"]
    assert (reasons["row"], reasons["source"]) == ("at_a_tenth", "agency handbook 4.2")
    assert AGENCY.splitlines()[reasons["line"] - 1].strip() == "- id: at_a_tenth"
    assert {"name": "request.tour_cents", "value": 90_000} in reasons["seen"]


def test_a_client_without_history_hears_what_a_platinum_client_hears(served, agency):
    makegood, _ = served
    introduce(makegood, "user:platinum", "Pia Platt", tier="platinum", followers=900_000)
    same = ("status", "says", "charge", "gives", "within_seconds", "reasons")
    for days in (2, 9, 40):
        platinum = agency.asks("user:platinum", days_before=days)
        nobody = agency.asks("user:nobody", days_before=days)
        assert {name: platinum[name] for name in same} == {name: nobody[name] for name in same}


def test_a_no_has_a_reason_and_is_appealed_once_to_somebody_else(agency):
    shown = agency.asks("user:client", days_before=2)
    assert (shown["status"], shown["says"]) == ("denied", "The coach is paid for already.")
    key = f"requests/{shown['id']}"
    assert agency.says(f"{key}/appeal", words="Her mother died.")["status"] == "appealed"
    no = {"rep": "kathy", "answer": "deny", "reason": "The coach company keeps the money."}
    assert agency.says(f"{key}/settle", **no)["answered_by"] == "kathy"
    assert agency.tries(f"{key}/appeal").json()["error"]["code"] == "appealed_already"


def test_who_said_no_does_not_decide_about_its_appeal(agency):
    shown = agency.asks("user:client", moves=1)
    key = f"requests/{shown['id']}"
    no = {"rep": "kathy", "answer": "deny", "reason": "Moved once already."}
    assert agency.says(f"{key}/settle", **no)["may_appeal"]
    agency.says(f"{key}/appeal")
    assert agency.tries(f"{key}/settle", **no).json()["error"]["code"] == "somebody_else"
    done = agency.says(f"{key}/settle", rep="omar", answer="allow", charge_cents=4_500)
    assert (done["status"], done["charge"]["cents"]) == ("allowed", 4_500)


def test_a_question_that_nobody_answers_is_a_failure_of_ours(served, agency):
    makegood, clock = served
    shown = agency.asks("user:client", moves=1)
    assert (shown["status"], shown["within_seconds"]) == ("waiting", 2 * 3600)
    clock.advance(119 * MINUTE_MS)
    makegood.worker.run_once()
    assert agency.cases() == []
    clock.advance(2 * MINUTE_MS)
    makegood.worker.run_once()
    (case,) = agency.cases()
    assert (case["customer"], case["holds_marketing"]) == (shown["customer"], True)
    late = agency.client.get(f"/v1/requests/{shown['id']}").json()
    assert (late["status"], late["late"]) == ("waiting", True)
    done = agency.says(f"requests/{shown['id']}/settle", rep="kathy", answer="allow")
    assert done["status"] == "allowed"


def test_do_it_for_one_and_you_know_what_it_takes_to_do_it_for_everyone(served, agency):
    makegood, clock = served
    for number, days in enumerate((40, 40, 40, 9, 2)):
        introduce(makegood, f"user:c{number}", "Syn Thetic", tier="basic")
        agency.asks(f"user:c{number}", days_before=days)
    clock.advance(24 * 60 * MINUTE_MS)
    introduce(makegood, "user:ana", tier="basic")
    shown = agency.asks("user:ana", moves=1)
    assert shown["status"] == "waiting"
    found = agency.client.get(f"/v1/requests/{shown['id']}/everyone?remedy=new_parcel").json()
    assert (found["customers"], found["cases"]) == (6, 6)
    assert (found["given"], found["refused"], found["waiting"]) == (4, 1, 1)
    (parcel,) = found["remedies"]
    assert (parcel["cases"], parcel["for_all"]) == (3, [{"cents": 6 * 900, "currency": "USD"}])
    assert found["too_few"] is True


def test_whoever_answers_sees_who_this_is_and_the_report_proves_the_same_service(served, agency):
    """Eighty clients of every tier are let down; who they are is seen, and changes nothing."""
    makegood, clock = served
    for number in range(80):
        who = f"user:c{number}"
        tier = ("member", "silver", "gold", "platinum")[number % 4]
        introduce(makegood, who, f"C {number}", tier=tier, followers=900_000 * (number % 2))
        late = {"order": f"O{number}", "minutes": 60, "brand": "acme", "price_cents": 9_000}
        take(makegood, who, Touchpoint(name="Parcel Late", properties=late), f"late-{number}")
        clock.advance(MINUTE_MS)
        carry_out(makegood)
        agency.asks(who, days_before=9)
    clock.advance(8 * DAY_MS)
    introduce(makegood, "user:end", "The End", tier="gold")
    client = customer_of(makegood, "user:c3")
    shown = agency.client.get(f"/v1/customers/{client}").json()["standing"]
    assert [part["words"] for part in shown["parts"]] == [
        "Platinum",
        "since 2016 (10 years)",
        "Wide public voice: 900,000",
    ]
    for by in ("tier", "voice"):
        terms = Terms(by=by, at_least=20)
        found = parity(StoredLog(makegood.store), makegood.library, terms)
        assert (found.cases, found.requests) == (80, 80)
        assert found.comparisons >= 5
        assert headline(found).startswith(f"No difference of service by {by} was found")
