"""EU 261/2004 against a reading of its articles that knows nothing of the law's YAML.

The oracle below is written from the text of the regulation (Articles 3, 4, 5, 6, 7 and 8) and from
Sturgeon (C-402/07, points 61 to 63), article by article. The table crosses every limit on both
sides.
"""

from datetime import timedelta
from itertools import product
from typing import NamedTuple

import pytest

from makegood.messages.money import Money
from makegood.playbooks.book import FailureFacts
from makegood.playbooks.spans import day_ms
from makegood.playbooks.terms import Cause
from tests.unit.playbooks.law_book import book_around

FARE = Money(17_300, "EUR")
OWED = book_around("eu261", currency="EUR").owed
UNHALVED = book_around("eu261", currency="EUR", parameters="{eu261_halves: false}").owed
TODAY_MS = day_ms("2026-05-01") or 0


class Flight(NamedTuple):
    """A flight as the regulation speaks of it."""

    km: float
    leaves_member_state: bool
    reaches_member_state: bool
    community_carrier: bool


class Reroute(NamedTuple):
    """An offer to go another way: how much earlier it leaves, and how much later it arrives."""

    leaves_early: timedelta
    arrives_late: timedelta


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def article_3_applies(flight: Flight) -> bool:
    """3(1)(a): departing from a member state; (b): from a third country to one, if the operating
    air carrier is a Community carrier."""
    departs = flight.leaves_member_state
    return departs or (flight.reaches_member_state and flight.community_carrier)


def article_7_1_euros(flight: Flight) -> int:
    """(a) 250 for flights of 1 500 km or less; (b) 400 for intra-Community flights of more than
    1 500 km and all others between 1 500 and 3 500 km; (c) 600 for all not under (a) or (b)."""
    if flight.km <= 1500:
        return 250
    if flight.leaves_member_state and flight.reaches_member_state:
        return 400
    return 400 if 1500 <= flight.km <= 3500 else 600


def article_7_2_reduces(flight: Flight, reroute: Reroute | None) -> bool:
    """Re-routing whose arrival does not exceed the scheduled one by two, three or four hours."""
    if reroute is None:
        return False
    hours = {250: 2, 400: 3, 600: 4}[article_7_1_euros(flight)]
    return reroute.arrives_late <= timedelta(hours=hours)


def article_5_1_c_informed(notice: timedelta, reroute: Reroute | None) -> bool:
    """(i) two weeks before; (ii) between two weeks and seven days, and re-routed to leave no more
    than two hours before and arrive less than four hours after; (iii) less than seven days, and
    no more than one hour before and less than two hours after."""
    if notice >= timedelta(weeks=2):
        return True
    if reroute is None:
        return False
    early, late = (2, 4) if notice >= timedelta(days=7) else (1, 2)
    in_reach = reroute.leaves_early <= timedelta(hours=early)
    return in_reach and reroute.arrives_late < timedelta(hours=late)


def cents_for_cancelling(
    flight: Flight, notice: timedelta, reroute: Reroute | None, *, told_extraordinary: bool
) -> int:
    if not article_3_applies(flight) or told_extraordinary:
        return 0
    if article_5_1_c_informed(notice, reroute):
        return 0
    cents = article_7_1_euros(flight) * 100
    return cents // 2 if article_7_2_reduces(flight, reroute) else cents


def cents_for_lateness(flight: Flight, late: timedelta, *, told_extraordinary: bool) -> int:
    """Sturgeon: three hours or more after the scheduled arrival; for flights not under 7(1)(a) or
    (b) half when it is less than four hours."""
    if not article_3_applies(flight) or told_extraordinary or late < timedelta(hours=3):
        return 0
    euros = article_7_1_euros(flight)
    return euros * 50 if euros == 600 and late < timedelta(hours=4) else euros * 100


def cents_for_denying(flight: Flight, reroute: Reroute | None, *, grounds: bool) -> int:
    """4(3): compensated under Article 7; 2(j): unless there were reasonable grounds."""
    if not article_3_applies(flight) or grounds:
        return 0
    cents = article_7_1_euros(flight) * 100
    return cents // 2 if article_7_2_reduces(flight, reroute) else cents


DISTANCES = (1, 1499, 1500, 1501, 3499, 3500, 3501, 9000)
SCOPES = [
    (leaves, reaches, carrier) for leaves, reaches, carrier in product((True, False), repeat=3)
]
LATE = (0, 1, 119, 120, 121, 179, 180, 181, 239, 240, 241, 299, 300, 301, 1440)
NOTICES = (0, 60, 10_079, 10_080, 10_081, 20_159, 20_160, 20_161)
EARLY = (0, 59, 60, 61, 119, 120, 121)
REROUTES = [None, *product(EARLY, (-15, 0, 119, 120, 121, 179, 180, 181, 239, 240, 241))]
TOLD: tuple[bool | None, ...] = (None, False, True)


