"""Trainings of triage: whose turn it is, what came of each, and the models that were kept."""

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

Outcome = Literal["taken", "kept back", "failed"]


class Figures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the training of one question went; what is tried was never learned from.

    Attributes:
        question: `kind`, `intent` or `urgency`.
        learned: From so many labels.
        held: So many others were tried.
        before: Of those the model in use had so many right.
        after: The new one.
        only_before: Right with the one in use alone.
        only_after: Right with the new one alone.
        opened: Failures that the new one would have opened by itself among them.
        opened_right: So many of those rightly.
        is_taken: The new one is used from then on.
        why: In words.
        left_out: Labels that had too few letters.
    """

    question: str
    learned: int
    is_taken: bool
    why: str
    held: int = 0
    before: int = 0
    after: int = 0
    only_before: int = 0
    only_after: int = 0
    opened: int = 0
    opened_right: int = 0
    left_out: tuple[str, ...] = ()


class Training(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One training, and what came of it.

    Attributes:
        at_ms: When it began; names it.
        took_ms: How long it took.
        labels: So many there were, the latest of them at `labelled_ms`.
        outcome: A model was taken, or kept back; or the training failed.
        why: In words.
        model: The model it made; empty where it made none.
        before: The model that was in use; empty for the one that ships.
        by: `night` for the worker, else who asked for it.
    """

    at_ms: int
    outcome: Outcome
    why: str
    took_ms: int = 0
    labels: int = 0
    labelled_ms: int = 0
    model: str = ""
    before: str = ""
    by: str = "night"
    figures: tuple[Figures, ...] = ()


class Version(Struct, frozen=True, kw_only=True):
    """A model that is kept.

    Attributes:
        name: Made from what it learned; stands on everything it read.
        at_ms: When it was put in use.
        back_ms: When somebody went back from it; 0 while nobody did.
    """

    name: str
    at_ms: int
    back_ms: int = 0


class TrainingReading(Protocol):
    """Looking."""

    def trainings(self, *, before_ms: int = 0, limit: int = 20) -> tuple[Training, ...]:
        """Page through trainings, the latest first.

        Args:
            before_ms: When the last one of the page before began; 0 for the first page.
            limit: At most so many.
        """

    def triage_versions(self) -> tuple[Version, ...]:
        """Give the models that are kept, the latest first; without what they are made of."""

    def labels_since(self, at_ms: int) -> int:
        """Count what people said of letters after an instant."""


class TrainingWriting(TrainingReading, Protocol):
    """Writing."""

    def take_turn(self, now_ms: int, until_ms: int) -> bool:
        """Take the turn to train until an instant; False while somebody else has it."""

    def end_turn(self, until_ms: int) -> None:
        """Give a turn back that lasts until this instant; a later one is somebody else's."""

    def put_training(self, row: Training) -> None:
        """Write down what came of a training."""

    def keep_versions(self, most: int) -> int:
        """Forget all models but the latest; say how many went. The one in use stays."""

    def put_back(self, name: str, at_ms: int) -> bool:
        """Take a model out of use, so that the one before it is used; False for no such one."""

    def put_in_use_again(self, name: str, at_ms: int) -> bool:
        """Put a kept model in use again; False for no such one."""


def newest(rows: Sequence[Version]) -> Version | None:
    """Give the version in use; None for the one that ships."""
    return next((row for row in rows if not row.back_ms), None)
