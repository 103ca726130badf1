"""The interval join against a plain oracle that compares every message with every failure."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from makegood.analytics.audit.windows import is_held
from tests.unit.analytics.exported import audited

START = datetime(2026, 3, 1, tzinfo=UTC)
HOURS = st.integers(0, 24 * 14)
PEOPLE = st.sampled_from(("", "a", "b", "c"))
FAILURE = st.tuples(HOURS, PEOPLE, PEOPLE, st.none() | st.integers(0, 24 * 10))
SEND = st.tuples(HOURS, PEOPLE, PEOPLE)
BRANDS = st.sampled_from(("", "x", "y"))
LENGTHS = st.sampled_from((0, 1, 3, 8, 30))  # long holds with short ones inside them
HOLD = st.tuples(st.integers(0, 1), BRANDS, st.integers(0, 30), LENGTHS)
SENT = st.tuples(st.integers(0, 1), BRANDS, st.integers(0, 40))


@settings(max_examples=200)
@example([(0, "", 0, 30), (0, "", 1, 1), (0, "", 5, 1)], [(0, "", 10)])  # one holds over others
@given(st.lists(HOLD, max_size=12), st.lists(SENT, max_size=12))
def test_holds_by_brand_and_umbrella_equal_the_oracle(
    holds: list[tuple[int, str, int, int]], sent: list[tuple[int, str, int]]
) -> None:
    sent = sorted(sent, key=lambda one: one[2])
    hold_frame = pl.DataFrame(
        [(customer, scope, start, start + length) for customer, scope, start, length in holds],
        schema={"customer": pl.UInt32, "scope": pl.String, "start_ms": pl.Int64, "end": pl.Int64},
        orient="row",
    )
    sent_frame = pl.DataFrame(
        [(*one, one[2]) for one in sent],
        schema={"customer": pl.UInt32, "scope": pl.String, "at_ms": pl.Int64, "last_ms": pl.Int64},
        orient="row",
    )
    for unsure in (False, True):
        expected = [
            any(
                whose == customer
                and (scope in ("", brand) or (unsure and brand == ""))
                and start <= at < start + length
                for whose, scope, start, length in holds
            )
            for customer, brand, at in sent
        ]
        assert is_held(sent_frame, hold_frame, "end", unsure=unsure).to_list() == expected


def _at(hours: int) -> str:
    return (START + timedelta(hours=hours)).isoformat()


def _cells(email: str, user: str) -> tuple[str, str]:
    return (f"{email}@example.com" if email else "", user)


def _same_people(failures: list[tuple[int, str, str, int | None]]) -> list[set[str]]:
    """Group identifiers that stand in one row, again and again until nothing changes."""
    groups: list[set[str]] = []
    for _, email, user, _ in failures:
        mine = {f"email:{email}"} if email else set()
        mine |= {f"user:{user}"} if user else set()
        touching = [group for group in groups if group & mine]
        groups = [group for group in groups if not group & mine]
        if mine:
            groups.append(mine.union(*touching))
    return groups


@settings(max_examples=100)
@given(st.lists(FAILURE, max_size=8), st.lists(SEND, max_size=8, unique=True))
def test_the_whole_audit_equals_the_oracle(
    failures: list[tuple[int, str, str, int | None]], sends: list[tuple[int, str, str]]
) -> None:
    people = _same_people(failures)
    usable = [
        (
            at,
            {f"email:{email}", f"user:{user}"},
            at + min(24 * 7, late or 0 if late is not None else 24 * 7),
        )
        for at, email, user, late in failures
        if email or user
    ]
    reached = 0
    for at, email, user in sends:
        mine = [group for group in people if group & {f"email:{email}", f"user:{user}"}]
        reached += any(
            start <= at < end and any(group & whose for group in mine)
            for start, whose, end in usable
        )
    with TemporaryDirectory() as folder:
        figures = audited(
            Path(folder),
            [
                ("Created at", "Email", "User ID", "Resolved at"),
                *(
                    (_at(at), *_cells(email, user), "" if late is None else _at(at + late))
                    for at, email, user, late in failures
                ),
            ],
            [
                ("Sent at", "Email", "User ID", "Campaign"),
                *((_at(at), *_cells(email, user), f"Offer {n}")
                  for n, (at, email, user) in enumerate(sends)),
            ],
        )  # fmt: skip
    assert figures.held.messages == reached
    assert figures.failures.customers == len(people)
