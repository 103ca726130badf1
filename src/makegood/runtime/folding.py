"""Fold customers inside a transaction: the one path for new, late, linked and timed changes."""

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath

from msgspec.structs import replace

from makegood.core.everyone import comparables
from makegood.core.fold import FOLD_VERSION, Step, advance
from makegood.core.holds import encode_gate, gate_row
from makegood.core.likeness import Comparable
from makegood.core.notices import Notice, NoticeKind
from makegood.core.state import EMPTY, State, decode_state, encode_state
from makegood.messages.errors import StoreBusy
from makegood.messages.events import Event, OrderKey
from makegood.messages.ids import CommandId, CustomerId, EventId, ProfileId
from makegood.playbooks.book import Library
from makegood.ports.rows import CustomerRow, OutboxRow, Snapshot
from makegood.ports.store import Writing
from makegood.projections.answers import write_answers
from makegood.projections.cases import project, put_waiting
from makegood.projections.pointing import changed_pointers
from makegood.projections.promise_rows import write_promises
from makegood.projections.reckoned import write_reckoned
from makegood.projections.routings import put_routings
from makegood.projections.silence import write_silence
from makegood.runtime.folded import Folded, fold_history, is_late, is_outdated, sending_only
from makegood.runtime.linking import Locked
from makegood.runtime.noticing import Was, because_of, beside, by_hand, closed, fired, heard
from makegood.runtime.people_rows import touches_people, write_people
from makegood.runtime.reconcile import Reconciled, reconcile, write_outbox
from makegood.runtime.redirecting import write_redirects

_LOG = logging.getLogger("makegood.intake")
SNAPSHOT_EVERY = 64  # events; a late event then refolds half as many on average
SNAPSHOTS_REACH = 16 * SNAPSHOT_EVERY  # what is later than that folds from the beginning


def _differs(before: State, after: State, name: str) -> bool:
    return bool(getattr(before, name) != getattr(after, name))


