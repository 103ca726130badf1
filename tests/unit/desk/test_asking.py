"""What customers answer: figures for all, names for supervisors, closing with what was learnt."""

from collections.abc import Iterator

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.messages.ids import ProfileId
from makegood.playbooks.book import Library
from makegood.ports.answers import AnswerRow, answer_id
from makegood.testing.clock import FakeClock
from tests.e2e.screens import serving
from tests.unit.desk.browsing import CountingStore, token_of, words_of
from tests.unit.portal.test_rating import flown, state

ROOT = "/desk/team/asking"


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(read_book("airline")[0]) as both:
        yield both


def rows(clock: FakeClock, many: int, **more) -> list[AnswerRow]:
    return [
        AnswerRow(
            **{
                "id": answer_id(f"p{n}", "boarding", f"B{n}", ""),
                "profile": ProfileId(f"p{n}"),
                "survey": "boarding",
                "about": f"B{n}",
                "question": "",
                "at_ms": clock.now_ms() - n,
                "brand": "meridian",
                "touch": "Leg Flown",
                "score": 5 if n % 4 else 2,
                "asked": True,
                "rated_ms": clock.now_ms() - n,
                "replied": True,
            }
            | more
        )
        for n in range(many)
    ]


def keep(makegood: Makegood, found: list[AnswerRow]) -> None:
    with makegood.store.writing() as writing:
        writing.put_answers(found, ())


def page(client: Client, path: str = "") -> str:
    response = client.get(ROOT + path)
    assert response.status_code == 200
    return words_of(response)


def test_of_few_answers_it_cannot_tell_yet(makegood, kathy, clock):
    keep(makegood, rows(clock, 29))
    shown = page(kathy)
    assert "CSAT cannot tell yet" in shown
    assert "29 answers, share of 4 and 5 of 5" in shown


def test_figures_have_a_range_and_a_basis_by_touchpoint_and_brand(makegood, kathy, clock):
    keep(makegood, rows(clock, 40))
    assert "CSAT 75 % (60 % to 86 %)" in page(kathy)
    one = page(kathy, "/of/boarding")
    assert one.count("CSAT 75 %") == 3
    assert "After Leg Flown" in one
    assert page(kathy, "?days=7") == page(kathy, "?days=90")


def test_who_was_not_asked_is_counted_for_all_and_named_for_supervisors(
    makegood, kathy, omar, clock
):
    silent = {"score": -1, "asked": False, "replied": False, "why": "hold", "rated_ms": 0}
    keep(makegood, rows(clock, 3, **silent))
    assert "Not asked: 3 because marketing is held" in page(kathy, "/of/boarding")
    assert "Who was not asked" not in page(kathy, "/of/boarding")
    assert page(omar, "/of/boarding").count("(marketing is held)") == 3


def test_a_real_unhappy_answer_is_listed_and_the_case_is_closed_with_what_was_learnt(
    makegood, omar, clock
):
    Client().post(flown(makegood, clock), {"score": "1", "form": "f1"})
    assert "How was boarding?" in page(omar, "/unhappy")
    case = state(makegood).open_case
    assert case is not None
    where = f"/desk/cases/{case.id}"

    def send(act: str, **form: str):
        return omar.post(f"{where}/{act}", {"token": token_of(omar.get(where)), **form})

    assert "An unhappy answer opened this case." in words_of(omar.get(where))
    refused = send("release", reason="We spoke.")
    assert refused.status_code == 422
    assert "first write down its root cause" in words_of(refused)
    assert send("root-cause", kind="person", action="Shown how.").status_code == 302
    shown = words_of(omar.get(where))
    assert "What is done about it: Shown how." in shown
    assert "An unhappy answer opened this case." not in shown
    assert send("release", reason="We spoke.").status_code == 302
    assert not state(makegood).cases[0].is_open


def test_unhappy_answers_page_to_the_end(makegood, omar, clock):
    keep(makegood, rows(clock, 60, unhappy="waits"))
    first = omar.get(f"{ROOT}/unhappy")
    after = first.content.decode().partition("after=")[2].partition('"')[0]
    second = omar.get(f"{ROOT}/unhappy?list=waits&after={after}")
    assert first.content.count(b"<tr>") + second.content.count(b"<tr>") == 62


@pytest.mark.parametrize("after", ["x", "1", "1.", "99999999999999999.a", "-1.a"])
def test_a_place_that_is_none_begins_at_the_newest(makegood, omar, clock, after):
    keep(makegood, rows(clock, 2, unhappy="waits"))
    assert page(omar, f"/unhappy?list=waits&after={after}").count("How was boarding?") == 2


@pytest.mark.parametrize("path", ["", "/of/boarding", "/unhappy"])
def test_many_answers_cost_no_more_queries_than_one(makegood, omar, clock, path):
    def asks() -> int:
        store = makegood.store
        makegood.store = counted = CountingStore(store)
        page(omar, path)
        makegood.store = store
        return sum(counted.asked.values())

    keep(makegood, rows(clock, 1, unhappy="waits", why="hold"))
    few = asks()
    keep(makegood, rows(clock, 45, unhappy="waits", why="hold"))
    assert asks() == few


class Shelf:
    """Gives these books, whatever the store has."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def current(self) -> Library:
        return self._library


def test_what_a_brand_asks_is_named_only_to_who_serves_it(makegood, kathy, vera):
    library = makegood.library
    active = library.books[library.active]
    barge = replace(active.surveys["boarding"], id="barge")
    own = replace(active, surveys={**active.surveys, "barge": barge})
    books = {**library.books, library.active: replace(active, by_brand={"meridian": own})}
    makegood.shelf = Shelf(replace(library, books=books))
    assert kathy.get(f"{ROOT}/of/barge").status_code == 200
    assert vera.get(f"{ROOT}/of/barge").status_code == 404
    assert vera.get(f"{ROOT}/of/boarding").status_code == 200
