"""What a customer asked for, as far as the fold has to remember it."""

from enum import StrEnum

from msgspec import Struct

from makegood.messages.agreements import Parties
from makegood.messages.ids import CommandId, EventId, ProfileId, RepId
from makegood.messages.money import Money


class RequestStatus(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    APPEALED = "appealed"
    ALLOWED = "allowed"
    DENIED = "denied"


class RequestState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One request.

    Attributes:
        event: The event that asked.
        profile: Whom that event was about; what is said of the request later is filed there.
        request: Its id in the book.
        within_ms: How long a person has for an answer.
        due_ms: Until when a person has to answer; 0 when none has to.
        late: An answer did not come in time.
        refused_by: Who said no; empty for the table.
        by: Who answered last; empty for the table.
        appealed: A no was appealed; once is all.
        remedy: What is given with a yes.
        cost: What that costs, or did cost once it was carried out.
        charge: What has to be paid.
        command: The order that carries the remedy out.
        done: It was carried out.
        failed: It was not: our word is broken.
        ended_ms: When it was last answered.
        claimed: What was spent, when it is a claim.
        receipt: Reference of the receipt; empty without one.
        by_rule: What the rule itself gives of it, in cents.
        part: The order that pays that, while a person answers for the rest.
        parties: Who asks, pays and is told; None for the customer alone.
        rule_refused: The no that was appealed was the rule's own; whoever upholds it does not
            make it theirs.
    """

    event: EventId
    profile: ProfileId
    request: str
    status: RequestStatus
    at_ms: int
    about: str = ""
    brand: str = ""
    within_ms: int = 0
    due_ms: int = 0
    late: bool = False
    refused_by: RepId = RepId("")
    by: RepId = RepId("")
    appealed: bool = False
    remedy: str = ""
    cost: Money | None = None
    charge: Money | None = None
    command: CommandId = CommandId("")
    done: bool = False
    failed: bool = False
    ended_ms: int = 0
    claimed: Money | None = None
    receipt: str = ""
    by_rule: int = 0
    part: CommandId = CommandId("")
    parties: Parties | None = None
    rule_refused: bool = False

    @property
    def rest_cents(self) -> int:
        """What was spent beyond what the rule itself gives."""
        return self.claimed.cents - self.by_rule if self.claimed is not None else 0

    @property
    def given(self) -> Money | None:
        """What is given with it, by the rule alone too; None for what did not come."""
        if self.failed:
            return None
        if self.part and self.claimed is not None:
            rest = self.cost.cents if self.cost is not None else 0
            return Money(self.by_rule + rest, self.claimed.currency)
        return self.cost

    @property
    def is_waiting(self) -> bool:
        """Whether a person has to answer."""
        return self.status in (RequestStatus.WAITING, RequestStatus.APPEALED)

    @property
    def may_leave(self) -> bool:
        """Whether nothing more follows from it: it is answered, and ordered nothing."""
        return not self.is_waiting and not self.command and not self.part
