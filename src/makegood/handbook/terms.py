"""What a handbook is made of, before it is HTML or Markdown; nothing in it is escaped yet."""

from msgspec import Struct


class Shown(Struct, frozen=True, kw_only=True):
    """A condition or sum as the book writes it, with its words where it is simple.

    Attributes:
        label: What it decides.
        words: It in words; empty when only the expression says it well.
        code: The expression.
    """

    label: str
    words: str = ""
    code: str = ""


class Link(Struct, frozen=True, kw_only=True):
    """A way to another rule of the page."""

    anchor: str
    text: str


class Cell(Struct, frozen=True, kw_only=True):
    """One cell of a table.

    Attributes:
        text: What it says.
        anchor: What links call the row; empty for none.
        code: An expression beside the text.
        small: A remark below it, such as the line of the book.
    """

    text: str
    anchor: str = ""
    code: str = ""
    small: str = ""


class Grid(Struct, frozen=True, kw_only=True):
    """A table in words."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


class Said(Struct, frozen=True, kw_only=True):
    """A message in one language."""

    language: str
    subject: str
    text: str


class Entry(Struct, frozen=True, kw_only=True):
    """One rule.

    Attributes:
        anchor: What links call it: `failure-no_car`.
        title: It in words.
        rule: Its id in the book; empty for none.
        where: File and line.
        sentences: What it says.
        shown: Its conditions.
        steps: In time: (when, what).
        grid: Its table.
        said: Its texts, behind a fold.
        links: Where it leads; the label stands before them.
    """

    anchor: str
    title: str
    rule: str = ""
    where: str = ""
    sentences: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    grid: Grid | None = None
    said: tuple[Said, ...] = ()
    links: tuple[Link, ...] = ()
    leads: str = "See"


class Chapter(Struct, frozen=True, kw_only=True):
    """A part of the handbook."""

    anchor: str
    title: str
    lead: str = ""
    entries: tuple[Entry, ...] = ()
    grid: Grid | None = None


class Handbook(Struct, frozen=True, kw_only=True):
    """A whole page.

    Attributes:
        eyebrow: Which book, in which version.
        title: Its heading.
        lead: Whose it is, in a sentence or two.
        counts: The few numbers that say how much there is.
        foot: How it was made.
    """

    eyebrow: str
    title: str
    lead: str
    counts: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]
    foot: str
