"""What every store does with a week: counted by grouped questions, and its letters kept."""

from msgspec.structs import replace

from makegood.messages.ids import BookHash, CaseId, CommandId, RepId
from makegood.ports.monday import MondayLetter, Sheet, letter_id
from makegood.ports.reckoned import (
    ClosedCount,
    CustomerCount,
    HeldCount,
    LetDown,
    LetDownCount,
    MovedSum,
    OverdueCount,
    Reckoned,
    RequestCount,
    StandingCount,
    Weeks,
)
from makegood.ports.rows import CaseRow, LedgerRow
from makegood.ports.sends import Sends
from makegood.ports.store import Store
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import customer, known, profile

WEEKS: Weeks = (100, 200, 300)


def case_of(name: str, who: str, opened_ms: int, **more: object) -> CaseRow:
    """A case of somebody."""
    row = CaseRow(
        case=CaseId(f"k{name}"), customer=customer(who), opener=profile(who), brand="cars",
        phase="opened", severity=3, double=False, risk=30, opened_ms=opened_ms, due_ms=0,
        waiting_for="", owner=RepId("kathy"), line="late", is_open=True, held=True,
    )  # fmt: skip
    return replace(row, **more)


def let_down(row: CaseRow, at_ms: int, **more: object) -> LetDown:
    """The failure that opened a case."""
    made = LetDown(
        failure=row.case, case=row.case, customer=row.customer, rule="late", brand=row.brand,
        cause="firm", at_ms=at_ms,
    )  # fmt: skip
    return replace(made, **more)


def keep(store: Store, *rows: tuple[CaseRow, LetDown], money: tuple[LedgerRow, ...] = ()) -> None:
    """Project cases with what opened them."""
    with store.writing() as writing:
        writing.project(
            sorted({case.customer for case, _ in rows}),
            [case for case, _ in rows],
            money,
            {one.failure: one.case for _, one in rows},
            [one for _, one in rows],
        )


def reckoned(who: str, item: str, **more: object) -> Reckoned:
    """A promise to somebody."""
    made = Reckoned(
        customer=customer(who), kind="promise", item=item, name="ride", brand="cars", at_ms=210,
        due_ms=220,
    )  # fmt: skip
    return replace(made, **more)


def letter(
    week: str, at_ms: int, brands: tuple[str, ...] = (), name: str = "board"
) -> MondayLetter:
    """A letter as it was sent."""
    sheet = Sheet(
        language="en", subject="s", title="t", week=week, doing=("Look.",), heads=("a", "b"),
        parts=(),
    )  # fmt: skip
    return MondayLetter(
        letter=letter_id(name, week), name=name, week=week, brands=brands, to=("m@x.example",),
        at_ms=at_ms, due_ms=at_ms, book=BookHash("b"), failures=3, sheet=sheet, html="<p>",
        text="t",
    )  # fmt: skip


