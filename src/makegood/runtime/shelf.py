"""The rule books of a deployment: those the log was stamped with, and the active one."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Literal, TypeAlias

from msgspec.structs import replace

from makegood.core.likeness import likeness_of
from makegood.messages.errors import InputError
from makegood.messages.ids import BookHash
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.load import load_book
from makegood.ports.clock import Clock
from makegood.ports.rows import Activation
from makegood.ports.store import Store

LOOK_MS = 2000  # how late another process may learn that a book was activated
Kind: TypeAlias = Literal["setting", "activated", "rolled_back"]
_BEFORE = Activation(
    book=BookHash(""), at_ms=0, kind="setting", because="active before this record began"
)


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

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._looked_ms = clock.now_ms()
        self._lock = Lock()
        self._looking = Lock()
        self._compiled: dict[BookHash, RuleBook] = {}
        self._library: Library | None = None
        self._books = _Books({}, self._fetch)

    def settle(self, text: str, name: str) -> RuleBook:
        """Make the book that the settings name the active one, unless they named it before.

        What a person activated since then stands until the settings name another text.

        Raises:
            BookErrors: It has mistakes; nothing was changed.
        """
        book = load_book(text, name=name)
        with self._store.reading() as reading:
            named = [row.book for row in reading.activations() if row.kind == "setting"]
            last = named[-1] if named else reading.active_book()
        if last == book.hash:
            return book
        because = "MAKEGOOD_BOOK names it, or a new deployment begins with it"
        return self._activate(book, kind="setting", because=because)

    def activate(self, text: str, name: str, *, by: str, because: str) -> RuleBook:
        """Make a rule book the active one, and write down who did and why.

        Raises:
            BookErrors: It has mistakes; nothing was changed.
        """
        book = load_book(text, name=name)
        return self._activate(book, kind="activated", by=by, because=because)

    def roll_back(self, *, by: str, because: str) -> RuleBook:
        """Make the book that was active before this one the active one again.

        Raises:
            InputError: There was none before.
        """
        with self._store.reading() as reading:
            rows, active, texts = reading.activations(), reading.active_book(), reading.books()
        before = [row.book for row in rows if row.book != active]
        if not before:
            raise InputError("No other rule book was active before this one.")
        book = load_book(texts[before[-1]], name=f"stored book {before[-1]}")
        return self._activate(book, kind="rolled_back", by=by, because=because)

    def _activate(
        self, book: RuleBook, *, kind: Kind, by: str = "", because: str = ""
    ) -> RuleBook:
        row = Activation(
            book=book.hash, at_ms=self._clock.now_ms(), kind=kind, by=by, because=because
        )
        with self._store.writing() as writing:
            active = writing.active_book()
            if active is not None and not writing.activations():
                writing.put_activation(replace(_BEFORE, book=active))
            writing.put_book(book.hash, book.text, activate=False)
            writing.put_activation(row)
            writing.put_likeness(likeness_of(book.everyone))
        with self._lock:
            self._know(book)
            self._library = None
        return book

    def current(self) -> Library:
        """Give the books of this moment, with the one that another process may have activated.

        The store is asked every two seconds at most; what judges new events asks here.
        """
        is_late = abs(self._clock.now_ms() - self._looked_ms) >= LOOK_MS
        if is_late and self._looking.acquire(blocking=False):  # one looks; the others go on
            try:
                self._look()
            finally:
                self._looking.release()
        return self.library()

    def latest(self) -> Library:
        """Give the books as they are stored now, whatever was known of them."""
        with self._lock:
            self._library = None
        return self.library()

    def _look(self) -> None:
        self._looked_ms = self._clock.now_ms()
        with self._store.reading() as reading:
            active = reading.active_book()
        with self._lock:
            if self._library is not None and self._library.active != active:
                self._library = None

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

    def _know(self, book: RuleBook) -> None:
        """Keep a book, and the books of its brands: a failure names the one that judged it."""
        for one in (book, *book.by_brand.values()):
            self._compiled[one.hash] = one

    def _compile(self) -> BookHash | None:
        """Compile what is stored and not yet known; give the active book's hash."""
        with self._store.reading() as reading:
            texts, active = reading.books(), reading.active_book()
        for hash_, text in texts.items():
            if hash_ not in self._compiled:
                self._know(load_book(text, name=f"stored book {hash_}"))
        return active

    def _fetch(self) -> None:
        with self._lock:
            self._compile()
            self._books.update(self._compiled)
