"""Who a customer is, in words: each part with who says so, and nothing guessed."""

from msgspec.structs import replace

from makegood.core.standing import Told
from makegood.core.state import State
from makegood.playbooks.load import load_book
from makegood.playbooks.standing import PaymentPart, StandingRules, TenurePart
from makegood.projections.standing import Part, standing_of
from tests.unit.playbooks.small_book import SMALL, STANDING
from tests.unit.playbooks.test_standing import BOOK

NOW_MS = 1_767_276_000_000  # 2026-01-01
KNOWN = load_book(BOOK, name="b")


def parts(*told: Told, **facts: object) -> dict[str, Part]:
    said = {one.fact: one.value for one in reversed(told)}
    standing = standing_of(State(facts={**facts, **said}, told=told), KNOWN, NOW_MS)
    assert standing is not None
    return {part.id: part for part in standing.parts}


def test_every_part_in_words_at_a_glance():
    found = parts(
        tier="GOLD", since="2016-03-01", worth=250_000, pays="Prompt", partner=True,
        sends_us=1_200_000, rates=[{"id": "ACME", "brand": "sea_view", "rate_cents": 9000}],
        followers=120_000,
    )  # fmt: skip
    assert [(one.words, one.mark) for one in found.values()] == [
        ("Gold", ""),
        ("since 2016 (10 years)", ""),
        ("Partner, $12,000 from them", ""),
        ("ACME, brand sea_view, rate $90", ""),
        ("High value", ""),
        ("Wide public voice: 120,000", "warn"),
        ("Pays: Prompt", "ok"),
    ]


def test_two_sources_that_differ_are_both_shown_the_newest_first():
    tier = parts(Told("tier", "crm", 9, "gold"), Told("tier", "loyalty", 3, "silver"))["tier"]
    assert tier.differs
    assert [(one.words, one.source, one.at_ms) for one in tier.basis] == [
        ("Gold", "crm", 9), ("Silver", "loyalty", 3),
    ]  # fmt: skip


def test_two_sources_that_say_the_same_do_not_differ():
    told = (Told("worth", "crm", 9, 110_000), Told("worth", "shop", 3, 120_000))
    assert not parts(*told)["value"].differs


def test_a_source_that_takes_a_fact_back_is_shown_beside_the_other():
    tier = parts(Told("tier", "crm", 9, None), Told("tier", "loyalty", 3, "silver"))["tier"]
    assert (tier.words, tier.differs) == ("Tier taken back", True)
    assert "tier" not in parts(Told("tier", "crm", 9, None))


def test_what_was_told_before_the_book_named_it_has_no_source():
    (basis,) = parts(tier="gold")["tier"].basis
    assert (basis.source, basis.at_ms) == ("", 0)


def test_what_cannot_be_read_is_shown_as_it_is():
    found = parts(tier="diamond", since="long ago", worth="much", followers="many")
    assert found["tier"].words == "diamond, not a tier of the rule book"
    assert found["tenure"].words == "since long ago"
    assert found["value"].words == "Value much"
    assert found["public_voice"].words == "Public voice: many, cannot be read"
    assert parts(since=1_456_790_400_000)["tenure"].words == "since 2016 (10 years)"


def test_no_and_nought_are_answers_and_not_silence():
    found = parts(partner=False, worth=0)
    assert (found["partner"].words, found["partner"].glance) == ("No partner", False)
    assert found["value"].words == "Usual value"
    flag = replace(KNOWN, standing=StandingRules(payment=PaymentPart(fact="ok", good=("true",))))
    for value, words in ((True, "Payment record: good"), (False, "Payment record: not good")):
        standing = standing_of(State(facts={"ok": value}), flag, NOW_MS)
        assert standing is not None
        assert [part.words for part in standing.parts] == [words]


def test_a_tenure_in_years():
    years = StandingRules(tenure=TenurePart(fact="years", in_years=True))
    for value, words in ((12, "customer for 12 years"), (0, "customer since this year")):
        book = replace(KNOWN, standing=years)
        standing = standing_of(State(facts={"years": value}), book, NOW_MS)
        assert standing is not None
        assert (standing.is_prospect, standing.parts[0].words) == (False, words)


def test_a_small_voice_is_no_pill():
    assert not parts(followers=12)["public_voice"].glance


def test_nobody_is_a_prospect_by_a_fact_of_business_or_a_purchase():
    def is_prospect(**changes: object) -> bool:
        standing = standing_of(replace(State(), **changes), KNOWN, NOW_MS)
        assert standing is not None
        return standing.is_prospect

    assert is_prospect(facts={"followers": 9, "pays": "prompt", "worth": 0})
    assert not is_prospect(facts={"rates": ["ACME"]})
    assert not is_prospect(bought_ms=5)


def test_a_book_without_the_section_shows_none():
    book = load_book(SMALL.replace(STANDING, ""), name="s")
    assert standing_of(State(facts={"tier": "gold"}), book, NOW_MS) is None
