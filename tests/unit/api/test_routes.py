"""The slower routes: pages by key, failures raised once, dead letters, one shape of no."""

import base64
from collections.abc import Iterator

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.api.keys import mint
from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.messages.commands import Command, MessageClass, SendMessage
from makegood.messages.facts import FailureRaised, Identified, Touchpoint
from makegood.messages.ids import CaseId, CommandId, EventId, case_id, command_id
from makegood.ports.rows import OutboxStatus
from makegood.store.sqlite import SqliteSession
from tests.e2e.screens import customer_of, introduce, profile_of, serving, take

PROMO = Question(brand="", message_class=MessageClass.PROMOTIONAL)


@pytest.fixture
def client(headers: dict[str, str]) -> Client:
    return Client(headers=headers)


def lose_cars(makegood: Makegood, count: int) -> None:
    facts = {"reservation": "R1", "reason": "no_vehicle", "price_cents": 9_000, "brand": "n"}
    for number in range(count):
        lost = Touchpoint(name="Rental Unfulfilled", properties={**facts, "severity": 4})
        take(makegood, f"user:{number}", lost, f"lost-{number}")


def assert_problem(answer, status: int) -> dict[str, str]:
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "where", "what_to_do"}
    assert all(error.values())
    return error


def test_pages_show_every_case_once_and_end(makegood, client):
    lose_cars(makegood, 7)
    seen: list[str] = []
    after = ""
    for _ in range(10):
        page = client.get("/v1/cases", {"limit": "3", "after": after}).json()
        seen += [case["id"] for case in page["cases"]]
        after = page["next"]
        if after is None:
            break
    assert after is None
    assert len(seen) == len(set(seen)) == 7


def test_a_case_and_its_customer_are_found_by_id(makegood, client):
    lose_cars(makegood, 1)
    customer = customer_of(makegood, "user:0")
    shown = client.get(f"/v1/customers/{customer}").json()
    assert (shown["id"], shown["stuck"], len(shown["cases"])) == (customer, False, 1)
    case = client.get(f"/v1/cases/{shown['cases'][0]['id']}").json()
    assert (case["customer"], case["holds_marketing"]) == (customer, True)
    assert isinstance(case["ledger"], list)


def test_an_owners_list_has_only_theirs(makegood, client):
    lose_cars(makegood, 4)
    everyone = client.get("/v1/cases").json()["cases"]
    owner = everyone[0]["owner"]
    mine = client.get("/v1/cases", {"owner": owner}).json()["cases"]
    assert mine == [case for case in everyone if case["owner"] == owner]
    assert client.get("/v1/cases", {"owner": "nobody"}).json()["cases"] == []


@pytest.mark.parametrize("path", ["/v1/cases/ke" + "0" * 32, "/v1/customers/p" + "0" * 32])
def test_what_is_not_there_is_not_found(makegood, client, path):
    assert_problem(client.get(path), 404)


def test_without_a_key_for_cases_nothing_is_shown(makegood):
    text, row = mint("gate", ("gate",), 0)
    with makegood.store.writing() as writing:
        writing.put_key(row)
    for header, status in (("", 401), ("Bearer mg_wrong", 401), (f"Bearer {text}", 403)):
        answer = Client(headers={"Authorization": header}).get("/v1/cases")
        assert_problem(answer, status)
        assert ("WWW-Authenticate" in answer) is (status == 401)


def test_the_key_may_come_as_user_name(makegood, headers):
    encoded = base64.b64encode(headers["Authorization"][7:].encode() + b":").decode()
    answer = Client(headers={"Authorization": f"Basic {encoded}"}).get("/v1/cases")
    assert answer.status_code == 200


def raised(client: Client, name: str, **more: object):
    body = {"identifier": "user:0", "failure": "other", "words": "He hung up", **more}
    headers = {"Idempotency-Key": name} if name else {}
    return client.post("/v1/failures", body, content_type="application/json", headers=headers)


