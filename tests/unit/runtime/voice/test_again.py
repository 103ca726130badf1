"""What comes again, late, in another order or from several sides changes what it should."""

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.messages.errors import InputError, Refused
from makegood.messages.ids import CaseId
from makegood.ports.voice import HeardTo, Media
from makegood.testing.clock import FakeClock
from tests.unit.runtime.voice.world import (
    ANA,
    KATHY,
    MINUTE_MS,
    NOON_MS,
    hear,
    known,
    now,
    ours,
    post_of,
    said,
    told,
)


def test_an_answer_that_a_later_export_tells_of_counts(it: Makegood) -> None:
    hear(it, said())
    again = said(answered_ms=NOON_MS + MINUTE_MS, answer_url="https://example.social/9")
    assert hear(it, again) == {"answered": 1}
    row = post_of(it)
    assert (row.state, row.answered_ms) == ("answered", row.heard_ms + 1)
    assert hear(it, again) == {"known": 1}


def test_an_answer_to_earlier_words_is_none_to_these(it: Makegood) -> None:
    hear(it, said(answered_ms=NOON_MS - MINUTE_MS))
    assert post_of(it).state == "waiting"


def test_edited_words_are_shown_as_they_are_now_and_the_clock_goes_on(
    it: Makegood, clock: FakeClock
) -> None:
    hear(it, said(rating="1 of 5"))
    clock.advance(7)
    assert hear(it, said(text="It came.", rating="4 of 5")) == {"edited": 1}
    row = post_of(it)
    assert (row.text, row.rating, row.edited_ms) == ("It came.", "4 of 5", NOON_MS + 7)
    assert row.breach_ms == NOON_MS + 60 * MINUTE_MS
    assert hear(it, said(text="It came.", rating="4 of 5")) == {"known": 1}
    assert hear(it, said(text="As another tells it."), source="forum") == {"known": 1}


def test_what_is_kept_with_a_case_or_forgotten_is_not_edited(it: Makegood) -> None:
    hear(it, said(), said("b"))
    with it.store.writing() as writing:
        writing.save_post(replace(post_of(it), case=CaseId("c")))
    it.voice.room.gone(post_of(it, "b").post, KATHY)
    assert hear(it, said(text="other"), said("b", text="other")) == {"known": 2}
    assert (post_of(it).text, post_of(it, "b").text) == ("No car. Again.", "")


@pytest.mark.parametrize("at_ms", [0, NOON_MS - MINUTE_MS, NOON_MS])
def test_an_answer_in_the_same_delivery_counts_by_whatever_clock(it: Makegood, at_ms: int) -> None:
    hear(it, said(), ours(at_ms=at_ms))
    assert post_of(it).state == "answered"


def test_a_code_is_spent_when_anybody_wrote_it(it: Makegood) -> None:
    ana, ben = known(it), known(it, "email:ben@example.org")
    it.voice.matching.consent(ANA, ben, KATHY)
    made = it.voice.matching.code_for(ana)
    assert not isinstance(made, Refused)
    hear(it, said(text=f"MG-{made.code}"))  # refused: the handle is Ben's
    hear(it, said("c", author="copier@example.social", text=f"MG-{made.code}"))
    assert post_of(it, "c").profile == ""


def test_what_was_answered_or_late_is_counted_when_its_author_deletes_it(
    it: Makegood, clock: FakeClock
) -> None:
    hear(it, said(), said("late"), said("soon", at_ms=NOON_MS + 1))
    it.voice.room.answer(post_of(it).post, KATHY)
    it.voice.room.gone(post_of(it, "soon").post, KATHY)
    clock.advance(61 * MINUTE_MS)
    it.voice.room.gone(post_of(it, "late").post, KATHY)
    hear(it, said(is_gone=True))
    with it.store.reading() as reading:
        (found,) = reading.voice_counts(0, clock.now_ms())
        acts = [one for one in reading.acts() if one.what == "post.gone"]
    assert (found.posts, found.answered, found.in_time) == (2, 1, 1)
    assert [one.who for one in acts] == [KATHY, KATHY]


