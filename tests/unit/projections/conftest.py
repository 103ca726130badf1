"""A fresh Makegood behind Django for every test of this room."""

from collections.abc import Iterator

import pytest

from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.screens import serving


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving() as both:
        yield both


@pytest.fixture
def makegood(served: tuple[Makegood, FakeClock]) -> Makegood:
    return served[0]


@pytest.fixture
def clock(served: tuple[Makegood, FakeClock]) -> FakeClock:
    return served[1]
