"""Books as they are adopted and found again: with the laws that were in force in them."""

from pathlib import Path

from makegood.bootstrap import read_book, shipped_laws
from makegood.runtime.shelf import Shelf
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from tests.unit.playbooks.law_book import around

LAW = shipped_laws()["hotel_walk"]


def written(folder: Path, law: str) -> str:
    """Write a book that names a law, and a law of that name beside it."""
    (folder / "laws").mkdir(exist_ok=True)
    (folder / "laws" / "hotel_walk.yaml").write_text(law, encoding="utf-8")
    book = folder / "book.yaml"
    book.write_text(around("hotel_walk"), encoding="utf-8")
    return str(book)


def test_a_law_beside_the_book_comes_before_the_one_that_ships(tmp_path: Path):
    text, name = read_book(written(tmp_path, LAW.replace("20000", "30000")))
    assert "walk_full_cents: 30000" in text
    assert name.endswith("book.yaml")


def test_a_book_finds_its_law_again_after_a_start_whatever_became_of_the_file(tmp_path: Path):
    store = MemoryStore()
    first = Shelf(store, FakeClock()).settle(*read_book(written(tmp_path, LAW)))
    written(tmp_path, LAW.replace("20000", "30000"))
    library = Shelf(store, FakeClock()).library()
    assert library.active == first.hash
    assert "walk_full_cents: 20000" in library.book(first.hash).text


def test_a_changed_law_is_a_changed_book_and_the_old_one_stays(tmp_path: Path):
    store = MemoryStore()
    shelf = Shelf(store, FakeClock())
    first = shelf.settle(*read_book(written(tmp_path, LAW)))
    # the examples of the law tell what it says, so they change with it
    second = shelf.settle(*read_book(written(tmp_path, LAW.replace("20000", "30000"))))
    library = Shelf(store, FakeClock()).library()
    assert library.active == second.hash != first.hash
    assert "walk_full_cents: 20000" in library.book(first.hash).text
