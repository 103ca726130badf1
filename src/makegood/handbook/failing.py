"""The chapter on failures: what counts as one, how bad it is, and who answers for it."""

from collections.abc import Iterator

from makegood.handbook.conditions import in_row
from makegood.handbook.source import Rule, Source
from makegood.handbook.terms import Chapter, Entry, Link, Shown
from makegood.playbooks.failures import OTHER
from makegood.playbooks.lapsing import LapseRule
from makegood.playbooks.terms import Cause, SilenceRule
from makegood.playbooks.waiting import WaitRule
from makegood.projections.asked import within_words

ANSWERS = {
    Cause.FIRM: "It is ours, and we answer for it.",
    Cause.PARTNER: "A partner of ours caused it; towards the customer we answer for it.",
    Cause.CUSTOMER: "The customer caused it: we explain, and care all the same.",
    Cause.NATURE: "It is nobody's fault: we explain, and care all the same.",
    Cause.POLICY: "A rule of ours caused it, and we answer for the rule.",
}
_LEAD = (
    "Each of these opens a case by itself, whether the customer complains or not. When a fact is "
    "missing, a person looks: it is never taken for “nothing happened”. Severity runs from 1, a "
    "nuisance, to 5, stranded, and says who is helped first."
)


def failures_chapter(source: Source) -> Chapter:
    """Say what the book calls a failure, with events and without."""
    entries = [_failure(source, rule) for rule in source.rules("failures")]
    clocks = (*source.rules("silence"), *source.rules("promises"))
    written = {str(rule.fields.get("id")): rule for rule in clocks}
    entries += [_silence(source, one, written[one.id]) for one in source.book.silences]
    lapses = {str(rule.fields.get("id")): rule for rule in source.rules("lapses")}
    entries += [_lapse(source, one, lapses[one.id]) for one in source.book.lapses]
    waits = {str(rule.fields.get("id")): rule for rule in source.rules("waits")}
    entries += [_wait(source, one, waits[one.id]) for one in source.book.waits.rules]
    entries.append(_other(source))
    return Chapter(
        anchor="failures", title="What we call a failure", lead=_LEAD, entries=tuple(entries)
    )


def _failure(source: Source, rule: Rule) -> Entry:
    kind = rule.text("id")
    when = rule.text("when")
    words = source.wording.condition(when)
    events = " or ".join(f"“{event}”" for event in rule.list("on"))
    seen = f"We hear of it by {events}"
    if not when:
        seen += ", and it always is one."
    elif words:
        seen += f", and it is one when {words}."
    else:
        seen += ", and it is one under the condition below."
    return Entry(
        anchor=f"failure-{kind}",
        title=rule.text("title"),
        rule=kind,
        where=rule.where,
        sentences=(
            seen,
            _severity(source, rule),
            *_cause(source, rule),
            *_counted(source, rule),
            *_from(rule.text("source")),
        ),
        shown=tuple(_expressions(rule)),
        links=_leads(source, kind),
    )


def _severity(source: Source, rule: Rule) -> str:
    written = rule.text("severity")
    loses = f"The customer loses {rule.text('loses')}"
    if written.isdigit():
        return f"{loses}; severity {written} of 5."
    words = source.wording.value(written)
    return f"{loses}; severity {words}." if words else f"{loses}; how severe it is, depends."


def _cause(source: Source, rule: Rule) -> Iterator[str]:
    written = rule.text("cause")
    if written in tuple(Cause):
        yield ANSWERS[Cause(written)]
        return
    spoken = source.wording.value(written)
    told = "The cause is inferred and was not told" if rule.fields.get("inferred_cause") else ""
    named = f"Who caused it: {spoken}" if spoken else "Who caused it is worked out below"
    yield ". ".join(one for one in (named, told) if one) + "."
    yield (
        "Where the cause lies outside the firm, we explain and care all the same; it never takes "
        "away what is owed."
    )


def _counted(source: Source, rule: Rule) -> Iterator[str]:
    names = source.wording.names(rule.text("about"))
    if names:
        same = in_row(names)
        yield f"The same {same} is one failure that may grow; another one is a second failure."


def _from(source: str) -> tuple[str, ...]:
    return (f"Where it comes from: {source}.",) if source else ()


def _expressions(rule: Rule) -> Iterator[Shown]:
    for key, label in (
        ("when", "When"),
        ("about", "About"),
        ("severity", "Severity"),
        ("cause", "Cause"),
    ):
        written = rule.text(key)
        if written and not written.isdigit() and written not in tuple(Cause):
            yield Shown(label=label, code=rule.code(key))


