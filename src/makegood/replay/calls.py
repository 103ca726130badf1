"""A call log as a telephone system exports it: who called when, who answered, and for how long."""

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from makegood.messages.errors import InputError

COLUMNS = ("caller", "arrived", "answered", "handling", "agent", "queue")
"""What is read of a line; `queue` may be missing, and then there is one."""
_MOST_NAMED = 5  # wrong lines that are told one by one


class Call(Struct, frozen=True, gc=False):
    """One call that somebody answered; times are in milliseconds."""

    caller: str
    arrived_ms: int
    answered_ms: int
    handling_ms: int
    agent: str
    queue: str

    @property
    def wait_ms(self) -> int:
        """How long the caller waited."""
        return self.answered_ms - self.arrived_ms


class CallLog(Struct, frozen=True, kw_only=True):
    """What a file says.

    Attributes:
        calls: Answered ones, in the order they came.
        unanswered: Callers who gave up, or whom nobody took; they are in no figure.
        refused: Lines that could not be read.
        wrong: What is wrong with the first of those.
    """

    calls: tuple[Call, ...]
    unanswered: int = 0
    refused: int = 0
    wrong: tuple[str, ...] = ()


def read_calls(
    path: Path, columns: Mapping[str, str], progress: Callable[[int], None] = lambda _: None
) -> CallLog:
    """Read a call log.

    Args:
        path: CSV with a head, in UTF-8.
        columns: Our name of a column to the file's, where it is another one.
        progress: Told how many lines are read.

    Raises:
        InputError: There is no such file, it has no such column, or no call in it was answered.
    """
    calls: list[Call] = []
    unanswered, wrong = 0, list[str]()
    for line, row in _lines(path, columns):
        try:
            call = _call(row)
        except ValueError as error:
            wrong.append(f"Line {line}: {error}")
            continue
        if call is None:
            unanswered += 1
        else:
            calls.append(call)
        if line % 5000 == 0:
            progress(line)
    if not calls:
        first = f" {wrong[0]}" if wrong else ""
        raise InputError(f"{path.name} has no call that was answered.{first}")
    calls.sort(key=lambda one: (one.arrived_ms, one.caller))
    return CallLog(
        calls=tuple(calls), unanswered=unanswered, refused=len(wrong),
        wrong=tuple(wrong[:_MOST_NAMED]),
    )  # fmt: skip


def _lines(path: Path, columns: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = {name: columns.get(name, name) for name in COLUMNS}
            head = reader.fieldnames or ()
            missing = [at for name, at in names.items() if at not in head and name != "queue"]
            if missing:
                raise InputError(
                    f"{path.name} has no column {', '.join(missing)}; it has {', '.join(head)}. "
                    "Say which is which, as in --column caller=phone_number."
                )
            for row in reader:
                yield reader.line_num, {name: row.get(at) or "" for name, at in names.items()}
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path.name} is no CSV in UTF-8: {error}.") from None


def _call(row: Mapping[str, str]) -> Call | None:
    if not row["answered"].strip() or not row["agent"].strip():
        return None
    arrived_ms, answered_ms = _moment_ms(row["arrived"]), _moment_ms(row["answered"])
    handling_s = _number(row["handling"], "handling")
    if answered_ms < arrived_ms:
        raise ValueError("it was answered before it came.")
    if not 0 <= handling_s < 86_400:
        raise ValueError("`handling` is seconds, less than a day.")
    if not row["caller"].strip():
        raise ValueError("it does not say who called.")
    return Call(
        row["caller"].strip(), arrived_ms, answered_ms, int(handling_s * 1000),
        row["agent"].strip(), row["queue"].strip(),
    )  # fmt: skip


def _moment_ms(text: str) -> int:
    """Read a moment: ISO 8601 (UTC where it names no zone), or seconds since 1970."""
    text = text.strip()
    if text.replace(".", "", 1).isdigit():
        return int(float(text) * 1000)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is no moment, as in 2026-03-01T09:30:00.") from None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def _number(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"`{name}` is `{text}`, and should be a number of seconds.") from None
