"""What every page about somebody shows of who they are."""

from typing import Any

from makegood.core.state import Case
from makegood.desk.access import Desk
from makegood.desk.story import Story
from makegood.projections.person import known_about
from makegood.projections.standing import one_brand, standing_of


def standing_shown(desk: Desk, story: Story, case: Case | None) -> dict[str, Any]:
    """Give the standing by the active book of the case's brand, and what else is known."""
    brand = case.brand if case is not None else one_brand(story.state)
    book = desk.makegood.library.now(brand)
    return {
        "standing": standing_of(story.state, book, desk.now_ms),
        "known": known_about(story.state, case, desk.now_ms, book.standing),
    }
