"""What answers to surveys say: NPS, CSAT and CES by their definitions, each with its interval.

NPS is the share of 9 and 10 minus the share of 0 to 6 (Reichheld 2003), its interval the adjusted
Wald of Rocks 2016. CSAT is the share of the two best of five ("top 2 box", Morgan and Rego 2006),
with Wilson's interval. CES is the mean of 1 to 7, more being easier (Dixon, Toman and DeLisi 2013;
its first form of 2010 had five steps, the other way round). Of fewer answers than the book wants
nothing is said.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt

from msgspec import Struct

from makegood.analytics.parity.intervals import Interval, wilson, z_for
from makegood.playbooks.rulings import SurveyKind, SurveyQuestion, SurveyRule
from makegood.ports.answers import AnswerCount

ALPHA = 0.05
PROMOTER, DETRACTOR = 9, 6
SATISFIED = 4
_MORE = 3.0  # answers that the adjusted Wald interval adds, half of them passive
Scores = Mapping[int, int]
Own = Callable[[AnswerCount], SurveyRule | None]


class Figure(Struct, frozen=True, kw_only=True):
    """What the answers to one question say.

    Attributes:
        question: Its id; empty for the first.
        n: Answers.
        interval: None while it cannot be told: NPS from -100 to 100, CSAT and thumbs in percent,
            CES and custom on their scale.
    """

    question: str
    kind: SurveyKind
    n: int
    interval: Interval | None


class Group(Struct, frozen=True, kw_only=True):
    """What is known of one survey, one brand of it, or one touchpoint.

    Attributes:
        name: The survey, brand or touchpoint.
        asked: To how many the question was sent.
        answered: How many of those answered anything.
        elsewhere: Answers of whom we did not ask.
        response: Share of the asked who answered; None for too few.
        not_asked: (why, how many), most first.
        figures: One for each question.
        unhappy: Whoever ever answered badly.
        recovered: Those who said since that it is good.
        still: Those who answered badly again after their case was closed.
        recovery: Share of the unhappy who recovered; None for too few.
    """

    name: str
    asked: int
    answered: int
    elsewhere: int
    response: Interval | None
    not_asked: tuple[tuple[str, int], ...]
    figures: tuple[Figure, ...]
    unhappy: int
    recovered: int
    still: int
    recovery: Interval | None


def nps(scores: Scores, z: float) -> Interval:
    """Give the Net Promoter Score of answers 0 to 10, in points from -100 to 100."""
    n = sum(scores.values())
    good = sum(many for score, many in scores.items() if score >= PROMOTER)
    bad = sum(many for score, many in scores.items() if score <= DETRACTOR)
    value = (good - bad) / n if n else 0.0
    p, d, m = (good + _MORE / 4) / (n + _MORE), (bad + _MORE / 4) / (n + _MORE), n + _MORE
    reach = z * sqrt(max(p + d - (p - d) ** 2, 0.0) / m)
    low, high = max(p - d - reach, -1.0), min(p - d + reach, 1.0)
    return Interval(value=100 * value, low=100 * low, high=100 * high)


def share(scores: Scores, least: int, z: float) -> Interval:
    """Give the share of answers that are at least so good, in percent."""
    n = sum(scores.values())
    good = sum(many for score, many in scores.items() if score >= least)
    found = wilson(good, n, z)
    return Interval(value=100 * found.value, low=100 * found.low, high=100 * found.high)


def mean(scores: Scores, scale: tuple[int, int], z: float) -> Interval:
    """Give the mean on a scale; its interval never leaves it, nor is it a point."""
    n = sum(scores.values())
    if not n:
        return Interval(value=float(scale[0]), low=float(scale[0]), high=float(scale[1]))
    value = sum(score * many for score, many in scores.items()) / n
    # One answer more at each end: answers that are all alike are no certainty.
    wider = Counter(scores)
    wider.update(scale)
    centre = sum(score * many for score, many in wider.items()) / (n + 2)
    spread = sum(many * (score - centre) ** 2 for score, many in wider.items()) / (n + 1)
    reach = z * sqrt(spread / (n + 2))
    low, high = max(centre - reach, scale[0]), min(centre + reach, scale[1])
    return Interval(value=value, low=min(low, value), high=max(high, value))


def figure_of(
    question: str,
    kind: SurveyKind,
    scale: tuple[int, int],
    scores: Scores,
    too_few: int,
    *,
    at_once: int = 1,
) -> Figure:
    """Say what the answers to one question say, or that it cannot be told yet.

    Args:
        question: Its id; empty for the first.
        kind: Of the question.
        scale: The least and the most.
        scores: How often each was answered.
        too_few: Of fewer nothing is said.
        at_once: With so many figures together the intervals hold.
    """
    n, z = sum(scores.values()), z_for(ALPHA, at_once)
    interval: Interval | None = None
    if n >= too_few:
        match kind:
            case SurveyKind.NPS:
                interval = nps(scores, z)
            case SurveyKind.CSAT:
                interval = share(scores, SATISFIED, z)
            case SurveyKind.THUMBS:
                interval = share(scores, 1, z)
            case SurveyKind.CES | SurveyKind.CUSTOM:
                interval = mean(scores, scale, z)
    return Figure(question=question, kind=kind, n=n, interval=interval)


def group_of(
    name: str,
    rule: SurveyRule | None,
    counts: Iterable[AnswerCount],
    too_few: int,
    own: Own | None = None,
) -> Group:
    """Put what is counted of one survey together; of one that no book has, only how often.

    Args:
        name: The survey, brand or touchpoint.
        rule: The survey.
        counts: What was counted.
        too_few: Of fewer nothing is said.
        own: Gives the survey as the brand of an answer asks it; answers on another scale are in
            no figure of this one.
    """
    counts = tuple(counts)
    first = [one for one in counts if not one.question]
    asked = sum(one.n for one in first if one.asked)
    # Who answered another question only has answered, too: their first has no score.
    answered = _answered(counts, asked=True)
    unhappy = sum(one.n for one in first if one.unhappy)
    recovered = sum(one.n for one in first if one.unhappy == "recovered")
    z = z_for(ALPHA)
    return Group(
        name=name,
        asked=asked,
        answered=answered,
        elsewhere=_answered(counts, asked=False),
        response=wilson(answered, asked, z) if asked >= too_few else None,
        not_asked=_why(first),
        figures=_figures(rule, counts, too_few, own),
        unhappy=unhappy,
        recovered=recovered,
        still=sum(one.n for one in first if one.unhappy == "still"),
        recovery=wilson(recovered, unhappy, z) if unhappy >= too_few else None,
    )


def _answered(counts: Sequence[AnswerCount], *, asked: bool) -> int:
    return sum(one.n for one in counts if not one.question and one.asked == asked and one.replied)


def _why(first: Sequence[AnswerCount]) -> tuple[tuple[str, int], ...]:
    found: Counter[str] = Counter()
    for one in first:
        if one.why and not one.replied:
            found[one.why] += one.n
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _figures(
    rule: SurveyRule | None, counts: Sequence[AnswerCount], too_few: int, own: Own | None
) -> tuple[Figure, ...]:
    found = []
    for asked in rule.questions if rule is not None else ():
        scores = scores_of(asked, counts, own)
        found.append(figure_of(asked.id, asked.kind, asked.scale, scores, too_few))
    return tuple(found)


def scores_of(
    asked: SurveyQuestion, counts: Iterable[AnswerCount], own: Own | None = None
) -> Counter[int]:
    """Count the scores of one question; answers on another scale are left out."""
    scores: Counter[int] = Counter()
    for one in counts:
        if one.question == asked.id and asked.takes(one.score) and _is_alike(one, asked, own):
            scores[one.score] += one.n
    return scores


def _is_alike(one: AnswerCount, asked: SurveyQuestion, own: Own | None) -> bool:
    theirs = own(one) if own is not None else None
    question = theirs.asks(one.question) if theirs is not None else None
    return question is None or (question.kind, question.scale) == (asked.kind, asked.scale)


def groups_by(
    key: Callable[[AnswerCount], str],
    rule_of: Callable[[str], SurveyRule | None],
    counts: Iterable[AnswerCount],
    too_few: int,
    own: Own | None = None,
) -> tuple[Group, ...]:
    """Put counts together by a key, in the order of the keys.

    Args:
        key: Survey, brand or touchpoint of a count.
        rule_of: The survey of a key.
        counts: What was counted.
        too_few: Of fewer nothing is said.
        own: As in `group_of`.
    """
    kinds: dict[str, list[AnswerCount]] = {}
    for one in counts:
        kinds.setdefault(key(one), []).append(one)
    return tuple(
        group_of(name, rule_of(name), rows, too_few, own) for name, rows in sorted(kinds.items())
    )
