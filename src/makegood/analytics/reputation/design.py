"""What a thumb depends on: columns for each kind of cause, and for the company a rater keeps.

Customers are not dealt out to reps: the lenient prefer some of them. A rater's own leniency is a
cause, but its average differs from rep to rep, and then a rep would get the credit. So there is
one block more, by whom a rater usually meets: what raters of the same company have in common is
theirs, and a rep is judged by how the same raters speak of different people. Meetings by lot are
left out of the company. (Mundlak 1978: the group's mean as a cause of its own, here with as much
weight as the ratings give it.)
"""

import numpy as np
import scipy.sparse as sp
from msgspec import Struct

from makegood.analytics.reputation.ratings import Factor, Floats, Ratings

SPREADS = {
    "rep": 0.1, "rule": 0.1, "place": 0.05, "period": 0.02, "channel": 0.05,
    "lately": 0.01, "company": 0.1, "by_severity": 0.02, "by_place": 0.02,
}  # fmt: skip
"""A guess at the variance of each kind of cause (log odds), which counts as one cause more."""
MOST_PAIRS = 1000  # more would take minutes; the rules and places of a firm are fewer


class Block(Struct, frozen=True):
    """Columns of one kind of cause; `guess` is 0 for those that are not held towards nought."""

    name: str
    columns: slice
    guess: float


class Design(Struct, frozen=True):
    """The rows by cause (sparse), and where each kind of cause stands."""

    matrix: sp.csr_matrix
    blocks: tuple[Block, ...]

    def block(self, name: str) -> Block:
        return next(one for one in self.blocks if one.name == name)


def design(ratings: Ratings, *, of_rules: bool = False) -> Design:
    """Lay the causes out; a kind with fewer than two words is left out.

    Args:
        ratings: The ratings.
        of_rules: A rule is many ratings, so what is not the same everywhere weighs more than
        chance:
            it may weigh more in grave cases, or at one place, and its interval has to say so.
    """
    rows = len(ratings.count)
    late = _columns(ratings.rule).multiply(ratings.late[:, None]).tocsr()
    kinds: list[tuple[str, sp.csr_matrix]] = [
        ("base", sp.csr_matrix(np.ones((rows, 1)))),
        ("severity", _columns(ratings.severity)[:, 1:]),
        ("rep", _columns(ratings.rep)),
        ("rule", _columns(ratings.rule)),
        ("place", _columns(ratings.place)),
        ("period", _columns(ratings.period)),
        ("channel", _columns(ratings.channel)),
        ("lately", late),
        ("company", _company(ratings)),
    ]
    if of_rules:
        kinds.append(("by_severity", _crossed(ratings.rule, ratings.severity)))
        kinds.append(("by_place", _crossed(ratings.rule, ratings.place)))
    blocks, parts, at = [], [], 0
    for name, part in kinds:
        width = part.shape[1]
        if width == 0 or (width == 1 and name in ("place", "period", "channel")):
            continue
        blocks.append(Block(name, slice(at, at + width), SPREADS.get(name, 0.0)))
        parts.append(part)
        at += width
    return Design(sp.hstack(parts).tocsr(), tuple(blocks))


def _columns(factor: Factor) -> sp.csr_matrix:
    known = np.flatnonzero(factor.codes >= 0)
    places = (known, factor.codes[known])
    shape = (len(factor.codes), factor.size)
    return sp.csr_matrix((np.ones(len(known)), places), shape=shape)


def _crossed(left: Factor, right: Factor) -> sp.csr_matrix:
    """Give a column for each pair that there is; none when there are too many to solve for."""
    known = (left.codes >= 0) & (right.codes >= 0)
    pairs = np.where(known, left.codes * right.size + right.codes, -1)
    levels, codes = np.unique(pairs[known], return_inverse=True)
    if len(levels) > MOST_PAIRS:
        return sp.csr_matrix((len(pairs), 0))
    places = np.full(len(pairs), -1)
    places[known] = codes
    return _columns(Factor(tuple(str(level) for level in levels), places))


def _company(ratings: Ratings) -> sp.csr_matrix:
    """Give for each row the shares of reps among all that its rater chose to meet."""
    weight: Floats = np.where(ratings.by_lot, 0.0, ratings.count)
    rows = np.arange(len(weight))
    whose = sp.csr_matrix((weight, (ratings.rater, rows)), shape=(ratings.raters, len(rows)))
    met = (whose @ _columns(ratings.rep)).tocsr()
    total = np.asarray(met.sum(axis=1)).ravel()
    shares = sp.diags(1 / np.maximum(total, 1.0)) @ met
    return shares.tocsr()[ratings.rater]
