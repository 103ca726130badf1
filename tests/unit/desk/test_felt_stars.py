"""Stars in public under the line of how a customer feels, where the book says which are bad."""

from collections.abc import Iterator

import pytest

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.ports.voice import Post
from makegood.testing.book import HOUR_MS
from makegood.testing.clock import FakeClock
from tests.e2e.screens import introduce, profile_of, serving
from tests.unit.desk.test_felt import ANA, path, read


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(f"{read_book('car-rental')[0]}\nvoice: {{bad_stars_below: 3}}\n") as both:
        yield both


def test_the_book_says_which_stars_are_bad(makegood, clock, kathy):
    introduce(makegood)
    for n, feeling in ((2, "unhappy"), (3, "neither happy nor unhappy"), (4, "happy")):
        post = Post(
            post=f"{n}" * 32, source="reviews", network="review", author="ana",
            at_ms=clock.now_ms(), heard_ms=clock.now_ms(), state="waiting", rating=f"{n} of 5",
            profile=profile_of(ANA), matched="consent", brand="northwind_cars", text="A car.",
        )  # fmt: skip
        with makegood.store.writing() as writing:
            writing.put_post(post)
        assert f"Last said: {feeling}." in read(kathy, path(makegood))
        clock.advance(HOUR_MS)
