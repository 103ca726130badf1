"""Proposals over HTTP: proposed, approved by somebody else, turned down, appealed; each once."""

from collections.abc import Iterator

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.messages.ids import RepId
from makegood.testing.clock import FakeClock
from tests.e2e.screens import MINUTE_MS, REPS, case_of, introduce, no_car, serving

BOOK = read_book("car-rental")[0] + "\napproval: {within: 30m}\n"
SUE = replace(REPS[1], rep=RepId("sue"), name="Sue Park")


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(BOOK) as both:
        introduce(both[0])
        no_car(both[0])
        with both[0].store.writing() as writing:
            writing.put_reps([SUE])
        yield both


@pytest.fixture
def makegood(served: tuple[Makegood, FakeClock]) -> Makegood:
    return served[0]


class Api:
    """What another system of the firm says."""

    def __init__(self, headers: dict[str, str], case: str) -> None:
        self.client, self.path = Client(headers=headers), f"/v1/cases/{case}/proposals"

    def posts(self, path: str, name: str, **body: object):
        headers = {"Idempotency-Key": name}
        json = "application/json"
        return self.client.post(self.path + path, body, content_type=json, headers=headers)

    def proposes(self, name: str = "p1", **more: object):
        body = {"rep": "kathy", "remedy": "taxi", "cents": 60_000, "reason": "A wedding."} | more
        return self.posts("", name, **body)

    def does(self, act: str, rep: str, name: str = "", **body: object):
        one = self.listed()[-1]["id"]
        return self.posts(
            f"/{one}/{act}", name or f"{act} {rep}".replace(" ", "-"), rep=rep, **body
        )

    def listed(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = self.client.get(self.path).json()["proposals"]
        return found


@pytest.fixture
def api(makegood: Makegood, headers: dict[str, str]) -> Api:
    return Api(headers, case_of(makegood))


def code(answer, status: int) -> str:
    assert answer.status_code == status, answer.content
    found: str = answer.json()["error"]["code"]
    return found


def test_a_proposal_shows_who_what_and_until_when(api: Api):
    assert api.listed() == []
    answer = api.proposes()
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["status"], shown["proposed_by"], shown["late"]) == ("waiting", "kathy", False)
    assert shown["cost"] == {"cents": 60_000, "currency": "USD"}
    assert shown["answer_by"] == "2026-01-01T14:30:00Z"
    assert "wedding" not in answer.content.decode()
    assert api.listed() == [shown]


def test_somebody_else_approves_once(api: Api):
    api.proposes()
    assert code(api.does("approve", "kathy"), 403) == "somebody_else"
    first = api.does("approve", "omar", name="yes")
    assert first.json()["status"] == "approved"
    assert api.does("approve", "omar", name="yes").json() == first.json()
    assert code(api.does("approve", "sue", name="yes"), 409) == "idempotency_conflict"
    assert code(api.does("approve", "sue"), 409) == "settled_already"
    assert [one["answered_by"] for one in api.listed()] == ["omar"]


def test_a_no_needs_a_reason_and_is_appealed_once_to_somebody_else(api: Api):
    api.proposes()
    assert code(api.does("turn-down", "omar"), 422) == "reason_needed"
    turned = api.does("turn-down", "omar", name="no", reason="Too much.").json()
    assert (turned["status"], turned["may_appeal"]) == ("turned_down", True)
    appealed = api.does("appeal", "kathy", words="Look again.").json()
    assert (appealed["status"], appealed["may_appeal"]) == ("contested", False)
    assert code(api.does("approve", "omar", name="late"), 403) == "somebody_else"
    assert api.does("approve", "sue").json()["status"] == "approved"


def test_a_repeat_is_the_same_and_another_use_of_its_name_is_a_conflict(api: Api):
    assert api.proposes("p1").json() == api.proposes("p1").json()
    assert len(api.listed()) == 1
    for other in ({"remedy": "helicopter"}, {"cents": 70_000}, {"rep": "omar"}):
        assert code(api.proposes("p1", **other), 409) == "idempotency_conflict"
    assert code(api.does("approve", "omar", name="p1"), 409) == "idempotency_conflict"


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"rep": "ghost"}, 422, "no_such_rep"),
        ({"rep": "vera"}, 403, "other_brand"),
        ({"cents": 100}, 409, "within_authority"),
        ({"cents": 10**9}, 403, "nobody_may"),
        ({"cents": None}, 422, "no_such_remedy"),
        ({"reason": ""}, 422, "invalid"),
        ({"extra": 1}, 422, "invalid"),
    ],
)
def test_what_cannot_be_proposed_is_said_with_its_code(api: Api, more, status, said):
    assert code(api.proposes(**more), status) == said
    assert api.listed() == []


def test_what_is_not_there_is_not_found(api: Api, headers: dict[str, str]):
    api.proposes()
    other = f"/e{'0' * 32}/approve"
    assert code(api.posts(other, "n1", rep="omar"), 404) == "no_such_proposal"
    nowhere = Api(headers, f"ke{'0' * 32}")
    assert code(nowhere.proposes(), 404) == "not_found"
    assert nowhere.client.get(nowhere.path).status_code == 404


def test_an_answer_that_did_not_come_is_late(api: Api, served: tuple[Makegood, FakeClock]):
    api.proposes()
    makegood, clock = served
    clock.advance(31 * MINUTE_MS)
    makegood.worker.run_once()
    assert [one["late"] for one in api.listed()] == [True]


def test_proposals_come_in_pages(api: Api):
    assert api.proposes().status_code == 200
    assert api.proposes("p2", cents=61_000).status_code == 200
    page = api.client.get(api.path, {"limit": 1}).json()
    rest = api.client.get(api.path, {"limit": 1, "after": page["next"]}).json()
    assert [one["id"] for one in page["proposals"] + rest["proposals"]] == [
        one["id"] for one in api.listed()
    ]
    assert rest["next"] is None
    assert code(api.client.get(api.path, {"after": f"e{'0' * 32}"}), 404) == "not_found"
