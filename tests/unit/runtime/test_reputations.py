"""Ratings are taken once, published in groups, appealed to somebody else; owners answer."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from makegood.analytics.reputation.publishing import publish
from makegood.messages.commands import AskOwner
from makegood.messages.errors import Refused
from makegood.messages.events import Event, Stamp
from makegood.messages.facts import Rated
from makegood.messages.ids import CommandId, PlaceId, ProfileId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.owners import OwnerTerms
from makegood.playbooks.reputation import DAY_MS, ReputationTerms
from makegood.ports.places import PlaceRow
from makegood.ports.reputation import Published
from makegood.ports.rows import Offered, OutboxStatus, RepRow
from makegood.runtime.reputations import (
    answer_for_rule,
    appeal,
    decide_appeal,
    publish_round,
    take_ratings,
)
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from tests.unit.core.test_as_met import day

TERMS = ReputationTerms()
OWNERS = OwnerTerms(rules={"fee": "vera"})
SETTLED = 20 * DAY_MS  # what happened at the beginning counts by then
VERA, OMAR, LI = RepId("vera"), RepId("omar"), RepId("li")


@pytest.fixture
def library() -> Library:
    return owned_by(OWNERS)


def staffed() -> MemoryStore:
    store = MemoryStore()
    with store.writing() as writing:
        writing.put_reps([RepRow(rep=rep, name=rep, role="rep") for rep in (VERA, OMAR)])
    return store


def owned_by(owners: OwnerTerms) -> Library:
    book = replace(day().library.now(), owners=owners)
    return Library(active=book.hash, books={book.hash: book})


def rate(store: MemoryStore, library: Library, numbers: range, *, at_ms: int = 0, **more) -> None:
    """Let customers answer, one each, about what was then."""
    events = [
        Event(
            source="desk",
            message_id=f"m{number}{more}",
            profile=ProfileId(more.get("profile", f"p{number}")),
            time_ms=at_ms + number,
            received_ms=at_ms + number,
            body=Rated(
                **{
                    "survey": "boarding", "score": number % 2, "about": f"B{number}",
                    "met": ("li", "omar")[number % 4 // 2], "rule": ("fee", "bag")[number % 2],
                    "reasons": ("policy",), "met_ms": at_ms + number,
                }
                | {name: it for name, it in more.items() if name != "profile"}
            ),
            stamp=Stamp(book=library.active, fold=1),
        )
        for number in numbers
    ]  # fmt: skip
    with store.writing() as writing:
        writing.append([offered(one) for one in events])


def offered(one: Event) -> Offered:
    return Offered(event=one, body_digest=one.message_id.encode()[:16])


def round_of(store: MemoryStore, library: Library, clock: FakeClock):
    return publish_round(store, library, TERMS, clock, publish)


def said(store: MemoryStore, kind="rep") -> Mapping[str, Published]:
    with store.reading() as reading:
        return {one.subject: one for one in reading.published(kind, "", 99)}


def test_ratings_are_taken_from_the_log_once(library: Library):
    store, clock = MemoryStore(), FakeClock(SETTLED)
    rate(store, library, range(1, 9))
    assert take_ratings(store, library) == 8
    assert take_ratings(store, library) == 0
    assert round_of(store, library, clock).taken == 0
    rate(store, library, range(9, 11))
    assert take_ratings(store, library) == 2


def test_stars_and_what_names_nobody_count_for_nobody(library: Library):
    store = MemoryStore()
    rate(store, library, range(1, 9), met="", rule="")
    assert take_ratings(store, library) == 0
    rate(store, library, range(1, 9), survey="unknown")
    assert take_ratings(store, library) == 0


def test_a_clock_that_runs_ahead_makes_no_other_rating_old(library: Library):
    store = MemoryStore()
    rate(store, library, range(1, 2), met_ms=99 * 365 * DAY_MS)
    take_ratings(store, library)
    with store.reading() as reading:
        assert [one.met_ms for one in reading.ratings(0, 9)] == [1]


def test_below_thirty_no_number_is_published_and_four_more_change_nothing(library: Library):
    store, clock = MemoryStore(), FakeClock(SETTLED)
    rate(store, library, range(1, 41))
    assert {one.subject for one in round_of(store, library, clock).published} == {
        "li", "omar", "fee", "bag",
    }  # fmt: skip
    first = said(store)
    assert {one.standing for one in first.values()} == {"cannot_tell"}
    assert {one.low for one in first.values()} == {0}
    clock.advance(DAY_MS)
    rate(store, library, range(41, 49))
    assert [one.kind for one in round_of(store, library, clock).published] == []
    assert said(store) == first


def test_a_rule_that_customers_find_worse_is_put_to_its_owner_who_alone_answers(library: Library):
    store, clock = staffed(), FakeClock(400 * DAY_MS)
    rate(store, library, range(1, 401))  # thumbs of `fee` are all down, of `bag` all up
    done = round_of(store, library, clock)
    assert [(one.rule, one.owner) for one in done.asked] == [("fee", "vera")]
    with store.reading() as reading:
        (mail,) = reading.outbox(OutboxStatus.WAITING, CommandId(""), 9)
    order = mail.command.order
    assert isinstance(order, AskOwner)
    assert (order.subject, order.owner, order.due_ms) == ("fee", "vera", done.asked[0].due_ms)
    assert done.asked[0].due_ms == clock.now_ms() + OWNERS.answer_ms
    fee = said(store, "rule")["fee"]
    assert fee.standing == "worse"
    assert fee.high < fee.usual
    assert fee.reasons == (("policy", 200),)
    assert isinstance(answer_for_rule(store, clock, "fee", OMAR, "No."), Refused)
    assert isinstance(answer_for_rule(store, clock, "fee", VERA, " "), Refused)
    assert not isinstance(answer_for_rule(store, clock, "fee", VERA, "It will go."), Refused)
    rate(store, library, range(401, 441))
    assert round_of(store, library, clock).asked == ()  # answered not long ago


def test_who_left_is_asked_about_no_rule_and_whoever_answers_for_the_rest_is():
    store, clock = staffed(), FakeClock(400 * DAY_MS)
    library = owned_by(replace(OWNERS, otherwise="omar"))
    with store.writing() as writing:
        writing.put_reps([RepRow(rep=VERA, name="vera", role="rep", left_ms=DAY_MS)])
    rate(store, library, range(1, 401))
    assert [one.owner for one in round_of(store, library, clock).asked] == ["omar"]


def test_what_an_owner_lets_pass_goes_to_whoever_answers_for_all_others():
    store, clock = staffed(), FakeClock(400 * DAY_MS)
    library = owned_by(replace(OWNERS, otherwise="omar"))
    rate(store, library, range(1, 401))
    publish_round(store, library, TERMS, clock, publish)
    clock.advance(OWNERS.answer_ms + 1)
    (asked,) = publish_round(store, library, TERMS, clock, publish).asked
    assert (asked.rule, asked.owner, asked.before) == ("fee", "omar", "vera")
    assert asked.due_ms == clock.now_ms() + OWNERS.answer_ms
    assert answer_for_rule(store, clock, "fee", VERA, "Late.").code == "not_yours"
    clock.advance(5 * OWNERS.answer_ms)
    rate(store, library, range(401, 441))
    assert publish_round(store, library, TERMS, clock, publish).asked == ()  # the clock runs on
    assert not isinstance(answer_for_rule(store, clock, "fee", OMAR, "It goes."), Refused)


def test_a_rule_that_became_worse_moves_no_person_before_it_is_named_nor_after(library: Library):
    def told(bad: range) -> tuple[dict[str, bool], Published]:
        store, clock = MemoryStore(), FakeClock(100 * DAY_MS)
        rate(store, library, range(1, 301), score=1, reasons=())
        rate(store, library, range(301, 401), score=0, reasons=("product",))
        round_of(store, library, clock)
        vexed = {"met": "li", "rule": "fee", "score": 0, "reasons": ("person",)}
        rate(store, library, bad, at_ms=92 * DAY_MS, **vexed)
        rate(store, library, range(600, 660), at_ms=92 * DAY_MS, rule="bag", score=1, reasons=())
        first = {it.subject: it.worse_lately for it in round_of(store, library, clock).published}
        clock.advance(14 * DAY_MS)
        glad = {"met": "li", "rule": "bag", "score": 1, "reasons": ()}
        rate(store, library, range(800, 820), at_ms=80 * DAY_MS, **glad)
        round_of(store, library, clock)
        return first, said(store)["li"]

    first, li = told(range(700, 760))
    assert first == {"bag": False, "fee": True}
    assert told(range(0)) == ({"bag": False}, li)
    assert li.at_least > 0


def test_a_place_is_one_place_whether_the_survey_gives_its_id_or_its_name(library: Library):
    store = MemoryStore()
    rows = [
        PlaceRow(place=PlaceId(place), brand="meridian", name=name, kind="gate")
        for place, name in (("g7", "Gate Seven"), ("m1", "Main"), ("m2", "Main"))
    ]
    with store.writing() as writing:
        writing.put_places(rows)
    for number, said in enumerate(("g7", "Gate seven", "Main", "Pier", ""), 1):
        rate(store, library, range(number, number + 1), place=said)
    take_ratings(store, library)
    with store.reading() as reading:
        found = [row.place for row in reading.ratings(0, 9)]
    assert found == ["g7", "g7", "Main", "Pier", ""]


def test_two_who_publish_at_once_say_nothing_that_differs_by_fewer_than_k(library: Library):
    store, clock = MemoryStore(), FakeClock(SETTLED)
    rate(store, library, range(1, 81))
    told: list[int] = []

    def slow(found, customers, terms, now_ms):
        if not told:  # meanwhile another took one answer more, and published
            told.append(0)
            rate(store, library, range(81, 85))
            told.append(len(round_of(store, library, clock).published))
        said = publish(found, customers, terms, now_ms)
        told.append(len(said))
        return said

    done = publish_round(store, library, TERMS, clock, slow)
    assert told[1] == 4
    assert done.published == ()
    with store.reading() as reading:
        assert reading.rounds() == 2
        assert all(one.for_rep for one in reading.ratings(0, 99))


def test_an_appeal_goes_to_somebody_else_once_and_with_a_reason(library: Library):
    store, clock = MemoryStore(), FakeClock(SETTLED)
    rate(store, library, range(1, 41))
    take_ratings(store, library)
    made = appeal(store, clock, LI, "B1", "It was the storm.")
    assert not isinstance(made, Refused)
    assert appeal(store, clock, LI, " B1 ", "Again.").code == "once"
    assert appeal(store, clock, LI, "B2", " ").code == "empty"
    assert decide_appeal(store, clock, made.id, LI, "left_out", "Mine.").code == "own"
    assert decide_appeal(store, clock, made.id, OMAR, "left_out", " ").code == "reason"
    assert decide_appeal(store, clock, "x", OMAR, "kept", "So.").code == "gone"
    assert decide_appeal(store, clock, made.id, OMAR, "left_out", "It was.").verdict == "left_out"
    assert decide_appeal(store, clock, made.id, VERA, "kept", "No.").code == "answered"


def test_neither_the_verdict_nor_the_record_of_it_tells_whether_a_meeting_was_rated(
    library: Library,
):
    store, clock = MemoryStore(), FakeClock(SETTLED)
    rate(store, library, range(1, 41))
    take_ratings(store, library)
    for about in ("B1", "B99"):  # one was rated
        made = appeal(store, clock, LI, about, "I was not there.")
        assert decide_appeal(store, clock, made.id, OMAR, "kept", "So.").verdict == "kept"
    with store.reading() as reading:
        acts = [(one.what, one.after) for one in reading.acts()]
    assert acts == [("appeal.decided", {"verdict": "kept"})] * 2


def test_while_an_appeal_is_open_the_rating_counts_as_before(library: Library):
    store, clock = MemoryStore(), FakeClock(SETTLED)
    rate(store, library, range(1, 81))
    appeal(store, clock, LI, "B1", "It was the storm.")
    round_of(store, library, clock)
    with store.reading() as reading:
        assert [row.for_rep for row in reading.ratings_about(LI, "B1")] == [True]


def test_whoever_rates_without_end_says_no_more_than_any_other(library: Library):
    def li(times: int) -> Published:
        store, clock = MemoryStore(), FakeClock(SETTLED)
        rate(store, library, range(1, 201))
        rate(store, library, range(1, 1 + times), profile="p0", met="li", score=0, reasons=())
        round_of(store, library, clock)
        return said(store)["li"]

    assert li(TERMS.most_of_one) == li(150)
    assert li(150).standing == "alike"


def test_what_one_writes_down_about_oneself_counts_for_nobody(library: Library):
    store = MemoryStore()
    rate(store, library, range(1, 9), met="li", by=LI)
    assert take_ratings(store, library) == 0
    rate(store, library, range(1, 9), met="li", by=OMAR)
    assert take_ratings(store, library) == 8


def test_an_answer_of_today_that_was_left_out_today_counts_at_no_time(library: Library):
    store, clock = MemoryStore(), FakeClock(SETTLED)
    rate(store, library, range(1, 81))
    made = appeal(store, clock, LI, "B1", "It was the storm.")
    assert decide_appeal(store, clock, made.id, OMAR, "left_out", "So.").verdict == "left_out"
    round_of(store, library, clock)
    with store.reading() as reading:
        (row,) = reading.ratings_about(LI, "B1")
    assert not row.for_rep


def test_alone_nobody_can_be_compared(library: Library):
    store, clock = MemoryStore(), FakeClock(SETTLED)
    rate(store, library, range(1, 101), met="li", rule="fee")
    round_of(store, library, clock)
    assert {one.standing for one in said(store).values()} == {"cannot_tell"}
    assert {one.standing for one in said(store, "rule").values()} == {"cannot_tell"}
    assert {one.high for one in said(store).values()} == {0}


def test_below_thirty_words_about_a_person_no_number_stands_there(library: Library):
    store, clock = MemoryStore(), FakeClock(SETTLED)
    rate(store, library, range(1, 121), score=0)  # all laid on the rule
    rate(store, library, range(200, 300), met="omar", score=1, reasons=())
    rate(store, library, range(300, 312), met="li", score=1, reasons=())
    round_of(store, library, clock)
    li = said(store)["li"]
    assert (li.standing, li.low, li.high, li.at_least) == ("cannot_tell", 0, 0, 70)


def test_what_was_left_out_counts_no_more_once_enough_changed(library: Library):
    store, clock = MemoryStore(), FakeClock(SETTLED)
    rate(store, library, range(1, 81))
    round_of(store, library, clock)
    made = appeal(store, clock, LI, "B1", "It was the storm.")
    decide_appeal(store, clock, made.id, OMAR, "left_out", "It was.")
    rate(store, library, range(81, 101))
    round_of(store, library, clock)
    with store.reading() as reading:
        (row,) = reading.ratings_about(LI, "B1")
    assert not row.for_rep
    assert row.for_rule  # the rule is the same, whoever applied it
