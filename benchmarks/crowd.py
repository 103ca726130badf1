"""A store full of open cases, written straight into its tables: the fold is measured elsewhere.

All people are synthetic. There is as much to count and to step over as in real life: for each case
a customer with a state, a person, words to search, a case that holds, and three commands of which
one waits.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.commands import Command, MessageClass, SendMessage
from makegood.messages.events import Event, Stamp
from makegood.messages.facts import Touchpoint
from makegood.messages.ids import (
    BookHash,
    CaseId,
    CommandId,
    CustomerId,
    EventId,
    ProfileId,
    RepId,
)
from makegood.ports.rows import CaseRow, Offered, OutboxStatus, PersonRow, RepRow
from makegood.ports.store import Store, Writing
from makegood.store.sql_desk import MOST_CASES
from makegood.testing.clock import STORY_BEGINS_MS

BATCH = 2_000
REPS = 40
WAITS = ("call", "choice", "delivery", "answer")
STEPS = ("apology", "offers", "chosen")
MINUTE_MS = 60_000
STATE_BYTES, GATE_BYTES = 900, 90  # what one open case takes, median
NO_DUE = 2**63 - 1

Place = tuple[int, int, CaseId]
"""Where a page ends: risk, due_ms or the largest integer, case."""


class Crowd(Struct, frozen=True, kw_only=True):
    """How many cases there are, and the place half-way down the queue."""

    cases: int
    middle: Place


def fill(store: Store, count: int) -> Crowd:
    """Open that many cases, the same in every run."""
    rows = [case_row(number) for number in range(count)]
    with store.writing() as writing:
        writing.put_reps([_rep(number) for number in range(REPS)])
    for start in range(0, count, BATCH):
        with store.writing() as writing:
            _write(writing, rows[start : start + BATCH])
    ordered = sorted(map(place, rows), key=lambda one: (-one[0], *one[1:]))
    assert count > MOST_CASES
    return Crowd(cases=count, middle=ordered[count // 2])


def place(row: CaseRow) -> Place:
    """Say where a case stands in the queue."""
    return row.risk, row.due_ms or NO_DUE, row.case


def case_row(number: int) -> CaseRow:
    """Make one case; severity, owner and due time differ from one to the next."""
    severity, double = 1 + number * 7919 % 5, number % 11 == 0
    waits = WAITS[number % len(WAITS)]
    return CaseRow(
        case=CaseId(f"k{number * 2654435761 % 2**32:08x}{number:08x}"),
        customer=CustomerId(_profile(number)),
        opener=_profile(number),
        brand="northwind_cars",
        phase="offered",
        severity=severity,
        double=double,
        risk=10 * severity + 20 * double,
        opened_ms=STORY_BEGINS_MS + number,
        due_ms=STORY_BEGINS_MS + number % 997 * MINUTE_MS if waits == "call" else 0,
        waiting_for=waits,
        owner=RepId(f"rep{number % REPS}"),
        line="no_car, no_car" if double else "no_car",
        is_open=True,
        held=True,
    )


def _profile(number: int) -> ProfileId:
    return ProfileId(f"p{number:012x}")


_FOLDED = {
    "state": bytes(STATE_BYTES),
    "gate": bytes(GATE_BYTES),
    "last": (STORY_BEGINS_MS, STORY_BEGINS_MS, "crowd", "k"),
    "events": 1,
    "fold": 1,
}


def _rep(number: int) -> RepRow:
    return RepRow(rep=RepId(f"rep{number}"), name=f"Synthetic Rep {number}", role="rep")


def _write(writing: Writing, rows: Sequence[CaseRow]) -> None:
    customers = [row.customer for row in rows]
    writing.append([_offered(row) for row in rows])
    writing.save([replace(row, **_FOLDED) for row in writing.lock(customers).values()])
    writing.project(customers, rows, (), {row.case: row.case for row in rows})
    writing.put_persons([_person(row) for row in rows])
    for position, step in enumerate(STEPS):
        commands = [_command(row, step) for row in rows]
        if position < len(STEPS) - 1:
            writing.record(commands, OutboxStatus.DONE, STORY_BEGINS_MS, "")
        else:
            writing.put_commands(commands)


def _offered(row: CaseRow) -> Offered:
    event = Event(
        source="crowd",
        message_id=row.case,
        profile=row.opener,
        time_ms=row.opened_ms,
        received_ms=row.opened_ms,
        body=Touchpoint(name="Rental Unfulfilled", properties={"reason": "no_vehicle"}),
        stamp=Stamp(book=BookHash("crowd"), fold=1),
    )
    return Offered(event=event, body_digest=b"sixteen bytes...")


def _person(row: CaseRow) -> PersonRow:
    name = f"Synthetic {row.opener[-6:]}"
    return PersonRow(profile=row.opener, name=name, email=f"{row.opener}@example.org")


def _command(row: CaseRow, step: str) -> Command:
    return Command(
        id=CommandId(f"m{step}{row.case}"),
        profile=row.opener,
        case=row.case,
        cause=EventId(f"e{row.case}"),
        step=step,
        due_ms=row.opened_ms,
        useful_until_ms=0,
        order=SendMessage(
            message=step, brand="northwind_cars", message_class=MessageClass.SERVICE
        ),
    )
