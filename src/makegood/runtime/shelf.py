"""The rule books of a deployment: those the log was stamped with, and the active one."""

from collections.abc import Callable, Mapping
from threading import Lock

from makegood.messages.errors import InputError
from makegood.messages.ids import BookHash
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.load import load_book
from makegood.ports.store import Store


class _Books(dict[BookHash, RuleBook]):
    """The compiled books; one that another process brought is fetched when it is asked for."""

    def __init__(self, known: Mapping[BookHash, RuleBook], fetch: Callable[[], None]) -> None:
        super().__init__(known)
        self._fetch = fetch

    def __missing__(self, wanted: BookHash) -> RuleBook:
        self._fetch()
        found = self.get(wanted)
        if found is None:
            raise KeyError(wanted)
        return found


class Shelf:
    """Every rule book the log was stamped with, compiled once; the active one on top."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._compiled: dict[BookHash, RuleBook] = {}
        self._library: Library | None = None
        self._books = _Books({}, self._fetch)

    def adopt(self, text: str, name: str) -> RuleBook:
        """Make a rule book the active one.

        Raises:
            BookErrors: It has mistakes; nothing was changed.
        """
        book = load_book(text, name=name)
        with self._store.writing() as writing:
            writing.put_book(book.hash, text, activate=True)
        with self._lock:
            self._compiled[book.hash] = book
            self._library = None
        return book

    def library(self) -> Library:
        """Give the books of this moment.

        Raises:
            InputError: No book is active yet.
        """
        known = self._library
        if known is not None:
            return known
        with self._lock:
            active = self._compile()
            if active is None:
                raise InputError("No rule book is active: start with MAKEGOOD_BOOK set.")
            self._books = _Books(self._compiled, self._fetch)
            self._library = Library(active=active, books=self._books)
            return self._library

    def _compile(self) -> BookHash | None:
        """Compile what is stored and not yet known; give the active book's hash."""
        with self._store.reading() as reading:
            texts, active = reading.books(), reading.active_book()
        for hash_, text in texts.items():
            if hash_ not in self._compiled:
                self._compiled[hash_] = load_book(text, name=f"stored book {hash_}")
        return active

    def _fetch(self) -> None:
        with self._lock:
            self._compile()
            self._books.update(self._compiled)
