"""Files as other systems write them: headings, separators, encodings and dates."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from makegood.analytics.audit.classes import classified
from makegood.analytics.audit.dates import DayOrder, Reading, Seen, decide, instants, look
from makegood.analytics.audit.exports import batches, open_export
from makegood.analytics.audit.headings import find_columns, read_mapping
from makegood.messages.errors import InputError


def _read(texts: list[str], order: DayOrder = "", zone: str = "UTC") -> pl.DataFrame:
    series = pl.Series(texts, dtype=pl.String)
    seen = look(Seen(), series)
    return instants(series, Reading(seen=seen, order=decide(seen, order, "it"), zone=zone))


def _written(texts: list[str], order: DayOrder = "", zone: str = "UTC") -> list[str]:
    return [
        "-" if at is None else datetime.fromtimestamp(at / 1000, tz=UTC).isoformat()
        for at in _read(texts, order, zone)["at_ms"]
    ]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01T09:30:00Z", "2026-03-01T09:30:00+00:00"),
        ("2026-03-01 09:30:15.250", "2026-03-01T09:30:15.250000+00:00"),
        ("2026-03-01T09:30:00+02:00", "2026-03-01T07:30:00+00:00"),
        ("2026-03-01 09:30:00 -0530", "2026-03-01T15:00:00+00:00"),
        ("2026-03-01 09:30 UTC", "2026-03-01T09:30:00+00:00"),
        ("2026/3/1", "2026-03-01T00:00:00+00:00"),
        ("1.3.2026 9:30", "2026-03-01T09:30:00+00:00"),
        ("31/03/2026 12:15 AM", "2026-03-31T00:15:00+00:00"),
        ("03/31/2026 12:15 pm", "2026-03-31T12:15:00+00:00"),
        ("Mar 1, 2026 9:30 PM", "2026-03-01T21:30:00+00:00"),
        ("March 1st, 2026", "2026-03-01T00:00:00+00:00"),
        ("Sun, 01 Mar 2026 09:30:00 +0000", "2026-03-01T09:30:00+00:00"),
        ("1772357400", "2026-03-01T09:30:00+00:00"),
        ("1772357400123", "2026-03-01T09:30:00.123000+00:00"),
    ],
)
def test_usual_ways_to_write_an_instant_are_read(text: str, instant: str) -> None:
    assert _written([text]) == [instant]


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "2026-03-01 25:00", "1.13.2026", "42"])
def test_what_is_no_instant_is_told(text: str) -> None:
    assert _read([text])["problem"].to_list() == ["unreadable_date"]


def test_zones_by_letters_are_not_guessed() -> None:
    assert _read(["2026-03-01 09:00 EST"])["problem"].to_list() == ["unknown_zone"]


def test_dates_without_a_zone_are_in_the_zone_that_was_named() -> None:
    texts = ["2026-07-01 09:00", "2026-03-29 02:30"]  # the second was skipped by the clocks
    assert _written(texts, zone="Europe/Berlin") == ["2026-07-01T07:00:00+00:00", "-"]


def test_one_day_above_12_decides_for_the_whole_column() -> None:
    assert _written(["03/04/2026", "25/04/2026"])[0].startswith("2026-04-03")
    assert _written(["03/04/2026", "04/25/2026"])[0].startswith("2026-03-04")
    assert _written(["03/04/2026"], order="day_first")[0].startswith("2026-04-03")
    assert _written(["03/04/2026", "04/25/2026"], order="day_first")[0].startswith("2026-03-04")


def test_a_column_that_does_not_tell_is_asked_about() -> None:
    with pytest.raises(InputError, match="--day-first or --month-first"):
        _written(["03/04/2026", "05/06/2026"])


def test_a_column_of_both_orders_is_refused_but_a_slip_decides_nothing() -> None:
    with pytest.raises(InputError, match="both day/month and month/day"):
        _written(["25/04/2026", "04/25/2026"])
    assert _written(["13/45/2026", "04/25/2026"])[0] == "-"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_and_a_byte_order_mark_are_found(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "x.csv"
    lines = (("Sent at", "E-mail"), ("2026-03-01", '"a\nb"'), (), ("2026-03-02", "c"))
    text = "\r\n".join(separator.join(line) for line in lines)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    export = open_export(path)
    assert export.headings == ("Sent at", "E-mail")
    (batch,) = batches(export, ("E-mail",))
    assert batch.frame.rows() == [(2, "a\nb"), (3, "c")]


def test_rows_that_do_not_fit_the_headings_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n1,2\n1\n1,2,3\n"x"y,2\n3,4\n')
    (batch,) = batches(open_export(path), ("a",))
    assert batch.frame.rows() == [(2, "1"), (6, "3")]
    assert batch.broken == (3, 4, 5)


def test_a_quote_never_closed_is_a_mistake_and_swallows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n1,"2\n3,4\n')
    with pytest.raises(InputError, match="row 2 is never closed"):
        list(batches(open_export(path), ("a",)))


def test_what_is_not_utf8_needs_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("a;b\n1;2\nJosé;3\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"not UTF-8 \(line 3\).*--encoding cp1252"):
        open_export(path)
    (batch,) = batches(open_export(path, encoding="cp1252"), ("a",))
    assert batch.frame["a"].to_list() == ["1", "José"]
    with pytest.raises(InputError, match="no encoding 'klingon'"):
        open_export(path, encoding="klingon")


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_file_is_a_mistake(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(InputError, match="is empty"):
        open_export(path)


@pytest.mark.parametrize(
    "headings",
    [
        ("Ticket ID", "Created at", "Requester email", "Solved at", "Type"),  # Zendesk
        ("Ticket ID", "Created time", "Email", "Resolved time", "Type"),  # Freshdesk
        ("Ticket name", "Create date", "Contact email", "Close date", "Category"),  # HubSpot
    ],
)
def test_headings_of_usual_help_desks_are_known(headings: tuple[str, ...]) -> None:
    found = find_columns("failures", headings, {}).of
    assert {"at", "email", "resolved_at", "kind"} <= set(found)


@pytest.mark.parametrize(
    "headings",
    [
        ("Email Address", "Send Time", "Campaign Title"),  # Mailchimp
        ("Email", "Sent At", "Campaign Name", "Subject"),  # Klaviyo
        ("email", "timestamp", "event", "subject"),  # SendGrid
    ],
)
def test_headings_of_usual_campaign_tools_are_known(headings: tuple[str, ...]) -> None:
    assert {"at", "email", "message"} <= set(find_columns("sends", headings, {}).of)


def test_a_missing_column_is_told_with_what_was_found_and_what_to_write() -> None:
    with pytest.raises(InputError) as told:
        find_columns("failures", ("Betreff", "Brand"), {})
    assert "lacks: at; email, phone, user or loyalty" in str(told.value)
    assert "'Betreff', 'Brand'" in str(told.value)
    assert "--map failures.at='Betreff'" in str(told.value)


def test_a_mapping_wins_and_a_dash_leaves_out() -> None:
    mapping = read_mapping(["failures.at=Datum", "failures.email=Wer", "failures.kind=-"])
    found = find_columns("failures", ("Datum", "Date", "Wer", "Type"), mapping["failures"])
    assert found.of == {"at": "Datum", "email": "Wer"}
    with pytest.raises(InputError, match=r"failures\.<field>=<heading>"):
        read_mapping(["failures.nonsense=x"])
    with pytest.raises(InputError, match="no such heading"):
        find_columns("sends", ("a",), {"at": "b"})


def test_a_used_heading_that_stands_twice_is_a_mistake() -> None:
    with pytest.raises(InputError, match="stands twice"):
        find_columns("sends", ("Date", "Email", "Email", "Campaign"), {})


def test_purposes_follow_the_column_then_the_header_then_the_words() -> None:
    rows = [
        ("Booking confirmation", "transactional", "", "service"),
        ("Hello", "", "<mailto:x>", "promotional"),
        ("Your survey", "", "<mailto:x>", "mixed"),
        ("Hello", "", "no", "unclassified"),
        ("Weekend offer", "regular", "", "promotional"),
        ("20% off vans", "", "", "promotional"),
        ("How was your trip", "", "", "survey"),
        ("Feedback and a voucher", "", "", "mixed"),
        ("Booking confirmation", "", "", "service"),
        ("Booking confirmation with an offer", "", "", "unclassified"),
        ("Coffeehouse wholesale", "", "", "unclassified"),  # "sale" inside a word tells nothing
    ]
    frame = pl.DataFrame(
        [row[:3] for row in rows], schema=["message", "class", "list_unsubscribe"], orient="row"
    )
    assert classified(frame)["class"].to_list() == [row[3] for row in rows]
