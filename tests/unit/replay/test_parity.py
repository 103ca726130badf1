"""A log is folded into cases and answers by group; what leaves names nobody."""

import json
from collections.abc import Iterator
from math import inf
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from makegood.analytics.parity.grouping import group_of
from makegood.analytics.parity.records import Answered, Served
from makegood.books.opening import shipped_books
from makegood.bootstrap import Makegood
from makegood.cli import app
from makegood.core.decide import Asker
from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import Answered as SaidGood
from makegood.messages.facts import (
    Approved,
    Called,
    Chosen,
    Granted,
    Identified,
    Requested,
    Touchpoint,
)
from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.playbooks.load import load_book
from makegood.playbooks.spans import DAY_MS
from makegood.playbooks.terms import Offer, Tier
from makegood.replay.histories import StoredLog
from makegood.replay.parity import _GIVEN as GIVEN
from makegood.replay.parity import _SPEAKS as SPEAKS
from makegood.replay.parity import Terms, parity, records_of
from makegood.replay.parity import _goodwill as goodwill_of
from makegood.testing.clock import FakeClock
from tests.e2e.screens import (
    MINUTE_MS,
    carry_out,
    customer_of,
    introduce,
    new_makegood,
    no_car,
    take,
)
from tests.unit.core.day import Day, library

KATHY = Asker(rep=RepId("kathy"), role="rep")


@pytest.fixture
def firm() -> Iterator[tuple[Makegood, FakeClock]]:
    makegood, clock = new_makegood()
    yield makegood, clock
    makegood.close()


def read(
    makegood: Makegood, by: str = "tier", **terms: int
) -> tuple[list[Served], list[Answered]]:
    found = records_of(
        StoredLog(makegood.store),
        makegood.library,
        Terms(by=by, **{"time_ms": 0, **terms}),
        group_of(by, makegood.book),
    )
    return found.served, found.answered


def acts(makegood: Makegood, who: str, body, name: str) -> None:
    done = makegood.acts.act(customer_of(makegood, who), body, KATHY, message_id=name)
    assert not isinstance(done, Refused), done


def test_how_a_case_went_is_read_from_the_log(firm):
    makegood, clock = firm
    introduce(makegood, tier="silver")
    case = no_car(makegood)
    introduce(makegood, "user:later", "L", tier="gold")
    clock.advance(5 * MINUTE_MS)
    carry_out(makegood)
    clock.advance(5 * MINUTE_MS)
    acts(makegood, "user:ana", Called(case=case, by=KATHY.rep, reached=False), "c1")
    clock.advance(5 * MINUTE_MS)
    acts(makegood, "user:ana", Called(case=case, by=KATHY.rep, reached=True), "c2")
    grant = Granted(
        case=case, remedy="refund", cost=Money(912), by=KATHY.rep, off_script=True, reason="r"
    )
    acts(makegood, "user:ana", grant, "g1")
    take(makegood, "user:ana", Identified(traits={"tier": "gold"}), "t2")
    acts(makegood, "user:ana", SaidGood(case=case, answer="good", by=KATHY.rep), "good")
    (one,), _ = read(makegood)
    assert (one.group, one.kind, one.severity) == ("silver", "no_car", 4)
    assert (one.human_ms, one.remedy_ms) == (15 * MINUTE_MS, 5 * MINUTE_MS)
    assert (one.answered, one.whole, one.paid) == (True, True, True)
    assert (one.price_cents, one.owed_cents, dict(one.goodwill)) == (
        18_240,
        18_240,
        {"refund": 912},
    )


def test_what_never_came_is_longer_than_all_that_came(firm):
    makegood, _ = firm
    no_car(makegood, "user:bo")
    (one,), _ = read(makegood)
    assert (one.group, one.human_ms, one.remedy_ms, one.answered) == ("not told", inf, inf, False)


def test_a_fact_told_later_is_better_than_none_and_brand_is_the_brand_of_the_case(firm):
    makegood, _ = firm
    no_car(makegood)
    introduce(makegood, tier="gold")
    assert [one.group for one in read(makegood)[0]] == ["gold"]
    assert [one.group for one in read(makegood, "brand")[0]] == ["northwind_cars"]


def test_a_language_that_was_told_beside_the_facts_counts(firm):
    makegood, _ = firm
    introduce(makegood, language="de-AT")
    no_car(makegood)
    assert [one.group for one in read(makegood, "language")[0]] == ["de"]


