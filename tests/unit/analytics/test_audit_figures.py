"""The audit's figures on files small enough to count by hand."""

from pathlib import Path

import pytest

from makegood.analytics.audit.figures import Line, Tally
from makegood.analytics.audit.options import Options
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import load_book
from tests.unit.analytics.exported import DAY_MS, audited

FAILURES = ("Created at", "Email", "User ID", "Type", "Booking", "Resolved at", "Brand")
SENDS = ("Sent at", "Email", "User ID", "Campaign", "Brand")
BOOKS = Path(__file__).parents[3] / "src" / "makegood" / "books"


@pytest.fixture(scope="module")
def car_rental() -> RuleBook:
    return load_book((BOOKS / "car-rental.yaml").read_text(encoding="utf-8"), name="car-rental")


def test_golden_counts_of_a_hand_counted_pair(tmp_path: Path) -> None:
    figures = audited(
        tmp_path,
        [
            FAILURES,
            ("2026-03-02 10:00", "Ana@Example.com", "", "no car", "B1", "", "cars"),
            ("2026-03-04 10:00", "", "7", "late", "B2", "2026-03-05 12:00", "cars"),
            ("2026-03-01 09:00", "cal@example.com", "9", "late", "B3", "", "vans"),
            ("2026-03-06 09:00", "", "9", "no car", "B4", "", "vans"),
            ("soon", "dan@example.com", "", "late", "B5", "", "cars"),
        ],
        [
            SENDS,
            ("2026-03-02 10:00", "ana@example.com", "", "Spring offer", "cars"),  # that instant
            ("2026-03-02 09:59", "ana@example.com", "", "Spring offer", "cars"),  # before it
            ("2026-03-09 10:00", "ana@example.com", "", "Newsletter", "cars"),  # exactly the end
            ("2026-03-09 09:59", "ANA@example.com", "", "Newsletter", "cars"),  # a minute before
            ("2026-03-05 11:59", "", "7", "Newsletter", "cars"),  # not yet resolved
            ("2026-03-05 12:00", "", "7", "Newsletter", "cars"),  # resolved
            ("2026-03-03 09:00", "cal@example.com", "", "Survey", "vans"),  # between two failures
            ("2026-03-08 09:00", "cal@example.com", "", "Newsletter", "vans"),  # after the second
            ("2026-03-03 09:00", "cal@example.com", "", "Booking confirmation", "vans"),
            ("2026-03-03 09:00", "cal@example.com", "", "Hello", "vans"),  # of unknown purpose
            ("2026-03-03 09:00", "eve@example.com", "", "Newsletter", "vans"),  # nobody let down
            ("2026-03-03 09:00", "", "", "Newsletter", "vans"),
        ],
    )
    assert figures.held == Tally(messages=5, customers=3)
    assert figures.held_full == figures.held
    assert (figures.failures.failures, figures.failures.customers) == (4, 3)
    assert (figures.failures.rows, figures.failures.left_out) == (5, 1)
    assert (figures.sends.outside_holds, figures.sends.to_others) == (3, 1)
    assert (figures.sends.service, figures.sends.unclassified) == (1, 1)
    assert figures.unclassified_held == Tally(messages=1, customers=1)
    assert [(line.label, line.messages) for line in figures.by_message] == [
        ("Newsletter", 3), ("Spring offer", 1), ("Survey", 1),
    ]  # fmt: skip
    assert [(line.label, line.messages) for line in figures.by_brand] == [("cars", 3), ("vans", 2)]
    assert [line.label for line in figures.by_day] == [
        "2026-03-02", "2026-03-03", "2026-03-05", "2026-03-08", "2026-03-09",
    ]  # fmt: skip
    assert figures.by_days_since[0] == Line(label="0", messages=1, customers=1, messages_full=1)
    assert [(one.reason, one.first_rows) for one in figures.left_out] == [
        ("unreadable_date", (6,)), ("no_identifier", (13,)),
    ]  # fmt: skip


def test_second_failures_and_what_lies_between_are_shown_apart(tmp_path: Path) -> None:
    figures = audited(
        tmp_path,
        [
            FAILURES,
            ("2026-03-01 09:00", "a@example.com", "", "late", "B1", "", ""),
            ("2026-03-02 09:00", "a@example.com", "", "cancelled", "B1", "", ""),  # it grew
            ("2026-03-06 09:00", "a@example.com", "", "late", "B2", "", ""),
            ("2026-01-01 09:00", "b@example.com", "", "late", "B3", "", ""),
            ("2026-07-01 09:00", "b@example.com", "", "late", "B4", "", ""),  # 181 days later
        ],
        [
            SENDS,
            ("2026-03-05 09:00", "a@example.com", "", "Newsletter", ""),
            ("2026-03-06 09:00", "a@example.com", "", "Newsletter", ""),  # at the second
        ],
    )
    assert (figures.second.failures, figures.second.customers) == (1, 1)
    assert figures.second.between == Tally(messages=1, customers=1)
    assert figures.failures.failures == 4
    assert figures.held.messages == 2


