"""How much may be given as goodwill, what fits which loss, and how often sorry is enough."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from makegood.messages.body import Facts
from makegood.playbooks.terms import Loss, Remedy


class Besides(StrEnum):
    """What can go with an apology that is not the first."""

    TANGIBLE = "tangible"
    PROMISE_KEPT = "promise_kept"
    PERSON = "person"


class ApologyTerms(Struct, frozen=True, kw_only=True):
    """When sorry alone does harm.

    Attributes:
        within_ms: An apology this long after another is not the first.
        needs: Any one of these goes with it; else a person calls instead.
    """

    within_ms: int
    needs: tuple[Besides, ...]


class Goodwill(Struct, frozen=True, kw_only=True):
    """The limits of what is given without being owed; a book that says nothing has none.

    Attributes:
        most_ratio: All goodwill of a case is at most this share of the price; 0 for no cap.
        uncounted: Remedies or kinds that do the service over and are no compensation.
        match: Loss -> the remedies or kinds that make it good; a loss that is absent takes any.
        otherwise: Remedy given when nothing fits or can be had; empty for none.
        used: Facts of a failure -> whether the service was used all the same; None for unknown.
        doses: Used or not -> (severity, share of the price), ascending.
        apologies: When sorry alone is not enough; None for never.
    """

    most_ratio: float = 0.0
    uncounted: frozenset[str] = frozenset()
    match: Mapping[Loss, frozenset[str]] = {}
    otherwise: str = ""
    used: Callable[[Facts], bool | None] | None = None
    doses: Mapping[bool, tuple[tuple[int, float], ...]] = {}
    apologies: ApologyTerms | None = None

    def fits(self, loss: Loss | None, remedy: Remedy) -> bool:
        """Whether a remedy makes good what was lost; a call always does."""
        wanted = self.match.get(loss) if loss is not None else None
        if wanted is None or remedy.kind == "call" or remedy.id == self.otherwise:
            return True
        return remedy.id in wanted or remedy.kind in wanted

    def counts(self, remedy: Remedy | None) -> bool:
        """Whether the cap counts a remedy; what the book does not name is counted."""
        return remedy is None or self.uncounted.isdisjoint((remedy.id, remedy.kind))

    def dose(self, severity: int, facts: Facts) -> float:
        """Say which share of the price a failure takes.

        Args:
            severity: 1 to 5; between two points of the curve the line counts.
            facts: The failure's, as `failure.*`.

        Returns:
            The share; where nobody knows whether the service was used, the kinder of the two.
        """
        used = self.used(facts) if self.used is not None else None
        curves = self.doses.values() if used is None else (self.doses[used],)
        return max((share_on(curve, severity) for curve in curves), default=0.0)


class Budget(Struct, frozen=True, kw_only=True):
    """What some roles may give together in a period, whatever the case.

    Attributes:
        id: Its name in refusals and on screens.
        cents: How much, in the book's currency.
        per: The period, in the book's time zone; a week begins on Monday.
        roles: Whose gifts it pays.
        brand: Only for this brand; empty for all.
    """

    id: str
    cents: int
    per: Literal["day", "week", "month"]
    roles: tuple[str, ...]
    brand: str = ""
    line: int = 0

    @property
    def purse(self) -> str:
        """What is taken is counted under this: a brand's own purse is apart from that of all."""
        return f"{self.id}.{self.brand}" if self.brand else self.id


def share_on(curve: tuple[tuple[int, float], ...], severity: int) -> float:
    """Read a curve at a severity; before its first point and after its last it is flat."""
    low = max((one for one in curve if one[0] <= severity), default=curve[0])
    high = min((one for one in curve if one[0] >= severity), default=curve[-1])
    if low[0] >= high[0]:
        return low[1] if low[0] <= severity else high[1]
    along = (severity - low[0]) / (high[0] - low[0])
    return round(low[1] + along * (high[1] - low[1]), 9)
