"""Capacity and fairness: shares with intervals, like with like, and nobody ranked."""

from msgspec.structs import replace

from makegood.analytics.routing import of_brands, of_groups, of_reps
from makegood.messages.ids import RepId
from makegood.ports.routings import RoutingAsked, RoutingCount


def count(n: int, *, wait: int = 0, by_chance: int = 0, **more) -> RoutingCount:
    given = {"brand": "cars", "kind": "talk", "level": "", "tenure": -1} | more
    return RoutingCount(wait=wait, n=n, open_to_chance=n, by_chance=by_chance, **given)


def asked(n: int, rep: str, by_chance: int = 0, brand: str = "cars") -> RoutingAsked:
    return RoutingAsked(rep=RepId(rep), brand=brand, n=n, by_chance=by_chance)


def test_people_are_told_by_name_and_not_by_number():
    found = of_reps([asked(9, "uli"), asked(1, "bo", 1), asked(2, "uli", brand="vans")])
    assert [(one.rep, one.asked, one.by_chance) for one in found] == [("bo", 1, 1), ("uli", 11, 0)]


def test_a_brand_has_its_chance_and_its_waits_with_ranges():
    rows = [count(60, by_chance=4), count(30, wait=3), count(10, wait=-1), count(5, brand="vans")]
    cars, vans = of_brands(rows)
    assert (cars.decisions, cars.by_chance, cars.known, cars.long, cars.wait) == (
        100, 4, 90, 30, 10,
    )  # fmt: skip
    assert cars.chance.low < 0.04 < cars.chance.high
    assert cars.long_share.low < 1 / 3 < cars.long_share.high
    assert (vans.brand, vans.long) == ("vans", 0)
    assert of_brands([count(3, wait=-1)])[0].long_share.high == 1.0


def test_chance_is_told_of_the_decisions_that_may_be_left_to_it():
    wishes = replace(count(900), open_to_chance=0)
    (cars,) = of_brands([count(100, by_chance=5), wishes])
    assert (cars.decisions, cars.could) == (1000, 100)
    assert cars.chance.low < 0.05 < cars.chance.high


def test_who_was_not_answered_for_long_waited_long_though_the_wait_has_not_ended():
    (cars,) = of_brands([count(10), count(5, wait=-1, overdue=3)])
    assert (cars.known, cars.long, cars.wait) == (13, 3, 5)
    rows = [count(100, level="none"), count(40, level="gold", wait=-1, overdue=40)]
    assert says(rows) == {"gold": "more", "none": "less"}


def says(rows: list[RoutingCount]) -> dict[str, str]:
    return {one.group: one.says for one in of_groups(rows) if one.by == "level"}


def test_a_group_that_waits_longer_is_told_and_one_that_does_not_is_not():
    rows = [
        count(20, level="gold"), count(80, level="gold", wait=4),
        count(80, level="none"), count(20, level="none", wait=4),
    ]  # fmt: skip
    assert says(rows) == {"gold": "more", "none": "less"}
    same = [count(50, level=one, wait=wait) for one in ("gold", "none") for wait in (0, 4)]
    assert says(same) == {"gold": "alike", "none": "alike"}


def test_with_too_few_on_one_side_nobody_can_tell():
    assert says([count(29, level="gold", wait=4), count(900, level="none")]) == {
        "gold": "too_few", "none": "too_few",
    }  # fmt: skip
    assert of_groups([]) == ()


def test_like_is_compared_with_like():
    """Gold customers are those of the slow brand; within each brand nobody waits longer."""
    rows = [
        count(90, level="gold", brand="slow", wait=4),
        count(10, level="none", brand="slow", wait=4),
        count(10, level="gold", brand="fast"), count(90, level="none", brand="fast"),
    ]  # fmt: skip
    assert says(rows) == {"gold": "alike", "none": "alike"}
