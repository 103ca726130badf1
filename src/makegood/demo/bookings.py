"""Who sits on which flight: synthetic passengers on real flights.

Some fly twice or three times within the days of the storm, so second failures happen by
themselves and are not written into a script.
"""

from bisect import bisect_left
from collections.abc import Sequence

from msgspec import Struct

from makegood.demo.brands import brand_of
from makegood.demo.chance import Chance
from makegood.demo.flights import HOUR_MS, Flight
from makegood.demo.people import Person, person

TRIPS = {1: 0.55, 2: 0.35, 3: 0.10}  # assumed: flights of one customer within the days
STAY_MS = 16 * HOUR_MS  # assumed: at least so long between two flights of one customer
LOYAL_SHARE = 0.6  # assumed: the next flight is with the same brand
TRIES = 12  # draws for a flight of the same brand; then any flight will do


class Booking(Struct, frozen=True, kw_only=True):
    """One seat on one flight; its reference is what a failure is about."""

    reference: str
    person: Person
    flight: Flight
    brand: str
    price_cents: int


class Passengers(Struct, frozen=True, kw_only=True):
    """All customers and all their bookings, in order of number."""

    people: tuple[Person, ...]
    bookings: tuple[Booking, ...]


def board(
    chance: Chance, flights: Sequence[Flight], brands: tuple[str, ...], customers: int
) -> Passengers:
    """Seat customers on flights, which are in order of departure."""
    people: list[Person] = []
    bookings: list[Booking] = []
    shuffled = sorted(flights, key=lambda one: chance.unit("seats", one.number, one.departs_ms))
    for number in range(customers):
        first = (
            shuffled[number]  # while there are empty flights, one gets its first passenger
            if number < len(shuffled)
            else chance.one_of(flights, "flight", number, 1)
        )
        taken = _flights_from(chance, number, first, flights, brands)
        home = brand_of(taken[0].carrier, brands)
        who = person(chance, number, home)
        people.append(who)
        bookings += [
            book(chance, who, flight, brands, str(leg)) for leg, flight in enumerate(taken, 1)
        ]
    return Passengers(people=tuple(people), bookings=tuple(bookings))


def book(
    chance: Chance, who: Person, flight: Flight, brands: tuple[str, ...], leg: str
) -> Booking:
    """Give a customer a seat; the price is made up from the distance."""
    fare_cents = 4_900 + 11 * flight.distance_miles  # assumed: about 11 cents a mile
    factor = chance.within(0.7, 1.6, "fare", who.number, leg)
    return Booking(
        reference=f"SYN{who.number:06d}-{leg}",
        person=who,
        flight=flight,
        brand=brand_of(flight.carrier, brands),
        price_cents=round(fare_cents * factor / 100) * 100,
    )


def _flights_from(
    chance: Chance,
    number: int,
    first: Flight,
    flights: Sequence[Flight],
    brands: tuple[str, ...],
) -> list[Flight]:
    taken = [first]
    for leg in range(2, chance.weighted(TRIPS, "trips", number) + 1):
        free_ms = max(taken[-1].arrives_ms, taken[-1].landed_ms) + STAY_MS
        later = bisect_left(flights, free_ms, key=lambda flight: flight.departs_ms)
        if later >= len(flights):
            break
        taken.append(_next_flight(chance, (number, leg), flights[later:], taken[0], brands))
    return taken


def _next_flight(
    chance: Chance,
    about: tuple[int, int],
    later: Sequence[Flight],
    first: Flight,
    brands: tuple[str, ...],
) -> Flight:
    if not chance.happens(LOYAL_SHARE, "loyal", about):
        return chance.one_of(later, "flight", about)
    wanted = brand_of(first.carrier, brands)
    drawn = [chance.one_of(later, "flight", about, again) for again in range(TRIES)]
    same = (flight for flight in drawn if brand_of(flight.carrier, brands) == wanted)
    return next(same, drawn[0])
