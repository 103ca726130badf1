"""Who raised a case, and what is behind it: noted for those who have to answer for it.

Source: story 5 (looking after the customer is everyone's job).
"""

from msgspec.structs import replace

from makegood.core.decision import Asker, Decision, refuse
from makegood.core.state import Case
from makegood.core.turn import Turn
from makegood.messages.facts import RootCauseNamed
from makegood.messages.ids import RepId
from makegood.playbooks.book import RuleBook, rules_of

RULE, PLACE, OTHER_CAUSE = "rule", "place", "other"
LONGEST_CAUSE = 100
MOST_RAISED = 50  # people who raised one case


def named(turn: Turn, case: Case, body: RootCauseNamed) -> None:
    """Apply the name of what is behind a case."""
    turn.put(replace(case, root=body.cause, root_ms=turn.at_ms if body.cause else 0))


def note_who_raised(turn: Turn, about: str, by: RepId) -> None:
    """Remember who raised a case, so that they hear what became of it."""
    if not by:
        return
    for case in reversed(turn.state.cases):
        if case.failure(about) is not None:
            if by not in dict(case.raised) and len(case.raised) < MOST_RAISED:
                turn.put(replace(case, raised=(*case.raised, (by, turn.at_ms))))
            return


def name(case: Case, wanted: RootCauseNamed, asker: Asker, book: RuleBook) -> Decision:
    """Let the owner of a case, or a supervisor, name its root cause."""
    if not asker.rep:
        return refuse("reps_only", "Only a person of the firm can name what is behind a case.")
    if asker.rep != case.owner and asker.role != "supervisor":
        return refuse("not_yours", "Its owner or a supervisor names what is behind a case.")
    kind, _, what = wanted.cause.partition(":")
    if wanted.cause and (kind not in (RULE, PLACE, OTHER_CAUSE) or not what.strip()):
        return refuse("no_such_cause", "Name a rule, a place, or what it was in words.")
    if len(wanted.cause) > LONGEST_CAUSE:
        return refuse("too_long", f"A root cause has at most {LONGEST_CAUSE} letters.")
    if kind == RULE and what not in rules_of(book):
        return refuse("no_such_rule", f"The rule book has no rule `{what}`.")
    return Decision(body=replace(wanted, by=asker.rep))
