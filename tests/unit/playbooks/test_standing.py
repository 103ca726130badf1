"""The section `standing`: what is read, what it makes sensitive, and how values are read."""

import pytest

from makegood.playbooks.load import check_book, load_book
from makegood.playbooks.standing import PaymentPart, TierPart, ValuePart, VoicePart
from tests.unit.playbooks.small_book import SMALL, STANDING

PARTS = """\
standing:
  tier: {from: customer.tier, order: [member, silver, gold]}
  tenure: {since: customer.since, bought_by: [Promise Kept]}
  value: {cents: customer.worth, bands: {usual: 0, high: 100000}}
  payment: {from: customer.pays, good: prompt}
  partner: {from: customer.partner, reciprocal_cents: customer.sends_us}
  agreements: {from: customer.rates}
  public_voice: {from: customer.followers, wide_from: 100000}
"""
FACTS = (
    "customer: {tier: string, followers: int, tenure_years: int, since: string, worth: int, "
    "pays: string, partner: bool, sends_us: int, rates: list}"
)
BOOK = SMALL.replace(
    "customer: {tier: string, followers: int, tenure_years: int}", FACTS, 1
).replace(STANDING, PARTS, 1)


def test_a_book_says_which_fact_is_which_part():
    standing = load_book(BOOK, name="b").standing
    assert standing is not None
    assert standing.tier == TierPart(fact="tier", order=("member", "silver", "gold"))
    assert standing.purchases == {"Promise Kept"}
    assert standing.facts == {
        "tier", "since", "worth", "pays", "partner", "sends_us", "rates", "followers",
    }  # fmt: skip


def test_a_book_without_the_section_has_no_standing():
    book = load_book(SMALL.replace(STANDING, ""), name="b")
    assert (book.standing, book.purchases) == (None, frozenset())


@pytest.mark.parametrize(
    ("condition", "sizes"),
    [
        ("customer.worth > 3", True),
        ("customer.sends_us > 3", True),
        ("customer.followers > 3", True),
        ("customer.tier == 'gold'", True),
        ("customer.since < '2020'", False),
        ("customer.pays == 'prompt'", False),
        ("customer.partner", False),
        ("size(customer.rates) > 0", False),
    ],
)
def test_tier_value_and_voice_size_nothing_by_being_named_here(condition, sizes):
    changed = BOOK.replace("when: failure.minutes", f'when: "{condition}" #', 1)
    found = [e for e in check_book(changed, name="b").errors if "never the size" in e.message]
    assert bool(found) is sizes


def test_a_table_that_answers_may_look_at_an_agreement_and_not_at_value():
    table = """\
requests:
  - id: fee
    title: {en: "Waive the fee?"}
    takes: {cents: int}
    looks_at: {who: WHO}
    rows: [{id: yes_please, when: {who: true}, answer: allow}, {id: rest, answer: person}]
"""

    def errors_with(who: str):
        text = BOOK.replace("requests:\n", table.replace("WHO", who), 1)
        return check_book(text, name="b").errors

    assert errors_with("size(customer.rates) > 0") == ()
    assert any("customer.worth" in e.message for e in errors_with("customer.worth > 5"))


def test_how_values_are_read():
    tier = TierPart(fact="tier", order=("Member", "Gold"))
    assert [tier.rank(one) for one in ("member", " GOLD ", "diamond", 3, None)] == [
        0, 1, None, None, None,
    ]  # fmt: skip
    value = ValuePart(fact="worth", bands=(("usual", 100), ("high", 1000)))
    assert [value.band(cents) for cents in (99, 100, 999, 1000)] == ["", "usual", "usual", "high"]
    assert PaymentPart(fact="pays", good=("Prompt",)).is_good("prompt")
    assert not PaymentPart(fact="pays", good=("Prompt",)).is_good(None)
    assert PaymentPart(fact="on_time", good=("true",)).is_good(True)
    number, words = VoicePart(fact="f", wide_from=10), VoicePart(fact="f", wide=("high",))
    assert [number.is_wide(one) for one in (9, 10, None, True)] == [False, True, None, None]
    assert [words.is_wide(one) for one in ("High", "low", 12)] == [True, False, None]


def test_voice_and_value_may_say_who_is_helped_first():
    loud = "'has(customer.followers) && customer.followers >= 100000 ? 4 : 3'"
    assert check_book(BOOK.replace("severity: 3", f"severity: {loud}", 1), name="b").errors == ()
