"""Ask, settle and appeal over HTTP: an answer with its reasons, once, and a no that helps."""

from collections.abc import Iterator

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.api.keys import mint
from makegood.bootstrap import Makegood
from makegood.core.state import decode_state
from makegood.store.memory_writing import MemoryWriting
from tests.e2e.agency import AGENCY
from tests.e2e.screens import REPS, customer_of, introduce, profile_of, serving

GOOD = {"days_before": 40, "moves": 0, "tour_cents": 90_000}


@pytest.fixture
def makegood() -> Iterator[Makegood]:
    with serving(AGENCY) as (opened, _):
        with opened.store.writing() as writing:
            writing.put_reps([replace(REPS[2], brands=("zenith",))])
        yield opened


@pytest.fixture
def client(headers: dict[str, str]) -> Client:
    return Client(headers=headers)


def post(client: Client, path: str, body: object, name: str = "p1"):
    headers = {"Idempotency-Key": name}
    return client.post(f"/v1/{path}", body, content_type="application/json", headers=headers)


def ask(client: Client, name: str = "k1", **more: object):
    body = {"identifier": "user:ana", "request": "move_date", "facts": GOOD, "brand": "acme"}
    return post(client, "requests", body | more, name)


def waiting(client: Client, name: str = "k1", **more: object) -> dict:
    answer = ask(client, name, facts=GOOD | {"moves": 1}, **more)
    assert answer.status_code == 200
    assert answer.json()["status"] == "waiting"
    return answer.json()


def problem(answer, status: int, code: str) -> str:
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    return answer.json()["error"]["message"]


def test_the_answer_comes_with_what_is_given_and_its_reasons(client):
    shown = ask(client, about="T7").json()
    assert (shown["status"], shown["title"], shown["about"]) == (
        "allowed",
        "May we move the date?",
        "T7",
    )
    assert shown["gives"] == {"remedy": "new_parcel", "cost": {"cents": 900, "currency": "USD"}}
    reasons = shown["reasons"]
    assert (reasons["row"], reasons["source"]) == ("in_good_time", "agency handbook 4.2")
    assert AGENCY.splitlines()[reasons["line"] - 1].strip() == "- id: in_good_time"
    assert reasons["looked_at"] == [{"name": "days", "value": 40}, {"name": "moves", "value": 0}]
    assert {"name": "request.days_before", "value": 40} in reasons["seen"]


def test_a_charge_is_told_and_a_no_is_said_in_the_asked_language(client):
    shown = ask(client, "a", facts=GOOD | {"days_before": 9}).json()
    assert shown["charge"] == {"cents": 9_000, "currency": "USD"}
    for language, says in (("pt-BR", "O autocarro já está pago."), ("fi", "The coach is")):
        shown = ask(client, language, facts=GOOD | {"days_before": 2}, language=language).json()
        assert shown["status"] == "denied"
        assert shown["says"].startswith(says)
        assert shown["may_appeal"]


def test_the_same_request_is_answered_once(makegood, client):
    first, again = ask(client), ask(client)
    assert again.json() == first.json()
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, "user:ana"))
    assert len(decode_state(row.state).requests) == 1
    for more in ({"about": "T8"}, {"payer": "user:agency"}, {"facts": {"moves": 1}}):
        problem(ask(client, **more), 409, "idempotency_conflict")


def test_a_repeat_is_answered_as_before_whatever_the_book_says_by_now(makegood, client):
    first = ask(client, facts=GOOD | {"days_before": 9}).json()
    text = AGENCY.replace("  - id: move_date", "  - id: shift_date", 1)
    makegood.shelf.activate(text, "book.yaml", by="omar", because="It has a new name.")
    problem(ask(client, "k2"), 422, "no_such_request")
    again = ask(client, facts=GOOD | {"days_before": 9})
    assert again.status_code == 200
    same = ("id", "status", "charge", "asked_at", "within_seconds")
    assert [again.json()[name] for name in same] == [first[name] for name in same]


def test_of_two_customers_at_once_under_one_key_one_is_answered(client, monkeypatch):
    assert ask(client).status_code == 200
    # On PostgreSQL the second transaction sees the first one's event only when it appends its own.
    monkeypatch.setattr(MemoryWriting, "taken", lambda _self, _events: frozenset())
    problem(ask(client, identifier="user:bo"), 409, "idempotency_conflict")


