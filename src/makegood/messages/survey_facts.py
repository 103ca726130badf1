"""Facts about surveys: what a customer answered when asked about something they met."""

from makegood.messages.body import FactBody, TextRef
from makegood.messages.ids import RepId


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
    """

    survey: str
    score: int
    about: str = ""
    brand: str = ""
    met: str = ""
    by: RepId = RepId("")
    words: TextRef = ""
