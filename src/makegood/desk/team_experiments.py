"""Experiments: what a lot was drawn for, and what it shows so far, never without an interval."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.analytics.experiments import Effect, effects
from makegood.desk.access import at_the_desk, for_reps
from makegood.desk.team import team_shell
from makegood.playbooks.in_touch_terms import (
    EXPERIMENTS,
    HelloTerms,
    LeavingTerms,
    LineTerms,
    ThanksTerms,
)
from makegood.playbooks.people_terms import PeopleRules
from makegood.playbooks.spans import DAY_MS
from makegood.projections.asked import within_words

_Terms: TypeAlias = HelloTerms | ThanksTerms | LeavingTerms | LineTerms
_WORDS = {
    "hello": ("A hello when something is true", "Hellos of the control are kept back."),
    "thanks": ("A thank-you for the years", "Thanks of the control are kept back."),
    "introduction": (
        "A call of the three when somebody leaves",
        "The control is introduced by message alone.",
    ),
    "direct_line": (
        "The person's own address is shown",
        "The control sees it as soon as they ask for it.",
    ),
}

_DOES = {
    "came_back": "come back",
    "good_answer": "say that something was good",
    "bad_answer": "say that something was bad",
}
_COUNTED = {
    "came_back": "Came back",
    "good_answer": "Gave a good answer",
    "bad_answer": "Gave a bad answer",
}


@require_safe
@for_reps
def experiments(request: HttpRequest) -> HttpResponse:
    """Show each experiment with how it stands; "cannot tell yet" is a normal answer."""
    with at_the_desk(request) as desk:
        book = desk.makegood.library.now()
        within_ms = book.everyone.judge_after_days * DAY_MS
        counts = desk.reading.lot_counts(desk.now_ms, within_ms)
        terms = _terms(book.people)
        named = {name: one.outcomes for name, one in terms.items()}
        found = effects(counts, book.everyone.too_few, named)
        page = {
            **team_shell(desk, "experiments"),
            "rows": [
                _row(name, terms[name].control, found.get(name, ()))
                for name in EXPERIMENTS
                if name in found or terms[name].control
            ],
            "within": within_words(within_ms),
            "too_few": book.everyone.too_few,
        }
    return render(request, "desk/team_experiments.html", page)


def _terms(rules: PeopleRules) -> Mapping[str, _Terms]:
    """Give what the book says of each experiment: the share of control, and what is counted."""
    return {
        "hello": rules.hello,
        "thanks": rules.thanks,
        "introduction": rules.leaving,
        "direct_line": rules.line,
    }


def _row(name: str, share: float, found: Sequence[Effect]) -> dict[str, Any]:
    title, control = _WORDS[name]
    return {
        "title": title,
        "control": control,
        "share": round(100 * share),
        "young": found[0].young if found else 0,
        "effects": [
            {"it": one, "says": _says(one), "counted": _COUNTED[one.outcome], "sure": one.can_tell}
            for one in found
        ],
    }


def _says(effect: Effect) -> str:
    """Say what is known; a difference is never told without how far it may be off."""
    does = _DOES[effect.outcome]
    if effect.value is None:
        return f"Whether more {does}: cannot tell yet, too few have had the time."
    low, high = round(100 * effect.low), round(100 * effect.high)
    between = f"between {low:+d} and {high:+d} of 100 customers"
    if not effect.can_tell:
        return f"Whether more {does}: cannot tell yet, {between} because of it."
    how = "More" if effect.low > 0 else "Fewer"
    return f"{how} {does} because of it: {between}."
