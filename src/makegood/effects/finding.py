"""Find places that can take a customer in: how far they are, and whether they have room.

Asked outside any transaction; the answer comes back as an event, so that the fold never looks
anything up.
"""

from collections.abc import Callable, Mapping, Sequence
from math import asin, cos, radians, sin, sqrt

from makegood.messages.commands import Command, FindPlaces
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Body, PlacesFound
from makegood.messages.place_facts import Candidate
from makegood.ports.availability import Availability, Need, Room
from makegood.ports.effect import Addressee
from makegood.ports.places import PlaceRow

_EARTH_METRES = 6_371_000
_AHEAD_MS = 5 * 60_000  # a system's clock may run ahead of ours by this much


class Finding:
    """Looks places up and asks who has room."""

    def __init__(
        self,
        places_of: Callable[[], Sequence[PlaceRow]],
        sources: Sequence[Availability] = (),
    ) -> None:
        self._places_of = places_of
        self._sources = sources

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:  # noqa: ARG002 - of the port
        """Look; the outcome names the places, and what nobody knows of them."""
        order = command.order
        if not isinstance(order, FindPlaces):
            raise EffectFailed("Only places are looked up here.", retry=False)
        everything = self._places_of()
        near = _named(order.near, order.brand, everything)
        if order.within_metres and near is None:
            return PlacesFound(command=command.id)  # near what, nobody can say
        may = [(row, _metres(near, row)) for row in everything if _may(order, row, near)]
        if order.within_metres:
            may = [(row, far) for row, far in may if 0 <= far <= order.within_metres]
        may.sort(key=lambda one: (one[1] < 0, one[1], one[0].place))
        rooms, silent = self._rooms(order, [row.place for row, _ in may], now_ms)
        made = [_candidate(row, far, rooms.get(row.place), order, now_ms) for row, far in may]
        kept = [one for one in made if one is not None]
        return PlacesFound(
            command=command.id,
            places=tuple(kept[: order.most]),
            near=near.place if near is not None else "",
            near_rank=near.rank if near is not None else 0,
            full=len(made) - len(kept),
            silent=silent,
        )

    def _rooms(
        self, order: FindPlaces, places: Sequence[str], now_ms: int
    ) -> tuple[Mapping[str, Room], tuple[str, ...]]:
        """Ask every source; what two of them say of a place, the later one says."""
        need = Need(product=order.product, from_=order.from_, until=order.until, party=order.party)
        found: dict[str, Room] = {}
        silent: list[str] = []
        for source in self._sources if places else ():
            try:
                told = source.rooms(need, places, now_ms)
            except EffectFailed:
                silent.append(source.name)
                continue
            for room in told:
                known = found.get(room.place)
                if known is None or room.as_of_ms > known.as_of_ms:
                    found[room.place] = room
        return found, tuple(silent)


def _named(near: str, brand: str, places: Sequence[PlaceRow]) -> PlaceRow | None:
    """Find the place that has no room, by its id or its name; one of the same brand first."""
    wanted = near.casefold()
    if not wanted:
        return None
    found = [row for row in places if wanted in (row.place.casefold(), row.name.casefold())]
    return min(found, key=lambda row: (row.brand != brand, row.place), default=None)


def _may(order: FindPlaces, row: PlaceRow, near: PlaceRow | None) -> bool:
    if row.closed or (near is not None and row.place == near.place):
        return False
    kinds, brands = order.kinds, order.brands
    return (not kinds or row.kind in kinds) and (not brands or row.brand in brands)


def _metres(near: PlaceRow | None, row: PlaceRow) -> int:
    """Say how far a place is; what the neighbours say comes first, -1 is unknown."""
    if near is None:
        return -1
    told = near.near.get(row.place, row.near.get(near.place))
    if told is not None:
        return told
    if near.latitude is None or near.longitude is None:
        return -1
    if row.latitude is None or row.longitude is None:
        return -1
    return _between(near.latitude, near.longitude, row.latitude, row.longitude)


def _between(lat: float, lon: float, other_lat: float, other_lon: float) -> int:
    """Give the distance over the ground between two points, by the haversine formula."""
    south, north = radians(lat), radians(other_lat)
    half_high = sin((north - south) / 2) ** 2
    half_wide = sin(radians(other_lon - lon) / 2) ** 2
    return round(2 * _EARTH_METRES * asin(sqrt(half_high + cos(south) * cos(north) * half_wide)))


def _candidate(
    row: PlaceRow, metres: int, room: Room | None, order: FindPlaces, now_ms: int
) -> Candidate | None:
    """Make what the event says of a place; None for one that is full and says so freshly."""
    as_of_ms = room.as_of_ms if room is not None else 0
    aged_ms = now_ms - as_of_ms
    stale = room is not None and not -_AHEAD_MS <= aged_ms <= (order.oldest_ms or aged_ms)
    fresh = room if not stale else None
    if fresh is not None and not fresh.left:
        return None
    return Candidate(
        place=row.place,
        name=row.name,
        brand=row.brand,
        kind=row.kind,
        metres=metres,
        rank=row.rank,
        room="yes" if fresh is not None else "unknown",
        left=fresh.left if fresh is not None else 0,
        own_rate_cents=fresh.rate_cents if fresh is not None else -1,
        as_of_ms=as_of_ms,
        stale=stale,
    )
