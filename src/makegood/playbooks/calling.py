"""The section `calls`: what a telephone call may fail by, who calls back, what words suggest."""

from collections.abc import Collection, Mapping

from makegood.playbooks.calling_terms import (
    CallBackTerms,
    CallRules,
    HintRule,
    RunAround,
    plainly,
)
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Fields
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.remedies import check_languages

MOST = 1_000
SHORTEST_PHRASE = 4  # letters; a shorter one stands in too many sentences that mean something else
_NEVER_WAITED = "Nobody gives up who has not waited: the longest that is still no failure."


def read_calls(top: Section, failures: Collection[str]) -> CallRules:
    """Read the section; without it nothing is made of calls but what other rules make of them.

    Args:
        top: The book.
        failures: Every kind of failure of the book.
    """
    section = top.section("calls", "section about calls")
    if section is None:
        return CallRules()
    gave_up_as, gave_up_ms = _gave_up(section, failures)
    rules = CallRules(
        heard=True,
        runaround=_runaround(section, failures),
        gave_up_as=gave_up_as,
        gave_up_ms=gave_up_ms,
        hung_up_as=_kind(section, "hung_up_on", failures),
        flagged_as=_kind(section, "flagged", failures),
        call_back=_call_back(section),
        hints=_hints(section, failures),
    )
    if rules.call_back is not None and not (rules.hung_up_as or rules.flagged_as):
        section.error(
            "call_back",
            "Nothing brings a call-back here.",
            "Write `hung_up_on` or `flagged` as well, or leave `call_back` out.",
        )
    section.done()
    return rules


def _kind(section: Section, key: str, failures: Collection[str]) -> str:
    """Read the name of a failure; empty when it is not there."""
    found = section.name(key, default="")
    if found and found not in failures:
        section.error(key, f"`{found}` is not a failure.", nearest(found, failures))
    return found


def _named(section: Section, failures: Collection[str]) -> str:
    found = section.name("fails_as")
    if found and found not in failures:
        section.error("fails_as", f"`{found}` is not a failure.", nearest(found, failures))
    return found


def _runaround(section: Section, failures: Collection[str]) -> RunAround | None:
    around = section.section("runaround", "run-around")
    if around is None:
        return None
    found = RunAround(
        fails_as=_named(around, failures),
        transfers=around.whole("transfers", default=0, most=MOST),
        held_ms=around.span_ms("held", default=0),
        told_again=around.whole("told_again", default=0, most=MOST),
    )
    if not (found.transfers or found.held_ms or found.told_again):
        around.report.error(
            around.place,
            "This run-around has no limit.",
            "Write `transfers`, `held` or `told_again`, above 0.",
        )
    around.done()
    return found


def _gave_up(section: Section, failures: Collection[str]) -> tuple[str, int]:
    gave_up = section.section("gave_up", "giving up")
    if gave_up is None:
        return "", 0
    kind, after_ms = _named(gave_up, failures), gave_up.span_ms("waited")
    if gave_up.has("waited") and after_ms == 0:
        gave_up.error("waited", _NEVER_WAITED, "Write for example 2m.")
    gave_up.done()
    return kind, after_ms


def _call_back(section: Section) -> CallBackTerms | None:
    back = section.section("call_back", "call-back")
    if back is None:
        return None
    within_ms = back.span_ms("within")
    higher_ms = back.span_ms("higher_within", default=within_ms)
    for key, value in (("within", within_ms), ("higher_within", higher_ms)):
        if back.has(key) and value == 0:
            back.error(key, "Nobody can call in no time.", "Write for example 30m.")
    back.done()
    return CallBackTerms(within_ms=max(within_ms, 1), higher_ms=max(higher_ms, 1))


def _hints(section: Section, failures: Collection[str]) -> tuple[HintRule, ...]:
    sections = section.sections("hints", "hint")
    ids = tuple(one.name("id") for one in sections)
    found = []
    for one, name in without_repeats(sections, ids):
        hint = HintRule(
            id=name,
            title=one.text("title"),
            fails_as=_named(one, failures),
            phrases=_phrases(one),
            line=one.place.line,
        )
        one.done()
        found.append(hint)
    return tuple(found)


def _phrases(hint: Section) -> Mapping[str, tuple[str, ...]]:
    """Read the phrases of each language; English is always among them."""
    node = hint.node("phrases", required=True)
    if not isinstance(node, Fields):
        if node is not None:
            hint.error("phrases", "`phrases` names languages.", "Write `en: [...]` below it.")
        return {}
    inside = Section(node, "list of phrases", hint.report)
    languages = tuple(entry.key for entry in node.entries)
    check_languages(hint, "phrases", languages)
    found = {}
    for language in languages:
        written = inside.texts(language, required=True)
        for phrase, place in written:
            if len(plainly(phrase).replace(" ", "")) < SHORTEST_PHRASE:
                hint.report.error(
                    place, f"`{phrase}` is too short to mean one thing.", "Write more of it."
                )
        found[language] = tuple(phrase for phrase, _ in written)
    inside.done()
    return found