class MondayConformance(Conformance):
    """Failures, cases, money, promises and letters of a week."""

    def test_failures_are_counted_by_week_kind_and_root_cause_and_customers_once(self) -> None:
        store = self.make_store()
        known(store, "a", "b", "c")
        first = case_of("1", "a", 150)
        second = case_of("2", "a", 210, root="rule:fee", root_kind="policy")
        third = case_of("3", "b", 299, brand="vans")
        outside = case_of("4", "c", 300)
        keep(
            store,
            (first, let_down(first, 150)),
            (second, let_down(second, 210, again=True)),
            (third, let_down(third, 299)),
            (outside, let_down(outside, 300)),
        )
        with store.reading() as reading:
            counts = reading.let_down_in(WEEKS, ())
            vans = reading.let_down_in(WEEKS, ("vans",))
            people = reading.let_down_customers(WEEKS, ())
        fee = LetDownCount(
            week=1, brand="cars", rule="late", cause="firm", root="rule:fee",
            root_kind="policy", failures=1, again=1,
        )  # fmt: skip
        plain = replace(fee, root="", root_kind="", again=0)
        assert counts == (replace(plain, week=0), fee, replace(plain, brand="vans"))
        assert vans == (replace(plain, brand="vans"),)
        assert people == (
            CustomerCount(week=0, brand="cars", customers=1),
            CustomerCount(week=0, brand=None, customers=1),
            CustomerCount(week=1, brand="cars", customers=1),
            CustomerCount(week=1, brand="vans", customers=1),
            CustomerCount(week=1, brand=None, customers=2),
        )

    def test_what_stood_and_was_held_at_an_instant_is_known_afterwards(self) -> None:
        store = self.make_store()
        known(store, "a", "b", "c")
        ended = case_of(
            "1", "a", 150, is_open=False, held=False, phase="made_whole", closed_ms=60_150,
            held_until_ms=60_150,
        )  # fmt: skip
        stands = case_of("2", "b", 210, phase="unclear", owner=RepId(""), brand="vans")
        later = case_of("3", "c", 400_000)
        keep(store, *((one, let_down(one, one.opened_ms)) for one in (ended, stands, later)))
        with store.reading() as reading:
            at_end = reading.standing_at(300, ())
            after = reading.standing_at(70_000, ())
            own = reading.standing_at(300, ("cars",))
            held = reading.held_at(300, ())
            held_after = reading.held_at(70_000, ())
            closed = reading.closed_in((0, 50_000, 70_000), ())
        kathy = StandingCount(
            brand="cars", owner=RepId("kathy"), cases=1, unclear=0, oldest_ms=150
        )
        nobody = StandingCount(brand="vans", owner=RepId(""), cases=1, unclear=1, oldest_ms=210)
        assert at_end == (kathy, nobody)
        assert after == (nobody,)
        assert own == (kathy,)
        whole = HeldCount(brand=None, customers=2)
        assert held == (
            HeldCount(brand="cars", customers=1), HeldCount(brand="vans", customers=1), whole
        )  # fmt: skip
        assert held_after == (HeldCount(brand="vans", customers=1), replace(whole, customers=1))
        assert closed == (
            ClosedCount(week=1, brand="cars", phase="made_whole", minutes=1, cases=1),
        )

    def test_money_is_added_up_by_week_account_and_currency(self) -> None:
        store = self.make_store()
        known(store, "a")
        one = case_of("1", "a", 210)
        line = LedgerRow(
            case=one.case, customer=one.customer, command=CommandId("m1"), account="owed",
            remedy="refund", cents=500, currency="EUR", at_ms=210, brand="cars",
        )  # fmt: skip
        more = replace(line, command=CommandId("m2"), cents=70)
        before = replace(line, command=CommandId("m3"), at_ms=199, account="marketing")
        asked = replace(line, command=CommandId("m4"), case=CaseId(""), cents=9, brand="bikes")
        keep(store, (one, let_down(one, 210)), money=(line, more, before, asked))
        with store.reading() as reading:
            sums = reading.moved_in(WEEKS, ())
            none = reading.moved_in(WEEKS, ("vans",))
            of_no_case = reading.moved_in(WEEKS, ("bikes",))
        owed = MovedSum(week=1, brand="cars", account="owed", currency="EUR", cents=570)
        given = replace(owed, brand="bikes", cents=9)
        assert sums == (replace(owed, week=0, account="marketing", cents=500), given, owed)
        assert none == ()
        assert of_no_case == (given,), "what was given because somebody asked has its brand too"

    def test_what_is_overdue_and_what_was_refused_is_counted_as_of_an_instant(self) -> None:
        store = self.make_store()
        known(store, "a", "b")
        request = reckoned(
            "b", "r", kind="request", name="refund", due_ms=0, ended_ms=230, how="allowed",
            by_rule=True, again=True,
        )  # fmt: skip
        with store.writing() as writing:
            writing.put_reckoned((reckoned("a", "p"), reckoned("a", "q", ended_ms=280), request))
        with store.reading() as reading:
            early, late = reading.overdue_at(270, ()), reading.overdue_at(290, ())
            asked = reading.requests_in(WEEKS, ())
        both = OverdueCount(kind="promise", brand="cars", items=2, oldest_ms=220)
        assert early == (both,)
        assert late == (replace(both, items=1),)
        assert asked == (
            RequestCount(
                week=1, name="refund", how="allowed", by_rule=True, again=True, requests=1
            ),
        )

    def test_what_changed_or_never_was_leaves_nothing_behind(self) -> None:
        store = self.make_store()
        known(store, "a")
        with store.writing() as writing:
            writing.put_reckoned((reckoned("a", "p"), reckoned("a", "q")))
            writing.put_reckoned((reckoned("a", "q", ended_ms=221),))
            writing.drop_reckoned(((customer("a"), "p"),))
        with store.reading() as reading:
            assert reading.overdue_at(290, ()) == ()

    def test_it_is_written_down_how_far_customers_of_before_are_counted(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_reckoned_to("u7")
        with store.reading() as reading:
            assert reading.reckoned_to() == "u7"
        with store.writing() as writing:
            writing.put_reckoned_to(None)
        with store.reading() as reading:
            assert reading.reckoned_to() is None

    def test_what_the_gate_stopped_is_no_send(self) -> None:
        store = self.make_store()
        held = Sends(day=3, brand="cars", channel="mail", way="held", count=2)
        with store.writing() as writing:
            writing.add_sends((held, replace(held, way="smtp"), replace(held, day=9)))
        with store.reading() as reading:
            assert [one.way for one in reading.sends(0)] == ["smtp"]
            assert reading.sends_held(0, 9) == (held,)

    def test_a_letter_is_written_once_and_listed_newest_first_page_by_page(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            assert writing.put_monday(letter("2026-W46", 10))
            assert writing.put_monday(letter("2026-W47", 20, ("vans", "cars")))
            assert not writing.put_monday(letter("2026-W47", 99))
        with store.reading() as reading:
            first = reading.mondays(limit=1)
            rest = reading.mondays(before=first[0].key)
            own = reading.mondays(among=("cars vans",))
            assert reading.monday_audiences() == ("", "cars vans")
            assert reading.monday("board.2026-W47") == first[0]
            assert reading.monday("board.2026-W48") is None
            assert reading.mondays(among=()) == ()
        assert [one.week for one in (*first, *rest)] == ["2026-W47", "2026-W46"]
        assert first == (letter("2026-W47", 20, ("vans", "cars")),) == own

    def test_a_letter_whose_time_is_over_is_forgotten(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_monday(letter("2026-W46", 10))
            writing.put_monday(letter("2026-W47", 20))
            assert writing.forget_mondays(20) == 1
        with store.reading() as reading:
            assert [one.week for one in reading.mondays()] == ["2026-W47"]
