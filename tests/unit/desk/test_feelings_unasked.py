"""A firm that asks nothing sees what was heard all the same, and no figure of nothing."""

from tests.e2e.screens import introduce, no_car
from tests.unit.desk.browsing import words_of

ROOT = "/desk/feelings/"


def test_cases_are_counted_in_their_week_where_nothing_is_asked(makegood, kathy, clock):
    introduce(makegood)
    no_car(makegood)
    for path in ("", "brand?name=northwind_cars"):
        shown = words_of(kathy.get(ROOT + path))
        assert "The rule book asks nothing" in shown
        assert "Cases opened: 1 " in shown
        assert "29 Dec (so far) 1 " in shown


def test_a_case_of_another_brand_is_not_counted(makegood, kathy, vera):
    introduce(makegood)
    no_car(makegood)
    assert "Cases opened: 0 " in words_of(vera.get(ROOT))
    assert "Cases opened: 0 " in words_of(kathy.get(f"{ROOT}brand?name=northwind_vans"))
    assert vera.get(f"{ROOT}brand?name=northwind_cars").status_code == 404
