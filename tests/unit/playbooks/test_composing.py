"""Books compose: umbrella, then brand; each says what is otherwise, and mistakes name the file."""

import pytest
from msgspec.structs import replace

from makegood.messages.money import Money
from makegood.playbooks.binding import bind
from makegood.playbooks.load import CheckedBook, check_book, load_book
from makegood.replay.examples import run_examples
from tests.unit.playbooks.small_book import SMALL
from tests.unit.playbooks.test_laws import PARCELS, late

HOUSE = SMALL.replace("name: small\n", "name: house\n").replace(
    "remedies:\n",
    "  - {id: sorry_money, for: promise_broken, given: detection, deadline: 7d,\n"
    "     basis: guarantee, source: our terms, pays: {remedy: refund, cents: 100}}\nremedies:\n",
    1,
)
HEAD = "makegood: 1\nname: acme\nbuilds_on: house\n"
REFUND = "  - {id: refund, replaces: true, kind: refund, title: {en: Cash}, provider: bank}\n"


def whole(brand: str, *, house: str = HOUSE, **more: str) -> str:
    """Bind a brand's book to what it builds on."""
    return bind(HEAD + brand, {"parcels": PARCELS}, {"house.yaml": house, **more}.get)


def checked(brand: str, **given: str) -> CheckedBook:
    return check_book(whole(brand, **given), name="acme.yaml")


def errors(brand: str, **given: str) -> list[str]:
    return [str(one) for one in checked(brand, **given).errors]


def test_a_brand_says_only_what_is_otherwise_and_has_the_rest_of_the_umbrella():
    book = load_book(whole("double_window: 30d\nauthority:\n  boss: {cents: 9000}\n"), name="x")
    house = load_book(HOUSE, name="house")
    assert (book.name, book.umbrella, book.double_window_ms) == (
        "acme",
        "Small Firm",
        30 * 86400_000,
    )
    assert book.authority_cents == {"rep": 5000, "boss": 9000}
    assert (book.failures.keys(), book.messages) == (
        house.failures.keys(),
        {
            name: replace(one, line=book.messages[name].line)
            for name, one in house.messages.items()
        },
    )
    assert book.hash != house.hash


def test_a_brand_sets_a_parameter_otherwise_and_adds_things_of_its_own():
    brand = (
        "parameters: {late_minutes: 90, calm: 3}\n"
        "facts:\n  Parcel Late: {wet: bool}\n  Parcel Lost: {order: string}\n"
        "failures:\n  - {id: lost, on: Parcel Lost, title: Lost, about: event.order, loses: goods,"
        " severity: 4, cause: firm}\n"
        "plans:\n  - for: lost\n    hold: {scope: umbrella}\n    apology: sorry\n"
        "    offers: {least: [refund]}\n    call_within: 1h\n    useful_within: 1d\n"
        "    on_double_deviation: {call_within: 5m}\n"
        "    made_whole: {asked: thumbs, ask_after: 1d}\n"
    )
    house = HOUSE.replace("makegood: 1", "makegood: 1\nmay_change: [late_minutes]")
    book = load_book(whole(brand, house=house), name="acme.yaml")
    assert book.find("Parcel Late", {"order": "O", "minutes": 60}, {}) == ()
    assert [one.rule for one in book.find("Parcel Lost", {"order": "O"}, {})] == ["lost"]
    assert book.plans["parcel_late"].apology == "sorry"


def test_a_thing_that_replaces_stands_where_the_other_stood():
    book = load_book(whole(f"remedies:\n{REFUND}"), name="acme.yaml")
    assert list(book.remedies) == ["refund", "new_parcel", "call_me"]
    assert (book.remedies["refund"].provider, book.remedies["refund"].title) == (
        "bank",
        {"en": "Cash"},
    )


