"""A token bucket: a burst, then a steady pace, each key for itself."""

from msgspec.structs import replace

from makegood.api.keys import mint
from makegood.api.limits import Allowance, RateLimit, limit_fields, own_allowance


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


def test_a_client_is_told_its_limit_and_what_is_left():
    ticks = Ticks()
    limit = RateLimit(Allowance(per_second=10, burst=30), ticks)
    told = []
    for _ in range(31):
        spent = limit.take("a")
        assert spent is not None
        told.append(limit_fields(spent)[1][1])
    assert limit_fields(spent)[0] == (b"ratelimit-policy", b'"key";q=30;w=3')
    assert (told[0], told[29], told[30]) == (
        b'"key";r=29;t=1',
        b'"key";r=0;t=3',
        b'"key";r=0;t=3',
    )
    assert limit.wait_seconds("a") == 0.1


def test_a_key_may_bring_a_pace_of_its_own():
    _, row = mint("a", ("gate",), 0)
    assert own_allowance(row) is None
    limit = RateLimit(Allowance(per_second=1_000, burst=1_000), Ticks())
    own = own_allowance(replace(row, per_second=2.0, burst=0.0))
    assert [limit.wait_seconds("a", own) for _ in range(3)] == [0, 0, 0.5]
    slow = own_allowance(replace(row, per_second=0.5))
    assert limit.wait_seconds("b", slow) == 0  # less than one a second still lets one in
