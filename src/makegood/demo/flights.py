"""Flights with instants instead of clock faces, and the weather at their origin.

The tables give local times: departures by the origin's clock, arrivals by the destination's.
Cancelled is a flight without a departure time; that is the tables' only sign of it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from makegood.demo.tables import MISSING, Row, Tables, day_of

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MINUTE_MS = 60_000
NEW_YORK = ZoneInfo("America/New_York")
PUERTO_RICO = ZoneInfo("America/Puerto_Rico")  # the four airports the source leaves out lie there


HOURS_OF_WEATHER = 12  # a snowed-in field cancels the next morning's flights under a clear sky


class Weather(Struct, frozen=True, kw_only=True):
    """The worst of what the origin reported in the hours up to departure; explains, never proves.

    Attributes:
        visibility_miles: The lowest.
        wind_mph: The highest.
        gust_mph: The highest; the wind itself where the station reported no gusts.
        precip_inches: The most in one hour.
        temp_f: The lowest, of the hours in which rain or snow fell if there were any.
    """

    visibility_miles: float
    wind_mph: float
    gust_mph: float
    precip_inches: float
    temp_f: float

    def facts(self) -> dict[str, object]:
        """As `event.weather`, marked as an inference."""
        return {
            "visibility_miles": self.visibility_miles,
            "wind_mph": self.wind_mph,
            "gust_mph": self.gust_mph,
            "precip_inches": self.precip_inches,
            "temp_f": self.temp_f,
            "inferred": True,
        }


class Flight(Struct, frozen=True, kw_only=True):
    """One real flight.

    Attributes:
        number: Carrier and number, "UA1545".
        day: Local day of the departure, moved by the demo's shift.
        departs_ms: Scheduled departure.
        arrives_ms: Scheduled arrival.
        left_minutes: Minutes late at departure; None when cancelled.
        late_minutes: Minutes late at arrival; None when cancelled or when the source does not
            say (a diverted flight).
        landed_ms: Arrival, as far as known; 0 when cancelled.
        weather: None when the station has no row for those hours.
    """

    number: str
    carrier: str
    day: date
    origin: str
    destination: str
    distance_miles: int
    departs_ms: int
    arrives_ms: int
    left_minutes: int | None
    late_minutes: int | None
    landed_ms: int
    weather: Weather | None

    @property
    def is_cancelled(self) -> bool:
        return self.left_minutes is None


def flights_of(tables: Tables, shift_days: int) -> tuple[Flight, ...]:
    """Read the flights, moved by a whole number of days, in order of departure."""
    hourly = {(row["origin"], _hour(row)): _weather(row) for row in tables.weather}
    weather = {(row["origin"], _hour(row)): _worst(hourly, row) for row in tables.flights}
    zones = {row["faa"]: _zone(row) for row in tables.airports}
    found = (_flight(row, weather, zones, shift_days) for row in tables.flights)
    return tuple(sorted(found, key=lambda flight: (flight.departs_ms, flight.number)))


def shift_to(last: date, latest: date) -> int:
    """Days to add so that a last day falls on or before another, on the same weekday."""
    return (latest - last).days // 7 * 7


def local_ms(day: date, hour: int, minute: int = 0, zone: ZoneInfo = NEW_YORK) -> int:
    """The instant at which a clock in a zone shows a time of a day."""
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return int(moment.timestamp() * 1000)


def local_day(at_ms: int, zone: ZoneInfo = NEW_YORK) -> date:
    """The day a clock in a zone shows."""
    return datetime.fromtimestamp(at_ms / 1000, tz=zone).date()


def _flight(
    row: Row,
    weather: Mapping[tuple[str, datetime], Weather | None],
    zones: Mapping[str, ZoneInfo],
    shift_days: int,
) -> Flight:
    zone = zones.get(row["dest"], PUERTO_RICO)
    hour = _hour(row)
    departs_ms = int(hour.timestamp() * 1000) + int(row["minute"]) * MINUTE_MS
    arrives_ms = _next_time(departs_ms, row["sched_arr_time"], zone)
    left, late = _minutes(row["dep_delay"]), _minutes(row["arr_delay"])
    day, origin = day_of(row), row["origin"]
    moved_ms = _moved_ms(departs_ms, shift_days)
    landed_ms = _landed_ms(row, zone, departs_ms, arrives_ms)
    return Flight(
        number=f"{row['carrier']}{row['flight']}",
        carrier=row["carrier"],
        day=day + timedelta(days=shift_days),
        origin=origin,
        destination=row["dest"],
        distance_miles=int(row["distance"]),
        departs_ms=departs_ms + moved_ms,
        arrives_ms=arrives_ms + moved_ms,
        left_minutes=left,
        late_minutes=late,
        landed_ms=landed_ms + moved_ms if landed_ms else 0,
        weather=weather.get((origin, hour)),
    )


def _moved_ms(at_ms: int, shift_days: int) -> int:
    """How far an instant moves so that the clock in New York shows the same time of day."""
    local = datetime.fromtimestamp(at_ms / 1000, tz=NEW_YORK)
    moved = (local.replace(tzinfo=None) + timedelta(days=shift_days)).replace(tzinfo=NEW_YORK)
    return int(moved.timestamp() * 1000) - at_ms


def _landed_ms(row: Row, zone: ZoneInfo, departs_ms: int, arrives_ms: int) -> int:
    left, late = _minutes(row["dep_delay"]), _minutes(row["arr_delay"])
    if left is None:
        return 0
    if late is not None:
        return arrives_ms + late * MINUTE_MS
    if row["arr_time"] != MISSING:
        return _next_time(departs_ms + left * MINUTE_MS, row["arr_time"], zone)
    return arrives_ms + max(left, 0) * MINUTE_MS


def _next_time(after_ms: int, face: str, zone: ZoneInfo) -> int:
    """The first instant after another at which a clock in a zone shows "2359" or "5"."""
    hour, minute = divmod(int(face) % 2400, 100)
    day = local_day(after_ms, zone)
    while (at_ms := local_ms(day, hour, minute, zone)) <= after_ms:
        day += timedelta(days=1)
    return at_ms


def _minutes(text: str) -> int | None:
    return None if text == MISSING else int(float(text))


def _zone(row: Row) -> ZoneInfo:
    return ZoneInfo(row["tzone"]) if "/" in row["tzone"] else NEW_YORK


def _hour(row: Row) -> datetime:
    return datetime.strptime(row["time_hour"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _worst(hourly: Mapping[tuple[str, datetime], Weather | None], row: Row) -> Weather | None:
    """The worst weather at a flight's origin in the hours up to its departure."""
    departs = _hour(row)
    hours = (departs - timedelta(hours=back) for back in range(HOURS_OF_WEATHER + 1))
    known = [found for hour in hours if (found := hourly.get((row["origin"], hour)))]
    if not known:
        return None
    wet = [one for one in known if one.precip_inches > 0]
    return Weather(
        visibility_miles=min(one.visibility_miles for one in known),
        wind_mph=max(one.wind_mph for one in known),
        gust_mph=max(one.gust_mph for one in known),
        precip_inches=max(one.precip_inches for one in known),
        temp_f=min(one.temp_f for one in wet or known),
    )


def _weather(row: Row) -> Weather | None:
    needed = (row["visib"], row["wind_speed"], row["precip"], row["temp"])
    if MISSING in needed:
        return None
    visibility, wind, precip, temp = map(float, needed)
    gust = wind if row["wind_gust"] == MISSING else float(row["wind_gust"])
    return Weather(
        visibility_miles=visibility,
        wind_mph=round(wind, 1),
        gust_mph=round(gust, 1),
        precip_inches=precip,
        temp_f=round(temp, 1),
    )
