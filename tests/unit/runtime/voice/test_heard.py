"""Who writes in public is heard once, waits for a person, and is nobody's until they say so."""

from makegood.bootstrap import Makegood
from makegood.messages.errors import Refused
from makegood.messages.ids import CaseId, CustomerId, RepId
from makegood.ports.voice import HeardTo, Media, Post
from makegood.testing.clock import FakeClock
from tests.unit.runtime.voice.world import (
    ANA,
    KATHY,
    MINUTE_MS,
    NOON_MS,
    customer_of,
    hear,
    known,
    now,
    ours,
    post_of,
    said,
    told,
)


def test_a_post_is_heard_once_and_waits_for_a_person(it: Makegood) -> None:
    assert hear(it, said(), said()) == {"waiting": 1, "known": 1}
    assert hear(it, said()) == {"known": 1}
    row = post_of(it)
    assert (row.state, row.text, row.profile) == ("waiting", "No car. Again.", "")
    assert row.target_ms - row.at_ms == 5 * MINUTE_MS
    assert row.breach_ms - row.at_ms == 60 * MINUTE_MS


def test_a_clock_that_runs_ahead_is_set_to_ours_and_old_posts_wait_for_nobody(
    it: Makegood,
) -> None:
    hear(it, said(at_ms=NOON_MS + 999_999_999), said("old", at_ms=5), old_before_ms=6)
    assert post_of(it).at_ms == NOON_MS
    assert post_of(it, "old").state == "old"


def test_a_reply_of_a_person_stops_the_clock_and_one_of_a_machine_does_not(it: Makegood) -> None:
    hear(it, said())
    bot = said("b", author="hello_bot@example.social", reply_to="example.social/1")
    hear(it, bot)
    assert (post_of(it).state, post_of(it).acknowledged_ms > 0) == ("waiting", True)
    hear(it, ours(at_ms=NOON_MS + 1, is_bot=True))
    assert post_of(it).state == "waiting"
    hear(it, said("c", author="@Northwind@example.social", reply_to="example.social/1"))
    assert post_of(it).state == "answered"


def test_what_a_stranger_writes_under_it_is_no_answer(it: Makegood) -> None:
    hear(it, said(), said("x", author="ben@example.social", reply_to="example.social/1"))
    assert post_of(it).state == "waiting"


def test_an_answer_that_is_heard_before_the_post_counts(it: Makegood) -> None:
    hear(it, ours(at_ms=NOON_MS))
    hear(it, said(at_ms=NOON_MS - MINUTE_MS))
    row = post_of(it)
    assert (row.state, row.answered_ms, row.is_breached) == ("answered", NOON_MS, False)


def test_no_answer_in_time_is_a_breach_and_a_late_one_stays_late(
    it: Makegood, clock: FakeClock
) -> None:
    hear(it, said())
    clock.advance(60 * MINUTE_MS - 1)
    assert it.voice.room.find_late() == 0
    clock.advance(1)
    assert it.voice.room.find_late() == 1
    assert it.voice.room.find_late() == 0
    assert post_of(it).is_breached
    clock.advance(1)
    it.voice.room.answer(post_of(it).post, KATHY)
    assert (post_of(it).state, post_of(it).is_breached) == ("answered", True)


def test_an_answer_in_time_that_was_heard_late_was_in_time(it: Makegood, clock: FakeClock) -> None:
    hear(it, said())
    clock.advance(61 * MINUTE_MS)
    it.voice.room.find_late()
    hear(it, ours(at_ms=NOON_MS + 4 * MINUTE_MS))
    assert (post_of(it).state, post_of(it).is_breached) == ("answered", False)


