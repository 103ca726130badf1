"""Promise, tell and redirect over HTTP: once, in a person's name, and free of personal data."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.core.state import decode_state
from makegood.testing.clock import FakeClock
from tests.e2e.screens import NINE_MS, REPS, customer_of, serving
from tests.unit.playbooks.claim_book import CLAIMING
from tests.unit.playbooks.said_book import TWO_BRANDS

HOUR = timedelta(hours=1)


@pytest.fixture
def both() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(TWO_BRANDS) as opened:
        with opened[0].store.writing() as writing:
            writing.put_reps([replace(REPS[2], brands=("zenith",))])
        yield opened


@pytest.fixture
def makegood(both) -> Makegood:
    return both[0]


@pytest.fixture
def clock(both) -> FakeClock:
    return both[1]


@pytest.fixture
def client(headers: dict[str, str]) -> Client:
    return Client(headers=headers)


def post(client: Client, path: str, body: object, name: str = "k1"):
    headers = {"Idempotency-Key": name}
    return client.post(f"/v1/{path}", body, content_type="application/json", headers=headers)


def at(span: timedelta) -> str:
    return (datetime.fromtimestamp(NINE_MS / 1000, UTC) + span).isoformat()


def promise(client: Client, name: str = "k1", **more: object):
    body = {
        "identifier": "user:ana",
        "rep": "kathy",
        "promise": "no_fee",
        "until": at(HOUR),
        "words": "Ana, you need not pay it.",
        "about": "O1",
        "binds": {"cents": 900},
        "brand": "acme",
    }
    return post(client, "promises", body | more, name)


def redirect(client: Client, name: str = "r1", **more: object):
    body = {
        "identifier": "user:ana",
        "rep": "kathy",
        "to": "harbour",
        "accepted_by": "Maria Silva",
        "until": at(HOUR),
        "story": "Sold out; she travels with a child.",
        "about": "O1",
    }
    return post(client, "redirects", body | more, name)


def problem(answer, status: int, code: str) -> None:
    assert answer.status_code == status, answer.content
    assert answer.json()["error"]["code"] == code


def state_of(makegood: Makegood):
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, "user:ana"))
    assert row is not None
    return decode_state(row.state)


def test_a_promise_is_made_to_somebody_unknown_once_and_is_shown(client, makegood):
    shown = promise(client).json()
    assert (shown["kind"], shown["name"], shown["title"]) == (
        "promise",
        "no_fee",
        "You need not pay it",
    )
    assert (shown["status"], shown["by"], shown["facts"]) == ("open", "kathy", {"cents": 900})
    assert shown["until"].startswith("2026-01-01T15:00")
    assert promise(client).json() == shown
    assert client.get(f"/v1/said/{shown['id']}").json() == shown
    listed = client.get(f"/v1/customers/{shown['customer']}/said").json()
    assert listed == {"said": [shown], "next": None}
    assert len(state_of(makegood).timers) == 1
    problem(promise(client, about="O2"), 409, "idempotency_conflict")
    problem(promise(client, "k2"), 409, "promised_already")


def test_the_words_are_kept_apart_from_the_log(client, makegood):
    promise(client)
    customer = customer_of(makegood, "user:ana")
    with makegood.store.reading() as reading:
        history = reading.history(customer)
        (ref,) = [event.body.words for event in history if hasattr(event.body, "words")]
        assert reading.texts([ref]) == {ref: "Ana, you need not pay it."}
    assert "Ana" not in str(history)


def test_a_promise_that_breaks_opens_a_case_and_can_be_kept_late(client, makegood, clock):
    shown = promise(client).json()
    clock.advance(3_600_000)
    makegood.worker.run_once()
    path = f"/v1/said/{shown['id']}"
    assert client.get(path).json()["status"] == "broken"
    assert state_of(makegood).cases[0].failures[0].rule == "no_fee"
    kept = post(client, f"said/{shown['id']}/kept", {"rep": "omar"}, "k9")
    assert kept.json()["status"] == "kept_late"
    again = post(client, f"said/{shown['id']}/kept", {"rep": "omar"}, "k10")
    problem(again, 409, "kept_already")


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"promise": "nofee"}, 422, "no_such_promise"),
        ({"words": ""}, 422, "words_needed"),
        ({"until": at(-HOUR)}, 422, "bad_end"),
        ({"until": "2026-01-01T15:00:00"}, 422, "no_offset"),
        ({"binds": {"cent": 900}}, 422, "wrong_fact"),
        ({"binds": {"note": "for Ana"}}, 422, "personal"),
        ({"binds": {"cents": 5001}}, 403, "over_authority"),
        ({"about": "ana@example.org"}, 422, "personal"),
        ({"rep": "nobody"}, 422, "no_such_rep"),
        ({"rep": "vera"}, 403, "other_brand"),
        ({"brand": "acne"}, 422, "no_such_brand"),
    ],
)
def test_what_cannot_be_promised_is_refused_and_stores_nothing(
    client, makegood, more, status, code
):
    problem(promise(client, **more), status, code)
    with makegood.store.reading() as reading:
        assert reading.customers_of([makegood.intake.profile("user:ana")]) == {}


def test_what_a_fee_costs_is_told_and_a_request_honours_what_was_promised(client):
    body = {"identifier": "user:ana", "rep": "kathy", "disclosure": "fee", "about": "O1"}
    told = post(client, "disclosures", body | {"cents": 900, "channel": "phone"}).json()
    assert (told["status"], told["until"]) == ("told", None)
    assert told["facts"] == {"cents": 900, "channel": "phone", "least_cents": 900}
    problem(post(client, "disclosures", body | {"cents": 900, "disclosure": "fe"}, "k2"), 422,
            "no_such_disclosure")  # fmt: skip
    promise(client, "k3")
    asked = {"identifier": "user:ana", "request": "drop_fee", "about": "O1"}
    answer = post(client, "requests", asked, "k4").json()
    assert answer["status"] == "allowed"
    assert {"name": "said.no_fee.by", "value": "kathy"} in answer["reasons"]["seen"]


def test_who_is_sent_elsewhere_and_refused_there_was_let_down(client, makegood):
    shown = redirect(client).json()
    assert (shown["kind"], shown["status"]) == ("redirect", "open")
    assert shown["facts"] == {"to": "harbour", "about": "O1"}
    assert "Maria" not in str(shown)
    problem(redirect(client, "r2"), 409, "redirected_already")
    path = f"said/{shown['id']}/arrived"
    refused = post(client, path, {"rep": "kathy", "taken": False, "note": "Full."}, "r3")
    assert refused.json()["status"] == "broken"
    (failure,) = state_of(makegood).cases[0].failures
    assert failure.details == {"redirected_to": "harbour"}
    problem(post(client, path, {"rep": "kathy", "taken": False}, "r4"), 409, "told_already")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"accepted_by": " "}, "nobody_accepted"),
        ({"story": ""}, "story_needed"),
        ({"until": at(timedelta(days=15))}, "bad_end"),
        ({"to": ""}, "nowhere"),
        ({"to": "maria@example.org"}, "personal"),
    ],
)
def test_nobody_is_sent_without_a_name_a_story_and_an_end(client, more, code):
    problem(redirect(client, **more), 422, code)


def test_what_nobody_said_is_not_found(client):
    made = promise(client).json()
    problem(client.get(f"/v1/said/s{'0' * 64}"), 404, "not_found")
    sent = post(client, f"said/{made['id']}/arrived", {"rep": "kathy", "taken": True}, "x")
    problem(sent, 409, "no_such_redirect")


def test_a_person_of_another_brand_cannot_say_that_it_was_kept(client):
    made = promise(client).json()
    problem(post(client, f"said/{made['id']}/kept", {"rep": "vera"}, "x"), 403, "other_brand")


def test_an_expense_is_claimed_with_its_receipt_and_paid_once(client, makegood):
    makegood.shelf.activate(CLAIMING, "claims.yaml", by="omar", because="It pays taxis.")
    raised = {"identifier": "user:ana", "failure": "parcel_late", "about": "O1", "brand": "acme"}
    assert post(client, "failures", raised, "f1").status_code == 200
    asked = {"identifier": "user:ana", "request": "taxi", "about": "O1"}
    spent = {"cents": 9000, "kind": "taxi"}
    problem(post(client, "requests", asked | {"facts": spent}, "c1"), 422, "receipt_needed")
    claim = asked | {"facts": spent | {"receipt": "sha256:1"}}
    shown = post(client, "requests", claim, "c2").json()
    assert (shown["status"], shown["reasons"]["row"]) == ("waiting", "beyond_cap")
    assert shown["gives"] == {"remedy": "expenses", "cost": {"cents": 8000, "currency": "USD"}}
    assert post(client, "requests", claim, "c2").json() == shown
    problem(post(client, "requests", claim, "c3"), 409, "claimed_already")
    settle = f"requests/{shown['id']}/settle"
    too_much = {"rep": "kathy", "answer": "allow", "remedy": "expenses", "cents": 1001}
    problem(post(client, settle, too_much, "s1"), 422, "more_than_claimed")
    settled = post(client, settle, {"rep": "kathy", "answer": "allow"}, "s2").json()
    assert settled["gives"]["cost"] == {"cents": 1000, "currency": "USD"}
    assert post(client, settle, {"rep": "kathy", "answer": "allow"}, "s2").json() == settled


def test_what_was_said_comes_in_pages(client):
    first = promise(client).json()
    redirected = redirect(client).json()
    path = f"/v1/customers/{first['customer']}/said"
    page = client.get(path, {"limit": 1}).json()
    rest = client.get(path, {"limit": 1, "after": page["next"]}).json()
    assert {one["id"] for one in page["said"] + rest["said"]} == {first["id"], redirected["id"]}
    assert rest["next"] is None
    problem(client.get(path, {"after": f"s{'0' * 64}"}), 404, "not_found")
    assert client.get(path, {"after": "x"}).status_code == 422


def test_a_repeat_of_what_is_no_longer_remembered_is_not_found(client, makegood, monkeypatch):
    assert promise(client).status_code == 200
    monkeypatch.setattr("makegood.api.saying.spoken_in", lambda *_: ())
    problem(promise(client), 404, "not_found")
