"""Given events, when time passes, then commands: short builders for histories of one customer."""

from collections.abc import Iterable

from makegood.core.fold import FOLD_VERSION, Step, advance, step
from makegood.core.state import EMPTY, State
from makegood.messages.commands import Command
from makegood.messages.events import Absent, Event, OnDuty, Stamp
from makegood.messages.facts import Body, Fact, Touchpoint
from makegood.messages.ids import BookHash, CommandId, ProfileId, RepId
from makegood.playbooks.book import Library
from makegood.testing.book import DAY_MS, SMALL_BOOK

ANA = ProfileId("p" + "a" * 32)
NOON_MS = 1_770_000_000_000  # 2 February 2026, an arbitrary instant that tests count from
KATHY = OnDuty(RepId("kathy"), NOON_MS + DAY_MS)


def event(  # noqa: PLR0913 - a builder: each is one field of an event
    body: Body,
    *,
    at_ms: int,
    name: str = "",
    source: str = "booking",
    late_ms: int = 0,
    profile: ProfileId = ANA,
    book: BookHash = SMALL_BOOK,
    on_duty: tuple[OnDuty, ...] = (KATHY,),
    imported: bool = False,
    absent: tuple[Absent, ...] = (),
) -> Event:
    """Build an event; its id is its name or its time, so that builders stay short."""
    return Event(
        source=source,
        message_id=name or f"{type(body).__name__}-{at_ms}",
        profile=profile,
        time_ms=at_ms,
        received_ms=at_ms + late_ms,
        body=body,
        stamp=Stamp(
            book=book, fold=FOLD_VERSION, on_duty=on_duty, imported=imported, absent=absent
        ),
    )


def touch(name: str, /, *, at_ms: int, message: str = "", **properties: Fact) -> Event:
    """Build a touchpoint of the booking system."""
    return event(Touchpoint(name=name, properties=properties), at_ms=at_ms, name=message)


def folded(
    events: Iterable[Event], library: Library, *, now_ms: int = 0, state: State = EMPTY
) -> Step:
    """Fold a whole history in order, then let time pass to `now_ms`."""
    commands: tuple[Command, ...] = ()
    withdrawn: tuple[CommandId, ...] = ()
    for one in sorted(events, key=lambda each: each.order):
        after = step(state, one, library)
        state = after.state
        commands += after.commands
        withdrawn += after.withdrawn
    after = advance(state, now_ms, library)
    return Step(after.state, commands + after.commands, withdrawn + after.withdrawn)
