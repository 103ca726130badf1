"""What every engine keeps of accounts, their parties and agreements."""

from msgspec.structs import replace

from makegood.core.agreements import is_seen_by
from makegood.messages.agreements import Agreement, RateTerms, WaiverTerms
from makegood.messages.ids import AccountId, AgreementId, ProfileId, RepId
from makegood.ports.accounts import Account, Client, Party, Role, Standing
from makegood.ports.store import Store
from makegood.ports.ties import TieKind
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import append, case, identified, known, profile
from makegood.testing.store_tie_conformance import tie

MERIDIAN = AccountId("meridian")
FARAWAY = AccountId("faraway")


def account(id_: str = "meridian", **changes: object) -> Account:
    """Give a company."""
    return replace(Account(id=AccountId(id_), kind="company", name="Meridian Tools"), **changes)


def party(
    name: str, role: Role = "guest", account: AccountId = MERIDIAN, from_ms: int = 0
) -> Party:
    """Give somebody a role."""
    return Party(account=account, profile=profile(name), role=role, from_ms=from_ms)


def agreement(name: str, account: AccountId = MERIDIAN, **changes: object) -> Agreement:
    """Give a rate of the umbrella."""
    row = Agreement(id=AgreementId(name), account=account, terms=RateTerms(off_per_mille=150))
    return replace(row, **changes)


def _keep(store: Store, *rows: Account | Party | Agreement) -> None:
    with store.writing() as writing:
        writing.put_accounts([one for one in rows if isinstance(one, Account)])
        writing.put_parties([one for one in rows if isinstance(one, Party)])
        writing.put_agreements([one for one in rows if isinstance(one, Agreement)])


def _standing(store: Store, *names: str) -> Standing:
    with store.reading() as reading:
        return reading.standing_of([profile(name) for name in names])


def _roles(store: Store, name: str) -> tuple[Party, ...]:
    return _standing(store, name).roles.get(profile(name), ())


