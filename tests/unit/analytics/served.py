"""Synthetic cases of two groups, of which one may be served worse; nobody is in them."""

from math import inf
from random import Random

from makegood.analytics.parity.records import Served

HOUR_MS = 3_600_000


def cases(seed: int, count: int, gap: float = 0.0) -> list[Served]:
    """Make cases; group b has the worse failures, and its answers are fewer by the share `gap`."""
    chance = Random(seed)
    return [_case(chance, gap) for _ in range(count)]


def _case(chance: Random, gap: float) -> Served:
    group = "b" if chance.random() < 0.3 else "a"
    kind, severity = chance.choice((("late", 2), ("late", 3), ("gone", 4)))
    if group == "b" and chance.random() < 0.4:
        kind, severity = "gone", 4
    often = {2: 0.5, 3: 0.6, 4: 0.8}[severity]
    answered = chance.random() < often * (1 - gap if group == "b" else 1)
    price = chance.randrange(2_000, 90_000)
    return Served(
        group=group,
        kind=kind,
        severity=severity,
        answered=answered,
        human_ms=chance.expovariate(severity / HOUR_MS) if answered else inf,
        remedy_ms=chance.expovariate(severity / HOUR_MS) if chance.random() < 0.7 else inf,
        whole=chance.random() < 0.1 * severity,
        price_cents=price,
        goodwill={"credit": round(price * chance.choice((0, 0, 0.1, 0.2)))},
        owed_cents=price if severity == 4 else 0,
        paid=chance.random() < 0.9 if severity == 4 else None,
    )
