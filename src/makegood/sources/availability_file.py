"""Availability from a file that a property system drops: CSV or Parquet, read when it changes."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock

from msgspec import Struct

from makegood.messages.errors import EffectFailed
from makegood.ports.availability import Need, Room

COLUMNS = ("place", "product", "from", "until", "left", "rate_cents", "party", "as_of")
"""Heads of the table; `place` and `left` are needed, an empty cell of the others says nothing."""
_NEEDED = ("place", "left")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LARGEST = 64 * 1024 * 1024  # bytes; an availability of more is not one of places nearby
_LONGEST_DAYS = 366


class _Row(Struct, frozen=True, kw_only=True):
    place: str
    product: str
    from_: str
    until: str
    left: int
    rate_cents: int
    party: int
    as_of_ms: int


class AvailabilityFile:
    """Reads what a property system drops; one that cannot be read is a source that is away."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._turn = Lock()
        self._seen: tuple[int, int] = (0, -1)
        self._rows: Mapping[str, tuple[_Row, ...]] = {}

    def rooms(
        self,
        need: Need,
        places: Sequence[str],
        now_ms: int,  # noqa: ARG002 - a file says itself since when
    ) -> Sequence[Room]:
        """Say what the file says of some places."""
        rows = self._current()
        found = (_room(place, rows.get(place, ()), need) for place in places)
        return tuple(one for one in found if one is not None)

    def close(self) -> None:
        """Nothing is open."""

    def _current(self) -> Mapping[str, tuple[_Row, ...]]:
        with self._turn:
            try:
                stat = self._path.stat()
                seen = (stat.st_mtime_ns, stat.st_size)
                if seen != self._seen:
                    if stat.st_size > _LARGEST:
                        raise EffectFailed(f"The availability {self.name} is too large.")
                    self._rows = _by_place(self._read(stat.st_mtime_ns // 1_000_000))
                    self._seen = seen
            except (OSError, ValueError, csv.Error) as error:
                kind = type(error).__name__
                raise EffectFailed(
                    f"The availability {self.name} cannot be read: {kind}."
                ) from error
            return self._rows

    def _read(self, written_ms: int) -> Iterator[_Row]:
        cells = _parquet(self._path) if self._path.suffix == ".parquet" else _csv(self._path)
        for number, row in enumerate(cells, start=2):
            lacking = [name for name in _NEEDED if not row.get(name, "")]
            if lacking:
                raise ValueError(f"line {number} has no {lacking[0]}")
            yield _Row(
                place=row["place"],
                product=row.get("product", "").casefold(),
                from_=row.get("from", ""),
                until=row.get("until", ""),
                left=max(int(row["left"]), 0),
                rate_cents=int(row.get("rate_cents") or -1),
                party=int(row.get("party") or 0),
                as_of_ms=_instant_ms(row.get("as_of", "")) or written_ms,
            )


def _csv(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            yield {str(key).strip(): (value or "").strip() for key, value in row.items() if key}


def _parquet(path: Path) -> Iterator[Mapping[str, str]]:
    import polars

    try:
        table = polars.read_parquet(path)
    except polars.exceptions.PolarsError as error:
        raise ValueError("no Parquet") from error
    for row in table.iter_rows(named=True):
        yield {key: "" if value is None else str(value).strip() for key, value in row.items()}


def _instant_ms(written: str) -> int:
    """Read milliseconds, or a date and time; without an offset it is UTC."""
    if not written:
        return 0
    if written.isdigit():
        return int(written)
    moment = datetime.fromisoformat(written)
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1000)


def _by_place(rows: Iterable[_Row]) -> Mapping[str, tuple[_Row, ...]]:
    found: dict[str, tuple[_Row, ...]] = {}
    for row in rows:
        found[row.place] = (*found.get(row.place, ()), row)
    return found


def _room(place: str, rows: Sequence[_Row], need: Need) -> Room | None:
    """Give what is left over all days that are needed: the fewest, at the highest rate."""
    product = need.product.casefold()
    fitting = [
        row
        for row in rows
        if (not row.product or not product or row.product == product)
        and (not row.party or row.party >= need.party)
    ]
    if not fitting:
        return None
    nights = [_on(fitting, day) for day in _days(need)]
    if any(night is None for night in nights):
        return None  # of a night of which nothing is said nobody knows
    known = [night for night in nights if night is not None]
    return Room(
        place=place,
        left=min(night.left for night in known),
        rate_cents=max(night.rate_cents for night in known),
        as_of_ms=min(night.as_of_ms for night in known),
    )


def _days(need: Need) -> Iterator[str]:
    """Give the days that are needed; an instant stands for itself."""
    if not (_DAY.fullmatch(need.from_) and _DAY.fullmatch(need.until)):
        yield need.from_
        return
    day, end = date.fromisoformat(need.from_), date.fromisoformat(need.until)
    yield need.from_
    for _ in range(_LONGEST_DAYS):
        day += timedelta(days=1)
        if day >= end:
            return
        yield day.isoformat()


def _on(rows: Sequence[_Row], day: str) -> _Row | None:
    """Give what is said of a day; of several the latest, then the one with most left."""
    covering = [row for row in rows if _covers(row, day)]
    return max(covering, key=lambda row: (row.as_of_ms, row.left), default=None)


def _covers(row: _Row, day: str) -> bool:
    if not day:
        return True
    if row.from_ and day < row.from_[: len(day)]:
        return False
    if row.until:
        return day < row.until[: len(day)]
    return not row.from_ or day[: len(row.from_)] == row.from_
