"""What a letter about a week counts: what let customers down, is due to them, and was decided.

Rows follow the states, in the transaction that folds them; whoever counts asks grouped questions
over an index on time and reads no event.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from makegood.messages.ids import CaseId, CustomerId, RepId

Weeks: TypeAlias = tuple[int, int, int]
"""(beginning of the week before, of the week, its end): each beginning is in, the end is not."""
ReckonedKind: TypeAlias = Literal["promise", "request", "wait"]


class LetDown(Struct, frozen=True, gc=False, kw_only=True):
    """One failure, to be counted.

    Attributes:
        failure: Named by its event.
        cause: Who or what made the service fail.
        again: The customer was let down already, and it was not good again.
    """

    failure: CaseId
    case: CaseId
    customer: CustomerId
    rule: str
    brand: str
    cause: str
    at_ms: int
    again: bool = False


class Reckoned(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A promise, a request or a wait of a customer, to be counted.

    Attributes:
        item: Tells it apart from others of the customer.
        name: Its rule of the book.
        rep: Whose it is; empty for whoever is free.
        due_ms: Until when something is due; 0 for never.
        ended_ms: When it was kept, answered or given up; 0 while it lasts.
        how: Of a request: waiting, appealed, allowed, denied; empty for the others.
        by_rule: The rule itself said no, at first.
        again: A person looked at that no once more.
    """

    customer: CustomerId
    kind: ReckonedKind
    item: str
    name: str
    brand: str
    at_ms: int
    rep: RepId = RepId("")
    due_ms: int = 0
    ended_ms: int = 0
    how: str = ""
    by_rule: bool = False
    again: bool = False


class LetDownCount(Struct, frozen=True, kw_only=True):
    """So many failures of one kind in one week.

    Attributes:
        week: 1 for the week, 0 for the one before.
        root: The root cause of their cases; empty for none.
        root_kind: Of what kind it is; empty while nobody has said.
        again: How many of them hit somebody who was let down already.
    """

    week: int
    brand: str
    rule: str
    cause: str
    root: str
    root_kind: str
    failures: int
    again: int


class CustomerCount(Struct, frozen=True, kw_only=True):
    """So many customers, each once; `brand` None counts all brands together."""

    week: int
    brand: str | None
    customers: int


class ClosedCount(Struct, frozen=True, kw_only=True):
    """So many cases that ended in one week in the same way and after the same minutes."""

    week: int
    brand: str
    phase: str
    minutes: int
    cases: int


class StandingCount(Struct, frozen=True, kw_only=True):
    """Cases that were open at an instant, of one owner.

    Attributes:
        unclear: How many nobody could judge yet.
        oldest_ms: When the first of them opened.
    """

    brand: str
    owner: RepId
    cases: int
    unclear: int
    oldest_ms: int


class HeldCount(Struct, frozen=True, kw_only=True):
    """Customers held at an instant; `brand` None counts all brands together."""

    brand: str | None
    customers: int


class MovedSum(Struct, frozen=True, kw_only=True):
    """Money that moved for failures of one week."""

    week: int
    brand: str
    account: str
    currency: str
    cents: int


class RequestCount(Struct, frozen=True, kw_only=True):
    """Requests of one week that were decided alike."""

    week: int
    name: str
    how: str
    by_rule: bool
    again: bool
    requests: int


class OverdueCount(Struct, frozen=True, kw_only=True):
    """What was overdue at an instant."""

    kind: ReckonedKind
    brand: str
    items: int
    oldest_ms: int


class ReckonedReading(Protocol):
    """Grouped questions, each of one statement; `brands` none for all."""

    def let_down_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[LetDownCount, ...]:
        """Count failures of two weeks by brand, rule, cause and root cause."""

    def let_down_customers(self, weeks: Weeks, brands: Sequence[str]) -> tuple[CustomerCount, ...]:
        """Count whom they hit, each customer once, of each brand and of all together."""

    def closed_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[ClosedCount, ...]:
        """Count cases that ended in two weeks, by how and after how many minutes."""

    def standing_at(self, at_ms: int, brands: Sequence[str]) -> tuple[StandingCount, ...]:
        """Count cases that were open at an instant, by brand and by whose they are by now."""

    def held_at(self, at_ms: int, brands: Sequence[str]) -> tuple[HeldCount, ...]:
        """Count customers who were held at an instant, of each brand and of all together."""

    def moved_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[MovedSum, ...]:
        """Add up what failures of two weeks cost, by brand, account and currency."""

    def requests_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[RequestCount, ...]:
        """Count requests of two weeks by their rule and by what was decided."""

    def overdue_at(self, at_ms: int, brands: Sequence[str]) -> tuple[OverdueCount, ...]:
        """Count what was overdue at an instant, by kind and brand."""

    def reckoned_to(self) -> str | None:
        """Say how far customers of before are counted: after whom; None when all are."""


class ReckonedWriting(ReckonedReading, Protocol):
    """Keeping it right."""

    def put_reckoned(self, rows: Sequence[Reckoned]) -> None:
        """Keep rows, each in the place of the one of the same customer and item."""

    def drop_reckoned(self, items: Sequence[tuple[CustomerId, str]]) -> None:
        """Forget items of customers that, as is known by now, never were."""

    def put_reckoned_to(self, customer: str | None) -> None:
        """Write down how far customers of before are counted."""
