"""Databases that are written out whole and filled again, on both engines."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from makegood.engines import open_archive, open_store
from makegood.messages.facts import Touchpoint
from makegood.messages.ids import profile_id
from makegood.ports.acts import Act
from makegood.ports.archive import Archivable
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import Activation, OutboxStatus, PersonRow, RepRow
from makegood.ports.store import Store
from makegood.runtime.archive import Manifest, Written, write_archive
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.keys import mint
from makegood.testing.book import HOUR_MS, small_library
from makegood.testing.clock import FakeClock
from tests.conformance.engines import ON_DISK, POSTGRES

SECRET = b"a secret for backups, 32 bytes.."
LIBRARY = small_library()
SQLITE, SERVER = ON_DISK
WAYS = [
    (SQLITE, SQLITE),
    pytest.param(SQLITE, "postgres", marks=POSTGRES),
    pytest.param("postgres", SQLITE, marks=POSTGRES),
    pytest.param("postgres", "postgres", marks=POSTGRES),
]


@contextmanager
def opened(address: str) -> Iterator[Store]:
    store = open_store(address)
    try:
        yield store
    finally:
        store.close()


def intake_of(store: Store, clock: FakeClock) -> Intake:
    return Intake(store, lambda: LIBRARY, clock, SECRET)


def late(number: int, at_ms: int) -> Arrival:
    """A car that was not there; every third customer twice, with a name and words."""
    facts: dict[str, object] = {"reservation": f"R{number}", "reason": "x", "price_cents": 9_000}
    body = Touchpoint(name="Rental Unfulfilled", properties=facts)
    return Arrival(
        source="rental",
        message_id=f"late {number}",
        identifier=f"user:{number // 3 * 2 + number % 2}",
        time_ms=at_ms,
        body=body,
        body_digest=body_digest(body),
        person=PersonRow(profile=profile_id("x", SECRET), name=f"Nul\x00 Name {number}"),
    )


def filled(store: Store, clock: FakeClock) -> None:
    """A bit of everything that is kept."""
    book = LIBRARY.book(LIBRARY.active)
    with store.writing() as writing:
        writing.put_book(book.hash, book.text or "text", activate=False)
        writing.put_activation(Activation(book=book.hash, at_ms=1, kind="activated", by="omar"))
        writing.put_key(mint("shop", ("ingest",), 1)[1])
        writing.put_reps((RepRow(rep="kathy", name="Kathy", role="rep"),))  # type: ignore[arg-type]
        writing.put_texts({"r1": (profile_id("user:0", SECRET), "words\x00 and ünïcode")})
        writing.put_act(Act(what="key.made", at_ms=1, who="omar"))
    intake = intake_of(store, clock)
    intake.take([late(number, clock.now_ms()) for number in range(60)])
    clock.advance(HOUR_MS)
    with store.writing() as writing:
        for row in writing.claim(clock.now_ms(), 60_000, 7)[:3]:
            writing.settle(row.command.id, row.fence, OutboxStatus.DONE, clock.now_ms())


def everything(database: Archivable) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as bytes and words, whatever the engine's own order is."""
    with database.dump() as dump:
        return {
            table: sorted(
                (tuple(_plain(cell) for cell in row) for row in dump.rows(table)), key=repr
            )
            for table in dump.columns()
        }


def _plain(cell: object) -> object:
    return cell.replace("\x00", "\ufffd") if isinstance(cell, str) else cell


def written(path: Path, address: str, *, with_key: bool = False) -> Manifest:
    what = Written(version="1", at_ms=5, accounts=b"[]", key=SECRET, with_key=with_key)
    return write_archive(path, open_archive(address), what)
