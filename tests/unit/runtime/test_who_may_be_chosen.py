"""Whom customers may choose: who looks after customers, of the brand, and stays."""

import pytest

from makegood.messages.ids import RepId
from makegood.playbooks.people_terms import PeopleRules
from makegood.ports.rows import RepRow
from makegood.runtime.rooms import may_be_chosen

RULES = PeopleRules(choices=3, capacity=10)


@pytest.mark.parametrize(
    ("row", "may"),
    [
        (RepRow(rep=RepId("kathy"), name="Kathy", role="rep"), True),
        (RepRow(rep=RepId("kathy"), name="Kathy", role="rep", brands=("vans",)), False),
        (RepRow(rep=RepId("lee"), name="Lee", role="employee"), False),
        (RepRow(rep=RepId("kathy"), name="Kathy", role="rep", left_ms=1), False),
        (None, False),
    ],
)
def test_who_may_be_chosen(row: RepRow | None, may: bool):
    assert may_be_chosen(row, "cars", RULES) is may
