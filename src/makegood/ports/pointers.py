"""What leads from a word to a customer or a case: who raised it, what caused it, what finds it."""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from makegood.messages.ids import CaseId, CustomerId

PointerKind: TypeAlias = Literal["found", "raised", "cause"]
Place: TypeAlias = tuple[int, CaseId, CustomerId]
"""(at, case, customer): where a page of pointers ended."""
AnswerKind: TypeAlias = Literal["changed", "will", "stays"]


class Pointer(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One way to a customer or a case; derived from the state, like the rows of cases.

    Attributes:
        kind: `found` (a word in full finds the customer), `raised` (somebody raised the case) or
            `cause` (the case has this root cause).
        key: The word, the person, or the root cause.
        case: The case; empty for a fact of the customer.
        at_ms: When raised; for a cause when the case opened; else 0.
        named_ms: When the cause was named.
        cents: What the case has cost so far.
    """

    kind: PointerKind
    key: str
    customer: CustomerId
    case: CaseId = CaseId("")
    at_ms: int = 0
    named_ms: int = 0
    brand: str = ""
    severity: int = 0
    cents: int = 0
    currency: str = ""


class RootAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the owner of a root cause said last.

    Attributes:
        cause: Which.
        answer: `changed`, `will` change, or it `stays`.
        says: What, or why.
        since_ms: Since when it is changed, or until when it will be; else when it was said.
        by: Who.
    """

    cause: str
    answer: AnswerKind
    says: str
    since_ms: int
    by: str
    said_ms: int


class Gathered(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All cases of one root cause together.

    Attributes:
        cases: How many.
        harm: Their severities added up.
        first_ms: When the first opened.
        last_ms: When the last opened.
        cost: (currency, cents) given and paid so far.
        open: Cases that the last answer does not cover.
        asked_ms: When the first of those was named; 0 for none.
        brands: Whose cases they are, in order; "" among them for the umbrella's.
    """

    cause: str
    cases: int
    harm: int
    first_ms: int
    last_ms: int
    cost: tuple[tuple[str, int], ...] = ()
    open: int = 0
    asked_ms: int = 0
    brands: tuple[str, ...] = ()


class PointerReading(Protocol):
    """Where words lead."""

    def pointed(
        self, kind: PointerKind, key: str, *, before: Place | None = None, limit: int = 50
    ) -> tuple[Pointer, ...]:
        """Page through what a word leads to, the newest first."""

    def gathered(
        self, after: str, limit: int, *, among: Sequence[str] | None = None
    ) -> tuple[Gathered, ...]:
        """Page through root causes by their names, each with its cases added up.

        Args:
            after: The last one of the page before.
            limit: At most so many.
            among: Only these; None for all.
        """

    def root_answers(self, causes: Sequence[str]) -> dict[str, RootAnswer]:
        """Give what was answered last; a cause without an answer is left out."""


class PointerWriting(Protocol):
    """Keeping them right."""

    def put_pointers(self, customers: Sequence[CustomerId], rows: Sequence[Pointer]) -> None:
        """Put all pointers of some customers in the place of those they had."""

    def put_root_answer(self, row: RootAnswer) -> None:
        """Keep an answer; the one before goes."""
