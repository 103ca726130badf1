"""What customers were asked, or not, and what they answered: rows that follow the states."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from makegood.messages.ids import ProfileId

Unhappy: TypeAlias = Literal["", "waits", "still", "recovered"]
"""Of an answer that was ever bad: nothing said since, bad again, or the customer says good."""
After: TypeAlias = tuple[int, str]
"""(at, id): where a page ended."""


class AnswerRow(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One question to one customer about one thing.

    Attributes:
        id: Made of the four that name it.
        profile: Whom the touchpoint was about.
        question: Empty for the first of the survey, which has a row even without a score.
        touch: The touchpoint's name; empty when somebody else asked.
        met: The person met.
        score: -1 for no answer.
        asked: The question was sent to them.
        why: Why it was not; empty when it was, or waits.
        at_ms: When they met.
        rated_ms: When they answered last; 0 for never.
        unhappy: How the whole answer stands; only on the first question.
        replied: Any question of the survey was answered about the same thing.
    """

    id: str
    profile: ProfileId
    survey: str
    about: str
    question: str
    at_ms: int
    brand: str = ""
    touch: str = ""
    met: str = ""
    score: int = -1
    asked: bool = False
    why: str = ""
    rated_ms: int = 0
    unhappy: Unhappy = ""
    replied: bool = False


class AnswerCount(Struct, frozen=True, gc=False, kw_only=True):
    """How many answers are alike in everything that figures are made of."""

    survey: str
    question: str
    brand: str
    touch: str
    score: int
    asked: bool
    why: str
    unhappy: Unhappy
    replied: bool
    n: int


def answer_id(profile: str, survey: str, about: str, question: str) -> str:
    """Name a question to a customer about one thing."""
    return sha256("\n".join((profile, survey, question, about)).encode()).hexdigest()[:32]


class AnswerReading(Protocol):
    """Looking."""

    def answer_counts(
        self, since_ms: int, *, survey: str = "", brands: Sequence[str] = ()
    ) -> tuple[AnswerCount, ...]:
        """Count what was asked and answered since then, in one statement.

        Args:
            since_ms: Of what they met from then on.
            survey: Of one survey; empty for all.
            brands: Of these brands; none for all.
        """

    def answers(
        self,
        unhappy: Unhappy,
        *,
        survey: str = "",
        brands: Sequence[str] = (),
        after: After | None = None,
        limit: int = 50,
    ) -> tuple[AnswerRow, ...]:
        """Page through unhappy answers by when they were given, the newest first."""

    def never_asked(
        self,
        survey: str,
        *,
        brands: Sequence[str] = (),
        after: After | None = None,
        limit: int = 50,
    ) -> tuple[AnswerRow, ...]:
        """Page through whom a survey did not ask, by when they met, the newest first."""


class AnswerWriting(AnswerReading, Protocol):
    """Writing."""

    def put_answers(self, rows: Sequence[AnswerRow], gone: Sequence[str]) -> None:
        """Keep rows, each in the place of the one of its id; those that are gone are deleted."""
