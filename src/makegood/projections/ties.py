"""A customer's own people as rows: what lists over all customers are made of."""

from collections.abc import Iterator, Mapping

from makegood.core.my_person import Choice, MyPerson, Standing, Thread
from makegood.core.state import State
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.store import Writing
from makegood.ports.ties import Tie, TieKind

_KINDS = {Standing.THEIRS: TieKind.THEIRS, Standing.WAITING: TieKind.WAITING}


def put_ties(writing: Writing, states: Mapping[CustomerId, State | None]) -> None:
    """Write the ties of customers in place of those that were; of nobody, nothing is asked."""
    if states:
        ties = [tie for id_, it in states.items() if it for tie in ties_of(it.my_person, id_)]
        writing.project_ties(sorted(states), ties)


def ties_of(mine: MyPerson, customer: CustomerId) -> tuple[Tie, ...]:
    """Give the ties of one customer."""
    return tuple(_all(mine, customer))


def _all(mine: MyPerson, customer: CustomerId) -> Iterator[Tie]:
    profile = ProfileId(customer)
    for choice in mine.choices:
        if choice.standing in _KINDS:
            yield _chosen(choice, customer)
    for one in mine.refused:
        yield Tie(
            customer=customer,
            profile=profile,
            kind=TieKind.APART,
            item=f"{one.side}/{one.rep}",
            rep=one.rep,
            at_ms=one.at_ms,
            side=one.side,
            by=one.by,
            why=one.why,
        )
    for thread in mine.threads:
        if thread.came_ms:
            yield _waits(thread, customer)


def _chosen(choice: Choice, customer: CustomerId) -> Tie:
    return Tie(
        customer=customer,
        profile=ProfileId(customer),
        kind=_KINDS[choice.standing],
        item=f"{choice.brand}/{choice.rep}",
        rep=choice.rep,
        at_ms=choice.since_ms,
        brand=choice.brand,
        choice=choice.event,
    )


def _waits(thread: Thread, customer: CustomerId) -> Tie:
    return Tie(
        customer=customer,
        profile=thread.profile,
        kind=TieKind.TALK,
        item=thread.id,
        rep=thread.taker,
        at_ms=thread.came_ms,
        brand=thread.brand,
        channel=thread.channel,
        case=thread.case,
        until_ms=thread.until_ms,
        asked_for=thread.asked_for,
        then=thread.then,
        last=thread.last,
        reasons=thread.reasons,
        words=thread.words,
    )
