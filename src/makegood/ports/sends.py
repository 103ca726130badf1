"""Sends that are known: who asked the gate or passed it, and what was only told afterwards."""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

Way: TypeAlias = Literal["own", "asked", "smtp", "screened", "reported", "held"]
WAYS: tuple[Way, ...] = ("own", "asked", "smtp", "screened", "reported", "held")


class Sends(Struct, frozen=True, kw_only=True):
    """So many messages on one day.

    Attributes:
        day: Days since 1970, in UTC.
        brand: Who spoke; empty when it is not said, or no brand of the rule book.
        channel: mail, sms and so on.
        way: How it is known: `own` we sent it; `asked` the gate said yes; `smtp` it passed the
            SMTP gate; `screened` it stands in a list that was screened; `reported` an event told
            of it; `held` it was no send, because the gate said no.
        message_class: promotional and so on; empty when it is not known.
        source: Of `reported`: the write key that told.
        event: Of `reported`: the event's name.
        campaign: Of `reported`: which campaign.
        count: How many.
    """

    day: int
    brand: str
    channel: str
    way: Way
    count: int
    message_class: str = ""
    source: str = ""
    event: str = ""
    campaign: str = ""


class SendsReading(Protocol):
    """What is counted."""

    def sends(self, since_day: int) -> tuple[Sends, ...]:
        """Add up all days from one on, for each brand, channel, way, source and event.

        `day` is the last day of each; the class and the campaign are left out, and so is what was
        held.
        """

    def told_of(self, since_day: int, limit: int) -> tuple[Sends, ...]:
        """Give the campaigns of which events told most, from a day on; the largest first.

        `day` is the last day of each.
        """

    def sends_held(self, since_day: int, until_day: int) -> tuple[Sends, ...]:
        """Add up what the gate stopped from one day to before another, by brand and day."""


class SendsWriting(Protocol):
    """What adds to it."""

    def add_sends(self, sends: Sequence[Sends]) -> None:
        """Add to the counts of days; what differs in nothing but the count may repeat."""
