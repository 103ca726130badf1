"""What is owed and what was paid: the money of a state, entitlement by entitlement."""

from collections.abc import Iterable

from msgspec import Struct

from makegood.messages.ids import CommandId
from makegood.messages.money import Money


class Payment(Struct, frozen=True, gc=False, array_like=True):
    """One command that pays towards an entitlement.

    Attributes:
        command: Which.
        cents: What it was told to pay.
        paid_cents: What the outcome says; -1 while there is none.
    """

    command: CommandId
    cents: int
    paid_cents: int = -1

    @property
    def counted_cents(self) -> int:
        """What it pays: what was paid, or what was ordered while nobody has told."""
        return self.cents if self.paid_cents < 0 else self.paid_cents


class Owed(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An entitlement of the customer for one failure.

    Attributes:
        entitlement: Rule of the book.
        remedy: Remedy that pays it.
        amount: What is owed, a function of the facts.
        due_ms: Deadline of the rule.
        payments: Commands that pay it, in order; a later one tops up.
        missing: The fact that is needed before an amount can be told; a person finds it.
        elsewhere_cents: Ordered towards it in an earlier case, before the failure came back, or
            by another rule that makes good the same.
        once: What it makes good, if other rules make good the same.
    """

    entitlement: str
    remedy: str
    amount: Money
    due_ms: int
    basis: str = ""
    source: str = ""
    line: int = 0
    payments: tuple[Payment, ...] = ()
    missing: str = ""
    elsewhere_cents: int = 0
    once: str = ""

    @property
    def paid_cents(self) -> int:
        """What outcomes say was paid."""
        return sum(max(payment.paid_cents, 0) for payment in self.payments)

    @property
    def short_cents(self) -> int:
        """What is neither paid nor under way; negative when more was paid than is owed."""
        under_way = sum(payment.counted_cents for payment in self.payments)
        return self.amount.cents - self.elsewhere_cents - under_way

    @property
    def over_cents(self) -> int:
        """What outcomes say was paid beyond what is owed; shown, and never clawed back."""
        return max(self.paid_cents + self.elsewhere_cents - self.amount.cents, 0)

    @property
    def is_paid(self) -> bool:
        """Whether all that is owed was paid, here or before the failure came back."""
        return self.paid_cents + self.elsewhere_cents >= self.amount.cents


class Stray(Struct, frozen=True, gc=False, array_like=True):
    """Money that moved by a command the history no longer asks for; shown, never clawed back.

    Attributes:
        command: Which.
        cents: What moved.
        step: Its plan step; what is owed by the same step later is paid by it already.
    """

    command: CommandId
    cents: int
    currency: str
    at_ms: int
    step: str = ""


def to_pay(owed: Iterable[Owed]) -> tuple[Money, ...]:
    """Add up what is owed, each currency for itself: two currencies are never one sum.

    Returns:
        One sum for each currency, in the order in which they are first owed; none that is nothing.
    """
    sums: dict[str, int] = {}
    for one in owed:
        cents = max(one.amount.cents - one.elsewhere_cents, 0)
        sums[one.amount.currency] = sums.get(one.amount.currency, 0) + cents
    return tuple(Money(cents, currency) for currency, cents in sums.items() if cents)
