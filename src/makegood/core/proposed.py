"""What waits for a second person's yes, as far as the fold has to remember it."""

from enum import StrEnum

from msgspec import Struct

from makegood.messages.ids import EventId, RepId
from makegood.messages.money import Money


class ProposalStatus(StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"
    CONTESTED = "contested"
    APPROVED = "approved"
    TURNED_DOWN = "turned_down"


class Proposal(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A remedy that somebody asks a colleague with more authority to give.

    Attributes:
        event: The event that proposed it.
        remedy: What is to be given.
        cost: What it costs.
        by: Who asks.
        reason: Why, by reference.
        due_ms: Until when a colleague has to answer; 0 when none has to.
        late: No answer came in time; it is still due.
        refused_by: Who turned it down.
        refusal: Why, by reference.
        contested: It was appealed; once is all.
        decided_by: Who answered last.
    """

    event: EventId
    remedy: str
    cost: Money
    by: RepId
    at_ms: int
    status: ProposalStatus = ProposalStatus.WAITING
    off_script: bool = False
    reason: str = ""
    within_ms: int = 0
    due_ms: int = 0
    late: bool = False
    refused_by: RepId = RepId("")
    refusal: str = ""
    contested: bool = False
    decided_by: RepId = RepId("")

    @property
    def is_waiting(self) -> bool:
        """Whether a colleague has to answer."""
        return self.status in (ProposalStatus.WAITING, ProposalStatus.CONTESTED)
