"""Facts about root causes: what a person found to be behind a case."""

from typing import Literal, TypeAlias

from makegood.messages.body import FactBody, TextRef
from makegood.messages.ids import CaseId, RepId

RootKind: TypeAlias = Literal["", "policy", "process", "person", "outside"]
"""Of what kind a root cause is; empty while nobody has said."""
ROOT_KINDS: tuple[RootKind, ...] = ("policy", "process", "person", "outside")


class RootCauseNamed(FactBody, frozen=True, kw_only=True, tag="root_cause_named"):
    """A person named what is behind a case; a later naming takes the place of an earlier one.

    Attributes:
        case: The case, open or closed.
        cause: `rule:<id>`, `place:<id>`, or `other:<words>`, free of personal data; empty takes
            the name back.
        by: Who named it.
        kind: A rule that is wrong, how work is done, somebody, or what no one here can change.
            Empty leaves what was said before.
        action: What is done about it. Empty leaves what was said before.
        told: The same as the customer may be told it, in plain words and free of personal data.
            Empty leaves what was said before; without any they are told nothing.
    """

    case: CaseId
    cause: str
    by: RepId = RepId("")
    kind: RootKind = ""
    action: TextRef = ""
    told: str = ""
