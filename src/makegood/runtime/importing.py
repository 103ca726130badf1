"""A file of rows comes in by a source of the book: what changed since the last time is an event.

A row is known by its key and by what it says. The same file again takes nothing; a row that says
something else than last night is a new event about the same thing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.messages.ids import event_id
from makegood.playbooks.mappings import Form, Source
from makegood.ports.arrivals import Acknowledged, Arrival
from makegood.ports.rows import Taken
from makegood.ports.store import Store
from makegood.runtime.receiving import Came, Receiving
from makegood.sources.mapped_rows import TableRow, table_rows

BATCH_ROWS = 500  # one durable commit for so many rows
MOST_BYTES = 32 * 1024  # of a row in the rejects


class CountedRows(Struct, kw_only=True):
    """What became of the rows; taken, duplicate, conflict, rejected and ignored add up to rows.

    Attributes:
        taken: Something of it is new in the log; in a dry run, would be.
        duplicate: Everything of it is in the log already: the row has not changed.
        conflict: An event of its id says something else; also in the rejects.
        rejected: Nothing of it could be taken, or something is left; in the rejects.
        ignored: The source wants nothing of it.
        warned: Taken, with a look-up left out.
        events: New events, with those that say who somebody is.
    """

    rows: int = 0
    taken: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: int = 0
    ignored: int = 0
    warned: int = 0
    events: int = 0


class RowOptions(Struct, frozen=True, kw_only=True):
    """How a file is taken in.

    Attributes:
        is_history: History folds and sends nothing.
        is_dry_run: Only read, map and count.
        rejects: Where rejected rows go as JSON lines; None counts them only.
        progress: Called after each batch with the bytes read, and those there are.
    """

    is_history: bool = False
    is_dry_run: bool = False
    rejects: Path | None = None
    progress: Callable[[int, int], None] | None = None


class Importing:
    """Takes files in by the sources of the book."""

    def __init__(
        self,
        store: Store,
        receiving: Receiving,
        take: Callable[[Sequence[Arrival]], Sequence[Acknowledged]],
    ) -> None:
        """Join the parts."""
        self._store = store
        self._receiving = receiving
        self._take = take

    def file(self, path: Path, name: str, options: RowOptions) -> CountedRows:
        """Take a file in.

        Args:
            path: A table, written as the source says.
            name: The source.
            options: How.

        Raises:
            InputError: There is no such source or file, or its head is not what the source says.
        """
        source = self._receiving.source(name.replace("-", "_"))
        if source.form is not Form.CSV or source.table is None:
            raise InputError(f"The source {source.id} is a webhook and no file.")
        if not path.is_file():
            raise InputError(f"{path} is not a file.")
        counted, total = CountedRows(), path.stat().st_size
        with _rejects(options.rejects) as rejects:
            for batch in _batches(table_rows(path, source.table)):
                self._batch(batch, source, options, counted, rejects)
                if options.progress is not None:
                    options.progress(batch[-1].done, total)
        return counted

    def _batch(
        self,
        rows: Sequence[TableRow],
        source: Source,
        options: RowOptions,
        counted: CountedRows,
        rejects: BinaryIO | None,
    ) -> None:
        counted.rows += len(rows)
        for row in rows:
            if row.record is None:
                counted.rejected += 1
                _write(rejects, row, row.error)
        fit = [row for row in rows if row.record is not None]
        came = self._receiving.turn(
            source, [(row.raw, row.record) for row in fit], options.is_history
        )
        arrivals = [arrival for one in came for arrival in one.turned.arrivals]
        each = iter(self._known(arrivals) if options.is_dry_run else self._stored(arrivals))
        for row, one in zip(fit, came, strict=True):
            said = [next(each) for _ in one.turned.arrivals]
            _count(counted, one, said)
            why = _why(one, said)
            if why:
                _write(rejects, row, why)

    def _stored(self, arrivals: Sequence[Arrival]) -> list[Taken]:
        return [answer.taken for answer in self._take(arrivals)] if arrivals else []

    def _known(self, arrivals: Sequence[Arrival]) -> list[Taken]:
        """Say what is in the log already, for a dry run."""
        ids = [event_id(one.source, one.message_id) for one in arrivals]
        with self._store.reading() as reading:
            known = set(reading.taken(ids))
        said = []
        for one in ids:
            said.append(Taken.DUPLICATE if one in known else Taken.NEW)
            known.add(one)
        return said


def _count(counted: CountedRows, came: Came, said: Sequence[Taken]) -> None:
    """Count a row once, by the worst that became of it."""
    counted.events += sum(1 for one in said if one is Taken.NEW)
    counted.warned += bool(came.turned.warning)
    if came.turned.ignored:
        counted.ignored += 1
    elif came.turned.reasons:
        counted.rejected += 1
    elif Taken.CONFLICT in said:
        counted.conflict += 1
    elif Taken.NEW in said:
        counted.taken += 1
    else:
        counted.duplicate += 1


def _why(came: Came, said: Sequence[Taken]) -> str:
    conflict = ("An event of this id says something else.",) if Taken.CONFLICT in said else ()
    return " ".join((*came.turned.reasons, *conflict))


def _batches(rows: Iterator[TableRow]) -> Iterator[list[TableRow]]:
    batch: list[TableRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def _rejects(path: Path | None) -> Iterator[BinaryIO | None]:
    if path is None:
        yield None
        return
    with path.open("wb") as file:
        yield file


def _write(rejects: BinaryIO | None, row: TableRow, error: str) -> None:
    if rejects is not None:
        line = {"line": row.line, "error": error, "raw": row.raw[:MOST_BYTES]}
        rejects.write(msgspec.json.encode(line) + b"\n")
