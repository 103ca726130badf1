"""A customer after the fold, and how the events of one are folded."""

from collections.abc import Container, Sequence

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.fold import FOLD_VERSION, step
from makegood.core.likeness import Comparable
from makegood.core.notices import Notice
from makegood.core.state import State
from makegood.messages.commands import Command
from makegood.messages.events import Event
from makegood.messages.ids import CommandId, EventId, ProfileId
from makegood.playbooks.book import Library
from makegood.ports.pointers import Pointer
from makegood.ports.rows import CustomerRow, Snapshot
from makegood.runtime.reconcile import Reconciled


class Folded(Struct, frozen=True, gc=False, kw_only=True):
    """A customer after the fold, not yet written.

    Attributes:
        row: As it will be saved.
        state: Its state; None when nothing changed but the row's counters.
        outbox: What the outbox has to learn; None until it was asked about `withdrawn`.
        commands: What the fold wants, when it only went on.
        withdrawn: What the fold found needless, when it only went on.
        snapshot: To be kept, if it is time for one.
        comparable: What others are compared with; None while it stays as it is.
        asks: There were requests before, or there are now.
        before: Its state before, where the fold read it.
        notices: What the outside should hear.
        opened: There is a case that was not there before.
        people: Whom they chose, speak with or are kept apart from is no longer as it was.
        routed: Somebody was asked to look after them, or a wait of theirs has ended.
        pointers: What leads to the customer; None while that stays as it is.
        profiles: All of theirs, when their whole history was folded again; else none.
    """

    row: CustomerRow
    state: State | None = None
    outbox: Reconciled | None = None
    commands: tuple[Command, ...] = ()
    withdrawn: tuple[CommandId, ...] = ()
    snapshot: Snapshot | None = None
    comparable: tuple[Comparable, ...] | None = None
    asks: bool = False
    before: State | None = None
    notices: tuple[Notice, ...] = ()
    opened: bool = False
    people: bool = False
    pointers: tuple[Pointer, ...] | None = None
    routed: bool = False
    profiles: tuple[ProfileId, ...] = ()


def fold_history(
    state: State,
    events: Sequence[Event],
    library: Library,
    brands: dict[EventId, tuple[str, ...]],
) -> tuple[State, tuple[Command, ...], tuple[CommandId, ...]]:
    """Fold events in order; give the state, the commands and those found needless.

    `brands` learns which brands each event was judged to have let the customer down.
    """
    commands: list[Command] = []
    withdrawn: list[CommandId] = []
    for event in events:
        after = step(state, event, library)
        state = after.state
        commands += after.commands
        withdrawn += after.withdrawn
        if after.brands:
            brands[event.id] = after.brands
    return state, tuple(commands), tuple(withdrawn)


def is_outdated(row: CustomerRow) -> bool:
    """Whether a state was made by another version of the fold."""
    return row.fold not in (0, FOLD_VERSION)


def sending_only(
    outbox: Reconciled, known: Container[CommandId], new: frozenset[EventId]
) -> Reconciled:
    """Write down, and do not send, what an upgraded fold newly finds in old events."""
    put: list[Command] = []
    unsent: list[Command] = []
    for command in outbox.put:
        goes = command.cause in new or command.id in known
        (put if goes else unsent).append(command)
    return replace(outbox, put=tuple(put), needless=(*outbox.needless, *unsent))


def is_late(row: CustomerRow, event: Event) -> bool:
    """Whether an event comes before something that was folded already.

    A timer fires before an event only up to the time at which our server had received it.
    """
    before_last = row.last is not None and event.order < row.last
    return before_last or min(event.time_ms, event.received_ms) < row.fired_ms
