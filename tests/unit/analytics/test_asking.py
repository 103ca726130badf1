"""NPS, CSAT and CES by their definitions, with intervals that cover, or nothing."""

from math import comb

import pytest
from msgspec.structs import replace

from makegood.analytics.asking import figure_of, group_of, groups_by, mean, nps, share
from makegood.analytics.parity.intervals import z_for
from makegood.playbooks.rulings import SurveyKind, SurveyRule
from makegood.ports.answers import AnswerCount
from tests.unit.core.test_surveys import airline

Z = z_for(0.05)


def count(**more) -> AnswerCount:
    given = {
        "survey": "boarding", "question": "", "brand": "meridian", "touch": "Leg Flown",
        "score": -1, "asked": True, "why": "", "unhappy": "", "replied": False, "n": 1,
    }  # fmt: skip
    return AnswerCount(**given | more)


def test_nps_is_the_share_of_nine_and_ten_minus_that_of_nought_to_six():
    found = nps({10: 20, 9: 30, 8: 10, 7: 20, 6: 10, 0: 10}, Z)
    assert found.value == pytest.approx(50 - 20)
    assert found.low < 30 < found.high


def test_seven_and_eight_count_neither_way():
    assert nps({7: 40, 8: 60}, Z).value == 0


def test_csat_is_the_share_of_the_two_best():
    assert share({1: 10, 2: 10, 3: 20, 4: 30, 5: 30}, 4, Z).value == pytest.approx(60)


def test_ces_is_the_mean_of_one_to_seven():
    found = figure_of("", SurveyKind.CES, (1, 7), {7: 20, 5: 20}, 30)
    assert found.interval is not None
    assert found.interval.value == pytest.approx(6)
    assert found.interval.low < 6 < found.interval.high


@pytest.mark.parametrize("kind", list(SurveyKind))
def test_of_too_few_nothing_is_said(kind: SurveyKind):
    scale = (1, 5) if kind is SurveyKind.CUSTOM else kind.scale
    assert figure_of("", kind, scale, {scale[1]: 29}, 30).interval is None
    assert figure_of("", kind, scale, {scale[1]: 30}, 30).interval is not None


def test_answers_all_alike_are_no_certainty():
    for found, most in ((mean({7: 40}, (1, 7), Z), 7), (nps({10: 40}, Z), 100)):
        assert found.low < found.value == most
        assert found.high <= most


@pytest.mark.parametrize("good", [0.5, 0.8, 0.95])
def test_the_interval_of_nps_covers_what_is_true(good: float):
    n, truth, covered = 40, 100 * (good - (1 - good)), 0.0
    for k in range(n + 1):  # nobody is passive, so the chances are binomial
        found = nps({10: k, 0: n - k}, Z)
        if found.low - 1e-9 <= truth <= found.high + 1e-9:
            covered += comb(n, k) * good**k * (1 - good) ** (n - k)
    assert covered > 0.92


def test_a_group_counts_who_answered_who_was_not_asked_and_who_was_won_back():
    rule = airline().now().surveys["boarding"]
    group = group_of(
        "boarding",
        rule,
        [
            count(score=5, replied=True, n=40),
            count(score=1, replied=True, unhappy="recovered", n=30),
            count(score=1, replied=True, unhappy="still", n=5),
            count(score=1, replied=True, unhappy="waits", n=5),
            count(replied=True, n=3),
            count(n=17),
            count(asked=False, why="hold", n=4),
            count(asked=False, score=4, replied=True, n=2),
            count(question="easy", score=7, replied=True, n=3),
        ],
        30,
    )
    assert (group.asked, group.answered, group.elsewhere) == (100, 83, 2)
    assert group.not_asked == (("hold", 4),)
    assert (group.unhappy, group.recovered, group.still) == (40, 30, 5)
    assert group.response is not None
    assert group.response.value == pytest.approx(0.83)
    assert group.recovery is not None
    assert group.recovery.value == pytest.approx(0.75)
    assert [one.n for one in group.figures] == [82, 0, 3]


def test_touchpoints_and_brands_are_told_apart():
    rule = airline().now().surveys["boarding"]
    counts = [count(n=3), count(brand="bluefin", n=4)]
    found = groups_by(lambda one: one.brand, lambda _: rule, counts, 30)
    assert [(one.name, one.asked) for one in found] == [("bluefin", 4), ("meridian", 3)]


def test_answers_of_a_brand_that_asks_on_another_scale_are_in_no_figure_of_this_one():
    rule = airline().now().surveys["boarding"]
    thumbs = replace(rule, kind=SurveyKind.THUMBS)

    def own(one: AnswerCount) -> SurveyRule | None:
        return thumbs if one.brand == "other" else rule

    good = count(score=5, n=30, replied=True)
    thumb = count(brand="other", score=1, n=70, replied=True)  # as good as it gets, and no CSAT
    (whole,) = groups_by(lambda one: one.survey, lambda _: rule, (good, thumb), 30, own)
    assert (whole.answered, whole.figures[0].n) == (100, 30)
    assert whole.figures[0].interval is not None
    assert whole.figures[0].interval.value == pytest.approx(100)
    (theirs,) = groups_by(lambda one: one.brand, lambda _: thumbs, (thumb,), 30)
    assert (theirs.figures[0].kind, theirs.figures[0].n) == (SurveyKind.THUMBS, 70)
