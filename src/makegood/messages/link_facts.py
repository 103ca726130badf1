"""Facts about who is who: two profiles were found to be one customer, and why."""

from makegood.messages.body import FactBody, TextRef
from makegood.messages.ids import ProfileId, RepId


class Linked(FactBody, frozen=True, kw_only=True, tag="linked"):
    """Two profiles are one customer, probably or by a person's word; `Unlinked` takes it back.

    Attributes:
        other: The profile to join with the event's own.
        by: Who decided; empty for a run whose threshold the pair was above.
        reason: Why.
        probability: That they are one person, by the model of the run.
        run: Number of the run that found them.
    """

    other: ProfileId
    by: RepId = RepId("")
    reason: TextRef = ""
    probability: float = 0.0
    run: int = 0