def test_nobody_needs_to_be_known_and_who_they_are_changes_nothing(makegood, client):
    introduce(makegood, "user:ana", tier="platinum")
    known = ask(client).json()
    new = ask(client, "k2", identifier="user:new").json()
    for name in ("status", "gives", "charge", "says", "reasons", "within_seconds"):
        assert new[name] == known[name]


def test_who_asks_who_pays_and_who_is_told_are_kept_apart(client):
    shown = ask(client, asker="user:agency", payer="user:agency", told="email:c@example.org")
    assert shown.json()["asker"] == shown.json()["payer"] == profile_of("user:agency")
    assert shown.json()["told"] == profile_of("email:c@example.org")
    assert ask(client, "k2").json()["asker"] is None


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ({"request": "move_dat"}, "no_such_request", "`move_date`"),
        ({"facts": {"days_befour": 3}}, "wrong_fact", "`days_before`"),
        ({"facts": {"moves": "none"}}, "wrong_fact", "`moves` has to be of type int"),
        ({"facts": {"email": "a@example.org"}}, "personal", "facts.email"),
        ({"about": "ana@example.org"}, "personal", "about"),
        ({"brand": "acmee"}, "no_such_brand", "`acme`"),
        ({"surprise": 1}, "invalid", "Extra"),
    ],
)
def test_what_cannot_be_asked_says_what_is_wrong_and_stores_nothing(
    makegood, client, more, code, says
):
    assert says in problem(ask(client, **more), 422, code)
    with makegood.store.reading() as reading:
        profile = profile_of("user:ana")
        assert reading.customers_of([profile]) == {}


def test_a_missing_fact_goes_before_a_person(client):
    shown = ask(client, facts={"moves": 0}).json()
    assert (shown["status"], shown["reasons"]["answer"]) == ("waiting", "person")
    assert shown["reasons"]["missing"] == "request.days_before"
    assert shown["within_seconds"] == 4 * 3600
    assert shown["answer_by"]


def test_a_person_settles_within_their_limit_and_their_brands(client):
    path = f"requests/{waiting(client)['id']}/settle"
    problem(post(client, path, {"rep": "who", "answer": "allow"}), 422, "no_such_rep")
    problem(post(client, path, {"rep": "vera", "answer": "allow"}), 403, "other_brand")
    problem(post(client, path, {"rep": "kathy", "answer": "deny"}), 422, "reason_needed")
    much = {"rep": "kathy", "answer": "allow", "remedy": "new_parcel", "cents": 6_000}
    problem(post(client, path, much), 403, "over_authority")
    done = post(client, path, much | {"rep": "omar", "charge_cents": 100}, "s1").json()
    assert (done["status"], done["answered_by"], done["answer_by"]) == ("allowed", "omar", None)
    assert (done["gives"]["cost"]["cents"], done["charge"]["cents"]) == (6_000, 100)
    again = post(client, path, much | {"rep": "omar", "charge_cents": 100}, "s1")
    assert again.json() == done
    problem(post(client, path, {"rep": "omar", "answer": "allow"}), 409, "settled_already")
    other = {"rep": "omar", "answer": "allow"}
    problem(post(client, path, other, "s1"), 409, "idempotency_conflict")


def test_a_settlement_that_is_sent_again_gives_the_same_answer(client):
    path = f"requests/{waiting(client)['id']}/settle"
    yes = {"rep": "omar", "answer": "allow", "remedy": "new_parcel", "cents": 1}
    done = post(client, path, yes, "s1").json()
    assert done["gives"]["cost"]["cents"] > 1  # a remedy is no cheaper than by the book
    assert post(client, path, yes, "s1").json() == done
    problem(post(client, path, yes | {"rep": "kathy"}, "s1"), 409, "idempotency_conflict")


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "NaN", "Infinity", "1" + "0" * 30, "1" + "0" * 5000, "1.5"]
)
def test_no_number_breaks_it(makegood, client, number):
    text = AGENCY.replace("takes: {days_before: int", "takes: {days_before: double", 1)
    if number != "1.5":
        makegood.shelf.activate(text, "book.yaml", by="omar", because="Half days count.")
    facts = f'{{"days_before": {number}, "moves": 0, "tour_cents": 90000}}'
    body = f'{{"identifier": "user:ana", "request": "move_date", "facts": {facts}}}'
    headers = {"Idempotency-Key": number[:9]}
    answer = client.post("/v1/requests", body, content_type="application/json", headers=headers)
    assert answer.status_code in (400, 422)


