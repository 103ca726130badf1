"""Triage: what a model made of letters, what people said of it, and the model itself."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from makegood.messages.body import TextRef
from makegood.messages.ids import ProfileId, RepId
from makegood.messages.triage_facts import Triaged

Tells: TypeAlias = Literal["", "machine", "person"]
"""Who says that something tells of a failure; empty where nobody does."""
_NO_FAILURE = "none"  # as a kind, of models and of people
PUBLIC = "public"
"""The channel of what is said in public; what is known of a post decides what it is against."""


class TriageRow(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What is known of a letter.

    Attributes:
        profile: Whose it is.
        said: What the model made of it; None where nobody asked one.
        words: The words that rests on.
        labelled_ms: When a person said what it is; 0 for never.
        rep: Who.
        kind: The kind of failure they named; `none` for no failure.
        intent: What it is about, as they say; empty where they did not.
        urgency: `urgent` or `ordinary`; empty where they did not say.
        channel: Where it was written, as `triage` of the rule book calls it.
        ref: Where its words are, beside the log; empty for letters and posts.
        at_ms: When it was written to us; 0 where nobody wrote that down.
        brand: For whom it was written.
    """

    letter: str
    profile: ProfileId
    said: Triaged | None = None
    words: tuple[str, ...] = ()
    labelled_ms: int = 0
    rep: RepId = RepId("")
    kind: str = ""
    intent: str = ""
    urgency: str = ""
    channel: str = "mail"
    ref: TextRef = ""
    at_ms: int = 0
    brand: str = ""

    @property
    def tells(self) -> Tells:
        """Say who says that it tells of a failure: a person's word goes before a model's.

        A model says so where it was as sure as the rule book wants before anybody is asked.
        """
        if self.labelled_ms:
            return "" if self.kind == _NO_FAILURE else "person"
        is_sure = self.said is not None and self.said.verdict != "nothing"
        return "machine" if is_sure else ""


class KeptModel(Struct, frozen=True, kw_only=True):
    """A model that was trained here.

    Attributes:
        name: Made from what it learned.
        at_ms: When it was put in use; the latest is.
        content: Its arrays.
    """

    name: str
    at_ms: int
    content: bytes


class TriageReading(Protocol):
    """Looking."""

    def triaged(self, letters: Sequence[str]) -> Mapping[str, TriageRow]:
        """Give what is known of letters."""

    def triaged_of(self, profiles: Sequence[ProfileId]) -> tuple[TriageRow, ...]:
        """Give everything that was read of what some profiles wrote."""

    def triage_labels(
        self, *, after: tuple[int, str] = (0, ""), limit: int = 500
    ) -> tuple[TriageRow, ...]:
        """Page through what people said, oldest first.

        Args:
            after: When the last one of the page before was said, and its letter.
            limit: At most so many.
        """

    def triage_model_name(self) -> str:
        """Name the model in use; empty for the one that ships."""

    def triage_model(self) -> KeptModel | None:
        """Give the model in use; None for the one that ships."""


class TriageWriting(TriageReading, Protocol):
    """Writing."""

    def put_triaged(self, row: TriageRow) -> None:
        """Keep what is known of a letter, instead of what was; a post is weighed again then."""

    def erase_triaged(self, profiles: Sequence[ProfileId]) -> int:
        """Forget what is known of what some profiles wrote, and what of it waits."""

    def put_triage_model(self, row: KeptModel) -> None:
        """Put a model in use; the ones before it stay, to go back to."""
