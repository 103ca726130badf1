"""Root causes over HTTP: a list page by page, and an answer by who may give it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.api.keys import mint
from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.screens import serving
from tests.unit.runtime.test_asking_owners import BOOK, DAY_MS, HELEN, MIRA, asked, behind

LIST, ANSWER = "/v1/root-causes", "/v1/root-causes/answer"


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(BOOK) as both:
        with both[0].store.writing() as writing:
            writing.put_reps([MIRA, HELEN])
        yield both


@pytest.fixture
def makegood(served) -> Makegood:
    return served[0]


@pytest.fixture
def client(headers: dict[str, str]) -> Client:
    return Client(headers=headers)


def say(client: Client, **more: object):
    body = {"cause": "rule:no_car", "answer": "stays", "says": "It is the fleet.", "rep": "mira"}
    return client.post(ANSWER, body | more, content_type="application/json")


def at(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


def test_root_causes_are_listed_page_by_page_with_who_answers_and_until_when(makegood, client):
    for who, cause in (("ana", "rule:no_car"), ("ben", "rule:no_car"), ("jo", "other:the ferry")):
        behind(makegood, who, cause)
    first = client.get(f"{LIST}?limit=1").json()
    (ferry,) = first["root_causes"]
    assert (ferry["cause"], ferry["owner"], ferry["cases"]) == ("other:the ferry", "helen", 1)
    second = client.get(LIST, {"limit": "1", "after": first["next"]}).json()
    (no_car,) = second["root_causes"]
    assert (no_car["cause"], no_car["title"]) == ("rule:no_car", "There was no car")
    assert (no_car["owner"], no_car["cases"], no_car["waiting"]) == ("mira", 2, 2)
    assert no_car["due"].startswith("2026-01-15T")
    assert (no_car["late"], no_car["answer"]) == (False, None)
    assert client.get(LIST, {"after": second["next"]}).json() == {"root_causes": [], "next": None}
    theirs = client.get(LIST, {"owner": "mira"}).json()["root_causes"]
    assert [one["cause"] for one in theirs] == ["rule:no_car"]
    assert client.get(LIST, {"owner": "kathy"}).json()["root_causes"] == []


def test_who_answers_for_it_answers_once_and_nobody_else_does(makegood, client):
    behind(makegood, "ana")
    makegood.owners_asked.round()
    assert say(client, rep="kathy").status_code == 404
    assert say(client, rep="nobody").json()["error"]["code"] == "no_such_rep"
    assert say(client, cause="rule:nothing").status_code == 404
    first = say(client)
    assert first.status_code == 200, first.content
    assert first.json()["answer"]["says"] == "It is the fleet."
    assert say(client).json()["answer"] == first.json()["answer"]
    assert say(client, rep="omar", says="So be it.").status_code == 200  # supervises
    assert [row.status for row in asked(makegood)] == ["withdrawn"]
    with makegood.store.reading() as reading:
        acts = [one for one in reading.acts(limit=50) if one.what == "root_cause.answered"]
    assert len(acts) == 2


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"answer": "perhaps"}, "answer"),
        ({"says": " "}, "body"),
        ({"says": "Ask ana@example.org"}, "body"),
        ({"says": "x" * 1001}, "says"),
        ({"answer": "will"}, "at"),
        ({"answer": "will", "at": "2020-01-01T00:00:00Z"}, "body"),
        ({"answer": "changed", "at": "2030-01-01T00:00:00Z"}, "body"),
        ({"answer": "changed", "at": "2026-01-01T00:00:00"}, "at"),
        ({"answer": "changed", "at": "9999-12-31T23:59:59Z"}, "body"),
        ({"cause": "x\x00y"}, "cause"),
        ({"by": "mira"}, "by"),
    ],
)
def test_a_bad_answer_is_told_with_its_place_and_nothing_is_kept(makegood, client, wrong, where):
    behind(makegood, "ana")
    found = say(client, **wrong)
    assert found.status_code == 422, found.content
    assert where in found.json()["error"]["where"]
    assert client.get(LIST).json()["root_causes"][0]["answer"] is None


def test_who_left_answers_for_nothing(makegood, client, served):
    behind(makegood, "ana")
    with makegood.store.writing() as writing:
        writing.put_reps([replace(MIRA, left_ms=served[1].now_ms())])
    assert say(client).status_code == 422
    assert client.get(LIST).json()["root_causes"][0]["owner"] == "helen"


def test_what_will_change_is_late_after_its_day(makegood, client, served):
    clock = served[1]
    behind(makegood, "ana")
    day = at(clock.now_ms() + DAY_MS)
    assert say(client, answer="will", at=day).json()["due"] is not None
    clock.advance(2 * DAY_MS)
    assert client.get(LIST).json()["root_causes"][0]["late"] is True


def test_a_key_of_some_brands_opens_none_of_it(makegood):
    text, row = mint("some", ("cases",), makegood.clock.now_ms())
    with makegood.store.writing() as writing:
        writing.put_key(replace(row, brands=("northwind_cars",)))
    client = Client(headers={"Authorization": f"Bearer {text}"})
    assert client.get(LIST).status_code == 403
    assert say(client).status_code == 403
