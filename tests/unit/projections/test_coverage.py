"""Counts are compared by brand and channel: what is reported beyond what asked did not ask."""

from collections.abc import Sequence

from makegood.ports.sends import Sends
from makegood.projections.coverage import DAY_MS, Coverage, coverage
from makegood.store.memory import MemoryStore

TODAY = 100


def of(sends: Sequence[Sends], **more: object) -> Coverage:
    store = MemoryStore()
    with store.writing() as writing:
        writing.add_sends(sends)
    with store.reading() as reading:
        return coverage(reading, TODAY * DAY_MS + 5, **more)


def sends(way: str, count: int, brand: str = "cars", channel: str = "mail", **more) -> Sends:
    day = more.pop("day", TODAY)
    return Sends(day=day, brand=brand, channel=channel, way=way, count=count, **more)


def told(source: str, count: int, event: str = "Email Delivered", **more) -> Sends:
    return sends("reported", count, source=source, event=event, **more)


def test_of_nothing_nothing_is_said():
    found = of(())
    assert (found.per_mille, found.known, found.parts) == (None, 0, ())
    assert found.headline == "No sends are known of the last 30 days."


def test_what_asks_and_is_told_of_as_well_is_one_send():
    found = of((sends("asked", 90), sends("own", 10), told("tool", 90)))
    assert (found.known, found.not_asked, found.per_mille) == (100, 0, 1000)
    assert found.loose == ()
    assert found.headline.startswith("100 % of the 100 sends known since")
    assert of((sends("asked", 1),)).headline.startswith("100 % of the one send known since")


def test_what_is_told_of_beyond_those_that_asked_did_not_ask():
    found = of((sends("smtp", 20), sends("screened", 10), told("tool", 130, campaign="spring")))
    assert (found.covered, found.known, found.not_asked) == (30, 130, 100)
    assert found.per_mille == 230
    (loose,) = found.loose
    assert (loose.source, loose.told, loose.campaigns) == ("tool", 130, (("spring", 130),))
    assert "At most 23 % of the 130 sends known since" in found.headline


def test_our_own_mails_hide_nobody_who_does_not_ask():
    found = of((sends("own", 1000), told("tool", 10)))
    assert found.not_asked == 10


def test_one_brand_or_channel_makes_up_for_no_other():
    rows = (
        sends("asked", 50, brand="vans"),
        told("tool", 5),
        sends("asked", 9, channel="sms"),
    )
    found = of(rows)
    assert [(it.brand, it.channel, it.not_asked) for it in found.parts] == [
        ("cars", "mail", 5),
        ("vans", "mail", 0),
        ("cars", "sms", 0),
    ]


def test_a_mail_that_is_sent_and_delivered_is_one():
    found = of((told("tool", 100, "Email Sent"), told("tool", 97), told("other", 5)))
    assert found.not_asked == 105
    assert [(it.source, it.told) for it in found.loose] == [("tool", 100), ("other", 5)]


def test_only_the_days_and_brands_asked_for_are_counted():
    rows = (sends("asked", 1, day=TODAY - 30), told("tool", 7, day=TODAY - 29, brand="vans"))
    assert of(rows).known == 7
    assert of(rows, brands=("cars", "")).known == 0
    assert of(rows, days=31).known == 8


def test_nearly_all_is_not_all():
    found = of((sends("asked", 999_999), told("tool", 1_000_000)))
    assert (found.per_mille, found.not_asked) == (999, 1)
    assert found.shown()["share"] == 0.999
