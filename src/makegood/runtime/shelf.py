"""The rule books of a deployment: those the log was stamped with, and the active one."""

import logging
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Literal, TypeAlias

from msgspec.structs import replace

from makegood.core.likeness import likeness_of
from makegood.messages.errors import InputError
from makegood.messages.ids import BookHash
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.load import load_book
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.rows import Activation
from makegood.ports.store import Store, Writing
from makegood.runtime.noting import note

LOOK_MS = 2000  # how late another process may learn that a book was activated
Kind: TypeAlias = Literal["setting", "activated", "rolled_back"]
_LOG = logging.getLogger("makegood.rules")
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


def before(rows: Sequence[Activation]) -> BookHash | None:
    """Say which book a roll back brings: each one goes further back, until a new activation."""
    stack: list[BookHash] = []
    for row in rows:
        if row.kind == "rolled_back":
            while stack and stack[-1] != row.book:
                stack.pop()
        if not stack or stack[-1] != row.book:
            stack.append(row.book)
    return stack[-2] if len(stack) > 1 else None


def _note(writing: Writing, row: Activation, active: BookHash | None) -> None:
    what = "book.rolled_back" if row.kind == "rolled_back" else "book.activated"
    before = {"book": active} if active is not None else {}
    after = {"by": row.by} if row.by else {"setting": row.setting}
    note(
        writing,
        Act(what=what, at_ms=row.at_ms, who=row.by, about=row.book, before=before, after=after),
    )


class Shelf:
    """Every rule book the log was stamped with, compiled once; the active one on top.

    Attributes:
        left_alone: Why the book that the settings name is not the active one, when its text is
            new; else empty.
        named: That book.
    """

    def __init__(self, store: Store, clock: Clock, setting: str = "") -> None:
        """Begin without looking.

        Args:
            setting: What MAKEGOOD_BOOK says.
        """
        self._store = store
        self._clock = clock
        self._setting = setting
        self.left_alone = ""
        self.named = BookHash("")
        self._looked_ms = clock.now_ms()
        self._lock = Lock()
        self._looking = Lock()
        self._compiled: dict[BookHash, RuleBook] = {}
        self._library: Library | None = None
        self._books = _Books({}, self._fetch)

    def settle(self, text: str, name: str) -> RuleBook:
        """Let the book that the settings name become the active one, where it is its turn.

        It is when there is none, when the settings name it for the first time, and when its text
        was edited and nobody has activated another one since. What a person activated stands.

        Raises:
            BookErrors: It has mistakes; nothing was changed.
        """
        book = load_book(text, name=name)
        setting = self._setting or name
        with self._store.reading() as reading:
            rows, active = reading.activations(), reading.active_book()
        self.left_alone = ""
        if book.hash == active and (not rows or any(row.setting == setting for row in rows)):
            return book
        if not _is_its_turn(rows, setting):
            said = _left_alone(setting, rows[-1])
            if any(row.book == book.hash for row in rows):  # as it was before that: no news
                _LOG.info("%s", said)
            else:
                self.left_alone, self.named = said, book.hash
                _LOG.warning("%s", said)
            return book
        because = "MAKEGOOD_BOOK names it, or a new deployment begins with it"
        return self._activate(book, self._row(book, "setting", "", because, setting))

    def activate(
        self, text: str, name: str, *, by: str, because: str, instead_of: BookHash | None = None
    ) -> RuleBook:
        """Make a rule book the active one, and write down who did and why.

        Args:
            instead_of: The book that is active now, where that has to be so.

        Raises:
            BookErrors: It has mistakes; nothing was changed.
            InputError: Another book than that became active meanwhile; nothing was changed.
        """
        book = load_book(text, name=name)
        return self._activate(book, self._row(book, "activated", by, because), instead_of)

    def roll_back(self, *, by: str, because: str, instead_of: BookHash | None = None) -> RuleBook:
        """Make the book that was active before this one the active one again.

        Rolling back once more goes to the one before that, until a book is activated.

        Raises:
            InputError: There was none before, or another one became active meanwhile.
        """
        with self._store.reading() as reading:
            rows, texts = reading.activations(), reading.books()
        wanted = before(rows)
        if wanted is None:
            raise InputError("No other rule book was active before this one.")
        book = load_book(texts[wanted], name=f"stored book {wanted}")
        row = self._row(book, "rolled_back", by, because)
        return self._activate(book, row, instead_of or rows[-1].book)

    def _row(
        self, book: RuleBook, kind: Kind, by: str, because: str, setting: str = ""
    ) -> Activation:
        return Activation(
            book=book.hash,
            at_ms=self._clock.now_ms(),
            kind=kind,
            by=by,
            because=because,
            setting=setting or self._setting,
        )

    def _activate(
        self, book: RuleBook, row: Activation, instead_of: BookHash | None = None
    ) -> RuleBook:
        with self._store.writing() as writing:
            active = writing.active_book()
            if active is not None and not writing.activations():
                writing.put_activation(replace(_BEFORE, book=active))
            writing.put_book(book.hash, book.text, activate=False)
            writing.put_activation(row)  # from here on nobody else activates
            rows = writing.activations()
            if instead_of is not None and (len(rows) < 2 or rows[-2].book != instead_of):
                raise InputError("Another rule book became active meanwhile; look at it first.")
            writing.put_likeness(likeness_of(book.everyone))
            _note(writing, row, active)
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


def _is_its_turn(rows: Sequence[Activation], setting: str) -> bool:
    """Whether a book that is not active may become so because the settings name it.

    A name counts once: two servers whose settings differ do not take turns.
    """
    named = any(row.setting == setting for row in rows)
    return not named or (rows[-1].kind == "setting" and rows[-1].setting == setting)


def _left_alone(setting: str, last: Activation) -> str:
    who = f"{last.by} activated" if last.by else "another setting named"
    return (
        f"The rule book that MAKEGOOD_BOOK names ({setting}) says something else than the active "
        f"one, which {who} since. It is not taken up by itself: activate it, or leave it."
    )
