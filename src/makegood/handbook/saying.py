"""The chapters on words and on limits: what we say, and what never happens."""

from collections.abc import Iterator

from makegood.handbook.conditions import in_row, name_of
from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry, Said
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.playbooks.terms import MessageTemplate

_LEAD = (
    "These are our words, in every language we have them in. A word with a dollar sign is filled "
    "in for the customer; the link leads to their own page."
)
_READY = (
    "A ready-made reply: whoever answers a letter may put it in, and looks it over first. "
    "Nothing sends it by itself."
)
_URGENCY = {"now": "at once", "soon": "soon", "when_convenient": "when it is convenient"}
LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French", "pt": "Portuguese"}


def messages_chapter(source: Source) -> Chapter:
    """Show every message in each language."""
    lines = {str(rule.fields.get("id")): rule.where for rule in source.rules("messages")}
    questions = {plan.made_whole.question for plan in source.book.plans.values()}
    entries = tuple(
        _message(one, lines.get(one.id, ""), asks=one.id in questions)
        for one in source.book.messages.values()
    )
    return Chapter(anchor="messages", title="What we say", lead=_LEAD, entries=entries)


def _message(one: MessageTemplate, where: str, *, asks: bool) -> Entry:
    waits = one.message_class in HELD_CLASSES and not asks
    halts = "it waits while a case is open" if waits else "no hold stops it"
    sent = f"A {one.message_class.value} message, sent {_URGENCY[one.urgency.value]}; {halts}."
    return Entry(
        anchor=f"message-{one.id}",
        title=one.texts["en"].subject,
        rule=one.id,
        where=where,
        sentences=(_READY if one.canned else sent,),
        said=tuple(
            Said(
                language=LANGUAGES.get(language, language),
                subject=text.subject,
                text=text.text.strip(),
            )
            for language, text in one.texts.items()
        ),
    )


def never_chapter(source: Source) -> Chapter:
    """Say what never happens."""
    told = (
        ("marketing", "Nobody is sold to on a bad day", tuple(_holds(source))),
        ("value", "Who somebody is never sizes what they get", tuple(_fair(source))),
        ("silence", "Silence is never taken for peace", _SILENCE),
    )
    entries = tuple(
        Entry(anchor=f"never-{name}", title=title, sentences=sentences)
        for name, title, sentences in told
    )
    return Chapter(anchor="never", title="What never happens", entries=entries)


_SILENCE = (
    "A fact that is missing never means that nothing went wrong, and never means no: a person is "
    "asked.",
    "A case does not close because nobody wrote back. It closes when the customer says that it "
    "is good again, when the rule's own criterion is met, or when a person releases it with a "
    "reason.",
)


def _holds(source: Source) -> Iterator[str]:
    plans = {plan.id: plan for plan in source.book.plans.values()}.values()
    wide = [plan for plan in plans if plan.hold.scope == "umbrella"]
    brands = in_row([one.name for one in source.book.brands.values()])
    classes = in_row([one.value for one in MessageClass if one in HELD_CLASSES], "or")
    yield (
        f"While a case is open, no {classes} message reaches the customer, but for the case's own "
        "question whether it is good again. Receipts, refunds, apologies and safety messages "
        "always pass."
    )
    if wide:
        yield f"That holds for every brand of {source.book.umbrella}: {brands}."
    narrow = [
        source.book.failures[kind].title.lower()
        for plan in plans
        if plan not in wide
        for kind in plan.failures
    ]
    if narrow:
        yield f"Only the brand that failed is silent when {'; '.join(narrow)}."
    yield "An offer for sale never follows a release by a person, only the customer's own word."


def _fair(source: Source) -> Iterator[str]:
    named = source.value("sensitive")
    own = [str(one) for one in named] if isinstance(named, list) else []
    facts = [name_of(tuple(one.split(".")[1:])) for one in own]
    more = f" In this book also: {', '.join(facts)}." if facts else ""
    yield (
        "What a customer is worth and how many people listen to them may decide who is answered "
        f"first. It never decides whether something is given, or how much.{more}"
    )
    for section in ("failures", "entitlements", "requests"):
        for rule in source.rules(section):
            because = rule.text("allow_because")
            if because:
                yield f"One exception, in “{rule.text('id')}” ({rule.where}): {because}."
