"""Look up how far apart two airports are and in which countries they lie, from their IATA codes.

The table is read when the first event asks for it, and never where no book looks anything up.
Source: PyPI `airportsdata` (MIT).
"""

import math
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from msgspec.structs import replace

from makegood.messages.facts import Fact, Facts, Touchpoint
from makegood.playbooks.book import LookUp, RuleBook

EARTH_KM = 6371.0088  # mean radius of the Earth, IUGG


class Airport(NamedTuple):
    """Where an airport lies.

    Attributes:
        latitude: Degrees, north positive.
        longitude: Degrees, east positive.
        country: ISO 3166, two letters.
    """

    latitude: float
    longitude: float
    country: str


def looked_up(body: Touchpoint, book: RuleBook) -> Touchpoint:
    """Add to an event what the book has looked up for it; what the event says itself stays."""
    brand = body.properties.get("brand")
    asked = book.for_brand(str(brand)).look_ups.get(body.name)
    if not asked:
        return body
    told: Facts = {}
    for one in asked:
        told |= _told(one, body.properties)
    told = {name: fact for name, fact in told.items() if body.properties.get(name) is None}
    return replace(body, properties={**body.properties, **told}) if told else body


def _told(asked: LookUp, event: Mapping[str, Fact]) -> Facts:
    """Give what is known of both ends; what is not stays missing, and a rule cannot judge."""
    origin, destination = (_airport(event.get(asked.by[end])) for end in ("origin", "destination"))
    told: Facts = {}
    if origin is not None:
        told["origin_country"] = origin.country
    if destination is not None:
        told["destination_country"] = destination.country
    if origin is not None and destination is not None:
        told["distance_km"] = distance_km(origin, destination)
    return told


def distance_km(origin: Airport, destination: Airport) -> int:
    """Measure the great circle between two airports in whole kilometres, rounded up.

    Rounded up, because limits are whole kilometres: what lies a metre beyond 1,500 km does not
    become 1,500, and "1,500 km or less" means the same before and after rounding.
    Source: Regulation (EC) No 261/2004, Article 7(4): the great circle route method.
    """
    south, north = math.radians(origin.latitude), math.radians(destination.latitude)
    across = math.radians(destination.longitude - origin.longitude) / 2
    half = math.sin((north - south) / 2) ** 2
    half += math.cos(south) * math.cos(north) * math.sin(across) ** 2
    return math.ceil(2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half))))


def airport(code: str) -> Airport | None:
    """Give the airport of an IATA code; None when nobody knows it."""
    return _table().get(code)


def _airport(code: Fact) -> Airport | None:
    return airport(code) if isinstance(code, str) else None


@cache
def _table() -> Mapping[str, Airport]:
    import airportsdata

    return {
        code: Airport(one["lat"], one["lon"], one["country"])
        for code, one in airportsdata.load("IATA").items()
    }
