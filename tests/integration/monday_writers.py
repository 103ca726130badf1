"""The processes of the test of letters: each goes round once as a worker does, and is killed."""

from msgspec.structs import replace

from makegood.playbooks.book import Library
from makegood.playbooks.monday import MondayRule, MondayTerms
from makegood.runtime.monday import Mondays
from makegood.runtime.monday_rounds import MondayRounds
from makegood.testing.book import small_book
from makegood.testing.clock import FakeClock
from tests.integration.racers import open_engine
from tests.integration.waiters import Deadly

TO = ("md@firm.example.com", "coo@firm.example.com", "board@firm.example.com")


def library() -> Library:
    """The small book, which writes two letters."""
    letters = (
        MondayRule(id="board", to=TO),
        MondayRule(id="cars", to=TO[:1], brands=("cars",), language="de"),
    )
    book = replace(small_book(), monday=MondayTerms(letters=letters))
    return Library(active=book.hash, books={book.hash: book})


def go_round_and_die(url: str, now_ms: int, dies_at: int) -> None:
    """Go round once.

    Args:
        url: The database.
        now_ms: The present.
        dies_at: Before (odd) or after the end of which transaction it is killed; 0 for never.
    """
    store, clock = open_engine(url), FakeClock(now_ms)
    deadly = Deadly(store, dies_at)
    mondays = Mondays(deadly, library, clock, "https://desk.example.com")  # type: ignore[arg-type]
    MondayRounds(deadly, mondays, clock).round()  # type: ignore[arg-type]
