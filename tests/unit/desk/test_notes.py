"""Notes of the team where there is no case: who reads them, and that none leaves."""

import re
import zipfile
from pathlib import Path

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.messages.facts import NotedOnCustomer
from makegood.runtime.subject_access import SubjectAccess
from tests.unit.desk.browsing import questions, words_of

EML = Path("tests/mails/eml")
WORDS = "Ring her in the evening."


@pytest.fixture
def ana(makegood: Makegood) -> str:
    took = makegood.post.room.take((EML / "letter_en.eml").read_bytes())
    return f"/desk/customers/{took.customer}"


def letter_at(client: Client, ana: str) -> str:
    found = re.search(r'id="letter-([0-9a-f]{32})"', client.get(ana).content.decode())
    assert found is not None
    return found[1]


def noted(makegood: Makegood) -> list[NotedOnCustomer]:
    with makegood.store.reading() as reading:
        bodies = [event.body for _, event in reading.log(0, 99)]
    return [one for one in bodies if isinstance(one, NotedOnCustomer)]


def form(**more: str) -> dict[str, str]:
    return {"words": WORDS, "brand": "", "token": "n1"} | more


def test_a_note_stands_on_the_customer_once(makegood: Makegood, kathy: Client, ana: str) -> None:
    for _ in range(2):
        assert kathy.post(f"{ana}/note", form())["Location"] == f"{ana}#notes"
    (body,) = noted(makegood)
    assert (body.by, body.letter) == ("kathy", "")
    assert WORDS not in body.words
    shown = words_of(kathy.get(ana))
    assert "Notes of the team" in shown
    assert f"Kathy Moreno noted: {WORDS}" in shown


def test_a_note_stands_on_its_letter(makegood: Makegood, kathy: Client, ana: str) -> None:
    letter = letter_at(kathy, ana)
    kathy.post(f"{ana}/note", form(letter=letter))
    (body,) = noted(makegood)
    assert body.letter == letter
    assert f"noted on a letter: {WORDS}" in words_of(kathy.get(ana))
    assert "Only colleagues read it" in words_of(kathy.get(f"{ana}/letters"))
    assert WORDS in words_of(kathy.get(f"{ana}/letters"))
    assert kathy.post(f"{ana}/note", form(letter="f" * 32)).status_code == 404


def test_an_empty_note_says_so(makegood: Makegood, kathy: Client, ana: str) -> None:
    answer = kathy.post(f"{ana}/note", form(words="  "))
    assert answer.status_code == 422
    assert "nothing in the note yet" in words_of(answer)
    unknown = kathy.post(f"{ana}/note", form(brand="nobodys"))
    assert "knows no such brand" in words_of(unknown)
    assert noted(makegood) == []


def test_only_who_may_see_its_brand_reads_a_note(
    makegood: Makegood, kathy: Client, vera: Client, ana: str
) -> None:
    brand = next(one for one in makegood.book.brands if one != "northwind_vans")
    kathy.post(f"{ana}/note", form(brand=brand))
    kathy.post(f"{ana}/note", form(words="For everybody.", token="n2"))
    assert vera.post(f"{ana}/note", form(brand=brand, token="n3")).status_code == 404
    seen = words_of(vera.get(ana))
    assert "For everybody." in seen
    assert WORDS not in seen


def test_a_note_holds_nothing_sends_nothing_and_answers_nobody(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    customer = ana.rpartition("/")[2]
    with makegood.store.reading() as reading:
        before = reading.row(customer), reading.outbox_of([customer])
    kathy.post(f"{ana}/note", form())
    with makegood.store.reading() as reading:
        row, orders = reading.row(customer), reading.outbox_of([customer])
    assert orders == before[1]
    assert row is not None
    assert before[0] is not None
    assert row.state == before[0].state


def test_who_asks_gets_it_and_it_goes_with_them(
    makegood: Makegood, kathy: Client, ana: str, tmp_path: Path
) -> None:
    kathy.post(f"{ana}/note", form())
    access = SubjectAccess(makegood.store, makegood.intake, makegood.post.files, makegood.clock)
    access.write("email:ana@example.com", tmp_path / "ana.zip")
    with zipfile.ZipFile(tmp_path / "ana.zip") as archive:
        assert WORDS in archive.read("texts.jsonl").decode()
    makegood.erasing.person("email:ana@example.com")
    with makegood.store.reading() as reading:
        assert reading.texts([one.words for one in noted(makegood)]) == {}


def test_many_notes_cost_no_more_questions(makegood: Makegood, kathy: Client, ana: str) -> None:
    kathy.post(f"{ana}/note", form())
    few = questions(makegood, kathy, ana)
    for n in range(6):
        kathy.post(f"{ana}/note", form(words=f"Note {n}", token=f"m{n}"))
    assert questions(makegood, kathy, ana) == few


def test_the_card_shows_the_newest_and_the_rest_stands_in_what_happened(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    for n in range(22):
        kathy.post(f"{ana}/note", form(words=f"note {n}.", token=f"n{n}"))
    page = kathy.get(ana)
    found = re.search(r'id="notes".*?</section>', page.content.decode(), re.DOTALL)
    assert found is not None
    shown = re.findall(r"<q>note (\d+)\.</q>", found[0])
    assert shown == [str(n) for n in range(21, 1, -1)]
    assert "2 older notes stand in what happened." in found[0]
    assert "noted: note 1." in words_of(page)
