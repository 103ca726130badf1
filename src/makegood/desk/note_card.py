"""The notes of the team on a customer and on their letters, as the desk shows them."""

from msgspec import Struct

from makegood.desk.access import Desk
from makegood.desk.story import Story
from makegood.messages.facts import NotedOnCustomer
from makegood.projections.roster import rep_name

MOST_NOTES = 20
"""On the customer; all of them stand in what happened."""


class NoteShown(Struct, frozen=True, kw_only=True):
    """One note.

    Attributes:
        letter: The letter it is about; empty for the customer.
    """

    who: str
    at_ms: int
    words: str
    letter: str


def notes_shown(desk: Desk, story: Story) -> tuple[NoteShown, ...]:
    """Give the notes that this person may read, newest first; one that was erased is none."""
    found = [
        (event.time_ms, event.body)
        for event in story.history
        if isinstance(event.body, NotedOnCustomer) and desk.me.may_see(event.body.brand)
    ]
    texts = desk.reading.texts([body.words for _, body in found])
    return tuple(
        NoteShown(
            who=rep_name(desk.reps, body.by),
            at_ms=at_ms,
            words=texts[body.words],
            letter=body.letter,
        )
        for at_ms, body in reversed(found)
        if body.words in texts
    )