def test_an_id_that_stands_twice_by_mistake_is_an_error():
    brand = "remedies:\n" + REFUND.replace("replaces: true, ", "")
    assert errors(brand) == [
        "acme.yaml:5:5: `refund` stands in house.yaml:61 already. "
        "Say `replaces: true` to put this in its place, or rename it."
    ]
    nothing = "remedies:\n" + REFUND.replace("refund, r", "refunds, r")
    assert errors(nothing)[0] == (
        "acme.yaml:5:19: There is no `refunds` to replace in `remedies`. Did you mean `refund`?"
    )


def test_a_plan_takes_its_failures_out_of_the_plan_they_had():
    plan = HOUSE[HOUSE.index("  - for: other") : HOUSE.index("messages:\n")]
    brand = "plans:\n" + plan.replace("for: other", "for: promise_broken\n    replaces: true")
    brand = brand.replace("scope: brand", "scope: umbrella, cool_off: 2d").replace(
        ", or: least_delivered", ""
    )
    book = load_book(whole(brand), name="acme.yaml")
    assert (book.plans["promise_broken"].offers, book.plans["parcel_late"].failures) == (
        (),
        ("parcel_late",),
    )
    again = brand.replace("    replaces: true\n", "")
    (error,) = errors(again)
    assert error.startswith("house.yaml:") or "has a plan already, in line" in error
    none = "plans:\n" + plan.replace("for: other", "for: nothing\n    replaces: true")
    assert any("This plan replaces none." in one for one in errors(none))


def test_mistakes_name_the_umbrella_or_the_brand_with_its_own_line():
    house = HOUSE.replace("    loses: time", "    loses: tim")
    found = errors("double_window: 3x\n", house=house)
    assert found[0].startswith("acme.yaml:4:16: `3x` is not a span of time.")
    line = HOUSE[: HOUSE.index("    loses: time")].count("\n") + 1
    assert found[1].startswith(f"house.yaml:{line}:12: `loses` cannot be `tim`.")
    broken = HOUSE.replace("event.minutes >= params.late_minutes", "event.minuts >= 1")
    assert errors("", house=broken)[0].startswith(
        f"house.yaml:{line - 1}:11: `when` reads event.minuts"
    )


def test_chains_of_three_compose_from_the_far_end():
    region = (
        "makegood: 1\nname: region\nbuilds_on: house\n"
        "authority: {rep: {cents: 6000}, boss: {cents: 1}}\n"
    )
    text = bind(
        HEAD.replace("house", "../region") + "authority: {boss: {cents: 9}}\n", {},
        {"../region.yaml": region, "../house.yaml": HOUSE}.get,
    )  # fmt: skip
    book = load_book(text, name="brands/acme.yaml")
    assert book.authority_cents == {"rep": 6000, "boss": 9}
    text = text.replace("double_window: 90d", "double_window: 9x")
    assert "brands/../house.yaml:6:16:" in str(check_book(text, name="brands/acme.yaml").errors[0])


def test_a_cycle_and_a_missing_book_are_clear_errors():
    other = "makegood: 1\nname: house\nbuilds_on: acme\n"
    assert errors("", house=other)[0] == (
        "house.yaml:3:12: A book cannot build on itself: acme -> house -> acme. Take one step out."
    )
    assert str(check_book(HEAD, name="brands/acme.yaml").errors[0]) == (
        "brands/acme.yaml:3:12: There is no book `house`: brands/house.yaml is not there or does "
        "not say `name: house`, and no such book ships."
    )


def test_a_stored_text_is_whole_and_judged_the_same_whatever_became_of_the_files():
    text = whole("")
    book = load_book(text, name="acme.yaml")
    assert bind(book.text, {}, {"house.yaml": HOUSE.replace("5000", "1")}.get) == text
    assert load_book(book.text, name="stored").hash == book.hash
    changed = load_book(
        whole("", house=HOUSE.replace("cents: 5000", "cents: 1")), name="acme.yaml"
    )
    assert changed.hash != book.hash


