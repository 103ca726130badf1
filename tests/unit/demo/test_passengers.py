"""Synthetic customers: the same from the same seed, plainly labelled, some on several flights."""

from collections import Counter
from itertools import pairwise

import pytest

from makegood.demo.bookings import board
from makegood.demo.chance import Chance
from makegood.demo.flights import flights_of
from makegood.demo.people import DOMAIN, introduction, person
from makegood.demo.tables import shipped_storm
from makegood.demo.touchpoints import touchpoints
from makegood.messages.identifiers import normal

BRANDS = ("north", "south", "west")


@pytest.fixture(scope="module")
def storm():
    return flights_of(shipped_storm(), 0)


@pytest.fixture(scope="module")
def boarded(storm):
    return board(Chance(7), storm, BRANDS, 3000)


def test_the_same_seed_gives_the_same_customers_and_another_seed_others(storm, boarded):
    assert board(Chance(7), storm, BRANDS, 3000) == boarded
    assert board(Chance(8), storm, BRANDS, 3000) != boarded


def test_more_customers_change_nobodys_flights(storm, boarded):
    fewer = board(Chance(7), storm, BRANDS, 1000)
    assert boarded.people[:1000] == fewer.people
    assert boarded.bookings[: len(fewer.bookings)] == fewer.bookings


def test_every_address_and_identifier_says_synthetic(boarded):
    assert all(one.email.endswith(f"@{DOMAIN}") for one in boarded.people)
    assert "synthetic" in DOMAIN
    assert all("synthetic" in one.identifier for one in boarded.people)
    assert all("SYN" in booking.reference for booking in boarded.bookings)


def test_telephone_numbers_are_reserved_for_fiction_and_are_nobody_elses(boarded):
    phones = [one.phone for one in boarded.people if one.phone]
    assert all(phone[5:10] == "55501" for phone in phones)
    assert len(set(phones)) == len(phones)
    assert len(phones) < len(boarded.people)


def test_every_kind_of_customer_occurs(boarded):
    people = boarded.people
    assert {one.tier for one in people} == {"none", "silver", "gold", "platinum"}
    assert {one.language for one in people} == {"en", "de", "es"}
    assert {one.brand for one in people} == set(BRANDS)
    assert {bool(one.company) for one in people} == {True, False}


def test_a_household_shares_one_address(boarded):
    assert boarded.people[99].email == boarded.people[98].email
    assert len({one.email for one in boarded.people}) == len(boarded.people) - 30


def test_some_fly_again_after_they_have_landed(boarded):
    legs = Counter(booking.person.number for booking in boarded.bookings)
    assert set(legs.values()) == {1, 2, 3}
    by_person = {}
    for booking in boarded.bookings:
        by_person.setdefault(booking.person.number, []).append(booking.flight)
    for flights in by_person.values():
        for before, after in pairwise(flights):
            assert after.departs_ms > max(before.arrives_ms, before.landed_ms)


def test_an_introduction_carries_what_conditions_may_read_and_no_personal_data():
    arrival = introduction(person(Chance(7), 42, "north"), 1000)
    assert arrival.body.traits["synthetic"] is True
    assert not {"name", "email", "phone"} & set(arrival.body.traits)
    assert all(normal(one) == one for one in (arrival.identifier, *arrival.lookups))
    assert arrival.person.email in arrival.lookups[0]


def test_a_cancelled_flight_ends_in_its_cancellation_and_says_the_weather(boarded):
    chance = Chance(7)
    booking = next(b for b in boarded.bookings if b.flight.is_cancelled)
    events = touchpoints(chance, booking)
    assert events[-1].body.name == "Flight Cancelled"
    assert events[-1].body.properties["weather"]["inferred"] is True
    assert events[-1].body.properties["booking"] == booking.reference


def test_all_on_a_flight_hear_of_its_cancellation_at_the_same_time(boarded):
    by_flight = {}
    for booking in boarded.bookings:
        if booking.flight.is_cancelled:
            (told,) = [
                e for e in touchpoints(Chance(7), booking) if e.body.name == "Flight Cancelled"
            ]
            by_flight.setdefault(booking.flight, set()).add(told.time_ms)
    assert by_flight
    assert all(len(times) == 1 for times in by_flight.values())


def test_a_delay_grows_until_the_flight_leaves(boarded):
    late = next(
        b for b in boarded.bookings if b.flight.left_minutes and b.flight.left_minutes > 130
    )
    told = [
        e.body.properties["delay_minutes"]
        for e in touchpoints(Chance(7), late)
        if e.body.name == "Flight Delayed"
    ]
    assert told == sorted(told)
    assert told[:2] == [60, 120]
    assert told[-1] == late.flight.left_minutes


def test_a_diverted_flight_arrives_without_the_fact(boarded):
    for booking in boarded.bookings:
        (*_, last) = touchpoints(Chance(7), booking)
        if last.body.name == "Flight Arrived":
            known = booking.flight.late_minutes is not None
            assert ("delay_minutes" in last.body.properties) == known


def test_every_event_has_an_id_of_its_own(boarded):
    ids = [e.message_id for b in boarded.bookings for e in touchpoints(Chance(7), b)]
    assert len(set(ids)) == len(ids)