def test_requests_are_read_with_the_answer_of_the_table(firm):
    makegood, _ = firm
    introduce(makegood, tier="gold")
    name = next(iter(makegood.book.requests))
    take(makegood, "user:ana", Requested(request=name, answer="deny"), "q1")
    assert read(makegood)[1] == [Answered(group="gold", request=name, answer="deny")]


def test_what_had_no_time_or_came_before_is_left_out_and_counted(firm):
    makegood, clock = firm
    no_car(makegood)
    first_ms = clock.now_ms()
    clock.advance(10 * DAY_MS)
    no_car(makegood, "user:bo")
    found = parity(StoredLog(makegood.store), makegood.library, Terms(time_ms=7 * DAY_MS))
    assert (found.cases, found.too_new) == (1, 1)
    assert len(read(makegood, since_ms=first_ms + 1)[0]) == 1


def test_imported_history_is_left_out_for_nothing_was_sent(firm):
    makegood, _ = firm
    lost = {"reservation": "R1", "reason": "no_vehicle", "price_cents": 9, "branch": "A"}
    body = Touchpoint(name="Rental Unfulfilled", properties=lost)
    take(makegood, "user:old", body, "old", imported=True)
    found = parity(StoredLog(makegood.store), makegood.library, Terms(time_ms=0))
    assert (found.cases, found.imported) == (0, 1)


def test_a_fact_that_nobody_has_is_refused_with_the_nearest(firm):
    makegood, _ = firm
    introduce(makegood, favourite_colour="green")
    terms = Terms(by="customer.favourite_colours")
    with pytest.raises(InputError, match=r"Did you mean `customer\.favourite_colour`"):
        parity(StoredLog(makegood.store), makegood.library, terms)


@pytest.fixture
def exported(firm, tmp_path: Path) -> Path:
    """Sixty customers whom one firm let down, as `makegood export` writes them."""
    makegood, clock = firm
    for number in range(60):
        who = f"user:person-{number}"
        introduce(makegood, who, f"Nora Nobody {number}", tier=("gold", "silver")[number % 2])
        no_car(makegood, who, reservation=f"R{number}")
        if number % 2:
            carry_out(makegood)
    clock.advance(8 * DAY_MS)
    introduce(makegood, "user:end", "End", tier="gold")
    path = tmp_path / "log.jsonl"
    with makegood.store.reading() as reading:
        events = [event for _, event in reading.log(0, 10_000)]
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in events))
    return path


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["parity", *words])
    if result.exception:
        raise result.exception
    return result.stdout


def test_the_command_prints_groups_and_writes_one_page_and_never_a_person(exported, tmp_path):
    page = tmp_path / "page.html"
    words = ("--log", str(exported), "--rule-book", "car-rental", "--at-least", "20")
    text = run(*words, "--out", str(page))
    told = json.loads(run(*words, "--format", "json"))
    assert "Cases answered" in text
    assert told["cases"] == 60
    everything = text + page.read_text(encoding="utf-8") + json.dumps(told)
    for person in ("Nora", "person-", "@", "user:"):
        assert person not in everything.replace("@media", "")


def test_the_command_says_what_is_missing(exported):
    with pytest.raises(InputError, match="--rule-book"):
        run("--log", str(exported))
    with pytest.raises(InputError, match="--since"):
        run("--log", str(exported), "--rule-book", "car-rental", "--since", "May")
    with pytest.raises(InputError, match="own books"):
        run("--rule-book", "car-rental")


def test_a_shipped_book_says_how_voice_and_value_are_read():
    book = load_book(shipped_books()["airline"], name="airline")
    facts = {"followers": 100_000, "lifetime_value_cents": 1_000_000}
    assert [group_of(by, book)(facts, "") for by in ("voice", "value")] == ["wide", "high"]


def test_what_is_given_back_by_choice_is_owed_and_no_goodwill():
    day = Day(library(offers=(Offer(id="refund", tier=Tier.BETTER, declines=True),)))
    day.no_car()
    day.told(Chosen(case=day.id, offer="refund"))
    (chosen,) = day.case.offers
    assert (chosen.status in GIVEN, chosen.cost.cents > 0) == (True, True)
    assert goodwill_of(day.case, "USD", day.library) == {}


def test_who_approves_speaks_to_the_customer_as_who_grants():
    assert Approved in SPEAKS
