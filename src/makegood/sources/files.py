"""Import of files: every row is taken, known already, in conflict, or in the rejects file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias

import msgspec
from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.ports.arrivals import Acknowledged, Arrival
from makegood.ports.clock import Clock
from makegood.ports.rows import Taken
from makegood.sources.batch import Rejected, read_one
from makegood.sources.limits import MAX_EVENT_BYTES
from makegood.sources.segment import Envelope, check_source
from makegood.sources.tables import Row, rows_of, size_of

Take: TypeAlias = Callable[[Sequence[Arrival]], Sequence[Acknowledged]]
BATCH_ROWS = 500  # one durable commit for so many rows


class Counted(Struct, kw_only=True):
    """What became of the rows; the four kinds always add up to `rows`.

    Attributes:
        taken: New in the log; in a dry run, fit to be taken.
        duplicate: Known already.
        conflict: An event with this id says something else; also in the rejects.
        rejected: Could not be read; in the rejects.
        warned: Taken, with something left out.
    """

    rows: int = 0
    taken: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: int = 0
    warned: int = 0


class Progress(Struct, frozen=True, kw_only=True):
    """How far an import has come.

    Attributes:
        done: Bytes read, or rows of Parquet.
        total: Bytes or rows of the whole file.
    """

    done: int
    total: int
    counted: Counted


class Options(Struct, frozen=True, kw_only=True):
    """How a file is imported.

    Attributes:
        source: Name of the source its events carry.
        mapping: Column -> field, see `columns.plan_columns`; `-` leaves one out.
        is_history: History folds and sends nothing; each row needs its timestamp.
        is_dry_run: Only read and count.
        rejects: Where rejected rows go as JSON lines; None counts them only.
        progress: Called after each batch.
    """

    source: str
    mapping: Mapping[str, str] = {}
    is_history: bool = False
    is_dry_run: bool = False
    rejects: Path | None = None
    progress: Callable[[Progress], None] | None = None


def import_file(path: Path, take: Take, clock: Clock, options: Options) -> Counted:
    """Bring the events of a JSON lines, CSV or Parquet file into the log.

    Importing the same file again takes nothing twice: rows without a message id are known by
    their content.

    Raises:
        InputError: The file cannot be read at all, or not to its end; what was taken until then
            is known when the repaired file is imported.
    """
    check_source(options.source)
    if not path.is_file():
        raise InputError(f"{path} is not a file.")
    counted = Counted()
    total = size_of(path)
    with _rejects(options.rejects) as rejects:
        importer = _Importer(take, clock, options, counted, rejects)
        for row in rows_of(path, options.mapping):
            importer.add(row)
            if importer.is_full:
                importer.flush()
                _report(options, Progress(done=row.done, total=total, counted=counted))
        importer.flush()
    _report(options, Progress(done=total, total=total, counted=counted))
    return counted


def _report(options: Options, progress: Progress) -> None:
    if options.progress is not None:
        options.progress(progress)


@contextmanager
def _rejects(path: Path | None) -> Iterator[BinaryIO | None]:
    if path is None:
        yield None
        return
    with path.open("wb") as file:
        yield file


class _Importer:
    """Gathers rows into batches and books what became of each."""

    def __init__(
        self,
        take: Take,
        clock: Clock,
        options: Options,
        counted: Counted,
        rejects: BinaryIO | None,
    ) -> None:
        self._take = take
        self._clock = clock
        self._options = options
        self._counted = counted
        self._rejects = rejects
        self._waiting: list[tuple[Row, Arrival]] = []
        self._read = 0

    @property
    def is_full(self) -> bool:
        return self._read >= BATCH_ROWS

    def add(self, row: Row) -> None:
        self._read += 1
        self._counted.rows += 1
        if row.error:
            self._reject(row, row.error)
            return
        outcome = read_one(row.item, self._envelope())
        if isinstance(outcome, Rejected):
            self._reject(row, outcome.error)
            return
        self._counted.warned += bool(outcome.warning)
        self._waiting.append((row, outcome.arrival))

    def _envelope(self) -> Envelope:
        return Envelope(
            source=self._options.source,
            received_ms=self._clock.now_ms(),
            imported=self._options.is_history,
        )

    def flush(self) -> None:
        self._read = 0
        waiting, self._waiting = self._waiting, []
        if self._options.is_dry_run:
            self._counted.taken += len(waiting)
        elif waiting:
            answers = self._take([arrival for _, arrival in waiting])
            for (row, _), answer in zip(waiting, answers, strict=True):
                self._book(row, answer)

    def _book(self, row: Row, answer: Acknowledged) -> None:
        match answer.taken:
            case Taken.NEW:
                self._counted.taken += 1
            case Taken.DUPLICATE:
                self._counted.duplicate += 1
            case Taken.CONFLICT:
                self._counted.conflict += 1
                self._write(row, answer.error or "Another event with this id says something else.")
            case Taken.REFUSED:
                self._reject(row, answer.error)

    def _reject(self, row: Row, error: str) -> None:
        self._counted.rejected += 1
        self._write(row, error)

    def _write(self, row: Row, error: str) -> None:
        if self._rejects is not None:
            line = {"line": row.line, "error": error, "raw": row.raw[:MAX_EVENT_BYTES]}
            self._rejects.write(msgspec.json.encode(line) + b"\n")
