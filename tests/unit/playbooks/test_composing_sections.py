"""Goodwill, claims, standing and the like compose: what a brand says otherwise."""

import pytest

from makegood.playbooks.binding import bind
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import check_book, load_book
from makegood.playbooks.terms import Loss
from tests.unit.playbooks.small_book import STANDING
from tests.unit.playbooks.test_composing import HEAD
from tests.unit.playbooks.test_composing import HOUSE as PLAIN

SECTIONS = """\
approval: {within: 2h}
goodwill:
  most: {ratio: 1.5, except: [new_parcel]}
  match: {time: [refund, exchange]}
  apologies: {within: 90d, second_needs: [tangible, person]}
budgets:
  - {id: front, cents: 100000, per: day, roles: [rep]}
waivers:
  late_fee: {en: The fee for coming late}
promises:
  - id: upgrade
    says: {en: A better van}
    on: Van Promised
    kept_by: Van Sent
    about: event.order
    within: 1d
    binds: {worth_cents: event.worth_cents}
    title: We promised a better van
    loses: service
    severity: 3
disclosures:
  - {id: fee, says: {en: The fee}, on: Fee Told, about: event.order, amount: event.cents}
claims:
  - id: taxi
    title: {en: A taxi}
    source: our terms
    for: [parcel_late]
    most_cents: 6000
    receipt_above_cents: 1000
    within: 30d
    not_payable: [alcohol]
    says: {en: No drinks.}
    pays: cash
    answer_within: 2d
"""
HOUSE = (
    PLAIN.replace(
        "remedies:\n",
        f"{SECTIONS}remedies:\n"
        "  - {id: cash, kind: cash, title: {en: Cash}, provider: bank}\n",
        1,
    )
    .replace(
        "  Promise Kept:",
        "  Van Promised: {order: string, worth_cents: int}\n"
        "  Van Sent: {order: string}\n  Fee Told: {order: string, cents: int}\n  Promise Kept:",
        1,
    )
    .replace("tenure_years: int}", "tenure_years: int, worth: int, orders: int}", 1)
    .replace(STANDING, f"{STANDING}  value: {{cents: customer.worth}}\n", 1)
    .replace("  rep: {cents: 5000}", "  rep: {cents: 5000}\n  boss: {cents: 9000}", 1)
    .replace(
        "for: [parcel_late, promise_broken]", "for: [parcel_late, promise_broken, upgrade]", 1
    )
)


def errors(brand: str, house: str = HOUSE) -> list[str]:
    text = bind(HEAD + brand, {}, {"house.yaml": house}.get)
    return [str(one) for one in check_book(text, name="acme.yaml").errors]


def composed(brand: str) -> RuleBook:
    return load_book(bind(HEAD + brand, {}, {"house.yaml": HOUSE}.get), name="acme.yaml")


def replacing(section: str, name: str) -> str:
    """The umbrella's own thing, as a brand would write it in its place."""
    start = SECTIONS.index(f"{section}:\n")
    rest = SECTIONS[start:].split("\n")
    ends = next((n for n, line in enumerate(rest) if n and line[:1] not in (" ", "")), len(rest))
    text = "\n".join(rest[:ends]) + "\n"
    mark = (
        f"id: {name}, replaces: true,"
        if f"id: {name}," in text
        else (f"id: {name}\n    replaces: true")
    )
    return text.replace(f"id: {name}{',' if ',' in mark else ''}", mark, 1)


def test_goodwill_is_put_over_the_umbrellas_name_by_name():
    goodwill = composed(
        "goodwill:\n  most: {ratio: 2.0}\n  match: {goods: [new_parcel]}\n  otherwise: refund\n"
    ).goodwill
    assert (goodwill.most_ratio, goodwill.uncounted) == (2.0, {"new_parcel"})
    assert goodwill.match == {Loss.TIME: {"refund", "exchange"}, Loss.GOODS: {"new_parcel"}}
    assert goodwill.otherwise == "refund"
    assert goodwill.apologies is not None


def test_approval_of_a_brand_has_its_own_clock():
    assert composed("approval: {within: 30m}\n").approval_ms == 1_800_000
    assert composed("").approval_ms == 7_200_000


def test_a_brand_adds_budgets_and_one_that_replaces_says_whose_purse_it_is():
    more = "budgets:\n  - {id: bosses, cents: 5, per: month, roles: [boss]}\n"
    assert [one.purse for one in composed(more).budgets] == ["front", "bosses"]
    own = replacing("budgets", "front").replace("cents: 100000", "cents: 7, brand: acme")
    (budget,) = composed(own).budgets
    assert (budget.cents, budget.purse) == (7, "front.acme")
    (error,) = errors(replacing("budgets", "front"))
    assert "`front` is one purse in house.yaml:" in error


def test_a_brand_adds_waivers_and_words_its_own():
    book = composed("waivers:\n  late_fee: {en: Lateness}\n  bag_fee: {en: Bags}\n")
    assert book.waivers == {"late_fee": {"en": "Lateness"}, "bag_fee": {"en": "Bags"}}


