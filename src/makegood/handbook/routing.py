"""The chapter about routing: who is asked when a customer chose nobody, and what chance is for."""

from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry
from makegood.playbooks.routing_terms import RoutingRules

_LEAD = (
    "A customer's wish comes first, and nobody is met whom they are to be kept apart from. What a "
    "customer is worth and how many hear them never decides who helps."
)
_SPEAKS = {
    "last": "who helped the customer last",
    "brand": "who is of that brand",
    "language": "whose languages are known",
    "narrow": "who serves the fewest brands",
    "load": "who has the fewest open cases",
    "share": "who has most room left",
}
_LET_GO = {"language": "the language", "capacity": "that they have room", "brand": "the brand"}


def routing_chapter(source: Source) -> tuple[Chapter, ...]:
    """Say who is asked; no chapter where the book has no such section."""
    where = dict(source.sections()).get("routing")
    if where is None:
        return ()
    rules = source.book.routing
    entry = Entry(
        anchor="routing-order",
        title="Who is asked",
        where=where,
        sentences=(*_order(rules), *_chance(rules)),
    )
    return (Chapter(anchor="routing", title="Who is asked", lead=_LEAD, entries=(entry,)),)


def _order(rules: RoutingRules) -> tuple[str, ...]:
    order = ", then ".join(_SPEAKS[word] for word in rules.order)
    talks = (
        "A conversation of somebody who chose nobody is given to one person; after a while "
        "whoever is free takes it."
        if rules.conversations
        else "A conversation of somebody who chose nobody is taken by whoever is free."
    )
    let_go = ", then ".join(_LET_GO[word] for word in rules.relaxes)
    relaxed = f" Where nobody fits, we let go: {let_go}." if let_go else ""
    return (
        "Whoever is on duty may be asked who serves the brand, has room and speaks the "
        f"customer's language.{relaxed}",
        f"First comes {order}.",
        talks,
    )


def _chance(rules: RoutingRules) -> tuple[str, ...]:
    if not rules.slice:
        return ("Nothing is left to chance.",)
    double = "" if rules.chance_at_double else ", and never at a second failure"
    return (
        f"{rules.slice / 100:g} of a hundred decisions are left to chance among at most "
        f"{rules.among} people, below a severity of {rules.chance_below}{double}: so it can be "
        "told later what a person did, and what would have happened anyway.",
        "It is never left to chance when the customer chose somebody or is in a conversation. "
        "Who could have been asked, and how likely, is written down each time.",
    )