MONEY_BACK = """\
entitlements:
  - id: money_back
    replaces: true
    for: parcel_late
    from: 2024-01-01
    to: 2024-12-31
    given: declined
    when: failure.minutes >= 60
    pays: {remedy: refund, ratio: 0.5}
    deadline: 7d
    basis: guarantee
    source: the brand's terms
"""
HOLD = """\
plans:
  - for: parcel_late
    replaces: true
    hold: {scope: umbrella, cool_off: 1d}
    apology: sorry
    offers: {least: [refund]}
    call_within: 1h
    useful_within: 1d
    on_double_deviation: {call_within: 5m}
    made_whole: {asked: thumbs, ask_after: 1d}
"""
PROMISE = HOUSE[HOUSE.index("  - id: promise_broken") : HOUSE.index("entitlements:")]
SILENCE = "silence:\n" + PROMISE.replace("broken\n", "broken\n    replaces: true\n", 1)
LATE = HOUSE[HOUSE.index("failures:") : HOUSE.index("silence:")].replace(
    "parcel_late\n", "parcel_late\n    replaces: true\n", 1
)


@pytest.mark.parametrize(
    ("brand", "old", "new", "name"),
    [
        (MONEY_BACK, "ratio: 0.5", "ratio: 0.4", "money_back"),
        (MONEY_BACK, "deadline: 7d", "deadline: 8d", "money_back"),
        (MONEY_BACK, "to: 2024-12-31", "to: 2024-12-30", "money_back"),
        (MONEY_BACK, "from: 2024-01-01", "from: 2024-02-01", "money_back"),
        (MONEY_BACK, ">= 60", ">= 61", "money_back"),
        (MONEY_BACK, "ratio: 0.5", "ratio: 0.5, most_cents: 100", "money_back"),
        (HOLD, "scope: umbrella", "scope: brand", "parcel_late"),
        (HOLD, "cool_off: 1d", "cool_off: 23h", "parcel_late"),
        (HOLD, "ask_after: 1d", "ask_after: 1d, or: least_delivered", "parcel_late"),
        (LATE, "event.minutes >= params.late_minutes", "event.minutes >= 600", "parcel_late"),
        (LATE, "price: event.price_cents", "price: '1'", "parcel_late"),
        ("parameters: {late_minutes: 10}\n", "10", "11", "late_minutes"),
        (f"remedies:\n{REFUND}", "kind: refund", "kind: voucher", "refund"),
        (SILENCE, "within: 2h", "within: 3h", "promise_broken"),
    ],
)  # fmt: skip
def test_what_the_umbrella_owes_and_holds_is_not_made_less_unless_it_says_so(
    brand, old, new, name
):
    assert errors(brand) == []
    less = brand.replace(old, new)
    assert less != brand
    found = errors(less)
    assert len(found) == 1
    assert found[0].startswith("acme.yaml:")
    assert f"`{name}` is the umbrella's to lower" in found[0]
    assert f"may_change: [{name}]" in found[0]
    may = HOUSE.replace("makegood: 1", f"makegood: 1\nmay_change: [{name}]")
    assert errors(less, house=may) == []


@pytest.mark.parametrize(
    ("brand", "old", "new"),
    [
        (MONEY_BACK, "ratio: 0.5", "ratio: 0.75"),
        (MONEY_BACK, "deadline: 7d", "deadline: 2d"),
        (MONEY_BACK, "    to: 2024-12-31\n", ""),
        (MONEY_BACK, "for: parcel_late", "for: [parcel_late, promise_broken]"),
        (HOLD, "cool_off: 1d", "cool_off: 3d"),
        (LATE, "title: The parcel came late", "title: We were late"),
        (LATE, "      minutes: event.minutes", "      minutes: event.minutes\n      more: '1'"),
    ],
)
def test_a_brand_may_always_owe_more_and_hold_longer(brand, old, new):
    assert brand.replace(old, new) != brand
    assert errors(brand.replace(old, new)) == []