def test_a_person_answers_once_and_takes_back_what_they_said_by_mistake(it: Makegood) -> None:
    hear(it, said())
    post = post_of(it).post
    assert isinstance(it.voice.room.answer(post, KATHY, "https://example.social/9"), Post)
    assert isinstance(it.voice.room.answer(post, RepId("omar")), Refused)
    assert isinstance(it.voice.room.waits_again(post, RepId("omar")), Refused)
    it.voice.room.waits_again(post, KATHY)
    row = post_of(it)
    assert (row.state, row.answered_ms, row.late_ms) == ("waiting", 0, row.breach_ms)
    assert it.voice.room.answer("0" * 32, KATHY) == Refused(
        code="no_such_post", why="There is no such post."
    )


def test_a_handle_is_a_customers_when_they_say_so_and_the_log_hears_of_its_posts(
    it: Makegood, clock: FakeClock
) -> None:
    hear(it, said())
    ana = known(it)
    assert told(it, ana) == []
    assert not isinstance(it.voice.matching.consent(ANA, ana, KATHY), Refused)
    assert customer_of(it, post_of(it)) == now(it, ana)
    assert told(it, ana) == ["Public Post"]
    hear(it, said("second"))
    assert told(it, ana) == ["Public Post", "Public Post"]
    clock.advance(60 * MINUTE_MS)
    it.voice.room.find_late()
    assert told(it, ana).count("Public Post Unanswered") == 2
    with it.store.reading() as reading:
        found = [row for row in reading.cases_of([now(it, ana)]) if row.is_open]
    assert found  # a failure by the book's rule


def test_a_handle_is_nobodys_by_a_likeness_of_names(it: Makegood) -> None:
    known(it, "email:ana@example.social")
    hear(it, said())
    assert post_of(it).profile == ""


def test_a_wrong_match_is_taken_back_and_the_histories_part(it: Makegood) -> None:
    hear(it, said())
    ana, ben = known(it), known(it, "email:ben@example.org")
    it.voice.matching.consent(ANA, ana, KATHY)
    other = it.voice.matching.consent(ANA, ben, KATHY)
    assert isinstance(other, Refused)
    assert not isinstance(it.voice.matching.take_back(ANA, KATHY), Refused)
    assert post_of(it).profile == ""
    assert told(it, ana) == []
    assert isinstance(it.voice.matching.take_back(ANA, KATHY), Refused)
    it.voice.matching.consent(ANA, ben, KATHY)
    assert customer_of(it, post_of(it)) == now(it, ben)
    assert told(it, ben) == ["Public Post"]


def test_a_code_that_only_the_customer_had_proves_whose_the_handle_is(
    it: Makegood, clock: FakeClock
) -> None:
    ana = known(it)
    made = it.voice.matching.code_for(ana)
    assert not isinstance(made, Refused)
    hear(it, said(text=f"It is me: mg-{made.code.lower()}."))
    assert (customer_of(it, post_of(it)), post_of(it).matched) == (now(it, ana), "code")
    hear(it, said("copied", author="ben@example.social", text=f"MG-{made.code}"))
    assert post_of(it, "copied").profile == ""  # everybody can read it by now
    other = it.voice.matching.code_for(ana)
    assert not isinstance(other, Refused)
    clock.advance(8 * 24 * 60 * MINUTE_MS)
    hear(it, said("late", author="ben@example.social", text=f"MG-{other.code}"))
    assert post_of(it, "late").profile == ""
    assert isinstance(it.voice.matching.code_for(CustomerId("nobody")), Refused)


def test_of_two_who_write_a_code_the_first_had_it(it: Makegood) -> None:
    ana = known(it)
    made = it.voice.matching.code_for(ana)
    assert not isinstance(made, Refused)
    ben = said("b", author="ben@example.social", text=f"MG-{made.code}")
    hear(it, ben, said(text=f"MG-{made.code}", at_ms=NOON_MS - 1))
    assert (post_of(it).matched, post_of(it, "b").matched) == ("code", "")


