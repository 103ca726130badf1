"""Turn effects into what can be said: of a hundred customers alike, how many would put a thumb up.

The same customers, things, places and times for everybody; the difference is the person's (or the
rule's) alone. Each comes with an interval, and with a word for what the interval allows to be
said.
"""

from collections.abc import Collection, Mapping
from typing import Literal, TypeAlias

import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import replace
from scipy.special import ndtri

from makegood.analytics.reputation.design import Design, design
from makegood.analytics.reputation.fitting import Fit, fit
from makegood.analytics.reputation.ratings import (
    DAY_MS,
    SCHEMA,
    Factor,
    Floats,
    Ratings,
    coded,
    not_about,
)

SAMPLE = 4000  # rows on which everybody is tried; more would change no digit that is shown
LATE_FROM = 10  # ratings of a rule lately, before anything is said of lately
ELSEWHERE = ("person", "product", "other")  # what a thumb down is laid on beside the rule
SURE = 0.99  # how sure before a rule is said to have become worse: there are many rules and days

Standing: TypeAlias = Literal["cannot_tell", "alike", "better", "worse"]


class Terms(Struct, frozen=True, kw_only=True):
    """What a company may set: how many ratings before anything is said, and what lately means."""

    shown_from: int = 30
    level: float = 0.9
    period_days: int = 28
    late_days: int = 14


class Estimate(Struct, frozen=True, kw_only=True):
    """What is known of one person or rule; shares are of thumbs up, 0 to 1.

    Attributes:
        name: Whom or what it is about.
        n: Ratings it rests on.
        share: Share of the same customers who would put a thumb up; `low` to `high` its interval.
        all: The same of everybody on average.
        standing: What the interval allows to be said; "cannot_tell" below `shown_from` ratings,
            and of one alone, who can be compared with nobody.
        worse_lately: A rule only: it became worse in the last days, and that is no chance.
        effect: In log odds, against the average; `deviation` its standard deviation.
    """

    name: str
    n: int
    share: float
    low: float
    high: float
    all: float
    standing: Standing
    worse_lately: bool
    effect: float
    deviation: float


def rep_estimates(
    table: pl.DataFrame, terms: Terms, spared: Mapping[str, int] | None = None
) -> tuple[Estimate, ...]:
    """Estimate the reputations of people from a table of ratings, by name.

    Thumbs down that the customer laid on the rule alone are left out: they are not about a person.

    Args:
        table: The ratings.
        terms: What the company set.
        spared: Rules that are said to have become worse, and since when. What was met since then
            where they apply is left out, up and down: some of the vexed blame the person all the
            same, and it would be by whoever sat there that they were vexed.

    Raises:
        ValueError: A thumb is neither up nor down.
    """
    return _of("rep", not_about(without(table, spared or {}), "policy"), terms)


def without(table: pl.DataFrame, spared: Mapping[str, int]) -> pl.DataFrame:
    """Leave out what was met where some rules apply, from a time on for each."""
    for rule, since_ms in spared.items():
        table = table.filter(~((pl.col("rule") == rule) & (pl.col("at_ms") >= since_ms)))
    return table


def since_when(table: pl.DataFrame, rules: Collection[str], terms: Terms) -> Mapping[str, int]:
    """Say since when rules that became worse are, as far as the last weeks tell.

    The time after which thumbs fall short the most of what lies halfway between before and lately
    (Page 1954: cumulative sums). It is looked for in twice what lately means, and no further back.

    Args:
        table: The ratings of rules, the last ones among them.
        rules: Those that are said to have become worse.
        terms: What the company set.
    """
    if not rules:
        return {}
    now_ms, late_ms = table["at_ms"].to_numpy().max(), terms.late_days * DAY_MS
    found = {}
    for rule in sorted(rules):
        own = table.filter(pl.col("rule") == rule).sort("at_ms")
        at_ms, up = own["at_ms"].to_numpy(), own["up"].to_numpy()
        near, late = at_ms > now_ms - 2 * late_ms, at_ms > now_ms - late_ms
        usual = up[~near].mean() if (~near).any() else up.mean()
        short = (usual + up[late].mean()) / 2 - up[near]
        found[rule] = int(at_ms[near][np.argmax(short[::-1].cumsum()[::-1])])
    return found


