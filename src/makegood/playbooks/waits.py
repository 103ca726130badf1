"""The section `waits`: queues in which customers wait, and when that is a failure."""

import re
from collections.abc import Collection, Mapping

from makegood.messages.commands import MessageClass
from makegood.playbooks.cel import Expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.failures import OTHER, check_event
from makegood.playbooks.messages import GIVEN, spoken, variables_of
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.terms import Cause, Loss, MessageTemplate
from makegood.playbooks.triggers import about_reader
from makegood.playbooks.waiting import WaitRule, WaitTerms

SHARE = 0.9
FEWEST_WAITS = 30  # of fewer, the longest tenth is two or three waits, and says nothing
MOST_WAITS = 100_000
WAITS = 100
OVER_MS = 56 * 86_400_000  # eight of each day of the week
MOST_OVER_MS = 366 * 86_400_000
SEVERITY = 2
WORST = 5
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_waits(
    top: Section,
    taken: Collection[str],
    conditions: Conditions,
    messages: Mapping[str, MessageTemplate],
) -> tuple[WaitRule, ...]:
    """Read the rules about waits.

    Args:
        top: The book.
        taken: Ids of other failures.
        conditions: Compiles `about`.
        messages: Templates by id.
    """
    sections = top.sections("waits", "wait")
    ids = tuple(section.name("id") for section in sections)
    found: list[WaitRule] = []
    channels: dict[str, str] = {}
    for section, name in without_repeats(sections, ids):
        if name in taken or name == OTHER:
            section.error("id", f"`{name}` is already the name of a failure.", "Rename one.")
        rule = _wait(section, name, conditions, messages)
        for channel in rule.channels:
            if channels.setdefault(channel, name) != name:
                section.error(
                    "channels",
                    f"`{channel}` waits in `{channels[channel]}` already.",
                    "Name each channel once.",
                )
        found.append(rule)
        section.done()
    return tuple(found)


def make_waits(rules: tuple[WaitRule, ...]) -> WaitTerms:
    """Make what the fold asks about waits."""
    heard = {one.id: (one.begins, *one.ends, *one.given_up) for one in rules}
    events = dict.fromkeys(event for names in heard.values() for event in names if event)
    return WaitTerms(
        rules=rules,
        by_channel={channel: one for one in rules for channel in one.channels},
        by_event={
            event: tuple(one for one in rules if event in heard[one.id]) for event in events
        },
    )


def _wait(
    section: Section,
    name: str,
    conditions: Conditions,
    messages: Mapping[str, MessageTemplate],
) -> WaitRule:
    channels = tuple(text for text, _ in section.texts("channels"))
    begins, ends, given_up, about = _events(section, conditions)
    if bool(channels) == bool(begins):
        section.error(
            "id",
            f"`{name}` needs `channels`, or else `begins` and `ends`.",
            "Name the channels of conversations, or the events of a queue.",
        )
    at_most_ms = section.span_ms("at_most")
    at_least_ms = section.span_ms("at_least", default=0)
    if section.has("at_most") and at_most_ms <= at_least_ms:
        section.error("at_most", "`at_most` is longer than `at_least`.", "Write for example 24h.")
    share, waits, over_ms, leave_out = _norm(section)
    tell, told_share = _tell(section, messages)
    severity = section.whole("severity", default=SEVERITY, most=WORST)
    if severity == 0:
        section.error("severity", "`severity` starts at 1.", "1 is a nuisance, 5 stranded.")
    return WaitRule(
        id=name,
        channels=channels,
        begins=begins,
        ends=ends,
        given_up=given_up,
        about=about_reader(about, conditions.vocabulary.parameters),
        at_most_ms=at_most_ms,
        at_least_ms=at_least_ms,
        share=share,
        waits=waits,
        over_ms=over_ms,
        leave_out=leave_out,
        tell=tell,
        told_share=told_share,
        title=section.text("title"),
        loses=Loss(section.choice("loses", tuple(Loss), default=Loss.TIME)),
        severity=severity,
        cause=Cause(section.choice("cause", tuple(Cause), default=Cause.FIRM)),
        line=section.place.line,
    )


def _events(
    section: Section, conditions: Conditions
) -> tuple[str, tuple[str, ...], tuple[str, ...], Expression | None]:
    """Read the events of a queue that is no conversation."""
    begins = section.text("begins", default="")
    ends = tuple(text for text, _ in section.texts("ends"))
    given_up = tuple(text for text, _ in section.texts("given_up"))
    if begins and not ends:
        section.error("ends", "Nothing ends this wait.", "Name the event of an answer.")
    if begins and begins in (*ends, *given_up):
        section.error("ends", "A wait cannot be ended by the event that begins it.")
    pairs = (
        ("begins", begins),
        *(("ends", it) for it in ends),
        *(("given_up", it) for it in given_up),
    )
    for key, event in pairs:
        if event:
            check_event(section, key, event, conditions)
    events = tuple(event for _, event in pairs if event)
    about = conditions.read(section, "about", Reads(roots=("event",), events=events), gives="")
    if about is not None and conditions.tainted(about):
        section.error("about", "A wait is named by its call or order, not by who the customer is.")
    section.text("allow_because", default="")
    return begins, ends, given_up, about


def _norm(section: Section) -> tuple[float, int, int, frozenset[str]]:
    """Read how the norm is learned."""
    norm = section.section("norm", "norm of a wait")
    if norm is None:
        return 0.0, 0, 0, frozenset()
    share = _share(norm)
    waits = norm.whole("waits", default=WAITS, most=MOST_WAITS)
    if norm.has("waits") and waits < FEWEST_WAITS:
        norm.error("waits", "So few waits say nothing.", f"Write {FEWEST_WAITS}, or more.")
    over_ms = norm.span_ms("over", default=OVER_MS)
    if norm.has("over") and not 0 < over_ms <= MOST_OVER_MS:
        norm.error("over", "`over` is a year or less.", "Write for example 56d.")
    days = tuple(norm.texts("leave_out"))
    for day, place in days:
        if not _DAY.fullmatch(day):
            norm.report.error(place, f"`{day}` is no day.", "Write for example 2026-12-25.")
    norm.done()
    return share, waits, over_ms, frozenset(day for day, _ in days)


def _tell(section: Section, messages: Mapping[str, MessageTemplate]) -> tuple[str, float]:
    """Read what is said to whoever waits longer than usual."""
    tell = section.section("tell", "telling of a wait")
    if tell is None:
        return "", 0.0
    name = tell.name("message")
    template = messages.get(name)
    if template is None:
        tell.error("message", f"There is no message `{name}`.", "Add it to `messages`.")
    elif template.message_class is not MessageClass.SERVICE:
        tell.error(
            "message",
            "Who waits is told when, and sold nothing.",
            "Give the message the class `service`.",
        )
    else:
        unknown = variables_of(template) - GIVEN - spoken(("by_ms", "since_ms")) - {"cases_in_10"}
        for variable in sorted(unknown):
            tell.error("message", f"`{name}` uses ${variable}, which no wait can fill in.")
    if not section.has("norm"):
        tell.error("message", "Nobody can say a date without a norm.", "Add `norm:` to the rule.")
    share = _share(tell)
    tell.done()
    return name, share


def _share(section: Section) -> float:
    found = section.ratio("share", default=SHARE)
    if section.has("share") and not 0.5 <= found <= 0.99:
        section.error("share", "`share` is between 0.5 and 0.99.", "Write for example 0.9.")
    return found
