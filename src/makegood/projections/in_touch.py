"""Keeping in touch as rows: who leaves, who is put forward, what may be said, and lots."""

from collections.abc import Iterator

from makegood.core.hellos import THANKS, is_quiet
from makegood.core.in_touch import Hello, Succession
from makegood.core.my_person import keeper_of
from makegood.core.state import State
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.lots import LotRow
from makegood.ports.ties import Tie, TieKind


def touch_ties(state: State, customer: CustomerId) -> tuple[Tie, ...]:
    """Give the ties that keeping in touch makes; what is a task rests while something is open."""
    return tuple(_all(state, customer))


def lots_of(state: State, customer: CustomerId) -> tuple[LotRow, ...]:
    """Give the lots of one customer."""
    return tuple(
        LotRow(
            customer=customer,
            experiment=one.experiment,
            treated=one.treated,
            propensity=one.propensity,
            at_ms=one.at_ms,
            back_ms=one.back_ms,
            good_ms=one.good_ms,
            bad_ms=one.bad_ms,
        )
        for one in state.in_touch.lots
    )


def _all(state: State, customer: CustomerId) -> Iterator[Tie]:
    mine = state.in_touch
    for one in mine.successions:
        yield from _leaving(one, customer)
    quiet = is_quiet(state)
    for ready in mine.ready:
        if not quiet:
            yield Tie(
                customer=customer,
                profile=ready.profile,
                kind=TieKind.READY,
                item=f"{ready.kind}/{ready.thing.id}/{ready.thing.event}",
                rep=keeper_of(state.my_person),
                at_ms=ready.at_ms,
                channel=ready.kind,
            )
    for hello in mine.hellos:
        yield from _hello(hello, customer, quiet=quiet)


def _leaving(one: Succession, customer: CustomerId) -> Iterator[Tie]:
    tie = Tie(
        customer=customer,
        profile=one.profile,
        kind=TieKind.LEAVING,
        item=one.event,
        rep=one.rep,
        at_ms=one.at_ms,
        brand=one.brand,
        choice=one.choice,
        until_ms=one.leaves_ms,
        then=one.successor,
        likeness=one.reasons,
    )
    if one.is_asked:
        yield tie
        if one.successor:
            yield _as(tie, TieKind.HEIR, customer, one.successor)
    if one.waits_to_meet:
        yield _as(tie, TieKind.MEETING, customer, one.rep)


def _as(tie: Tie, kind: TieKind, customer: CustomerId, rep: str) -> Tie:
    return Tie(
        customer=customer,
        profile=tie.profile,
        kind=kind,
        item=tie.item,
        rep=type(tie.rep)(rep),
        at_ms=tie.at_ms,
        brand=tie.brand,
        choice=tie.choice,
        until_ms=tie.until_ms,
        asked_for=tie.rep,
        then=tie.then,
        likeness=tie.likeness,
    )


def _hello(hello: Hello, customer: CustomerId, *, quiet: bool) -> Iterator[Tie]:
    if hello.ended in ("kept_back", "moved"):
        return
    kinds = [TieKind.THANKED if hello.kind == THANKS else TieKind.GREETED]
    if hello.ended == "due" and not quiet:
        kinds.append(TieKind.HELLO)
    for each in kinds:
        yield Tie(
            customer=customer,
            profile=ProfileId(hello.profile),
            kind=each,
            item=hello.event,
            rep=hello.rep,
            at_ms=hello.at_ms,
            channel=hello.kind,
            until_ms=hello.by_ms,
            words=hello.thing.words,
            thing=hello.thing.id,
            about=hello.thing.about,
            source=hello.thing.event,
            said_ms=hello.thing.at_ms,
            ends_ms=hello.thing.ends_ms,
        )