def rule_estimates(table: pl.DataFrame, terms: Terms) -> tuple[Estimate, ...]:
    """Estimate the reputations of rules from a table of ratings, by id.

    That a rule became worse is looked for twice: in all thumbs, and in those up and down that no
    customer laid on something else. A surge of what is laid on the rule is seen sooner so.

    Raises:
        ValueError: A thumb is neither up nor down.
    """
    found, laid_on_rules = _of("rule", table, terms), table
    for reason in ELSEWHERE:
        laid_on_rules = not_about(laid_on_rules, reason)
    if laid_on_rules.height == table.height:
        return found
    worse = {one.name for one in _of("rule", laid_on_rules, terms) if one.worse_lately}
    return tuple(replace(one, worse_lately=one.worse_lately or one.name in worse) for one in found)


def _of(kind: str, table: pl.DataFrame, terms: Terms) -> tuple[Estimate, ...]:
    table = table.select(pl.col(name).cast(of) for name, of in SCHEMA.items())
    if table.is_empty():
        return ()
    ratings = coded(table, period_days=terms.period_days, late_days=terms.late_days)
    factor = ratings.rep if kind == "rep" else ratings.rule
    if not factor.size:
        return ()
    laid = design(ratings, of_rules=kind == "rule")
    return _all(kind, factor, ratings, laid, fit(ratings, laid), terms)


def _all(
    kind: str, factor: Factor, ratings: Ratings, laid: Design, fitted: Fit, terms: Terms
) -> tuple[Estimate, ...]:
    columns = laid.block(kind).columns
    own, spread = fitted.effects[columns], fitted.covariance[columns, columns]
    centre = np.eye(len(own)) - 1 / len(own)
    effects = centre @ own
    deviations = np.sqrt(np.diag(centre @ spread @ centre.T))
    reach = deviations * float(ndtri((1 + terms.level) / 2))
    share = _curve(kind, factor, ratings, laid, fitted)
    shares, lows, highs = share(effects), share(effects - reach), share(effects + reach)
    known = np.flatnonzero(factor.codes >= 0)
    counts = np.bincount(factor.codes[known], ratings.count[known], minlength=factor.size)
    late = _worse_lately(ratings, laid, fitted) if kind == "rule" else np.zeros(len(own), bool)
    average = float(np.average(shares, weights=counts))
    return tuple(
        Estimate(
            name=name,
            n=int(counts[place]),
            share=float(shares[place]),
            low=float(lows[place]),
            high=float(highs[place]),
            all=average,
            standing=_standing(counts[place], lows[place], highs[place], average, terms)
            if len(own) > 1
            else "cannot_tell",
            worse_lately=bool(late[place]),
            effect=float(effects[place]),
            deviation=float(deviations[place]),
        )
        for place, name in enumerate(factor.levels)
    )


def _standing(n: float, low: float, high: float, average: float, terms: Terms) -> Standing:
    if n < terms.shown_from:
        return "cannot_tell"
    if low > average:
        return "better"
    return "worse" if high < average else "alike"


class _curve:  # noqa: N801 - a function with what it knows
    """The share of thumbs up by effect, averaged over the same customers for everybody."""

    def __init__(
        self, kind: str, factor: Factor, ratings: Ratings, laid: Design, fitted: Fit
    ) -> None:
        rows = np.arange(0, len(factor.codes), max(1, len(factor.codes) // SAMPLE))
        own = fitted.effects[laid.block(kind).columns]
        codes = factor.codes[rows]
        without = np.asarray(laid.matrix[rows] @ fitted.effects)
        without -= np.where(codes >= 0, own[codes], own.mean())
        rater = ratings.rater[rows]
        self.odds = without[:, None] + own.mean() + fitted.raters.points[rater]
        weights = fitted.raters.likely[rater] * ratings.count[rows][:, None]
        self.weights = weights / weights.sum()
        # From where nothing changes any more to where nothing does; between, a line is near
        # enough.
        self.at = np.linspace(-6, 6, 97)
        self.shares = np.array([self._exact(one) for one in self.at])

    def _exact(self, effect: float) -> float:
        return float((self.weights / (1 + np.exp(-(self.odds + effect)))).sum())

    def __call__(self, effects: Floats) -> Floats:
        return np.asarray(np.interp(effects, self.at, self.shares))


def _worse_lately(ratings: Ratings, laid: Design, fitted: Fit) -> Floats:
    """Say of each rule whether it is worse lately than it was, beyond what chance does."""
    columns = laid.block("lately").columns
    change = fitted.effects[columns]
    deviations = np.sqrt(np.diag(fitted.covariance)[columns])
    rows = np.flatnonzero(ratings.late & (ratings.rule.codes >= 0))
    codes, counts = ratings.rule.codes[rows], ratings.count[rows]
    lately = np.bincount(codes, counts, minlength=ratings.rule.size)
    sure = change + deviations * float(ndtri(SURE)) < 0
    return np.asarray(sure & (lately >= LATE_FROM))
