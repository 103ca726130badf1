"""One deployment, many brands: what happens to a brand is judged by its own book."""

import pytest

from makegood.core.decide import Asker, decide
from makegood.core.fold import Step
from makegood.core.state import EMPTY, State
from makegood.messages.commands import Fulfil, SendMessage
from makegood.messages.facts import (
    Body,
    Fact,
    FailureRaised,
    Granted,
    Judged,
    Requested,
    Settled,
    Touchpoint,
)
from makegood.messages.ids import EventId, RepId
from makegood.messages.money import Money
from makegood.playbooks.binding import bind
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from makegood.replay.trial import on_trial, tried
from makegood.testing.history import NOON_MS, event, folded
from tests.unit.playbooks.small_book import SMALL

HOUR_MS = 3_600_000
UMBRELLA = SMALL.replace("name: small\n", "name: house\nmay_change: [late_minutes]\n").replace(
    "brands:\n",
    "brands:\n  - {id: bolt, name: Bolt, sender: care@bolt.example.com,"
    " offers_sender: news@bolt.example.com, book: bolt}\n",
)
BOLT = """\
makegood: 1
name: bolt
builds_on: house
parameters: {late_minutes: 5}
authority: {rep: {cents: 100}}
remedies:
  - {id: flowers, kind: gift, title: {en: Flowers}, cost: {cents: 300}, provider: florist}
silence:
  - {id: promise_broken, replaces: true, after: Promise Made, unless: Promise Kept, within: 1h,
     about: event.order, title: Bolt forgot}
plans:
  - for: [parcel_late, promise_broken]
    replaces: true
    hold: {scope: umbrella, cool_off: 1d}
    apology: sorry_bolt
    offers: {least: [flowers]}
    call_within: 2h
    useful_within: 24h
    on_double_deviation: {call_within: 5m}
    made_whole: {asked: thumbs, ask_after: 1d, ask_again: 3d}
messages:
  - {id: sorry_bolt, class: service, texts: {en: {subject: Sorry, text: "Bolt is sorry: $link"}}}
requests:
  - id: redeliver
    replaces: true
    title: {en: Bring it again}
    looks_at: {tries: request.tries}
    rows: [{id: never, answer: deny, says: {en: Bolt never does.}}]
"""
BOOK = load_book(bind(UMBRELLA, {}, {"bolt.yaml": BOLT}.get), name="house.yaml")
LIBRARY = Library(active=BOOK.hash, books={BOOK.hash: BOOK})
REP = Asker(rep=RepId("kathy"), role="rep")


def told(body: Body, *, at_ms: int = NOON_MS):
    return event(body, at_ms=at_ms, book=BOOK.hash)


def late(brand: str, minutes: int | None = 7, **more: Fact):
    facts = {"order": "O1", "price_cents": 1000, "brand": brand, **more}
    if minutes is not None:
        facts["minutes"] = minutes
    return told(Touchpoint(name="Parcel Late", properties=facts))


def after(*bodies, now_ms: int = 0) -> Step:
    return folded(bodies, LIBRARY, now_ms=now_ms)


def said(step: Step) -> list[str]:
    return [one.order.message for one in step.commands if isinstance(one.order, SendMessage)]


def given(step: Step) -> list[str]:
    return [one.order.remedy for one in step.commands if isinstance(one.order, Fulfil)]


def test_a_failure_of_a_brand_is_judged_and_made_good_by_its_own_book():
    assert after(late("acme")).state == after(late("")).state == EMPTY
    step = after(late("bolt"))
    (failure,) = step.state.cases[0].failures
    assert (failure.rule, failure.brand, failure.book) == (
        "parcel_late", "bolt", BOOK.for_brand("bolt").hash,
    )  # fmt: skip
    assert (said(step), given(step)) == (["sorry_bolt"], ["flowers"])
    others = after(late("acme", 70))
    assert (said(others)[:1], given(others)) == (["sorry"], ["refund"])


