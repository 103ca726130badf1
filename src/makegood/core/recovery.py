"""The recovery state machine: which moves a case can make, and no others.

A case is open until the customer says it is good again, or a person ends it with a reason.
Source: evidence, "Making good" (double deviation; silence is not recovery); story 3.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec.structs import replace

from makegood.core.state import CLOSED, Case, Phase


class Move(StrEnum):
    """What can happen to a case."""

    FAILURE_FOUND = "failure found"
    OFFERS_MADE = "offers made"
    NOTHING_TO_CHOOSE = "nothing to choose"
    CHOSEN = "chosen"
    CALL_NEEDED = "call needed"
    CALLED = "customer reached"
    QUESTION_ASKED = "question asked"
    SAID_GOOD = "customer said good"
    CRITERION_MET = "criterion met"
    USED_AGAIN = "line used again"
    RELEASED = "released by a person"
    DISMISSED = "no failure, said a person"


_END: Mapping[Move, Phase] = {
    Move.SAID_GOOD: Phase.MADE_WHOLE,
    Move.USED_AGAIN: Phase.MADE_WHOLE,
    Move.RELEASED: Phase.RELEASED,
}
_CALL: Mapping[Move, Phase] = {Move.CALL_NEEDED: Phase.CALLING}

TRANSITIONS: Mapping[Phase, Mapping[Move, Phase]] = {
    Phase.UNCLEAR: {
        Move.FAILURE_FOUND: Phase.OPENED,
        Move.DISMISSED: Phase.DISMISSED,
        Move.RELEASED: Phase.RELEASED,
    },
    Phase.OPENED: {
        Move.OFFERS_MADE: Phase.OFFERED,
        Move.NOTHING_TO_CHOOSE: Phase.HELPING,
        Move.CHOSEN: Phase.HELPING,
        **_CALL,
        **_END,
    },
    Phase.OFFERED: {Move.CHOSEN: Phase.HELPING, **_CALL, **_END},
    Phase.CALLING: {Move.CHOSEN: Phase.HELPING, Move.CALLED: Phase.HELPING, **_END},
    Phase.HELPING: {
        Move.OFFERS_MADE: Phase.OFFERED,
        Move.QUESTION_ASKED: Phase.ASKED,
        Move.CRITERION_MET: Phase.MADE_WHOLE,
        **_CALL,
        **_END,
    },
    Phase.ASKED: {
        Move.OFFERS_MADE: Phase.OFFERED,
        Move.CHOSEN: Phase.HELPING,
        **_CALL,
        **_END,
    },
    Phase.MADE_WHOLE: {},
    Phase.RELEASED: {},
    Phase.DISMISSED: {},
}


def moved(case: Case, move: Move, at_ms: int) -> Case:
    """Make a move; a move that the phase does not know leaves the case as it is.

    Args:
        case: The case.
        move: What happened.
        at_ms: When; becomes `closed_ms` when the case closes.

    Returns:
        The case in its next phase.
    """
    phase = TRANSITIONS[case.phase].get(move, case.phase)
    if phase is case.phase:
        return case
    closed_ms = at_ms if phase in CLOSED else 0
    return replace(case, phase=phase, closed_ms=closed_ms)


def can(case: Case, move: Move) -> bool:
    """Whether a case knows a move in its phase."""
    return move in TRANSITIONS[case.phase]


def diagram() -> str:
    """Draw the machine as a Mermaid state diagram; the documentation shows exactly this."""
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {Phase.OPENED.value}: failure"]
    lines += [f"    [*] --> {Phase.UNCLEAR.value}: cannot judge"]
    for phase, moves in TRANSITIONS.items():
        lines += [f"    {phase.value} --> {to.value}: {move.value}" for move, to in moves.items()]
    lines += [f"    {phase.value} --> [*]" for phase in Phase if phase in CLOSED]
    return "\n".join(lines)
