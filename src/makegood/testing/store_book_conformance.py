"""What every store does with rule books: keep each, know the active one, and how it became so."""

from makegood.messages.ids import BookHash
from makegood.ports.rows import Activation
from makegood.testing.store_log_conformance import Conformance


class BookConformance(Conformance):
    """Books and their activations."""

    def test_every_book_is_kept_and_one_is_active(self) -> None:
        store = self.make_store()
        with store.reading() as reading:
            assert reading.active_book() is None
        with store.writing() as writing:
            writing.put_book(BookHash("one"), "text: 1", activate=True)
            writing.put_book(BookHash("two"), "text: 2", activate=False)
            assert writing.active_book() == "one"
            writing.put_book(BookHash("two"), "text: 2", activate=True)
        with store.reading() as reading:
            assert reading.active_book() == "two"
            assert reading.books() == {"one": "text: 1", "two": "text: 2"}

    def test_every_activation_is_written_down_and_none_is_lost(self) -> None:
        store = self.make_store()
        first = Activation(book=BookHash("one"), at_ms=1, kind="setting")
        second = Activation(
            book=BookHash("two"), at_ms=2, kind="activated", by="kathy", because="fairer"
        )
        back = Activation(book=BookHash("one"), at_ms=2, kind="rolled_back", by="kathy")
        with store.reading() as reading:
            assert reading.activations() == ()
        with store.writing() as writing:
            writing.put_book(BookHash("one"), "text: 1", activate=False)
            writing.put_book(BookHash("two"), "text: 2", activate=False)
            writing.put_activation(first)
            writing.put_activation(second)
            assert writing.active_book() == "two"
        with store.writing() as writing:
            writing.put_activation(back)
        with store.reading() as reading:
            assert reading.activations() == (first, second, back)
            assert reading.active_book() == "one"
