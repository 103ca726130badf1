"""Who raised a case, and what is behind it: noted for those who have to answer for it.

Source: story 5 (looking after the customer is everyone's job).
"""

from msgspec.structs import replace

from makegood.core.decision import Asker, Decision, refuse
from makegood.core.state import Case
from makegood.core.surveyed import ANSWERED_WITH
from makegood.core.turn import Turn
from makegood.messages.facts import RootCauseNamed
from makegood.messages.ids import RepId
from makegood.messages.root_facts import ROOT_KINDS
from makegood.playbooks.book import RuleBook, rules_of

RULE, PLACE, OTHER_CAUSE = "rule", "place", "other"
LONGEST_CAUSE = 100
LONGEST_TOLD = 300  # a sentence or two of a mail
MOST_RAISED = 50  # people who raised one case


def named(turn: Turn, case: Case, body: RootCauseNamed) -> None:
    """Apply the name of what is behind a case."""
    if not (body.cause or body.kind or body.action or body.told):
        turn.put(replace(case, root="", root_ms=0, root_kind="", action="", changed=""))
        return
    case = replace(case, root_kind=body.kind or case.root_kind, action=body.action or case.action)
    case = replace(case, changed=body.told or case.changed)
    if body.cause:
        case = replace(case, root=body.cause, root_ms=turn.at_ms)
    turn.put(case)


def is_unhappy(case: Case) -> bool:
    """Whether a case was opened, or joined, by what a customer answered when asked."""
    return any(ANSWERED_WITH in dict(one.seen) for one in case.failures)


def lacks(case: Case) -> tuple[str, ...]:
    """Say what nobody has written down yet of what has to be known when it is closed."""
    if not is_unhappy(case):
        return ()
    wanted = (("kind", case.root_kind), ("action", case.action))
    return tuple(name for name, value in wanted if not value)


def may_close(case: Case) -> Decision | None:
    """Refuse to let a person close what an unhappy answer opened, while nobody learnt from it."""
    missing = lacks(case)
    if not missing:
        return None
    words = {"kind": "its root cause (policy, process, person or outside)", "action": "an action"}
    why = " and ".join(words[one] for one in missing)
    return refuse("cause_needed", f"An unhappy answer opened this case: first write down {why}.")


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
    if wanted.kind and wanted.kind not in ROOT_KINDS:
        return refuse("no_such_kind", f"A root cause is one of {', '.join(ROOT_KINDS)}.")
    if len(wanted.cause) > LONGEST_CAUSE:
        return refuse("too_long", f"A root cause has at most {LONGEST_CAUSE} letters.")
    if len(wanted.told) > LONGEST_TOLD:
        return refuse("too_long", f"What the customer is told has at most {LONGEST_TOLD} letters.")
    if kind == RULE and what not in rules_of(book):
        return refuse("no_such_rule", f"The rule book has no rule `{what}`.")
    return Decision(body=replace(wanted, by=asker.rep))
