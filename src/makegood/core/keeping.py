"""The clock and the memory of what was said: one for every promise, however it was made.

Source: ideas, 9 (we keep our own promises).
"""

from msgspec.structs import replace

from makegood.core.said import Said, SaidKind
from makegood.core.timers import TimerKind
from makegood.core.turn import Turn
from makegood.messages.facts import Facts

CENTS, LEAST = "cents", "least_cents"
MOST_AGAIN = 20  # what is told with every page that is viewed need not be counted
REDIRECT = "redirect"
"""Subject of the clock of a customer who was sent to somebody else."""


def watch(turn: Turn, subject: str, about: str, due_ms: int, brand: str) -> None:
    """Start the clock of a promise; promising again gives us no more time.

    Args:
        turn: The turn.
        subject: The silence rule, the promise, "other" or "redirect".
        about: What it is about.
        due_ms: When it is broken.
        brand: Whose promise it is.
    """
    for timer in turn.state.timers:
        same = (timer.kind, timer.subject, timer.about) == (TimerKind.SILENCE, subject, about)
        if same and timer.due_ms <= due_ms:
            return
    turn.set_timer(TimerKind.SILENCE, due_ms, subject, about, brand)


def said(turn: Turn, kind: SaidKind, name: str, about: str, facts: Facts) -> Said:
    """Make something that this turn says."""
    return Said(
        event=turn.cause,
        profile=turn.origin.profile,
        kind=kind,
        id=name,
        about=about,
        at_ms=turn.at_ms,
        facts=facts,
    )


def remember(turn: Turn, one: Said) -> None:
    """Remember what was told; of a cost the least that was ever told is kept too."""
    before = turn.state.memory.about(one.id, one.about)
    cents = one.facts.get(CENTS)
    if one.kind is SaidKind.DISCLOSURE and isinstance(cents, int):
        least = before.facts.get(LEAST) if before is not None else None
        least = min(cents, least) if isinstance(least, int) else cents
        one = replace(one, facts={**one.facts, LEAST: least})
    if before is not None and (before.is_open or one.kind is SaidKind.DISCLOSURE):
        again = (*before.again, one.event)[-MOST_AGAIN:]
        one = replace(one, event=before.event, profile=before.profile, again=again)
    turn.state = replace(turn.state, memory=turn.state.memory.with_one(one))


def promise(turn: Turn, one: Said) -> None:
    """Remember a promise and start its clock; the question of a case waits for it."""
    before = turn.state.memory.about(one.id, one.about)
    if before is not None and before.is_open:
        one = replace(one, due_ms=min(before.due_ms, one.due_ms))
    watch(turn, one.id, one.about, one.due_ms, one.brand)
    remember(turn, one)
    case = turn.state.open_case
    if case is not None:
        turn.clear_timers(case.id, TimerKind.ASK_AT)


def keep(turn: Turn, subject: str, about: str) -> None:
    """Stop the clock of a promise, and remember that it was kept."""
    turn.clear_timers(subject, TimerKind.SILENCE, about=about)
    one = turn.state.memory.about(subject, about)
    if one is not None and not one.kept_ms:
        kept_one = replace(one, kept_ms=turn.at_ms)
        turn.state = replace(turn.state, memory=turn.state.memory.with_one(kept_one))


def again(turn: Turn, subject: str, about: str) -> None:
    """Let a promise hold on that seemed to be kept, and was not."""
    one = turn.state.memory.about(subject, about)
    if one is None or not one.kept_ms or one.broken:
        return
    turn.state = replace(turn.state, memory=turn.state.memory.with_one(replace(one, kept_ms=0)))
    watch(turn, subject, about, max(one.due_ms, turn.at_ms), one.brand)


def fall_away(turn: Turn, subject: str, about: str) -> None:
    """Forget a promise that nobody waits for any more: it was not kept, and did not break."""
    turn.clear_timers(subject, TimerKind.SILENCE, about=about)
    one = turn.state.memory.about(subject, about)
    if one is not None and one.is_open:
        said = tuple([it for it in turn.state.memory.said if it is not one])
        turn.state = replace(turn.state, memory=replace(turn.state.memory, said=said))


def give_up(turn: Turn, subject: str, about: str) -> Said | None:
    """Stop the clock of what was not kept, and remember that it broke.

    Returns:
        What broke; None when it is not known, or broke before: nothing breaks twice.
    """
    turn.clear_timers(subject, TimerKind.SILENCE, about=about)
    one = turn.state.memory.about(subject, about)
    if one is None or one.broken:
        return None
    broken = replace(one, broken=True)
    turn.state = replace(turn.state, memory=turn.state.memory.with_one(broken))
    return one
