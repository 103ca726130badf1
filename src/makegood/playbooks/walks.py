"""The section `walks`: who goes elsewhere when not all can stay, by least harm and with reasons.

Who somebody is to the firm never decides it: neither what they spend, nor their tier, nor how many
hear them.
Source: ideas, "Fairness"; story 1 (everyone gets platinum service).
"""

from collections.abc import Iterator, Mapping

from makegood.playbooks.cel import Expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.failures import check_event
from makegood.playbooks.placing import Harm, WalkRule
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.vocabulary import read_shape

ARRIVAL = "arrival"
VOLUNTEERS = ("first", "as_others")
_MOST_POINTS = 1000


def read_walks(top: Section, conditions: Conditions) -> Mapping[str, WalkRule]:
    """Read the rules about walks."""
    sections = top.sections("walks", "rule about walks")
    ids = tuple(section.name("id") for section in sections)
    return {
        name: _rule(section, name, conditions) for section, name in without_repeats(sections, ids)
    }


def _rule(section: Section, name: str, conditions: Conditions) -> WalkRule:
    event = section.text("event")
    check_event(section, "event", event, conditions)
    takes = {key: str(kind) for key, kind in read_shape(section, "takes", "fact").items()}
    section.node("takes", required=True)
    reads = Reads(roots=(ARRIVAL,), arrival=takes)
    rule = WalkRule(
        id=name,
        title=section.text("title"),
        event=event,
        takes=takes,
        never=tuple(_reasons(section, "never", reads, conditions)),
        harm=tuple(_reasons(section, "harm", reads, conditions)),
        volunteers_first=section.choice("volunteers", VOLUNTEERS, default="first") == "first",
        parameters=conditions.vocabulary.parameters,
        line=section.place.line,
    )
    if not rule.harm:
        section.error("harm", "Nothing says what does more harm.", "Add `harm:` with points.")
    section.done()
    return rule


def _reasons(section: Section, key: str, reads: Reads, conditions: Conditions) -> Iterator[Harm]:
    """Read the reasons of one list; those of `harm` have points, those of `never` need none."""
    what = "harm" if key == "harm" else "reason never to walk"
    found = section.sections(key, what)
    ids = tuple(one.name("id") for one in found)
    for one, name in without_repeats(found, ids):
        when = conditions.read(one, "when", reads, gives="bool")
        one.node("when", required=True)
        if when is not None:
            _check_fair(one, when, conditions)
        points = one.whole("points", most=_MOST_POINTS) if key == "harm" else 0
        says = one.text("says")
        one.text("allow_because", default="")
        one.done()
        if when is not None:
            yield Harm(id=name, when=when, says=says, points=points)


def _check_fair(section: Section, when: Expression, conditions: Conditions) -> None:
    """Refuse what the book calls sensitive, under whatever root it stands."""
    sensitive = {path[-1] for path in conditions.vocabulary.sensitive}
    touched = sorted({path[-1] for path in when.paths} & sensitive)
    because = section.text("allow_because", default="")
    for name in touched:
        if because:
            section.report.warn(
                section.at("when"), f"`when` reads {name}, allowed because: {because}"
            )
            continue
        section.error(
            "when",
            f"`when` decides who is walked and reads {name}: value, tier and public voice never "
            "decide who is harmed.",
            "Leave it out, or say why in `allow_because`.",
        )
