"""Rows of who is who: pairs of customers that may be one, what speaks for it, what was decided."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from makegood.messages.ids import ProfileId, RepId

LinkStatus: TypeAlias = Literal["review", "linked", "apart"]
"""`review` waits for a person; `linked` is one customer; `apart` is never asked about again."""

SECOND = "Two guests of one list would become one customer."
"""Why a person is asked: within a run, or by links of other runs."""


class Evidence(Struct, frozen=True, kw_only=True):
    """What one field says about a pair.

    Attributes:
        title: What the field is called.
        left: What the one list says; personal data.
        right: What the other says.
        says: How the two are alike, in words; empty when one of them is not known.
        bits: Weight: 1 makes one person twice as likely, -1 half as likely, 0 says nothing.
    """

    title: str
    left: str
    right: str
    says: str
    bits: float


class Candidate(Struct, frozen=True, kw_only=True):
    """Two rows of guest lists that may be one person, as a run found them.

    Attributes:
        left: Typed identifier of the one customer, in clear.
        right: That of the other one.
        left_brand: Whose list the one is of.
        right_brand: Whose the other one is of.
        probability: That they are one person, by the model.
        bits: The same as a weight, without the bounds of a probability.
        is_sure: Above the threshold, and nothing speaks against linking without a person.
        why: Why a person is asked; empty when nobody needs to be.
        evidence: Field by field.
    """

    left: str
    right: str
    left_brand: str
    right_brand: str
    probability: float
    bits: float
    is_sure: bool
    why: str = ""
    evidence: tuple[Evidence, ...] = ()


class LinkPair(Struct, frozen=True, kw_only=True):
    """A pair that was linked, kept apart, or waits for a person.

    Attributes:
        id: Digest of both profiles; the order of the two does not matter.
        left: Profile of the one customer.
        right: Profile of the other one.
        status: What became of it.
        weight: Thousandths of a bit; lists begin with the heaviest.
        probability: By the model of the run that found it.
        run: Number of that run.
        found_ms: When.
        left_said: Typed identifier in clear; empty once it is kept apart or erased.
        right_said: That of the other one.
        why: Why a person is asked.
        evidence: Field by field; empty once it is kept apart or erased.
        by: Who decided; empty for the threshold of the run.
        reason: Why, in that person's words.
        settled_ms: When; 0 while it waits.
        turns: How often it was decided; part of the ids of its events.
        named: Pseudonyms of the mail addresses and telephones in the evidence, by which it is
            found when one of them is erased.
    """

    id: str
    left: ProfileId
    right: ProfileId
    left_brand: str
    right_brand: str
    status: LinkStatus
    weight: int
    probability: float
    run: int = 0
    found_ms: int = 0
    left_said: str = ""
    right_said: str = ""
    why: str = ""
    evidence: tuple[Evidence, ...] = ()
    by: RepId = RepId("")
    reason: str = ""
    settled_ms: int = 0
    turns: int = 0
    named: tuple[ProfileId, ...] = ()


class LinkRun(Struct, frozen=True, kw_only=True):
    """One run over guest lists, as it was reported.

    Attributes:
        run: Counted from 1.
        lists: Brand -> rows that were compared.
        linked_at: The threshold of that run.
        review_at: That below which nothing happens.
        linked: Pairs it linked.
        asked: Pairs it put before a person.
        known: Pairs that were one customer already.
        apart: Pairs that somebody had kept apart.
        left_out: Pairs that could not be linked, by reason.
        precision: Estimated share of right ones among the linked: low, middle, high.
        by: Who started it.
        withdrawn: Questions of runs before that these lists ask no longer.
        doubted: Links by a threshold that these lists no longer speak for; they stay.
    """

    run: int
    at_ms: int
    lists: Mapping[str, int]
    linked_at: float
    review_at: float
    linked: int
    asked: int
    known: int
    apart: int
    left_out: Mapping[str, int]
    precision: tuple[float, float, float]
    by: str = ""
    withdrawn: int = 0
    doubted: int = 0


class LinkReading(Protocol):
    """What is known of probable links."""

    def link_pairs(
        self,
        status: LinkStatus,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[LinkPair, ...]:
        """Page through pairs, the heaviest first.

        Args:
            status: Which.
            brands: Only pairs of which both sides are of these; none for all.
            after: Weight and id of the last row of the page before.
            limit: At most so many.
        """

    def links_by_id(self, ids: Sequence[str]) -> Mapping[str, LinkPair]:
        """Give pairs by their ids; unknown ones are left out."""

    def links_of(self, profiles: Sequence[ProfileId]) -> tuple[LinkPair, ...]:
        """Give every pair with one of these profiles, by id."""

    def links_named(self, names: Sequence[ProfileId]) -> tuple[LinkPair, ...]:
        """Give every pair whose evidence names one of these, by id.

        Pairs of a database that was made before names were kept come as well.
        """

    def link_counts(self) -> Mapping[tuple[LinkStatus, str, str], int]:
        """Count pairs by status and the brands of the two sides."""

    def link_runs(self, limit: int) -> tuple[LinkRun, ...]:
        """Give the last runs, newest first."""


class LinkWriting(Protocol):
    """What is learnt of probable links."""

    def put_links(self, rows: Sequence[LinkPair]) -> None:
        """Write pairs, whole."""

    def lock_links(self, ids: Sequence[str]) -> Mapping[str, LinkPair]:
        """Give pairs by their ids; others who lock them wait until the end."""

    def drop_links(self, ids: Sequence[str]) -> int:
        """Forget pairs; say how many there were."""

    def put_link_run(self, row: LinkRun) -> LinkRun:
        """Write a run under the next number; give it with its number."""

    def end_link_run(self, row: LinkRun) -> None:
        """Write what became of a run that has its number."""
