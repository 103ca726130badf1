"""What the audit found, as plain values: the report and `--format json` show these and no more."""

from collections.abc import Mapping

from msgspec import Struct

SMALL = 20  # under this many customers no percentage is given: one more would move it by 5 points


class LeftOut(Struct, frozen=True, kw_only=True):
    """Rows that could not be used, for one reason.

    Attributes:
        first_rows: The first of them; row 1 is the row of headings.
    """

    file: str
    reason: str
    says: str
    rows: int
    first_rows: tuple[int, ...]


class FailureRows(Struct, frozen=True, kw_only=True):
    """What became of the rows of the failures file; the last four add up to `rows`.

    Attributes:
        failures: Failures in the rows that hold; one that grows (same customer, same `about`) is
            counted once, and so is a row that stands twice.
        customers: Customers let down.
        resolved: Rows that hold and say when it was resolved.
    """

    name: str
    failures: int
    customers: int
    resolved: int
    rows: int
    left_out: int
    no_failure: int
    cannot_judge: int
    holding: int


class SendRows(Struct, frozen=True, kw_only=True):
    """What became of the rows of the sends file; all but `rows` add up to `rows`.

    Attributes:
        to_others: Marketing to people who are not in the failures file.
        outside_holds: Marketing to people who were let down, when no hold would have stood.
        repeated: Rows that say the same of the same message again.
        held_longer: Marketing within the rule book's own hold, later than the headline counts.
        held: Marketing that the headline counts.
    """

    name: str
    rows: int
    left_out: int
    not_arrived: int
    came_later: int
    sent_and_arrived: int
    service: int
    unclassified: int
    to_others: int
    outside_holds: int
    repeated: int
    held_longer: int
    held: int


class Tally(Struct, frozen=True, kw_only=True):
    """Messages and the customers they reached."""

    messages: int
    customers: int


class Line(Struct, frozen=True, kw_only=True):
    """One line of a breakdown.

    Attributes:
        label: A message, a day, a brand, a number of days.
        kind: Message class, where the label is a message.
        messages: Within the headline's window.
        customers: Reached within it.
        messages_full: Within the rule book's own hold.
    """

    label: str
    messages: int
    customers: int
    messages_full: int
    kind: str = ""


class KindLine(Struct, frozen=True, kw_only=True):
    """One kind of failure.

    Attributes:
        basis: "rule", "other" or "default": where its hold comes from.
        reached: Customers with such a failure who got marketing within the headline's window.
    """

    label: str
    basis: str
    failures: int
    customers: int
    reached: int


class Second(Struct, frozen=True, kw_only=True):
    """Customers let down again.

    Attributes:
        can_tell: Whether the file says what each failure was about.
        days: A new failure within so many days of the one before.
        failures: Second and later failures.
        between: Marketing between one failure and the next, in the headline.
        between_full: The same within the rule book's own hold.
    """

    can_tell: bool
    days: int
    failures: int
    customers: int
    between: Tally
    between_full: Tally


class Example(Struct, frozen=True, kw_only=True):
    """One customer whom marketing reached, masked."""

    customer: str
    failure: str
    failed_at: str
    message: str
    sent_at: str
    hours_after: int


class Audit(Struct, frozen=True, kw_only=True):
    """Everything the report says.

    Attributes:
        rule_book: Its name, or "" when the default hold was used.
        window_days: The headline counts no longer than this after a failure.
        held: The headline: marketing within the shorter window.
        held_full: An upper bound: marketing within the rule book's own hold.
        unclassified_held: Messages of unknown class within the headline's window; not in it.
        step: What one bar of `by_day` stands for: day, week or month.
        method: How it was counted, sentence by sentence.
        warnings: What deserves a look before the figures are believed.
        columns: File -> field -> heading.
    """

    rule_book: str
    rule_book_hash: str
    window_days: int
    zones: Mapping[str, str]
    period: tuple[str, str]
    failures: FailureRows
    sends: SendRows
    held: Tally
    held_full: Tally
    unclassified_held: Tally
    by_message: tuple[Line, ...]
    by_day: tuple[Line, ...]
    step: str
    by_days_since: tuple[Line, ...]
    by_brand: tuple[Line, ...]
    by_kind: tuple[KindLine, ...]
    by_cause: tuple[KindLine, ...]
    by_severity: tuple[KindLine, ...]
    unclassified: tuple[Line, ...]
    second: Second
    examples: tuple[Example, ...]
    left_out: tuple[LeftOut, ...]
    columns: Mapping[str, Mapping[str, str]]
    method: tuple[str, ...]
    warnings: tuple[str, ...]


def share(part: int, whole: int) -> str:
    """Write a share in per cent, or nothing when the whole is too small to tell."""
    return f"{100 * part / whole:.0f}%" if whole >= SMALL else ""
