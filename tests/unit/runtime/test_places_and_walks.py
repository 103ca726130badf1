"""Tables of places and arrivals come in whole or not at all; a person decides a walk, once."""

import io
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood, open_makegood
from makegood.messages.errors import InputError, Refused
from makegood.messages.events import Event
from makegood.messages.facts import Identified, Touchpoint
from makegood.ports.redirects import WalkRow
from makegood.runtime.places import BadPlaces, Imported, all_places, import_places
from makegood.runtime.walks import BadArrivals, read_arrivals, suggestion
from makegood.settings import Settings
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock

HEAD = "place,brand,name,kind,near,rank,latitude,contact_email,timezone,closed\n"
GOOD = "lakeside,fernlight,Lakeside,Hotel,harbour:900,3,41.88,Desk@Lakeside.example.com,,\n"
ARRIVALS = (
    "reservation,email,name,hour,nights,medical,needs_access,walked_days_ago,volunteer,hotel\n"
)
BRAND = "quillmere_grand"


@pytest.fixture
def makegood() -> Iterator[Makegood]:
    settings = Settings(database="memory:", key=b"0" * 32, book=read_name())
    opened = open_makegood(settings, clock=FakeClock(1_796_400_000_000), store=MemoryStore())
    yield opened
    opened.close()


def read_name() -> str:
    return read_book("hotel-group")[1].removesuffix(".yaml")


def taken(makegood: Makegood, *lines: str) -> Imported:
    text = HEAD + "".join(lines)
    return import_places(makegood.store, io.StringIO(text), makegood.book.brands)


def test_a_table_comes_in_and_again_changes_nothing(makegood):
    assert taken(makegood, GOOD) == Imported(new=1, changed=0, same=0)
    assert taken(makegood, GOOD) == Imported(new=0, changed=0, same=1)
    assert taken(makegood, GOOD.replace(",3,", ",4,")) == Imported(new=0, changed=1, same=0)
    (row,) = all_places(makegood.store)
    assert (row.kind, row.rank, row.near) == ("hotel", 4, {"harbour": 900})
    assert row.email.endswith("@lakeside.example.com")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (GOOD.replace("fernlight,", "fern,"), "no brand 'fern'"),
        (GOOD.replace("lakeside,", ",", 1), "place is empty"),
        (GOOD.replace(",,\n", ",,ja\n"), "closed is 'ja'"),
        (GOOD.replace("lakeside,", "lake side,", 1), "is no id"),
        (GOOD.replace("harbour:900", "harbour"), "near: write"),
        (GOOD.replace("harbour:900", "lakeside:900"), "its own neighbour"),
        (GOOD.replace("41.88", "91"), "latitude"),
        (GOOD.replace(",3,", ",x,"), "rank"),
        (GOOD.replace("Desk@Lakeside", "Desk Lakeside"), "no address"),
        (GOOD.replace(",,\n", ",Mars/Olympus,\n"), "timezone"),
        (GOOD + GOOD, "twice"),
    ],
)
def test_a_wrong_line_is_told_and_nothing_of_the_table_comes_in(makegood, line, why):
    other = GOOD.replace("lakeside,", "other,", 1)
    with pytest.raises(BadPlaces, match=why):
        taken(makegood, other, line)
    assert all_places(makegood.store) == ()


@pytest.mark.parametrize("head", ["place,brand,name\n", "place,brand,name,kind,colour\n"])
def test_columns_that_lack_or_that_nobody_knows_are_told(makegood, head):
    with pytest.raises(BadPlaces, match="column"):
        import_places(makegood.store, io.StringIO(head), makegood.book.brands)


def proposed(makegood: Makegood, *lines: str, need: int = 1) -> WalkRow:
    rule = makegood.walks.rule_of("")
    guests = read_arrivals(io.StringIO(ARRIVALS + "".join(lines)), rule)
    return makegood.walks.propose(rule, guests, need, BRAND, "kathy")


def heard(makegood: Makegood) -> list[Event]:
    """Give what happened to anybody; to be introduced is not to have something happen."""
    with makegood.store.reading() as reading:
        events = [event for _, event in reading.log(0, 100)]
    return [event for event in events if not isinstance(event.body, Identified)]


LINES = (
    "R1,ana@example.org,Ana Ruiz,23,2,no,no,999,,Harbour\n",
    "R2,ben@example.org,Ben Roth,15,1,no,no,999,,Harbour\n",
    "R3,,,15,1,yes,no,999,,Harbour\n",
)


