"""Facts about root causes: what a person found to be behind a case."""

from makegood.messages.body import FactBody
from makegood.messages.ids import CaseId, RepId


class RootCauseNamed(FactBody, frozen=True, kw_only=True, tag="root_cause_named"):
    """A person named what is behind a case; a later naming takes the place of an earlier one.

    Attributes:
        case: The case, open or closed.
        cause: `rule:<id>`, `place:<id>`, or `other:<words>`, free of personal data; empty takes
            the name back.
        by: Who named it.
    """

    case: CaseId
    cause: str
    by: RepId = RepId("")
