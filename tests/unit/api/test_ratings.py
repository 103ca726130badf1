"""Answers of those who were asked elsewhere: once, on the scale, and free of personal data."""

from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.core.state import State, decode_state
from tests.e2e.screens import customer_of, serving


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