class Folding:
    """Folds the customers of one transaction and writes them all at its end."""

    def __init__(self, writing: Writing, library: Library, now_ms: int) -> None:
        self._writing = writing
        self._library = library
        self._now_ms = now_ms
        self._folded: list[Folded] = []
        self._beside: list[Notice] = []
        self.brands: dict[EventId, tuple[str, ...]] = {}

    def take(self, row: CustomerRow, events: Sequence[Event]) -> None:
        """Fold new events of a customer; a late one folds its history again.

        Args:
            row: Locked.
            events: New ones, already in the log, in fold order.
        """
        was = because_of(events)
        if is_outdated(row):
            self.upgrade(row, frozenset(event.id for event in events), was)
            return
        if row.stuck or is_late(row, events[0]):
            self.refold(row, since=events[0], was=was)
            return
        self._guard(row, was, lambda: self._went_on(row, events))

    def upgrade(
        self,
        row: CustomerRow,
        new: frozenset[EventId] = frozenset(),
        was: Was | None = None,
    ) -> None:
        """Fold a customer of an older fold again: what only the new fold wants is not sent.

        Args:
            row: Locked.
            new: Events that have just come in; what they cause is sent.
            was: What the new events follow.
        """
        was = was or by_hand(f"fold/{FOLD_VERSION}", row)
        if row.stuck:
            self.refold(row, was=was)  # what could not be folded was never sent either
            return
        self._guard(row, was, lambda: self._upgraded(row, new))

    def _upgraded(self, row: CustomerRow, new: frozenset[EventId]) -> Folded:
        folded = self._again(row, None, sending=new)
        before, after = decode_state(row.state), folded.state or EMPTY
        names = [name for name in State.__struct_fields__ if _differs(before, after, name)]
        if names:
            _LOG.warning("customer %s: the new fold changes %s", row.customer, ", ".join(names))
        return folded

    def tick(self, row: CustomerRow) -> None:
        """Fire the due timers of a customer."""
        if is_outdated(row):
            self.upgrade(row)
            return
        self._guard(row, fired(row, self._now_ms), lambda: self._ticked(row))

    def refold(self, row: CustomerRow, since: Event | None = None, was: Was | None = None) -> None:
        """Fold a history again, from the last snapshot before an event, or from its beginning."""
        self._guard(row, was or by_hand("again", row), lambda: self._again(row, since))

    def _guard(self, row: CustomerRow, was: Was, fold: Callable[[], Folded]) -> None:
        """Keep a fault of one customer from its neighbours: it is stuck, and marketing waits."""
        now_ms = self._now_ms
        try:
            folded = fold()
            said = heard(was, row, folded.row, (folded.before, folded.state), now_ms)
            self._folded.append(replace(folded, notices=said) if said else folded)
        except StoreBusy:
            raise  # no fault of this customer; the whole transaction is tried again
        except Exception as fault:
            stuck = _where(fault)
            _LOG.error("customer %s is stuck: %s", row.customer, stuck)
            after = replace(row, stuck=stuck, next_due_ms=0)
            self._folded.append(Folded(row=after, notices=closed(was, row, after, now_ms)))

    def _went_on(self, row: CustomerRow, events: Sequence[Event]) -> Folded:
        before = decode_state(row.state)
        state, commands, withdrawn = fold_history(before, events, self._library, self.brands)
        count = row.events + len(events)
        row = replace(row, last=events[-1].order, events=count, fold=FOLD_VERSION)
        snapshot = None
        if count // SNAPSHOT_EVERY > (count - len(events)) // SNAPSHOT_EVERY:
            snapshot = _snapshot(row, state)
        if state is before:
            # Equal states are equal bytes, so the first event writes even an empty one.
            return Folded(row=row if row.state else _with(row, state), snapshot=snapshot)
        return Folded(
            row=_with(row, state),
            state=state,
            commands=commands,
            withdrawn=withdrawn,
            snapshot=snapshot,
            comparable=self._compared(before, state),
            asks=bool(before.requests or state.requests),
            before=before,
            opened=len(state.cases) > len(before.cases),
            people=touches_people(before, state),
            pointers=changed_pointers(before, state, row.customer, self._library.now()),
            routed=before.routings is not state.routings,
        )

    def _ticked(self, row: CustomerRow) -> Folded:
        before = decode_state(row.state)
        after: Step = advance(before, self._now_ms, self._library)
        return Folded(
            row=_with(row, after.state),
            state=after.state,
            commands=after.commands,
            withdrawn=after.withdrawn,
            comparable=self._compared(before, after.state),
            asks=bool(before.requests),
            before=before,
            people=touches_people(before, after.state),
            pointers=changed_pointers(before, after.state, row.customer, self._library.now()),
            routed=before.routings is not after.state.routings,
        )

    def _compared(self, before: State, after: State) -> tuple[Comparable, ...] | None:
        """Give what others are compared with, if it is no longer what it was."""
        if after.precedents is before.precedents and after.cases is before.cases:
            return None
        now = comparables(after, self._library)
        return None if now == comparables(before, self._library) else now

    def _again(
        self, row: CustomerRow, since: Event | None, sending: frozenset[EventId] | None = None
    ) -> Folded:
        can_tell = not row.stuck and not is_outdated(row)  # what the state was before
        snapshot = self._base(row, since)
        after: OrderKey | None = snapshot.upto if snapshot else None
        history = self._writing.history(row.customer, after)
        base = decode_state(snapshot.state) if snapshot else EMPTY
        state, commands, withdrawn = fold_history(base, history, self._library, self.brands)
        kept = state
        timed = advance(state, self._now_ms, self._library)
        commands += timed.commands
        needless = frozenset(withdrawn + timed.withdrawn)
        profiles = self._writing.profiles_of([row.customer])[row.customer]
        known = {one.command.id: one for one in self._writing.outbox_of(profiles)}
        before = frozenset(command for command, _ in base.orders)
        outbox = reconcile(commands, needless, known, self._now_ms, kept=before)
        if sending is not None:
            outbox = sending_only(outbox, known, sending)
        valid_before = since.order if since is not None and snapshot is not None else None
        self._writing.drop_snapshots(row.customer, valid_before)
        count = (snapshot.events if snapshot else 0) + len(history)
        last = history[-1].order if history else after
        row = replace(row, last=last, events=count, fold=FOLD_VERSION, stuck="")
        fresh = _snapshot(row, kept) if count >= SNAPSHOT_EVERY else None
        old, now, book = decode_state(row.state), timed.state, self._library.now()
        asks = bool(now.requests) or not can_tell or bool(old.requests)
        alike = self._compared(old, now) if can_tell else comparables(now, self._library)
        return Folded(
            row=_with(row, now),
            state=now,
            outbox=outbox,
            snapshot=fresh,
            comparable=alike,
            asks=asks,
            before=old,
            opened=len(now.cases) > len(old.cases),
            people=not can_tell or touches_people(old, now),
            pointers=changed_pointers(old if can_tell else None, now, row.customer, book),
            routed=not can_tell or now.routings != old.routings,
            profiles=profiles if since is None else (),
        )

    def _base(self, row: CustomerRow, since: Event | None) -> Snapshot | None:
        if since is None or row.stuck or row.fold != FOLD_VERSION:
            return None
        snapshot = self._writing.snapshot_before(row.customer, since.order)
        if snapshot is not None and snapshot.fired_ms > min(since.time_ms, since.received_ms):
            return None
        return snapshot

    def say_beside(self, them: Locked, groups: Mapping[CustomerId, Sequence[Event]]) -> None:
        """Say that holds of others reach further: by names given to somebody found with them."""
        rows = {**them.others, **{one.row.customer: one.row for one in self._folded}}
        for named, other in sorted(them.beside):
            if other in rows and named in groups:
                self._beside += beside(groups[named], rows[other], self._now_ms)

    def opened(self, groups: Mapping[CustomerId, Sequence[Event]]) -> frozenset[EventId]:
        """Give those of new events whose customers have a new case, before it is written."""
        opened = [one.row.customer for one in self._folded if one.opened]
        return frozenset(event.id for one in opened for event in groups.get(one, ()))

    def write(self) -> None:
        """Write every folded customer: rows, gate, outbox and projections, set by set."""
        folded, writing, now_ms = self._folded, self._writing, self._now_ms
        writing.save([one.row for one in folded])
        changed = [one for one in folded if one.state is not None]
        projected = [project(it.state, it.row.customer) for it in changed if it.state is not None]
        if changed:
            names = {name: case for one in projected for name, case in one.failures.items()}
            writing.project(
                [one.row.customer for one in changed],
                [row for one in projected for row in one.cases],
                [line for one in projected for line in one.ledger],
                names,
                [one for it in projected for one in it.let_down],
            )
        put_waiting(writing, {one.row.customer: one.state for one in changed if one.asks})
        them = {one.row.customer: one.state for one in changed if one.people and one.state}
        if them:
            write_people(writing, them, {one.row.customer: one.before for one in changed})
        routed = {one.row.customer: one.state for one in changed if one.routed}
        put_routings(writing, routed, {one.row.customer for one in changed if one.outbox})
        write_redirects(
            writing, [(one.row.customer, one.before, one.state) for one in changed if one.state]
        )
        states = {it.row.customer: (it.before, it.state) for it in changed if it.state}
        write_silence(writing, states)
        write_reckoned(writing, states)
        snapshots = [one.snapshot for one in folded if one.snapshot is not None]
        if snapshots:
            writing.put_snapshots(snapshots, keep_events=SNAPSHOTS_REACH)
        write_outbox(writing, self._reconciled(), now_ms)
        alike = {one.row.customer: one.comparable for one in folded if one.comparable is not None}
        if alike:
            writing.put_comparables(alike)
        led = [(one.row.customer, one.pointers) for one in folded if one.pointers is not None]
        if led:
            writing.put_pointers([one for one, _ in led], [it for _, rows in led for it in rows])
        write_answers(writing, [(one.before, one.state, one.profiles) for one in changed])
        write_promises(writing, [(one.before, one.state) for one in changed])
        said = [*(notice for one in folded for notice in one.notices), *self._beside]
        if said:
            writing.put_notices(said)
        lifted = {one.customer for one in said if one.kind is NoticeKind.HOLD_LIFTED}
        if lifted:  # what a hold stopped at the SMTP gate goes out now, not at its next turn
            writing.wake_parked(sorted(lifted), now_ms)
        self._folded = []
        self._beside = []

    def _reconciled(self) -> list[Reconciled]:
        """Ask the outbox once, for what the folds found needless; no more can have changed."""
        needless = sorted({id_ for one in self._folded for id_ in one.withdrawn})
        found = self._writing.commands(needless) if needless else ()
        known = {row.command.id: row for row in found}
        return [one.outbox or _went_out(one, known, self._now_ms) for one in self._folded]


