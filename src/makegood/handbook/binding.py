"""The chapter on what is said: promises and what things cost, and how they bind the firm."""

from collections.abc import Iterator

from makegood.handbook.source import Rule, Source
from makegood.handbook.terms import Chapter, Entry, Link, Shown
from makegood.playbooks.rulings import DisclosureRule, PromiseRule
from makegood.projections.asked import within_words

_LEAD = (
    "What one of us says binds all of us. Write down what you promise, with an end, and what you "
    "say that something costs: rules and requests read it, and the customer need not prove it. "
    "Nobody promises more money than they may give."
)


def said_chapter(source: Source) -> Chapter | None:
    """Say what may be promised and told; None when the book knows nothing of it."""
    book = source.book
    rules = {
        str(rule.fields.get("id")): rule
        for section in ("promises", "disclosures")
        for rule in source.rules(section)
    }
    entries = (
        *(_promise(one, rules[name]) for name, one in book.promises.items()),
        *(_disclosure(one, rules[name]) for name, one in book.disclosures.items()),
    )
    if not entries:
        return None
    return Chapter(anchor="said", title="What we say binds us", lead=_LEAD, entries=entries)


def _promise(one: PromiseRule, rule: Rule) -> Entry:
    name = one.rule.id
    return Entry(
        anchor=f"promise-{name}",
        title=one.says["en"],
        rule=name,
        where=rule.where,
        sentences=tuple(_of_promise(one)),
        shown=tuple(_shown(rule, ("about", "by", "who"))),
        links=(Link(anchor=f"failure-{name}", text="When it is not kept"),),
    )


def _of_promise(one: PromiseRule) -> Iterator[str]:
    made = (
        f"“{one.rule.after}” makes this promise, and so does anybody who looks after the customer."
    )
    yield made if one.rule.after else "Only people promise this, with words and an end."
    kept = f"“{one.rule.unless}” keeps it, or a person says that it was kept."
    yield kept if one.rule.unless else "A person says that it was kept."
    yield f"It is kept within {within_words(one.rule.within_ms)} where no other end is said."
    if one.binds:
        names = (name.removesuffix("cents").strip("_").replace("_", " ") for name in one.binds)
        yield f"It binds us to what is said with it: {', '.join(n or 'the sum' for n in names)}."


def _disclosure(one: DisclosureRule, rule: Rule) -> Entry:
    events = " or ".join(f"“{event}”" for event in rule.list("on"))
    told = f"{events} tells it, and so does anybody who tells the customer."
    return Entry(
        anchor=f"disclosure-{one.id}",
        title=one.says["en"],
        rule=one.id,
        where=rule.where,
        sentences=(
            told if events else "Only people tell it: how much, about which booking, and where.",
        ),
        shown=tuple(_shown(rule, ("about", "amount", "who", "channel"))),
    )


def _shown(rule: Rule, keys: tuple[str, ...]) -> Iterator[Shown]:
    for key in keys:
        if rule.text(key):
            yield Shown(label=key.capitalize(), code=rule.code(key))
