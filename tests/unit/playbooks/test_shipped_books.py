"""The shipped rule books: without mistakes or warnings, and their own examples come true."""

from string import Template

import pytest
import yaml
from msgspec.structs import replace

from makegood.bootstrap import read_book, shipped_books
from makegood.effects.links import Links
from makegood.effects.words import Words
from makegood.messages.commands import Command, SendMessage
from makegood.messages.ids import CaseId, CommandId, EventId, ProfileId
from makegood.messages.money import Money
from makegood.playbooks.book import FailureFacts, Library, RuleBook
from makegood.playbooks.examples import Example
from makegood.playbooks.failures import OTHER
from makegood.playbooks.load import check_book, load_book, load_examples
from makegood.playbooks.messages import GIVEN, OF_A_CASE, OF_A_CHOICE, spoken
from makegood.playbooks.terms import Cause
from makegood.ports.rows import PersonRow
from makegood.replay.examples import run_examples
from makegood.testing.clock import FakeClock

NAMES = tuple(f"{name}.yaml" for name in shipped_books())
TEXTS = {name: read_book(name.removesuffix(".yaml"))[0] for name in NAMES}
BOOKS = {name: load_book(text, name=name) for name, text in TEXTS.items()}
AIRLINE, CARS = BOOKS["airline.yaml"], BOOKS["car-rental.yaml"]
EXAMPLES = [
    pytest.param(BOOKS[name], example, id=f"{name}: {example.name}")
    for name, text in TEXTS.items()
    for example in load_examples(text, name=name)
]
TODAY_MS = 1_780_000_000_000
FLIGHT = {
    "flight": "UA1545",
    "date": "2013-02-08",
    "origin": "EWR",
    "destination": "IAH",
    "carrier": "UA",
    "brand": "meridian",
    "price_cents": 31000,
    "booking": "B1",
    "distance_miles": 1400,
    "domestic": True,
}
CLEAR = {
    "visibility_miles": 10.0,
    "wind_mph": 8.0,
    "gust_mph": 9.0,
    "precip_inches": 0.0,
    "temp_f": 41.0,
    "inferred": True,
}


ALLOWED = {  # a partner agreement is reciprocal; the book says so
    "agency.yaml": ["`reciprocal` reads values.sent_much, allowed because: a partner agreement"],
}


@pytest.mark.parametrize("name", NAMES)
def test_book_has_no_mistake_and_no_warning_that_it_does_not_defend(name):
    checked = check_book(TEXTS[name], name=name)
    assert checked.errors == ()
    wanted = ALLOWED.get(name, [])
    assert len(checked.warnings) == len(wanted)
    for warning, words in zip(checked.warnings, wanted, strict=True):
        assert warning.message.startswith(words)


@pytest.mark.parametrize("name", NAMES)
def test_every_failure_silence_and_row_has_an_example(name):
    examples = load_examples(TEXTS[name], name=name)
    shown = {kind for one in examples for kind in one.expect.failures or ()}
    assert BOOKS[name].failures.keys() - {OTHER} == shown
    rows = {(one.asks.request, one.expect.row) for one in examples if one.asks}
    written = yaml.safe_load(TEXTS[name].split("\n---\n")[0])["requests"]
    assert {(one["id"], row["id"]) for one in written for row in one["rows"]} <= rows


@pytest.mark.parametrize("name", NAMES)
def test_somebody_without_a_history_gets_what_everybody_gets(name):
    valued = {
        "tier": "platinum",
        "lifetime_value_cents": 9_000_000,
        "followers": 900_000,
        "loyalty_status": "gold",
        "tenure_years": 20,
        "nights_a_year": 90,
    }
    book = BOOKS[name]
    for example in load_examples(TEXTS[name], name=name):
        if not example.file and not example.asks:
            known = replace(example, customer={**example.customer, **valued})
            assert run_examples(book, [known]) == (), example.name


