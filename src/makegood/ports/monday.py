"""Letters to management as they were sent: every word and figure, and to whom."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from msgspec import Struct

from makegood.messages.ids import BookHash

MondayKey: TypeAlias = tuple[int, str]
"""(at, letter) of the last one of the page before."""
MOST_MONDAYS = 100
"""The longest page."""


class SheetRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a letter.

    Attributes:
        label: What is counted.
        now: In the week of the letter.
        before: In the week before; empty where there is nothing to compare.
        note: What it is made of, or the interval.
        link: Path of the desk's page about it; empty for none. The desk checks permission.
        sub: It is a part of the line above.
    """

    label: str
    now: str
    before: str = ""
    note: str = ""
    link: str = ""
    sub: bool = False


class SheetPart(Struct, frozen=True, kw_only=True):
    """One part of a letter, under its heading."""

    title: str
    rows: tuple[SheetRow, ...]


class BrandLine(Struct, frozen=True, kw_only=True):
    """One brand in the table of brands; its cells are in the order of the heads."""

    name: str
    cells: tuple[str, ...]


class Sheet(Struct, frozen=True, kw_only=True):
    """A letter in words; nothing in it names a customer.

    Attributes:
        language: Which words.
        subject: Of the mail.
        title: Over the page.
        week: Which days it is about.
        doing: What to do, the most pressing first.
        heads: (this week, the week before).
        parts: The figures.
        brand_heads: Over the table of brands; empty without one.
        brand_rows: The brands with most failures.
        brand_rest: How many more there are, in words; empty for none.
        notes: What has to be known of the figures: what came late, what is no full week.
        foot: What it is made from.
    """

    language: str
    subject: str
    title: str
    week: str
    doing: tuple[str, ...]
    heads: tuple[str, str]
    parts: tuple[SheetPart, ...]
    brand_heads: tuple[str, ...] = ()
    brand_rows: tuple[BrandLine, ...] = ()
    brand_rest: str = ""
    notes: tuple[str, ...] = ()
    foot: str = ""


class MondayLetter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One letter.

    Attributes:
        letter: Its id: the name in the rule book and the week.
        name: What the rule book calls it.
        week: ISO week, as 2026-W47.
        brands: Whose figures it has, in order; empty for all.
        to: Addresses, as the rule book had them then.
        at_ms: When it was written.
        due_ms: When it was due.
        book: The rule book it was written by.
        failures: Failures of the week that were known then: the next letter says what came late.
        sheet: Its words.
        html: As it was sent.
        text: The same without HTML.
        late: It went out much later than it was due.
    """

    letter: str
    name: str
    week: str
    brands: tuple[str, ...]
    to: tuple[str, ...]
    at_ms: int
    due_ms: int
    book: BookHash
    failures: int
    sheet: Sheet
    html: str
    text: str
    late: bool = False

    @property
    def key(self) -> MondayKey:
        """Its place in the list."""
        return (self.at_ms, self.letter)


def letter_id(name: str, week: str) -> str:
    """Name a letter; the same for whoever writes it."""
    return f"{name}.{week}"


class MondayReading(Protocol):
    """Looking."""

    def mondays(
        self,
        *,
        among: Sequence[str] | None = None,
        before: MondayKey | None = None,
        limit: int = 20,
    ) -> tuple[MondayLetter, ...]:
        """Page through letters, the newest first.

        Args:
            among: Only of these audiences, as `monday_audiences` gives them; None for all.
            before: `key` of the last one of the page before.
            limit: At most `MOST_MONDAYS`.
        """

    def monday(self, letter: str) -> MondayLetter | None:
        """Give one letter."""

    def monday_audiences(self) -> tuple[str, ...]:
        """Give the sets of brands that letters are about, each as one text."""


class MondayWriting(MondayReading, Protocol):
    """Keeping."""

    def put_monday(self, row: MondayLetter) -> bool:
        """Keep a letter; False when it is there already, and nothing is changed."""

    def forget_mondays(self, before_ms: int) -> int:
        """Forget the letters that were written before an instant; say how many."""


def audience_of(brands: Sequence[str]) -> str:
    """Write a set of brands as one text; empty for all of them."""
    return " ".join(sorted(brands))
