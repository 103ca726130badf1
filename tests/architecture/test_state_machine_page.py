"""The page about the state machine shows the machine that the code has.

`python -m tests.architecture.test_state_machine_page` writes the diagram into the page again.
"""

import re
from pathlib import Path

from makegood.core.recovery import TRANSITIONS, diagram
from makegood.core.state import CLOSED, Phase

PAGE = Path(__file__).parents[2] / "docs/explanation/state-machine.md"
DRAWN = re.compile(r"(?<=```mermaid\n).*?(?=\n```)", re.DOTALL)


def test_the_page_shows_the_machine_that_the_code_has():
    assert DRAWN.findall(PAGE.read_text()) == [diagram()]


def test_the_page_explains_every_phase():
    explained = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE))
    assert explained == {phase.value for phase in Phase}


def test_a_case_can_always_be_ended():
    ends = dict.fromkeys(CLOSED, True)
    for _ in Phase:
        ends |= {
            phase: True
            for phase, moves in TRANSITIONS.items()
            if any(ends.get(to) for to in moves.values())
        }
    assert set(ends) == set(Phase)


def test_a_closed_case_stays_closed():
    assert {phase for phase, moves in TRANSITIONS.items() if not moves} == CLOSED


if __name__ == "__main__":
    PAGE.write_text(DRAWN.sub(lambda _: diagram(), PAGE.read_text(), count=1))