def test_a_ranking_tells_nobody_anything_and_holds_no_name(makegood):
    row = proposed(makegood, *LINES)
    assert suggestion(row) == ("R2",)
    assert heard(makegood) == []
    assert "Ana" not in repr(row)
    assert "example.org" not in repr(row)


def test_who_is_on_the_list_can_be_erased(makegood):
    proposed(makegood, *LINES)
    profile = makegood.intake.profile("email:ana@example.org")
    with makegood.store.writing() as writing:
        customer = writing.customers_of([profile])[profile]
        assert writing.erase(customer) == 1
        assert writing.find_persons("ana", 5) == ()


def test_who_goes_has_a_failure_from_then_on_and_it_is_decided_once(makegood):
    row = proposed(makegood, *LINES)
    done = makegood.walks.decide(row.walk, ["R2"], "kathy")
    assert not isinstance(done, Refused)
    assert [one.arrival for one in done.walkers if one.chosen] == ["R2"]
    (event,) = heard(makegood)
    assert isinstance(event.body, Touchpoint)
    assert event.body.name == "Guest Walked"
    assert event.body.properties["reservation"] == "R2"
    assert event.body.properties["walk"] == row.walk
    again = makegood.walks.decide(row.walk, ["R2"], "omar")
    assert isinstance(again, Refused)
    assert again.code == "decided_already"
    with makegood.store.reading() as reading:
        assert reading.acts()[0].what == "walk.decided"
        (case,) = reading.cases()
        assert case.line == "walked"
        (person,) = reading.find_persons("ben", 5)
    assert person.name == "Ben Roth"


@pytest.mark.parametrize(
    ("chosen", "by", "code"),
    [
        (["R1"], "kathy", "reason_needed"),
        ([], "kathy", "no_such_arrival"),
        (["R9"], "kathy", "no_such_arrival"),
        (["R2"], "", "nobody_named"),
    ],
)
def test_another_choice_takes_a_reason_and_a_choice_takes_a_person(makegood, chosen, by, code):
    row = proposed(makegood, *LINES)
    refused = makegood.walks.decide(row.walk, chosen, by)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert heard(makegood) == []


def test_with_a_reason_a_person_may_decide_otherwise_and_that_is_kept(makegood):
    row = proposed(makegood, *LINES)
    done = makegood.walks.decide(row.walk, ["R1"], "kathy", "Ben sings here tonight")
    assert isinstance(done, WalkRow)
    with makegood.store.reading() as reading:
        kept = reading.walk(row.walk)
    assert kept is not None
    assert (kept.because, kept.decided_by) == ("Ben sings here tonight", "kathy")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (LINES[0].replace(",23,", ",late,"), "hour is 'late'"),
        (LINES[0].replace(",no,", ",perhaps,", 1), "medical is 'perhaps'"),
        (LINES[0].replace("R1,", ",", 1), "reservation is empty"),
        (LINES[0] * 2, "twice"),
        (LINES[0].replace(",23,", f",{'9' * 40},"), "hour is '999"),
        (LINES[0].replace("Ana Ruiz", "Ana\x00Ruiz"), "U\\+0000"),
        (LINES[0].replace("R1,", "ana@example.org,", 1), "reservation holds an address"),
        (LINES[0].replace(",999,,", ",999,perhaps,"), "volunteer is 'perhaps'"),
        (LINES[0].replace("Harbour", "x" * 140_000), "cannot be read"),
    ],
)
def test_a_list_with_a_mistake_ranks_nobody(makegood, line, why):
    with pytest.raises(BadArrivals, match=why):
        proposed(makegood, line)


@pytest.mark.parametrize("need", [0, 4])
def test_as_many_go_as_there_are(makegood, need):
    with pytest.raises(InputError, match="cannot go elsewhere"):
        proposed(makegood, *LINES, need=need)


def test_a_rule_that_is_not_there_is_told_with_those_that_are(makegood):
    with pytest.raises(InputError, match="overbooked"):
        makegood.walks.rule_of("nothing")


def test_what_a_rule_ranked_that_is_gone_is_ranked_anew(makegood):
    row = proposed(makegood, *LINES)
    with makegood.store.writing() as writing:
        writing.put_walk(replace(row, rule="gone"))
    refused = makegood.walks.decide(row.walk, ["R2"], "kathy")
    assert isinstance(refused, Refused)
    assert refused.code == "rule_gone"
    with makegood.store.reading() as reading:
        kept = reading.walk(row.walk)
    assert kept is not None
    assert not kept.decided_ms
