"""What the outside should hear: how two stored states of a customer differ.

A tool that keeps its own copy of who is held can only be right if it hears of each change, once,
with the whole answer in it. So a notice says what changed, and what holds after that.
Source: ideas, 2 (what leaves as a feed is "synced"); Standard Webhooks 1.0.0 (stable ids).
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

import msgspec
from msgspec import Struct

from makegood.core.holds import EVERYWHERE, GateRow
from makegood.core.state import Case, Phase
from makegood.messages.ids import (
    CaseId,
    CustomerId,
    NoticeId,
    ProfileId,
    RepId,
    notice_id,
)

MOST_NAMES = 20  # of a case in one notice; it must stay small
STUCK = "stuck"
CANNOT_JUDGE = "cannot_judge"
HOLD = "hold"
JOINED = "joined"
VOID = "void"


class NoticeKind(StrEnum):
    """What can be heard; the words are the `type` of a webhook."""

    HOLD_OPENED = "hold.opened"
    HOLD_LIFTED = "hold.lifted"
    CASE_OPENED = "case.opened"
    CASE_ESCALATED = "case.escalated"
    CASE_OWNER_CHANGED = "case.owner_changed"
    CASE_MADE_WHOLE = "case.made_whole"
    CASE_CLOSED = "case.closed"
    CASE_REOPENED = "case.reopened"

    @property
    def is_hold(self) -> bool:
        """Whether it says that marketing stops or may go on."""
        return self in (NoticeKind.HOLD_OPENED, NoticeKind.HOLD_LIFTED)


class Notice(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One change that the outside should hear of; free of personal data.

    Attributes:
        id: The same whenever the same cause brings the same change; receivers know a repeat by it.
        kind: What changed.
        customer: Whose it was when it changed; a merge may have given them another id since.
        profile: Finds today's customer.
        at_ms: As of when it is said.
        case: The case behind it; empty when a history cannot be folded.
        brand: Of the case.
        names: Other ids of the case; a late event may give it another one.
        scope: Of a hold: what opened or was lifted, a brand, or "*" for every brand.
        held: Of a hold: every scope that holds after it, in full; replace what you kept by it.
        reason: Of a hold: "hold", "cannot_judge" or "stuck"; of an escalation: "second_failure" or
            "long_hold".
        phase: Of a case: where it stands; "joined" when it went on in another one, "void" when a
            late event left nothing of it.
        owner: Of a case: the person answerable for it; empty when there is none.
        into: The case it went on in, when it was joined.
    """

    id: NoticeId
    kind: NoticeKind
    customer: CustomerId
    profile: ProfileId
    at_ms: int
    case: CaseId = CaseId("")
    brand: str = ""
    names: tuple[CaseId, ...] = ()
    scope: str = ""
    held: tuple[str, ...] = ()
    reason: str = ""
    phase: str = ""
    owner: RepId = RepId("")
    into: CaseId = CaseId("")


class Look(Struct, frozen=True, gc=False, kw_only=True):
    """One customer as stored at one moment.

    Attributes:
        cases: All their cases.
        gate: Their gate row, which says when their history cannot be folded.
    """

    customer: CustomerId
    cases: tuple[Case, ...] = ()
    gate: GateRow = GateRow()


def scopes_of(gate: GateRow) -> tuple[str, ...]:
    """Say for which brands promotional mail is stopped: ("*",) for all, () for none."""
    if gate.stuck or any(hold.scope == EVERYWHERE for hold in gate.holds):
        return (EVERYWHERE,)
    return tuple(sorted({hold.scope for hold in gate.holds}))


def covers(scopes: Sequence[str], scope: str) -> bool:
    """Whether scopes that hold stop all that a scope stops."""
    return EVERYWHERE in scopes or scope in scopes


def notices(
    before: Sequence[Look],
    after: Look,
    *,
    cause: str,
    at_ms: int,
    afresh: bool = False,
    split: bool = False,
) -> tuple[Notice, ...]:
    """Say what changed.

    Args:
        before: The customer before; several when they were merged, none when nobody was there.
        after: The customer now.
        cause: The event or the firing behind it; part of the ids.
        at_ms: The present.
        afresh: They were joined or taken apart: what holds is said again, because names came or
            went.
        split: They were taken apart: a case that is missing may have gone with another customer.

    Returns:
        Holds first: whoever sends must stop before anything else.
    """
    said = [*_holds(before, after, afresh=afresh)]
    olds = [case for look in before for case in look.cases]
    said += _cases(olds, after, split=split)
    return tuple(_named(one, cause, at_ms) for one in said)


def still_held(after: Look, *, cause: str, at_ms: int) -> tuple[Notice, ...]:
    """Say again what holds, because a name was added: it is held too from now on.

    Args:
        after: The customer now.
        cause: The names, so that the same ones again say nothing new.
        at_ms: The present.
    """
    scopes = scopes_of(after.gate)
    opened = (_hold(NoticeKind.HOLD_OPENED, after, after.gate, scope) for scope in scopes)
    return tuple(_named(one, cause, at_ms) for one in opened)


