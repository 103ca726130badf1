"""What a post was read as counts against a promise only as surely as the book asks for."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.messages.errors import Refused
from makegood.messages.ids import ProfileId, RepId
from makegood.messages.triage_facts import Triaged
from makegood.playbooks.load import check_book
from makegood.ports.triage import PUBLIC, TriageRow
from makegood.runtime.advertised import mark_of
from makegood.testing.clock import FakeClock
from tests.e2e.screens import case_of, introduce, new_makegood, no_car
from tests.unit.runtime.advertised_world import BOOK, heard, verdicts

KATHY = RepId("kathy")
READ = BOOK.replace(
    "    failures: [no_car, other]\n", "    failures: [no_car]\n    read_from: 0.9\n"
)
READS = f"""{READ}
triage:
  channels: [public]
  kinds:
    not_there: {{failure: no_car, ask_from: 0.5}}
    dirty: {{failure: other, ask_from: 0.5}}
"""


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Makegood, FakeClock]]:
    it, clock = new_makegood(book=getattr(request, "param", READS))
    yield it, clock
    it.close()


@pytest.fixture
def it(served) -> Makegood:
    return served[0]


def weigh(it: Makegood) -> int:
    return it.voice.advertised.run_once()


def sorted_as(it: Makegood, post: str, kind: str, sure: int = 0, labelled_ms: int = 0) -> None:
    said = Triaged(letter=post, kind=kind, sure=sure, verdict="ask") if sure else None
    row = TriageRow(
        letter=post,
        profile=ProfileId(""),
        channel=PUBLIC,
        said=said,
        kind=kind if labelled_ms else "",
        labelled_ms=labelled_ms,
        rep=KATHY if labelled_ms else RepId(""),
    )
    with it.store.writing() as writing:
        writing.put_triaged(row)


def test_a_reading_counts_from_the_chance_of_the_book_on_and_is_labelled(it):
    posts = {sure: heard(it, f"p{sure}") for sure in (899, 900, 1000)}
    assert weigh(it) == 3
    for sure, post in posts.items():
        sorted_as(it, post, "not_there", sure)
    assert weigh(it) == 3, "what is read after a post was weighed has it weighed again"
    assert verdicts(it, posts[899]) == [("ready", "unjudged", "words")]
    assert verdicts(it, posts[900]) == [("ready", "against", "read")]
    assert verdicts(it, posts[1000]) == [("ready", "against", "read")]
    assert weigh(it) == 0


def test_it_tells_of_it_without_the_words_too_and_of_another_failure_it_tells_nothing(it):
    mine, other = heard(it, "1", "We stood there."), heard(it, "2", "We stood there.")
    sorted_as(it, mine, "not_there", 950)
    sorted_as(it, other, "dirty", 999)
    weigh(it)
    assert verdicts(it, mine) == [("ready", "against", "read")]
    assert verdicts(it, other) == []


def test_a_person_who_sorts_it_overrules_the_machine_either_way(it):
    wrong, right = heard(it, "1"), heard(it, "2", "We stood there.")
    sorted_as(it, wrong, "none", labelled_ms=5)
    sorted_as(it, right, "not_there", labelled_ms=5)
    weigh(it)
    assert verdicts(it, wrong) == [("ready", "unjudged", "words")]
    assert verdicts(it, right) == [("ready", "against", "label")]
    sorted_as(it, right, "none", labelled_ms=6)
    weigh(it)
    assert verdicts(it, right) == []


def test_what_was_read_of_words_that_were_changed_since_is_void(it):
    post = heard(it, "1")
    sorted_as(it, post, "not_there", 990)
    with it.store.writing() as writing:
        writing.save_post(replace(writing.change_post(post), edited_ms=it.clock.now_ms()))
    weigh(it)
    assert verdicts(it, post) == [("ready", "unjudged", "words")]


@pytest.mark.parametrize("served", [READS.replace("    read_from: 0.9\n", "")], indirect=True)
def test_without_a_chance_in_the_book_no_machine_is_believed(it):
    post = heard(it, "1")
    sorted_as(it, post, "not_there", 1000)
    weigh(it)
    assert verdicts(it, post) == [("ready", "unjudged", "words")]


def test_what_a_kind_stands_for_is_a_part_of_what_posts_are_weighed_by(it):
    other = check_book(READS.replace("failure: no_car", "failure: other"), name="b").book
    assert other is not None
    assert mark_of(it.book) != mark_of(other)


def test_what_fails_in_a_case_later_has_its_post_weighed_again(served):
    it, clock = served
    introduce(it)
    no_car(it)
    case = case_of(it, "user:ana")
    post = heard(it, "1", "Never again.")
    with it.store.writing() as writing:
        found = writing.case(case)
        row = replace(writing.change_post(post), profile=found.opener, case=found.case)
        writing.save_post(row)
        writing.project((found.customer,), [replace(found, rules=("other",))], (), {})
    weigh(it)
    assert verdicts(it, post) == []
    with it.store.writing() as writing:
        writing.project((found.customer,), [found], (), {})
    clock.advance(60_000)
    assert weigh(it) == 1
    assert verdicts(it, post) == [("ready", "against", "case")]
    clock.advance(60_000)
    assert weigh(it) == 0


def test_of_a_post_whose_words_were_kept_long_enough_nobody_can_say_anything_more(it):
    post = heard(it, "1")
    weigh(it)
    with it.store.writing() as writing:
        row = replace(writing.change_post(post), state="pruned", text="", author="", url="")
        writing.prune_posts([row], [])
    done = it.voice.advertised.judge("ready", post, "against", KATHY)
    assert isinstance(done, Refused)
    assert weigh(it) == 0
    assert verdicts(it, post) == [("ready", "unjudged", "words")], "it stays in the count"
