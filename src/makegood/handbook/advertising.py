"""The chapter about what the company says in public that it does."""

from collections.abc import Iterator

from makegood.handbook.conditions import in_row
from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry
from makegood.playbooks.advertising import Advertised
from makegood.projections.asked import within_words

_LEAD = (
    "What we say in public that we do. The page “Promised in public” sets beside each of these "
    "what is said about it and what is measured; whoever works at the desk can say which way a "
    "post is meant."
)


def advertised_chapter(source: Source) -> tuple[Chapter, ...]:
    """Say each promise and what it is measured by; no chapter where nothing is advertised."""
    rules = {rule.text("id"): rule for rule in source.rules("advertised")}
    entries = tuple(
        Entry(
            anchor=f"advertised-{one.id}",
            title=one.says["en"],
            rule=one.id,
            where=rules[one.id].where,
            sentences=tuple(_sentences(source, one)),
        )
        for one in source.book.advertised
    )
    if not entries:
        return ()
    return (Chapter(anchor="advertised", title="What we advertise", lead=_LEAD, entries=entries),)


def _sentences(source: Source, one: Advertised) -> Iterator[str]:
    brands = source.book.brands
    names = [brands[name].name for name in one.brands if name in brands]
    yield f"{in_row(names) if names else 'Every brand'} says so{_where(one)}."
    if one.words:
        found = [f"“{word}”" for words in one.words.values() for word in words]
        yield f"A post is about it that says {in_row(found, 'or')}."
    if one.stars:
        stars = "star" if one.stars == 1 else "stars"
        yield f"A review about it with at most {one.stars} {stars} of five is against it."
    if one.waits:
        yield f"A wait of the queue {one.waits} of at most {within_words(one.within_ms)} keeps it."
    if one.promises:
        yield f"Kept and broken promises are counted for it: {in_row(list(one.promises))}."
    if one.read_from:
        sure = f"{100 * one.read_from:g}"
        yield (
            f"A post in which a machine reads of one of its failures with a chance of {sure} of "
            "100 or more is against it, and labelled as read by a machine."
        )
    if one.failures:
        yield f"Failures are counted against it: {in_row(list(one.failures))}."


def _where(one: Advertised) -> str:
    return f", at {one.url}" if one.url else ""
