"""What a model made of a letter, as the desk shows it; and what a person may say instead."""

from msgspec import Struct

from makegood.desk.access import Desk
from makegood.playbooks.triage import NONE
from makegood.ports.letters import Letter
from makegood.ports.triage import TriageRow
from makegood.projections.roster import rep_name
from makegood.projections.triage import chance_words, kind_words


class TriageShown(Struct, frozen=True, kw_only=True):
    """What stands at a letter.

    Attributes:
        kind: What the model takes it for, or a person said it is.
        chance: How sure the model is.
        verdict: What followed.
        words: What that rests on.
        by: Who said what it is; empty where nobody did.
        kinds: What a person may say: names and words.
    """

    kind: str
    kind_words: str
    chance: str
    verdict: str
    intent: str
    urgent: bool
    language: str
    words: tuple[str, ...]
    by: str
    kinds: tuple[tuple[str, str], ...]


def triage_shown(desk: Desk, letter: Letter, row: TriageRow | None) -> TriageShown | None:
    """Say what stands at a letter; None for a book without triage, and for our own answers."""
    terms = desk.makegood.library.now(letter.brand).triage
    if letter.kind == "answer" or not (terms.channels or row is not None):
        return None
    said = row.said if row is not None else None
    by = row.rep if row is not None and row.labelled_ms else ""
    kind = row.kind if row is not None and by else said.kind if said is not None else NONE
    kinds = dict.fromkeys((NONE, *terms.kinds, kind))
    return TriageShown(
        kind=kind,
        kind_words=kind_words(kind),
        chance=chance_words(said.sure) if said is not None and not by else "",
        verdict=said.verdict if said is not None else "",
        intent=_intent(row),
        urgent=row is not None and (row.urgency == "urgent" if by else _is_urgent(row)),
        language=said.language if said is not None else "",
        words=row.words if row is not None and not by else (),
        by=rep_name(desk.reps, row.rep) if row is not None and by else "",
        kinds=tuple((one, kind_words(one)) for one in kinds),
    )


def _intent(row: TriageRow | None) -> str:
    if row is None:
        return ""
    return row.intent or (row.said.intent if row.said is not None else "")


def _is_urgent(row: TriageRow) -> bool:
    return row.said is not None and row.said.urgent
