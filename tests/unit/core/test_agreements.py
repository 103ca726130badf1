"""What was agreed is honoured: in tables, in conditions, and when a guarantee is broken."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.agreements import Here, agreed_facts, that_hold, written_out
from makegood.core.decide import Asker, decide
from makegood.core.state import State
from makegood.core.waived import Waiver
from makegood.messages.agreements import (
    Agreement,
    GuaranteeTerms,
    Parties,
    RateTerms,
    Terms,
    WaiverTerms,
)
from makegood.messages.commands import Fulfil, SendMessage
from makegood.messages.facts import FailureRaised, Requested
from makegood.messages.ids import AccountId, AgreementId, EventId, ProfileId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from makegood.testing.book import DAY_MS, SMALL_BOOK
from makegood.testing.history import ANA, NOON_MS
from tests.unit.core.day import Day
from tests.unit.playbooks.small_book import SMALL

TABLE = """\
waivers:
  change_fee: {en: The change fee}
"""
ROWS = """\
  - id: move
    title: {en: Another day}
    takes: {days: int, place: string}
    looks_at:
      waived: customer.waived.change_fee
      off: customer.agreed.off_per_mille
    rows:
      - {id: let_off, when: {waived: true}, answer: allow, charges: 0}
      - id: by_rate
        when: {off: "> 0"}
        answer: allow
        charges: 500 - customer.agreed.off_per_mille
      - {id: paid, answer: allow, charges: 500}
"""
RULE = """\
  - id: turned_away
    on: Turned Away
    title: There was no parcel van left
    about: event.order
    when: has(customer.agreed.guarantees.last_van)
    loses: service
    severity: 3
    cause: firm
