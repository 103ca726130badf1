"""What pages about feelings show of figures: the rows of their tables."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from makegood.analytics.asking import Figure
from makegood.analytics.feelings import Change, Line, Point
from makegood.analytics.periods import By, Period
from makegood.analytics.voice import shares
from makegood.playbooks.rulings import SurveyKind, SurveyQuestion, SurveyRule
from makegood.ports.answers import AnswerCount
from makegood.ports.triage import Tells
from makegood.projections.asking_words import figure_words
from makegood.projections.feeling_words import change_words, period_words
from makegood.runtime.feelings import Heard


class Asked(Struct, frozen=True, kw_only=True):
    """A question that a page can be about.

    Attributes:
        key: Names it in an address.
        answers: How many there are.
    """

    key: str
    survey: str
    question: SurveyQuestion
    answers: int

    @property
    def title(self) -> str:
        """Give its words."""
        return self.question.question["en"]


def questions_in(
    rules: Mapping[str, SurveyRule], counts: Iterable[AnswerCount]
) -> tuple[Asked, ...]:
    """Give every question of some surveys, with how many answered it."""
    found: Counter[tuple[str, str]] = Counter()
    for one in counts:
        if one.score >= 0:
            found[one.survey, one.question] += one.n
    return tuple(
        Asked(
            key=f"{name}.{question.id}",
            survey=name,
            question=question,
            answers=found[name, question.id],
        )
        for name, rule in rules.items()
        for question in rule.questions
    )


def chosen_of(asked: Sequence[Asked], key: str) -> Asked | None:
    """Find the question of an address; without it the one with the most answers."""
    named = next((one for one in asked if one.key == key), None)
    return named or max(asked, key=lambda one: one.answers, default=None)


def line_rows(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Give the rows of a table of figures."""
    return [
        {
            "name": one.name,
            "key": f"{one.survey}.{one.question.id}",
            "question": one.question.question["en"],
            "figure": _figure(one.question, one.whole),
            "answers": one.whole.n,
            "asked": one.asked,
            "answered": one.answered,
            **_changed(one.question.kind, one.change),
        }
        for one in lines
    ]


def point_rows(asked: SurveyQuestion, points: Iterable[Point], by: By) -> list[dict[str, Any]]:
    """Give the rows of the table behind a figure over time."""
    return [
        {
            "first": one.period.first,
            "period": period_words(one.period.first, by, is_running=one.period.is_running),
            "is_running": one.period.is_running,
            "figure": _figure(asked, one.figure),
            "interval": one.figure.interval,
            "answers": one.figure.n,
            "asked": one.asked,
            "unhappy": one.unhappy,
            "recovered": one.recovered,
            "change": one.change,
            **_changed(asked.kind, one.change),
        }
        for one in points
    ]


def heard_rows(heard: Heard, periods: Sequence[Period], by: By) -> dict[str, Any]:
    """Give what was heard besides: cases by period, what waits, and answers in public."""
    public = next(iter(shares(heard.posts)), None) if heard.posts else None
    every = sum((Counter(one) for one in heard.read), Counter[Tells]())
    return {
        "rows": [
            {
                "period": period_words(one.first, by, is_running=one.is_running),
                "opened": n,
                "read": sum(read.values()),
                "person": read.get("person", 0),
                "machine": read.get("machine", 0),
            }
            for one, n, read in zip(periods, heard.opened, heard.read, strict=True)
        ],
        "opened_all": sum(heard.opened),
        "read": every.total(),
        "person": every["person"],
        "machine": every["machine"],
        "overdue": heard.overdue,
        "public": public,
    }


def _figure(asked: SurveyQuestion, figure: Figure) -> Any:
    it = figure.interval
    limits = (it.value, it.low, it.high) if it else None
    return figure_words(asked.kind, asked.question["en"], figure.n, limits)


def _changed(kind: SurveyKind, change: Change | None) -> dict[str, str]:
    if change is None:
        return {"moved": change_words(kind, "unsure", None), "mark": "", "verdict": ""}
    it = change.interval
    mark = {"better": "ok", "worse": "warn", "unsure": ""}[change.verdict]
    return {
        "moved": change_words(kind, change.verdict, (it.value, it.low, it.high)),
        "mark": mark,
        "verdict": change.verdict,
    }
