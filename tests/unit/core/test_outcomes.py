"""What was carried out or dropped, and whose word it kept or broke."""

import pytest

from makegood.core.state import Phase
from makegood.messages.facts import Answered, Called, Carried, Chosen, Confirmed, Dropped, Granted
from makegood.messages.ids import CommandId, RepId
from makegood.messages.money import Money
from makegood.testing.book import HOUR_MS
from tests.unit.core.day import Day

KATHY = RepId("kathy")
UNKNOWN = CommandId("m" + "0" * 32)


def chosen() -> Day:
    day = Day()
    day.no_car()
    for offer in ("ride_home", "driver"):
        day.told(Confirmed(command=day.command(f"R1/no_car/confirm/{offer}")))
    day.told(Chosen(case=day.id, offer="driver"))
    return day


def test_what_was_chosen_is_kept_with_what_it_did_cost():
    day = chosen()
    done = Carried(command=day.command("R1/no_car/keep/driver"), paid=Money(28_000))
    day.told(done)
    offer = day.case.offers[1]
    assert (offer.status.value, offer.cost) == ("kept", Money(28_000))


def test_what_was_chosen_and_not_carried_out_is_a_broken_promise():
    day = chosen()
    day.told(Dropped(command=day.command("R1/no_car/keep/driver"), why="failed"))
    assert day.case.broken == 1
    assert day.case.double
    assert day.case.phase is Phase.CALLING


def test_a_dead_letter_that_a_person_revived_is_kept_and_the_break_stays_told():
    day = chosen()
    command = day.command("R1/no_car/keep/driver")
    day.told(Dropped(command=command, why="failed"))
    day.told(Carried(command=command))
    assert day.offers()["driver"] == "kept"
    assert day.case.broken == 1


def test_a_refund_that_nobody_paid_is_a_broken_promise():
    day = Day()
    day.no_car()
    day.told(Dropped(command=day.command("R1/owed/refund_all"), why="failed"))
    assert day.case.broken == 1


def test_a_withdrawn_command_breaks_no_promise():
    day = chosen()
    before = day.state
    day.told(Dropped(command=day.command("R1/no_car/keep/driver"), why="withdrawn"))
    assert day.state == before


def test_an_apology_that_was_missed_calls_nobody():
    day = Day()
    day.no_car()
    day.told(Dropped(command=day.command("R1/no_car/apology"), why="missed"))
    assert day.case.call is None


def test_an_offer_that_could_not_be_told_needs_a_voice():
    day = Day()
    day.no_car()
    for offer in ("ride_home", "driver"):
        day.told(Confirmed(command=day.command(f"R1/no_car/confirm/{offer}")))
    day.told(Dropped(command=day.command("R1/no_car/offers"), why="failed"))
    assert day.case.call is not None
    assert day.case.call.why == "unreached"


def test_who_could_not_be_asked_offers_nothing():
    day = Day()
    day.no_car()
    day.told(Dropped(command=day.command("R1/no_car/confirm/driver"), why="missed"))
    assert day.offers()["driver"] == "unavailable"


def test_a_repeat_under_another_cause_is_known_by_its_step_and_the_order_is_withdrawn():
    day = Day()
    day.no_car()
    ordered = day.command("R1/owed/refund_all")
    day.told(Carried(command=UNKNOWN, step="R1/owed/refund_all#0", paid=Money(21_000)))
    assert ordered in day.withdrawn
    assert day.case.failures[0].owed[0].paid_cents == 21_000
    assert day.state.strays == ()


def test_an_unknown_outcome_without_money_changes_nothing():
    day = Day()
    day.no_car()
    before = day.state
    day.told(Carried(command=UNKNOWN))
    day.told(Dropped(command=UNKNOWN, why="failed"))
    assert day.state == before


def test_a_gift_that_nobody_carried_out_is_shown_until_it_is():
    day = Day()
    day.no_car()
    day.told(Granted(case=day.id, remedy="snack", cost=Money(900), by=KATHY))
    command = day.case.gifts[0].command
    day.told(Dropped(command=command, why="failed"))
    assert day.case.gifts[0].failed
    day.told(Carried(command=command, paid=Money(800)))
    assert (day.case.gifts[0].failed, day.case.gifts[0].paid) == (False, Money(800))


def asked() -> Day:
    day = chosen()
    day.told(Carried(command=day.command("R1/no_car/keep/driver")))
    day.waits(2 * HOUR_MS)
    assert day.phase() is Phase.ASKED
    return day


@pytest.mark.parametrize("why", ["held", "failed", "missed"])
def test_a_question_that_could_not_be_put_is_put_by_voice(why):
    day = asked()
    day.told(Dropped(command=day.command("R1/question"), why=why))
    assert day.phase() is Phase.CALLING
    assert day.case.call is not None
    assert day.case.call.why == "not_asked"


def test_a_question_that_was_dropped_after_the_answer_calls_nobody():
    day = asked()
    day.told(Answered(case=day.id, answer="not_yet"))
    day.told(Called(case=day.id, by=KATHY, reached=True))
    day.told(Dropped(command=day.command("R1/question"), why="missed"))
    assert day.case.call is not None
    assert day.case.call.why == "not_yet"
