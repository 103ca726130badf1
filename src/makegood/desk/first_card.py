"""The form with which a rep writes to a customer who did not write, and its draft."""

from collections.abc import Sequence

from msgspec import Struct

from makegood.desk.access import Desk
from makegood.messages.ids import ProfileId
from makegood.ports.attached import Attached
from makegood.ports.letters import Jotting
from makegood.runtime.answering_letters import NEW
from makegood.runtime.attaching import Draft


class FirstLetter(Struct, frozen=True, kw_only=True):
    """What the form shows.

    Attributes:
        emails: To which address it may go.
        to: The one that was chosen.
    """

    emails: tuple[str, ...]
    to: str = ""
    subject: str = ""
    text: str = ""
    brand: str = ""
    attached: tuple[Attached, ...] = ()

    @property
    def is_begun(self) -> bool:
        """Whether there is a draft of it."""
        return bool(self.subject or self.text or self.attached)


def first_of(
    desk: Desk,
    emails: tuple[str, ...],
    whose: str,
    jottings: Sequence[Jotting],
    unsent: Sequence[Attached],
) -> FirstLetter:
    """Give the form, with what this person has written in it already.

    Args:
        desk: Who writes.
        emails: The addresses of the customer.
        whose: The profile that the letter would be filed with.
        jottings: Every draft for the customer.
        unsent: Everything attached to one.
    """
    draft = Draft(profile=ProfileId(whose), rep=desk.me.rep, thread=NEW)
    own = (one for one in jottings if (one.profile, one.rep) == (draft.profile, draft.rep))
    begun = next((one for one in own if one.thread == NEW), None)
    return FirstLetter(
        emails=emails,
        to=begun.to if begun is not None else "",
        subject=begun.subject if begun is not None else "",
        text=begun.text if begun is not None else "",
        brand=begun.brand if begun is not None else "",
        attached=tuple(one for one in unsent if draft.has(one)),
    )
