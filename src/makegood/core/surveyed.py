"""What a customer was asked about, and what they answered, as far as the fold remembers it."""

from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.ids import CommandId, EventId, ProfileId

MOST_KEPT = 100  # of whom is asked more often, the oldest are no longer known

WhyNot: TypeAlias = Literal[
    "", "missing", "history", "case", "hold", "unsubscribed", "often",
    "withdrawn", "missed", "failed", "held",
]  # fmt: skip


class SurveyState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One thing a customer was, or was not, asked about; there is one for each survey and `about`.

    Attributes:
        event: The touchpoint, or the answer when somebody else asked.
        profile: Whom that event was about.
        survey: Id of the survey of the book.
        at_ms: When the touchpoint was.
        met: The person met.
        asked_ms: When the question was ordered; 0 when it was not.
        command: The order that asks.
        why: Why it was not asked; empty while it waits, and once it was asked.
        missing: The fact without which the survey could not tell whether to ask.
        why_ms: When that was known.
        score: What was answered; None until then, and that is never a score.
        rated_ms: When.
        words: What was added, by reference.
        again: How often an answer took the place of another.
        rule: The rule that was applied at the touchpoint.
        place: Where it was.
        channel: By which way.
        severity: How grave what had failed was, 1 to 5; 0 for nothing.
    """

    event: EventId
    profile: ProfileId
    survey: str
    about: str
    at_ms: int
    brand: str = ""
    met: str = ""
    asked_ms: int = 0
    command: CommandId = CommandId("")
    why: WhyNot = ""
    missing: str = ""
    why_ms: int = 0
    score: int | None = None
    rated_ms: int = 0
    words: str = ""
    again: int = 0
    rule: str = ""
    place: str = ""
    channel: str = ""
    severity: int = 0

    def is_same(self, other: "SurveyState") -> bool:
        """Whether both are the same survey about the same thing."""
        return (self.survey, self.about) == (other.survey, other.about)


def found(surveys: tuple[SurveyState, ...], survey: str, about: str) -> SurveyState | None:
    """Find what a survey knows about one thing."""
    return next((one for one in surveys if (one.survey, one.about) == (survey, about)), None)


def with_one(surveys: tuple[SurveyState, ...], one: SurveyState) -> tuple[SurveyState, ...]:
    """Put a new or changed one in its place; the oldest are let go of."""
    if found(surveys, one.survey, one.about) is not None:
        return tuple(one if other.is_same(one) else other for other in surveys)
    return (*surveys, one)[-MOST_KEPT:]
