"""The report: nothing unescaped, nobody's address, nothing fetched, and honest small numbers."""

import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from makegood.analytics.audit.axes import by_calendar, by_days_since
from makegood.analytics.audit.figures import Line, share
from makegood.analytics.audit.page import page_of
from makegood.analytics.report.masking import masked, without_addresses
from makegood.cli.audit import register
from makegood.messages.errors import InputError
from tests.unit.analytics.exported import audited

EXAMPLES = Path(__file__).parents[3] / "examples" / "audit"
ATTACK = '<script>alert("offer")</script> & <img src=x>'


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)


def _app() -> typer.Typer:
    app = typer.Typer()
    register(app)
    return app


def _attacked(folder: Path) -> str:
    figures = audited(
        folder,
        [
            ("Created at", "Email", "Type", "Cause", "Severity", "Booking"),
            ("2026-03-01 09:00", "someone@private.example", ATTACK, ATTACK, ATTACK, "B1"),
            ("2026-03-01 09:00", ATTACK, "late", "", "", ""),
        ],
        [
            ("Sent at", "Email", "Campaign", "Brand"),
            ("2026-03-02 09:00", "someone@private.example", f"Offer {ATTACK}", ATTACK),
            (
                "2026-03-02 09:00",
                "someone@private.example",
                "Offer to someone@private.example",
                "b",
            ),
            ("2026-03-02 09:00", "someone@private.example", "Hi someone@private.example", "b"),
        ],
    )
    assert figures.held.messages == 2
    assert b"someone" not in msgspec.json.encode(figures)
    return page_of(figures)


def test_every_value_is_escaped_in_text_and_in_drawings(tmp_path: Path) -> None:
    page = _attacked(tmp_path)
    tags = _Tags()
    tags.feed(page)
    assert not tags.tags & {"script", "img", "link", "iframe", "object"}
    assert "&lt;script&gt;" in page


def test_no_address_is_in_the_report(tmp_path: Path) -> None:
    page = _attacked(tmp_path)
    assert "someone" not in page
    assert "private" not in page
    assert "s***@p***.example" in page


def test_a_drawing_has_one_name_and_no_nameless_parts(tmp_path: Path) -> None:
    page = _attacked(tmp_path)
    assert '<div role="img" aria-label="' in page
    assert "graphics-symbol" not in page


def test_the_report_fetches_nothing(tmp_path: Path) -> None:
    page = _attacked(tmp_path)
    outside = [url for url in re.findall(r"https?://[^\s\"'<]+", page) if "www.w3.org" not in url]
    assert outside == []
    assert "@import" not in page
    assert "url(" not in page


@pytest.mark.parametrize(
    ("identifier", "shown"),
    [
        ("email:anna@example.com", "a***@e***.com"),
        ("email:a@localhost", "a***@l***"),
        ("phone:+12125550142", "phone ***42"),
        ("user:778812", "user 7***"),
    ],
)
def test_people_are_masked(identifier: str, shown: str) -> None:
    assert masked(identifier) == shown


def test_addresses_and_numbers_inside_names_are_masked() -> None:
    assert without_addresses("Hi anna@example.com!") == "Hi a***@e***.com!"
    assert without_addresses("Call +1 (212) 555-0142 now") == "Call +*** now"
    assert without_addresses("2026-03-01 newsletter") == "2026-03-01 newsletter"


def test_no_share_is_given_of_fewer_than_twenty(tmp_path: Path) -> None:
    assert (share(1, 19), share(1, 20), share(0, 0)) == ("", "5%", "")
    page = _attacked(tmp_path)
    assert "too few to tell a rate" in page
    assert '2 <span class="few">(few)</span>' in page


def _line(label: str, messages: int = 1) -> Line:
    return Line(label=label, messages=messages, customers=1, messages_full=messages)


def test_charts_show_the_days_without_a_message_too() -> None:
    days = by_calendar((_line("2026-02-27"), _line("2026-03-01")), "day")
    assert [(one.label, one.messages) for one in days] == [
        ("2026-02-27", 1), ("2026-02-28", 0), ("2026-03-01", 1),
    ]  # fmt: skip
    months = by_calendar((_line("2025-12-01"), _line("2026-02-01")), "month")
    assert [one.label for one in months] == ["2025-12-01", "2026-01-01", "2026-02-01"]
    since = by_days_since((_line("1"), _line("40", 2), _line("90", 3)))
    assert [one.label for one in since][:2] == ["0", "1"]
    assert (since[-1].label, since[-1].messages) == ("31+", 5)


def test_the_command_writes_the_report_and_prints_the_numbers(tmp_path: Path) -> None:
    files = ["--failures", str(EXAMPLES / "failures.csv"), "--sends", str(EXAMPLES / "sends.csv")]
    report, rows = tmp_path / "report.html", tmp_path / "rows.csv"
    told = CliRunner().invoke(
        _app(), [*files, "-o", str(report), "--left-out", str(rows)], catch_exceptions=False
    )
    assert "let down got marketing" in told.stdout
    assert "<svg" in report.read_text(encoding="utf-8")
    assert "sends,702,unknown_zone" in rows.read_text(encoding="utf-8")
    data = CliRunner().invoke(_app(), [*files, "--format", "json"], catch_exceptions=False)
    figures = msgspec.json.decode(data.stdout)
    assert figures["failures"]["rows"] == 111
    assert figures["sends"]["rows"] == 2370


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--day-first", "--month-first"], "not both"),
        (["--time-zone", "Mars/Olympus"], "no time zone 'Mars/Olympus'"),
        (["--time-zone", "mails=UTC"], "failures=<zone>"),
        (["--rule-book", "nowhere.yaml"], "not a file"),
        (["-o", "/nowhere/at/all.html"], "cannot be written"),
    ],
)
def test_what_is_asked_wrongly_is_told(options: list[str], says: str) -> None:
    files = ["--failures", str(EXAMPLES / "failures.csv"), "--sends", str(EXAMPLES / "sends.csv")]
    with pytest.raises(InputError, match=says):
        CliRunner().invoke(_app(), [*files, *options], catch_exceptions=False)
