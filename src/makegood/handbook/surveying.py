"""The chapter on surveys: after what we ask, how often at most, and what a bad answer is."""

from collections.abc import Iterator

from makegood.handbook.source import Rule, Source
from makegood.handbook.terms import Chapter, Entry, Link, Shown
from makegood.playbooks.rulings import SurveyKind, SurveyRule
from makegood.projections.asked import within_words

_LEAD = (
    "We ask how it was, by name of the person met. Nobody is asked while a case is open or "
    "marketing is held, and no answer is no score. A bad score is a failure: somebody calls, and "
    "whoever closes that case writes down its root cause and what is done about it."
)
_KINDS = {
    SurveyKind.CSAT: "Satisfaction, 1 to 5.",
    SurveyKind.CES: "How easy it was, 1 to 7; more is easier.",
    SurveyKind.NPS: "Whether they would recommend us, 0 to 10.",
    SurveyKind.THUMBS: "Good or not good.",
    SurveyKind.CUSTOM: "On a scale of its own.",
}


def surveys_chapter(source: Source) -> Iterator[Chapter]:
    """Say what customers are asked; nothing when the book asks nothing."""
    if not source.book.surveys:
        return
    rules = {str(rule.fields.get("id")): rule for rule in source.rules("surveys")}
    entries = tuple(_entry(one, rules[name]) for name, one in source.book.surveys.items())
    yield Chapter(anchor="surveys", title="What we ask", lead=_LEAD, entries=entries)


def _entry(one: SurveyRule, rule: Rule) -> Entry:
    links = [Link(anchor=f"message-{one.message}", text="The message")]
    if one.fails_as:
        links.append(Link(anchor=f"failure-{one.fails_as}", text="When the answer is bad"))
    return Entry(
        anchor=f"survey-{one.id}",
        title=one.question["en"],
        rule=one.id,
        where=rule.where,
        sentences=tuple(_sentences(one)),
        shown=tuple(
            Shown(label=label, code=rule.code(key))
            for key, label in (
                ("when", "When"),
                ("about", "About"),
                ("met", "Met"),
                ("rule", "Rule"),
                ("place", "Place"),
            )
            if rule.text(key)
        ),
        links=tuple(links),
    )


def _sentences(one: SurveyRule) -> Iterator[str]:
    events = " or ".join(f"“{event}”" for event in one.after)
    after = f"{within_words(one.ask_after_ms)} after" if one.ask_after_ms else "At once after"
    yield f"{after} {events}, once about the same thing."
    if one.every_ms:
        yield f"A customer is asked this at most once in {within_words(one.every_ms)}."
    if one.outside:
        yield (
            "Where nobody of ours could have prevented it, the apology comes first, and "
            "then this one question, while the case is still open."
        )
    yield _KINDS[one.kind]
    for also in one.also:
        yield f"Also, and nobody has to answer it: “{also.question['en']}”"
    if one.fails_as:
        yield f"Below {one.bad_below} it is a failure, and the owner of the case calls."