def facts_of(flight: Flight, reroute: tuple[int, int] | None = None) -> dict[str, object]:
    known: dict[str, object] = {
        "origin_country": "FR" if flight.leaves_member_state else "US",
        "destination_country": "CH" if flight.reaches_member_state else "SN",
        "community_carrier": flight.community_carrier,
        "distance_km": flight.km,
    }
    if reroute is not None:
        known |= {"reroute_early_minutes": reroute[0], "reroute_late_minutes": reroute[1]}
    return known


def offered(reroute: tuple[int, int] | None) -> Reroute | None:
    return None if reroute is None else Reroute(minutes(reroute[0]), minutes(reroute[1]))


def compensation(kind: str, facts: dict[str, object]) -> int:
    failure = FailureFacts(
        rule=kind, at_ms=TODAY_MS, declined=False, price=FARE, cause=Cause.NATURE, details=facts
    )
    found = OWED(failure, {})
    assert all(one.outcome == "yes" and one.amount.currency == "EUR" for one in found), found
    assert {one.entitlement for one in found} <= {"eu261_compensation"}
    return sum(one.amount.cents for one in found)


@pytest.mark.parametrize("scope", SCOPES)
def test_every_cancellation_is_compensated_as_the_articles_say(scope):
    differing = []
    for km, notice, reroute, told in product(DISTANCES, NOTICES, REROUTES, TOLD):
        flight = Flight(km, *scope)
        facts = {**facts_of(flight, reroute), "notice_minutes": notice}
        if told is not None:
            facts["extraordinary"] = told
        wanted = cents_for_cancelling(
            flight, minutes(notice), offered(reroute), told_extraordinary=told is True
        )
        came = compensation("flight_cancelled", facts)
        if came != wanted:
            differing.append((flight, notice, reroute, told, wanted, came))
    assert differing == []


@pytest.mark.parametrize("scope", SCOPES)
def test_every_late_arrival_is_compensated_as_the_court_says(scope):
    differing = []
    for km, late, told in product(DISTANCES, LATE, TOLD):
        flight = Flight(km, *scope)
        facts = {**facts_of(flight), "delay_minutes": late, "arrival_delay_minutes": late}
        if told is not None:
            facts["extraordinary"] = told
        wanted = cents_for_lateness(flight, minutes(late), told_extraordinary=told is True)
        came = compensation("flight_delayed", facts)
        if came != wanted:
            differing.append((flight, late, told, wanted, came))
    assert differing == []


@pytest.mark.parametrize("scope", SCOPES)
def test_every_denied_boarding_is_compensated_as_the_articles_say(scope):
    differing = []
    for km, reroute, grounds in product(DISTANCES, REROUTES, TOLD):
        flight = Flight(km, *scope)
        facts = facts_of(flight, reroute)
        if grounds is not None:
            facts["reasonable_grounds"] = grounds
        wanted = cents_for_denying(flight, offered(reroute), grounds=grounds is True)
        came = compensation("boarding_denied", facts)
        if came != wanted:
            differing.append((flight, reroute, grounds, wanted, came))
    assert differing == []


def refund(kind: str, facts: dict[str, object], *, declined: bool = True) -> Money | None:
    failure = FailureFacts(
        rule=kind, at_ms=TODAY_MS, declined=declined, price=FARE, cause=Cause.FIRM, details=facts
    )
    found = [one.amount for one in OWED(failure, {}) if one.entitlement == "eu261_refund"]
    return found[0] if found else None


@pytest.mark.parametrize(("late", "is_owed"), [(299, False), (300, True), (301, True)])
def test_the_fare_of_a_flight_five_hours_late_comes_back(late, is_owed):
    """Articles 6(1)(iii) and 8(1)(a)."""
    facts = {**facts_of(Flight(800, True, True, True)), "delay_minutes": late}
    assert refund("flight_delayed", facts) == (FARE if is_owed else None)
    assert refund("flight_delayed", facts, declined=False) is None


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("told", [False, True])
def test_the_fare_of_a_cancelled_flight_comes_back_whatever_the_cause(scope, told):
    """Articles 5(1)(a) and 8(1)(a): no excuse, and no notice, takes the fare."""
    flight = Flight(800, *scope)
    facts = {**facts_of(flight), "extraordinary": told, "notice_minutes": 30_000}
    expected = FARE if article_3_applies(flight) else None
    assert refund("flight_cancelled", facts) == expected
    assert refund("boarding_denied", facts) == expected


