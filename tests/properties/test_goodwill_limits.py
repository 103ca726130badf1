"""The cap of goodwill holds over any history; whoever the customer is, the same is given."""

from collections.abc import Callable
from typing import Any

from hypothesis import event as note
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.core.goodwill import given as goodwill_of
from makegood.core.state import OfferStatus
from makegood.messages import facts
from makegood.messages.commands import Fulfil
from makegood.messages.ids import RepId
from makegood.messages.money import Money, share_of
from makegood.playbooks.book import Library
from makegood.playbooks.giving import Goodwill
from makegood.playbooks.terms import Remedy
from makegood.testing.book import small_book
from tests.unit.core.day import Day

PRICES = {"R1": 1_000, "R2": 9_000, "R3": 20_000}
RICH = Asker(rep=RepId("kathy"), role="supervisor")
MOST = 1.5


def library(*gives: str) -> Library:
    book = small_book()
    further = (
        Remedy(id="dose", kind="credit", title={"en": "x"}, provider="pay", dosed=True),
        Remedy(id="credit", kind="credit", title={"en": "x"}, provider="pay", cost_cents=700),
        Remedy(id="half", kind="credit", title={"en": "x"}, provider="pay", cost_ratio=0.5),
    )
    remedies = {**book.remedies, **{one.id: one for one in further}}
    plans = {name: replace(plan, gives=gives) for name, plan in book.plans.items()}
    goodwill = Goodwill(most_ratio=MOST, otherwise="credit", doses={True: ((1, 0.4), (5, 0.9))})
    book = replace(book, remedies=remedies, plans=plans, goodwill=goodwill)
    return Library(active=book.hash, books={book.hash: book})


LIBRARY = library("snack", "dose", "half")
LIBRARIES = (library(), library("snack"), LIBRARY)
moves = st.lists(
    st.tuples(
        st.sampled_from(
            ["fails", "grant", "yes", "choose", "ask"] * 2 + ["drop", "pay"]
        ),
        st.integers(0, 40),
    ),
    min_size=12,  # short histories seldom come near the cap
    max_size=30,
)  # fmt: skip


def _asked(day: Day, wanted: Any) -> None:
    decision = decide(day.state, wanted, RICH, day.now_ms, day.library)
    if decision.body is not None:
        day.told(decision.body)


def _fails(day: Day, pick: int) -> None:
    about = sorted(PRICES)[pick % 3]
    day.no_car(about, price_cents=PRICES[about])


def _grant(day: Day, pick: int) -> None:
    if day.state.cases:
        names = ("snack", "dose", "half", "anything")
        wanted = facts.Granted(
            case=day.id,
            remedy=names[pick % 4],
            cost=Money(pick * 600),
            by=RepId(""),
            off_script=pick % 4 == 3,
            reason="x",
        )
        _asked(day, wanted)


def _yes(day: Day, pick: int) -> None:
    asked = [o.asked for c in day.state.cases for o in c.offers if o.asked]
    if asked:
        day.told(facts.Confirmed(command=asked[pick % len(asked)]))


def _choose(day: Day, pick: int) -> None:
    if day.state.cases and day.case.offers:
        offer = day.case.offers[pick % len(day.case.offers)].offer
        _asked(day, facts.Chosen(case=day.id, offer=offer))


def _drop(day: Day, pick: int) -> None:
    paying = [one for one in day.commands if isinstance(one.order, Fulfil)]
    paid = {one.command for case in day.state.cases for one in case.gifts if one.paid is not None}
    paid |= {one.command for one in day.state.requests if one.done}
    open_ = [one for one in paying if one.id not in paid]
    if open_:
        day.told(facts.Dropped(command=open_[pick % len(open_)].id, why="failed"))


def _pay(day: Day, pick: int) -> None:
    gone = {one.command for case in day.state.cases for one in case.gifts if one.failed}
    gone |= {one.command for one in day.state.requests if one.failed}
    paying = [one for one in day.commands if isinstance(one.order, Fulfil) and one.id not in gone]
    if paying:
        one = paying[pick % len(paying)]
        assert isinstance(one.order, Fulfil)
        day.told(facts.Carried(command=one.id, paid=one.order.amount))


def _ask(day: Day, pick: int) -> None:
    about = sorted(PRICES)[pick % 3]
    wanted = facts.Requested(request="keep_longer", about=about, facts={"days": 1})
    _asked(day, wanted)


DOES: dict[str, Callable[[Day, int], None]] = {
    "fails": _fails, "grant": _grant, "yes": _yes, "choose": _choose, "drop": _drop, "pay": _pay,
    "ask": _ask,
}  # fmt: skip


def _given_to_requests(day: Day, abouts: set[str]) -> int:
    given_for = (one for one in day.state.requests if one.about in abouts and one.command)
    return sum(one.cost.cents for one in given_for if one.cost is not None and not one.failed)


@given(moves=moves, books=st.sampled_from(LIBRARIES))
def test_goodwill_never_passes_its_cap(moves, books):
    day = Day(books)
    before: dict[str, tuple[int, set[str]]] = {}
    for kind, pick in moves:
        DOES[kind](day, pick)
        note(kind)
        for case in day.state.cases:
            affected = sum(PRICES[one.about] for one in case.failures if one.about in PRICES)
            given_cents = goodwill_of(books.book(books.active), day.state, case)["USD"]
            was_cents, known = before.get(case.id, (0, set[str]()))
            abouts = {one.about for one in case.failures}
            if affected:
                # What was given before a price or a failure was known is kept.
                kept_cents = was_cents + _given_to_requests(day, abouts - known)
                assert given_cents <= max(share_of(Money(affected), MOST).cents, kept_cents)
            before[case.id] = (given_cents, abouts)
        if day.state.cases:
            note(f"withheld: {bool(day.case.withheld)}")
            kept = any(o.status is OfferStatus.CHOSEN for o in day.case.offers)
            note(f"chosen: {kept}")


standing = st.fixed_dictionaries(
    {},
    optional={
        "tier": st.sampled_from(["platinum", "gold", "none"]),
        "followers": st.integers(0, 10**7),
        "public_voice": st.booleans(),
        "lifetime_value_cents": st.integers(0, 10**8),
        "customer_since": st.integers(1990, 2026),
    },
)


def _helped(customer: dict[str, object], failures: list[str]) -> list[tuple[str, object]]:
    day = Day(LIBRARY)
    if customer:
        day.told(facts.Identified(traits=customer))
    for about in failures:
        day.no_car(about, price_cents=PRICES[about])
    orders = [one.order for one in day.commands if isinstance(one.order, Fulfil)]
    return [(order.remedy, order.amount) for order in orders]


@given(one=standing, failures=st.lists(st.sampled_from(sorted(PRICES)), min_size=1, max_size=3))
def test_whoever_the_customer_is_the_same_failures_are_made_good_by_the_same(one, failures):
    assert _helped(one, failures) == _helped({}, failures) != []