def test_a_no_is_appealed_once_and_somebody_else_decides(client):
    key = waiting(client)["id"]
    no = {"rep": "kathy", "answer": "deny", "reason": "The hotel is full."}
    assert post(client, f"requests/{key}/settle", no, "s1").json()["status"] == "denied"
    appealed = post(client, f"requests/{key}/appeal", {"words": "Really?"}, "a1").json()
    assert (appealed["status"], appealed["may_appeal"]) == ("appealed", False)
    problem(post(client, f"requests/{key}/settle", no, "s2"), 403, "somebody_else")
    yes = {"rep": "omar", "answer": "allow"}
    assert post(client, f"requests/{key}/settle", yes, "s3").json()["status"] == "allowed"
    problem(post(client, f"requests/{key}/appeal", {}, "a2"), 409, "appealed_already")


def test_requests_are_found_by_id_and_by_customer(client):
    first, second = waiting(client), ask(client, "k2").json()
    assert client.get(f"/v1/requests/{first['id']}").json() == first
    page = client.get(f"/v1/customers/{first['customer']}/requests", {"language": "pt"}).json()
    assert [one["id"] for one in page["requests"]] == [second["id"], first["id"]]
    assert page["requests"][0]["title"] == "Podemos mudar a data?"
    assert page["next"] is None
    path = f"/v1/customers/{first['customer']}/requests"
    newest = client.get(path, {"limit": 1}).json()
    assert ([one["id"] for one in newest["requests"]], newest["next"]) == (
        [second["id"]],
        second["id"],
    )
    rest = client.get(path, {"limit": 1, "after": newest["next"]}).json()
    assert ([one["id"] for one in rest["requests"]], rest["next"]) == ([first["id"]], None)
    problem(client.get(path, {"after": f"q{'0' * 64}"}), 404, "not_found")
    assert client.get(path, {"limit": 0}).status_code == 422
    for path in (f"requests/q{'0' * 64}", f"requests/{first['id'][:33]}{'0' * 32}"):
        problem(client.get(f"/v1/{path}"), 404, "not_found")


def listed(client: Client, **query: object) -> list[tuple[str, str]]:
    page = client.get("/v1/requests", query).json()
    return [(one["id"], one["status"]) for one in page["requests"]]


def test_what_waits_for_a_person_is_listed_until_somebody_answers(client):
    assert listed(client) == []
    first, second = waiting(client), waiting(client, "k2", about="T8")
    ids = {first["id"], second["id"]}
    assert dict(listed(client)) == dict.fromkeys(ids, "waiting")
    page = client.get("/v1/requests", {"limit": 1, "language": "pt"}).json()
    rest = client.get("/v1/requests", {"limit": 1, "after": page["next"]}).json()
    assert {one["id"] for one in page["requests"] + rest["requests"]} == ids
    (shown,) = page["requests"]
    assert (shown["title"], shown["late"]) == ("Podemos mudar a data?", False)
    asked = first if shown["id"] == first["id"] else second
    assert shown["answer_by"] == asked["answer_by"]
    assert listed(client, brand="zenith") == []
    no = {"rep": "kathy", "answer": "deny", "reason": "It is full."}
    assert post(client, f"requests/{first['id']}/settle", no).status_code == 200
    assert listed(client) == [(second["id"], "waiting")]
    assert post(client, f"requests/{first['id']}/appeal", {}, "p2").status_code == 200
    page = client.get("/v1/requests").json()["requests"]
    (appealed,) = [one for one in page if one["status"] == "appealed"]
    assert (appealed["id"], appealed["refused_by"]) == (first["id"], "kathy")
    assert client.get("/v1/requests", {"after": "x"}).status_code == 422


def test_without_the_scope_nothing_is_answered(makegood):
    text, row = mint("gate", ("gate",), 0)
    with makegood.store.writing() as writing:
        writing.put_key(row)
    assert ask(Client(headers={"Authorization": f"Bearer {text}"})).status_code == 403