def test_a_failure_raised_by_hand_holds_and_happens_once(makegood, client):
    take(makegood, "user:0", Identified(), "hello")
    first, again = raised(client, "k1"), raised(client, "k1")
    assert (first.status_code, first.json()["repeated"]) == (200, False)
    assert again.json() == {"event": first.json()["event"], "repeated": True}
    assert makegood.gate.ask("user:0", PROMO).reason == "hold"
    customer = customer_of(makegood, "user:0")
    with makegood.store.reading() as reading:
        bodies = [event.body for event in reading.history(customer)]
        (fact,) = [body for body in bodies if isinstance(body, FailureRaised)]
        assert reading.texts([fact.words]) == {fact.words: "He hung up"}
    assert client.get(f"/v1/cases/{case_id(first.json()['event'])}").status_code == 200


def test_the_same_name_for_another_failure_is_a_conflict(makegood, client):
    take(makegood, "user:0", Identified(), "hello")
    take(makegood, "user:1", Identified(), "hello too")
    assert raised(client, "k1").status_code == 200
    for more in ({"about": "R2"}, {"words": "She hung up"}, {"identifier": "user:1"}):
        assert assert_problem(raised(client, "k1", **more), 409)["where"].endswith("Key")


@pytest.mark.parametrize(
    ("name", "more", "status"),
    [
        ("", {}, 422),
        ("k", {"identifier": "nonsense"}, 400),
        ("k", {"failure": "no_such_rule"}, 422),
        ("k", {"about": "ana@example.org"}, 422),
        ("k", {"severity": 6}, 422),
        ("k", {"words": "a\x00b"}, 422),
        ("k", {"surprise": 1}, 422),
        ("k" * 201, {}, 422),
    ],
)
def test_a_failure_that_cannot_be_raised_says_why(makegood, client, name, more, status):
    take(makegood, "user:0", Identified(), "hello")
    assert_problem(raised(client, name, **more), status)


@pytest.mark.parametrize("identifier", ["user:unknown", "email:nobody@synthetic.example.com"])
def test_anybody_can_be_let_down_also_somebody_nobody_knows_yet(makegood, client, identifier):
    assert raised(client, "k", identifier=identifier, words="No car").status_code == 200
    again = raised(client, "k", identifier=identifier, words="No car").json()
    question = Question(brand="", message_class=MessageClass.PROMOTIONAL)
    assert again["repeated"] is True
    assert makegood.gate.ask(identifier, question).reason == "hold"
    assert_problem(raised(client, "k", identifier=identifier, words="No room"), 409)


@pytest.mark.parametrize(
    ("body", "status"), [(b"\x00", 400), (b"[1]", 422), (b" " * 300_000, 413)]
)
def test_a_body_that_is_no_failure_is_refused(client, body, status):
    headers = {"Idempotency-Key": "k"}
    answer = client.post("/v1/failures", body, content_type="application/json", headers=headers)
    assert_problem(answer, status)


def dead_letter(makegood: Makegood) -> CommandId:
    id_ = command_id("test", "m", "no_car/apology", 0)
    order = SendMessage(message="sorry", brand="n", message_class=MessageClass.SERVICE)
    command = Command(
        id=id_,
        step="no_car/apology",
        profile=profile_of("user:0"),
        case=CaseId("k"),
        cause=EventId("e"),
        due_ms=0,
        useful_until_ms=0,
        order=order,
    )
    with makegood.store.writing() as writing:
        writing.record([command], OutboxStatus.FAILED, 5, "the server said 550")
    return id_


