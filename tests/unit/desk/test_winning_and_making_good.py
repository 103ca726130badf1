"""What making good costs beside what winning customers costs, at the desk."""

from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.ports.spend import Acquisition
from makegood.runtime.filling import fill_measured
from makegood.runtime.spend import SpendRoom
from tests.e2e.screens import carry_out, case_of, confirm_offers, introduce, no_car
from tests.unit.desk.browsing import questions, words_of

AT = "/desk/feelings/spend"


def tell(it: Makegood, *rows: Acquisition) -> None:
    SpendRoom(it.store, lambda: it.book, it.clock).take(rows, "anna")


def row(it: Makegood, **more: object) -> Acquisition:
    from makegood.projections.figures import local

    month = f"{local(it.clock.now_ms(), 'UTC'):%Y-%m}"
    base = Acquisition(
        brand="northwind_cars", month=month, channel="search", cents=123_400, currency="USD",
        customers=10,
    )  # fmt: skip
    return replace(base, **more)


def test_the_books_stand_beside_what_was_given(makegood, kathy):
    assert "the books say nothing" in words_of(kathy.get(AT))
    tell(makegood, row(makegood))
    shown = words_of(kathy.get(AT))
    assert "$1,234" in shown
    assert "$123.40" in shown
    assert "None of it is a causal effect" in shown
    assert "We cannot tell yet" not in shown
    assert "<svg" in kathy.get(AT).content.decode()
    lines = kathy.get(f"{AT}.csv").content.decode().splitlines()
    assert lines[1].endswith(",northwind_cars,USD,0,0,0,,,,0,123400,10,12340")


def test_what_is_of_other_brands_or_of_all_is_only_for_who_may_see_it(makegood, kathy, vera):
    tell(makegood, row(makegood), row(makegood, brand="", cents=777_700),
         row(makegood, brand="northwind_vans", cents=55_500))  # fmt: skip
    theirs = words_of(vera.get(AT))
    assert "$555" in theirs
    assert "$1,234" not in theirs
    assert "$7,777" not in theirs
    assert "$7,777" in words_of(kathy.get(AT))


def test_money_that_moved_for_a_case_is_in_its_month(makegood, kathy):
    introduce(makegood)
    no_car(makegood)
    confirm_offers(makegood)
    carry_out(makegood)
    case = case_of(makegood, "user:ana")
    with makegood.store.reading() as reading:
        lines = reading.ledger(case)
        found = reading.spend_sums((0, makegood.clock.now_ms() + 1))
        assert reading.failure_counts((0, makegood.clock.now_ms() + 1))
    assert sum(one.cents for one in found) == sum(one.cents for one in lines)
    assert {one.brand for one in found} <= {"northwind_cars"}


def test_what_was_there_before_the_rows_is_filled_in_and_again_it_is_the_same(makegood):
    introduce(makegood)
    no_car(makegood)
    confirm_offers(makegood)
    carry_out(makegood)
    until = makegood.clock.now_ms() + 1
    with makegood.store.reading() as reading:
        before = (reading.spend_sums((0, until)), reading.failure_counts((0, until)))
    assert fill_measured(makegood.store) > 0
    assert fill_measured(makegood.store) > 0
    with makegood.store.reading() as reading:
        assert (reading.spend_sums((0, until)), reading.failure_counts((0, until))) == before


def test_many_rows_page_to_the_end_with_as_many_questions(makegood, kathy):
    tell(makegood, row(makegood))
    first = questions(makegood, kathy, AT)
    currencies = ("EUR", "GBP", "CHF", "JPY", "SEK", "NOK")
    base = row(makegood)
    months = [f"{int(base.month[:4]) - 1}-{n:02}" for n in range(1, 13)]
    tell(
        makegood,
        *(
            replace(base, month=month, brand=brand, channel=code.lower(), currency=code)
            for month in months
            for brand in ("northwind_cars", "northwind_vans", "")
            for code in currencies
        ),
    )
    assert questions(makegood, kathy, AT) == first
    page, lines = kathy.get(f"{AT}?months=24"), 0
    for _ in range(12):
        lines += page.content.decode().count('<th scope="row">')
        marks = page.content.decode().split("after=")
        if len(marks) == 1:
            break
        page = kathy.get(f"{AT}?months=24&after={marks[-1].split(chr(34))[0]}")
    assert lines == len(kathy.get(f"{AT}.csv?months=24").content.decode().splitlines()) - 1 > 60


def test_a_strange_page_begins_at_the_first(makegood, kathy):
    tell(makegood, row(makegood))
    assert kathy.get(f"{AT}?after=zzz&months=7").status_code == 200
