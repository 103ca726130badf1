"""What a letter about a week counts, from the state of one customer."""

from collections.abc import Iterator, Mapping

from makegood.core.asked import RequestState, RequestStatus
from makegood.core.my_person import person_of
from makegood.core.said import Said, SaidKind
from makegood.core.state import Case, State
from makegood.core.waits import Wait
from makegood.messages.ids import CustomerId, RepId, case_id
from makegood.ports.reckoned import LetDown, Reckoned
from makegood.ports.store import Writing


def let_downs(state: State, customer: CustomerId) -> tuple[LetDown, ...]:
    """Give every failure of a customer, as it is counted."""
    return tuple(
        LetDown(
            failure=case_id(failure.event),
            case=case.id,
            customer=customer,
            rule=failure.rule,
            brand=failure.brand or case.brand,
            cause=failure.cause.value,
            at_ms=failure.at_ms,
            again=place > 0 or _was_double(case),
        )
        for case in state.cases
        for place, failure in enumerate(case.failures)
    )


def _was_double(case: Case) -> bool:
    """Whether its first failure already came after one of a case before."""
    return case.double and len(case.failures) == 1


def write_reckoned(
    writing: Writing, changed: Mapping[CustomerId, tuple[State | None, State]]
) -> None:
    """Write what changed of promises, requests and waits; of nothing, nothing is asked.

    What ended stays counted when the state has let go of it; what never ended and is gone never
    was: a late event told otherwise.

    Args:
        writing: The open transaction.
        changed: By customer the state before, None where it is not known, and now.
    """
    put: list[Reckoned] = []
    gone: list[tuple[CustomerId, str]] = []
    for customer, (before, now) in changed.items():
        own = {one.item: one for one in reckoned_of(now, customer)}
        was = {one.item: one for one in reckoned_of(before, customer)} if before else {}
        put += [one for item, one in own.items() if was.get(item) != one]
        lasted = (item for item, one in was.items() if not one.ended_ms)
        gone += [(customer, item) for item in lasted if item not in own]
    if put:
        writing.put_reckoned(put)
    if gone:
        writing.drop_reckoned(gone)


def reckoned_of(state: State, customer: CustomerId) -> tuple[Reckoned, ...]:
    """Give all promises, requests and waits of one customer that the state remembers."""
    if not (state.waits or state.memory.said or state.requests):
        return ()
    return (*_waits(state, customer), *_promises(state, customer), *_requests(state, customer))


def _owner(state: State, brand: str) -> RepId:
    case = state.open_case
    return (case.owner if case is not None else RepId("")) or person_of(state.my_person, brand)


def _waits(state: State, customer: CustomerId) -> Iterator[Reckoned]:
    for one in state.waits:
        if one.due_ms:
            yield Reckoned(
                customer=customer,
                kind="wait",
                item=_item(one),
                name=one.rule,
                brand=one.brand,
                at_ms=one.at_ms,
                rep=_owner(state, one.brand) if not one.ended_ms else RepId(""),
                due_ms=one.due_ms,
                ended_ms=one.ended_ms,
            )


def _item(one: Wait) -> str:
    return f"wait/{one.rule}/{one.event}"


def _promises(state: State, customer: CustomerId) -> Iterator[Reckoned]:
    """Give what was promised; waits tell theirs."""
    waits = {one.key for one in state.waits}
    for one in state.memory.said:
        if one.kind is SaidKind.DISCLOSURE or not one.due_ms or (one.about, one.id) in waits:
            continue
        yield Reckoned(
            customer=customer,
            kind="promise",
            item=f"promise/{one.id}/{one.event}",
            name=one.id,
            brand=one.brand,
            at_ms=one.at_ms,
            rep=one.by or (_owner(state, one.brand) if not one.kept_ms else RepId("")),
            due_ms=one.due_ms,
            ended_ms=one.kept_ms or _given_up(state, one),
        )


def _given_up(state: State, one: Said) -> int:
    """Say when a broken promise ceased to be owed: its customer's last case ended after it."""
    if not one.broken or state.open_case is not None:
        return 0
    ended = (case.closed_ms for case in state.cases if case.closed_ms >= one.due_ms)
    return max(ended, default=0)


def _requests(state: State, customer: CustomerId) -> Iterator[Reckoned]:
    for one in state.requests:
        yield Reckoned(
            customer=customer,
            kind="request",
            item=f"request/{one.event}",
            name=one.request,
            brand=one.brand,
            at_ms=one.at_ms,
            rep=_owner(state, one.brand) if one.is_waiting else RepId(""),
            due_ms=one.due_ms if one.is_waiting or one.ended_ms else 0,
            ended_ms=0 if one.is_waiting else one.ended_ms or one.at_ms,
            how=one.status.value,
            by_rule=_rule_said_no(one),
            again=one.appealed,
        )


def _rule_said_no(one: RequestState) -> bool:
    if one.rule_refused:
        return True
    return (one.appealed or one.status is RequestStatus.DENIED) and not one.refused_by
