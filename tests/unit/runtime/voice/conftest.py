"""A Makegood that listens in public, for every test beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.unit.runtime.voice.world import listening


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Makegood, FakeClock]]:
    with listening(tmp_path) as both:
        yield both


@pytest.fixture
def it(world: tuple[Makegood, FakeClock]) -> Makegood:
    return world[0]


@pytest.fixture
def clock(world: tuple[Makegood, FakeClock]) -> FakeClock:
    return world[1]
