"""One's own person through the interface: chosen, reached, answered, each once."""

from collections.abc import Iterator

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.facts import PersonRefused
from makegood.messages.ids import RepId
from makegood.testing.clock import FakeClock
from tests.e2e.screens import customer_of, introduce, serving


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving() as both:
        yield both


@pytest.fixture
def makegood(served: tuple[Makegood, FakeClock]) -> Makegood:
    return served[0]


@pytest.fixture
def client(headers: dict[str, str]) -> Client:
    return Client(headers=headers)


def post(client: Client, path: str, name: str = "k1", **body: object):
    sent = {"identifier": "user:ana"} | body
    headers = {"Idempotency-Key": name}
    return client.post(f"/v1/{path}", sent, content_type="application/json", headers=headers)


def test_a_choice_of_somebody_unknown_is_made_once(client: Client, makegood: Makegood):
    first = post(client, "persons", choices=["kathy", "omar"], rep="omar")
    assert first.status_code == 200, first.content
    told = first.json()
    assert (told["person"], [one["standing"] for one in told["choices"]]) == (
        "kathy", ["theirs", "next"],
    )  # fmt: skip
    assert post(client, "persons", choices=["kathy", "omar"], rep="omar").json() == told
    other = post(client, "persons", choices=["omar"], rep="omar")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
    shown = client.get(f"/v1/customers/{customer_of(makegood, 'user:ana')}/person").json()
    assert shown == told


def test_who_answers_is_said_at_once_with_the_reason(client: Client, makegood: Makegood):
    post(client, "persons", choices=["kathy"])
    busy = client.post(
        "/v1/reps/kathy/busy", {"seconds": 600}, content_type="application/json"
    ).json()
    assert busy["busy_until"]
    said = {"channel": "phone", "thread": "call-7", "words": "It is about the car."}
    told = post(client, "contacts", "k2", **said).json()
    assert (told["taker"], told["asked_for"], told["then"]) == ("kathy", "kathy", "")
    assert told["until"]
    assert "Kathy Moreno is busy; we wait until" in told["why"]
    assert post(client, "contacts", "k2", **said).json() == told
    done = post(client, "contacts/answered", "k3", channel="phone", thread="call-7", rep="omar")
    assert done.json()["waiting"] == []
    again = post(client, "contacts", "k4", channel="phone", thread="call-7").json()
    assert again["taker"] == "omar"
    other = post(client, "contacts", "k5", channel="phone", thread="call-7", another=True).json()
    assert other["asked_for"] == "kathy"


def test_nothing_of_this_says_who_is_kept_apart(client: Client, makegood: Makegood):
    introduce(makegood)
    customer = customer_of(makegood, "user:ana")
    before = client.get(f"/v1/customers/{customer}/person").json()
    makegood.acts.act(
        customer, PersonRefused(rep=RepId("kathy"), side="customer"), Asker(), message_id="no"
    )
    assert client.get(f"/v1/customers/{customer}/person").json() == before
    refused = post(client, "persons", choices=["kathy"])
    assert refused.json()["error"]["code"] == "not_available"


def test_the_people_are_listed_with_how_many_each_has(client: Client, makegood: Makegood):
    post(client, "persons", choices=["kathy"])
    first = client.get("/v1/reps?limit=1").json()
    assert (first["reps"][0]["rep"], first["reps"][0]["customers"], first["next"]) == (
        "kathy", 1, "kathy",
    )  # fmt: skip
    rest = client.get("/v1/reps?after=kathy").json()
    assert [one["rep"] for one in rest["reps"]] == ["omar", "vera"]
    assert rest["next"] is None


def test_a_link_opens_the_page_of_a_known_customer(client: Client, makegood: Makegood):
    introduce(makegood)
    made = post(client, "person-links").json()["url"]
    assert Client().get(made.removeprefix("http://localhost:8000")).status_code == 200
    assert post(client, "person-links", identifier="user:nobody").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("persons", {"choices": ["a", "b", "c", "d"]}, 422),
        ("persons", {"choices": ["kathy", "kathy"]}, 409),
        ("persons", {"choices": ["nobody"]}, 409),
        ("persons", {"choices": ["kathy"], "rep": "nobody"}, 422),
        ("persons", {"choices": ["kathy"], "brand": "nothing"}, 422),
        ("contacts", {"channel": ""}, 422),
        ("contacts", {"channel": "mail", "thread": "ana@example.org"}, 422),
        ("contacts/answered", {"channel": "mail"}, 422),
        ("contacts/answered", {"channel": "mail", "rep": "nobody"}, 422),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(client, makegood, path, body, status):
    introduce(makegood)
    answer = post(client, path, **body)
    assert answer.status_code == status, answer.content
    assert answer.json()["error"]["what_to_do"]
    shown = client.get(f"/v1/customers/{customer_of(makegood, 'user:ana')}/person").json()
    assert (shown["choices"], shown["waiting"]) == ([], [])


def test_a_firm_that_lets_nobody_be_chosen_says_so(client: Client, makegood: Makegood):
    book = replace(makegood.book, people=type(makegood.book.people)())
    library = replace(makegood.library, books={**makegood.library.books, book.hash: book})
    makegood.shelf._of = library
    introduce(makegood)
    assert post(client, "person-links").json()["error"]["code"] == "nobody_chosen_here"
