"""Facts about surveys: what a customer answered when asked about something they met."""

from typing import Literal, TypeAlias

from makegood.messages.body import FactBody, TextRef
from makegood.messages.ids import RepId

Reason: TypeAlias = Literal["person", "policy", "product", "other"]
"""What a customer says their answer is about."""
REASONS: tuple[Reason, ...] = ("person", "policy", "product", "other")


class Rated(FactBody, frozen=True, kw_only=True, tag="rated"):
    """The customer said how something was; a later answer about the same takes its place.

    Attributes:
        survey: Id of a survey of the book.
        score: On the scale of the survey's kind.
        about: Booking, segment or order; empty when it is about nothing in particular.
        brand: Whom they met.
        met: The person met, as the survey or the firm names them; free of personal data.
        by: Rep who wrote the answer down, or empty when the customer gave it.
        words: What they added.
        reasons: What they say it was about; none when they did not say.
        rule: The rule that was applied to them, as it stood when they met.
        place: Where they met.
        channel: By which way they met.
        severity: How grave what was at stake was, 1 to 5; 0 when nothing had failed.
        met_ms: When they met; 0 when it is not known.
        question: Which question of the survey; empty for its first.
    """

    survey: str
    score: int
    about: str = ""
    brand: str = ""
    met: str = ""
    by: RepId = RepId("")
    words: TextRef = ""
    reasons: tuple[Reason, ...] = ()
    rule: str = ""
    place: str = ""
    channel: str = ""
    severity: int = 0
    met_ms: int = 0
    question: str = ""