@pytest.mark.parametrize(
    ("kind", "without", "missing"),
    [
        ("flight_cancelled", "origin_country", "failure.origin_country"),
        ("flight_cancelled", "distance_km", "failure.distance_km"),
        ("flight_cancelled", "notice_minutes", "failure.notice_minutes"),
        ("flight_delayed", "arrival_delay_minutes", "failure.arrival_delay_minutes"),
        ("flight_delayed", "distance_km", "failure.distance_km"),
        ("boarding_denied", "distance_km", "failure.distance_km"),
    ],
)
def test_a_fact_that_is_missing_is_never_a_no(kind, without, missing):
    facts = {
        **facts_of(Flight(800, True, False, False)),
        "notice_minutes": 60, "delay_minutes": 200, "arrival_delay_minutes": 200,
    }  # fmt: skip
    del facts[without]
    failure = FailureFacts(
        rule=kind, at_ms=TODAY_MS, declined=False, price=FARE, cause=Cause.FIRM, details=facts
    )
    (owed,) = OWED(failure, {})
    assert (owed.outcome, owed.missing) == ("cannot", missing)


def test_a_flight_far_from_europe_asks_nobody_for_what_the_law_does_not_need():
    failure = FailureFacts(
        rule="flight_cancelled", at_ms=TODAY_MS, declined=True, price=None, cause=Cause.FIRM,
        details={"origin_country": "US", "destination_country": "US"},
    )  # fmt: skip
    assert OWED(failure, {}) == ()


def test_a_carrier_may_choose_not_to_halve():
    facts = {**facts_of(Flight(800, True, True, True), (0, 120)), "notice_minutes": 0}
    facts["reroute_early_minutes"] = 61  # so that it was not told in time
    failure = FailureFacts(
        rule="flight_cancelled", at_ms=TODAY_MS, declined=False, price=FARE, cause=Cause.FIRM,
        details=facts,
    )  # fmt: skip
    assert [one.amount for one in OWED(failure, {})] == [Money(12_500, "EUR")]
    assert [one.amount for one in UNHALVED(failure, {})] == [Money(25_000, "EUR")]


@pytest.mark.parametrize(
    ("km", "late", "cents"),
    [
        (1500, 180, 25_000), (1501, 180, 40_000), (3500, 180, 40_000), (3501, 180, 30_000),
        (3501, 239, 30_000), (3501, 240, 60_000), (3501, 179, 0), (1500, 179, 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("within_europe", [True, False])
def test_the_reform_goes_by_distance_alone_from_its_first_day_on(km, late, cents, within_europe):
    reform = book_around("eu261", parameters="{eu261_reform_from: 2027-06-01}").owed
    facts = facts_of(Flight(km, True, within_europe, True))
    facts |= {"delay_minutes": late, "arrival_delay_minutes": late}
    before, after = (
        FailureFacts(
            rule="flight_delayed", at_ms=at_ms, declined=False, price=FARE, cause=Cause.FIRM,
            details=facts,
        )
        for at_ms in ((day_ms("2027-06-01") or 0) - 1, day_ms("2027-06-01") or 0)
    )  # fmt: skip
    assert sum(one.amount.cents for one in reform(after, {})) == cents
    assert {one.entitlement for one in reform(after, {})} <= {"eu261_reform_compensation"}
    assert {one.entitlement for one in reform(before, {})} <= {"eu261_compensation"}
    assert {one.entitlement for one in OWED(after, {})} <= {"eu261_compensation"}


@pytest.mark.parametrize(
    ("country", "day", "counts"),
    [
        ("HR", "2013-06-30", False), ("HR", "2013-07-01", True), ("GB", "2020-12-31", True),
        ("GB", "2021-01-01", False), ("CH", "2006-11-30", False), ("CH", "2006-12-01", True),
        ("RE", "2005-02-17", True), ("NO", "2026-01-01", True), ("TR", "2026-01-01", False),
    ],
)  # fmt: skip
def test_where_europe_is_depends_on_the_day(country, day, counts):
    facts = {
        "origin_country": country, "destination_country": "US", "community_carrier": False,
        "distance_km": 7000,
    }  # fmt: skip
    failure = FailureFacts(
        rule="boarding_denied", at_ms=day_ms(day) or 0, declined=False, price=FARE,
        cause=Cause.FIRM, details=facts,
    )  # fmt: skip
    assert bool(OWED(failure, {})) is counts