class AccountConformance(Conformance):
    """Accounts, who belongs to them, and what they agreed."""

    def test_a_standing_tells_roles_accounts_agreements_and_who_pays(self) -> None:
        """One question tells all that a stamp needs."""
        store = self.make_store()
        agency = account("faraway", kind="agency", clients=(Client(account=MERIDIAN),))
        pays, told = party("till", "pays"), party("desk", "told")
        rate, fee = agreement("A-1"), agreement("A-2", terms=WaiverTerms(waives="late_fee"))
        guest, asks = party("ana"), party("bob", "asks", FARAWAY)
        _keep(store, account(), agency, pays, told, rate, fee, guest, asks)
        assert _standing(store, "ana", "bob", "nobody") == Standing(
            roles={profile("ana"): (guest,), profile("bob"): (asks,)},
            accounts={MERIDIAN: account(), FARAWAY: agency},
            agreements={MERIDIAN: (rate, fee)},
            others={MERIDIAN: (told, pays)},
        )
        assert _standing(store) == Standing()
        with store.reading() as reading:
            named = reading.standing_of([], [FARAWAY, AccountId("unknown")])
        assert named == Standing(accounts={FARAWAY: agency})
        assert _standing(store, "nobody") == Standing()

    def test_a_role_follows_whoever_is_the_same_customer_and_leaves_with_them(self) -> None:
        """Roles are of profiles: a link shares them, and its undoing takes them back."""
        store = self.make_store()
        known(store, "ana", "browser")
        _keep(store, account(), party("ana"))
        assert _roles(store, "browser") == ()
        with store.writing() as writing:
            writing.link(profile("ana"), profile("browser"))
        assert _roles(store, "browser") == (party("ana"),)
        with store.writing() as writing:
            writing.unlink(profile("ana"), profile("browser"))
        assert _roles(store, "browser") == ()
        assert _roles(store, "ana") == (party("ana"),)

    def test_an_address_gives_a_role_only_while_it_is_of_one_customer(self) -> None:
        """An address that a family shares makes nobody of them a guest of the firm."""
        store = self.make_store()
        append(store, identified("1", "ana", "mail"))
        _keep(store, account(), party("mail"))
        assert _roles(store, "ana") == (party("mail"),)
        append(store, identified("2", "ben", "mail"))
        assert _roles(store, "ana") == _roles(store, "ben") == ()
        with store.writing() as writing:
            writing.link(profile("ana"), profile("ben"))
        assert _roles(store, "ana") == _roles(store, "ben") == (party("mail"),)

    def test_somebody_may_come_back_to_a_role(self) -> None:
        """The same role from another instant is another row; from the same, it is replaced."""
        store = self.make_store()
        first = replace(party("ana"), until_ms=50)
        again = party("ana", from_ms=90)
        _keep(store, account(), party("ana"), first, again)
        assert _roles(store, "ana") == (first, again)

    def test_what_is_at_hand_says_who_has_open_cases_and_whether_there_are_accounts(self) -> None:
        """An ordinary batch asks this and nothing more."""
        store = self.make_store()
        with store.writing() as writing:
            assert not writing.at_hand().has_accounts
            known_case = case("1")
            writing.project([known_case.customer], [known_case], [], {})
        _keep(store, account(), party("ana"))
        with store.reading() as reading:
            assert reading.at_hand().has_accounts
            assert reading.at_hand().open_cases == reading.open_cases_by_owner() == {"kathy": 1}
            assert reading.at_hand().talks == {}
        nobodys = [tie("ana", RepId(""), TieKind.TALK), tie("ben", kind=TieKind.WAITING)]
        with store.writing() as writing:
            several = [*nobodys, tie("cat", kind=TieKind.TALK), tie("dora", kind=TieKind.TALK)]
            writing.project_ties([one.customer for one in several], several)
        with store.reading() as reading:
            assert reading.at_hand().talks == {tie("cat").rep: 2}

    def test_what_is_at_hand_says_who_owns_the_open_case_of_some_profiles(self) -> None:
        """Of a closed case, of nobody's and of whom was not asked about, nothing is said."""
        store = self.make_store()
        known(store, "ana", "ben", "cat", "dora")
        rows = [
            replace(case(f"k{name}", name), owner=RepId(owner), is_open=is_open, opened_ms=7)
            for name, owner, is_open in (
                ("ana", "kathy:b", True), ("ben", "tom", False), ("cat", "", True),
                ("dora", "tom", True),
            )
        ]  # fmt: skip
        with store.writing() as writing:
            writing.project([one.customer for one in rows], rows, [], {})
        with store.reading() as reading:
            asked = [profile(name) for name in ("ana", "ben", "cat")]
            assert reading.at_hand(asked).kept == {profile("ana"): (RepId("kathy:b"), 7)}
            assert reading.at_hand().kept == {}

    def test_accounts_are_found_by_the_beginning_of_a_word_and_pages_meet(self) -> None:
        """A renamed account is no longer found by its old name."""
        store = self.make_store()
        rows = [account(f"a{n}", name=f"Firm {n}") for n in range(4)]
        _keep(store, *rows, account("b", name="Meridian Tools"))
        _keep(store, account("b", name="Nordic Tools"))
        with store.reading() as reading:
            assert reading.accounts(begins="nord") == (account("b", name="Nordic Tools"),)
            assert reading.accounts(begins="MERI") == ()
            first = reading.accounts(begins="firm", limit=3)
            assert (*first, *reading.accounts(begins="firm", after=first[-1].id)) == tuple(rows)
            assert reading.account(AccountId("a1")) == rows[1]
            assert reading.account(AccountId("zz")) is None

    def test_parties_page_by_their_key(self) -> None:
        """An agency has hundreds of bookers."""
        store = self.make_store()
        rows = [party(f"p{n}", role) for n in range(3) for role in ("asks", "guest")]
        _keep(store, account(), *rows, party("other", account=FARAWAY))
        with store.reading() as reading:
            first = reading.parties(MERIDIAN, limit=3)
            assert (*first, *reading.parties(MERIDIAN, after=first[-1].key)) == tuple(rows)

    def test_agreements_page_and_a_brand_sees_its_own_and_the_umbrellas(self) -> None:
        """What another brand agreed for itself is not listed."""
        store = self.make_store()
        rows = [
            agreement("A-1"),
            agreement("A-2", brand="inn"),
            agreement("A-3", brand="grand", elsewhere=False),
            agreement("A-4", brand="grand"),
            agreement("A-5", brand="grand", not_at=("brand:inn",)),
            agreement("A-6", brand="grand", elsewhere=False, also_at=("brand:inn",)),
            agreement(
                "A-7",
                brand="grand",
                elsewhere=False,
                not_at=("brand:inn",),
                also_at=("brand:inn",),
            ),
        ]
        _keep(store, *rows, agreement("B-1", FARAWAY))
        with store.reading() as reading:
            for brands in (["inn"], ["inn", "lodge"], ["lodge"], ["grand"], []):
                seen = [one for one in rows if not brands or is_seen_by(one, brands)]
                assert reading.agreements(brands=brands, account=MERIDIAN) == tuple(seen)
            assert len(reading.agreements()) == 8
            assert reading.agreements(after=AgreementId("A-2"), limit=1) == (rows[2],)
            assert reading.agreement(AgreementId("A-3")) == rows[2]
            assert reading.agreement(AgreementId("Z")) is None

    def test_the_roles_of_who_is_forgotten_go_and_no_others(self) -> None:
        """An erasure names the profiles."""
        store = self.make_store()
        _keep(store, account(), party("ana"), party("ana", "asks"), party("ben"))
        with store.writing() as writing:
            nobody: list[ProfileId] = []
            assert writing.drop_parties(nobody) == 0
            assert writing.drop_parties([profile("ana"), profile("ana")]) == 2
        assert _roles(store, "ana") == ()
        assert _roles(store, "ben") == (party("ben"),)
