"""Every order that the core can give is counted by a replay."""

from typing import get_args

from makegood.messages.commands import Order
from makegood.replay import trial


def test_every_order_has_a_name_in_a_comparison():
    assert set(trial._ORDERS) == set(get_args(Order))
