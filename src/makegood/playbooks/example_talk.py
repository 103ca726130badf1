"""A conversation in an example of a book: the customer wrote, or a person of the firm answered.

No event of another system tells of either, so an example says them in words of their own.
"""

from collections.abc import Collection

from msgspec import Struct

from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Fields
from makegood.playbooks.reading import Section

WROTE = "wrote"
CUSTOMER, REP = "customer", "rep"
WRITERS = (CUSTOMER, REP)
_HEARD = "No queue of `waits` hears what is written by `{}`."


class GivenTalk(Struct, frozen=True, kw_only=True):
    """The customer wrote to the firm, or a person of the firm answered.

    Attributes:
        channel: By mail, or what else the firm calls it; each is one conversation.
        is_answer: A person answered.
        brand: Whom they wrote to; empty for the umbrella.
    """

    channel: str
    is_answer: bool
    brand: str = ""


def is_talk(node: Fields) -> bool:
    """Whether a step of an example is one of a conversation."""
    return any(entry.key == WROTE for entry in node.entries)


def read_talk(
    section: Section, channels: Collection[str], brands: Collection[str]
) -> tuple[GivenTalk, int]:
    """Read a step, and how long after the one before it comes."""
    writer = section.choice(WROTE, WRITERS)
    channel = section.text("by")
    if channel and channel not in channels:
        section.error("by", _HEARD.format(channel), nearest(channel, channels))
    brand = section.text("brand", default="")
    if brand and brand not in brands:
        section.error("brand", f"`{brand}` is not a brand.", nearest(brand, brands))
    after_ms = section.span_ms("after", default=0)
    section.done()
    return GivenTalk(channel=channel, is_answer=writer == REP, brand=brand), after_ms
