"""Who told what about a standing, and when; and when a prospect bought for the first time."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.standing import MOST_SOURCES, Told
from makegood.core.state import decode_state, encode_state
from makegood.messages.facts import Identified, Touchpoint
from makegood.playbooks.book import Library
from makegood.playbooks.standing import StandingRules, TenurePart, TierPart, VoicePart
from makegood.testing.book import small_book
from makegood.testing.history import NOON_MS, event, folded

RULES = StandingRules(
    tier=TierPart(fact="tier", order=("silver", "gold")),
    tenure=TenurePart(fact="since", bought_by=frozenset({"Car Returned"})),
    public_voice=VoicePart(fact="followers", wide_from=10),
    facts=frozenset({"tier", "since", "followers"}),
)


def library(rules: StandingRules | None = RULES) -> Library:
    bought_by = rules.purchases if rules else frozenset()
    book = replace(small_book(), standing=rules, purchases=bought_by)
    return Library(active=book.hash, books={book.hash: book})


def says(source: str, hour: int, *, late_ms: int = 0, **traits: object):
    return event(
        Identified(traits=traits),
        at_ms=NOON_MS + hour * 3_600_000,
        name=f"{source}-{hour}",
        source=source,
        late_ms=late_ms,
    )


def at(hour: int) -> int:
    return NOON_MS + hour * 3_600_000


def test_each_fact_remembers_its_source_and_the_time_of_the_event():
    state = folded(
        [says("crm", 1, tier="gold", shoe=42), says("web", 2, followers=7)], library()
    ).state
    assert state.told == (Told("followers", "web", at(2), 7), Told("tier", "crm", at(1), "gold"))
    assert decode_state(encode_state(state)) == state


def test_two_sources_stay_beside_each_other_the_newest_first():
    told = [
        says("crm", 1, tier="gold"),
        says("loyalty", 2, tier="silver"),
        says("crm", 3, tier="gold"),
    ]
    state = folded(told, library()).state
    assert [(one.source, one.value) for one in state.told] == [
        ("crm", "gold"),
        ("loyalty", "silver"),
    ]
    assert state.facts["tier"] == "gold"


def test_what_comes_late_is_as_old_as_it_is():
    told = [says("crm", 2, tier="gold"), says("crm", 1, late_ms=9_000_000, tier="silver")]
    state = folded(told, library()).state
    assert state.told == (Told("tier", "crm", at(2), "gold"),)
    assert state.facts["tier"] == "gold"


def test_a_source_that_takes_a_fact_back_is_heard():
    state = folded([says("crm", 1, tier="gold"), says("crm", 2, tier=None)], library()).state
    assert state.told == (Told("tier", "crm", at(2), None),)


def test_at_one_instant_the_order_of_the_fold_decides():
    both = [says("b", 1, tier="silver"), says("a", 1, tier="gold")]
    state = folded(both, library()).state
    assert [one.source for one in state.told] == ["b", "a"]
    assert state.facts["tier"] == state.told[0].value == "silver"


def test_sources_without_end_are_not_all_remembered():
    told = [says(f"s{hour:02}", hour, tier="gold", followers=hour) for hour in range(20)]
    state = folded(told, library()).state
    assert len(state.told) == 2 * MOST_SOURCES
    assert state.told[0].source == "s19"


def test_without_the_section_nothing_is_remembered():
    history = [says("crm", 1, tier="gold"), event(Touchpoint(name="Car Returned"), at_ms=at(2))]
    state = folded(history, library(None)).state
    assert (state.told, state.bought_ms) == ((), 0)


def test_the_first_purchase_counts_also_when_it_comes_late():
    first = event(Touchpoint(name="Car Returned"), at_ms=at(1), late_ms=9_000_000)
    later = event(Touchpoint(name="Car Returned"), at_ms=at(5))
    assert folded([later, first], library()).state.bought_ms == at(1)
    assert folded([says("crm", 1, tier="gold")], library()).state.bought_ms == 0


TELLING = st.tuples(
    st.sampled_from(["crm", "web", "loyalty"]),
    st.integers(0, 5),
    st.dictionaries(
        st.sampled_from(["tier", "since", "followers", "shoe"]),
        st.sampled_from(["gold", "silver", 7, None]),
        max_size=3,
    ),
)


@given(st.lists(TELLING, max_size=12))
def test_of_each_source_the_last_word_about_each_fact_counts(tellings):
    events = [
        event(Identified(traits=traits), at_ms=at(hour), name=f"m{n}", source=source)
        for n, (source, hour, traits) in enumerate(tellings)
    ]
    last = {
        (name, one.source): Told(name, one.source, one.time_ms, value)
        for one in sorted(events, key=lambda each: each.order)
        for name, value in one.body.traits.items()
        if name in RULES.facts
    }
    state = folded(events, library()).state
    assert {(one.fact, one.source): one for one in state.told} == last
    for name in RULES.facts & state.facts.keys():
        newest = next(one for one in state.told if one.fact == name)
        assert newest.value == state.facts[name]
