"""Write two large synthetic exports, to measure the audit: python make_large.py <folder>."""

import csv
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

FAILURES, SENDS, PEOPLE = 100_000, 1_000_000, 500_000
START = datetime(2026, 1, 1, tzinfo=UTC)
MESSAGES = ("Spring newsletter", "Weekend offer", "Survey", "Booking confirmation", "Hello")


def failures(chance: random.Random) -> Iterator[tuple[str, ...]]:
    yield ("Ticket ID", "Created at", "Solved at", "Requester email", "Type", "Booking")
    for number in range(FAILURES):
        at = _moment(chance)
        solved = at + timedelta(hours=chance.randrange(1, 400))
        yield (
            str(number),
            at.isoformat(),
            solved.isoformat() if chance.random() < 0.5 else "",
            _email(chance),
            chance.choice(("late", "no car", "rude")),
            f"B{number}",
        )


def sends(chance: random.Random) -> Iterator[tuple[str, ...]]:
    yield ("Email Address", "Send Time", "Campaign Name", "Subject", "Brand")
    for _ in range(SENDS):
        at = _moment(chance).strftime("%Y-%m-%d %H:%M:%S")
        yield (_email(chance), at, chance.choice(MESSAGES), "Hi there", "cars")


def _moment(chance: random.Random) -> datetime:
    return START + timedelta(seconds=chance.randrange(90 * 86_400))


def _email(chance: random.Random) -> str:
    return f"User{chance.randrange(PEOPLE)}@example.com"


def main(folder: Path) -> None:
    chance = random.Random(5)  # noqa: S311 - seeded on purpose
    for name, rows in (("failures.csv", failures(chance)), ("sends.csv", sends(chance))):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