@pytest.mark.parametrize(("book", "example"), EXAMPLES)
def test_example_comes_out_as_the_book_says(book: RuleBook, example: Example):
    assert run_examples(book, [example]) == ()


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_every_message_can_be_filled_in_for_every_failure_of_its_plans(book: RuleBook):
    for kind, plan in book.plans.items():
        known = {*GIVEN, *spoken(OF_A_CASE), *book.failures[kind].details}
        double = plan.double.apology if plan.double else ""
        offer = plan.then_offer.message if plan.then_offer else ""
        for message in (
            plan.apology,
            plan.explanation,
            plan.offer_message,
            plan.made_whole.question,
            double,
            offer,
        ):
            for text in book.messages[message].texts.values() if message else ():
                assert set(Template(text.text).get_identifiers()) <= known
        chosen = book.messages[plan.chosen_message].texts if plan.offers else {}
        for text in chosen.values():
            assert set(Template(text.text).get_identifiers()) <= known | OF_A_CHOICE


def rendered(book: RuleBook, message: str, variables: dict[str, object], language: str) -> str:
    """Say a message as the effect does, with nothing but what a plan always has."""
    library = Library(active=book.hash, books={book.hash: book})
    words = Words(lambda: library, Links(b"k" * 32, "https://care.example.com", FakeClock()))
    template = book.messages[message]
    command = Command(
        id=CommandId("m1"),
        profile=ProfileId("p1"),
        case=CaseId("k1"),
        step="no_car/apology",
        cause=EventId("e1"),
        due_ms=0,
        useful_until_ms=0,
        order=SendMessage(
            message=message,
            brand=next(iter(book.brands)),
            message_class=template.message_class,
            variables=variables,
        ),
    )
    person = PersonRow(profile=ProfileId("p1"), name="Ana Ruiz", language=language)
    return words.render(command, person, "mail").text


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_every_message_is_said_even_when_the_failure_was_raised_by_hand(book, language):
    for kind, plan in book.plans.items():
        case = {"about": "B1", "owner": "", "owed_cents": 0, "currency": "", "failure": kind}
        after = plan.then_offer.message if plan.then_offer else plan.made_whole.question
        choice = (plan.offer_message,) if plan.offers else ()
        for message in (plan.apology, plan.explanation or plan.apology, *choice, after):
            assert "$" not in rendered(book, message, case, language)
        if not plan.offers:
            continue
        offer = plan.offers[0].id
        said = rendered(book, plan.chosen_message, {**case, "offer": offer}, language)
        assert book.remedies[offer].title[language if language != "fr" else "en"] in said


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_everything_is_said_in_three_languages(book: RuleBook):
    assert all(set(message.texts) == {"en", "de", "es"} for message in book.messages.values())
    assert all(set(remedy.title) == {"en", "de", "es"} for remedy in book.remedies.values())


@pytest.mark.parametrize(
    ("weather", "cause"),
    [
        (CLEAR, Cause.FIRM),
        ({**CLEAR, "visibility_miles": 1.0}, Cause.FIRM),
        ({**CLEAR, "visibility_miles": 0.99}, Cause.NATURE),
        ({**CLEAR, "gust_mph": 40.0}, Cause.NATURE),
        ({**CLEAR, "wind_mph": 30.0}, Cause.NATURE),
        ({**CLEAR, "precip_inches": 0.1}, Cause.NATURE),
        ({**CLEAR, "precip_inches": 0.01, "temp_f": 34.0}, Cause.NATURE),
        ({**CLEAR, "precip_inches": 0.01, "temp_f": 34.1}, Cause.FIRM),
        ({"gust_mph": 45.0}, Cause.NATURE),
        ({}, Cause.FIRM),
    ],
)
def test_weather_is_the_cause_from_its_limits_on(weather, cause):
    (finding,) = AIRLINE.find("Flight Cancelled", {**FLIGHT, "weather": weather}, {})
    assert (finding.outcome, finding.cause, finding.inferred) == ("yes", cause, True)


def test_without_weather_facts_it_is_ours():
    (finding,) = AIRLINE.find("Flight Cancelled", FLIGHT, {})
    assert finding.cause is Cause.FIRM
    assert finding.brand == "meridian"


def test_carrier_tells_the_brand_when_the_event_does_not():
    unnamed = {name: value for name, value in FLIGHT.items() if name != "brand"}
    assert AIRLINE.find("Flight Cancelled", {**unnamed, "carrier": "B6"}, {})[0].brand == "bluefin"
    assert AIRLINE.find("Flight Cancelled", {**unnamed, "carrier": "ZZ"}, {})[0].brand == ""


