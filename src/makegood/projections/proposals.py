"""What waits for a second person's yes, as the case page shows it."""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from makegood.core.proposed import Proposal, ProposalStatus
from makegood.core.remedies import authority_used
from makegood.core.state import Case, State
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library
from makegood.ports.rows import RepRow
from makegood.projections.figures import money_words
from makegood.projections.orders import remedy_words
from makegood.projections.roster import rep_name


class ProposalCard(Struct, frozen=True, kw_only=True):
    """One proposal.

    Attributes:
        says: The pill's words.
        reason: What the proposer wrote.
        refusal: What who turned it down wrote; empty when nobody did.
        may_answer: The reader may say yes or no to it.
        may_contest: It was turned down and can still be appealed.
    """

    event: str
    title: str
    amount: str
    by: str
    at_ms: int
    due_ms: int
    late: bool
    says: str
    mark: Literal["warn", "alarm", "ok", ""]
    reason: str = ""
    refusal: str = ""
    may_answer: bool = False
    may_contest: bool = False


class Reader(Struct, frozen=True, kw_only=True):
    """Who looks at the page, and what they may give for one case."""

    rep: RepId
    limit_cents: int


def proposal_cards(
    state: State,
    case: Case,
    library: Library,
    reader: Reader,
    reps: Sequence[RepRow],
    texts: Mapping[str, str],
) -> tuple[ProposalCard, ...]:
    """Show the proposals of a case, the latest first.

    Args:
        state: The customer.
        case: The case.
        library: For the words of remedies.
        reader: Who looks.
        reps: For names.
        texts: Reasons by reference, as far as they were not erased.
    """
    currency = library.now(case.brand).currency
    left_cents = reader.limit_cents - authority_used(state, case, currency)
    return tuple(
        ProposalCard(
            event=one.event,
            title=remedy_words(one.remedy, library),
            amount=money_words(one.cost),
            by=rep_name(reps, one.by),
            at_ms=one.at_ms,
            due_ms=one.due_ms,
            late=one.late,
            says=_says(one, reps),
            mark=_mark(one),
            reason=texts.get(one.reason, ""),
            refusal=texts.get(one.refusal, ""),
            may_answer=case.is_open and _may_answer(one, reader, left_cents),
            may_contest=case.is_open
            and one.status is ProposalStatus.TURNED_DOWN
            and not one.contested,
        )
        for one in reversed(case.proposals)
    )


def _may_answer(one: Proposal, reader: Reader, left_cents: int) -> bool:
    party = one.by == reader.rep or (one.contested and one.refused_by == reader.rep)
    return one.is_waiting and not party and one.cost.cents <= left_cents


def _says(one: Proposal, reps: Sequence[RepRow]) -> str:
    match one.status:
        case ProposalStatus.WAITING:
            return "waits for a second person"
        case ProposalStatus.CONTESTED:
            return f"appealed: somebody else than {rep_name(reps, one.refused_by)} decides"
        case ProposalStatus.APPROVED:
            return f"approved by {rep_name(reps, one.decided_by)}"
        case ProposalStatus.TURNED_DOWN:
            return f"turned down by {rep_name(reps, one.decided_by)}"


def _mark(one: Proposal) -> Literal["warn", "alarm", "ok", ""]:
    if one.is_waiting:
        return "alarm" if one.late else "warn"
    return "ok" if one.status is ProposalStatus.APPROVED else ""
