"""Mistakes in a rule book: all of them at once, each with its place and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches

from msgspec import Struct

from makegood.messages.errors import PlaybookError


class Place(Struct, frozen=True, order=True):
    """Where something stands in the text; both count from 1."""

    line: int
    column: int


class BookError(Struct, frozen=True, kw_only=True):
    """One mistake, or one warning.

    Attributes:
        file: Name of the book as it was loaded.
        line: Counted from 1.
        column: Counted from 1, in characters.
        message: What is wrong and what was expected.
        hint: What to do about it.
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Print it like a compiler does."""
        return f"{self.file}:{self.line}:{self.column}: {self.message} {self.hint}".rstrip()


class BookErrors(PlaybookError):
    """The rule book has mistakes.

    Attributes:
        errors: Every mistake, in the order of the text.
    """

    def __init__(self, errors: tuple[BookError, ...]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))


class Report:
    """Collects what is wrong while a book is read.

    Attributes:
        file: Name of the book.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._bound: tuple[tuple[int, str], ...] = ()
        self._errors: dict[BookError, None] = {}
        self._warnings: dict[BookError, None] = {}

    def bound(self, files: tuple[tuple[int, str], ...]) -> None:
        """Say which files follow the book in its text: the line before each, and its name."""
        self._bound = files

    def error(self, place: Place, message: str, hint: str = "") -> None:
        """Note a mistake; the same one at the same place counts once (YAML aliases)."""
        self._errors.setdefault(self._entry(place, message, hint))

    def warn(self, place: Place, message: str, hint: str = "") -> None:
        """Note something that is allowed and deserves a look."""
        self._warnings.setdefault(self._entry(place, message, hint))

    @property
    def errors(self) -> tuple[BookError, ...]:
        """The mistakes, in the order of the text."""
        return _in_order(self.file, self._errors)

    @property
    def warnings(self) -> tuple[BookError, ...]:
        """The warnings, in the order of the text."""
        return _in_order(self.file, self._warnings)

    def locate(self, place: Place) -> tuple[str, int]:
        """Say in which file something stands, and in which of its lines."""
        before, file = next(
            (one for one in reversed(self._bound) if one[0] < place.line), (0, self.file)
        )
        return file, place.line - before

    def where(self, place: Place) -> str:
        """Name the file and the line of something, for a sentence about another place."""
        file, line = self.locate(place)
        return f"{file}:{line}"

    def line(self, line: int) -> str:
        """Name a line for a sentence in the same book: `line 3`, and its file if that differs."""
        file, own = self.locate(Place(line, 1))
        return f"line {own}" if file == self.file else f"line {own} of {file}"

    def _entry(self, place: Place, message: str, hint: str) -> BookError:
        file, line = self.locate(place)
        return BookError(file=file, line=line, column=place.column, message=message, hint=hint)


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant.

    Args:
        word: What was written.
        known: The names that would be right.

    Returns:
        One sentence: the nearest name, else all names, else that there are none.
    """
    names = sorted(set(known))
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    if not names:
        return "The book names none."
    return f"Known are: {', '.join(names)}."


def _in_order(file: str, entries: Iterable[BookError]) -> tuple[BookError, ...]:
    """Give the book's own first, then those of its laws."""

    def order(entry: BookError) -> tuple[bool, str, int, int]:
        return entry.file != file, entry.file, entry.line, entry.column

    return tuple(sorted(entries, key=order))
