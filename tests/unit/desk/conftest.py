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


@pytest.fixture
def kathy(makegood: Makegood):
    """A browser in which the rep Kathy is signed in."""
    return _signed_in("kathy")


@pytest.fixture
def omar(makegood: Makegood):
    """A browser in which the supervisor Omar is signed in."""
    return _signed_in("omar")


@pytest.fixture
def vera(makegood: Makegood):
    """A browser in which Vera is signed in, who serves the vans only."""
    return _signed_in("vera")


@pytest.fixture
def mira(makegood: Makegood):
    """A browser in which Mira is signed in, who cleans cars and has no place at the desk."""
    return _signed_in("mira")


def _signed_in(name: str):
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    user = User.objects.get(username=name)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
