"""Posts are weighed once for what is advertised, and a person's word stands."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.messages.errors import Refused
from makegood.messages.ids import RepId
from makegood.playbooks.load import check_book
from makegood.runtime.advertised import mark_of
from makegood.testing.clock import FakeClock
from tests.e2e.screens import case_of, introduce, new_makegood, no_car
from tests.unit.runtime.advertised_world import ADVERTISED, BOOK, heard, verdicts

KATHY = RepId("kathy")


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    it, clock = new_makegood(book=BOOK)
    yield it, clock
    it.close()


@pytest.fixture
def it(served) -> Makegood:
    return served[0]


def weigh(it: Makegood) -> int:
    return it.voice.advertised.run_once()


def test_words_make_a_post_about_it_and_only_stars_make_it_against_it(it):
    plain = heard(it, "1")
    low = heard(it, "2", rating="1 of 5")
    high = heard(it, "3", "The car was ready!", rating="5 of 5")
    other = heard(it, "4", "Nice people.", rating="1 of 5")
    assert weigh(it) == 4
    assert weigh(it) == 0
    assert verdicts(it, plain) == [("ready", "unjudged", "words")]
    assert verdicts(it, low) == [("ready", "against", "stars")]
    assert verdicts(it, high) == [("ready", "unjudged", "words")]
    assert verdicts(it, other) == []


def test_a_promise_of_one_brand_is_not_the_others(it):
    vans = heard(it, "1", "A dirty van.", brand="northwind_vans")
    cars = heard(it, "2", "A dirty van.", brand="northwind_cars")
    weigh(it)
    assert verdicts(it, vans, cars) == [("vans_clean", "unjudged", "words")]


def test_a_post_kept_with_a_case_of_that_failure_is_against_it(it):
    introduce(it)
    no_car(it)
    case = case_of(it, "user:ana")
    post = heard(it, "1", "Never again.")
    with it.store.writing() as writing:
        row = writing.change_post(post)
        found = writing.case(case)
        writing.save_post(replace(row, profile=found.opener, matched="consent", case=found.case))
    assert found.rules == ("no_car",)
    weigh(it)
    assert verdicts(it, post) == [("ready", "against", "case")]


def test_what_a_person_says_stands_when_the_post_is_weighed_again(it):
    post = heard(it, "1", rating="1 of 5")
    weigh(it)
    done = it.voice.advertised.judge("ready", post, "kept", KATHY)
    assert not isinstance(done, Refused)
    with it.store.writing() as writing:
        writing.save_post(writing.change_post(post))
    assert weigh(it) == 1
    assert verdicts(it, post) == [("ready", "kept", "person")]


def test_the_same_word_twice_is_written_once_and_another_takes_its_place(it, served):
    post = heard(it, "1", "Nice.")
    weigh(it)
    first = it.voice.advertised.judge("ready", post, "against", KATHY)
    served[1].advance(5_000)
    assert it.voice.advertised.judge("ready", post, "against", RepId("omar")) == first
    second = it.voice.advertised.judge("ready", post, "aside", RepId("omar"))
    assert (second.rep, second.verdict) == ("omar", "aside")
    with it.store.reading() as reading:
        acts = [one for one in reading.acts() if one.what == "post.judged"]
    assert [(one.who, one.after) for one in acts] == [
        ("omar", {"promise": "ready", "says": "aside"}),
        ("kathy", {"promise": "ready", "says": "against"}),
    ]


def test_nothing_is_said_of_a_post_or_a_promise_that_is_not_there(it):
    post = heard(it, "1", brand="northwind_cars")
    room = it.voice.advertised
    assert room.judge("ready", "0" * 32, "kept", KATHY).code == "no_such_post"
    assert room.judge("nothing", post, "kept", KATHY).code == "no_such_promise"
    assert room.judge("vans_clean", post, "kept", KATHY).code == "no_such_promise"
    it.voice.room.gone(post, KATHY)
    assert room.judge("ready", post, "kept", KATHY).code == "no_such_post"


def test_a_post_that_its_author_deleted_stays_in_the_count(it):
    post = heard(it, "1")
    weigh(it)
    it.voice.room.gone(post, KATHY)
    assert weigh(it) == 0
    assert verdicts(it, post) == [("ready", "unjudged", "words")]


def test_the_mark_is_otherwise_only_when_what_is_advertised_is(it):
    same = check_book(f"# a remark\n{BOOK}", name="b").book
    other = check_book(BOOK.replace("stars: 2", "stars: 1"), name="b").book
    assert mark_of(it.book) == mark_of(same) != mark_of(other)
    assert ADVERTISED in BOOK
