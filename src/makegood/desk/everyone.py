"""Who everyone like this customer is, beside a case and beside a request that waits."""

from msgspec.structs import replace

from makegood.core.likeness import Comparable
from makegood.core.state import Case
from makegood.desk.access import Desk
from makegood.desk.story import Story
from makegood.messages.ids import EventId
from makegood.projections.alike import like_of_case, like_of_request
from makegood.projections.everyone import Wanted, everyone
from makegood.projections.everyone_words import NOTHING, Told, told

MOST_REMEDIES = 4  # beside a case; the interface and the command line tell them all


def like_this_case(desk: Desk, story: Story, case: Case) -> Told | None:
    """Tell of everyone like the customer of a case; None when no rule could judge it yet."""
    like = like_of_case(story.state, case, story.library)
    if like is None:
        return None
    failure = case.failures[-1]
    plan = story.library.book(failure.book).plans.get(failure.rule)
    offered = (*plan.gives, *(offer.id for offer in plan.offers)) if plan else ()
    return _told(desk, like, tuple(dict.fromkeys(offered)))


def like_this_request(desk: Desk, story: Story, event: EventId, remedy: str) -> Told | None:
    """Tell of everyone who asked for the same; None for a request of long ago."""
    like = like_of_request(story.state, event, story.library)
    return None if like is None else _told(desk, like, (remedy,) if remedy else ())


def _told(desk: Desk, like: Comparable, remedies: tuple[str, ...]) -> Told:
    """Ask for all brands, or for its own alone where a person serves only some."""
    book = desk.makegood.library.now(like.brand)
    known = tuple(remedy for remedy in remedies if remedy in book.remedies)
    wanted = Wanted(like=like, remedies=known, own_brand=bool(desk.me.brands))
    found = told(everyone(desk.reading, wanted, book, desk.now_ms), desk.makegood.library)
    said = [one for one in found.remedies if one.spent or one.for_all != NOTHING]
    return replace(found, remedies=tuple(said[:MOST_REMEDIES]))
