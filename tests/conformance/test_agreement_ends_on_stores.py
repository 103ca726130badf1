"""An agreement that ends soon is said by the customer's person, as long as it is so."""

import pytest
from msgspec.structs import replace

from makegood.messages.agreements import Agreement, RateTerms
from makegood.messages.ids import AccountId, AgreementId, CustomerId
from makegood.playbooks.in_touch_terms import TrueThing
from makegood.ports.accounts import Account, Party
from makegood.ports.store import Store
from makegood.ports.ties import TieKind
from makegood.testing.book import DAY_MS, MINUTE_MS
from tests.conformance.test_leaving_on_stores import Leaves, allow, rules
from tests.conformance.test_rooms_on_stores import KATHY

ENDS = TrueThing(id="rate_ends", of="agreement", says="$about ends $ends.", before_ms=30 * DAY_MS)
FIRM, A1 = AccountId("firm"), AgreementId("A-1")


class Agreed(Leaves):
    """A firm whose reps say when an agreement ends."""

    def __init__(self, store: Store) -> None:
        hello = replace(rules().hello, things=(ENDS,), by_event={})
        super().__init__(store, rules(hello=hello))
        with store.writing() as writing:
            writing.put_accounts([Account(id=FIRM, name="Firm", kind="company")])

    def agrees(self, until_ms: int) -> None:
        one = Agreement(id=A1, account=FIRM, terms=RateTerms(off_per_mille=100), until_ms=until_ms)
        with self.store.writing() as writing:
            writing.put_agreements([one])

    def guest(self, name: str, until_ms: int = 0) -> None:
        profile = self.intake.profile(f"user:{name}")
        with self.store.writing() as writing:
            writing.put_parties(
                [Party(account=FIRM, profile=profile, role="guest", until_ms=until_ms)]
            )

    def customer(self, name: str, *, yes: bool = True) -> CustomerId:
        one = self.arrives(name)
        self.chooses(one, KATHY)
        if yes:
            allow(self, one)
        return one

    def rounds(self) -> int:
        """Look for ends, wait a little, and make due what may be said."""
        self.hellos.give()
        self.waits(7 * 60 * MINUTE_MS)
        return self.hellos.give()


@pytest.fixture
def firm(store: Store) -> Agreed:
    return Agreed(store)


def test_the_end_of_an_agreement_is_said_once_to_those_who_have_it_and_said_yes(firm: Agreed):
    ana, _, _ = firm.customer("ana"), firm.customer("bo", yes=False), firm.customer("dan")
    firm.guest("ana")
    firm.guest("bo")
    ends_ms = firm.clock.now_ms() + 20 * DAY_MS
    firm.agrees(ends_ms)
    assert firm.rounds() == 1
    (tie,) = firm.ties(TieKind.HELLO)
    assert (tie.customer, tie.about, tie.ends_ms) == (ana, A1, ends_ms)
    assert firm.rounds() == 0
    assert len(firm.state(ana).in_touch.things) == 1


def test_an_end_that_is_far_away_is_not_said_yet(firm: Agreed):
    firm.customer("ana")
    firm.guest("ana")
    firm.agrees(firm.clock.now_ms() + 40 * DAY_MS)
    assert firm.rounds() == 0
    firm.waits(11 * DAY_MS)
    assert firm.rounds() == 1


@pytest.mark.parametrize("how", ["prolonged", "for ever", "left the account"])
def test_what_is_so_no_longer_is_not_said(firm: Agreed, how: str):
    ana = firm.customer("ana")
    firm.guest("ana")
    ends_ms = firm.clock.now_ms() + 20 * DAY_MS
    firm.agrees(ends_ms)
    firm.hellos.give()
    firm.waits(MINUTE_MS)
    if how == "left the account":
        firm.guest("ana", until_ms=firm.clock.now_ms())
    else:
        firm.agrees(0 if how == "for ever" else ends_ms + 300 * DAY_MS)
    assert firm.hellos.give() == 0
    assert not firm.ties(TieKind.HELLO)
    assert not firm.ties(TieKind.READY)
    assert firm.state(ana).in_touch.ready == ()


def test_an_end_that_was_brought_forward_is_said_as_it_is(firm: Agreed):
    firm.customer("ana")
    firm.guest("ana")
    firm.agrees(firm.clock.now_ms() + 25 * DAY_MS)
    firm.hellos.give()
    firm.waits(MINUTE_MS)
    sooner_ms = firm.clock.now_ms() + 9 * DAY_MS
    firm.agrees(sooner_ms)
    firm.hellos.give()
    assert firm.rounds() == 1
    (tie,) = firm.ties(TieKind.HELLO)
    assert tie.ends_ms == sooner_ms
