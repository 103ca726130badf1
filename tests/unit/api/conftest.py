"""Django, set up once for this process, in front of a Makegood in memory."""

from collections.abc import Iterator

import pytest

from makegood.api.keys import mint
from makegood.bootstrap import Makegood
from tests.e2e.screens import serving


@pytest.fixture
def makegood() -> Iterator[Makegood]:
    with serving() as (opened, _):
        yield opened


@pytest.fixture
def django_ready(makegood: Makegood) -> None:
    """The settings are loaded and the apps are ready."""


@pytest.fixture
def headers(makegood: Makegood) -> dict[str, str]:
    """A key that may see cases, and say what mails are."""
    text, row = mint("tester", ("cases", "mail"), makegood.clock.now_ms())
    with makegood.store.writing() as writing:
        writing.put_key(row)
    return {"Authorization": f"Bearer {text}"}
