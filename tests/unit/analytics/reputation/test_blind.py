"""Nobody can tell from what is published what one customer said, today or by comparing days."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.analytics.reputation.blind import at_least, counted, reasons_of
from makegood.messages.ids import CustomerId, EventId, ProfileId, RepId
from makegood.ports.reputation import RatingRow

K = 5
TERMS = {"k": K, "most": 6, "settled_ms": 99}
ratings = st.lists(
    st.tuples(
        st.integers(0, 30),  # who
        st.sampled_from(["li", "omar"]),
        st.sampled_from(["fee", "bag", ""]),
        st.integers(0, 3),  # about what
        st.booleans(),
        st.sampled_from([(), ("person",), ("policy",), ("policy", "other")]),
    ),
    max_size=80,
)


def row(seq: int, who: int = 0, rep: str = "li", rule: str = "fee", **more) -> RatingRow:
    base = RatingRow(
        seq=seq, event=EventId(f"e{seq}"), profile=ProfileId(f"p{who}"), survey="s",
        about=f"B{who}", rep=RepId(rep), rule=rule, place="", channel="", severity=0,
        met_ms=seq, up=True,
    )  # fmt: skip
    return replace(base, **more)


def of_rep(rows, rep: str) -> set[int]:
    return {it.seq for it in rows if it.for_rep and it.rep == rep}


def test_four_ratings_change_nothing_and_the_fifth_lets_all_five_count():
    four = [row(seq, seq) for seq in range(1, 5)]
    assert counted(four, {}, frozenset(), **TERMS).changed == ()
    five = counted([*four, row(5, 5)], {}, frozenset(), **TERMS)
    assert five.reps == {"li"}
    assert of_rep(five.rows, "li") == {1, 2, 3, 4, 5}


def test_a_later_answer_waits_for_four_others_before_it_takes_the_place_of_the_earlier():
    first = counted([row(seq, seq) for seq in range(1, 6)], {}, frozenset(), **TERMS).rows
    again = [*first, row(6, 1, up=False)]
    assert counted(again, {}, frozenset(), **TERMS).changed == ()
    more = counted([*again, *(row(seq, seq) for seq in range(7, 11))], {}, frozenset(), **TERMS)
    assert of_rep(more.rows, "li") == {2, 3, 4, 5, 6, 7, 8, 9, 10}


def test_a_rating_that_an_appeal_left_out_goes_when_others_change_too():
    first = counted([row(seq, seq) for seq in range(1, 7)], {}, frozenset(), **TERMS).rows
    left_out = frozenset({("li", "B1")})
    assert counted(first, {}, left_out, **TERMS).changed == ()
    more = [*first, *(row(seq, seq) for seq in range(7, 11))]
    assert 1 not in of_rep(counted(more, {}, left_out, **TERMS).rows, "li")


def test_five_meetings_of_one_customer_are_one_customer():
    often = [row(seq, 1, about=f"B{seq}", up=False, reasons=("person",)) for seq in range(1, 9)]
    assert counted(often, {}, frozenset(), **TERMS).changed == ()
    assert reasons_of(often, {}, K) == ()
    joined = {ProfileId(f"p{who}"): CustomerId("c") for who in range(9)}
    names = [row(seq, seq, up=False, reasons=("person",)) for seq in range(1, 9)]
    assert counted(names, joined, frozenset(), **TERMS).changed == ()
    assert reasons_of(names, joined, K) == ()


def test_of_one_who_rates_without_end_only_the_last_few_count_of_each():
    often = [row(seq, 1, about=f"B{seq}", up=False) for seq in range(1, 41)]
    others = [row(seq, seq) for seq in range(41, 46)]
    after = counted([*often, *others], {}, frozenset(), **TERMS).rows
    assert of_rep(after, "li") == {*range(35, 46)}
    assert {it.seq for it in after if it.for_rule} == {*range(35, 46)}
    joined = {ProfileId(f"p{who}"): CustomerId("c") for who in range(41)}
    names = [row(seq, seq, up=False) for seq in range(1, 41)]
    after = counted([*names, *others], joined, frozenset(), **TERMS).rows
    assert of_rep(after, "li") == {*range(35, 46)}


def test_a_meeting_counts_for_the_rule_at_once_and_for_the_person_once_it_settled():
    rows = [row(seq, seq) for seq in range(1, 11)]
    after = counted(rows, {}, frozenset(), k=K, most=6, settled_ms=9).rows
    assert of_rep(after, "li") == {*range(1, 10)}
    assert {it.seq for it in after if it.for_rule} == {*range(1, 11)}
    assert counted(rows, {}, frozenset(), k=K, most=6, settled_ms=4).reps == frozenset()


def test_an_answer_counts_until_the_one_that_takes_its_place_has_settled():
    first = counted([row(seq, seq) for seq in range(1, 7)], {}, frozenset(), **TERMS).rows
    again = [*first, row(7, 1, met_ms=150, up=False), *(row(seq, seq) for seq in range(8, 13))]
    after = counted(again, {}, frozenset(), **TERMS).rows
    assert of_rep(after, "li") == {1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12}
    assert {it.seq for it in after if it.for_rule} == {2, 3, 4, 5, 6, *range(7, 13)}
    more = [*after, *(row(seq, seq) for seq in range(13, 18))]
    later = counted(more, {}, frozenset(), **TERMS | {"settled_ms": 150}).rows
    assert of_rep(later, "li") == {*range(2, 18)}


def test_what_an_appeal_took_from_a_person_was_still_said_of_the_rule():
    six = [row(seq, seq) for seq in range(1, 7)]
    after = counted(six, {}, frozenset({("li", "B1")}), **TERMS).rows
    assert of_rep(after, "li") == {2, 3, 4, 5, 6}
    assert {it.seq for it in after if it.for_rule} == {1, 2, 3, 4, 5, 6}


@given(ratings, st.lists(st.integers(0, 80), min_size=1, max_size=6), st.integers(1, 6))
def test_two_days_never_differ_by_fewer_than_k_customers_nor_show_fewer(all_, days, most):
    rows = [
        row(seq, who, rep, rule, about=f"B{about}", up=up, reasons=reasons)
        for seq, (who, rep, rule, about, up, reasons) in enumerate(all_, 1)
    ]
    marks: dict[int, RatingRow] = {}
    for day in sorted(days):
        before = [marks.get(it.seq, it) for it in rows[:day]]
        after = counted(before, {}, frozenset(), k=K, most=most, settled_ms=99)
        for name, mark in (("rep", "for_rep"), ("rule", "for_rule")):
            for who in {getattr(it, name) for it in rows} - {""}:
                own = [
                    (old, new)
                    for old, new in zip(before, after.rows, strict=True)
                    if getattr(new, name) == who
                ]
                moved = {
                    new.profile for old, new in own if getattr(old, mark) != getattr(new, mark)
                }
                shown = len({new.profile for _, new in own if getattr(new, mark)})
                assert not moved or len(moved) >= K
                assert shown == 0 or shown >= K
        marks |= {it.seq: it for it in after.rows}


@given(ratings)
def test_what_is_shown_of_reasons_is_never_of_fewer_than_k_nor_exact(all_):
    rows = [row(seq, it[0], up=it[4], reasons=it[5]) for seq, it in enumerate(all_, 1)]
    for reason, count in reasons_of(rows, {}, K):
        exact = len({it.profile for it in rows if not it.up and reason in it.reasons})
        assert K <= count <= exact < count + K
        assert count == at_least(exact, K)
