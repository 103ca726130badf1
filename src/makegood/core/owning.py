"""Who looks after this customer: their own person or the cover, else as the book routes it."""

from msgspec.structs import replace

from makegood.core.my_person import Candidate, Need, Preference, person_of, prefer
from makegood.core.routed import MOST_ROUTED, NOT_YET, Routed
from makegood.core.routing import NO_WISH, NOBODY, Ask, choose, owner_for
from makegood.core.state import Case, State
from makegood.core.turn import Turn
from makegood.messages.ids import RepId, case_id

_DAY_MS = 86_400_000


def owner_of(
    turn: Turn, brand: str, severity: int = 0, *, double: bool = False, case: Case | None = None
) -> RepId:
    """Choose the owner of a case, as it stands in this turn; the book may want it written down.

    Args:
        turn: The turn; nobody is on duty in one of a timer.
        brand: The brand that failed; empty for the umbrella.
        severity: Of the worst failure; 0 while unclear.
        double: It is a double deviation.
        case: The case, when it stands already and had nobody; None while it opens.
    """
    mine = turn.state.my_person
    rules = turn.book.routing
    wish = NO_WISH
    if mine.choices or mine.refused:
        wish = prefer(mine, turn.duty, Need(at_ms=turn.at_ms, brand=brand), turn.book.people)
    if case is None and turn.keeps:  # they were told to the customer, whoever came first
        wish = replace(wish, candidates=(Candidate(turn.keeps, "thread"),), wait_until_ms=0)
    if not rules.logged or not turn.on_duty:
        return owner_for(brand, turn.on_duty, wish)
    ask = Ask(
        event=turn.cause,
        subject=case.id if case is not None else case_id(turn.cause),
        kind="case",
        at_ms=turn.at_ms,
        brand=brand,
        has_chosen=bool(mine.chosen(brand)),
        last=_last_of(turn.state) if "last" in rules.order else NOBODY,
        language=rules.language(turn.state.facts),
        severity=severity,
        double=double,
        spared=bool(rules.slice) and rules.unless(turn.state.facts),
    )
    found = choose(ask, turn.on_duty, rules, wish)
    if found.chosen:  # else it waits still, and the next one who comes is written down
        since_ms = case.alone_ms or case.opened_ms if case is not None else turn.at_ms
        _log(turn, found, max(0, turn.at_ms - since_ms))
    return found.chosen


def own_of(turn: Turn, brand: str) -> RepId:
    """Give the customer's own person, there or not, or who stands in since they left; or nobody.

    For what waits days and not minutes: of whom works now, a timer knows nothing.
    """
    mine = turn.state.my_person
    person = person_of(mine, brand)
    owner = (mine.heir(person, turn.at_ms, brand) or person) if person else NOBODY
    return NOBODY if owner in mine.denied else owner


def taker_of(turn: Turn, need: Need, wish: Preference, case: Case | None = None) -> RepId:
    """Choose who answers a customer who got in touch; empty for whoever is free.

    Args:
        turn: The turn.
        need: The conversation.
        wish: Whom the customer wants; who takes it by wish is written down as well.
        case: What it is about, where that is known.
    """
    rules = turn.book.routing
    if not rules.logged or not turn.on_duty or not (wish.candidates or rules.conversations):
        return wish.first
    mine = turn.state.my_person
    thread = mine.thread(need.thread)
    ask = Ask(
        event=turn.cause,
        subject=need.thread,
        kind="talk",
        at_ms=turn.at_ms,
        brand=need.brand,
        channel=need.channel,
        has_chosen=bool(need.to or mine.chosen(need.brand)),
        last=_last_of(turn.state) if "last" in rules.order else NOBODY,
        but=thread.last if need.another and thread is not None else NOBODY,
        language=rules.language(turn.state.facts),
        severity=case.severity if case is not None else 0,
        double=case is not None and case.double,
        spared=bool(rules.slice) and rules.unless(turn.state.facts),
    )
    found = choose(ask, turn.on_duty, rules, wish)
    asked = {one.chosen for one in turn.state.routings if _waits_in(need.thread, one)}
    if found.chosen and found.chosen not in asked:  # a second mail asks nobody anew
        _log(turn, found, NOT_YET)
    return found.chosen


def answered(turn: Turn, thread: str, rep: RepId) -> None:
    """Write down how long the customer waited in a conversation, and who answered."""
    routings = turn.state.routings
    if not any(_waits_in(thread, one) for one in routings):
        return
    after = tuple(
        replace(one, waited_ms=max(0, turn.at_ms - one.at_ms), answered_by=rep)
        if _waits_in(thread, one)
        else one
        for one in routings
    )
    turn.state = replace(turn.state, routings=after)


def _waits_in(thread: str, one: Routed) -> bool:
    return one.subject == thread and one.waited_ms == NOT_YET


def _log(turn: Turn, routed: Routed, waited_ms: int) -> None:
    """Remember a decision, with what parity needs and no choice reads."""
    state = turn.state
    bought_ms = state.bought_ms
    routed = replace(
        routed,
        waited_ms=waited_ms,
        level=turn.book.everyone.level_of(state.facts),
        tenure_days=(turn.at_ms - bought_ms) // _DAY_MS if bought_ms else NOT_YET,
    )
    kept = state.routings[-MOST_ROUTED + 1 :]
    turn.state = replace(state, routings=(*kept, routed))


def _last_of(state: State) -> RepId:
    """Who spoke with the customer last, or owned their last case."""
    threads = state.my_person.threads
    spoke = max(((one.last_ms, one.last) for one in threads if one.last), default=(0, NOBODY))
    owned = max(
        ((one.closed_ms or one.opened_ms, one.owner) for one in state.cases if one.owner),
        default=(0, NOBODY),
    )
    return max(spoke, owned)[1]


def stand_in(turn: Turn, case: Case) -> Case:
    """Let the cover have a case whose owner is off duty when the customer writes.

    Somebody who is only busy is waited for, as long as a call may take; where nobody is named who
    could come in their place, the owner keeps it.
    """
    if not case.owner or not turn.on_duty or any(one.rep == case.owner for one in turn.on_duty):
        return case
    need = Need(at_ms=turn.at_ms, brand=case.brand, channel="page", to=case.owner)
    takes = prefer(turn.state.my_person, turn.duty, need, turn.book.people).first
    return turn.put(case.given_to(takes, turn.at_ms)) if takes else case


def whoever_is_there(turn: Turn, case: Case) -> Case:
    """Let somebody on duty have a case whose owner is not, for what cannot wait for them.

    The cover comes first, then whoever the book asks; while nobody is there the owner keeps it.
    """
    case = stand_in(turn, case)
    if not turn.on_duty or any(one.rep == case.owner for one in turn.on_duty):
        return case
    takes = owner_of(turn, case.brand, case.severity, double=case.double, case=case)
    return turn.put(case.given_to(takes, turn.at_ms)) if takes else case
