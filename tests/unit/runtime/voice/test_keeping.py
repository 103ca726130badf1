"""Words of people who are no customers go when they were kept for long enough; counts stay."""

import pytest
from msgspec.structs import replace

from makegood.ports.voice import Media
from tests.unit.runtime.voice.world import (
    KATHY,
    MINUTE_MS,
    hear,
    known,
    ours,
    post_of,
    said,
)

DAY_MS = 86_400_000
KEPT_MS = 180 * DAY_MS


def counted(it):
    with it.store.reading() as reading:
        return reading.voice_counts(0, 10**14)


def test_words_go_and_the_counts_stay(world) -> None:
    it, clock = world
    hear(it, said(url="https://example.social/1", media=(Media(url="https://a.example/x"),)))
    hear(it, ours())
    hear(it, said("example.social/3", author="ben@example.social", rating="2 of 5"))
    clock.advance(61 * MINUTE_MS)
    it.voice.room.find_late()
    before = counted(it)
    clock.advance(KEPT_MS - 61 * MINUTE_MS)
    assert it.voice.keeping.prune() == 0
    clock.advance(1)
    assert it.voice.keeping.prune() == 3
    assert it.voice.keeping.prune() == 0
    row = post_of(it, "example.social/3")
    assert (row.state, row.text, row.author, row.url, row.media) == ("pruned", "", "", "", ())
    assert (row.rating, row.is_breached) == ("2 of 5", True)
    answered = post_of(it)
    assert (answered.text, answered.answer_url, answered.is_breached) == ("", "", False)
    assert answered.answered_ms
    assert counted(it) == before
    with it.store.reading() as reading:
        assert reading.posts_listed() == ()


def test_it_does_not_come_anew(world) -> None:
    it, clock = world
    hear(it, said())
    clock.advance(KEPT_MS + 1)
    it.voice.keeping.prune()
    assert hear(it, said(text="Edited.")) == {"known": 1}
    assert hear(it, said(is_gone=True)) == {"gone": 1}
    assert (post_of(it).state, post_of(it).text) == ("pruned", "")
    assert it.voice.room.gone(post_of(it).post, KATHY).code == "no_such_post"


def test_what_is_a_customers_or_with_a_case_stays_until_it_is_not(world) -> None:
    it, clock = world
    hear(it, said(), said("example.social/2", author="ben@example.social"))
    it.voice.matching.consent("mastodon:ana@example.social", known(it), KATHY)
    with it.store.writing() as writing:
        ben = writing.change_post(post_of(it, "example.social/2").post)
        writing.save_post(replace(ben, case="c"))
    clock.advance(KEPT_MS + 1)
    assert it.voice.keeping.prune() == 0
    assert post_of(it).text
    it.voice.matching.take_back("mastodon:ana@example.social", KATHY)
    assert it.voice.keeping.prune() == 1
    assert post_of(it, "example.social/2").text


def test_it_is_looked_once_an_hour_and_each_brand_has_its_own_span(world) -> None:
    it, clock = world
    hear(it, said("blog/1", network="feed"), source="blog")
    assert it.voice.keeping.now_and_then() == 0
    clock.advance(KEPT_MS + 1)
    assert it.voice.keeping.now_and_then() == 1
    hear(it, said("blog/2", network="feed"), source="blog")
    clock.advance(60 * MINUTE_MS - 1)
    assert it.voice.keeping.now_and_then() == 0


def test_what_was_said_of_a_brand_that_is_no_more_is_kept_no_longer(world) -> None:
    it, clock = world
    hear(it, said())
    with it.store.writing() as writing:
        row = writing.change_post(post_of(it).post)
        writing.save_post(replace(row, brand="sold_last_year"))
    clock.advance(KEPT_MS + 1)
    assert it.voice.keeping.prune() == 1
    assert post_of(it).text == ""


def test_files_go_with_the_words(world) -> None:
    it, clock = world
    hear(it, said(media=(Media(url="https://a.example/x", digest="0" * 64),)))
    post = post_of(it).post
    it.post.files.put(post, "0" * 64, b"x")
    clock.advance(KEPT_MS + 1)
    assert it.voice.keeping.prune() == 1
    assert it.post.files.get(post, "0" * 64) is None
    with it.store.reading() as reading:
        assert reading.gone_letters(9) == (post,)


@pytest.mark.parametrize("rows", [450])
def test_many_are_pruned_some_at_a_time(world, rows: int) -> None:
    it, clock = world
    hear(it, *(said(f"example.social/{n}", author=f"a{n}") for n in range(rows)))
    clock.advance(KEPT_MS + 1)
    assert it.voice.keeping.prune() == rows
