"""Books as they are adopted and found again: with the laws that were in force in them."""

from pathlib import Path

from makegood.books.opening import read_book, shipped_laws
from makegood.playbooks.load import load_book
from makegood.runtime.shelf import Shelf
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from tests.unit.core.test_books_of_brands import BOLT, UMBRELLA
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


def written_chain(folder: Path, minutes: int = 5) -> str:
    """Write an umbrella's book with a brand that has its own, beside each other."""
    (folder / "bolt.yaml").write_text(
        BOLT.replace("late_minutes: 5", f"late_minutes: {minutes}"), encoding="utf-8"
    )
    (folder / "house.yaml").write_text(UMBRELLA, encoding="utf-8")
    return str(folder / "house.yaml")


def test_the_books_of_brands_lie_beside_and_are_stored_with_the_umbrellas(tmp_path: Path):
    store = MemoryStore()
    first = Shelf(store, FakeClock()).settle(*read_book(written_chain(tmp_path)))
    (tmp_path / "bolt.yaml").unlink()
    library = Shelf(store, FakeClock()).library()
    assert library.active == first.hash
    own = library.now("bolt")
    assert library.book(own.hash) is own
    assert own.hash == first.for_brand("bolt").hash != first.hash
    with store.reading() as reading:
        assert reading.books().keys() == {first.hash}


def test_a_changed_book_of_a_brand_is_a_changed_book(tmp_path: Path):
    shelf = Shelf(MemoryStore(), FakeClock())
    first = shelf.settle(*read_book(written_chain(tmp_path)))
    second = shelf.settle(*read_book(written_chain(tmp_path, 4)))
    library = shelf.library()
    assert library.now("bolt").hash == second.for_brand("bolt").hash
    assert library.book(first.for_brand("bolt").hash).hash != library.now("bolt").hash


def test_a_brands_book_alone_builds_on_the_umbrellas_and_on_one_that_ships(tmp_path: Path):
    written_chain(tmp_path)
    text, name = read_book(str(tmp_path / "bolt.yaml"))
    assert Shelf(MemoryStore(), FakeClock()).settle(text, name).name == "bolt"
    cars = tmp_path / "cars.yaml"
    cars.write_text("makegood: 1\nname: cars\nbuilds_on: car-rental\n", encoding="utf-8")
    text, name = read_book(str(cars))
    made = Shelf(MemoryStore(), FakeClock()).settle(text, name)
    assert made.plans.keys() == load_book(read_book("car-rental")[0], name="x").plans.keys()
