"""What accounts mean to an event is looked up as it is stored, and stamped by when it happened."""

import pytest
from msgspec.structs import replace

from makegood.core.fold import FOLD_VERSION
from makegood.core.state import decode_state
from makegood.messages.agreements import Agreement, Parties, RateTerms, WaiverTerms
from makegood.messages.events import Stamp
from makegood.messages.facts import (
    Body,
    Carried,
    FailureRaised,
    Identified,
    Touchpoint,
    Unlinked,
)
from makegood.messages.ids import AccountId, AgreementId, CommandId, CustomerId, ProfileId, RepId
from makegood.ports.accounts import Account, Client, Party, Role
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import PersonRow
from makegood.runtime.erasing import Erasing
from makegood.runtime.intake import Intake
from makegood.store.memory import MemoryStore
from makegood.testing.book import DAY_MS, small_library
from makegood.testing.clock import FakeClock

MERIDIAN, FARAWAY = AccountId("meridian"), AccountId("faraway")
LOST = {"reason": "overbooked", "reservation": "R1", "price_cents": 21_000}


class Firm:
    """A firm with two accounts."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = FakeClock()
        self.intake = Intake(self.store, small_library, self.clock, b"key")
        self.count = 0

    def who(self, name: str) -> ProfileId:
        return self.intake.profile(name)

    def keep(self, *rows: Account | Party | Agreement) -> None:
        with self.store.writing() as writing:
            writing.put_accounts([one for one in rows if isinstance(one, Account)])
            writing.put_parties([one for one in rows if isinstance(one, Party)])
            writing.put_agreements([one for one in rows if isinstance(one, Agreement)])

    def party(self, name: str, role: Role = "guest", account: AccountId = MERIDIAN) -> Party:
        return Party(account=account, profile=self.who(name), role=role)

    def takes(
        self, body: Body, who: str = "user:ana", *, ago_ms: int = 0, **more: object
    ) -> Stamp:
        self.count += 1
        arrival = Arrival(
            source="rental",
            message_id=f"e{self.count}",
            identifier=who,
            time_ms=self.clock.now_ms() - ago_ms,
            body=body,
            body_digest=f"{self.count}".encode().ljust(16, b"."),
            **more,
        )
        self.intake.take([arrival])
        with self.store.reading() as reading:
            (_, event), *_ = reading.log(self.count - 1, 1)
        return event.stamp

    def loses(self, who: str = "user:ana", *, ago_ms: int = 0, **more: object) -> Stamp:
        lost = Touchpoint(name="Rental Unfulfilled", properties={**LOST, **more})
        return self.takes(lost, who, ago_ms=ago_ms)

    def ids(self, stamp: Stamp) -> list[str]:
        return [one.id for one in stamp.agreements]


RATE = Agreement(id=AgreementId("A-1"), account=MERIDIAN, terms=RateTerms(off_per_mille=100))
FEE = Agreement(id=AgreementId("F-1"), account=FARAWAY, terms=WaiverTerms(waives="change_fee"))


@pytest.fixture
def firm() -> Firm:
    firm = Firm()
    firm.keep(
        Account(id=MERIDIAN, kind="company", name="Meridian Tools"),
        Account(id=FARAWAY, kind="agency", name="Faraway", clients=(Client(account=MERIDIAN),)),
        firm.party("user:ana"),
        firm.party("user:till", "pays"),
        firm.party("user:bo", "asks", FARAWAY),
        RATE,
        FEE,
    )
    return firm


def test_what_a_guests_account_agreed_is_stamped_and_others_have_nothing(firm: Firm):
    assert firm.ids(firm.loses()) == ["A-1"]
    assert firm.loses("user:ben").agreements == ()


def test_an_event_that_can_open_no_case_carries_nothing(firm: Firm):
    page = Touchpoint(name="Page Viewed", properties={})
    assert firm.takes(page).agreements == ()
    assert firm.takes(Identified(traits={"tier": "gold"})).agreements == ()
    assert firm.takes(Carried(command=CommandId("m1"))).agreements == ()


def test_a_late_event_is_judged_by_what_was_agreed_when_it_happened(firm: Firm):
    now_ms = firm.clock.now_ms()
    old = replace(RATE, id=AgreementId("OLD"), until_ms=now_ms - 20 * DAY_MS)
    firm.keep(old, replace(RATE, from_ms=now_ms - 20 * DAY_MS))
    assert firm.ids(firm.loses()) == ["A-1"]
    assert firm.ids(firm.loses(ago_ms=30 * DAY_MS)) == ["OLD"]
    assert firm.ids(firm.loses(ago_ms=20 * DAY_MS)) == ["A-1"]


def test_who_had_left_the_account_by_then_has_nothing_of_it(firm: Firm):
    ana = replace(firm.party("user:ana"), until_ms=firm.clock.now_ms() - DAY_MS)
    firm.keep(ana)
    assert firm.loses().agreements == ()
    assert firm.ids(firm.loses(ago_ms=2 * DAY_MS)) == ["A-1"]


def test_who_merely_belongs_to_an_account_is_written_to_and_paid_alone(firm: Firm):
    assert firm.loses().parties is None


def test_an_event_that_names_the_account_says_who_pays(firm: Firm):
    stamp = firm.loses("user:zoe", account="meridian")
    assert stamp.parties == Parties(account=MERIDIAN, pays=firm.who("user:till"))
    assert firm.ids(stamp) == ["A-1"]
    assert firm.loses("user:zoe", account="nobody").parties is None


def test_a_failure_raised_by_an_agencys_booker_names_all_three(firm: Firm):
    bo = firm.who("user:bo")
    stamp = firm.takes(FailureRaised(failure="other", asker=bo))
    assert stamp.parties == Parties(account=MERIDIAN, asks=bo, pays=firm.who("user:till"))
    assert sorted(firm.ids(stamp)) == ["A-1", "F-1"]


def test_an_agency_brings_its_own_agreements_only_to_whom_it_acts_for(firm: Firm):
    ended = Client(account=MERIDIAN, until_ms=firm.clock.now_ms() - DAY_MS)
    firm.keep(Account(id=FARAWAY, kind="agency", name="Faraway", clients=(ended,)))
    bo = firm.who("user:bo")
    assert firm.ids(firm.takes(FailureRaised(failure="other", asker=bo))) == ["A-1"]
    stranger = firm.takes(FailureRaised(failure="other", asker=bo), "user:ben")
    assert stranger.agreements == ()
    assert stranger.parties == Parties(asks=bo)


@pytest.mark.parametrize(
    ("tells", "told"), [("guest", ()), ("booker", ("bo",)), ("both", ("ana", "bo"))]
)
def test_the_account_says_whom_the_case_writes_to(firm: Firm, tells, told):
    firm.keep(Account(id=MERIDIAN, kind="company", name="Meridian Tools", tells=tells))
    stamp = firm.takes(FailureRaised(failure="other", asker=firm.who("user:bo")))
    assert stamp.parties is not None
    assert stamp.parties.told == tuple(firm.who(f"user:{one}") for one in told)


def test_what_the_event_says_of_payer_and_told_comes_first(firm: Firm):
    kim = firm.who("user:kim")
    body = FailureRaised(failure="other", asker=firm.who("user:bo"), payer=kim, told=kim)
    parties = firm.takes(body).parties
    assert parties is not None
    assert (parties.pays, parties.told) == (kim, (kim,))


def test_roles_follow_a_link_and_leave_with_its_undoing(firm: Firm):
    firm.loses("user:ana")
    firm.loses("anon:x")
    link = Identified(also=(firm.who("anon:x"),))
    firm.takes(link, also=("anon:x",))
    assert firm.ids(firm.loses("anon:x", reservation="R2")) == ["A-1"]
    unlink = Unlinked(other=firm.who("anon:x"), by=RepId("kathy"))
    firm.takes(unlink)
    assert firm.loses("anon:x", reservation="R3").agreements == ()
    assert firm.ids(firm.loses(reservation="R4")) == ["A-1"]


def state_of(firm: Firm, who: str):
    with firm.store.reading() as reading:
        customer = reading.customers_of([firm.who(who)])[firm.who(who)]
        row = reading.row(CustomerId(customer))
    assert row is not None
    assert not row.stuck
    return decode_state(row.state)


def test_a_refold_after_the_agreement_was_ended_says_what_it_said_before(firm: Firm):
    firm.loses()
    before = state_of(firm, "user:ana")
    assert [one.id for one in before.cases[0].failures[0].agreements] == ["A-1"]
    firm.keep(replace(RATE, until_ms=1))
    with firm.store.reading() as reading:
        customer = reading.customers_of([firm.who("user:ana")])[firm.who("user:ana")]
    firm.takes(Touchpoint(name="Page Viewed"), ago_ms=DAY_MS)  # late: the history is folded anew
    firm.intake.refold([customer])
    assert state_of(firm, "user:ana") == before
    assert FOLD_VERSION == 1


def erasing(firm: Firm) -> Erasing:
    return Erasing(firm.store, firm.intake.profile, lambda: {}, firm.clock)


def test_who_is_erased_leaves_their_roles_and_the_log_as_it_was(firm: Firm):
    firm.loses()
    before = state_of(firm, "user:ana")
    erasing(firm).person("user:ana")
    assert firm.loses(reservation="R9").agreements == ()
    with firm.store.reading() as reading:
        assert firm.who("user:ana") not in {one.profile for one in reading.parties(MERIDIAN)}
    assert state_of(firm, "user:ana").cases[0].failures[0] == before.cases[0].failures[0]


def test_a_booker_who_is_no_customer_can_be_erased(firm: Firm):
    with firm.store.writing() as writing:
        writing.put_persons([PersonRow(profile=firm.who("user:bo"), identifier="user:bo")])
    assert erasing(firm).person("user:bo").rows == 2
    with firm.store.reading() as reading:
        assert reading.parties(FARAWAY) == ()
        assert reading.persons([firm.who("user:bo")]) == {}
