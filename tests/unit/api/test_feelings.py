"""How customers feel, for the firm's tools: paged, with ranges, and of the key's brands alone."""

from collections.abc import Iterator

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.screens import serving
from tests.unit.api.test_brands_of_keys import client_of
from tests.unit.desk.browsing import questions
from tests.unit.desk.test_feelings import keep

ALL = "/v1/feelings?survey=boarding"
PERIODS = "/v1/feelings/periods?survey=boarding"


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(read_book("airline")[0]) as both:
        yield both


@pytest.fixture
def makegood(served: tuple[Makegood, FakeClock]) -> Makegood:
    return served[0]


@pytest.fixture
def clock(served: tuple[Makegood, FakeClock]) -> FakeClock:
    return served[1]


@pytest.fixture
def client(headers: dict[str, str]) -> Client:
    return Client(headers=headers)


def test_a_brand_has_its_figure_and_how_far_it_moved(client, makegood, clock):
    keep(makegood, clock, 200, weeks_ago=10, good=50)
    keep(makegood, clock, 200, weeks_ago=2, good=90)
    found = client.get(ALL).json()
    (one,) = [it for it in found["feelings"] if it["name"] == "meridian"]
    (figure,) = [it for it in one["figures"] if not it["question"]]
    assert (one["asked"], one["answered"], figure["answers"]) == (400, 400, 400)
    assert figure["figure"]["value"] == pytest.approx(70)
    assert figure["change"]["difference"]["value"] == pytest.approx(40)
    assert figure["change"]["verdict"] == "better"
    assert figure["change"]["difference"]["low"] > 0


def test_of_few_it_cannot_tell_yet(client, makegood, clock):
    keep(makegood, clock, 29)
    found = client.get(f"{PERIODS}&touchpoint=Leg+Flown").json()
    periods = found["questions"][0]["periods"]
    assert sum(one["answers"] for one in periods) == 29
    assert {one["figure"] for one in periods} == {None}


def test_months_are_listed_with_the_running_one_last(client, makegood, clock):
    keep(makegood, clock, 40, weeks_ago=6)
    found = client.get(f"{PERIODS}&brand=meridian&by=month").json()
    periods = found["questions"][0]["periods"]
    assert [one["running"] for one in periods] == [False] * 12 + [True]
    assert [one["first"] for one in periods if one["figure"]] == ["2025-11-01"]


def test_a_list_pages_to_the_end_with_none_twice(client, makegood, clock):
    rows = keep(makegood, clock, 1)
    more = [replace(rows[0], id=f"{n}", brand="" if n == 8 else f"b{n}") for n in range(9)]
    with makegood.store.writing() as writing:
        writing.put_answers(more, ())
    seen, after = [], ""
    while True:
        found = client.get(ALL, {"survey": "boarding", "limit": "4", "after": after}).json()
        seen += [one["name"] for one in found["feelings"]]
        if found["next"] is None:
            break
        after = found["next"]
    assert seen == sorted(set(seen))
    assert {"", "b0", "b7", "meridian"} <= set(seen)


def test_two_hundred_brands_cost_no_more_questions_than_one(client, makegood, clock):
    rows = keep(makegood, clock, 1)
    few = questions(makegood, client, ALL)
    more = [replace(rows[0], id=f"{n}", brand=f"b{n}", touch=f"T{n}") for n in range(200)]
    with makegood.store.writing() as writing:
        writing.put_answers(more, ())
    assert questions(makegood, client, ALL) == few


def of_brand(makegood: Makegood, brand: str) -> Client:
    return client_of(makegood, brand, ("cases.read",), brands=(brand,))


def test_a_key_of_one_brand_reads_that_one_alone(makegood, clock):
    keep(makegood, clock, 40)
    keep(makegood, clock, 40, brand="skylark")
    theirs, others = of_brand(makegood, "meridian"), of_brand(makegood, "skylark")
    assert {one["name"] for one in others.get(ALL).json()["feelings"]} == {"skylark"}
    assert theirs.get(f"{PERIODS}&brand=meridian").status_code == 200
    assert others.get(f"{PERIODS}&brand=meridian").status_code == 404
    periods = others.get(PERIODS).json()["questions"][0]["periods"]
    assert sum(one["answers"] for one in periods) == 40


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/feelings", 422),
        ("/v1/feelings?survey=nothing", 404),
        (f"{ALL}&by=year", 422),
        (f"{ALL}&of=rep", 422),
        (f"{ALL}&after=~nobody", 404),
        (f"{ALL}&limit=0", 422),
        (f"{PERIODS}&brand=a%00b", 422),
        ("/v1/feelings/periods?survey=nothing", 404),
    ],
)
def test_what_makes_no_sense_is_said_so(client, path, status):
    assert client.get(path).status_code == status
