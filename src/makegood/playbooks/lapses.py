"""The section `lapses`: service lines that a customer leaves while others go on."""

from collections.abc import Collection, Mapping

from makegood.playbooks.cel import Expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.failures import OTHER, check_event
from makegood.playbooks.lapsing import HOLDS, LapseRule
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.terms import Cause, Loss
from makegood.playbooks.triggers import about_reader

FEWEST_USES = 2  # one use has no gap, and so no rhythm that could stop
MOST_USES = 1_000
SHORTEST_MS = 86_400_000  # a day; what stops within hours is no habit
USUAL_CALL_MS = 7 * 86_400_000  # nobody waits for this call
SEVERITY = 1
WORST = 5


def read_lapses(
    top: Section,
    taken: Collection[str],
    conditions: Conditions,
    parameters: Mapping[str, object],
) -> tuple[LapseRule, ...]:
    """Read the lapses.

    Args:
        top: The book.
        taken: Ids of other failures.
        conditions: Compiles what names the line.
        parameters: The numbers that rules share.
    """
    sections = top.sections("lapses", "lapse")
    ids = tuple(section.name("id") for section in sections)
    found = []
    for section, name in without_repeats(sections, ids):
        if name in taken or name == OTHER:
            section.error("id", f"`{name}` is already the name of a failure.", "Rename one.")
        found.append(_lapse(section, name, conditions, parameters))
        section.done()
    return tuple(found)


def lapses_by_event(rules: tuple[LapseRule, ...]) -> Mapping[str, tuple[LapseRule, ...]]:
    """Give for each event the rules that hear a use in it."""
    events = dict.fromkeys(event for rule in rules for event in rule.events)
    return {event: tuple(one for one in rules if event in one.events) for event in events}


def _lapse(
    section: Section, name: str, conditions: Conditions, parameters: Mapping[str, object]
) -> LapseRule:
    events, named = _line(section, conditions)
    uses, over_ms = _habit(section)
    quiet_ms, gaps = _quiet(section)
    severity = section.whole("severity", default=SEVERITY, most=WORST)
    if severity == 0:
        section.error("severity", "`severity` starts at 1.", "1 is a nuisance, 5 stranded.")
    holds = section.choice("holds", HOLDS, default=HOLDS[0])
    return LapseRule(
        id=name,
        events=events,
        named=about_reader(named, parameters),
        uses=uses,
        over_ms=over_ms,
        quiet_ms=quiet_ms,
        gaps=gaps,
        others_ms=_long(section, "others_within", quiet_ms),
        call_ms=section.span_ms("call_within", default=USUAL_CALL_MS),
        holds=next((one for one in HOLDS if one == holds), HOLDS[0]),
        title=section.text("title"),
        loses=Loss(section.choice("loses", tuple(Loss), default=Loss.ATTENTION)),
        severity=severity,
        cause=Cause(section.choice("cause", tuple(Cause), default=Cause.FIRM)),
        line=section.place.line,
    )


def _line(section: Section, conditions: Conditions) -> tuple[tuple[str, ...], Expression | None]:
    """Read by which events a line is used, and what in them names it."""
    line = section.section("line", "line of a lapse", required=True)
    if line is None:
        return (), None
    events = tuple(text for text, _ in line.texts("on", required=True))
    for event in events:
        check_event(line, "on", event, conditions)
    line.scalar("named", "an expression", required=True)
    section.text("allow_because", default="")
    named = conditions.read(line, "named", Reads(roots=("event",), events=events), gives="")
    if named is not None and conditions.tainted(named):
        line.error("named", "A line is named by the service, not by who the customer is.")
    line.done()
    return events, named


def _habit(section: Section) -> tuple[int, int]:
    """Read how much use makes a habit."""
    after = section.section("after", "habit of a lapse", required=True)
    if after is None:
        return FEWEST_USES, SHORTEST_MS
    uses = after.whole("uses", most=MOST_USES)
    if after.has("uses") and uses < FEWEST_USES:
        after.error("uses", "One use is no habit.", f"Write {FEWEST_USES}, or more.")
    over_ms = _long(after, "over", None)
    after.done()
    return max(uses, FEWEST_USES), over_ms


def _quiet(section: Section) -> tuple[int, float]:
    """Read how long a line has to be quiet."""
    quiet = section.section("quiet_for", "quiet of a lapse", required=True)
    if quiet is None:
        return SHORTEST_MS, 1.0
    quiet_ms = _long(quiet, "at_least", None)
    gaps = quiet.ratio("longest_gaps")
    if quiet.has("longest_gaps") and gaps < 1:
        quiet.error(
            "longest_gaps",
            "A customer who has paused so long before, and came back, has not left.",
            "Write 1, or more.",
        )
    quiet.done()
    return quiet_ms, max(gaps, 1.0)


def _long(section: Section, key: str, usual: int | None) -> int:
    found = section.span_ms(key, default=usual)
    if section.has(key) and found < SHORTEST_MS:
        section.error(key, f"`{key}` is a day or longer.", "Write for example 180d.")
    return max(found, SHORTEST_MS)
