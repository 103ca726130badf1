"""What becomes of a remedy that one person may not give alone: proposed, approved, turned down."""

from makegood.messages.body import FactBody, TextRef
from makegood.messages.ids import CaseId, EventId, RepId
from makegood.messages.money import Money


class Proposed(FactBody, frozen=True, kw_only=True, tag="proposed"):
    """A rep asks for a remedy above their authority; somebody else who may gives it or says no.

    Attributes:
        case: The case.
        remedy: What is to be given.
        cost: What it costs, worked out by `decide`.
        by: Who asks.
        off_script: The remedy is not one the plan offers.
        reason: Why; always there.
        within_ms: How long the others have for an answer.
    """

    case: CaseId
    remedy: str
    cost: Money
    by: RepId = RepId("")
    off_script: bool = False
    reason: TextRef = ""
    within_ms: int = 0


class Approved(FactBody, frozen=True, kw_only=True, tag="approved"):
    """Somebody else than who proposed it gives the remedy, within their own authority.

    Attributes:
        proposed: The event of the proposal.
        by: Who approves.
        cost: What it costs, as it was proposed.
        budget: The budget it is taken from; empty for none.
        remaining: What that budget has left after it.
    """

    case: CaseId
    proposed: EventId
    by: RepId = RepId("")
    cost: Money = Money(0)
    budget: str = ""
    remaining: Money | None = None


class TurnedDown(FactBody, frozen=True, kw_only=True, tag="turned_down"):
    """Somebody who could approve says no, with a reason.

    Attributes:
        proposed: The event of the proposal.
        by: Who says no.
        reason: Why; always there.
    """

    case: CaseId
    proposed: EventId
    by: RepId = RepId("")
    reason: TextRef = ""


class Contested(FactBody, frozen=True, kw_only=True, tag="contested"):
    """A proposal that was turned down is put before somebody else, once.

    Attributes:
        proposed: The event of the proposal.
        by: Who appeals.
        words: What they say.
    """

    case: CaseId
    proposed: EventId
    by: RepId = RepId("")
    words: TextRef = ""
