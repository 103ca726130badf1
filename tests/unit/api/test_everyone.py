"""Everyone like this over HTTP and on the command line: for a case, a request, or a kind."""

import json

import pytest
from django.test import Client
from typer.testing import CliRunner

from makegood.bootstrap import Makegood
from makegood.cli import app
from tests.e2e.screens import customer_of, introduce, no_car, serving


@pytest.fixture
def makegood():
    with serving() as (opened, _):
        for name in ("ana", "ben", "cid"):
            introduce(opened, f"user:{name}", "Syn", tier="gold" if name == "ana" else "silver")
            no_car(opened, f"user:{name}")
        yield opened


@pytest.fixture
def client(headers: dict[str, str]) -> Client:
    return Client(headers=headers)


def got(client: Client, path: str) -> dict:
    answer = client.get(f"/v1/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_case_is_compared_with_the_same_or_a_higher_standing(client, makegood):
    counts = {}
    for name in ("ana", "ben"):
        with makegood.store.reading() as reading:
            (case,) = reading.cases_of([customer_of(makegood, f"user:{name}")])
        found = got(client, f"cases/{case.case}/everyone?remedy=driver")
        counts[found["standing"]] = (found["customers"], found["cases"], found["given"])
    assert counts == {"gold": (1, 1, 1), "silver": (3, 3, 3)}
    assert found["too_few"] is True
    assert found["came_back"] == {"back": 0, "of": 0, "low": None, "high": None}
    costs = {one["remedy"]: one["for_all"] for one in found["remedies"]}
    assert costs["refund"] == [{"cents": 3 * 18_240, "currency": "USD"}]


def test_a_kind_of_failure_is_asked_for_without_a_case_and_at_any_price(client):
    found = got(client, "everyone?failure=no_car&remedy=driver&cents=5000&brand=northwind_cars")
    assert (found["kind"], found["what"], found["customers"]) == ("failure", "no_car", 3)
    (driver,) = [one for one in found["remedies"] if one["remedy"] == "driver"]
    assert (driver["cases"], driver["for_all"]) == (0, [{"cents": 15_000, "currency": "USD"}])
    vans = "everyone?failure=no_car&brand=northwind_vans&own_brand=true"
    assert got(client, vans)["customers"] == 0


def test_a_request_is_compared_with_the_same_request(client):
    asked = client.post(
        "/v1/requests",
        {"identifier": "user:ana", "request": "bring_later", "about": "R1",
         "facts": {"hours_later": 30, "promised": False}},
        content_type="application/json",
        headers={"Idempotency-Key": "k"},
    ).json()  # fmt: skip
    found = got(client, f"requests/{asked['id']}/everyone")
    assert (found["kind"], found["cases"], found["waiting"]) == ("request", 1, 1)
    assert got(client, "everyone?asks=bring_later")["waiting"] == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("failure=no_carr", "Did you mean `no_car`?"),
        ("asks=bring_latr", "Did you mean `bring_later`?"),
        ("failure=no_car&standing=gould", "Did you mean `gold`?"),
        ("failure=no_car&brand=northwind_car", "Did you mean `northwind_cars`?"),
        ("failure=no_car&remedy=drive", "Did you mean `driver`?"),
        ("failure=no_car&cents=5", "which remedy"),
        ("", "a failure or a request"),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest_right_one(client, query, words):
    answer = client.get(f"/v1/everyone?{query}")
    assert answer.status_code in (400, 422)
    assert words in answer.json()["error"]["message"]


def test_what_is_not_there_is_not_found(client):
    assert client.get(f"/v1/cases/ke{'0' * 32}/everyone").status_code == 404
    assert client.get(f"/v1/requests/q{'0' * 64}/everyone").status_code == 404


def test_the_command_line_tells_the_same(makegood: Makegood, monkeypatch):
    from contextlib import contextmanager

    from makegood.cli import everyone

    @contextmanager
    def opened(*_args: object, **_more: object):
        yield makegood

    monkeypatch.setattr(everyone, "opened", opened)

    def run(*words: str):
        return CliRunner().invoke(app, ["everyone", *words])

    text = run("no_car", "--remedy", "driver", "--standing", "silver").stdout
    assert text.startswith("3 customers in 12 months with the same failure and loss, 3 cases")
    assert "Too few to tell anything of all (3)." in text
    told = json.loads(run("no_car", "--format", "json").stdout)
    assert (told["customers"], told["within_days"]) == (3, 365)
    with makegood.store.reading() as reading:
        (case,) = reading.cases_of([customer_of(makegood, "user:ana")])
    assert json.loads(run(case.case, "--format", "json").stdout)["standing"] == "gold"
    assert json.loads(run("bring_later", "--format", "json").stdout)["cases"] == 0
    wrong = run("no_carr")
    assert "Did you mean `no_car`?" in str(wrong.exception)
    assert "leave them out" in str(run(case.case, "--standing", "gold").exception)
    assert "no case" in str(run(f"ke{'0' * 32}").exception)
