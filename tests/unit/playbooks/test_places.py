"""The sections `places` and `walks`: what they take, and every mistake with what to do."""

import pytest

from makegood.playbooks.binding import bind
from makegood.playbooks.load import check_book
from tests.unit.playbooks.test_rule_book_page import BOOK

ASKS = "    places: sister_houses\n"


def mistakes(old: str, new: str) -> str:
    assert old in BOOK, old
    checked = check_book(BOOK.replace(old, new, 1), name="b")
    return "\n".join(str(one) for one in (*checked.errors, *checked.warnings))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    brands: sea_view\n    needs", "    brands: sea_vew\n    needs", "sea_view"),
        ("{near: hotel, rate", "{near: hotl, rate", "Did you mean `hotel`"),
        ("{near: hotel, rate", "{nearby: hotel, rate", "nearby"),
        ("    quality: same_or_better", "    quality: same", "same_or_better"),
        ("    at_once: 1\n", "    at_once: 0\n", "Somebody has to be asked"),
        ("    answer_within: 5m\n    kept", "    answer_within: 0s\n    kept", "than nothing"),
        ("    kept: 4h\n", "    kept: 0s\n", "longer than nothing"),
        ("{oldest: 15m, unknown: last}", "{oldest: 15m, unknown: first}", "last"),
        ("{oldest: 15m, unknown: last}", "{unknown: last}", "no `oldest`"),
        ("    ask: ask_house", "    ask: ask_hous", "ask_house"),
        ("    ask: ask_house", "    ask: come_back", "is service"),
        ("stays with you instead of $house", "stays with $rate", "may be missing"),
        ("the rate is $rate, as they", "the rate is $rte, as they", "$rte"),
        ("the rate is $rate, as they", "the rate is $ 5, as they", "lone `$`"),
        ("    places: sister_houses\n", "    places: sister_house\n", "sister_houses"),
        ("    places: sister_houses\n", f"{ASKS}    provider: x\n", "no counterpart"),
        ("    confirm_within: 20m\n    brings", "    brings", "Nobody is asked"),
        ("    brings: taxi\n", "    brings: txi\n", "taxi"),
        ("    brings: taxi\n", "    brings: sister_hotel\n", "cannot come with another"),
        ("Please answer by $answer_by", "By $owner", "$owner"),
    ],
)  # fmt: skip
def test_a_mistake_about_places_is_told_with_what_is_right(old: str, new: str, said: str):
    assert said in mistakes(old, new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    event: Guest Walked\n", "    event: Guest Walkd\n", "Guest Walked"),
        ("when: arrival.medical,", "when: arrival.medicl,", "arrival.medicl"),
        ("when: arrival.medical,", "when: event.medical,", "event"),
        ("when: arrival.hour >= 22", "when: 1 + 1", "bool"),
        ("points: 5, says: they arrive late", "points: -5, says: they arrive late", "0 to 1000"),
        (", says: they arrive late", "", "no `says`"),
        ("    volunteers: first\n", "    volunteers: fist\n", "first"),
    ],
)
def test_a_mistake_about_walks_is_told_with_what_is_right(old: str, new: str, said: str):
    assert said in mistakes(old, new)


@pytest.mark.parametrize("fact", ["tier", "company", "lifetime_value_cents", "followers"])
def test_value_tier_and_public_voice_never_decide_who_is_harmed(fact: str):
    """Under whatever root it stands: a list of arrivals may call a tier what it likes to."""
    takes = ("nights: int, medical: bool}", f"nights: int, medical: bool, {fact}: int}}")
    text = BOOK.replace(*takes, 1)
    unfair = text.replace("when: arrival.nights > 1", f"when: arrival.{fact} > 1", 1)
    assert unfair != text
    errors = check_book(unfair, name="b").errors
    assert any("never decide who is harmed" in str(one) for one in errors)
    because = unfair.replace(
        "says: they stay more than one night",
        "says: many nights, allow_because: an audit asked",
        1,
    )
    checked = check_book(because, name="b")
    assert checked.errors == ()
    assert any("an audit asked" in str(one) for one in checked.warnings)


def test_without_harm_there_is_nothing_to_rank_by():
    start = BOOK.index("    harm:\n      - {id: late")
    end = BOOK.index("\n", BOOK.index("{id: nights")) + 1
    checked = check_book(BOOK[:start] + BOOK[end:], name="b")
    assert any("Nothing says what does more harm" in str(one) for one in checked.errors)


def test_a_brand_puts_a_rule_about_places_in_the_place_of_the_umbrella_s():
    rule = BOOK[BOOK.index("  - id: sister_houses") : BOOK.index("walks:\n")]
    rule = rule.replace("    kinds", "    replaces: true\n    kinds", 1)
    rule = rule.replace("most: 3", "most: 5")
    own = f"makegood: 1\nname: sea-view\nbuilds_on: hotel\nplaces:\n{rule}"
    both = bind(own, {}, {"hotel.yaml": BOOK}.get)
    checked = check_book(both, name="sea_view.yaml")
    assert checked.errors == ()
    assert checked.book is not None
    assert checked.book.places["sister_houses"].most == 5


WALK = BOOK[BOOK.index("walks:\n") : BOOK.index("\n\n", BOOK.index("walks:\n")) + 1]


def brand_s_walk(old: str, new: str, *, may_change: str = "", head: str = "") -> str:
    """Say what is wrong with a brand's walk in the place of the umbrella's."""
    assert old in WALK, old
    rule = WALK.replace(old, new, 1).replace("    title", "    replaces: true\n    title", 1)
    house = BOOK.replace("makegood: 1", f"makegood: 1\n{may_change}", 1)
    own = f"makegood: 1\nname: sea-view\nbuilds_on: hotel\n{head}{rule}"
    both = bind(own, {}, {"hotel.yaml": house}.get)
    return "\n".join(str(one) for one in check_book(both, name="sea_view.yaml").errors)


NEVER = WALK[WALK.index("      - {id: medical") : WALK.index("    harm:")]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (f"    never:\n{NEVER}", "", "`never`"),
        ("when: arrival.medical,", "when: arrival.medical && arrival.nights > 9,", "`never`"),
        ("    event: Guest Walked\n", "    event: Call Ended\n", "`event`"),
    ],
)
def test_whom_the_umbrella_never_walks_no_brand_walks(old: str, new: str, why: str):
    said = brand_s_walk(old, new)
    assert "is the umbrella's to lower" in said
    assert why in said


def test_a_brand_lets_more_people_stay_and_weighs_harm_as_it_likes():
    more = "    harm:\n"
    never = "      - {id: late, when: arrival.hour >= 23, says: it is night}\n    harm:\n"
    assert brand_s_walk(more, never) == ""
    assert brand_s_walk("points: 5, says: they arrive late", "points: 9, says: it is late") == ""


def test_the_umbrella_may_let_its_brands_choose_who_stays():
    name = WALK.split("id: ")[1].split()[0]
    listed = f"may_change: [{name}]"
    assert brand_s_walk(f"    never:\n{NEVER}", "", may_change=listed) == ""
