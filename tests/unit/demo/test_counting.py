"""What is counted: holds from the moment of knowing, mail by purpose, second failures once."""

from datetime import date
from math import inf

import pytest

from makegood.core.state import Case, Failure, Phase, State
from makegood.core.timers import Origin
from makegood.demo.chance import Chance
from makegood.demo.flights import local_ms
from makegood.demo.kept import Mail, TextMessage, read_mail
from makegood.demo.mailings import count
from makegood.demo.marketing import Campaign, mail_for, slice_of
from makegood.demo.people import person
from makegood.demo.refold import Held
from makegood.demo.reps import on_duty, roster
from makegood.demo.tally import seconds_of
from makegood.messages.ids import BookHash, CaseId, EventId, ProfileId
from makegood.playbooks.terms import Brand, Cause

DAY = date(2026, 3, 5)
BRAND = Brand(id="north", name="North", sender="care@n.example", offers_sender="offers@n.example")
DAY_MS = 86_400_000


def mail(**headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Mail(sender="offers@n.example", to="a@b.example", headers=named, text="")


@pytest.mark.parametrize(
    ("brand", "at_ms", "stops"),
    [
        ("north", 99, False),
        ("north", 100, True),
        ("north", 199, True),
        ("north", 200, False),
        ("south", 150, False),
    ],
)
def test_a_hold_of_one_brand_stands_from_its_beginning_until_just_before_its_end(
    brand, at_ms, stops
):
    assert Held(from_ms=100, to_ms=200, scope="north").stops(brand, at_ms) is stops


def test_a_hold_of_the_umbrella_stops_every_brand_without_end():
    assert Held(from_ms=100, to_ms=inf, scope="*").stops("south", 10**15)


def test_mail_is_counted_by_what_it_is_for():
    found = count(
        [
            mail(x_campaign="2026-03-05", x_campaign_sent_ms="5", x_makegood_class="promotional"),
            mail(x_makegood_class="service"),
            mail(x_makegood_class="receipt"),
            mail(x_makegood_class="survey"),
            mail(x_makegood_class="promotional"),
            TextMessage(
                id="m", message="plan_b", to="+1", case="k", message_class="service", text=""
            ),
        ]
    )
    assert (len(found.marketing), found.service, found.offers_after, found.texts) == (1, 2, 1, 1)
    assert found.campaigns == {DAY: "offers@n.example"}
    assert found.marketing[0].at_ms == 5


def test_a_cheery_mail_can_be_left_with_one_click_and_says_that_it_is_synthetic():
    campaign = Campaign(day=DAY, brand=BRAND)
    content = mail_for(campaign, person(Chance(1), 7, "north"), campaign.begins_ms)
    read = read_mail("offers@n.example", "x", content)
    assert read.headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert read.headers["list-unsubscribe"].startswith("<https://")
    assert read.headers["date"] == "Thu, 05 Mar 2026 14:00:00 +0000"
    assert "Synthetic" in read.text


def test_the_slices_of_a_mailing_reach_everyone_once():
    people = [person(Chance(1), number, "north") for number in range(50)]
    reached = [one for number in range(6) for one in slice_of(people, number)]
    assert sorted(one.number for one in reached) == list(range(50))


def test_somebody_is_on_duty_by_day_and_nobody_at_night():
    reps = roster(10_000)
    assert len({rep.rep for rep in reps}) == len(reps)
    assert on_duty(reps, local_ms(DAY, 13, 30)) == reps
    assert on_duty(reps, local_ms(DAY, 3)) == ()


def failure(about, at_ms):
    return Failure(
        event=EventId(about), rule="cancelled", about=about, brand="north", at_ms=at_ms,
        severity=4, cause=Cause.FIRM, book=BookHash("b"),
    )  # fmt: skip


def case(*failures):
    return Case(
        id=CaseId("k" + failures[0].event), origin=Origin("s", "m", ProfileId("p"), BookHash("b")),
        phase=Phase.MADE_WHOLE, opened_ms=failures[0].at_ms, brand="north", scope="*",
        plan="cancelled", failures=failures,
    )  # fmt: skip


def test_the_second_failure_counts_in_the_same_case_and_soon_after_and_not_much_later():
    in_one = State(cases=(case(failure("a", 0), failure("b", 5)),))
    soon = State(cases=(case(failure("a", 0)), case(failure("b", 180 * DAY_MS))))
    later = State(cases=(case(failure("a", 0)), case(failure("b", 180 * DAY_MS + 1))))
    assert [seconds_of(state, 180 * DAY_MS) for state in (in_one, soon, later)] == [1, 1, 0]