def test_two_identifiers_lead_to_one_customer_and_a_message_counts_once(tmp_path: Path) -> None:
    figures = audited(
        tmp_path,
        [
            FAILURES,
            ("2026-03-01", "a@example.com", "1", "late", "", "", ""),
            ("2026-03-01", "", "1", "late", "", "", ""),
            ("2026-03-01", "b@example.com", "", "late", "", "", ""),
        ],
        [SENDS, ("2026-03-03 09:00", "b@example.com", "1", "Offer", "")],
    )
    assert figures.failures.customers == 2
    assert figures.held == Tally(messages=1, customers=2)


def test_an_address_of_many_users_matches_nobody(tmp_path: Path) -> None:
    rows = [
        ("2026-03-01 09:00", "desk@agency.example", str(n), "late", "", "", "") for n in range(4)
    ]
    figures = audited(
        tmp_path,
        [FAILURES, *rows, ("2026-03-01 09:00", "desk@agency.example", "", "late", "", "", "")],
        [
            SENDS,
            ("2026-03-02 09:00", "desk@agency.example", "", "Offer", ""),
            ("2026-03-02 09:00", "desk@agency.example", "2", "Offer", ""),
        ],
    )
    assert figures.failures.customers == 4
    assert figures.held == Tally(messages=1, customers=1)
    assert [(one.file, one.reason) for one in figures.left_out] == [
        ("failures", "shared_identifier"), ("sends", "shared_identifier"),
    ]  # fmt: skip


def test_days_without_a_time_err_to_the_smaller_side(tmp_path: Path) -> None:
    figures = audited(
        tmp_path,
        [
            FAILURES,
            ("2026-03-02", "a@example.com", "", "late", "", "2026-03-05", ""),
        ],
        [
            SENDS,
            ("2026-03-02 18:00", "a@example.com", "", "Offer", ""),  # perhaps before it happened
            ("2026-03-03 00:00", "a@example.com", "", "Offer", ""),
            ("2026-03-04 23:59", "a@example.com", "", "Offer", ""),
            (
                "2026-03-05 00:00",
                "a@example.com",
                "",
                "Offer",
                "",
            ),  # perhaps after it was resolved
        ],
    )
    assert (figures.held.messages, figures.sends.outside_holds) == (2, 2)
    by_day = audited(
        tmp_path,
        [FAILURES, ("2026-03-02 10:00", "a@example.com", "", "late", "", "2026-03-04 10:00", "")],
        [SENDS, *((f"2026-03-0{n}", "a@example.com", "", "Offer", "") for n in (2, 3, 4))],
    )
    assert by_day.held.messages == 1  # only the third lies wholly within the hold


def test_what_arrived_counts_once_and_what_came_later_not_at_all(tmp_path: Path) -> None:
    head = ("Timestamp", "Email", "Campaign", "Event")
    rows = [
        ("1772442000", "a@example.com", "Offer", status)
        for status in ("processed", "delivered", "open", "bounce", "who knows", "delivered")
    ]
    figures = audited(
        tmp_path,
        [FAILURES, ("2026-03-01 09:00", "a@example.com", "", "late", "", "", "")],
        [head, *rows],
    )
    sends = figures.sends
    assert (sends.held, sends.repeated, sends.sent_and_arrived) == (1, 1, 1)
    assert (sends.came_later, sends.not_arrived, sends.left_out) == (1, 1, 1)
    without = audited(
        tmp_path,
        [FAILURES, ("2026-03-01 09:00", "a@example.com", "", "late", "", "", "")],
        [head, rows[0], rows[2]],
    )
    assert without.sends.held == 1  # nothing says what arrived, so that "processed" has to do


