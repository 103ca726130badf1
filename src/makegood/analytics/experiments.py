"""What an experiment shows so far: a difference with an interval that holds at every look.

Somebody who looks each morning and stops when it looks good is wrong far more often than an
ordinary interval says. The interval here is a confidence sequence: the chance that it ever misses
the truth, over all looks together, is the one that is stated. It is asymptotic, so there is none
before both arms have as many customers as the book asks for.
Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and
asymptotic confidence sequences", Annals of Statistics 52 (2024), arXiv 2103.06476, theorem 2.2 and
equation for rho. No wheel of a library that has it could be installed without a compiler.
"""

from collections.abc import Iterable
from math import log, sqrt

from msgspec import Struct

from makegood.ports.lots import LotCount

ALPHA = 0.05
_TIGHTEST_AT = 500  # customers; a firm sees its first thousand, so the interval is tightest there


class Effect(Struct, frozen=True, kw_only=True):
    """What is known of one experiment.

    Attributes:
        treated: Customers of that arm whose time is over.
        treated_back: Those of them who came back.
        young: Customers whose time is not over, of both arms.
        value: Difference of the shares who come back, by inverse propensity; None where it is too
            early for any interval, and then nothing is said.
        low: At least so much.
        high: At most so much.
    """

    experiment: str
    treated: int
    treated_back: int
    control: int
    control_back: int
    young: int
    value: float | None = None
    low: float = 0.0
    high: float = 0.0

    @property
    def can_tell(self) -> bool:
        """Whether a difference is sure: its interval leaves out none at all."""
        return self.value is not None and not self.low <= 0.0 <= self.high


def effects(counts: Iterable[LotCount], too_few: int) -> tuple[Effect, ...]:
    """Say what is known of each experiment.

    Args:
        counts: Lots by experiment, arm and propensity; a propensity may have changed over time.
        too_few: With fewer customers in an arm there is nothing to tell.
    """
    kinds: dict[str, list[LotCount]] = {}
    for one in counts:
        kinds.setdefault(one.experiment, []).append(one)
    return tuple(_effect(name, rows, too_few) for name, rows in sorted(kinds.items()))


def _effect(name: str, rows: list[LotCount], too_few: int) -> Effect:
    treated = [one for one in rows if one.treated]
    control = [one for one in rows if not one.treated]
    known = Effect(
        experiment=name,
        treated=sum(one.seen for one in treated),
        treated_back=sum(one.back for one in treated),
        control=sum(one.seen for one in control),
        control_back=sum(one.back for one in control),
        young=sum(one.young for one in rows),
    )
    if min(known.treated, known.control) < max(too_few, 2):
        return known
    value, deviation, count = _weighed(rows)
    margin = deviation * boundary(count)
    return Effect(
        experiment=name,
        treated=known.treated,
        treated_back=known.treated_back,
        control=known.control,
        control_back=known.control_back,
        young=known.young,
        value=value,
        low=max(-1.0, value - margin),
        high=min(1.0, value + margin),
    )


def _weighed(rows: list[LotCount]) -> tuple[float, float, int]:
    """Give (mean, standard deviation, number) of the difference, by inverse propensity.

    Each customer counts y/p when treated and -y/(1-p) when not, where p is the propensity that was
    written down; whoever could not be of both arms tells nothing of the difference.
    """
    total = squares = 0.0
    count = 0
    for one in rows:
        if not 0.0 < one.propensity < 1.0:
            continue
        each = 1 / one.propensity if one.treated else -1 / (1 - one.propensity)
        total += one.back * each
        squares += one.back * each * each
        count += one.seen
    if not count:
        return 0.0, 0.0, 0
    mean = total / count
    return mean, sqrt(max(0.0, squares / count - mean * mean)), count


def boundary(count: int, alpha: float = ALPHA) -> float:
    """Give by how many standard deviations a mean of so many may be off, at any look.

    Args:
        count: How many were seen; none gives infinity.
        alpha: The chance that it is ever off by more.
    """
    if count <= 0:
        return float("inf")
    rho2 = (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / _TIGHTEST_AT
    spread = count * rho2 + 1
    return sqrt(2 * spread / (count * count * rho2) * log(sqrt(spread) / alpha))
