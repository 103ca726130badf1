"""The section `calls`: what a telephone call may fail by, who calls back, what words suggest."""

from collections.abc import Collection, Mapping

from msgspec import Struct

from makegood.messages.commands import MessageClass
from makegood.playbooks.calling_terms import (
    CallBackTerms,
    CallRules,
    HintRule,
    RunAround,
    plainly,
)
from makegood.playbooks.duty import DutyHours
from makegood.playbooks.messages import GIVEN, spoken, variables_of
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Fields
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.remedies import check_languages
from makegood.playbooks.terms import MessageTemplate

MOST = 1_000
ALWAYS, DUTY = "always", "duty"
CLOCKS = (ALWAYS, DUTY)
TOLD = frozenset({"owner"}) | spoken(("by_ms",))
"""What the message about a call-back may say, beside what every message may."""
TOLD_LATE = TOLD | spoken(("was_ms",))
_MOST_WEEKS = 8  # of duty; a call that takes longer is none
SHORTEST_PHRASE = 4  # letters; a shorter one stands in too many sentences that mean something else
_NEVER_WAITED = "Nobody gives up who has not waited: the longest that is still no failure."


class Around(Struct, frozen=True):
    """What the section reads of the rest of its book."""

    failures: Collection[str]
    messages: Mapping[str, MessageTemplate]
    duty: DutyHours


def read_calls(top: Section, around: Around) -> CallRules:
    """Read the section; without it nothing is made of calls but what other rules make of them.

    Args:
        top: The book.
        around: Every kind of failure of the book, its messages, and its hours of duty.
    """
    failures = around.failures
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
        call_back=_call_back(section, around),
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


def _call_back(section: Section, around: Around) -> CallBackTerms | None:
    back = section.section("call_back", "call-back")
    if back is None:
        return None
    within_ms = back.span_ms("within")
    higher_ms = back.span_ms("higher_within", default=within_ms)
    for key, value in (("within", within_ms), ("higher_within", higher_ms)):
        if back.has(key) and value == 0:
            back.error(key, "Nobody can call in no time.", "Write for example 30m.")
    in_duty = _in_duty(back, around.duty, max(within_ms, higher_ms))
    tell = back.name("tell", default="")
    _check_message(back, "tell", (tell, TOLD), around.messages)
    late, ahead_ms = _late(back, around.messages)
    if late and not tell:
        back.error("late", "Nobody was told a time that could be late.", "Write `tell` as well.")
    if late and not ahead_ms < within_ms:
        back.error("late", "`ahead` is shorter than `within`.", "Write for example 10m.")
    back.done()
    return CallBackTerms(
        within_ms=max(within_ms, 1),
        higher_ms=max(higher_ms, 1),
        in_duty=in_duty,
        tell=tell,
        late=late,
        ahead_ms=ahead_ms,
    )


def _in_duty(back: Section, duty: DutyHours, longest_ms: int) -> bool:
    """Whether the clock stands still while nobody is there; then the book says when that is."""
    if back.choice("clock", CLOCKS, default=ALWAYS) != DUTY:
        return False
    if not duty.spans:
        back.error("clock", "The book has no hours of duty.", "Write `duty: {hours: ...}`.")
    elif longest_ms > _MOST_WEEKS * duty.week_ms:
        back.error("within", f"That is more than {_MOST_WEEKS} weeks of duty.", "Write less.")
    return True


def _late(back: Section, messages: Mapping[str, MessageTemplate]) -> tuple[str, int]:
    late = back.section("late", "call-back that is late")
    if late is None:
        return "", 0
    name = late.name("message")
    _check_message(late, "message", (name, TOLD_LATE), messages)
    ahead_ms = late.span_ms("ahead")
    if late.has("ahead") and ahead_ms == 0:
        late.error("ahead", "It is said before its time, or not at all.", "Write for example 10m.")
    late.done()
    return name, ahead_ms


def _check_message(
    section: Section,
    key: str,
    of: tuple[str, frozenset[str]],
    messages: Mapping[str, MessageTemplate],
) -> None:
    """Check that a message sells nothing, and that what it says besides is known."""
    name, known = of
    template = messages.get(name)
    if template is None:
        if name:
            section.error(key, f"There is no message `{name}`.", nearest(name, messages))
        return
    if template.message_class is not MessageClass.SERVICE:
        section.error(
            key, "Who waits for a call is sold nothing.", "Give the message the class `service`."
        )
    for unknown in sorted(variables_of(template) - GIVEN - known):
        section.error(
            key, f"`{name}` uses ${unknown}, which is not known here.", nearest(unknown, known)
        )


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