def _went_out(one: Folded, outbox: Mapping[CommandId, OutboxRow], now_ms: int) -> Reconciled:
    own = {id_: outbox[id_] for id_ in one.withdrawn if id_ in outbox}
    return reconcile(one.commands, frozenset(one.withdrawn), own, now_ms)


def _where(fault: Exception) -> str:
    """Name a fault and its place; its own words could hold a customer's facts."""
    places = traceback.extract_tb(fault.__traceback__)
    place = f"{PurePath(places[-1].filename).name}:{places[-1].lineno}" if places else "nowhere"
    return f"{type(fault).__name__}: {place}"


def _with(row: CustomerRow, state: State) -> CustomerRow:
    return replace(
        row,
        state=encode_state(state),
        gate=encode_gate(gate_row(state)),
        next_due_ms=state.next_due_ms,
        fired_ms=state.fired_ms,
        fold=FOLD_VERSION,
    )


def _snapshot(row: CustomerRow, state: State) -> Snapshot | None:
    if row.last is None:
        return None
    return Snapshot(
        customer=row.customer,
        upto=row.last,
        fired_ms=state.fired_ms,
        state=encode_state(state),
        commands=tuple(command for command, _ in state.orders),
        events=row.events,
    )


def by_customer(
    events: Sequence[Event], customers: Mapping[ProfileId, CustomerId]
) -> dict[CustomerId, list[Event]]:
    """Group events by customer, each group in fold order."""
    groups: dict[CustomerId, list[Event]] = {}
    for event in events:
        groups.setdefault(customers[event.profile], []).append(event)
    for group in groups.values():
        group.sort(key=lambda one: one.order)
    return groups
