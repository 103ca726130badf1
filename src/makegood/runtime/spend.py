"""What the firm's books say of winning customers is taken in; told again, it is one still."""

import csv
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO

from babel.numbers import get_currency_precision, list_currencies
from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.errors import InputError
from makegood.playbooks.book import RuleBook
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.spend import UNKNOWN, Acquisition
from makegood.ports.store import Store
from makegood.runtime.intake import patiently
from makegood.runtime.noting import note

COLUMNS = ("brand", "month", "channel", "amount", "currency", "new_customers")
MONTH = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])", re.ASCII)
CHANNEL = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)
MOST_CENTS = 10**14
MOST_CUSTOMERS = 10**9
MOST_ROWS = 20_000
_PLACES = 2  # of the hundredths that money is in
_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)


class Wrong(Struct, frozen=True, kw_only=True):
    """A line of a file that could not be read."""

    line: int
    why: str


class Books(Struct, frozen=True, kw_only=True):
    """What a file says.

    Attributes:
        wrong: With one of them nothing of the file is taken.
    """

    rows: tuple[Acquisition, ...]
    wrong: tuple[Wrong, ...]


class SpendRoom:
    """Takes in what winning customers cost."""

    def __init__(self, store: Store, book_of: Callable[[], RuleBook], clock: Clock) -> None:
        self._store = store
        self._book_of = book_of
        self._clock = clock

    def take(self, rows: Sequence[Acquisition], by: str) -> int:
        """Keep what the books say, all of it or nothing; give how much was new or is otherwise.

        Args:
            rows: In hundredths of the currency's unit.
            by: Who tells.

        Raises:
            InputError: A row cannot be; it says which and why.
        """
        book = self._book_of()
        for row in rows:
            if why := why_not(row, book.brands) or self._far_ahead(row.month):
                raise InputError(f"{row.month} {row.brand or '(all brands)'} {row.channel}: {why}")
        for wrong in _twice(rows):
            raise InputError(wrong.why)
        return patiently(lambda: self._take(rows, by)) if rows else 0

    def _far_ahead(self, month: str) -> str:
        """Say that a month is mistyped: it would be kept, and shown for years to nobody."""
        last = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC) + timedelta(days=366)
        return f"`{month}` is more than a year ahead." if month > f"{last:%Y-%m}" else ""

    def _take(self, rows: Sequence[Acquisition], by: str) -> int:
        now_ms = self._clock.now_ms()
        months = sorted({row.month for row in rows})
        with self._store.writing() as writing:
            found = writing.acquisition(months[0], months[-1], limit=10**6)
            known = {row.key: replace(row, at_ms=0, by="") for row in found}
            told = [replace(row, at_ms=0, by="") for row in rows]
            changed = [row for row in told if known.get(row.key) != row]
            if changed:
                writing.put_acquisition([replace(it, at_ms=now_ms, by=by) for it in changed])
                count = {"rows": str(len(changed))}
                act = Act(what="acquisition.told", at_ms=now_ms, about="books", after=count)
                note(writing, act)
        return len(changed)


def why_not(row: Acquisition, brands: Collection[str]) -> str:
    """Say why a row cannot be taken; empty when it can."""
    if row.brand and row.brand not in brands:
        return f"There is no brand `{row.brand}` in the active rule book."
    if not MONTH.fullmatch(row.month):
        return f"`{row.month}` is no month; write it as 2026-03."
    if not CHANNEL.fullmatch(row.channel):
        return "A channel is small letters, digits and `_.-`, as in search."
    if row.currency not in list_currencies():
        return f"`{row.currency}` is no currency; write its ISO 4217 code, as in USD."
    if get_currency_precision(row.currency) > _PLACES:
        return f"{row.currency} has more than two decimal places; it cannot be kept exactly."
    if not 0 <= row.cents <= MOST_CENTS:
        return "The amount is a whole number of hundredths that is not negative."
    if row.customers != UNKNOWN and not 0 <= row.customers <= MOST_CUSTOMERS:
        return "New customers are a whole number that is not negative."
    return ""


def read_books(text: str, brands: Collection[str]) -> Books:
    """Read a table with the columns of `COLUMNS`; `new_customers` may be left out or empty.

    `amount` is in the currency's minor units, as ISO 4217 has them: cents of a dollar, whole yen.

    Args:
        text: CSV with a head line.
        brands: Those there are.

    Raises:
        InputError: The head is wrong, or it has too many lines.
    """
    lines = _cells(text)
    head = [one.strip() for one in next(lines, (1, []))[1]]
    wanted = set(COLUMNS) - {"new_customers"}
    if not wanted <= set(head) or len(set(head)) < len(head) or not set(head) <= set(COLUMNS):
        raise InputError(f"The first line should be: {','.join(COLUMNS)}")
    rows: list[Acquisition] = []
    wrong: list[Wrong] = []
    for line, row in _lines(lines, head):
        if len(rows) + len(wrong) >= MOST_ROWS:
            raise InputError(f"The file has more than {MOST_ROWS} lines; split it.")
        made = row if isinstance(row, str) else _row(row)
        why = made if isinstance(made, str) else why_not(made, brands)
        if isinstance(made, str) or why:
            wrong.append(Wrong(line=line, why=why))
        else:
            rows.append(made)
    wrong += _twice(rows)
    return Books(rows=tuple(rows), wrong=tuple(wrong))


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give the cells of each row with the line in which it ends."""
    reader = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(f"Line {reader.line_num} is no CSV: {error}.") from error


def _lines(
    rows: Iterator[tuple[int, list[str]]], head: Sequence[str]
) -> Iterator[tuple[int, dict[str, str] | str]]:
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            yield line, f"It has {len(cells)} cells and the head {len(head)}."
        else:
            yield line, dict(zip(head, (cell.strip() for cell in cells), strict=True))


def _row(cells: dict[str, str]) -> Acquisition | str:
    """Make a row; or say why not."""
    amount, customers = cells["amount"], cells.get("new_customers", "")
    if not _DIGITS.fullmatch(amount):
        return "`amount` is a whole number of minor units (cents), without a point or a sign."
    if customers and not _DIGITS.fullmatch(customers):
        return "`new_customers` is a whole number, or empty."
    currency = cells["currency"]
    return Acquisition(
        brand=cells["brand"],
        month=cells["month"],
        channel=cells["channel"],
        cents=in_hundredths(int(amount), currency),
        currency=currency,
        customers=int(customers) if customers else UNKNOWN,
    )


def in_hundredths(minor: int, currency: str) -> int:
    """Turn minor units of a currency into hundredths of its unit, as money is kept."""
    places = get_currency_precision(currency) if currency in list_currencies() else _PLACES
    return minor * int(10 ** (_PLACES - min(places, _PLACES)))


def _twice(rows: Sequence[Acquisition]) -> Iterator[Wrong]:
    """Refuse a month that stands twice: nobody knows which one is meant."""
    seen = set()
    for row in rows:
        if row.key in seen:
            why = f"{row.month} {row.brand or '(all brands)'} {row.channel} stands there twice."
            yield Wrong(line=0, why=why)
        seen.add(row.key)