def _leads(source: Source, kind: str) -> tuple[Link, ...]:
    plan = source.book.plans.get(kind)
    if plan is None:  # a line that was left: a person calls, and that is all
        return ()
    return (Link(anchor=f"plan-{plan.id}", text="Plan B"),)


def _silence(source: Source, one: SilenceRule, rule: Rule) -> Entry:
    return Entry(
        anchor=f"failure-{one.id}",
        title=one.title,
        rule=one.id,
        where=rule.where,
        sentences=(
            _broken(source, one),
            f"The customer loses {one.loses.value}; severity {one.severity} of 5.",
            ANSWERS[one.cause],
            *_counted(source, rule),
        ),
        shown=(Shown(label="About", code=rule.code("about")),) if rule.text("about") else (),
        links=_leads(source, one.id),
    )


def _broken(source: Source, one: SilenceRule) -> str:
    """Say which silence it is: of a promise, or after an event."""
    promise = source.book.promises.get(one.id)
    if promise is not None:
        says = promise.says["en"].rstrip(".")
        return (
            f"Nothing happens, and that is the failure: we promised “{says}” and did not keep it."
        )
    return (
        f"Nothing happens, and that is the failure: after “{one.after}”, “{one.unless}” has "
        f"not come within {within_words(one.within_ms)}."
    )


def _lapse(source: Source, one: LapseRule, rule: Rule) -> Entry:
    """Say when a line is left, and what comes of it."""
    events = " or ".join(f"“{event}”" for event in one.events)
    held = {
        "umbrella": "Marketing waits until it is made good.",
        "brand": "Marketing of the brand waits until it is made good.",
        "nothing": "It holds no marketing.",
    }
    call = f"The customer's person calls within {within_words(one.call_ms)}, with something true."
    written = rule.fields.get("line")
    named = str(written.get("named", "")) if isinstance(written, dict) else ""
    line = source.wording.names(named)
    return Entry(
        anchor=f"failure-{one.id}",
        title=one.title,
        rule=one.id,
        where=rule.where,
        sentences=(
            f"Nothing happens, and that is the failure: {events} tells of a use, and after at "
            f"least {one.uses} uses over {within_words(one.over_ms)} none came for "
            f"{within_words(one.quiet_ms)}, nor for {one.gaps:g} times as long as they ever "
            f"paused, while they used something else within {within_words(one.others_ms)}.",
            *((f"Each {in_row(line)} is a line of its own.",) if line else ()),
            f"The customer loses {one.loses.value}; severity {one.severity} of 5.",
            ANSWERS[one.cause],
            held[one.holds],
            *(() if one.id in source.book.plans else (call,)),
            "Used again, it is over. Who is gone from everything is another matter.",
        ),
        links=_leads(source, one.id),
    )


def _other(source: Source) -> Entry:
    return Entry(
        anchor=f"failure-{OTHER}",
        title=source.book.failures[OTHER].title,
        rule=OTHER,
        sentences=(
            "Whatever no rule describes: anybody who works here, and any customer, can raise it "
            "by hand, and it is treated as a failure like every other.",
        ),
        links=_leads(source, OTHER),
    )


def _wait(source: Source, one: WaitRule, rule: Rule) -> Entry:
    """Say when waiting is a failure, and what is said to whoever waits."""
    where = f"in a conversation ({', '.join(one.channels)})" if one.channels else ""
    begun = where or f"after “{one.begins}”, without {' or '.join(f'“{it}”' for it in one.ends)},"
    usual: tuple[str, ...] = ()
    if one.share:
        usual = (
            f"Longer is what {one.share:.0%} of the waits of the same queue are not, learned from "
            f"at least {one.waits} of the last {within_words(one.over_ms)}; until then nobody can "
            "tell, and the limit alone counts.",
        )
    told: tuple[str, ...] = ()
    if one.tell:
        told = (
            f"Once, the customer is told by when {one.told_share:.0%} of those who waited as long "
            "had their answer. That is a promise.",
        )
    return Entry(
        anchor=f"failure-{one.id}",
        title=one.title,
        rule=one.id,
        where=rule.where,
        sentences=(
            f"Nothing happens, and that is the failure: a customer waits {begun} longer than is "
            f"usual, or than {within_words(one.at_most_ms)}.",
            *usual,
            *told,
            f"The customer loses {one.loses.value}; severity {one.severity} of 5.",
            ANSWERS[one.cause],
        ),
        links=_leads(source, one.id),
    )
