"""The roster: changed by a supervisor, by each for themselves, or by a file.

A field that is not given stays as it is. Whatever cannot be is refused with what to write instead,
and then nothing is changed.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict, replace

from makegood.messages.errors import InputError
from makegood.messages.ids import RepId
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.rows import RepRow
from makegood.ports.store import Store, Writing
from makegood.runtime.duty import parse_hours
from makegood.runtime.noting import note
from makegood.sources.limits import writable

OWN = ("languages", "away_from", "away_until", "cover", "busy_until", "line", "handover", "words")
"""What each may change for themselves."""
FIELDS = (
    "name", "role", "brands", "hours", "timezone", "languages", "capacity", "most_cases",
    "away_from", "away_until", "cover", "busy_until", "left", "line", "handover", "words", "email",
    "supervisor",
)  # fmt: skip
"""What a supervisor may change, and a file may have as columns beside `rep`."""
MOST_ROWS = 20_000
_REP = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff][^\x00-\x1f\x7f\ud800-\udfff]{0,149}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_EMAIL = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+\.[^\s<>@,;]+")
_LONGEST = {"words": 600, "handover": 2_000, "hours": 300}
_LONGEST_LINE = 150
_MOST = 100_000
_MOMENTS = {"away_from": "away_from_ms", "away_until": "away_until_ms",
            "busy_until": "busy_until_ms", "left": "left_ms"}  # fmt: skip


class Wrong(Struct, frozen=True, kw_only=True):
    """A field that cannot be so.

    Attributes:
        line: Of a file; 0 elsewhere.
        field: Which.
        why: What is wrong with it, and what to write.
    """

    field: str
    why: str
    line: int = 0


class Firm(Struct, frozen=True, kw_only=True):
    """What a row of the roster may name.

    Attributes:
        brands: Ids.
        roles: Keys of the book's authority table.
        reps: Everybody of the roster.
    """

    brands: Sequence[str]
    roles: Sequence[str]
    reps: Collection[RepId]


def changed(row: RepRow, values: Mapping[str, str], firm: Firm) -> RepRow | tuple[Wrong, ...]:
    """Change a row as it was written.

    Args:
        row: As it is.
        values: What was written, by `FIELDS`; what is empty is taken out.
        firm: What there is.

    Returns:
        The row, or everything that is wrong.
    """
    wrong: list[Wrong] = []
    zone = values.get("timezone", row.timezone).strip() or "UTC"
    found: dict[str, Any] = {}
    for name in FIELDS:
        if name not in values:
            continue
        written = writable(values[name], _LONGEST.get(name, _LONGEST_LINE + 1)).strip()
        try:
            found[_MOMENTS.get(name, name)] = _READ[name](written, firm, zone)
        except InputError as error:
            wrong.append(Wrong(field=name, why=str(error)))
    if wrong:
        return tuple(wrong)
    after = replace(row, **found)
    return _checked(after, firm)


def _checked(row: RepRow, firm: Firm) -> RepRow | tuple[Wrong, ...]:
    if row.cover == row.rep and row.cover:
        return (Wrong(field="cover", why="Nobody covers for themselves; name somebody else."),)
    if row.cover and row.cover not in firm.reps:
        why = f"Nobody in the roster is called {row.cover!r}; write a sign-in name."
        return (Wrong(field="cover", why=why),)
    if row.supervisor == row.rep and row.supervisor:
        return (Wrong(field="supervisor", why="Nobody stands above themselves; leave it empty."),)
    if row.supervisor and row.supervisor not in firm.reps:
        why = f"Nobody in the roster is called {row.supervisor!r}; write a sign-in name."
        return (Wrong(field="supervisor", why=why),)
    if row.away_until_ms and row.away_until_ms <= row.away_from_ms:
        return (Wrong(field="away_until", why="The end of a leave is after its beginning."),)
    if row.away_until_ms and not row.away_from_ms:
        return (Wrong(field="away_from", why="Say when the leave begins as well."),)
    return row


def _line(written: str, _firm: Firm, _zone: str) -> str:
    if len(written) > _LONGEST_LINE:
        raise InputError(f"That is longer than {_LONGEST_LINE} characters.")
    return written


def _text(written: str, _firm: Firm, _zone: str) -> str:
    return written


def _role(written: str, firm: Firm, _zone: str) -> str:
    if written not in firm.roles:
        raise InputError(f"The rule book knows no role {written!r}: {', '.join(firm.roles)}.")
    return written


def _brands(written: str, firm: Firm, _zone: str) -> tuple[str, ...]:
    found = _several(written)
    for one in found:
        if one not in firm.brands:
            raise InputError(f"There is no brand {one!r}: {', '.join(firm.brands)}.")
    return found


def _languages(written: str, _firm: Firm, _zone: str) -> tuple[str, ...]:
    found = _several(written)
    for one in found:
        if not _LANGUAGE.fullmatch(one):
            raise InputError(f"{one!r} is not a language; write for example en, de, pt-BR.")
    return found


def _several(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, re.split(r"[\s,;]+", written))))


def _hours(written: str, _firm: Firm, _zone: str) -> str:
    parse_hours(written)
    return written


def _timezone(written: str, _firm: Firm, _zone: str) -> str:
    _zone_of(written or "UTC")
    return written or "UTC"


def _zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"There is no time zone {name!r}; write Europe/Berlin, say.") from error


def _capacity(written: str, _firm: Firm, _zone: str) -> int | None:
    return _number(written) if written else None


def _most_cases(written: str, _firm: Firm, _zone: str) -> int:
    return _number(written) if written else 0


def _number(written: str) -> int:
    if not written.isascii() or not written.isdigit() or int(written) > _MOST:
        raise InputError(f"{written!r} is not a whole number from 0 to {_MOST}.")
    return int(written)


def _moment(written: str, _firm: Firm, zone: str) -> int:
    return moment_ms(written, zone) if written else 0


def moment_ms(written: str, zone: str) -> int:
    """Read a moment: a day begins at midnight where the person is.

    Raises:
        InputError: It is none.
    """
    try:
        found = datetime.fromisoformat(written)
        there = found if found.tzinfo else found.replace(tzinfo=_zone_of(zone))
        at_ms = int(there.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        why = f"{written!r} is not a moment; write 2026-05-04 or 2026-05-04T09:30."
        raise InputError(why) from error
    if at_ms <= 0:
        raise InputError("That is before anybody here was born.")
    return at_ms


def _email(written: str, _firm: Firm, _zone: str) -> str:
    found = _line(written, _firm, _zone)
    if found and not _EMAIL.fullmatch(found):
        raise InputError(f"{found!r} is no mail address; write for example mira@example.com.")
    return found


def _rep(written: str, _firm: Firm, _zone: str) -> RepId:
    return RepId(_line(written, _firm, _zone))


_READ: Mapping[str, Callable[[str, Firm, str], object]] = {
    "name": _line,
    "line": _most_cases,
    "role": _role,
    "brands": _brands,
    "hours": _hours,
    "timezone": _timezone,
    "languages": _languages,
    "capacity": _capacity,
    "most_cases": _most_cases,
    "away_from": _moment,
    "away_until": _moment,
    "cover": _rep,
    "busy_until": _moment,
    "left": _moment,
    "handover": _text,
    "words": _text,
    "email": _email,
    "supervisor": _rep,
}


def read_file(
    text: str, known: Mapping[RepId, RepRow], firm: Firm
) -> tuple[tuple[RepRow, ...], tuple[Wrong, ...]]:
    """Read a roster from CSV with a header.

    Args:
        text: The file. `rep` has to be a column; the others are of `FIELDS`.
        known: The roster; a column that is not there leaves its rows as they are.
        firm: What there is.

    Returns:
        The rows as they would be, and every mistake with its line.
    """
    try:
        return _rows_of(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))), known, firm)
    except csv.Error as error:
        return (), (Wrong(field="file", why=f"This is not CSV: {error}."),)


def _rows_of(
    lines: "csv.DictReader[str]", known: Mapping[RepId, RepRow], firm: Firm
) -> tuple[tuple[RepRow, ...], tuple[Wrong, ...]]:
    columns = [name.strip() for name in lines.fieldnames or ()]
    unknown = [name for name in columns if name not in ("rep", *FIELDS)]
    if "rep" not in columns or unknown or len(set(columns)) < len(columns):
        named = ", ".join(unknown) or "no column `rep`, or one twice"
        why = f"The first line names the columns ({named}). Known: rep, {', '.join(FIELDS)}."
        return (), (Wrong(field="columns", why=why, line=1),)
    lines.fieldnames = columns
    written = list(enumerate(islice(lines, MOST_ROWS + 1), 2))
    if len(written) > MOST_ROWS:
        why = f"More than {MOST_ROWS:,} rows at once; send the file in parts."
        return (), (Wrong(field="rep", why=why, line=MOST_ROWS + 2),)
    names = [RepId((one.get("rep") or "").strip()) for _, one in written]
    often = Counter(names)
    everybody = replace(firm, reps=frozenset((*firm.reps, *names)))
    rows: list[RepRow] = []
    wrong: list[Wrong] = []
    for (line, one), rep in zip(written, names, strict=True):
        if not _REP.fullmatch(rep) or None in one or often[rep] > 1:
            why = "A line has one sign-in name that no other line has, and no more fields."
            wrong.append(Wrong(field="rep", why=why, line=line))
            continue
        before = known.get(rep) or RepRow(rep=rep, name=rep, role=next(iter(firm.roles), ""))
        values = {name: one[name] or "" for name in columns if name != "rep"}
        after = changed(before, values, everybody)
        if isinstance(after, RepRow):
            rows.append(after)
        else:
            wrong += [replace(each, line=line) for each in after]
    return tuple(rows), tuple(wrong)


class Roster:
    """Changes the roster; what somebody changes for others leaves a note."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def change(
        self, rep: RepId, values: Mapping[str, str], firm: Firm, who: str
    ) -> tuple[Wrong, ...]:
        """Change one row, as it is at that moment; give what is wrong, and then nothing changes.

        Args:
            rep: Whose; somebody new gets a row.
            values: What was written, by `FIELDS`.
            firm: What there is.
            who: Who changes it.
        """
        with self._store.writing() as writing:
            writing.hold_loads([rep])  # two who change a row wait for each other
            row = next((one for one in writing.reps() if one.rep == rep), None)
            before = row or RepRow(rep=rep, name=rep, role=next(iter(firm.roles), ""))
            after = changed(before, values, firm)
            if not isinstance(after, RepRow):
                return after
            if after != row:
                writing.put_reps([after])
                self._note(writing, [(row, after)], who)
        return ()

    def busy(self, rep: RepId, until_ms: int) -> RepRow | None:
        """Say till when somebody is in a conversation; 0 for no longer. None for nobody."""
        with self._store.writing() as writing:
            writing.hold_loads([rep])
            row = next((one for one in writing.reps() if one.rep == rep), None)
            if row is None:
                return None
            after = replace(row, busy_until_ms=until_ms)
            writing.put_reps([after])
        return after

    def take(self, text: str, firm: Firm, who: str) -> tuple[int, tuple[Wrong, ...]]:
        """Take a file: all of it or, where anything is wrong, nothing.

        Returns:
            How many rows were changed, and what is wrong.
        """
        with self._store.writing() as writing:
            writing.hold_loads(tuple(firm.reps))
            known = {row.rep: row for row in writing.reps()}
            rows, wrong = read_file(text, known, firm)
            if wrong:
                return 0, wrong
            news = [(known.get(row.rep), row) for row in rows if known.get(row.rep) != row]
            writing.put_reps([row for _, row in news])
            self._note(writing, news, who)
        return len(news), ()

    def _note(
        self, writing: Writing, news: Sequence[tuple[RepRow | None, RepRow]], who: str
    ) -> None:
        for before, after in sorted(news, key=lambda pair: pair[1].rep):
            if after.rep == who:
                continue
            fields = dict.fromkeys(_differing(before, after), "changed")
            now_ms = self._clock.now_ms()
            act = Act(what="roster.changed", at_ms=now_ms, who=who, about=after.rep, after=fields)
            note(writing, act)


def _differing(before: RepRow | None, after: RepRow) -> list[str]:
    if before is None:
        return ["new"]
    was = asdict(before)
    return [name for name, value in asdict(after).items() if value != was[name]]