def test_an_event_that_names_no_brand_goes_to_the_brand_that_the_umbrellas_rule_says():
    rule = "    on: Parcel Late\n    brand: bolt\n"
    text = UMBRELLA.replace("    on: Parcel Late\n", rule)
    book = load_book(bind(text, {}, {"bolt.yaml": BOLT}.get), name="house.yaml")
    library = Library(active=book.hash, books={book.hash: book})
    body = Touchpoint(name="Parcel Late", properties={"order": "O", "minutes": 20})
    step = folded([event(body, at_ms=NOON_MS, book=book.hash)], library)
    assert said(step) == ["sorry_bolt"]


def test_a_promise_of_a_brand_is_overdue_by_its_own_clock():
    made = [
        told(Touchpoint(name="Promise Made", properties={"order": "O1", "brand": brand}))
        for brand in ("acme", "bolt")
    ]
    ninety = NOON_MS + 90 * 60_000
    assert after(made[0], now_ms=ninety).state.cases == ()
    assert said(after(made[1], now_ms=ninety)) == ["sorry_bolt"]
    kept = told(
        Touchpoint(name="Promise Kept", properties={"order": "O1", "brand": "bolt"}),
        at_ms=NOON_MS + 60_000,
    )
    assert after(made[1], kept, now_ms=ninety).state.cases == ()


def test_what_is_raised_or_judged_by_hand_takes_the_book_of_its_brand():
    raised = after(told(FailureRaised(failure="parcel_late", about="O1", brand="bolt")))
    assert said(raised) == ["sorry_bolt"]
    unclear = after(late("bolt", None))
    question = unclear.state.cases[0].unclear[0].event
    body = Judged(question=question, failure="parcel_late", by=RepId("kathy"))
    judged = folded(
        [told(body, at_ms=NOON_MS + 1)], LIBRARY, state=unclear.state, now_ms=NOON_MS + 1
    )
    assert said(judged) == ["sorry_bolt"]


@pytest.mark.parametrize(
    ("brand", "minutes", "code"), [("acme", 70, ""), ("bolt", 7, "over_authority")]
)
def test_who_may_give_how_much_is_the_brands_to_say(brand, minutes, code):
    state = after(late(brand, minutes)).state
    wanted = Granted(case=state.cases[0].id, remedy="new_parcel", cost=Money(900), by=RepId(""))
    decision = decide(state, wanted, REP, NOON_MS, LIBRARY)
    assert (decision.refused.code if decision.refused else "") == code


def test_a_request_is_answered_by_the_table_of_the_brand_that_is_asked():
    def asked(brand: str) -> Requested:
        wanted = Requested(request="redeliver", facts={"tries": 1, "weight_kg": 1.5}, brand=brand)
        found = decide(EMPTY, wanted, REP, NOON_MS, LIBRARY).body
        assert isinstance(found, Requested)
        return found

    assert [(one.answer, one.row) for one in (asked("acme"), asked("bolt"))] == [
        ("allow", "free"), ("deny", "never"),
    ]  # fmt: skip


def test_an_appeal_is_settled_within_the_limit_of_the_brand():
    person = Requested(request="redeliver", brand="bolt", answer="person", within_ms=HOUR_MS)
    state = after(told(person)).state
    asked = EventId(state.requests[0].event)
    wanted = Settled(asked=asked, answer="allow", remedy="flowers")
    decision = decide(state, wanted, REP, NOON_MS, LIBRARY)
    assert decision.refused is not None
    assert decision.refused.code == "over_authority"


def test_a_book_on_trial_brings_the_books_of_its_brands():
    trial = tried([late("bolt")], on_trial(BOOK), end_ms=NOON_MS)
    assert [one.book for case in trial.state.cases for one in case.failures] == [
        BOOK.for_brand("bolt").hash
    ]


def test_without_books_of_brands_the_stamp_is_what_judges():
    alone = load_book(SMALL, name="small")
    library = Library(active=alone.hash, books={alone.hash: alone})
    body = Touchpoint(name="Parcel Late", properties={"order": "O", "minutes": 20, "brand": "x"})
    state: State = folded([event(body, at_ms=NOON_MS, book=alone.hash)], library).state
    assert [one.book for case in state.cases for one in case.failures] == [alone.hash]