def test_a_deleted_post_parts_with_its_handle(it: Makegood) -> None:
    hear(it, said())
    it.voice.matching.consent(ANA, known(it), KATHY)
    hear(it, said(is_gone=True))
    assert post_of(it).handle == ANA
    it.voice.matching.take_back(ANA, KATHY)
    assert post_of(it).profile == ""


def test_who_wrote_more_than_is_matched_is_erased_wholly(it: Makegood) -> None:
    hear(it, *(said(f"p{n}", at_ms=NOON_MS - n) for n in range(205)))
    it.voice.matching.consent(ANA, known(it), KATHY)
    it.erasing.person("email:ana@example.org")
    with it.store.reading() as reading:
        assert reading.posts_by(ANA) == ()
    assert post_of(it, "p204").state == "erased"


def test_only_who_is_no_customer_is_forgotten_by_a_handle(it: Makegood) -> None:
    hear(it, said(), said("r", network="review", author=""))
    it.voice.matching.consent(ANA, known(it), KATHY)
    with pytest.raises(InputError, match="customer"):
        it.voice.forget(ANA)
    with pytest.raises(InputError, match="handle"):
        it.voice.forget("review:")
    assert post_of(it).text


def test_a_reviewer_who_is_called_like_the_firm_waits_too(it: Makegood) -> None:
    hear(it, said("r", network="review", author="northwind@example.social"))
    assert post_of(it, "r", "review").state == "waiting"


def test_the_history_that_a_webhook_brings_first_waits_for_nobody(
    it: Makegood, clock: FakeClock
) -> None:
    forum = it.voice.webhook("forum")
    assert forum is not None
    old = b'{"posts": [{"id": "1", "network": "forum", "author": "a", "at": "2026-01-01"}]}'
    it.voice.take(forum, old)
    assert post_of(it, "1", "forum").state == "old"
    clock.advance(180 * MINUTE_MS)
    late = b'{"posts": [{"id": "2", "network": "forum", "author": "a", "at": %d}]}' % NOON_MS
    it.voice.take(forum, late)
    assert post_of(it, "2", "forum").state == "waiting"


def test_lateness_waits_only_for_sources_that_can_bring_an_answer(
    it: Makegood, clock: FakeClock
) -> None:
    hear(it, said())
    with it.store.writing() as writing:
        for source in ("blog", "forum"):
            writing.put_heard_to(HeardTo(source=source, good_ms=NOON_MS))
    clock.advance(61 * MINUTE_MS)
    assert it.voice.room.find_late() == 1


def test_an_answer_that_two_workers_took_past_each_other_is_no_breach(
    it: Makegood, clock: FakeClock
) -> None:
    hear(it, said(), ours(), said("b", at_ms=NOON_MS + 1))
    late = post_of(it).breach_ms
    with it.store.writing() as writing:  # as who took the post, and did not see the answer
        writing.save_post(replace(post_of(it), state="waiting", answered_ms=0, late_ms=late))
    clock.advance(61 * MINUTE_MS)
    assert it.voice.room.find_late() == 2
    row = post_of(it)
    assert (row.state, row.answered_ms, row.is_breached) == (
        "answered", NOON_MS + 1, False,
    )  # fmt: skip
    assert post_of(it, "b").is_breached


def test_one_who_said_it_is_told_to_the_log_once(it: Makegood) -> None:
    ana = known(it)
    it.voice.matching.consent(ANA, ana, KATHY)
    hear(it, said(media=(Media(url="https://example.social/a.png"),)))
    hear(it, said(text="edited", answered_ms=NOON_MS + 1))
    hear(it, said(text="edited again", answered_ms=NOON_MS + 1))
    assert sorted(told(it, now(it, ana))) == ["Public Post", "Public Post Answered"]
