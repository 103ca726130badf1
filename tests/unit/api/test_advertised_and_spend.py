"""The same figures over HTTP, and the books told by it."""

from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.screens import serving
from tests.unit.api.test_brands_of_keys import client_of
from tests.unit.runtime.advertised_world import BOOK, heard

PUT = "/v1/spend/acquisition"
ROW = {"brand": "northwind_cars", "month": "2020-03", "channel": "search", "amount": 125_000,
       "currency": "USD", "new_customers": 10}  # fmt: skip


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(BOOK) as both:
        yield both


@pytest.fixture
def makegood(served: tuple[Makegood, FakeClock]) -> Makegood:
    return served[0]


@pytest.fixture
def all_brands(makegood: Makegood) -> Client:
    return client_of(makegood, "all", ("cases",))


@pytest.fixture
def vans(makegood: Makegood) -> Client:
    return client_of(makegood, "vans", ("cases",), brands=("northwind_vans",))


def put(client: Client, *rows: dict[str, object]):
    return client.put(PUT, {"rows": list(rows)}, content_type="application/json")


def this_month(makegood: Makegood) -> str:
    from makegood.projections.figures import local

    return f"{local(makegood.clock.now_ms(), 'UTC'):%Y-%m}"


def test_both_figures_are_told_and_posts_without_words_and_names(makegood, all_brands):
    for n in range(30):
        heard(makegood, str(n), rating="1 of 5")
    makegood.voice.advertised.run_once()
    found = all_brands.get("/v1/advertised").json()
    ready, vans = found["advertised"]
    assert (ready["id"], vans["id"], found["next"]) == ("ready", "vans_clean", None)
    assert (ready["said"]["about"], ready["said"]["against"]) == (30, 30)
    assert ready["said"]["share_against"]["low"] > 0.5
    assert (ready["failures"], ready["measured"], vans["failures"]) == (0, [], None)
    assert vans["said"]["share_against"] is None
    first = all_brands.get("/v1/advertised?limit=1").json()
    assert first["next"] == "ready"
    rest = all_brands.get("/v1/advertised?limit=1&after=ready").json()
    assert ([one["id"] for one in rest["advertised"]], rest["next"]) == (["vans_clean"], None)
    page = all_brands.get("/v1/advertised/ready/posts?limit=20").json()
    after = page["next"]
    more = all_brands.get(f"/v1/advertised/ready/posts?limit=20&after={after}").json()
    assert len({one["post"] for one in (*page["posts"], *more["posts"])}) == 30
    assert more["next"] is None
    assert set(page["posts"][0]) == {"post", "brand", "at", "verdict", "because", "rep"}
    assert all_brands.get("/v1/advertised/ready/posts?verdict=kept").json()["posts"] == []


def test_a_key_of_some_brands_hears_of_them_alone(makegood, all_brands, vans):
    heard(makegood, "1", brand="northwind_cars")
    heard(makegood, "2", brand="northwind_vans")
    makegood.voice.advertised.run_once()
    ready = vans.get("/v1/advertised").json()["advertised"][0]
    assert ready["said"]["about"] == 1
    assert len(vans.get("/v1/advertised/ready/posts").json()["posts"]) == 1
    assert vans.get("/v1/advertised?brand=northwind_cars").status_code == 422
    assert all_brands.get("/v1/advertised?brand=nobody").status_code == 422
    cars = all_brands.get("/v1/advertised?brand=northwind_cars").json()["advertised"]
    assert [one["id"] for one in cars] == ["ready"]


def test_what_is_not_there_or_wrong_is_refused(all_brands):
    assert all_brands.get("/v1/advertised/nothing/posts").status_code == 404
    assert all_brands.get("/v1/advertised/ready/posts?after=x").status_code == 422
    assert all_brands.get("/v1/advertised?days=0").status_code == 422
    assert all_brands.get("/v1/spend?months=0").status_code == 422


def test_books_are_told_once_and_again_and_shown_beside_what_was_given(makegood, all_brands):
    row = {**ROW, "month": this_month(makegood)}
    yen = {**row, "channel": "tv", "currency": "JPY", "amount": 7, "new_customers": None}
    assert put(all_brands, row, yen).json() == {"changed": 2}
    assert put(all_brands, row, yen).json() == {"changed": 0}
    found = all_brands.get("/v1/spend").json()["months"]
    assert [(it["currency"], it["acquisition_cents"], it["new_customers"]) for it in found] == [
        ("JPY", 700, None), ("USD", 125_000, 10),
    ]  # fmt: skip
    assert found[1]["cost_per_new_customer_cents"] == 12_500
    assert found[1]["cost_per_made_good_cents"] is None
    first = all_brands.get("/v1/spend?limit=1").json()
    rest = all_brands.get(f"/v1/spend?limit=1&after={first['next']}").json()
    assert all_brands.get("/v1/spend?after=x").status_code == 422
    assert [first["months"][0], rest["months"][0], rest["next"]] == [*found, None]


@pytest.mark.parametrize(
    "wrong",
    [{"month": "2020-13"}, {"month": "x"}, {"amount": -1}, {"amount": 1.5}, {"currency": "usd"},
     {"currency": "ABC"}, {"brand": "nobody"}, {"channel": "A b"}, {"new_customers": -1}],
)  # fmt: skip
def test_one_wrong_row_and_nothing_is_stored(makegood, all_brands, wrong):
    refused = put(all_brands, ROW, {**ROW, **wrong})
    assert refused.status_code == 422
    with makegood.store.reading() as reading:
        assert reading.acquisition("1900-01", "2100-01") == ()


@pytest.mark.parametrize("brand", ["northwind_cars", ""])
def test_a_key_of_some_brands_tells_nothing_of_others(vans, brand):
    assert put(vans, {**ROW, "brand": brand}).status_code == 403
    assert put(vans, {**ROW, "brand": "northwind_vans"}).json() == {"changed": 1}
