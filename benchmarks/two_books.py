"""Measure a changed rule book on an exported log: two books over each event, against one.

Run it with `python -m benchmarks --only two_books`. Both read and decode the same file; the two
take turns, best of five. CI gates the ratio of one run, not the rate.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks.fold import BEGIN_MS, NINETY_DAYS_MS, Line, book_text, cpu_seconds, lines
from benchmarks.report import Bound, Figure, Plan, Result
from makegood.core.fold import FOLD_VERSION
from makegood.messages.events import Event, OnDuty, Stamp
from makegood.messages.facts import Touchpoint
from makegood.messages.ids import RepId
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import load_book
from makegood.replay.comparing import Comparison, compare
from makegood.replay.histories import ExportedLog
from makegood.replay.trial import on_trial, tried

EVENTS, QUICK_EVENTS = 200_000, 30_000
REPEATS = 5
FLOOR = 0.45  # of the rate of one book: the goal; CI holds half of it, rounded down
LEAST = 0.22


def books() -> tuple[RuleBook, RuleBook]:
    """Give the book of the fold's benchmark, and the same with two limits changed."""
    text = book_text()
    new = text.replace("event.delay_minutes >= 180", "event.delay_minutes >= 240")
    new = new.replace("event.wait_minutes > 60", "event.wait_minutes > 30")
    assert new.count(">= 240") == 1
    return load_book(text, name="old.yaml"), load_book(new, name="new.yaml")


def write_log(path: Path, count: int, book: RuleBook) -> None:
    """Write events as `makegood export` does."""
    duty = (OnDuty(RepId("rep"), BEGIN_MS + 2 * NINETY_DAYS_MS),)
    stamp = Stamp(book=book.hash, fold=FOLD_VERSION, on_duty=duty)
    decode = msgspec.json.Decoder(Line).decode
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as file:
        for raw in lines(count):
            line = decode(raw)
            at_ms = int(line.timestamp.timestamp() * 1000)
            event = Event(
                source="bench",
                message_id=line.messageId,
                profile=line.userId,
                time_ms=at_ms,
                received_ms=at_ms,
                body=Touchpoint(name=line.event, properties=line.properties),
                stamp=stamp,
            )
            file.write(encode(event) + b"\n")


def one_book(path: Path, book: RuleBook) -> int:
    """Replay a log by one book; give the number of cases."""
    log, library, cases = ExportedLog(path), on_trial(book), 0
    for history in log.histories():
        cases += len(tried(history.events, library, log.end_ms).state.cases)
    return cases


def two_books(path: Path, old: RuleBook, new: RuleBook) -> Comparison:
    """Replay a log by two books, and compare."""
    return compare(ExportedLog(path), old, new)


def _best(runs: tuple[Callable[[list[bytes]], object], ...]) -> list[float]:
    seconds = [float("inf")] * len(runs)
    for _ in range(REPEATS):
        for place, run_it in enumerate(runs):
            seconds[place] = min(seconds[place], cpu_seconds(run_it, []))
    return seconds


def run(plan: Plan) -> Result:
    """Measure both over one file."""
    old, new = books()
    count = QUICK_EVENTS if plan.quick else EVENTS
    path = plan.folder / "log.jsonl"
    write_log(path, count, old)
    found = two_books(path, old, new)  # also the warm-up
    assert found.changed > 100, "the books differ about too few to be worth measuring"
    assert found.failed == 0
    assert one_book(path, old) == found.of("cases")[0].old
    single, double = _best((lambda _: one_book(path, old), lambda _: two_books(path, old, new)))
    return Result(
        name="two_books",
        figures=(
            Figure(
                what="two books over an exported log, compared; beside it one book replayed",
                value=count / double,
                unit="events/CPU-s",
                nothing=count / single,
                target=f"ratio {FLOOR}",
            ),
        ),
        bounds=(
            Bound(what="rate to one book", value=single / double, least=LEAST, is_timed=True),
        ),
    )