silence:
"""
WRITTEN = (
    SMALL.replace("requests:\n", TABLE + "requests:\n" + ROWS)
    .replace("silence:\n", RULE, 1)
    .replace(
        "  Promise Made: {order",
        "  Turned Away: {order: string, brand: string}\n  Promise Made: {order",
    )
    .replace("for: [parcel_late,", "for: [parcel_late, turned_away,")
)
BOOK = replace(load_book(WRITTEN, name="small.yaml"), hash=SMALL_BOOK)
LIBRARY = Library(active=BOOK.hash, books={BOOK.hash: BOOK})
PAYER, BOOKER = ProfileId("p" + "7" * 32), ProfileId("p" + "8" * 32)


def agreed(name: str, terms: Terms, **more: Any) -> Agreement:
    return Agreement(id=AgreementId(name), account=AccountId("meridian"), terms=terms, **more)


NO_FEE = agreed("W-1", WaiverTerms(waives="change_fee"))
RATE = agreed("R-1", RateTerms(off_per_mille=150))
LAST_VAN = agreed(
    "G-1",
    GuaranteeTerms(
        promises="last_van", broken_by=("turned_away",), owes="refund", amount=Money(9_000)
    ),
)


def asks(*agreements: Agreement, state: State | None = None, **more: Any) -> Requested:
    wanted = Requested(request="move", facts={"days": 3}, **more)
    known = state or State()
    body = decide(known, wanted, Asker(), NOON_MS, LIBRARY, agreements).body
    assert isinstance(body, Requested)
    return body


def owed(day: Day) -> list[tuple[str, int, ProfileId]]:
    return [
        (command.order.basis, command.order.amount.cents, command.order.payee)
        for command in day.commands
        if isinstance(command.order, Fulfil) and command.order.owed
    ]


def written_to(day: Day) -> list[ProfileId]:
    return [one.to for one in day.commands if isinstance(one.order, SendMessage)]


def turned_away(*agreements: Agreement, **more: Any) -> Day:
    day = Day(LIBRARY)
    day.agreements = agreements
    day.happens("Turned Away", order="7", brand="acme", **more)
    return day


def test_a_waiver_that_was_agreed_is_granted_and_named():
    answer = asks(NO_FEE)
    assert (answer.row, answer.charge) == ("let_off", Money(0))
    assert answer.agreed == (("W-1", "umbrella"),)
    assert answer.used == ()


def test_without_an_agreement_everybody_pays_and_nothing_is_named():
    answer = asks()
    assert (answer.row, answer.charge, answer.agreed) == ("paid", Money(500), ())


def test_an_agreement_that_ended_yesterday_waives_nothing():
    assert asks(replace(NO_FEE, until_ms=NOON_MS - DAY_MS)).row == "paid"
    assert asks(replace(NO_FEE, until_ms=NOON_MS + 1)).row == "let_off"
    assert asks(replace(NO_FEE, from_ms=NOON_MS + 1)).row == "paid"


def test_what_a_house_agreed_is_honoured_in_every_other_unless_it_says_not():
    there = replace(NO_FEE, brand="other")
    assert asks(there, brand="acme").agreed == (("W-1", "honoured"),)
    assert asks(replace(there, elsewhere=False), brand="acme").row == "paid"
    only = replace(there, elsewhere=False, also_at=("brand:acme",))
    assert asks(only, brand="acme").agreed == (("W-1", "also_here"),)
    assert asks(replace(NO_FEE, not_at=("brand:acme",)), brand="acme").row == "paid"


def test_a_place_may_be_left_out_by_name():
    here = replace(NO_FEE, not_at=("place:rome",))
    wanted = Requested(request="move", facts={"days": 3, "place": "rome"})
    body = decide(State(), wanted, Asker(), NOON_MS, LIBRARY, (here,)).body
    assert isinstance(body, Requested)
    assert body.row == "paid"


def test_an_agreement_spares_the_waiver_that_was_given_for_once():
    once = Waiver(what="change_fee", event=EventId("e"), at_ms=0, once=True)
    assert asks(state=State(waivers=(once,))).used == ("change_fee",)
    assert asks(NO_FEE, state=State(waivers=(once,))).used == ()


def test_of_two_that_would_each_do_the_nearest_is_named():
    near = replace(NO_FEE, id=AgreementId("W-2"), brand="acme")
    assert asks(NO_FEE, near, brand="acme").agreed == (("W-2", "agreed_here"),)


def test_a_table_may_reckon_with_a_rate():
    answer = asks(RATE)
    assert (answer.row, answer.charge) == ("by_rate", Money(350))
    assert answer.agreed == (("R-1", "umbrella"),)


def test_what_is_no_failure_for_others_is_one_for_whom_it_was_guaranteed():
    assert turned_away().state.cases == ()
    day = turned_away(LAST_VAN)
    (failure,) = day.case.failures
    assert failure.rule == "turned_away"
    assert failure.agreements == (LAST_VAN,)
    assert owed(day) == [("agreement:G-1", 9_000, "")]
    assert failure.owed[0].basis == "contract"
    assert failure.owed[0].source == "Agreement G-1"


def test_a_guarantee_that_ended_before_it_happened_is_not_broken():
    assert turned_away(replace(LAST_VAN, until_ms=NOON_MS)).state.cases == ()


def test_of_two_guarantees_of_the_same_the_better_is_owed_once():
    terms = replace(LAST_VAN.terms, amount=Money(12_000))
    more = agreed("G-2", terms)
    assert owed(turned_away(LAST_VAN, more)) == [("agreement:G-2", 12_000, "")]


def test_a_share_of_a_price_that_nobody_told_is_put_before_a_person():
    terms = GuaranteeTerms(
        promises="last_van", broken_by=("turned_away",), owes="refund", price_per_mille=500
    )
    day = turned_away(agreed("G-3", terms))
    assert owed(day) == []
    assert day.case.missing == (("7", "failure.price_cents"),)


def test_a_remedy_that_the_book_no_longer_has_stops_nobody():
    terms = replace(LAST_VAN.terms, owes="gone")
    day = turned_away(agreed("G-4", terms))
    assert owed(day) == []
    assert "gone" in day.case.missing[0][1]


def test_a_broken_guarantee_that_is_told_twice_is_paid_once():
    day = turned_away(LAST_VAN)
    day.happens("Turned Away", order="7", brand="acme")
    assert len(owed(day)) == 1


def test_a_guarantee_is_broken_by_what_somebody_raises_too():
    day = Day(LIBRARY)
    day.agreements = (LAST_VAN,)
    day.told(FailureRaised(failure="turned_away", about="7", brand="acme"))
    assert owed(day) == [("agreement:G-1", 9_000, "")]


def test_who_paid_gets_back_what_is_owed_and_who_is_told_is_written_to():
    day = Day(LIBRARY)
    day.agreements = (LAST_VAN,)
    day.parties = Parties(account=AccountId("meridian"), pays=PAYER, told=(BOOKER,))
    day.happens("Turned Away", order="7", brand="acme")
    assert owed(day) == [("agreement:G-1", 9_000, PAYER)]
    assert set(written_to(day)) == {BOOKER}


def test_both_are_told_by_two_commands_and_the_customers_own_keeps_its_id():
    alone = turned_away(LAST_VAN)
    day = Day(LIBRARY)
    day.agreements = (LAST_VAN,)
    day.parties = Parties(account=AccountId("meridian"), told=(ANA, BOOKER))
    day.happens("Turned Away", order="7", brand="acme")
    sent = [one for one in day.commands if isinstance(one.order, SendMessage)]
    assert [one.to for one in sent[:2]] == ["", BOOKER]
    assert len({one.id for one in sent}) == len(sent)
    before = [one.id for one in alone.commands if isinstance(one.order, SendMessage)]
    assert set(before) <= {one.id for one in sent}


NAMES = st.dictionaries(st.sampled_from(("a", "b")), st.just(True), max_size=2)


@given(
    st.dictionaries(st.sampled_from(("CORP", "GOV")), st.integers(0, 999), max_size=2),
    NAMES,
    NAMES,
)
def test_what_an_example_writes_out_is_what_conditions_read(rates, waives, guarantees):
    said = {
        "rates": rates,
        "off_per_mille": max(rates.values(), default=0),
        "prices": {},
        "waives": waives,
        "guarantees": guarantees,
    }
    assert agreed_facts(that_hold(written_out(said), Here(at_ms=0))) == said
    assert written_out("nonsense") == ()
