"""A standing: which facts of a customer say who this is, and what their values mean.

Whoever answers sees it at a glance. It may set who is helped first, and never the size of a
remedy: tier, value, reciprocal business and public voice are sensitive by being named here.
Source: story 1, everybody is platinum; ideas, "Fairness".
"""

from collections.abc import Mapping

from msgspec import Struct

from makegood.messages.facts import Fact, Facts


class TierPart(Struct, frozen=True, kw_only=True):
    """The tier of a programme.

    Attributes:
        fact: Fact of the customer that says it.
        order: Every tier, the lowest first.
    """

    fact: str
    order: tuple[str, ...]

    def rank(self, value: Fact) -> int | None:
        """Place a tier in the order, 0 for the lowest; None for one that is not in it."""
        word = value.strip().lower() if isinstance(value, str) else ""
        return next((n for n, one in enumerate(self.order) if one.lower() == word), None)

    def level(self, customer: Facts) -> str:
        """Give the tier of a customer as the order writes it; empty for none of them."""
        rank = self.rank(customer.get(self.fact))
        return "" if rank is None else self.order[rank]


class TenurePart(Struct, frozen=True, kw_only=True):
    """Since when somebody is a customer.

    Attributes:
        fact: Fact that says the day, or for how many years; empty when none does.
        in_years: It says for how many years.
        bought_by: Events that are a purchase: with the first of them a prospect is one no longer.
    """

    fact: str = ""
    in_years: bool = False
    bought_by: frozenset[str] = frozenset()


class ValuePart(Struct, frozen=True, kw_only=True):
    """What the business with this customer is worth.

    Attributes:
        fact: Fact that says it in cents.
        bands: (name, from so many cents), the lowest first; none shows the sum itself.
    """

    fact: str
    bands: tuple[tuple[str, int], ...] = ()

    def band(self, cents: int | float) -> str:
        """Name the band a value lies in; empty below the lowest."""
        return next((name for name, start in reversed(self.bands) if cents >= start), "")


class PaymentPart(Struct, frozen=True, kw_only=True):
    """How somebody pays.

    Attributes:
        good: The words that speak for them.
    """

    fact: str
    good: tuple[str, ...]

    def is_good(self, value: Fact) -> bool:
        """Whether a record speaks for the customer."""
        return str(value).strip().lower() in {word.lower() for word in self.good}


class PartnerPart(Struct, frozen=True, kw_only=True):
    """Business in both directions.

    Attributes:
        fact: Fact that says what kind of partner, or that it is one.
        reciprocal_cents: Fact that says what business comes from them; empty for none.
    """

    fact: str
    reciprocal_cents: str = ""


class AgreementsPart(Struct, frozen=True, kw_only=True):
    """What was agreed, for instance a corporate rate.

    Attributes:
        fact: Fact with a list, of ids or of maps with `id` and more; or with the one id.
    """

    fact: str


class VoicePart(Struct, frozen=True, kw_only=True):
    """How many hear what this customer says in public.

    Attributes:
        wide_from: A number from which the voice is wide; 0 when `wide` says it.
        wide: Words that mean a wide voice.
    """

    fact: str
    wide_from: int = 0
    wide: tuple[str, ...] = ()

    def is_wide(self, value: Fact) -> bool | None:
        """Whether a voice is wide; None when it cannot be told."""
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, int | float):
            return value >= self.wide_from if self.wide_from else None
        words = {word.lower() for word in self.wide}
        return str(value).strip().lower() in words if words else None


class StandingRules(Struct, frozen=True, kw_only=True):
    """Which facts are which part of a standing; a part the book leaves out is None.

    Attributes:
        facts: Names of every fact that a part reads: source and date of these are remembered.
    """

    tier: TierPart | None = None
    tenure: TenurePart | None = None
    value: ValuePart | None = None
    payment: PaymentPart | None = None
    partner: PartnerPart | None = None
    agreements: AgreementsPart | None = None
    public_voice: VoicePart | None = None
    facts: frozenset[str] = frozenset()

    @property
    def purchases(self) -> frozenset[str]:
        """Events that are a purchase."""
        return self.tenure.bought_by if self.tenure is not None else frozenset()

    def has_business(self, customer: Facts) -> bool:
        """Whether any fact says that this is more than a prospect."""
        if self.tenure is not None and customer.get(self.tenure.fact) not in (None, ""):
            return True
        parts = (self.tier, self.value, self.partner, self.agreements)
        return any(customer.get(part.fact) for part in parts if part is not None)


def told_facts(rules: StandingRules | None, traits: Mapping[str, Fact]) -> tuple[str, ...]:
    """Give the names of the facts among these that are part of a standing."""
    return () if rules is None else tuple(name for name in traits if name in rules.facts)
