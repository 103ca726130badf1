"""A key of some brands sees and changes what is of them, and nothing else is there for it."""

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.api.keys import mint
from makegood.bootstrap import Makegood
from makegood.messages.commands import rank_of
from makegood.messages.ids import CommandId
from makegood.ports.rows import OutboxStatus
from tests.e2e.screens import case_of, customer_of, introduce, no_car


@pytest.fixture
def vans(makegood: Makegood) -> Client:
    return client_of(makegood, "vans", ("cases",), brands=("northwind_vans",))


def client_of(makegood: Makegood, name: str, scopes: tuple[str, ...], **limits: object) -> Client:
    text, row = mint(name, scopes, makegood.clock.now_ms())
    with makegood.store.writing() as writing:
        writing.put_key(replace(row, **limits))
    return Client(headers={"Authorization": f"Bearer {text}"})


@pytest.fixture
def cases(makegood: Makegood) -> dict[str, str]:
    for name, brand in (("cars", "northwind_cars"), ("vans", "northwind_vans")):
        introduce(makegood, f"user:{name}", name)
        no_car(makegood, f"user:{name}", brand=brand, reservation=f"R-{name}")
    return {name: case_of(makegood, f"user:{name}") for name in ("cars", "vans")}


def test_cases_customers_and_commands_of_other_brands_are_not_there(makegood, vans, cases):
    listed = vans.get("/v1/cases").json()["cases"]
    assert [one["brand"] for one in listed] == ["northwind_vans"]
    statuses = {
        name: (
            vans.get(f"/v1/cases/{cases[name]}").status_code,
            vans.get(f"/v1/cases/{cases[name]}/proposals").status_code,
            vans.get(f"/v1/customers/{customer_of(makegood, f'user:{name}')}").status_code,
        )
        for name in ("cars", "vans")
    }
    assert statuses == {"cars": (404, 404, 404), "vans": (200, 200, 200)}
    commands = vans.get("/v1/commands?status=waiting").json()["commands"]
    with makegood.store.reading() as reading:
        every = reading.outbox(OutboxStatus.WAITING, CommandId(""), 100)
    theirs = {row.command.id for row in every if row.command.order.brand != "northwind_cars"}
    assert {one["id"] for one in commands} == theirs
    assert 0 < len(theirs) < len(every)
    other = next(row for row in every if row.command.order.brand == "northwind_cars")
    assert rank_of(other.command.order) >= 0
    assert vans.post(f"/v1/commands/{other.command.id}/retry").status_code == 404


@pytest.mark.parametrize(
    ("brand", "status"), [("northwind_vans", 200), ("northwind_cars", 403), ("", 403)]
)
def test_a_failure_is_raised_for_its_own_brand_only(makegood, vans, brand, status):
    failure = {"identifier": "user:x", "failure": "other", "words": "no van", "brand": brand}
    answer = vans.post(
        "/v1/failures", failure, content_type="application/json",
        headers={"Idempotency-Key": f"k-{brand}"},
    )  # fmt: skip
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error"]["code"] == "brand_closed"


@pytest.mark.parametrize("path", ["/v1/requests", "/v1/budgets", f"/v1/said/s{'0' * 64}"])
def test_what_does_not_keep_brands_apart_is_shut(vans, path):
    answer = vans.get(path)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "brand_closed"


def test_a_key_that_may_read_changes_nothing(makegood, cases):
    reader = client_of(makegood, "reader", ("cases.read",))
    assert reader.get("/v1/cases").status_code == 200
    assert reader.get(f"/v1/cases/{cases['cars']}").status_code == 200
    answer = reader.post("/v1/failures", {}, content_type="application/json")
    assert answer.status_code == 403
    assert "'cases'" in answer.json()["error"]["message"]


def test_every_answer_says_what_is_left_also_a_no(makegood):
    slow = client_of(makegood, "slow", ("cases",), per_second=0.001, burst=2.0)
    answers = [slow.get("/v1/cases"), slow.get("/v1/cases/nothing"), slow.get("/v1/cases")]
    assert [one.status_code for one in answers] == [200, 422, 429] or [
        one.status_code for one in answers
    ] == [200, 404, 429]
    assert [one["RateLimit"].partition(";t")[0] for one in answers] == [
        '"key";r=1', '"key";r=0', '"key";r=0',
    ]  # fmt: skip
    assert int(answers[2]["Retry-After"]) > 500
