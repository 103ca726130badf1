"""Random days, for Hypothesis and for a seeded generator alike."""

import random

from hypothesis import strategies as st

from tests.properties.moves import KINDS, LAGS_MS, WAITS_MS, Move

moves = st.builds(
    Move,
    kind=st.sampled_from(KINDS),
    who=st.sampled_from([0, 0, 0, 1, 2]),
    pick=st.integers(0, 59),
    lag_ms=st.sampled_from(LAGS_MS),
    wait_ms=st.sampled_from(WAITS_MS),
    imported=st.sampled_from([False, False, False, False, True]),
)
days = st.lists(moves, min_size=1, max_size=30)


def random_days(rng: random.Random, most: int = 24) -> list[Move]:
    """The same days without Hypothesis, long ones too."""
    return [
        Move(
            kind=rng.choice(KINDS),
            who=rng.choice([0, 0, 0, 1, 2]),
            pick=rng.randrange(60),
            lag_ms=rng.choice(LAGS_MS),
            wait_ms=rng.choice(WAITS_MS),
            imported=rng.random() < 0.1,
        )
        for _ in range(rng.randrange(1, most))
    ]