def test_a_dead_letter_is_seen_and_tried_again_once(makegood, client):
    take(makegood, "user:0", Identified(), "hello")
    id_ = dead_letter(makegood)
    (shown,) = client.get("/v1/commands").json()["commands"]
    assert (shown["id"], shown["kind"], shown["error"]) == (id_, "send", "the server said 550")
    assert client.post(f"/v1/commands/{id_}/retry").json() == {"id": id_, "status": "waiting"}
    assert client.get("/v1/commands").json() == {"commands": [], "next": None}
    assert_problem(client.post(f"/v1/commands/{id_}/retry"), 409)
    assert_problem(client.post("/v1/commands/m" + "0" * 32 + "/retry"), 404)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/v1/nothing", 404),
        ("post", "/v1/", 404),
        ("delete", "/v1/cases", 405),
        ("get", "/v1/failures", 405),
        ("post", "/v1/openapi.json", 405),
        ("get", "/v1/cases?limit=0", 422),
        ("get", "/v1/cases?limit=201", 422),
        ("get", "/v1/cases?after=!", 400),
        ("get", "/v1/cases?after=wcDAwA", 400),
        ("get", "/v1/cases/k1", 422),
        ("get", "/v1/customers/42", 422),
        ("get", "/v1/commands?status=lost", 422),
        ("post", "/v1/callbacks/nobody", 404),
    ],
)
def test_every_no_has_one_shape(makegood, client, method, path, status):
    assert_problem(getattr(client, method)(path), status)


def test_a_file_of_a_page_asks_the_store_as_often_for_many_as_for_few(
    makegood_on_sqlite, monkeypatch
):
    makegood, client = makegood_on_sqlite
    asked: list[str] = []
    rows = SqliteSession.rows
    monkeypatch.setattr(
        SqliteSession, "rows", lambda self, sql, *v: (asked.append(sql), rows(self, sql, *v))[1]
    )
    lose_cars(makegood, 2)
    customer = customer_of(makegood, "user:0")
    paths = ("/v1/cases?limit=200", f"/v1/customers/{customer}", "/v1/commands?status=waiting")

    def counts() -> list[int]:
        found = []
        for path in paths:
            asked.clear()
            assert client.get(path).status_code == 200
            found.append(len(asked))
        return found

    counts()  # the key is looked up once
    few = counts()
    lose_cars(makegood, 40)
    assert counts() == few
    assert max(few) <= 5


@pytest.fixture
def makegood_on_sqlite(makegood, tmp_path) -> Iterator[tuple[Makegood, Client]]:
    from makegood.bootstrap import open_makegood
    from makegood.web.instance import use

    settings = replace(makegood.settings, database=f"sqlite:///{tmp_path / 'm.db'}")
    opened = open_makegood(settings, clock=makegood.clock)
    text, row = mint("tester", ("cases",), 0)
    with opened.store.writing() as writing:
        writing.put_key(row)
    use(opened)
    yield opened, Client(headers={"Authorization": f"Bearer {text}"})
    opened.close()


def test_a_customer_is_shown_with_the_standing_and_who_says_so():
    from tests.unit.playbooks.test_standing import BOOK

    with serving(BOOK) as (makegood, _):
        text, row = mint("seer", ("cases",), makegood.clock.now_ms())
        with makegood.store.writing() as writing:
            writing.put_key(row)
        introduce(makegood, tier="gold", followers=120_000)
        client = Client(headers={"Authorization": f"Bearer {text}"})
        shown = client.get(f"/v1/customers/{customer_of(makegood, 'user:ana')}").json()
    standing = shown["standing"]
    assert standing["prospect"] is False
    assert [(one["part"], one["words"]) for one in standing["parts"]] == [
        ("tier", "Gold"),
        ("public_voice", "Wide public voice: 120,000"),
    ]
    (told,) = standing["parts"][0]["told"]
    assert (told["value"], told["source"]) == ("gold", "rental")
    assert told["at"].startswith("2026-01-01")


def test_a_customer_of_whom_nobody_told_anything_has_no_part_of_a_standing(makegood, client):
    lose_cars(makegood, 1)
    shown = client.get(f"/v1/customers/{customer_of(makegood, 'user:0')}").json()
    assert shown["standing"] == {"prospect": True, "parts": []}
