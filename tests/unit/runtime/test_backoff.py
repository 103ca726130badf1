import random

from hypothesis import given
from hypothesis import strategies as st

from makegood.runtime.backoff import (
    LAST_CHANCE_MS,
    SCHEDULE_MS,
    SHORTEST_MS,
    next_delay_ms,
    within_use,
)

TRIES = len(SCHEDULE_MS)
instants = st.integers(10**7, 2**45)


@given(st.integers(1, TRIES), st.integers())
def test_the_wait_stays_within_the_schedule(attempts, seed):
    delay = next_delay_ms(attempts, random.Random(seed))
    assert SHORTEST_MS <= delay <= SCHEDULE_MS[attempts - 1]


@given(st.integers(TRIES + 1, 1000), st.integers())
def test_after_the_last_try_a_person_has_to_look(attempts, seed):
    assert next_delay_ms(attempts, random.Random(seed)) is None


@given(st.integers(1, TRIES), st.integers())
def test_the_same_seed_waits_the_same(attempts, seed):
    first, second = (next_delay_ms(attempts, random.Random(seed)) for _ in range(2))
    assert first == second


def test_a_thousand_failures_of_one_minute_come_back_spread_out():
    rng = random.Random(1)
    delays = sorted(next_delay_ms(2, rng) for _ in range(1000))
    quarter = SCHEDULE_MS[1] // 4
    for part in range(4):
        here = sum(part * quarter <= delay < (part + 1) * quarter for delay in delays)
        assert 180 <= here <= 320


def test_the_schedule_lasts_about_three_days():
    assert list(SCHEDULE_MS) == sorted(SCHEDULE_MS)
    assert 75 * 3_600_000 < sum(SCHEDULE_MS) < 76 * 3_600_000


@given(instants, instants)
def test_what_never_expires_keeps_the_schedule(next_ms, now_ms):
    assert within_use(next_ms, now_ms, 0) == next_ms


@given(instants, st.integers(1, 10**8), st.integers(-(10**6), 10**8))
def test_a_next_try_is_never_past_its_use(now_ms, delay_ms, left_ms):
    useful_until_ms = now_ms + left_ms
    when = within_use(now_ms + delay_ms, now_ms, useful_until_ms)
    if delay_ms <= left_ms:
        assert when == now_ms + delay_ms
    elif left_ms >= LAST_CHANCE_MS:
        assert now_ms < when < useful_until_ms
    else:
        assert when is None


def test_trying_ever_sooner_comes_to_an_end():
    now_ms, useful_until_ms, tries = 0, 30 * 60_000, 0
    while (when := within_use(now_ms + SCHEDULE_MS[-1], now_ms, useful_until_ms)) is not None:
        assert when > now_ms
        now_ms, tries = when, tries + 1
    assert 5 <= tries <= TRIES