def _named(said: Notice, cause: str, at_ms: int) -> Notice:
    whose = said.customer if said.kind.is_hold else ""
    named = notice_id(said.kind.value, whose, said.case, f"{said.scope}{said.reason}", cause)
    return msgspec.structs.replace(said, id=named, at_ms=at_ms)


def _holds(before: Sequence[Look], after: Look, *, afresh: bool) -> Iterator[Notice]:
    olds = [scopes_of(look.gate) for look in before] or [()]
    now = scopes_of(after.gate)
    for scope in now:
        if afresh or any(not covers(old, scope) for old in olds):
            yield _hold(NoticeKind.HOLD_OPENED, after, after.gate, scope)
    told = {scope: look.gate for look, old in zip(before, olds, strict=False) for scope in old}
    for scope, gate in sorted(told.items()):
        if not covers(now, scope):
            yield _hold(NoticeKind.HOLD_LIFTED, after, gate, scope)


def _hold(kind: NoticeKind, after: Look, behind: GateRow, scope: str) -> Notice:
    """Name the case behind a scope: the oldest that holds it."""
    hold = next((one for one in behind.holds if one.scope == scope), None)
    reason = STUCK if hold is None else CANNOT_JUDGE if hold.unclear else HOLD
    case = hold.case if hold is not None else CaseId("")
    return Notice(
        id=NoticeId(""),
        kind=kind,
        customer=after.customer,
        profile=ProfileId(after.customer),
        at_ms=0,
        case=case,
        brand=next((one.brand for one in after.cases if one.id == case), ""),
        scope=scope,
        held=scopes_of(after.gate),
        reason=reason,
    )


def _cases(olds: Sequence[Case], after: Look, *, split: bool) -> Iterator[Notice]:
    """Compare case by case; a case is its id, so that one with another id is another one."""
    ids = {case.id: case for case in olds}
    for case in after.cases:
        was = ids.get(case.id)
        if was != case:
            known = was or _renamed(olds, case)
            if was is None and known is not None and not known.is_open and not case.is_open:
                continue  # over before and over now: only its name changed
            changes = _changes(was, case, known=known is not None)
            yield from (_case(after, case, *one) for one in changes)
    now = {case.id for case in after.cases}
    for old in olds:
        if old.id not in now and old.is_open:
            yield from _ceased(old, after, split=split)


def _renamed(olds: Iterable[Case], case: Case) -> Case | None:
    """Find what a case was before a late event became its first."""
    names = {case.id, *case.names}
    return next((old for old in olds if old.id in names or case.id in old.names), None)


def _changes(was: Case | None, now: Case, *, known: bool) -> Iterator[tuple[NoticeKind, str]]:
    """Give each kind of change with its reason."""
    if was is None:
        if now.origin.imported and not known:
            return  # history was no news to anybody
        yield NoticeKind.CASE_OPENED, ""
    elif now.is_open and not was.is_open:
        yield NoticeKind.CASE_REOPENED, ""
    if now.double and not (was and was.double):
        yield NoticeKind.CASE_ESCALATED, "second_failure"
    if now.look and not (was and was.look):
        yield NoticeKind.CASE_ESCALATED, "long_hold"
    if was is not None and was.owner != now.owner:
        yield NoticeKind.CASE_OWNER_CHANGED, ""
    if not now.is_open and (was is None or was.phase is not now.phase):
        if now.phase is Phase.MADE_WHOLE:
            yield NoticeKind.CASE_MADE_WHOLE, ""
        yield NoticeKind.CASE_CLOSED, ""


def _ceased(old: Case, after: Look, *, split: bool) -> Iterator[Notice]:
    """Close for the outside a case that there is no more under its id."""
    into = next((case for case in after.cases if old.id in case.names), None)
    if into is None and split:
        return  # it went with the other customer
    into = into or next((case for case in after.cases if case.id in old.names), None)
    if into is None:  # its failure may have become one with another about the same
        abouts = {failure.about for failure in old.failures}
        into = next((case for case in after.cases if any(map(case.failure, abouts))), None)
    closed = _case(after, old, NoticeKind.CASE_CLOSED, "")
    phase = VOID if into is None else JOINED
    yield msgspec.structs.replace(closed, phase=phase, into=into.id if into else CaseId(""))


def _case(after: Look, case: Case, kind: NoticeKind, reason: str) -> Notice:
    return Notice(
        id=NoticeId(""),
        kind=kind,
        customer=after.customer,
        profile=case.origin.profile,
        at_ms=0,
        case=case.id,
        brand=case.brand,
        names=tuple(name for name in dict.fromkeys(case.names) if name != case.id)[:MOST_NAMES],
        reason=reason,
        phase=case.phase.value,
        owner=case.owner,
    )


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Notice)


def encode_notice(notice: Notice) -> bytes:
    """Write a notice in the form the feed keeps (MessagePack)."""
    return _ENCODER.encode(notice)


def decode_notice(blob: bytes) -> Notice:
    """Read a notice that `encode_notice` wrote."""
    return _DECODER.decode(blob)
