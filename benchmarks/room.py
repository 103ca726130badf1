"""How much room a log takes, and how long a backup does: `python -m benchmarks.room`."""

import tempfile
import time
from pathlib import Path

from benchmarks.ingest_http import bodies
from makegood.engines import open_archive
from makegood.runtime.archive import Written, load_archive, verify, write_archive
from makegood.runtime.intake import Intake
from makegood.sources.batch import Rejected, read_batch
from makegood.sources.segment import Envelope
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import small_library
from makegood.testing.clock import FakeClock

EVENTS = 100_000
_SECRET = b"a secret for benchmarks, 32 byte"


def main() -> None:
    """Fill a file, back it up, restore it, and print what each took."""
    with tempfile.TemporaryDirectory() as folder:
        database, copy = (f"sqlite:///{folder}/{name}.db" for name in ("one", "two"))
        _fill(Path(database.removeprefix("sqlite:///")))
        size = Path(database.removeprefix("sqlite:///")).stat().st_size
        print(f"database: {size / EVENTS:,.0f} bytes an event")
        file = Path(folder) / "it.backup"
        written = Written(version="1", at_ms=1, accounts=b"[]", key=_SECRET)
        began = time.process_time()
        write_archive(file, open_archive(database), written)
        spent = time.process_time() - began
        print(f"backup: {EVENTS / spent:,.0f} events/CPU-s, verified", end="")
        print(f", {file.stat().st_size / EVENTS:,.0f} bytes an event")
        began = time.process_time()
        load_archive(file, verify(file), open_archive(copy))
        print(f"restore: {EVENTS / (time.process_time() - began):,.0f} events/CPU-s")


def _fill(path: Path) -> None:
    store, library, clock = SqliteStore(path), small_library(), FakeClock()
    intake = Intake(store, lambda: library, clock, _SECRET)
    for body in bodies(EVENTS):
        envelope = Envelope(source="bench", received_ms=clock.now_ms(), kind="")
        outcomes = read_batch(body, envelope)
        intake.take([one.arrival for one in outcomes if not isinstance(one, Rejected)])
    store.close()


if __name__ == "__main__":
    main()
