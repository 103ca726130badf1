"""What becomes of a request: it waits, is answered, orders its remedy, and ends.

An answer that does not come in time is a failure of its own, and so is a yes that is not kept.
Source: ideas, 9 (we keep our own promises); evidence, "Owed by law or custom".
"""

from msgspec.structs import replace

from makegood.core.asked import RequestState, RequestStatus
from makegood.core.cases import take_failure
from makegood.core.failures import OTHER, SEVERITY_BY_HAND, silence_id
from makegood.core.state import Failure
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.core.waived import Waiver
from makegood.core.waivers import use_up, waive
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Appealed, Requested, Settled
from makegood.messages.ids import CaseId, CommandId, EventId, ProfileId, RepId
from makegood.messages.money import Money
from makegood.playbooks.terms import Cause

KEPT_MS = 90 * 86_400_000  # how long a settled request can still be appealed; the log keeps it
MOST_SETTLED = 20


def asked(turn: Turn, body: Requested) -> None:
    """Apply a request: order what was allowed with it, or start the clock of a person."""
    one = RequestState(
        event=turn.cause,
        profile=turn.origin.profile,
        request=body.request,
        status=RequestStatus.WAITING,
        at_ms=turn.at_ms,
        about=body.about,
        brand=body.brand,
        within_ms=body.within_ms,
        parties=turn.parties,
    )
    if body.claimed is not None:
        receipt = str(body.facts.get("receipt", ""))
        by_rule = body.amount.cents if body.amount is not None else 0
        one = replace(one, claimed=body.claimed, receipt=receipt, by_rule=by_rule)
    if body.answer == "person":
        if body.remedy and body.amount is not None:  # what the rule itself pays of a claim
            part = _order(turn, one, body.remedy, body.amount, step="part")
            one = replace(one, part=part, remedy=body.remedy)
        _wait(turn, one, RequestStatus.WAITING)
    elif body.answer == "allow":
        turn.state = use_up(turn.state, body.used)
        _waive(turn, body, one)
        _allowed(turn, one, body.remedy, body.amount, body.charge)
    else:
        _put(turn, replace(one, status=RequestStatus.DENIED, ended_ms=turn.at_ms))


def settled(turn: Turn, body: Settled) -> None:
    """Apply a person's answer; one that comes second changes nothing."""
    one = turn.state.request(body.asked)
    if one is None or not one.is_waiting:
        return
    turn.clear_timers(one.event, TimerKind.ANSWER_BY)
    one = replace(one, due_ms=0, by=body.by, ended_ms=turn.at_ms)
    if body.answer == "allow":
        _waive(turn, body, one)
        _allowed(turn, one, body.remedy, body.cost, body.charge)
    else:
        _put(turn, replace(one, status=RequestStatus.DENIED, refused_by=body.by))


def _waive(turn: Turn, body: Requested | Settled, one: RequestState) -> None:
    """Remember what a yes waives, with who said so and why."""
    if not body.waives:
        return
    by_person = isinstance(body, Settled)
    waiver = Waiver(
        what=body.waives,
        event=turn.cause,
        at_ms=turn.at_ms,
        by=body.by if by_person else RepId(""),
        reason=body.reason if isinstance(body, Settled) else "",
        request=one.request,
        once=body.once,
    )
    turn.state = waive(turn.state, waiver)


def appealed(turn: Turn, body: Appealed) -> None:
    """Apply an appeal: a person has as long as the request gives."""
    one = turn.state.request(body.asked)
    if one is not None and one.status is RequestStatus.DENIED and not one.appealed:
        one = replace(one, appealed=True, rule_refused=not one.refused_by)
        _wait(turn, one, RequestStatus.APPEALED)


def _wait(turn: Turn, one: RequestState, status: RequestStatus) -> None:
    due_ms = turn.known_ms + one.within_ms
    about = "appeal" if one.appealed else ""
    turn.set_timer(TimerKind.ANSWER_BY, due_ms, one.event, about, one.brand)
    _put(turn, replace(one, status=status, due_ms=due_ms))


def _allowed(
    turn: Turn, one: RequestState, remedy: str, cost: Money | None, charge: Money | None
) -> None:
    one = replace(one, status=RequestStatus.ALLOWED, charge=charge, ended_ms=turn.at_ms)
    if remedy:
        cost = cost or Money(0, turn.book.currency)
        command = _order(turn, one, remedy, cost)
        one = replace(one, remedy=remedy, cost=cost, command=command)
    _put(turn, one)


def _order(turn: Turn, one: RequestState, remedy: str, cost: Money, step: str = "") -> CommandId:
    listed = turn.book.remedies.get(remedy)
    fulfil = Fulfil(
        remedy=remedy,
        kind=listed.kind if listed else remedy,
        provider=listed.provider if listed else "",
        amount=cost,
        owed=one.claimed is not None,
        about=one.about,
        brand=one.brand,
        basis=one.request if one.claimed is not None else "",
        facts={"request": one.request},
        payee=one.parties.pays if one.parties is not None else ProfileId(""),
    )
    return turn.issue(CaseId(""), f"request/{one.event}/{step or remedy}", fulfil)


def _put(turn: Turn, one: RequestState) -> None:
    """Put a request in its place; words of long ago, or of too many, leave, and money stays."""
    requests = turn.state.requests
    if any(other.event == one.event for other in requests):
        requests = tuple(one if other.event == one.event else other for other in requests)
    else:
        requests = (*requests, one)
    ended = sorted((other.ended_ms for other in requests if other.may_leave), reverse=True)
    oldest_ms = turn.at_ms - KEPT_MS
    if len(ended) > MOST_SETTLED:
        oldest_ms = max(oldest_ms, ended[MOST_SETTLED - 1])
    kept = (other for other in requests if not other.may_leave or other.ended_ms >= oldest_ms)
    turn.state = replace(turn.state, requests=tuple(kept))


def unanswered(turn: Turn, timer: Timer) -> None:
    """Take an answer that did not come in time for the failure it is; it is still due."""
    one = turn.state.request(timer.subject)
    if one is None or not one.is_waiting:
        return
    _put(turn, replace(one, late=True))
    origin = turn.origin
    event = silence_id(origin.source, origin.message_id, "answer")
    about = f"answer/{one.event}"
    _let_down(turn, one, event, f"{about}/{timer.about}" if timer.about else about)


def kept(turn: Turn, command: CommandId, paid: Money | None) -> bool:
    """Write down that a remedy was carried out; False when no request ordered it."""
    one = _ordered(turn, command)
    if one is None:
        return False
    if command == one.part:
        return True
    _put(turn, replace(one, done=True, failed=False, cost=paid or one.cost))
    return True


def broken(turn: Turn, command: CommandId) -> bool:
    """A remedy that was allowed and does not come is a promise of ours that broke."""
    one = _ordered(turn, command)
    if one is None or one.done or one.failed:
        return False
    _put(turn, replace(one, failed=True))
    _let_down(turn, one, turn.cause, f"promise/{one.event}")
    return True


def _ordered(turn: Turn, command: CommandId) -> RequestState | None:
    asked = turn.state.requests
    return next((one for one in asked if command in (one.command, one.part)), None)


def _let_down(turn: Turn, one: RequestState, event: EventId, about: str) -> None:
    failure = Failure(
        event=event,
        rule=OTHER,
        about=about,
        brand=one.brand,
        at_ms=turn.at_ms,
        severity=SEVERITY_BY_HAND,
        cause=Cause.FIRM,
        book=turn.origin.book,
        by=RepId(""),
        details={"request": one.request},
        parties=one.parties,
    )
    take_failure(turn, failure)
