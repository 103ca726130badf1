"""Somebody's open cases, page by page: each once, also where all of a page stay theirs."""

import pytest

from makegood.bootstrap import Makegood
from makegood.messages.ids import RepId
from makegood.runtime.standing_in import cases_of
from tests.e2e.screens import introduce, no_car, serving


@pytest.fixture
def made():
    with serving() as (makegood, _):
        yield makegood


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_every_case_of_an_owner_comes_once(made: Makegood, limit: int):
    for n in range(5):
        introduce(made, f"user:{n}")
        no_car(made, f"user:{n}")
    with made.store.reading() as reading:
        owned = {owner: n for owner, n in reading.open_cases_by_owner().items() if owner}
    for owner, count in owned.items():
        found = [one.case for page in cases_of(made.store, RepId(owner), limit) for one in page]
        assert len(found) == len(set(found)) == count
    assert sum(owned.values()) == 5
