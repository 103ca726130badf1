"""Fit the crossed model: raters by quadrature, the rest by Newton's method, spreads from the data.

A rater gives a handful of thumbs, so what is known of their leniency is no bell curve; taking it
for one (Laplace, variational methods) makes intervals too narrow. Given the other causes raters
do not know each other, so each is integrated out on seven points. What remains is a bell curve:
many ratings a cause. The spreads are where the marginal likelihood, with one guess each, is
highest (MacKay's fixed point).
"""

import numpy as np
import scipy.sparse as sp
from msgspec import Struct
from scipy.linalg import cho_factor, cho_solve

from makegood.analytics.reputation.design import Block, Design
from makegood.analytics.reputation.ratings import Floats, Ratings

POINTS, WEIGHTS = np.polynomial.hermite.hermgauss(7)
WEAKLY = 1e-3  # precision of what is not held towards nought; keeps an empty column solvable
GUESSES = 1.0  # how many causes a guess at a spread counts for
MOST_ROUNDS = 60
SETTLED = 0.01  # relative change of a spread that matters to nobody


class Raters(Struct, frozen=True):
    """What is known of each rater's leniency: points, and how likely each is."""

    points: Floats
    likely: Floats


class Fit(Struct, frozen=True, kw_only=True):
    """What came out.

    Attributes:
        effects: Of each column, in log odds.
        covariance: Of the effects, given the spreads.
        spreads: Variance of each kind of cause, and of `rater`.
        rounds: How many it took; `MOST_ROUNDS` when it did not settle.
    """

    effects: Floats
    covariance: Floats
    raters: Raters
    spreads: dict[str, float]
    rounds: int


class _Step(Struct, frozen=True):
    change: Floats
    solver: tuple[Floats, bool]


class _Model:
    """The ratings and the design, in the shape in which they are asked again and again."""

    def __init__(self, ratings: Ratings, design: Design) -> None:
        self.ratings = ratings
        self.matrix = design.matrix
        self.transposed = design.matrix.T.tocsr()
        self.held = tuple(one for one in design.blocks if one.guess)
        self.rows = np.arange(len(ratings.count))
        self.starts = np.searchsorted(ratings.rater, np.arange(ratings.raters))

    def by_rater(self, values: Floats) -> Floats:
        return np.asarray(np.add.reduceat(values, self.starts, axis=0))

    def lenient(self, offset: Floats, modes: Floats, spread: float) -> tuple[Floats, Raters]:
        """Find each rater's leniency: the likeliest, then points about it and their weights."""
        rater, count, ups = self.ratings.rater, self.ratings.count, self.ratings.ups
        for _ in range(4):
            share = _logistic(offset + modes[rater])
            curve = self.by_rater(count * share * (1 - share)) + 1 / spread
            modes = modes + (self.by_rater(ups - count * share) - modes / spread) / curve
        points = modes[:, None] + np.sqrt(2 / curve)[:, None] * POINTS
        odds = offset[:, None] + points[rater]
        said = ups[:, None] * odds - count[:, None] * np.logaddexp(0, odds)
        log_likely = self.by_rater(said) - points**2 / (2 * spread) + POINTS**2 + np.log(WEIGHTS)
        likely = np.exp(log_likely - log_likely.max(axis=1, keepdims=True))
        return modes, Raters(points, likely / likely.sum(axis=1, keepdims=True))

    def step(self, effects: Floats, offset: Floats, raters: Raters, prior: Floats) -> _Step:
        """One step of Newton's method on what is left when the raters are integrated out."""
        rater, count = self.ratings.rater, self.ratings.count[:, None]
        likely, points = raters.likely[rater], raters.points[rater]
        share = _logistic(offset[:, None] + points)
        expected = (likely * count * share).sum(axis=1)
        weight = (likely * count * share * (1 - share)).sum(axis=1)
        mean, variance = moments(raters)
        moved = (likely * count * share * points).sum(axis=1) - expected * mean[rater]
        shape = (self.ratings.raters, len(self.rows))
        shared = sp.csr_matrix((moved / np.sqrt(variance)[rater], (rater, self.rows)), shape=shape)
        common = (shared @ self.matrix).tocsr()
        curve = (self.transposed.multiply(weight) @ self.matrix).toarray()
        curve -= (common.T @ common).toarray()
        curve[np.diag_indices_from(curve)] += prior
        solver = cho_factor(curve)
        slope = self.transposed @ (self.ratings.ups - expected) - prior * effects
        return _Step(np.asarray(cho_solve(solver, slope)), solver)


def fit(ratings: Ratings, design: Design) -> Fit:
    """Fit the model; the same ratings give the same answer."""
    model = _Model(ratings, design)
    width = design.matrix.shape[1]
    up = (ratings.ups.sum() + 1) / (ratings.count.sum() + 2)
    effects = np.zeros(width)
    effects[0] = np.log(up / (1 - up))
    modes = np.zeros(ratings.raters)
    spreads = {one.name: 0.2 for one in model.held} | {"rater": 1.0}
    for rounds in range(1, MOST_ROUNDS + 1):
        prior = np.full(width, WEAKLY)
        for block in model.held:
            prior[block.columns] = 1 / spreads[block.name]
        for _ in range(8 if rounds == 1 else 3):
            offset = np.asarray(model.matrix @ effects)
            modes, raters = model.lenient(offset, modes, spreads["rater"])
            step = model.step(effects, offset, raters, prior)
            effects = effects + step.change
            if np.abs(step.change).max() < 1e-3:
                break
        covariance = np.asarray(cho_solve(step.solver, np.eye(width)))
        found = _spreads(effects, covariance, raters, model.held, spreads)
        moved = max(
            abs(np.log(found[name] / spreads[name])) * min(1.0, np.sqrt(found[name]))
            for name in spreads
        )
        spreads = found
        if moved < SETTLED:
            break
    return Fit(
        effects=effects, covariance=covariance, raters=raters, spreads=spreads, rounds=rounds
    )


def moments(raters: Raters) -> tuple[Floats, Floats]:
    """Give each rater's expected leniency, and its variance."""
    mean = (raters.likely * raters.points).sum(axis=1)
    variance = (raters.likely * (raters.points - mean[:, None]) ** 2).sum(axis=1)
    return mean, variance


def _spreads(
    effects: Floats,
    covariance: Floats,
    raters: Raters,
    held: tuple[Block, ...],
    before: dict[str, float],
) -> dict[str, float]:
    """Give the variances that agree best with the effects, each with its guess."""
    found = {}
    for block in held:
        own = effects[block.columns]
        unknown = np.diag(covariance)[block.columns].sum() / before[block.name]
        known = max(len(own) - unknown, 0.0)
        found[block.name] = float((own @ own + GUESSES * block.guess) / (known + GUESSES))
    mean, variance = moments(raters)
    known = max(len(mean) - variance.sum() / before["rater"], 1e-6)
    # A handful of ratings cannot tell how raters differ: between nearly alike, and very.
    found["rater"] = float(np.clip((mean @ mean) / known, 0.01, 25.0))
    return found


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -35, 35))))
