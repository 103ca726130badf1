"""What a book says about hellos, thanks, leaving and lines: read whole, and wrong with a line."""

import pytest

from makegood.books.opening import read_book
from makegood.playbooks.load import check_book

TEXT = read_book("car-rental")[0]


@pytest.mark.parametrize(
    ("written", "instead", "why"),
    [
        ("of: agreement, before: 30d", "of: agreement, for: 3d, before: 3d", "has no `for`"),
        ("on: Car Returned,", "on: Car Returned, before: 3d,", "one without the other"),
        ("years: [5, 10, 20]", "years: [0]", "not a number of years"),
        ("likeness: [choices", "likeness: [value", "whether somebody is alike"),
        ("line: {domain: line.northwind.example", "line: {domain: northwind", "not a domain"),
        ("only_if: consented", "only_if: always", "cannot be"),
        ("of: agreement, before: 30d", "of: agreement, after: 30d", "before the end of an"),
        ("of: wish, for: 90d", "of: wish, for: 0d", "never true long enough"),
        ("with us for $years years", "with us for $ages years", "$ages"),
        ("offers: chosen_rep_only", "offers: nobody", "cannot be"),
        ("control: 0.1                # share of customers", "control: 0.9 # share", "go without"),
        ("outcomes: [came_back", "outcomes: [happiness", "nothing that is counted"),
        ("Ask how the trip was.", "Tell them of our special offers.", "“special offers”"),
        ("Thank them; no more", "Give them a discount code; no more", "“discount code”"),
        ("gone: your_person_left", "gone: loyalty_programme", "a hold would keep it"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(written: str, instead: str, why: str):
    assert TEXT.count(written) >= 1
    changed = TEXT.replace(written, instead, 1)
    errors = check_book(changed, name="x").errors
    assert any(why in str(one) for one in errors), [str(one) for one in errors]
