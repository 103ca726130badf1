"""Who comes after: whoever is most alike, with reasons; nothing else is known of the customer."""

import inspect

from msgspec.structs import replace

from makegood.core import succession
from makegood.core.succession import CRITERIA, Profile, Wanted, successor
from makegood.messages.ids import RepId
from makegood.playbooks.in_touch_terms import LIKENESS

KATHY, TOM, ULI, VERA = (RepId(one) for one in ("kathy", "tom", "uli", "vera"))
DAYS, NIGHTS = frozenset(range(8, 18)), frozenset(range(20, 30))
LEAVER = Profile(
    rep=KATHY, brands=frozenset({"cars"}), languages=frozenset({"en", "es"}), hours=DAYS
)


def other(rep: RepId, **more) -> Profile:
    return replace(Profile(rep=rep, room=10, most=100, hours=DAYS), **more)


def test_whom_the_customer_named_comes_first():
    alike = other(TOM, languages=frozenset({"en", "es"}), brands=frozenset({"cars"}))
    named = other(ULI, hours=NIGHTS)
    found = successor(LEAVER, [alike, named], Wanted(choices=(ULI,)), LIKENESS)
    assert (found.rep, found.reasons[0]) == (ULI, ("choices", "2"))


def test_the_language_the_customer_speaks_counts_and_is_said():
    spanish = other(ULI, languages=frozenset({"es"}))
    found = successor(
        LEAVER, [other(TOM, languages=frozenset({"en"})), spanish], Wanted(language="es"), LIKENESS
    )
    assert found.rep == ULI
    assert ("languages", "es") in found.reasons


def test_the_same_hours_decide_before_who_has_more_room():
    night = other(TOM, hours=NIGHTS, room=90)
    found = successor(LEAVER, [night, other(ULI, room=1)], Wanted(), LIKENESS)
    assert (found.rep, dict(found.reasons)["hours"]) == (ULI, "100")


def test_a_firm_may_put_room_first():
    night = other(TOM, hours=NIGHTS, room=90)
    found = successor(LEAVER, [night, other(ULI, room=1)], Wanted(), ("room", "hours"))
    assert found.rep == TOM


def test_nobody_who_is_refused_full_or_of_another_brand_is_put_forward():
    refused, full = other(TOM), other(ULI, room=0)
    elsewhere = other(VERA, brands=frozenset({"vans"}))
    wanted = Wanted(brand="cars", denied=frozenset({TOM}))
    found = successor(LEAVER, [LEAVER, refused, full, elsewhere], wanted, LIKENESS)
    assert (found.rep, found.reasons) == ("", ())


def test_what_a_customer_is_worth_cannot_even_be_asked():
    assert set(LIKENESS) == set(CRITERIA)
    assert Wanted.__struct_fields__ == ("brand", "choices", "denied", "language")
    assert "value" not in inspect.signature(succession.successor).parameters