def test_a_brand_names_no_other_firm_currency_or_thing_that_may_change():
    may = HOUSE.replace("makegood: 1", "makegood: 1\nmay_change: refund")
    found = errors("umbrella: Other\ncurrency: EUR\nmay_change: [money_back]\n", house=may)
    assert [one.partition(": ")[2] for one in found] == [
        "The firm is the umbrella's to say. Take it out.",
        "The currency is the umbrella's to say. Take it out.",
        "What may change is the umbrella's to say. Take it out.",
    ]
    strange = HOUSE.replace("makegood: 1", "makegood: 1\nmay_change: [mony_back]")
    assert (
        "There is no `mony_back` here to change. Did you mean `money_back`?"
        in errors("", house=strange)[0]
    )
    declared = errors("facts:\n  Parcel Late: {minutes: string}\n")
    assert declared[0].startswith(
        "acme.yaml:5:26: `minutes` is int in house.yaml:19, and something else"
    )


def test_a_parameter_of_the_umbrellas_law_is_the_umbrellas_too():
    named = "laws: [{law: parcels, for: {parcel_lost: [parcel_late]}, pays: {fine: refund}}]\n"
    house = HOUSE.replace("authority:\n", f"{named}authority:\n", 1)
    assert errors("", house=house) == []
    assert (
        "`fine_cents` is the umbrella's to lower"
        in errors("parameters: {fine_cents: 1}\n", house=house)[0]
    )
    own = load_book(whole(f"{named}parameters: {{fine_cents: 900}}\n"), name="acme.yaml")
    owed = {one.entitlement: one.amount for one in own.owed(late(100), {})}
    assert owed["parcel_fine"] == Money(900, "EUR")


SEVERAL = HOUSE.replace(
    "    offers_sender: offers@news.acme.example.com\n",
    "    offers_sender: offers@news.acme.example.com\n    book: acme\n"
    "  - {id: bolt, name: Bolt, sender: care@bolt.example, offers_sender: news@bolt.example}\n",
).replace("makegood: 1", "makegood: 1\nmay_change: [late_minutes]")
ACME = HEAD + (
    "parameters: {late_minutes: 5}\nauthority: {rep: {cents: 100}}\n"
    "examples:\n"
    "  - name: six\n    given: [{event: Parcel Late, with: {order: O, minutes: 6}}]\n"
    "    expect: {held: true}\n"
)


def several(acme: str = ACME, house: str = SEVERAL) -> str:
    return bind(house, {}, {"acme.yaml": acme}.get)


def test_one_text_holds_the_umbrella_and_the_books_of_its_brands():
    made = check_book(several(), name="house.yaml")
    assert made.errors == ()
    book = made.book
    assert book is not None
    assert book.by_brand.keys() == {"acme"}
    assert book.for_brand("acme").authority_cents == {"rep": 100}
    assert book.for_brand("bolt") is book.for_brand("") is book
    assert book.for_brand("acme").hash != book.hash
    facts = {"order": "O", "minutes": 7}
    assert (
        len(book.find("Parcel Late", facts, {})),
        len(book.for_brand("acme").find("Parcel Late", facts, {})),
    ) == (0, 1)


def test_each_book_runs_its_own_examples():
    made = check_book(several(ACME.replace("minutes: 6", "minutes: 4")), name="house.yaml")
    assert made.book is not None
    (wrong,) = run_examples(made.book, made.examples)
    assert (wrong.file, wrong.example, wrong.line) == ("acme.yaml", "six", 7)


def test_the_book_of_a_brand_builds_on_the_book_that_names_it():
    found = check_book(several("makegood: 1\nname: acme\n"), name="house.yaml").errors
    assert str(found[0]) == (
        "house.yaml:13:11: `acme` does not build on this book. "
        "Write `builds_on: house` into it, or leave `book:` out."
    )
    assert "There is no book `acme`: acme.yaml" in str(
        check_book(SEVERAL, name="house.yaml").errors[0]
    )
    loose = f"{HOUSE}---\n{ACME}"
    assert "No book here names the book `acme`." in str(
        check_book(loose, name="house.yaml").errors[0]
    )
