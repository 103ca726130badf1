"""A token bucket: a burst, then a steady pace, each key for itself."""

from makegood.api.limits import Allowance, RateLimit


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_the_pace_counts():
    ticks = Ticks()
    limit = RateLimit(Allowance(per_second=2, burst=3), ticks)
    assert [limit.wait_seconds("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert limit.wait_seconds("b") == 0
    ticks.now = 0.4
    assert 0 < limit.wait_seconds("a") < 0.11
    ticks.now = 0.5
    assert limit.wait_seconds("a") == 0
    ticks.now = 1_000.0
    assert [limit.wait_seconds("a") for _ in range(4)][:3] == [0, 0, 0]


def test_no_pace_is_no_limit():
    limit = RateLimit(Allowance(per_second=0, burst=0), Ticks())
    assert {limit.wait_seconds("a") for _ in range(100)} == {0}
