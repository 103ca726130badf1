"""Answers of those who were asked elsewhere: once, on the scale, and free of personal data."""

from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.core.state import State, decode_state
from tests.e2e.screens import customer_of, serving
from tests.unit.api.test_brands_of_keys import client_of


@pytest.fixture
def makegood() -> Iterator[Makegood]:
    with serving(read_book("airline")[0]) as (opened, _):
        yield opened


@pytest.fixture
def client(headers: dict[str, str]) -> Client:
    return Client(headers=headers)


def rate(client: Client, name: str = "k1", **more: object):
    body = {
        "identifier": "user:ana", "survey": "boarding", "score": 5, "about": "B1/UA1",
        "brand": "meridian",
    }  # fmt: skip
    headers = {"Idempotency-Key": name}
    return client.post(
        "/v1/ratings", body | more, content_type="application/json", headers=headers
    )


def state(makegood: Makegood) -> State:
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, "user:ana"))
    assert row is not None
    return decode_state(row.state)


def test_an_answer_of_somebody_unknown_is_taken_once(client: Client, makegood: Makegood):
    first = rate(client, words="She smiled.", met="g117")
    assert first.status_code == 200, first.content
    told = first.json()
    assert (told["score"], told["replaced"], told["bad"], told["met"]) == (5, False, False, "g117")
    assert rate(client, words="She smiled.", met="g117").json() == told
    (one,) = state(makegood).surveys
    assert (one.score, one.again, one.about) == (5, 0, "B1/UA1")
    with makegood.store.reading() as reading:
        assert reading.texts([one.words]) == {one.words: "She smiled."}


def test_a_later_answer_replaces_and_a_bad_one_is_a_failure(client: Client, makegood: Makegood):
    rate(client)
    told = rate(client, "k2", score=1, rep="kathy").json()
    assert (told["replaced"], told["bad"]) == (True, True)
    case = state(makegood).open_case
    assert case is not None
    assert case.failures[0].rule == "rude_staff"


def test_the_same_name_for_another_answer_is_a_conflict(client: Client):
    rate(client)
    assert rate(client, score=1).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"survey": "boarding_"}, "no_such_survey"),
        ({"score": 0}, "off_the_scale"),
        ({"brand": "meridan"}, "no_such_brand"),
        ({"met": "g@example.org"}, "personal"),
        ({"question": "hard"}, "no_such_question"),
        ({"reasons": ["policy"]}, "no_reasons"),
    ],
)
def test_what_cannot_be_taken_is_told(client: Client, wrong: dict[str, object], code: str):
    answer = rate(client, **wrong)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == code


def test_a_key_without_the_scope_is_refused():
    assert Client().post("/v1/ratings", {}, content_type="application/json").status_code == 401


def test_a_further_question_is_answered_on_its_own_scale(makegood: Makegood, client: Client):
    assert rate(client, question="easy", score=7).status_code == 200
    assert "off_the_scale" in rate(client, "k2", question="easy", score=8).content.decode()
    assert "no_such_question" in rate(client, "k3", question="hard", score=7).content.decode()
    one = state(makegood).surveys[0]
    assert (one.score, one.more) == (None, (("easy", 7),))


def test_figures_come_without_whose_they_are(makegood: Makegood, client: Client):
    rate(client, score=1)
    found = client.get("/v1/surveys").json()
    (one,) = found["surveys"]
    assert (one["name"], one["elsewhere"], one["unhappy"], one["recovery"]) == (
        "boarding", 1, 1, None,
    )  # fmt: skip
    assert one["figures"][0] == {"question": "", "kind": "csat", "answers": 1, "figure": None}
    by = client.get("/v1/surveys?survey=boarding&by=brand").json()
    assert [one["name"] for one in by["surveys"]] == ["meridian"]
    assert client.get("/v1/surveys?by=rep").status_code == 422
    assert client.get("/v1/surveys?days=0").status_code == 422


def unhappy_case(makegood: Makegood, client: Client) -> str:
    rate(client, score=1)
    case = state(makegood).open_case
    assert case is not None
    return case.id


def end(client: Client, case: str, act: str, name: str, **body: object):
    headers = {"Idempotency-Key": name}
    wanted = {"rep": "omar"} | body
    url = f"/v1/cases/{case}/{act}"
    return client.post(url, wanted, content_type="application/json", headers=headers)


def test_an_unhappy_case_ends_over_http_once_kind_and_action_are_known(
    makegood: Makegood, client: Client
):
    case = unhappy_case(makegood, client)
    early = end(client, case, "end", "e1", how="good")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "cause_needed")
    said = {"kind": "process", "action": "A second person at the gate."}
    first = end(client, case, "root-cause", "r1", **said)
    assert (first.status_code, first.json()["repeated"]) == (200, False), first.content
    assert end(client, case, "root-cause", "r1", **said).json() == {
        "event": first.json()["event"], "repeated": True,
    }  # fmt: skip
    for other in ({"kind": "person"}, {"action": "Nothing."}):
        assert end(client, case, "root-cause", "r1", **said | other).status_code == 409
    assert end(client, case, "end", "e2", how="good").status_code == 200
    assert end(client, case, "end", "e2", how="good").json()["repeated"] is True
    kept = state(makegood).cases[0]
    assert (kept.is_open, kept.root_kind) == (False, "process")
    with makegood.store.reading() as reading:
        assert reading.texts([kept.action]) == {kept.action: "A second person at the gate."}


@pytest.mark.parametrize(
    ("act", "body", "status"),
    [
        ("root-cause", {}, 422),
        ("root-cause", {"kind": "luck"}, 422),
        ("root-cause", {"action": "Write to ana@example.org."}, 422),
        ("root-cause", {"kind": "process", "rep": "nobody"}, 422),
        ("end", {"how": "release", "rep": "kathy", "reason": "x"}, 403),
        ("end", {"how": "release"}, 409),
        ("end", {"how": "sold"}, 422),
    ],
)
def test_what_cannot_end_a_case_is_told_and_leaves_it_open(
    makegood: Makegood, client: Client, act: str, body: dict[str, object], status: int
):
    case = unhappy_case(makegood, client)
    assert end(client, case, act, "x1", **body).status_code == status
    assert state(makegood).cases[0].is_open
    assert state(makegood).cases[0].root_kind == ""


def test_a_key_of_some_brands_reads_their_figures_and_ends_their_cases_alone(
    makegood: Makegood, client: Client
):
    case = unhappy_case(makegood, client)
    theirs, others = (
        client_of(makegood, name, ("cases",), brands=(name,)) for name in ("meridian", "other")
    )
    assert [one["name"] for one in theirs.get("/v1/surveys").json()["surveys"]] == ["boarding"]
    assert others.get("/v1/surveys").json()["surveys"] == []
    assert end(others, case, "root-cause", "k", kind="person").status_code == 404
    assert end(others, case, "end", "k", how="good").status_code == 404
    assert end(theirs, case, "root-cause", "k", kind="person").status_code == 200
    assert client.get("/v1/surveys", {"survey": "a\x00b"}).status_code == 422
