"""How the marks at campaign tools fare, in words: synced, how far behind, what is in the way."""

from collections.abc import Sequence

from msgspec import Struct

from makegood.ports.marking import Checked, Place
from makegood.ports.marks import Sync
from makegood.ports.notices import SinkHealth
from makegood.ports.store import Reading
from makegood.projections.figures import counted, span_words
from makegood.projections.lag import KEPT_HOURS, hour_of, within_ms

_MINUTE_MS = 60_000
NAMES = {"mailchimp": "Mailchimp", "hubspot": "HubSpot"}


class Fare(Struct, frozen=True, kw_only=True):
    """How one place fares.

    Attributes:
        lagged: How many marks of the last 24 hours the three lags are of.
        p50_ms: Within how long half of them were at the vendor; rounded up, 0 for none.
        p95_ms: The same for 95 %.
        worst_ms: The same for all.
        waiting: Tellings that wait for the vendor.
    """

    place: Place
    sync: Sync
    lagged: int = 0
    p50_ms: int = 0
    p95_ms: int = 0
    worst_ms: int = 0
    waiting: int = 0

    @property
    def name(self) -> str:
        """Name the place for a person."""
        return f"{NAMES.get(self.place.vendor, self.place.vendor)} {self.place.id}"

    @property
    def checked(self) -> Checked:
        """What the last look at the campaigns found."""
        return self.sync.checked


def fares_of(reading: Reading, places: Sequence[Place], now_ms: int) -> tuple[Fare, ...]:
    """Say how places fare, from what was written down; nothing is asked of a vendor."""
    healths = reading.sinks_health()
    since = hour_of(now_ms) - KEPT_HOURS + 1
    fares = []
    for place in places:
        lags = reading.lags(place.key, since)
        fares.append(
            Fare(
                place=place,
                sync=reading.sync(place.key),
                lagged=sum(lags.values()),
                p50_ms=within_ms(lags, 0.5),
                p95_ms=within_ms(lags, 0.95),
                worst_ms=within_ms(lags, 1.0),
                waiting=healths.get(place.key, SinkHealth(sink=place.key)).waiting,
            )
        )
    return tuple(fares)


def synced_words(fare: Fare, now_ms: int) -> str:
    """Say how old the marks are; never that nothing can slip through."""
    last_ms = max(fare.sync.synced_ms, fare.sync.ended_ms)
    if not last_ms:
        return "Not synced yet."
    said = f"Synced {lag_words(now_ms - last_ms)} ago"
    if not fare.lagged:
        return f"{said}; no mark was set for a new hold in the last 24 hours."
    return (
        f"{said}; of {fare.lagged} in the last 24 hours, half within {lag_words(fare.p50_ms)}, "
        f"95 % within {lag_words(fare.p95_ms)}, all within {lag_words(fare.worst_ms)}."
    )


def trouble_words(fare: Fare, setting: str) -> str:
    """Say what a person has to do; empty when nothing."""
    if fare.sync.refused_ms:
        return (
            f"{fare.sync.error} Nothing is synced until a person puts a good key into the file "
            f"that {setting} names and starts Makegood again."
        )
    if fare.sync.error:
        return f"The last comparison did not end: {fare.sync.error} It is tried again by itself."
    return ""


def drift_words(fare: Fare) -> str:
    """Say what the last whole comparison found."""
    sync = fare.sync
    if not sync.ended_ms:
        return "Nothing was compared yet."
    if not (sync.added or sync.removed):
        return f"{counted(sync.wanted, 'address', 'addresses')} to mark, and no difference found."
    return (
        f"{counted(sync.wanted, 'address', 'addresses')} to mark; "
        f"{counted(sync.added, 'mark')} had been missing and "
        f"{counted(sync.removed, 'mark')} had been too many, which was put right."
    )


def unreached_words(fare: Fare) -> str:
    """Say who could not be marked; empty for nobody."""
    parts = []
    if fare.sync.absent:
        parts.append(
            f"{counted(fare.sync.absent, 'address', 'addresses')} without a contact there"
        )
    if fare.sync.refused:
        parts.append(f"{counted(fare.sync.refused, 'address', 'addresses')} refused")
    return ", ".join(parts)


def lag_words(span_ms: int) -> str:
    """Write a lag: seconds below a minute, else as the desk writes spans."""
    if span_ms < _MINUTE_MS:
        return f"{max(1, -(-span_ms // 1000))} s"
    return span_words(span_ms)
