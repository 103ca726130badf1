"""The random days contain every kind of thing that the properties are about."""

import random

from makegood.messages import facts
from makegood.store.memory import MemoryStore
from tests.properties.life import Life
from tests.properties.strategies import random_days

WANTED = (
    "Rental Unfulfilled",
    "Rental Late",
    "Page Viewed",
    "Callback Promised",
    "Callback Made",
    *(
        body.__name__
        for body in (
            facts.Identified,
            facts.Unlinked,
            facts.FailureRaised,
            facts.Judged,
            facts.Chosen,
            facts.Answered,
            facts.Granted,
            facts.Released,
            facts.HandedOver,
            facts.Noted,
            facts.Wrote,
            facts.Called,
            facts.Confirmed,
            facts.Declined,
            facts.Carried,
            facts.Dropped,
            facts.Opened,
            facts.Unsubscribed,
            facts.Referred,
            facts.Requested,
            facts.Settled,
            facts.Appealed,
            facts.Proposed,
            facts.Approved,
            facts.TurnedDown,
            facts.Contested,
            facts.Promised,
            facts.Kept,
            facts.Disclosed,
            facts.Redirected,
            facts.Arrived,
            facts.Rated,
            facts.RootCauseNamed,
        )
    ),
    "dropped as withdrawn",
    "dropped as missed",
    "dropped as failed",
    "dropped as held",
    "outcome of a withdrawn command",
    "event at a deadline",
    "linked",
    "unlinked",
    "choice that stands",
    "price unknown",
    "price found",
    "overpaid",
    "late failure",
    "clock ahead",
    "imported",
    "second failure",
    "growth",
    "silence",
    "made whole",
    "offer after",
    "stray",
    "topped up",
    "delivered",
    "request waiting",
    "request appealed",
    "request allowed",
    "request denied",
    "request answered late",
    "request ordered",
    "request kept",
    "request broken",
    "proposal waiting",
    "proposal approved",
    "proposal turned_down",
    "proposal answered late",
    "waived",
    "waived once",
    "claim paid in part",
    "promise kept",
    "promise broken",
    "redirect kept",
    "redirect broken",
    "said again",
    "Car Returned",
    "survey asked",
    "survey waiting",
    "survey missing",
    "survey history",
    "survey case",
    "survey unsubscribed",
    "survey often",
    "survey not sent",
    "rated again",
    "bad score",
)


def test_every_kind_of_thing_happens_in_the_random_days():
    rng = random.Random(20260202)
    seen: dict[str, int] = dict.fromkeys(WANTED, 0)
    for _ in range(6_000):
        for kind, times in Life(MemoryStore()).live(random_days(rng)).kinds.items():
            seen[kind] = seen.get(kind, 0) + bool(times)
    assert {kind: times for kind, times in seen.items() if times < 2} == {}
