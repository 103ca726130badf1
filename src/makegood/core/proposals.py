"""Approval by a second person, with a clock: what one may not give alone, a colleague may.

Nobody approves what they proposed themselves, and nobody who turned it down decides the appeal.
An answer that does not come in time is still due, and is asked for louder.
Source: ideas, "Facts across customers"; evidence (42: limits by role).
"""

from msgspec.structs import replace

from makegood.core.decision import Asker, Decision, money_in, refuse
from makegood.core.granting import over_cap, size
from makegood.core.proposed import Proposal, ProposalStatus
from makegood.core.remedies import authority_used, grant
from makegood.core.state import Case, State
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.errors import Refused
from makegood.messages.facts import Approved, Contested, Granted, Proposed, TurnedDown
from makegood.messages.ids import EventId
from makegood.playbooks.book import RuleBook

MOST_WAITING = 10  # nobody reads more than that for one case


def propose(state: State, case: Case, wanted: Proposed, asker: Asker, book: RuleBook) -> Decision:
    """Decide whether something may be put before a colleague; what one may give needs nobody."""
    if not book.approval_ms:
        return refuse("no_approval", "The rule book has no approval by a second person.")
    if not wanted.reason:
        return refuse("reason_needed", "A colleague has to know why; one sentence is enough.")
    if sum(one.is_waiting for one in case.proposals) >= MOST_WAITING:
        return refuse("too_many_waiting", "So many proposals wait already; settle those first.")
    sized = size(state, case, _as_grant(wanted), asker, book)
    if isinstance(sized, Refused):
        return Decision(refused=sized, reasons=(sized.why,))
    total = authority_used(state, case, book.currency) + sized.cents
    payable = asker.left_cents is None or sized.cents <= asker.left_cents
    if total <= book.authority_cents.get(asker.role, 0) and payable:
        return refuse("within_authority", "You may give this yourself; nobody has to approve it.")
    if total > max(book.authority_cents.values(), default=0):
        why = f"Nobody of the firm may give {money_in(total, book)} for one case."
        return refuse("nobody_may", why, max(book.authority_cents.values(), default=0))
    body = replace(wanted, cost=sized, by=asker.rep, within_ms=book.approval_ms)
    return Decision(body=body)


def _as_grant(wanted: Proposed) -> Granted:
    return Granted(
        case=wanted.case,
        remedy=wanted.remedy,
        cost=wanted.cost,
        by=wanted.by,
        off_script=wanted.off_script,
        reason=wanted.reason,
    )


def answer(
    state: State, case: Case, wanted: Approved | TurnedDown, asker: Asker, book: RuleBook
) -> Decision:
    """Decide whether this person may say yes or no to a proposal."""
    one = find(case, wanted.proposed)
    if one is None:
        return refuse("no_such_proposal", "This case has no such proposal.")
    if not asker.rep:
        return refuse("reps_only", "Only a person of the firm can answer this.")
    if not one.is_waiting:
        return refuse("settled_already", "This proposal has its answer already.")
    if one.by == asker.rep:
        return refuse("somebody_else", "You proposed it; a colleague decides.")
    if one.contested and one.refused_by == asker.rep:
        return refuse("somebody_else", "You said no; somebody else decides about the appeal.")
    limit_cents = book.authority_cents.get(asker.role, 0)
    total = authority_used(state, case, book.currency) + one.cost.cents
    if total > limit_cents:
        why = (
            f"This takes {money_in(total, book)} of the case and your limit is "
            f"{money_in(limit_cents, book)}; somebody with a higher limit decides."
        )
        return refuse("over_authority", why, limit_cents)
    if isinstance(wanted, TurnedDown):
        if not wanted.reason:
            return refuse("reason_needed", "A no needs a reason that a colleague can be told.")
        return Decision(body=replace(wanted, by=asker.rep))
    if refused := over_cap(state, case, one.remedy, one.cost, book):
        return Decision(refused=refused, reasons=(refused.why,))
    return Decision(body=replace(wanted, by=asker.rep, cost=one.cost))


def contest(case: Case, wanted: Contested, asker: Asker) -> Decision:
    """Let a no be appealed, once."""
    one = find(case, wanted.proposed)
    if one is None:
        return refuse("no_such_proposal", "This case has no such proposal.")
    if not asker.rep:
        return refuse("reps_only", "Only a person of the firm can appeal this.")
    if one.contested:
        return refuse("appealed_already", "This was appealed already; once is all.")
    if one.status is not ProposalStatus.TURNED_DOWN:
        return refuse("nothing_to_appeal", "Only a no can be appealed.")
    return Decision(body=replace(wanted, by=asker.rep))


def find(case: Case, event: EventId) -> Proposal | None:
    """Find a proposal of a case by its event."""
    return next((one for one in case.proposals if one.event == event), None)


def proposed(turn: Turn, case: Case, body: Proposed) -> Case:
    """Put a proposal before the others, with its clock."""
    one = Proposal(
        event=turn.cause,
        remedy=body.remedy,
        cost=body.cost,
        by=body.by,
        at_ms=turn.at_ms,
        off_script=body.off_script,
        reason=body.reason,
        within_ms=body.within_ms,
    )
    return _wait(turn, replace(case, proposals=(*case.proposals, one)), one)


def _wait(turn: Turn, case: Case, one: Proposal) -> Case:
    due_ms = turn.known_ms + one.within_ms
    turn.set_timer(TimerKind.APPROVE_BY, due_ms, case.id, one.event)
    return turn.put(_with(case, replace(one, due_ms=due_ms)))


def approved(turn: Turn, case: Case, body: Approved) -> Case:
    """Give what was approved as if the approver had granted it; a second yes changes nothing."""
    one = _answered(turn, case, body.proposed)
    if one is None:
        return case
    done = replace(one, status=ProposalStatus.APPROVED, decided_by=body.by)
    granted = Granted(
        case=case.id,
        remedy=one.remedy,
        cost=body.cost,
        by=body.by,
        off_script=one.off_script,
        reason=one.reason,
        budget=body.budget,
        remaining=body.remaining,
    )
    return grant(turn, turn.put(_with(case, done)), granted)


def turned_down(turn: Turn, case: Case, body: TurnedDown) -> Case:
    """Write a no down, with its reason."""
    one = _answered(turn, case, body.proposed)
    if one is None:
        return case
    done = replace(
        one,
        status=ProposalStatus.TURNED_DOWN,
        decided_by=body.by,
        refused_by=body.by,
        refusal=body.reason,
    )
    return turn.put(_with(case, done))


def _answered(turn: Turn, case: Case, event: EventId) -> Proposal | None:
    one = find(case, event)
    if one is None or not one.is_waiting:
        return None
    turn.clear_timers(case.id, TimerKind.APPROVE_BY, about=event)
    return replace(one, due_ms=0)


def contested(turn: Turn, case: Case, body: Contested) -> Case:
    """Put a proposal before somebody else, with as long a clock as before."""
    one = find(case, body.proposed)
    if one is None or one.contested or one.status is not ProposalStatus.TURNED_DOWN:
        return case
    return _wait(turn, case, replace(one, status=ProposalStatus.CONTESTED, contested=True))


def unapproved(turn: Turn, case: Case, timer: Timer) -> Case:
    """Nobody answered in time: it is late, and still due."""
    one = find(case, EventId(timer.about))
    if one is None or not one.is_waiting:
        return case
    return turn.put(_with(case, replace(one, late=True)))


def _with(case: Case, one: Proposal) -> Case:
    proposals = tuple(one if other.event == one.event else other for other in case.proposals)
    return replace(case, proposals=proposals)
