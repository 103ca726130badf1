"""What a customer was asked about, and what they answered, as far as the fold remembers it."""

from collections.abc import Collection
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.ids import CaseId, CommandId, EventId, ProfileId

MOST_KEPT = 100  # of whom is asked more often, the oldest are no longer known

ANSWERED_WITH = "survey.score"
"""Among the facts a failure was judged by: the answer that it is."""

WhyNot: TypeAlias = Literal[
    "", "missing", "history", "case", "hold", "unsubscribed", "often",
    "withdrawn", "missed", "failed", "held", "remedy", "lately", "apology", "one",
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
        case: The open case during which it was asked, its cause outside the firm; then it is one
            question alone. Empty for every other.
        due_ms: When it was to be asked, while it waits for the apology; else 0.
        more: What was answered to the questions besides the first, in the order of the answers.
        first_bad_ms: When it was first answered with a bad score; 0 for never.
        again_bad: A bad score came after the case of an earlier one was closed.
        happy_ms: When a bad score was followed by the customer's word that it is good; 0 until
            then, and when they were let down again since.
        after: The touchpoint's name.
        sent_ms: When the question reached the customer; 0 until somebody says so.
        closed: The case that a bad score opened and a person closed, until they answer again;
            empty for none, and where nobody asks whether it is good now.
        closed_ms: When that was.
        closing: The order that asks whether it is good now; empty until it does.
        closing_ms: When that was ordered; 0 for one that never reached them.
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
    case: CaseId = CaseId("")
    due_ms: int = 0
    more: tuple[tuple[str, int], ...] = ()
    first_bad_ms: int = 0
    again_bad: bool = False
    happy_ms: int = 0
    after: str = ""
    sent_ms: int = 0
    closed: CaseId = CaseId("")
    closed_ms: int = 0
    closing: CommandId = CommandId("")
    closing_ms: int = 0

    @property
    def is_to_be_asked_again(self) -> bool:
        """Whether its case was closed, and nobody has asked yet whether it is good now."""
        return bool(self.closed) and not self.closing

    @property
    def is_answered(self) -> bool:
        """Whether any of its questions was answered."""
        return self.score is not None or bool(self.more)

    def answer_to(self, question: str) -> int | None:
        """Give the score of a question; None without one. The first question has no id."""
        return dict(self.more).get(question) if question else self.score

    def answered(self, question: str, score: int) -> "SurveyState":
        """Take an answer to one question; what was answered to the others stays."""
        if not question:
            return replace(self, score=score)
        kept = tuple(one for one in self.more if one[0] != question)
        return replace(self, more=(*kept, (question, score)))

    @property
    def failure(self) -> str:
        """What a bad score of it is about, as a failure."""
        return f"{self.survey}/{self.about}"

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


def good_again(
    surveys: tuple[SurveyState, ...], failures: Collection[str], at_ms: int
) -> tuple[SurveyState, ...]:
    """Remember that customers said it is good again, of what they were unhappy with."""
    return tuple(
        replace(one, happy_ms=at_ms) if one.first_bad_ms and one.failure in failures else one
        for one in surveys
    )
