"""A property system's nightly file: only what changed is news, and who was walked is held."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from makegood.messages.errors import InputError
from makegood.messages.facts import Identified, Touchpoint
from makegood.runtime.importing import CountedRows, Importing, RowOptions
from makegood.settings import Settings
from makegood.testing.clock import FakeClock
from tests.unit.sources.payloads import NORTHWIND

DAY_MS = 86_400_000
HEAD = (
    "Confirmation Number,Property,Brand Code,Reservation Status,Last Modified,Arrival Date,"
    "Departure Date,Room Type Booked,Room Type Given,Rate Plan,Rate Amount,Guest Name,E-mail,"
    "Loyalty Number\n"
)
ADVERT = Question(brand="quillmere_grand", message_class=MessageClass.PROMOTIONAL, channel="mail")
REAL = Path(__file__).parents[3] / "shared/data/hotel_bookings/bookings_2015_2016.csv.gz"


def row(number: int, status: str, *, given: str = "", changed: str = "01", email: str = "") -> str:
    return (
        f"C{number},Lakeside,QUILLMERE_GRAND,{status},2026-01-{changed} 03:00:00,2026-01-02,"
        f"2026-01-04,Suite,{given},BAR,240.00,Guest {number},{email or f'g{number}@example.org'},"
        f"L{number}\n"
    )


@pytest.fixture
def hotel() -> Iterator[Makegood]:
    settings = Settings(database="memory:", key=b"k" * 32, book="hotel-group")
    makegood = open_makegood(settings, clock=FakeClock())
    yield makegood
    makegood.close()


def take(makegood: Makegood, file: Path, **options: object) -> CountedRows:
    importing = Importing(makegood.store, makegood.receiving, makegood.intake.take)
    return importing.file(file, "property-bookings", RowOptions(**options))  # type: ignore[arg-type]


def night(folder: Path, *rows: str, head: str = HEAD) -> Path:
    file = folder / "nightly.csv"
    file.write_text(head + "".join(rows))
    return file


def events(makegood: Makegood) -> list[str]:
    with makegood.store.reading() as reading:
        log = [event.body for _, event in reading.log(0, 10_000)]
    return [one.name for one in log if isinstance(one, Touchpoint)]


def test_only_what_changed_since_the_last_night_becomes_an_event(hotel, tmp_path):
    first = take(hotel, night(tmp_path, row(1, "Reserved"), row(2, "Reserved")))
    assert (first.rows, first.taken, first.events) == (2, 2, 4)  # two guests, two bookings
    again = take(hotel, night(tmp_path, row(1, "Reserved"), row(2, "Reserved")))
    assert (again.taken, again.duplicate, again.events) == (0, 2, 0)
    hotel.clock.advance(DAY_MS)
    second = take(
        hotel,
        night(tmp_path, row(1, "Reserved"), row(2, "Cancelled", changed="02"), row(3, "Walked")),
    )
    assert (second.taken, second.duplicate) == (2, 1)
    assert Counter(events(hotel)) == {"Stay Booked": 2, "Stay Cancelled": 1, "Guest Walked": 1}


def test_a_booking_that_goes_back_to_what_it_was_is_news(hotel, tmp_path):
    for changed, status in (("01", "Reserved"), ("02", "Cancelled"), ("03", "Reserved")):
        take(hotel, night(tmp_path, row(1, status, changed=changed)))
        hotel.clock.advance(DAY_MS)
    assert events(hotel) == ["Stay Booked", "Stay Cancelled", "Stay Booked"]


def test_a_walked_guest_hears_no_advert_by_any_of_their_identifiers(hotel, tmp_path):
    take(hotel, night(tmp_path, row(1, "Walked"), row(2, "Checked Out", given="Suite")))
    for identifier in ("email:g1@example.org", "loyalty:quillmere:L1"):
        assert not hotel.gate.ask(identifier, ADVERT).allowed
    assert hotel.gate.ask("email:g2@example.org", ADVERT).allowed


def test_a_worse_room_is_a_failure_and_a_better_one_is_none(hotel, tmp_path):
    take(hotel, night(tmp_path, row(1, "In House", given="Standard")))
    assert not hotel.gate.ask("email:g1@example.org", ADVERT).allowed
    take(hotel, night(tmp_path, row(2, "In House", given="Suite")))
    assert hotel.gate.ask("email:g2@example.org", ADVERT).allowed
    take(hotel, night(tmp_path, row(3, "In House", given="Tent")))
    assert not hotel.gate.ask(
        "email:g3@example.org", ADVERT
    ).allowed  # cannot judge: a person does


def test_a_guest_who_is_known_by_a_user_id_keeps_one_history(hotel, tmp_path):
    hotel.intake.take(identified("user:42", "email:g1@example.org"))
    take(hotel, night(tmp_path, row(1, "Walked")))
    assert not hotel.gate.ask("user:42", ADVERT).allowed
    with hotel.store.reading() as reading:
        profile = hotel.intake.profile("user:42")
        customer = reading.customers_of([profile])[profile]
        (case,) = reading.cases_of([customer])
        assert case.customer == customer


def identified(name: str, email: str):
    from makegood.ports.arrivals import Arrival

    return [
        Arrival(
            source="crm",
            message_id="who",
            identifier=name,
            time_ms=0,
            body=Identified(),
            lookups=(email,),
            body_digest=b"0" * 16,
        )
    ]


def test_every_row_is_counted_and_what_cannot_be_taken_stands_in_the_rejects(hotel, tmp_path):
    rejects = tmp_path / "rejects.jsonl"
    rows = (
        row(1, "Reserved"),
        row(2, "Waitlist"),
        row(3, "Vanished"),
        row(4, "Reserved").replace("2026-01-02", "2.1.2026"),
        "C5,Lakeside\n",
        row(6, "Reserved", email="nobody").replace(",L6", ","),
    )
    counted = take(hotel, night(tmp_path, *rows), rejects=rejects)
    assert (counted.rows, counted.taken, counted.ignored, counted.rejected) == (6, 1, 1, 4)
    left = {one["line"]: one["error"] for one in map(json.loads, rejects.read_text().splitlines())}
    assert left.keys() == {4, 5, 6, 7}
    assert "No event of the source fits" in left[4]
    assert "is not a day written as" in left[5]
    assert "2 cells, but the head names 14" in left[6]
    assert "names no customer" in left[7]


def test_a_dry_run_says_what_would_come_and_stores_nothing(hotel, tmp_path):
    take(hotel, night(tmp_path, row(1, "Reserved")))
    before = events(hotel)
    file = night(tmp_path, row(1, "Reserved"), row(2, "Walked"), row(2, "Walked"))
    counted = take(hotel, file, is_dry_run=True)
    assert (counted.taken, counted.duplicate) == (1, 2)
    assert events(hotel) == before


def test_history_sends_nothing(hotel, tmp_path):
    take(hotel, night(tmp_path, row(1, "Walked")), is_history=True)
    assert not hotel.gate.ask("email:g1@example.org", ADVERT).allowed
    with hotel.store.reading() as reading:
        assert reading.counts("outbox_waiting")["outbox_waiting"] == 0


def test_another_spelling_of_the_head_is_understood(hotel, tmp_path):
    head = HEAD.replace("Confirmation Number", "conf_no").replace("E-mail", "GUEST EMAIL")
    assert take(hotel, night(tmp_path, row(1, "Reserved"), head=head)).taken == 1


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (HEAD.replace("Confirmation Number", "Number"), "no column for `confirmation`"),
        (HEAD.replace("Rate Plan", "Conf No"), "are all `confirmation`"),
        ("", "no column for"),
    ],
)
def test_a_head_that_is_not_the_sources_is_refused_before_anything_is_stored(
    hotel, tmp_path, head, why
):
    with pytest.raises(InputError, match=why):
        take(hotel, night(tmp_path, row(1, "Reserved"), head=head))
    assert events(hotel) == []


def test_a_webhook_is_no_file(tmp_path):
    settings = Settings(database="memory:", key=b"k" * 32, book=NORTHWIND)
    makegood = open_makegood(settings, clock=FakeClock())
    importing = Importing(makegood.store, makegood.receiving, makegood.intake.take)
    with pytest.raises(InputError, match="zendesk is a webhook"):
        importing.file(tmp_path, "zendesk", RowOptions())
    with pytest.raises(InputError, match="it has zendesk, chatwoot, zammad"):
        importing.file(tmp_path, "nothing", RowOptions())
    makegood.close()


@pytest.mark.skipif(not REAL.exists(), reason="the bookings of two hotels are not on this machine")
def test_two_nights_of_two_real_hotels(hotel, tmp_path):
    """Rooms of the published data have letters; what a letter is worth is its median rate."""
    with gzip.open(REAL, "rt") as text:
        bookings = list(csv.DictReader(text))[:6_000]
    rates: dict[str, list[float]] = {}
    for one in bookings:
        rates.setdefault(one["reserved_room_type"], []).append(float(one["adr"]))
    order = sorted(rates, key=lambda room: median(rates[room]))
    names = dict(zip(order, ROOMS, strict=False))
    lines = [real(n, one, names) for n, one in enumerate(bookings)]
    first = take(hotel, night(tmp_path, *lines))
    assert (first.rows, first.rejected, first.conflict) == (len(lines), 0, 0)
    again = take(hotel, night(tmp_path, *lines))
    assert (again.duplicate, again.events) == (len(lines), 0)
    worse = sum(
        one["reservation_status"] == "Check-Out" and is_worse(one, names) for one in bookings
    )
    changed = sum(
        one["reservation_status"] == "Check-Out"
        and one["assigned_room_type"] != one["reserved_room_type"]
        for one in bookings
    )
    with hotel.store.reading() as reading:
        held = reading.counts("held_customers")["held_customers"]
    assert worse <= held < changed


ROOMS = ("economy", "standard", "superior", "deluxe", "junior suite", "suite")


def is_worse(one: dict[str, str], names: dict[str, str]) -> bool:
    given, booked = (
        names.get(one[f"{which}_room_type"], "") for which in ("assigned", "reserved")
    )
    known = given in ROOMS and booked in ROOMS
    return known and ROOMS.index(given) < ROOMS.index(booked)


def real(number: int, one: dict[str, str], names: dict[str, str]) -> str:
    """Write a row as a property system does; the guest is made up, for the data names none."""
    status = {"Check-Out": "Checked Out", "Canceled": "Cancelled", "No-Show": "No Show"}
    booked = names.get(one["reserved_room_type"], "")
    given = names.get(one["assigned_room_type"], booked)
    return (
        f"R{number},{one['hotel']},QUILLMERE_GRAND,{status[one['reservation_status']]},"
        f"{one['reservation_status_date']},2016-01-01,2016-01-02,{booked},{given},BAR,"
        f"{one['adr']},Synthetic Guest {number},s{number}@example.org,S{number}\n"
    )