def test_the_rule_book_judges_events_names_kinds_and_sets_the_hold(
    tmp_path: Path, car_rental: RuleBook
) -> None:
    head = ("Occurred at", "Email", "Event", "Reservation", "Branch", "Reason", "Resolved at")
    figures = audited(
        tmp_path,
        [
            head,
            ("2026-03-01 09:00", "a@example.com", "Rental Unfulfilled", "R1", "East", "none", ""),
            ("2026-03-01 09:00", "b@example.com", "Rental Unfulfilled", "R2", "N", "no_show", ""),
            ("2026-03-01 09:00", "c@example.com", "Rental Unfulfilled", "R3", "Airport", "", ""),
            ("2026-03-01 09:00", "d@example.com", "We did not call back", "R4", "", "",
             "2026-03-02 09:00"),
            ("2026-03-01 09:00", "e@example.com", "no_car", "R5", "", "", "2026-03-02 09:00"),
            ("2026-03-01 09:00", "f@example.com", "Cold coffee", "R6", "", "", ""),
        ],
        [
            ("Sent at", "Email", "Campaign"),
            ("2026-03-30 09:00", "a@example.com", "Offer"),  # within 30 days, not within 7
            ("2026-03-04 09:00", "b@example.com", "Offer"),
            ("2026-03-04 09:00", "c@example.com", "Offer"),
            ("2026-03-04 09:00", "d@example.com", "Offer"),  # no cool-off
            ("2026-03-04 09:00", "e@example.com", "Offer"),  # cooling off: in the bound only
            ("2026-03-04 09:00", "f@example.com", "Offer"),  # by the plan for other failures
        ],
        book=car_rental,
    )  # fmt: skip
    assert (figures.failures.no_failure, figures.failures.cannot_judge) == (1, 1)
    assert figures.held == Tally(messages=1, customers=1)
    assert figures.held_full == Tally(messages=3, customers=3)
    assert {line.label: line.basis for line in figures.by_kind} == {
        "There was no car": "rule", "We did not call back": "rule", "Cold coffee": "other",
    }  # fmt: skip
    assert any("Cold coffee" in sentence for sentence in figures.method)


def test_a_hold_of_one_brand_leaves_the_others_and_brandless_mail_only_raises_the_bound(
    tmp_path: Path, car_rental: RuleBook
) -> None:
    text = car_rental.text.replace("scope: umbrella", "scope: brand")
    figures = audited(
        tmp_path,
        [FAILURES, ("2026-03-01 09:00", "a@example.com", "", "no car", "", "", "Cars")],
        [
            SENDS,
            ("2026-03-02 09:00", "a@example.com", "", "Offer", "cars"),
            ("2026-03-02 09:00", "a@example.com", "", "Offer", "vans"),
            ("2026-03-02 09:00", "a@example.com", "", "Offer", ""),
        ],
        book=load_book(text, name="brand"),
    )
    assert (figures.held.messages, figures.held_full.messages) == (1, 2)


def test_what_cannot_be_so_is_left_out_with_its_reason(tmp_path: Path) -> None:
    figures = audited(
        tmp_path,
        [
            FAILURES,
            ("2026-03-05 09:00", "a@example.com", "", "late", "", "2026-03-04 09:00", ""),
            ("2026-03-05 09:00", "a@example.com", "", "late", "", "some day", ""),
            ("2026-03-05 09:00 PST", "a@example.com", "", "late", "", "", ""),
            ("2026-03-05 09:00", "not an address", "", "late", "", "", ""),
            ("2026-03-05 09:00", "a@example.com"),
        ],
        [SENDS],
    )
    assert {one.reason for one in figures.left_out} == {
        "resolved_before_it_happened", "unreadable_resolved_date", "unknown_zone",
        "malformed_identifier", "broken_row",
    }  # fmt: skip
    assert figures.failures.holding == 0
    assert figures.period == ("", "")


def test_headings_without_rows_give_zeros_and_no_share(tmp_path: Path) -> None:
    figures = audited(tmp_path, [FAILURES], [SENDS])
    assert figures.held == Tally(messages=0, customers=0)
    assert not figures.by_day
    assert not figures.by_message
    assert not figures.examples


def test_a_shorter_window_counts_less(tmp_path: Path) -> None:
    failures = [FAILURES, ("2026-03-01 09:00", "a@example.com", "", "late", "", "", "")]
    sends = [SENDS, ("2026-03-03 09:00", "a@example.com", "", "Offer", "")]
    wide = audited(tmp_path, failures, sends)
    narrow = audited(tmp_path, failures, sends, options=Options(window_ms=DAY_MS))
    assert (wide.held.messages, narrow.held.messages) == (1, 0)
    assert narrow.held_full.messages == 1


def test_files_that_name_people_differently_are_warned_of(tmp_path: Path) -> None:
    figures = audited(
        tmp_path,
        [FAILURES, ("2026-03-01 09:00", "", "17", "late", "", "", "")],
        [SENDS, ("2026-03-03 09:00", "a@example.com", "", "Offer", "")],
    )
    assert any("name people differently" in warning for warning in figures.warnings)
