"""A fact of our own on its way into the log."""

from msgspec import Struct

from makegood.messages.facts import Body
from makegood.messages.ids import ProfileId


class Told(Struct, frozen=True, kw_only=True):
    """A fact of our own.

    Attributes:
        profile: Whom it is about.
        body: What happened.
        message_id: Derived from what caused it, so that a repeat is recognised.
        source: Which of our own sources; empty for the outcome of a command.
        brand: Of the case that looks for somebody by it, so that several are shared out.
    """

    profile: ProfileId
    body: Body
    message_id: str
    source: str = ""
    brand: str = ""
