"""Budgets over HTTP: what is taken and left now, in pages, and what a spent one refuses."""

from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.playbooks.binding import bind
from makegood.testing.clock import FakeClock
from tests.e2e.agency import AGENCY
from tests.e2e.screens import serving

BUDGETS = """
budgets:
  - {id: front, cents: 900, per: day, roles: [rep]}
  - {id: acme_front, cents: 500, per: month, roles: [rep], brand: acme}
"""


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(getattr(request, "param", AGENCY + BUDGETS)) as both:
        yield both


@pytest.fixture
def makegood(served: tuple[Makegood, FakeClock]) -> Makegood:
    return served[0]


def post(client: Client, path: str, name: str, **body: object):
    headers = {"Idempotency-Key": name}
    return client.post(f"/v1/{path}", body, content_type="application/json", headers=headers)


def test_a_spent_budget_refuses_and_the_list_shows_what_is_left(headers: dict[str, str]):
    client = Client(headers=headers)
    facts = {"days_before": 40, "moves": 1, "tour_cents": 90_000}
    settled = []
    for n in range(2):
        asked = post(
            client, "requests", f"a{n}", identifier="user:ana", request="move_date", brand="acme",
            facts=facts, about=f"T{n}",
        )  # fmt: skip
        path = f"requests/{asked.json()['id']}/settle"
        body = {"rep": "kathy", "answer": "allow", "remedy": "refund", "cents": 400}
        settled.append(post(client, path, f"s{n}", **body))
    assert [one.status_code for one in settled] == [200, 403]
    assert settled[1].json()["error"]["code"] == "budget_spent"
    (acme, front) = client.get("/v1/budgets").json()["budgets"]
    assert acme == {
        "id": "acme_front", "per": "month", "period": "2026-01", "roles": ["rep"],
        "brand": "acme", "cents": 500, "taken_cents": 400, "left_cents": 100, "currency": "USD",
    }  # fmt: skip
    assert (front["id"], front["period"], front["taken_cents"]) == ("front", "2026-01-01", 0)


def test_budgets_come_in_pages(headers: dict[str, str]):
    client = Client(headers=headers)
    first = client.get("/v1/budgets?limit=1").json()
    assert [one["id"] for one in first["budgets"]] == ["acme_front"]
    second = client.get(f"/v1/budgets?limit=1&after={first['next']}").json()
    assert [one["id"] for one in second["budgets"]] == ["front"]
    assert second["next"] is None
    assert client.get("/v1/budgets?after=NO").status_code == 422


def test_nobody_sees_budgets_without_a_key(makegood: Makegood):
    assert Client().get("/v1/budgets").status_code == 401


def brands_apart() -> str:
    """The umbrella, and the book of one of its brands."""
    umbrella = (AGENCY + BUDGETS).replace("  - id: acme\n", "  - id: acme\n    book: acme\n", 1)
    brand = (
        "makegood: 1\nname: acme\nbuilds_on: small\nbudgets:\n"
        "  - id: front\n    replaces: true\n    cents: 70\n    per: day\n"
        "    roles: [supervisor]\n    brand: acme\n"
    )
    return bind(umbrella, {}, {"acme.yaml": brand}.get)


@pytest.mark.parametrize("served", [brands_apart()], indirect=True)
def test_each_brand_has_the_budgets_of_its_own_book(headers: dict[str, str]):
    client = Client(headers=headers)

    def listed(query: str = "") -> list[tuple[str, str | None, int]]:
        found = client.get(f"/v1/budgets{query}").json()["budgets"]
        return [(one["id"], one["brand"], one["cents"]) for one in found]

    acme, own, front = ("acme_front", "acme", 500), ("front", "acme", 70), ("front", None, 900)
    assert listed() == [acme, front, own]
    assert listed("?brand=acme") == [acme, own]
    assert listed("?brand=zenith") == [front]
    assert listed("?limit=1&after=front") == [own]
    assert client.get("/v1/budgets?brand=acne").status_code == 400