def test_standing_is_put_over_part_by_part_and_stays_sensitive():
    brand = (
        "facts:\n  customer: {level: string, spent: int}\n"
        "standing:\n  tier: {from: customer.level, order: [one, two]}\n"
        "  value: {cents: customer.spent}\n"
    )
    book = composed(brand)
    assert book.standing is not None
    assert book.standing.tier is not None
    assert (book.standing.tier.fact, book.everyone.standing) == ("level", ("one", "two"))
    sized = (
        "requests:\n  - id: ask\n    title: {en: Ask}\n    takes: {order: string}\n"
        "    looks_at: {rich: customer.worth > 5}\n    rows:\n"
        "      - {id: yes, when: {rich: true}, answer: allow,\n"
        "         gives: {remedy: refund, cents: 9}}\n"
        "      - {id: no, answer: deny, says: {en: No.}}\n"
    )
    assert any("never the size" in one for one in errors(brand + sized))
    assert not any("never the size" in one for one in errors(sized.replace("worth", "orders")))


def test_everyone_is_put_over_name_by_name():
    terms = composed("everyone: {too_few: 5, same: [loss]}\n").everyone
    assert (terms.too_few, terms.same, terms.within_days) == (5, ("loss",), 180)


def test_all_brands_of_one_text_are_compared_as_the_umbrella_says():
    house = HOUSE.replace(
        "offers_sender: offers@news.acme.example.com\n",
        "offers_sender: offers@news.acme.example.com\n    book: acme\n", 1,
    )  # fmt: skip
    brand = HEAD + "everyone: {too_few: 5, same: [loss]}\n" + STANDING.replace("basic", "new")
    book = load_book(bind(house, {}, {"acme.yaml": brand}.get), name="house.yaml")
    own = book.for_brand("acme")
    assert (own.everyone.too_few, book.everyone.too_few) == (5, 10)
    assert (own.everyone.same, own.everyone.tier) == (book.everyone.same, book.everyone.tier)
    assert own.standing is not None
    assert own.standing.tier != book.everyone.tier


@pytest.mark.parametrize(
    ("section", "name", "old", "new"),
    [
        ("claims", "taxi", "most_cents: 6000", "most_cents: 5999"),
        ("claims", "taxi", "above_cents: 1000", "above_cents: 999"),
        ("claims", "taxi", "    receipt_above_cents: 1000\n", ""),
        ("claims", "taxi", "within: 30d", "within: 29d"),
        ("claims", "taxi", "[alcohol]", "[alcohol, food]"),
        ("claims", "taxi", "answer_within: 2d", "answer_within: 3d"),
        ("claims", "taxi", "for: [parcel_late]", "for: [promise_broken]"),
        ("promises", "upgrade", "within: 1d", "within: 2d"),
        ("promises", "upgrade", "binds: {worth_cents: event.worth_cents}", "binds: {}"),
        ("promises", "upgrade", "event.worth_cents", "event.worth_cents / 2"),
        ("promises", "upgrade", "on: Van Promised", "on: Fee Told"),
        ("disclosures", "fee", "amount: event.cents", "amount: event.cents * 2"),
    ],
)
def test_a_claim_a_promise_and_a_disclosure_of_the_umbrella_are_not_made_less(
    section, name, old, new
):
    same = replacing(section, name)
    assert errors(same) == []
    assert old in same
    found = errors(same.replace(old, new, 1))
    assert len([one for one in found if f"`{name}` is the umbrella's to lower" in one]) == 1
    may = HOUSE.replace("makegood: 1", f"makegood: 1\nmay_change: [{name}]")
    assert not any("umbrella's to lower" in one for one in errors(same.replace(old, new, 1), may))


@pytest.mark.parametrize(
    ("section", "name", "old", "new"),
    [
        ("claims", "taxi", "most_cents: 6000", "most_cents: 9000"),
        ("claims", "taxi", "within: 30d", "within: 60d"),
        ("claims", "taxi", "    not_payable: [alcohol]\n    says: {en: No drinks.}\n", ""),
        ("claims", "taxi", "for: [parcel_late]", "for: [parcel_late, promise_broken]"),
        ("promises", "upgrade", "within: 1d", "within: 12h"),
        ("promises", "upgrade", "says: {en: A better van}", "says: {en: A bigger van}"),
        ("disclosures", "fee", "on: Fee Told", "on: [Fee Told, Van Sent]"),
    ],
)
def test_a_brand_may_always_pay_more_and_bind_itself_to_more(section, name, old, new):
    same = replacing(section, name)
    assert old in same
    found = [one for one in errors(same.replace(old, new, 1)) if "umbrella's" in one]
    assert found == []


def test_the_remedy_that_pays_a_claim_and_its_failures_are_kept():
    cash = (
        "remedies:\n  - {id: cash, replaces: true, kind: voucher, title: {en: X}, provider: b}\n"
    )
    assert "`cash` is the umbrella's to lower" in errors(cash)[0]
