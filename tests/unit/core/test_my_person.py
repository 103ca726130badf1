"""Whom a customer is looked after by: the chosen person, the cover, the conversation's own."""

from msgspec.structs import replace

from makegood.core.my_person import (
    CASE,
    Choice,
    Duty,
    MyPerson,
    Need,
    Preference,
    Refusal,
    Standing,
    Thread,
    person_of,
    prefer,
)
from makegood.messages.events import Absent, OnDuty
from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.playbooks.people_terms import PeopleRules
from makegood.testing.book import DAY_MS, MINUTE_MS

NOW_MS = 1_770_000_000_000
UNTIL_MS = NOW_MS + 8 * 60 * MINUTE_MS
KATHY, TOM, ULI, NEW = (RepId(one) for one in ("kathy", "tom", "uli", "new"))
RULES = PeopleRules(choices=3, waits_ms={"phone": 2 * MINUTE_MS, "mail": 60 * MINUTE_MS},
                    thread_ms=7 * DAY_MS)  # fmt: skip


def choice(rep: RepId, standing: Standing, brand: str = "") -> Choice:
    return Choice(rep=rep, standing=standing, at_ms=0, event=EventId("e"), brand=brand)


MINE = MyPerson(choices=(choice(KATHY, Standing.THEIRS), choice(TOM, Standing.NEXT)))


def there(rep: RepId, **more) -> OnDuty:
    return replace(OnDuty(rep, UNTIL_MS), **more)


def asked(mine: MyPerson, *on_duty: OnDuty, absent: tuple[Absent, ...] = (), **need) -> Preference:
    return prefer(mine, Duty(on_duty, absent), Need(**{"at_ms": NOW_MS} | need), RULES)


def whys(found: Preference) -> list[str]:
    return [one.why for one in found.reasons]


def test_the_chosen_person_comes_before_whoever_has_less_to_do():
    found = asked(MINE, there(NEW), there(TOM), there(KATHY))
    assert (found.person, found.first, found.then) == (KATHY, KATHY, TOM)
    assert found.wait_until_ms == 0


def test_who_is_away_is_covered_at_once_by_whom_they_named():
    away = Absent(KATHY, "away", NOW_MS + DAY_MS, ULI)
    found = asked(MINE, there(NEW), there(TOM), there(ULI), absent=(away,), channel="mail")
    assert (found.person, found.first, found.wait_until_ms) == (KATHY, ULI, 0)
    assert [(one.why, one.rep, one.until_ms) for one in found.reasons[:3]] == [
        ("theirs", KATHY, 0),
        ("away", KATHY, NOW_MS + DAY_MS),
        ("covers", ULI, 0),
    ]


def test_without_a_cover_the_next_choice_takes_it():
    found = asked(MINE, there(NEW), there(TOM))
    assert found.first == TOM
    assert "off_duty" in whys(found)


def test_a_cover_who_is_away_too_is_covered_and_a_circle_ends():
    both = (Absent(KATHY, "away", 0, ULI), Absent(ULI, "off_duty", 0, TOM))
    assert asked(MINE, there(TOM), absent=both).first == TOM
    circle = (Absent(KATHY, "away", 0, ULI), Absent(ULI, "away", 0, KATHY))
    alone = replace(MINE, choices=MINE.choices[:1])
    found = asked(alone, there(NEW), absent=circle)
    assert (found.first, whys(found)[-1]) == ("", "no_cover")


def test_a_busy_person_is_waited_for_as_long_as_the_channel_says():
    busy = there(KATHY, open_cases=5, most_cases=5, cover=ULI)
    found = asked(MINE, busy, there(ULI), there(TOM), channel="phone")
    assert (found.first, found.then) == (KATHY, ULI)
    assert found.wait_until_ms == NOW_MS + 2 * MINUTE_MS


def test_on_a_channel_without_a_wait_a_busy_person_is_covered_at_once():
    busy = there(KATHY, busy_until_ms=NOW_MS + 1)
    found = asked(MINE, busy, there(TOM), channel=CASE)
    assert (found.first, found.then, found.wait_until_ms) == (TOM, "", 0)
    assert asked(MINE, there(KATHY, busy_until_ms=NOW_MS)).first == KATHY


def test_nobody_waits_for_a_second_choice():
    busy = there(TOM, open_cases=5, most_cases=5)
    found = asked(MINE, busy, there(NEW), channel="phone")
    assert (found.candidates, found.wait_until_ms) == ((), 0)


def test_a_conversation_stays_with_whom_it_was_begun_with_until_it_is_over():
    thread = Thread(id="t", channel="mail", profile=ProfileId("p"), last=ULI,
                    last_ms=NOW_MS - 7 * DAY_MS + 1)  # fmt: skip
    mine = replace(MINE, threads=(thread,))
    duty = there(KATHY), there(ULI)
    assert asked(mine, *duty, channel="mail", thread="t").first == ULI
    assert asked(mine, *duty, channel="mail", thread="another").first == KATHY
    old = replace(mine, threads=(replace(thread, last_ms=NOW_MS - 7 * DAY_MS),))
    assert asked(old, *duty, channel="mail", thread="t").first == KATHY


def test_a_customer_who_asks_for_somebody_else_is_not_given_the_same_again():
    thread = Thread(id="t", channel="mail", profile=ProfileId("p"), last=KATHY, last_ms=NOW_MS)
    mine = replace(MINE, threads=(thread,))
    found = asked(mine, there(KATHY), there(TOM), channel="mail", thread="t", another=True)
    assert [one.rep for one in found.candidates] == [TOM]


def test_who_is_kept_apart_is_never_asked_not_even_as_a_cover_or_by_name():
    for side in ("customer", "rep"):
        no = Refusal(rep=ULI, side=side, at_ms=0, event=EventId("e"))
        mine = replace(MINE, refused=(no,))
        away = Absent(KATHY, "away", 0, ULI)
        found = asked(mine, there(ULI), there(TOM), absent=(away,), to=ULI)
        assert [one.rep for one in found.candidates] == [TOM]
        assert found.denied == {ULI}
        assert ULI not in {one.rep for one in found.reasons}


def test_somebody_on_a_waiting_list_is_nobodys_person_yet():
    mine = MyPerson(choices=(choice(KATHY, Standing.WAITING), choice(TOM, Standing.THEIRS)))
    assert person_of(mine) == TOM
    assert [one.rep for one in asked(mine, there(KATHY), there(TOM)).candidates] == [TOM]


def test_the_choice_of_a_brand_counts_there_and_the_umbrellas_elsewhere():
    mine = MyPerson(
        choices=(choice(KATHY, Standing.THEIRS), choice(ULI, Standing.THEIRS, "swift"))
    )
    assert (person_of(mine, "swift"), person_of(mine, "other")) == (ULI, KATHY)
    found = asked(mine, there(KATHY, brands=("swift",)), there(ULI), brand="other")
    assert (found.person, found.candidates) == (KATHY, ())


def test_who_chose_nobody_is_left_to_whoever_is_free():
    found = asked(MyPerson(), there(NEW))
    assert (found.person, found.candidates, whys(found)) == ("", (), ["nobody_chosen"])
