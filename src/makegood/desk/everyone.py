"""Who everyone like this customer is, beside a case and beside a request that waits."""

from collections.abc import Mapping

from msgspec.structs import replace

from makegood.core.likeness import Comparable
from makegood.core.state import Case
from makegood.desk.access import Desk
from makegood.desk.story import Story
from makegood.messages.ids import EventId
from makegood.projections.alike import like_of_case, likes_of_requests
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


def like_these_requests(
    desk: Desk, story: Story, remedies: Mapping[EventId, str]
) -> Mapping[EventId, Told]:
    """Tell of everyone who asked for the same; each question is put to the store once.

    Args:
        desk: The desk.
        story: Of the customer.
        remedies: What each request that waits would be given; empty for nothing.
    """
    likes = likes_of_requests(story.state, story.library)
    answers: dict[tuple[str, str, str, str], Told] = {}
    found = {}
    for event, remedy in remedies.items():
        like = likes.get(event)
        if like is None:
            continue
        same = (like.what, like.brand, like.standing, remedy)
        if same not in answers:
            answers[same] = _told(desk, like, (remedy,) if remedy else ())
        found[event] = answers[same]
    return found


def _told(desk: Desk, like: Comparable, remedies: tuple[str, ...]) -> Told:
    """Ask for all brands, or for its own alone where a person serves only some."""
    book = desk.makegood.library.now()
    known = tuple(remedy for remedy in remedies if remedy in book.for_brand(like.brand).remedies)
    wanted = Wanted(like=like, remedies=known, own_brand=bool(desk.me.brands))
    found = told(everyone(desk.reading, wanted, book, desk.now_ms), desk.makegood.library)
    said = [one for one in found.remedies if one.spent or one.for_all != NOTHING]
    return replace(found, remedies=tuple(said[:MOST_REMEDIES]))
