"""What an experiment shows so far: a difference with an interval that holds at every look.

Somebody who looks each morning and stops when it looks good is wrong far more often than an
ordinary interval says. The interval here is a confidence sequence: the chance that it ever misses
the truth, over all looks together, is the one that is stated. It is asymptotic, so there is none
before both arms have as many customers as the book asks for.
Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and
asymptotic confidence sequences", Annals of Statistics 52 (2024), arXiv 2103.06476, theorem 2.2 and
equation for rho. No wheel of a library that has it could be installed without a compiler.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log, sqrt

from msgspec import Struct
from msgspec.structs import replace

from makegood.ports.lots import LotCount

ALPHA = 0.05
COUNTED: Mapping[str, Callable[[LotCount], int]] = {
    "came_back": lambda one: one.back,
    "good_answer": lambda one: one.good,
    "bad_answer": lambda one: one.bad,
}
"""Of all who drew alike: who did not answer said neither, and who did is not compared alone, for
what is tried may make more of them answer."""
_USUAL = ("came_back",)
_TIGHTEST_AT = 500  # customers; a firm sees its first thousand, so the interval is tightest there


class Effect(Struct, frozen=True, kw_only=True):
    """What is known of one outcome of one experiment.

    Attributes:
        outcome: What is counted.
        treated: Customers of that arm whose time is over.
        treated_so: Those of them for whom it came out so.
        young: Customers whose time is not over, of both arms.
        value: Difference of the shares, by inverse propensity; None where it is too early for any
            interval, and then nothing is said.
        low: At least so much.
        high: At most so much.
    """

    experiment: str
    outcome: str
    treated: int
    treated_so: int
    control: int
    control_so: int
    young: int
    value: float | None = None
    low: float = 0.0
    high: float = 0.0

    @property
    def can_tell(self) -> bool:
        """Whether a difference is sure: its interval leaves out none at all."""
        return self.value is not None and not self.low <= 0.0 <= self.high


def effects(
    counts: Iterable[LotCount], too_few: int, outcomes: Mapping[str, Sequence[str]]
) -> Mapping[str, tuple[Effect, ...]]:
    """Say what is known of each experiment, an outcome at a time.

    Args:
        counts: Lots by experiment, arm and propensity; a propensity may have changed over time.
        too_few: With fewer customers in an arm there is nothing to tell.
        outcomes: What is counted in each experiment. With several of them each interval is wider:
            the chance that any of an experiment ever misses is the one that is stated.
    """
    kinds: dict[str, list[LotCount]] = {}
    for one in counts:
        kinds.setdefault(one.experiment, []).append(one)
    return {
        name: tuple(
            _effect(name, it, rows, (too_few, ALPHA / len(outcomes.get(name, _USUAL))))
            for it in outcomes.get(name, _USUAL)
        )
        for name, rows in sorted(kinds.items())
    }


def _effect(name: str, outcome: str, rows: list[LotCount], limits: tuple[int, float]) -> Effect:
    too_few, alpha = limits
    treated = [one for one in rows if one.treated]
    control = [one for one in rows if not one.treated]
    known = Effect(
        experiment=name,
        outcome=outcome,
        treated=sum(one.seen for one in treated),
        treated_so=sum(COUNTED[outcome](one) for one in treated),
        control=sum(one.seen for one in control),
        control_so=sum(COUNTED[outcome](one) for one in control),
        young=sum(one.young for one in rows),
    )
    if min(known.treated, known.control) < max(too_few, 2):
        return known
    value, deviation, count = _weighed(rows, COUNTED[outcome])
    margin = deviation * boundary(count, alpha)
    return replace(
        known, value=value, low=max(-1.0, value - margin), high=min(1.0, value + margin)
    )


def _weighed(rows: list[LotCount], so: Callable[[LotCount], int]) -> tuple[float, float, int]:
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
        total += so(one) * each
        squares += so(one) * each * each
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
