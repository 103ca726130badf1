"""How customers feel: each sees their own brands, ranges beside every figure, nothing from few."""

import csv
from collections.abc import Iterator
from io import StringIO

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.messages.ids import ProfileId, RepId
from makegood.messages.triage_facts import Triaged
from makegood.ports.answers import AnswerRow, answer_id
from makegood.ports.rows import RepRow
from makegood.ports.silence import SilentRow
from makegood.ports.triage import TriageRow
from makegood.ports.voice import Post
from makegood.testing.clock import FakeClock
from tests.e2e.screens import serving
from tests.unit.desk.browsing import questions, words_of

ROOT = "/desk/feelings/"
DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(read_book("airline")[0]) as both:
        yield both


def keep(
    makegood: Makegood,
    clock: FakeClock,
    many: int,
    *,
    weeks_ago: int = 1,
    good: int = 50,
    **more,
) -> list[AnswerRow]:
    """Keep answers of one week: so many of a hundred are good."""
    named = f"{weeks_ago}.{more.get('brand', '')}.{more.get('touch', '')}.{more.get('why', '')}"
    rows = [
        AnswerRow(
            **{
                "id": answer_id(f"{named}.{n}", "boarding", "B", ""),
                "profile": ProfileId(f"{named}.{n}"),
                "survey": "boarding",
                "about": "B",
                "question": "",
                "at_ms": clock.now_ms() - weeks_ago * WEEK_MS,
                "brand": "meridian",
                "touch": "Leg Flown",
                "score": 5 if n * 100 < good * many else 2,
                "asked": True,
                "rated_ms": clock.now_ms(),
                "replied": True,
            }
            | more
        )
        for n in range(many)
    ]
    with makegood.store.writing() as writing:
        writing.put_answers(rows, ())
    return rows


def page(client: Client, path: str = "") -> str:
    response = client.get(ROOT + path)
    assert response.status_code == 200
    return words_of(response)


BRAND = "brand?name=meridian"
TOUCH = "touchpoint?name=Leg+Flown"


def test_a_brand_is_compared_by_a_question_with_its_range(makegood, kathy, clock):
    keep(makegood, clock, 40, good=75)
    shown = page(kathy)
    assert "By brand" in shown
    assert "CSAT 75 % (" in shown
    assert "40 of 40" in shown


def test_of_few_answers_it_cannot_tell_yet(makegood, kathy, clock):
    keep(makegood, clock, 29)
    for path in ("", BRAND, TOUCH):
        assert "CSAT cannot tell yet" in page(kathy, path)
    assert "No week has 30 answers: cannot tell yet." in page(kathy, BRAND)


def test_a_change_is_called_one_only_where_it_is_more_than_chance(makegood, kathy, clock):
    keep(makegood, clock, 200, weeks_ago=3, good=50)
    keep(makegood, clock, 200, weeks_ago=2, good=90)
    keep(makegood, clock, 200, weeks_ago=1, good=86)
    shown = page(kathy, BRAND)
    assert "better by 40 percentage points (+" in shown
    assert "may be chance (-" in shown
    assert "worse" not in shown


def test_the_running_week_is_compared_with_none(makegood, kathy, clock):
    keep(makegood, clock, 200, weeks_ago=1, good=90)
    keep(makegood, clock, 200, weeks_ago=0, good=10, at_ms=clock.now_ms() - 1)
    shown = page(kathy, BRAND)
    assert "(so far)" in shown
    assert "not over" in shown
    assert "worse" not in shown


def test_the_chart_has_a_table_behind_it_and_a_file(makegood, kathy, clock):
    keep(makegood, clock, 40, good=75)
    response = kathy.get(f"{ROOT}{BRAND}")
    assert response.content.count(b"<svg") == 2
    found = kathy.get(f"{ROOT}{BRAND}&form=csv")
    assert found["Content-Type"].startswith("text/csv")
    lines = list(csv.DictReader(StringIO(found.content.decode())))
    told = [line for line in lines if line["value"]]
    assert [(line["answers"], line["value"]) for line in told] == [("40", "75.0")]
    assert [line["running"] for line in lines] == ["0"] * 12 + ["1"]


def test_by_month_the_same_answers_are_of_a_month(makegood, kathy, clock):
    keep(makegood, clock, 40, weeks_ago=6)
    shown = page(kathy, f"{BRAND}&by=month")
    assert "Nov 2025 50 % (" in shown


def test_who_was_not_asked_and_why_stands_beside(makegood, kathy, clock):
    silent = {"score": -1, "asked": False, "replied": False, "rated_ms": 0}
    keep(makegood, clock, 3, why="hold", **silent)
    assert "Not asked: 3 because marketing is held" in page(kathy, BRAND)


def test_who_was_unhappy_and_who_is_good_again_stands_in_their_week(makegood, kathy, clock):
    keep(makegood, clock, 5, good=0, unhappy="waits")
    keep(makegood, clock, 3, good=0, unhappy="recovered", touch="Lounge")
    keep(makegood, clock, 9, weeks_ago=2, good=100)
    shown = page(kathy, BRAND)
    assert "8, 3 good again" in shown
    assert "Good again after an unhappy answer: 3 of 8" in shown
    lines = list(csv.DictReader(StringIO(kathy.get(f"{ROOT}{BRAND}&form=csv").content.decode())))
    assert [(one["unhappy"], one["recovered"]) for one in lines[-3:]] == [
        ("0", "0"), ("8", "3"), ("0", "0"),
    ]  # fmt: skip


