"""Letters to management on the desk: for supervisors alone, each as it was sent."""

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.messages.ids import RepId
from makegood.ports.monday import MondayLetter
from makegood.testing.clock import FakeClock
from makegood.testing.store_monday_conformance import letter
from tests.e2e.screens import introduce, no_car
from tests.unit.desk.browsing import questions, words_of

LETTERS = "/desk/feelings/letters"
DAY_MS = 86_400_000


def keep(makegood: Makegood, *rows: MondayLetter) -> None:
    with makegood.store.writing() as writing:
        for row in rows:
            writing.put_monday(row)


def of_the_vans(makegood: Makegood) -> None:
    """Let the supervisor Omar serve the vans only."""
    with makegood.store.writing() as writing:
        omar = next(row for row in writing.reps() if row.rep == RepId("omar"))
        writing.put_reps([replace(omar, brands=("northwind_vans",))])


def test_letters_are_listed_newest_first_page_by_page_at_the_same_cost(
    makegood: Makegood, omar: Client
):
    keep(makegood, *(letter(f"2026-W{n:02}", n) for n in range(1, 4)))
    few = questions(makegood, omar, LETTERS)
    keep(makegood, *(letter(f"2025-W{n:02}", n + 100) for n in range(1, 46)))
    assert questions(makegood, omar, LETTERS) == few
    first = words_of(omar.get(LETTERS))
    assert "2025-W45" in first
    assert "2026-W01" not in first
    page = omar.get(LETTERS)
    seen = []
    while page is not None:
        seen += [one["week"] for one in page.context["letters"]]
        place = page.context["next"]
        page = omar.get(LETTERS, {"before": place}) if place else None
    assert len(seen) == len(set(seen)) == 48


def test_a_letter_is_shown_as_it_was_sent(makegood: Makegood, omar: Client):
    keep(makegood, letter("2026-W01", 5))
    shown = words_of(omar.get(f"{LETTERS}/board.2026-W01"))
    assert "Look." in shown
    assert "kept as it was sent" in shown
    assert "m@x.example" not in shown


def test_a_supervisor_of_some_brands_sees_the_letters_of_those_alone(
    makegood: Makegood, omar: Client
):
    of_the_vans(makegood)
    keep(
        makegood,
        letter("2026-W01", 5),
        letter("2026-W02", 6, ("northwind_cars", "northwind_vans")),
        letter("2026-W03", 7, ("northwind_vans",)),
    )
    assert [one["week"] for one in omar.get(LETTERS).context["letters"]] == ["2026-W03"]
    assert omar.get(f"{LETTERS}/board.2026-W03").status_code == 200
    for hidden in ("board.2026-W01", "board.2026-W02"):
        assert omar.get(f"{LETTERS}/{hidden}").status_code == 404


def test_what_this_weeks_letter_would_say_is_of_their_brands_and_costs_the_same(
    makegood: Makegood, omar: Client
):
    introduce(makegood, "user:ana", "Anastasia")
    no_car(makegood, "user:ana")
    page = omar.get(f"{LETTERS}/preview")
    shown = words_of(page)
    assert "This is not sent" in shown
    assert "Customers let down 1 0" in shown
    assert "nastasia" not in shown
    before = questions(makegood, omar, f"{LETTERS}/preview")
    for n in range(5):
        introduce(makegood, f"user:{n}", f"Ben {n}")
        no_car(makegood, f"user:{n}", reservation=f"R-{n}")
    assert questions(makegood, omar, f"{LETTERS}/preview") == before
    of_the_vans(makegood)
    assert "Customers let down 0 0" in words_of(omar.get(f"{LETTERS}/preview"))


@pytest.mark.parametrize(
    "query", ["week=2026-W60", "week=2026-W40", "week=x", "week=0001-W01", "week=0001-W02"]
)
def test_a_week_that_is_none_or_has_not_begun_has_no_letter(omar: Client, query: str):
    assert omar.get(f"{LETTERS}/preview?{query}").status_code == 404


def test_it_is_read_in_each_language(makegood: Makegood, clock: FakeClock, omar: Client):
    for language, title in (("de", "Montagsbrief"), ("es", "Carta del lunes")):
        page = omar.get(f"{LETTERS}/preview", {"language": language})
        assert title in words_of(page)
        assert f'<article class="card letter" lang="{language}"' in page.content.decode()


def test_reps_have_no_letters(makegood: Makegood, kathy: Client):
    keep(makegood, letter("2026-W01", 5))
    for path in (LETTERS, f"{LETTERS}/preview", f"{LETTERS}/board.2026-W01"):
        assert kathy.get(path).status_code == 403
    assert LETTERS not in kathy.get("/desk/feelings/").content.decode()
