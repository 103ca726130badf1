"""What happens to each passenger, as the operations system of the airline would send it.

The tables say how late a flight was in the end and that it was cancelled, not when this was
announced. The times of the announcements are a model: a cancellation comes up to 14 hours before
departure, a delay grows hour by hour until the flight leaves.
"""

from collections.abc import Iterator
from hashlib import blake2b

import msgspec

from makegood.demo.bookings import Booking
from makegood.demo.chance import Chance
from makegood.demo.flights import HOUR_MS, MINUTE_MS, Flight
from makegood.messages.facts import Facts, Touchpoint
from makegood.ports.arrivals import Arrival

SOURCE = "operations"
NOTICE_HOURS = 14  # assumed: the earliest cancellation; airlines cancel ahead of a known storm
DELAYED_FIRST_SHARE = 0.3  # assumed: cancelled only after a delay was announced
ANNOUNCED_FROM_MINUTES = 30  # assumed: a shorter delay is not announced


def touchpoints(chance: Chance, booking: Booking) -> tuple[Arrival, ...]:
    """All events of one booking, in the order in which they are published."""
    flight = booking.flight
    if flight.is_cancelled:
        found = (*_delays_before_the_end(chance, booking), _cancelled(chance, booking))
    else:
        found = (*_delays(booking, flight.left_minutes or 0), _arrived(booking))
    return tuple(sorted(found, key=lambda arrival: arrival.time_ms))


def cancelled_at_ms(chance: Chance, flight: Flight) -> int:
    """When a cancelled flight is called off; the same for all on it."""
    if _is_delayed_first(chance, flight):
        return flight.departs_ms + HOUR_MS
    hours = chance.within(0, NOTICE_HOURS, "notice", flight.number, flight.departs_ms)
    return flight.departs_ms - round(hours * 60) * MINUTE_MS


def _is_delayed_first(chance: Chance, flight: Flight) -> bool:
    return chance.happens(DELAYED_FIRST_SHARE, "delayed", flight.number, flight.departs_ms)


def _cancelled(chance: Chance, booking: Booking) -> Arrival:
    at_ms = cancelled_at_ms(chance, booking.flight)
    return _touchpoint(booking, "Flight Cancelled", at_ms, {})


def _delays_before_the_end(chance: Chance, booking: Booking) -> Iterator[Arrival]:
    if _is_delayed_first(chance, booking.flight):
        at_ms = booking.flight.departs_ms - HOUR_MS
        yield _touchpoint(booking, "Flight Delayed", at_ms, {"delay_minutes": 90})


def _delays(booking: Booking, left_minutes: int) -> Iterator[Arrival]:
    if left_minutes < ANNOUNCED_FROM_MINUTES:
        return
    for hours in range(-(-left_minutes // 60)):
        known = min(left_minutes, 60 * (hours + 1))
        at_ms = booking.flight.departs_ms + hours * HOUR_MS
        yield _touchpoint(booking, "Flight Delayed", at_ms, {"delay_minutes": known})


def _arrived(booking: Booking) -> Arrival:
    """A diverted flight arrives without a delay that anybody measured: the fact is missing."""
    late = booking.flight.late_minutes
    facts: Facts = {} if late is None else {"delay_minutes": late}
    return _touchpoint(booking, "Flight Arrived", booking.flight.landed_ms, facts)


def _touchpoint(booking: Booking, name: str, at_ms: int, more: Facts) -> Arrival:
    flight = booking.flight
    weather: Facts = {"weather": flight.weather.facts()} if flight.weather else {}
    body = Touchpoint(
        name=name,
        properties={
            "flight": flight.number,
            "date": flight.day.isoformat(),
            "origin": flight.origin,
            "destination": flight.destination,
            "carrier": flight.carrier,
            "brand": booking.brand,
            "booking": booking.reference,
            "price_cents": booking.price_cents,
            "distance_miles": flight.distance_miles,
            "scheduled_ms": flight.departs_ms,
            "arrival": name == "Flight Arrived",
            "domestic": True,  # every flight of the tables stays within the United States
            **weather,
            **more,
        },
    )
    return Arrival(
        source=SOURCE,
        message_id=f"{booking.reference}/{flight.number}/{name}/{at_ms // MINUTE_MS}",
        identifier=booking.person.identifier,
        time_ms=at_ms,
        body=body,
        body_digest=blake2b(msgspec.json.encode(body), digest_size=16).digest(),
    )
