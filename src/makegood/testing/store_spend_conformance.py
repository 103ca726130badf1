"""What every store does with what making good costs, and winning customers."""

from msgspec.structs import replace

from makegood.messages.ids import CommandId, CustomerId
from makegood.ports.spend import Acquisition
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import case, customer, ledger_line

MONTHS = (0, 1_000, 2_000, 3_000)


class SpendConformance(Conformance):
    """Sums by month."""

    def test_what_moved_is_summed_by_month_brand_account_and_currency(self) -> None:
        store = self.make_store()
        line = replace(
            ledger_line("a", "1", at_ms=1_000), brand="one", account="marketing", cents=500
        )
        lines = [
            line,
            replace(line, command=replace_id(line.command, "2"), cents=300, at_ms=1_999),
            replace(line, command=replace_id(line.command, "3"), currency="EUR"),
            replace(line, command=replace_id(line.command, "4"), brand="two", at_ms=2_000),
            replace(line, command=replace_id(line.command, "5"), at_ms=3_000),
        ]
        with store.writing() as writing:
            one = case("a")
            writing.project((customer("ana"),), (one,), lines, {one.case: one.case})
        with store.reading() as reading:
            sums = reading.spend_sums(MONTHS)
            assert reading.spend_sums(MONTHS, ["two"]) == sums[2:]
            assert [it.cents for it in reading.spend_sums(MONTHS[:2])] == []
        assert [(it.month, it.brand, it.currency, it.cents, it.payments) for it in sums] == [
            (1, "one", "EUR", 500, 1), (1, "one", line.currency, 800, 2),
            (2, "two", line.currency, 500, 1),
        ]  # fmt: skip

    def test_how_cases_ended_is_summed_with_what_they_cost(self) -> None:
        store = self.make_store()
        ended = replace(
            case("a"), phase="made_whole", closed_ms=1_500, cost_cents=300, currency="USD",
            is_open=False, friends=2,
        )  # fmt: skip
        rows = [
            ended,
            replace(case("b"), phase="made_whole", closed_ms=1_600, cost_cents=400,
                    currency="USD", is_open=False),
            replace(case("c"), phase="released", closed_ms=10, is_open=False),
            case("d"),
        ]  # fmt: skip
        with store.writing() as writing:
            writing.project((customer("ana"),), rows, (), {one.case: one.case for one in rows})
        with store.reading() as reading:
            first, second = reading.ended_sums(MONTHS)
            assert reading.ended_sums(MONTHS, ["nobody"]) == ()
        assert (first.month, first.phase, first.cases, first.currency) == (0, "released", 1, "")
        assert (second.month, second.cases, second.friends, second.cents, second.squares) == (
            1, 2, 2, 700, 250_000.0,
        )  # fmt: skip

    def test_a_customer_who_is_gone_has_spent_nothing(self) -> None:
        store = self.make_store()
        line = replace(ledger_line("a", "1", at_ms=10), brand="one")
        one = replace(case("a"), phase="made_whole", closed_ms=5, is_open=False)
        with store.writing() as writing:
            writing.project((customer("ana"),), (one,), (line,), {one.case: one.case})
        with store.writing() as writing:
            writing.project((CustomerId(customer("ana")),), (), (), {})
        with store.reading() as reading:
            assert reading.spend_sums(MONTHS) == ()
            assert reading.ended_sums(MONTHS) == ()

    def test_the_books_are_kept_by_month_brand_and_channel(self) -> None:
        store = self.make_store()
        told = Acquisition(
            brand="one", month="2026-03", channel="search", cents=5, currency="USD", at_ms=1,
            by="anna",
        )  # fmt: skip
        rows = [
            told,
            replace(told, channel="post", customers=3),
            replace(told, month="2026-04"),
            replace(told, brand="", month="2026-02"),
        ]
        with store.writing() as writing:
            writing.put_acquisition(rows)
            writing.put_acquisition([replace(told, cents=9), told, replace(told, cents=7)])
        with store.reading() as reading:
            first = reading.acquisition("2026-01", "2026-03", limit=2)
            rest = reading.acquisition("2026-01", "2026-03", after=first[-1].key)
            assert reading.acquisition("2026-03", "2026-04", brands=["two"]) == ()
        assert [*first, *rest] == [rows[3], rows[1], replace(told, cents=7)]

    def test_the_channels_of_a_month_are_added_up_however_many_there_are(self) -> None:
        store = self.make_store()
        told = Acquisition(brand="one", month="2026-01", channel="c", cents=2, currency="USD")
        many = [replace(told, channel=f"c{n}", customers=1) for n in range(10_001)]
        rest = [
            replace(told, month="2026-02", currency="EUR", customers=3),
            replace(told, month="2026-02", channel="d", currency="EUR"),
            replace(told, month="2026-02", channel="e", customers=4),
            replace(told, month="2026-03", brand="", cents=10**14),
        ]
        with store.writing() as writing:
            writing.put_acquisition([*many, *rest])
        with store.reading() as reading:
            sums = reading.acquisition_sums("2026-01", "2026-03")
            assert reading.acquisition_sums("2026-02", "2026-03", ["one"]) == sums[1:3]
        assert [(it.month, it.brand, it.currency, it.cents, it.customers) for it in sums] == [
            ("2026-01", "one", "USD", 20_002, 10_001), ("2026-02", "one", "EUR", 4, -1),
            ("2026-02", "one", "USD", 2, 4), ("2026-03", "", "USD", 10**14, -1),
        ]  # fmt: skip


def replace_id(command: str, name: str) -> CommandId:
    """Name another command."""
    return CommandId(f"{command}{name}")
