"""What messages say: who speaks, and the facts a template may use."""

from makegood.core.failures import NEWS_MS
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.facts import Answered, Chosen, Confirmed
from tests.unit.core.day import Day, library


def order(day: Day, step: str) -> SendMessage:
    found = [one.order for one in day.commands if one.step == step][-1]
    assert isinstance(found, SendMessage)
    return found


def test_a_message_knows_its_failure_its_owner_and_what_is_owed():
    day = Day()
    day.no_car(branch="Airport")
    said = order(day, "R1/no_car/apology#0")
    assert said.brand == "cars"
    assert said.message_class is MessageClass.SERVICE
    assert said.variables["owed_cents"] == 21_000
    assert said.variables["owner"] == "kathy"
    assert said.variables["branch"] == "Airport"


def test_an_unknown_brand_leaves_the_books_first_to_speak():
    day = Day()
    day.no_car(brand="boats")
    assert order(day, "R1/no_car/apology#0").brand == "cars"


def test_the_word_that_confirms_a_choice_knows_what_was_confirmed():
    day = Day()
    day.no_car()
    yes = Confirmed(command=day.command("R1/no_car/confirm/driver"), detail={"minutes": 7})
    day.told(yes)
    day.told(Chosen(case=day.id, offer="driver"))
    said = order(day, "R1/no_car/chosen#0")
    assert (said.variables["offer"], said.variables["minutes"]) == ("driver", 7)


def test_what_was_told_to_be_paid_in_a_closed_case_is_not_told_again():
    day = Day()
    day.no_car()
    day.told(Answered(case=day.id, answer="good"))
    day.waits(NEWS_MS + 1)
    day.no_car()
    assert order(day, "R1/no_car/apology#0").variables["owed_cents"] == 0


def test_a_plan_that_names_no_such_message_says_nothing():
    day = Day(library(apology="nothing"))
    day.no_car()
    assert "R1/no_car/apology#0" not in day.steps
