"""Rows of a rule book at work: its draft, and what it would have done to the log."""

from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from makegood.messages.ids import BookHash

DraftEnd: TypeAlias = Literal["", "discarded", "activated"]
TrialStatus: TypeAlias = Literal["running", "done", "failed", "stopped", "interrupted"]


class Draft(Struct, frozen=True, kw_only=True):
    """One revision of the draft; each save adds one, and none is ever changed.

    Attributes:
        revision: Counted from 1, over all drafts.
        text: The book as typed, without the laws bound to it; it may hold mistakes.
        base: The book that was active when the draft began.
        by: Who saved it.
        says: What was done, in a few words.
        end: Not empty when the draft ended with this revision.
    """

    revision: int
    text: str
    base: BookHash
    by: str
    at_ms: int
    says: str = ""
    end: DraftEnd = ""


class Trial(Struct, frozen=True, kw_only=True):
    """A draft compared with the active book over the log.

    Attributes:
        place: Counted from 1.
        old: The book that was active.
        new: The draft's.
        by: Who asked.
        since_ms: Only what happened from here on is counted.
        log: How many events the log held at the beginning.
        total: Customers to judge.
        done: Customers judged by now.
        runner: The process at work.
        beat_ms: When it last said so.
        ended_ms: 0 while it runs.
        error: What stopped it, for `failed`.
    """

    place: int
    old: BookHash
    new: BookHash
    by: str
    started_ms: int
    since_ms: int
    runner: str
    beat_ms: int
    status: TrialStatus = "running"
    log: int = 0
    total: int = 0
    done: int = 0
    ended_ms: int = 0
    error: str = ""


class TrialResult(Struct, frozen=True, kw_only=True):
    """What came of a trial.

    Attributes:
        found: The comparison, as JSON.
        page: The same as HTML, with its charts.
    """

    found: str
    page: str


class DraftReading(Protocol):
    """What is kept of the draft and its trials."""

    def draft(self) -> Draft | None:
        """Give the newest revision of the rule book's draft, ended or not."""

    def trials(self, limit: int) -> tuple[Trial, ...]:
        """Give the newest trials of drafts, the newest first."""

    def trial_result(self, place: int) -> TrialResult | None:
        """Give what came of a trial; None before its end."""


class DraftWriting(Protocol):
    """What is saved, and how a trial fares."""

    def put_draft(self, row: Draft) -> bool:
        """Add a revision; False when there is one of that number (nothing is changed then)."""

    def begin_trial(self, row: Trial) -> bool:
        """Add a trial; False when there is one of that place (nothing is changed then)."""

    def put_trial(self, row: Trial, result: TrialResult | None = None) -> None:
        """Say how a trial fares, and keep what came of it."""
