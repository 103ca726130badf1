"""How a record of somebody else's system becomes events: what a book's `sources` say, compiled."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from makegood.playbooks.cel import Expression

WORDS = "message"
"""The fact under which an event keeps what a customer wrote; its value is where the words are."""


class Form(StrEnum):
    """How the records come."""

    WEBHOOK = "webhook"
    CSV = "csv"


class Signing(StrEnum):
    """How a webhook proves where it comes from; each is spelled out in `sources.signatures`."""

    ZENDESK = "zendesk"
    CHATWOOT = "chatwoot"
    ZAMMAD = "zammad"
    STANDARD = "standard"
    BEARER = "bearer"


class Cell(StrEnum):
    """What a cell of a table is read as."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    CENTS = "cents"
    DATE = "date"
    TIME = "time"
    FLAG = "flag"


class Column(Struct, frozen=True, kw_only=True):
    """One column of a table.

    Attributes:
        name: What conditions call it: `record.<name>`.
        heads: What the head of the file may call it, compared without regard to case and spaces.
        cell: What its cells are read as.
        format: How dates and times are written, as in `%d.%m.%Y`; empty for ISO 8601.
        required: A file without it is refused.
    """

    name: str
    heads: tuple[str, ...]
    cell: Cell = Cell.TEXT
    format: str = ""
    required: bool = False


class TableForm(Struct, frozen=True, kw_only=True):
    """How the rows of a file are written.

    Attributes:
        delimiter: What stands between cells.
        encoding: How its letters are written.
        decimal: What stands before the fraction of a number.
        yes: What a flag says for true; everything in `no` is false, anything else is wrong.
    """

    columns: tuple[Column, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    yes: tuple[str, ...] = ("yes", "true", "y", "1")
    no: tuple[str, ...] = ("no", "false", "n", "0")


class When(Struct, frozen=True, kw_only=True, eq=False):
    """When it happened.

    Attributes:
        value: Gives the time.
        format: `iso`, `seconds` or `milliseconds` since 1970, or a pattern as in `%d.%m.%Y %H:%M`.
        zone: Of a time that does not say its own.
    """

    value: Expression
    format: str = "iso"
    zone: str = "UTC"


class Raises(Struct, frozen=True, kw_only=True, eq=False):
    """A failure that is raised as a person raises one.

    Attributes:
        failure: Gives the id of a failure of the book, or `other`.
        about: Gives what it is about: the ticket.
        brand: Gives the brand.
        words: Gives what was said; kept beside the log.
    """

    failure: Expression
    about: Expression
    brand: Expression | None = None
    words: Expression | None = None


class Mapped(Struct, frozen=True, kw_only=True, eq=False):
    """One event that a record may become.

    Attributes:
        id: Names it, within its source.
        when: Whether the record is one; None: always.
        event: The event's name; empty where it raises a failure.
        facts: What the event tells, by name.
        raises: The failure it raises.
        words: Gives what the customer wrote, in their own words; kept beside the log.
    """

    id: str
    when: Expression | None
    event: str = ""
    facts: Mapping[str, Expression] = {}
    raises: Raises | None = None
    words: Expression | None = None


class Source(Struct, frozen=True, kw_only=True, eq=False):
    """Where records come from, and what they become.

    Attributes:
        id: What it is called; the name of the source on its events.
        title: In words.
        signed: How a webhook is signed; None for a table.
        key: Gives what names the record. Of a webhook that is the delivery; of a table the row,
            and what else the row says makes the rest of the id.
        at: When it happened; None: when it came.
        customer: Typed identifiers by kind (`user`, `email`, `phone`, `loyalty:<brand>`), the one
            that names the customer first.
        person: Gives name, email, phone and language, for the side table.
        ignore: Records that are known to be of no interest.
        events: Everything a record may become.
        parameters: Read by its conditions as `params.*`.
    """

    id: str
    title: str
    form: Form
    key: Expression
    customer: Mapping[str, Expression]
    events: tuple[Mapped, ...]
    signed: Signing | None = None
    table: TableForm | None = None
    at: When | None = None
    person: Mapping[str, Expression] = {}
    ignore: tuple[Expression, ...] = ()
    parameters: Mapping[str, object] = {}
    line: int = 0