def test_delay_and_cancellation_of_a_flight_are_about_the_same():
    (late,) = AIRLINE.find("Flight Delayed", {**FLIGHT, "delay_minutes": 200}, {})
    (gone,) = AIRLINE.find("Flight Cancelled", FLIGHT, {})
    assert late.about == gone.about == "UA1545/2013-02-08"
    assert late.severity < gone.severity


@pytest.mark.parametrize(
    ("domestic", "minutes", "owed"),
    [
        (True, 179, False),
        (True, 180, True),
        (False, 180, False),
        (False, 359, False),
        (False, 360, True),
    ],
)
def test_us_refund_starts_at_the_boundary(domestic, minutes, owed):
    facts = FailureFacts(
        rule="flight_delayed",
        at_ms=TODAY_MS,
        declined=True,
        price=None,
        cause=Cause.FIRM,
        details={**_between(domestic=domestic), "delay_minutes": minutes},
    )
    assert bool(AIRLINE.owed(facts, {})) is owed


@pytest.mark.parametrize(
    ("minutes", "domestic", "cents"),
    [
        (60, True, []),
        (61, True, [62_000]),
        (120, True, [62_000]),
        (121, True, [124_000]),
        (240, False, [62_000]),
        (241, False, [124_000]),
    ],
)
def test_denied_boarding_has_its_steps_in_one_rule(minutes, domestic, cents):
    facts = FailureFacts(
        rule="boarding_denied",
        at_ms=TODAY_MS,
        declined=False,
        price=Money(31_000),
        cause=Cause.FIRM,
        details={**_between(domestic=domestic), "late_minutes": minutes},
    )
    assert [one.amount.cents for one in AIRLINE.owed(facts, {})] == cents


def _between(*, domestic: bool) -> dict[str, object]:
    destination = "PR" if domestic else "JP"
    return {
        "origin_country": "US",
        "destination_country": destination,
        "community_carrier": False,
    }


def test_denied_boarding_without_a_fare_cannot_be_judged():
    facts = FailureFacts(
        rule="boarding_denied",
        at_ms=TODAY_MS,
        declined=False,
        price=None,
        cause=Cause.FIRM,
        details={**_between(domestic=True), "late_minutes": 90},
    )
    (owed,) = AIRLINE.owed(facts, {})
    assert (owed.outcome, owed.missing) == ("cannot", "failure.price_cents")


def test_a_flight_from_nobody_knows_where_cannot_be_judged():
    facts = FailureFacts(
        rule="flight_delayed",
        at_ms=TODAY_MS,
        declined=True,
        price=None,
        cause=Cause.FIRM,
        details={"delay_minutes": 200},
    )
    owed = AIRLINE.owed(facts, {})
    assert {one.outcome for one in owed} == {"cannot"}
    assert {one.missing for one in owed} == {"failure.origin_country"}


def test_the_second_branch_is_another_failure_and_the_first_is_paid_back_once():
    first = {
        "reservation": "SYN-1",
        "branch": "Airport",
        "reason": "no_vehicle",
        "price_cents": 28900,
    }
    second = {**first, "reservation": "SYN-1-H", "branch": "Harbour", "moved_from": "SYN-1"}
    (one,), (two,) = (CARS.find("Rental Unfulfilled", facts, {}) for facts in (first, second))
    assert one.about == "SYN-1@Airport"
    assert two.about == "SYN-1-H@Harbour"
    assert one.price is not None
    assert two.price is not None
    assert (one.price.cents, two.price.cents) == (28900, 0)


def test_same_branch_with_another_reservation_is_another_failure():
    facts = {"reservation": "R1", "branch": "Airport", "reason": "no_vehicle"}
    (one,) = CARS.find("Rental Unfulfilled", facts, {})
    (two,) = CARS.find("Rental Unfulfilled", {**facts, "reservation": "R2"}, {})
    assert one.about != two.about


def test_a_class_nobody_ranked_cannot_be_judged():
    facts = {
        "reservation": "R1",
        "branch": "Airport",
        "late_minutes": 0,
        "class_booked": "compact",
        "class_given": "hovercraft",
    }
    (finding,) = CARS.find("Car Handed Over", facts, {})
    assert (finding.rule, finding.outcome) == ("wrong_class", "cannot")