def test_a_name_that_several_may_have_is_nobodys(it: Makegood) -> None:
    ana = known(it)
    assert isinstance(it.voice.matching.consent("review:ana", ana, KATHY), Refused)
    assert isinstance(it.voice.matching.consent("mastodon:", ana, KATHY), Refused)
    made = it.voice.matching.code_for(ana)
    assert not isinstance(made, Refused)
    hear(it, said("r", network="feed", author="Ana", text=f"MG-{made.code}"))
    assert post_of(it, "r", "feed").profile == ""


def test_lateness_waits_until_the_sources_were_heard(it: Makegood, clock: FakeClock) -> None:
    hear(it, said())
    with it.store.writing() as writing:
        writing.put_heard_to(HeardTo(source="hashtag", good_ms=NOON_MS + 59 * MINUTE_MS))
        writing.put_heard_to(HeardTo(source="blog", wrong="away"))
    clock.advance(61 * MINUTE_MS)
    assert it.voice.room.find_late() == 0
    with it.store.writing() as writing:
        writing.put_heard_to(HeardTo(source="hashtag", good_ms=NOON_MS + 60 * MINUTE_MS))
    assert it.voice.room.find_late() == 1


def test_our_own_post_with_a_code_matches_nobody(it: Makegood) -> None:
    made = it.voice.matching.code_for(known(it))
    assert not isinstance(made, Refused)
    hear(it, ours(text=f"Write MG-{made.code}."))
    with it.store.reading() as reading:
        assert reading.handles(["mastodon:northwind@example.social"]) == {}


def test_only_a_matched_post_is_kept_with_a_case_of_that_customer(it: Makegood) -> None:
    hear(it, said(media=(Media(url="https://example.social/a.png"),)))
    post = post_of(it).post
    assert isinstance(it.voice.attach(post, CaseId("x"), KATHY), Refused)
    ana = known(it)
    it.voice.matching.consent(ANA, ana, KATHY)
    assert isinstance(it.voice.attach(post, CaseId("x"), KATHY), Refused)
    assert post_of(it).fetch_ms == 0


def test_what_its_author_deleted_is_forgotten_and_waits_no_longer(it: Makegood) -> None:
    hear(it, said())
    hear(it, said(is_gone=True))
    row = post_of(it)
    assert (row.state, row.text, row.author, row.late_ms) == ("gone", "", "", 0)
    assert hear(it, said("never heard", is_gone=True)) == {"gone": 1}
    assert isinstance(it.voice.room.gone("0" * 32, KATHY), Refused)


def test_who_is_erased_leaves_no_post_and_no_handle(it: Makegood) -> None:
    hear(it, said())
    it.voice.matching.consent(ANA, known(it), KATHY)
    it.erasing.person("email:ana@example.org")
    with it.store.reading() as reading:
        assert reading.posts_by(ANA) == ()
        assert reading.handles([ANA]) == {}
    assert hear(it, said()) == {"known": 1}  # a feed that still lists it brings nothing back
    assert post_of(it).text == ""
    hear(it, said("b"))
    assert it.voice.forget(ANA) == 1


def test_a_webhook_takes_what_is_right_and_keeps_what_is_not(it: Makegood) -> None:
    known(it)
    forum = it.voice.webhook("forum")
    assert forum is not None
    assert it.voice.webhook("hashtag") is None
    body = b"""{"posts": [{"id": "1", "network": "forum", "author": "ana", "text": "No car."},
        {"id": "", "network": "forum", "author": "ana"}, {"network": "forum"}],
        "handles": [{"network": "forum", "handle": "ana", "customer": "email:ana@example.org",
        "consent": true}, {"network": "forum", "handle": "b", "customer": "email:b@example.org",
        "consent": false}]}"""
    came = it.voice.take(forum, body)
    assert (came.accepted, came.duplicate, came.rejected) == (2, 0, 3)
    assert it.voice.take(forum, body).duplicate == 1
    assert post_of(it, "1", "forum").matched == "consent"
    with it.store.reading() as reading:
        assert reading.unfit_counts()["forum"]
