"""What a customer waits for, as rows: what is silent, and how long they waited."""

from collections.abc import Iterator, Mapping

from makegood.core.my_person import person_of
from makegood.core.said import SaidKind
from makegood.core.state import State
from makegood.core.waits import MOST_ENDED, Wait
from makegood.messages.ids import CustomerId, EventId, RepId
from makegood.ports.silence import SilentRow, Waited
from makegood.ports.store import Writing


def write_silence(
    writing: Writing, changed: Mapping[CustomerId, tuple[State | None, State]]
) -> None:
    """Write what customers wait for where that is no longer as it was; else ask nothing.

    Args:
        writing: The open transaction.
        changed: By customer the state before, None where it is not known, and now.
    """
    rows: list[SilentRow] = []
    customers: list[CustomerId] = []
    put: list[Waited] = []
    gone: list[tuple[EventId, str]] = []
    for customer, (before, now) in changed.items():
        own = silent_of(now, customer)
        if before is None or own != silent_of(before, customer):
            customers.append(customer)
            rows += own
        was = before.waits if before is not None else ()
        if was is not now.waits:
            known = set(was)
            put += [waited_of(one) for one in now.waits if one not in known]
            gone += _never_began(was, now.waits)
    writing.project_silent(sorted(customers), rows)
    if put:
        writing.put_waited(put)
    alive = {one.key for _, now in changed.values() for one in now.waits}
    writing.drop_waited([one for one in gone if one not in alive])  # or another customer's again


def _never_began(before: tuple[Wait, ...], now: tuple[Wait, ...]) -> Iterator[tuple[EventId, str]]:
    """Give waits that are gone; one that ended long ago has only left the state."""
    there = {one.key for one in now}
    ended = [one.ended_ms for one in now if one.ended_ms]
    oldest_ms = min(ended) if len(ended) >= MOST_ENDED else 0
    for one in before:
        if one.key not in there and not 0 < one.ended_ms <= oldest_ms:
            yield one.key


def waited_of(one: Wait) -> Waited:
    """Say how long somebody waits, and not who."""
    return Waited(
        event=one.event,
        rule=one.rule,
        brand=one.brand,
        channel=one.channel,
        at_ms=one.at_ms,
        ended_ms=one.ended_ms,
        gave_up=one.ended == "gave_up",
    )


def silent_of(state: State, customer: CustomerId) -> tuple[SilentRow, ...]:
    """Give what one customer waits for that has an end."""
    if not (state.waits or state.memory.said or state.requests):
        return ()
    return (*_waits(state, customer), *_promises(state, customer), *_asked(state, customer))


def _owner(state: State, brand: str) -> RepId:
    case = state.open_case
    return (case.owner if case is not None else RepId("")) or person_of(state.my_person, brand)


def _waits(state: State, customer: CustomerId) -> Iterator[SilentRow]:
    for one in state.waits:
        if one.ended_ms or not one.due_ms:
            continue
        thread = state.my_person.thread(one.about)
        taker = thread.taker if thread is not None else RepId("")
        yield SilentRow(
            customer=customer,
            profile=one.profile,
            kind="wait",
            item=f"wait/{one.rule}/{one.event}",
            name=one.rule,
            since_ms=one.at_ms,
            due_ms=one.due_ms,
            brand=one.brand,
            channel=one.channel,
            rep=taker or _owner(state, one.brand),
            norm=one.norm,
            by_ms=one.by_ms if one.told_ms else 0,
        )


def _promises(state: State, customer: CustomerId) -> Iterator[SilentRow]:
    """Give promises to be kept, and broken ones while somebody works on it; waits tell theirs."""
    waits = {one.key for one in state.waits}
    for one in state.memory.said:
        if one.kind is SaidKind.DISCLOSURE or (one.about, one.id) in waits:
            continue
        broken = one.broken and not one.kept_ms and state.open_case is not None
        if one.is_open or broken:
            yield SilentRow(
                customer=customer,
                profile=one.profile,
                kind="promise",
                item=f"promise/{one.id}/{one.event}",
                name=one.id,
                since_ms=one.at_ms,
                due_ms=one.due_ms,
                brand=one.brand,
                rep=one.by or _owner(state, one.brand),
            )


def _asked(state: State, customer: CustomerId) -> Iterator[SilentRow]:
    for one in state.requests:
        if one.is_waiting and one.due_ms:
            yield SilentRow(
                customer=customer,
                profile=one.profile,
                kind="request",
                item=f"request/{one.event}",
                name=one.request,
                since_ms=one.at_ms,
                due_ms=one.due_ms,
                brand=one.brand,
                rep=_owner(state, one.brand),
            )