def test_what_came_by_other_ways_is_counted(makegood, kathy, clock):
    with makegood.store.writing() as writing:
        writing.project_silent(("c1",), (_silent("meridian"), _silent("other")))
        writing.put_post(
            Post(
                post="p1", source="s", network="n", author="a", at_ms=1, heard_ms=1,
                state="waiting", brand="meridian", target_ms=1,
                breach_ms=clock.now_ms() - DAY_MS,
            )
        )  # fmt: skip
    shown = page(kathy, BRAND)
    assert "Waiting longer now than was said or is usual: 1" in shown
    assert "due an answer by now: 1 ; a person answered before it was too late: 0" in shown
    assert "Waiting longer now than was said or is usual: 2" in page(kathy)


def test_what_was_read_in_letters_is_counted_and_a_machine_is_called_one(makegood, kathy, clock):
    said = Triaged(letter="l", kind="delay", sure=900, verdict="ask", failure="other")
    row = TriageRow(
        letter="l", profile=ProfileId("p"), said=said, at_ms=clock.now_ms(), brand="meridian"
    )
    with makegood.store.writing() as writing:
        writing.put_triaged(row)
        writing.put_triaged(replace(row, letter="m", brand="bluefin"))
        writing.put_triaged(replace(row, letter="n", labelled_ms=1, kind="delay"))
        writing.put_triaged(replace(row, letter="o", labelled_ms=1, kind="none"))
    of_brand = "that were read: 3 ; by a person's word they tell of a failure: 1 , by a model's"
    shown = page(kathy, BRAND)
    assert f"{of_brand} alone: 1 (a model may be wrong)" in shown
    assert "(so far) 0 3 1 1" in shown
    assert "that were read: 4 ;" in page(kathy)


def _silent(brand: str) -> SilentRow:
    return SilentRow(
        customer="c1", profile=ProfileId("c1"), kind="wait", item=brand, name="answer",
        since_ms=0, due_ms=1, brand=brand,
    )  # fmt: skip


def test_the_name_of_a_touchpoint_is_text_on_the_page_and_in_the_chart(makegood, kathy, clock):
    keep(makegood, clock, 40)
    keep(makegood, clock, 40, touch="<img src=x onerror=alert(1)>&")
    for path in ("", BRAND, "touchpoint?name=%3Cimg+src%3Dx+onerror%3Dalert%281%29%3E%26"):
        shown = kathy.get(ROOT + path).content.decode()
        assert "onerror" in shown
        assert "<img" not in shown


def test_somebody_of_one_brand_sees_nothing_of_another(makegood, kathy, clock):
    keep(makegood, clock, 40, good=75)
    keep(makegood, clock, 40, good=25, brand="skylark", touch="Lounge")
    with makegood.store.writing() as writing:
        mine = RepRow(rep=RepId("kathy"), name="Kathy Moreno", role="rep", brands=("skylark",))
        writing.put_reps([mine])
    assert "75 %" not in page(kathy)
    assert "25 %" in page(kathy)
    assert kathy.get(ROOT + BRAND).status_code == 404
    assert kathy.get(f"{ROOT}{BRAND}&form=csv").status_code == 404
    assert "75 %" not in page(kathy, TOUCH)


@pytest.mark.parametrize(
    "path", ["brand?name=nobody", "touchpoint?name=", "touchpoint?name=Nowhere", "brand?name="]
)
def test_what_nobody_asks_is_not_there(makegood, kathy, path):
    assert kathy.get(ROOT + path).status_code == 404


@pytest.mark.parametrize("query", ["by=year", "figure=x.y", "after_brand=zz", "figure=."])
def test_odd_addresses_show_the_page(makegood, kathy, clock, query):
    keep(makegood, clock, 2)
    for path in ("?", f"{BRAND}&", f"{TOUCH}&"):
        assert kathy.get(f"{ROOT}{path}{query}").status_code == 200


@pytest.mark.parametrize("path", ["", BRAND, TOUCH])
def test_two_hundred_brands_cost_no_more_questions_than_one(makegood, kathy, clock, path):
    keep(makegood, clock, 1)
    few = questions(makegood, kathy, ROOT + path)
    rows = keep(makegood, clock, 40)
    more = [
        replace(one, id=f"{n}.{one.id}", brand=f"b{n:03}", touch=f"T{n}", at_ms=one.at_ms + n)
        for n in range(200)
        for one in rows[:2]
    ]
    with makegood.store.writing() as writing:
        writing.put_answers(more, ())
    assert questions(makegood, kathy, ROOT + path) == few


def test_brands_page_to_the_end_with_none_twice(makegood, kathy, clock):
    rows = keep(makegood, clock, 1)
    more = [replace(rows[0], id=f"{n}", brand=f"b{n:03}") for n in range(60)]
    with makegood.store.writing() as writing:
        writing.put_answers(more, ())
    seen, path = [], ""
    while True:
        text = kathy.get(ROOT + path).content.decode()
        part = text.partition('id="brands"')[2].partition("</section>")[0]
        seen += [one.partition("&")[0] for one in part.split("feelings/brand?name=")[1:]]
        if 'rel="next"' not in part:
            break
        path = part.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert len(seen) == len(set(seen))
    assert {f"b{n:03}" for n in range(60)} <= set(seen)
