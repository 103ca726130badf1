"""The chapter on places and walks: who is asked when we have no room, and who has to go."""

from collections.abc import Iterator

from makegood.handbook.source import Rule, Source
from makegood.handbook.terms import Chapter, Entry, Link, Shown
from makegood.playbooks.placing import PlaceRule, WalkRule
from makegood.projections.asked import within_words

_LEAD = (
    "Nobody is sent to a closed door. A person at the other place says yes, by name and until "
    "when, before the customer hears of it, and the customer repeats nothing there."
)
_WALKS = (
    "When not all can stay, whoever it harms least goes elsewhere. Never by what somebody spends, "
    "by tier or by how many hear them; a person decides, and may decide otherwise with a reason."
)
_METRES = 1000


def places_chapters(source: Source) -> Iterator[Chapter]:
    """Say who is asked and who goes; nothing when the book says neither."""
    book = source.book
    if book.places:
        rules = {str(rule.fields.get("id")): rule for rule in source.rules("places")}
        entries = tuple(_place(one, rules[name], source) for name, one in book.places.items())
        yield Chapter(anchor="places", title="No room here", lead=_LEAD, entries=entries)
    if book.walks:
        rules = {str(rule.fields.get("id")): rule for rule in source.rules("walks")}
        entries = tuple(_walk(one, rules[name]) for name, one in book.walks.items())
        yield Chapter(anchor="walks", title="Who goes elsewhere", lead=_WALKS, entries=entries)


def _place(one: PlaceRule, rule: Rule, source: Source) -> Entry:
    kinds = " or ".join(kind.replace("_", " ") for kind in one.kinds)
    remedies = [it for it in source.book.remedies.values() if it.places == one.id]
    links = [Link(anchor=f"message-{name}", text=words) for name, words in _messages(one)]
    return Entry(
        anchor=f"places-{one.id}",
        title=f"A {kinds} that takes them in",
        rule=one.id,
        where=rule.where,
        sentences=tuple(_asking(one)),
        shown=tuple(Shown(label="Offered as", code=it.title["en"]) for it in remedies),
        links=tuple(links),
    )


def _messages(one: PlaceRule) -> tuple[tuple[str, str], ...]:
    return (
        (one.ask, "The question"),
        (one.expect, "When they come"),
        (one.free, "When they do not"),
    )


def _asking(one: PlaceRule) -> Iterator[str]:
    if one.within_metres:
        yield f"No farther than {one.within_metres // _METRES} km."
    if one.as_good:
        yield "As good as ours, or better."
    at_once = "one after another" if one.at_once == 1 else f"{one.at_once} at a time"
    yield f"At most {one.most} are asked, {at_once}, the nearest with room first."
    yield f"Each has {within_words(one.answer_within_ms)} to answer, then the next is asked."
    yield f"A yes stands for at most {within_words(one.kept_ms)}."
    if one.again:
        times = "once" if one.again == 1 else f"{one.again} times"
        yield f"One whose yes ran out before the customer chose is asked again {times}."
    if one.oldest_ms:
        yield f"What a system said more than {within_words(one.oldest_ms)} ago is not used."
    if not one.asks_unknown:
        yield "A place of which nobody knows whether it has room is not asked."


def _walk(one: WalkRule, rule: Rule) -> Entry:
    return Entry(
        anchor=f"walk-{one.id}",
        title=one.title,
        rule=one.id,
        where=rule.where,
        sentences=tuple(_harming(one)),
    )


def _harming(one: WalkRule) -> Iterator[str]:
    if one.volunteers_first:
        yield "Who offers to go is asked first."
    if one.never:
        yield f"Stays, whatever else: {'; '.join(it.says for it in one.never)}."
    weights = "; ".join(f"{it.says} ({it.points})" for it in one.harm)
    yield f"What makes it worse, with its weight: {weights}."
    yield "What nobody knows counts as the worse of the two."
