"""What a note in a ticket tells of holds: of the brands that this help desk serves."""

import pytest

from makegood.effects.zendesk_notes import held_here


@pytest.mark.parametrize(
    ("held", "brands", "told"),
    [
        ((), ("north",), ()),
        (("*",), ("north",), ("*",)),
        (("north", "south"), (), ("north", "south")),
        (("north", "south"), ("south",), ("south",)),
        (("north",), ("south",), ()),
    ],
)
def test_a_help_desk_hears_of_the_holds_of_its_own_brands_only(held, brands, told):
    assert held_here(held, brands) == told
