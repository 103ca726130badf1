"""Both figures beside each other: bounds for the unjudged, and nothing said too early."""

from hypothesis import given
from hypothesis import strategies as st

from makegood.analytics.advertised import Counts, beside, measured_words, said_words, words
from makegood.playbooks.advertising import Advertised
from makegood.ports.advertised import FailureCount, PromiseCount, TouchCount, WaitCount

LATER = 5 * 86_400_000
READY = Advertised(
    id="ready", says={"en": "Ready"}, words={"en": ("late",)}, waits="mail", within_ms=60_000,
    promises=("call",), failures=("late", "lost"), since_ms=86_400_000,
)  # fmt: skip


def touches(**n: int) -> tuple[TouchCount, ...]:
    return tuple(
        TouchCount(promise="ready", brand="one", from_ms=LATER, verdict=verdict, n=many)
        for verdict, many in n.items()
    )


def counts(**more: object) -> Counts:
    return Counts(within_ms=(60_000,), **more)


def test_both_are_told_in_words_beside_each_other():
    waits = (
        WaitCount(rule="mail", brand="one", from_ms=LATER, kept=(910,), late=(90,)),
        WaitCount(rule="mail", brand="one", from_ms=0, kept=(0,), late=(900,)),
        WaitCount(rule="other", brand="one", from_ms=LATER, kept=(0,), late=(900,)),
    )
    made = (PromiseCount(promise="call", brand="one", from_ms=LATER, kept=1, broken=1),)
    failed = (
        FailureCount(rules=("late", "lost"), brand="one", from_ms=LATER, n=3),
        FailureCount(rules=("rude",), brand="one", from_ms=LATER, n=30),
    )
    found = counts(
        touches=touches(against=140, kept=40, unjudged=20, aside=500), waits=waits,
        promises=made, failures=failed,
    )  # fmt: skip
    (one,) = beside([READY], found)
    said, waited, promised, cases = words(one)
    assert said == (
        "Said in public: 140 of 200 posts say that it was not so: between 62 and 86 of 100, "
        "whichever way the 20 unjudged turn."
    )
    assert waited == "Measured: kept in 910 of 1,000 waits: between 89 and 93 of 100."
    assert promised == (
        "Measured: kept in 1 of 2 promises that were due; which share that is, we cannot tell yet."
    )
    assert cases.startswith("Measured: it failed in 3 cases.")


def test_of_nothing_nothing_is_said():
    (one,) = beside([READY], counts())
    assert words(one) == (
        "Said in public: nothing was heard about it.",
        "Measured: there were no waits.",
        "Measured: there were no promises that were due.",
        "Measured: it failed in 0 cases. Of how many, the log does not say.",
    )


def test_of_one_post_it_is_too_early():
    (one,) = beside([READY], counts(touches=touches(against=1)))
    assert "1 of 1 post says that it was not so; which share that is, we cannot tell yet." in (
        said_words(one.said)
    )


@given(*[st.integers(0, 10_000)] * 3)
def test_the_range_holds_both_ends_whichever_way_the_unjudged_turn(against, kept, unjudged):
    found = touches(against=against, kept=kept, unjudged=unjudged)
    (one,) = beside([READY], counts(touches=found))
    about = against + kept + unjudged
    assert one.said.about == about
    if about:
        assert 0 <= one.said.interval.low <= against / about
        assert (against + unjudged) / about <= one.said.interval.high <= 1
        assert ("cannot tell" in said_words(one.said)) is not one.said.can_tell


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_no_share_is_told_without_its_range(kept, late):
    waits = (WaitCount(rule="mail", brand="one", from_ms=LATER, kept=(kept,), late=(late,)),)
    (one,) = beside([READY], counts(waits=waits))
    told = measured_words(one.measured[0])
    assert ("between" in told) or ("cannot tell" in told) or ("there were no" in told)
