"""What the routes of proposals take and give."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from makegood.api.asked import Cents, SumOut
from makegood.api.shapes import Line, Words, instant
from makegood.core.proposed import Proposal
from makegood.messages.ids import CaseId

ProposalKey = Annotated[str, StringConstraints(pattern=r"^e[0-9a-f]{32}$")]
_REP = "Sign-in name; their role, limit and brands count."


class ProposalIn(Schema):
    """A remedy above somebody's authority or budget."""

    model_config = ConfigDict(extra="forbid")

    rep: Line = Field(description=f"Who proposes. {_REP}")
    remedy: Line = Field(min_length=1, description="Id of a remedy, or a word of your own.")
    cents: Cents | None = Field(
        default=None, description="Leaves the script with this sum; null for the plan's remedy."
    )
    reason: Words = Field(min_length=1, description="Kept apart from the log.")


class ApprovalIn(Schema):
    """A yes."""

    model_config = ConfigDict(extra="forbid")

    rep: Line = Field(description=f"Who approves, never who proposed. {_REP}")


class RefusalIn(Schema):
    """A no."""

    model_config = ConfigDict(extra="forbid")

    rep: Line = Field(description=f"Who says no, never who proposed. {_REP}")
    reason: Words = Field(default="", description="Required; kept apart from the log.")


class ContestIn(Schema):
    """A no that is not accepted."""

    model_config = ConfigDict(extra="forbid")

    rep: Line = Field(description=f"Who appeals. {_REP}")
    words: Words = Field(default="", description="What they say; kept apart from the log.")


class ProposalOut(Schema):
    """A proposal as it stands; free of personal data."""

    id: str
    case: str
    remedy: str
    cost: SumOut
    proposed_by: str
    proposed_at: datetime
    status: Literal["waiting", "contested", "approved", "turned_down"]
    answer_by: datetime | None
    late: bool
    answered_by: str | None
    may_appeal: bool


class ProposalPage(Schema):
    """One page of the proposals of a case, oldest first; at most ten wait at a time."""

    proposals: list[ProposalOut]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


def proposal_fields(one: Proposal, case: CaseId, *, is_open: bool) -> dict[str, object]:
    """Show a proposal as JSON fields."""
    return {
        "id": one.event,
        "case": case,
        "remedy": one.remedy,
        "cost": {"cents": one.cost.cents, "currency": one.cost.currency},
        "proposed_by": one.by,
        "proposed_at": instant(one.at_ms),
        "status": one.status.value,
        "answer_by": instant(one.due_ms) if one.due_ms else None,
        "late": one.late,
        "answered_by": one.decided_by or None,
        "may_appeal": is_open and one.status.value == "turned_down" and not one.contested,
    }
