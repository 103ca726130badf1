"""Experiments: what a lot was drawn for, and what it shows so far, never without an interval."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.analytics.experiments import Effect, effects
from makegood.desk.access import at_the_desk, for_reps
from makegood.desk.team import team_shell
from makegood.playbooks.in_touch_terms import EXPERIMENTS
from makegood.playbooks.people_terms import PeopleRules
from makegood.playbooks.spans import DAY_MS
from makegood.projections.asked import within_words

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


@require_safe
@for_reps
def experiments(request: HttpRequest) -> HttpResponse:
    """Show each experiment with how it stands; "cannot tell yet" is a normal answer."""
    with at_the_desk(request) as desk:
        book = desk.makegood.library.now()
        within_ms = book.everyone.judge_after_days * DAY_MS
        counts = desk.reading.lot_counts(desk.now_ms, within_ms)
        found = {one.experiment: one for one in effects(counts, book.everyone.too_few)}
        page = {
            **team_shell(desk, "experiments"),
            "rows": [
                _row(name, _share(name, book.people), found.get(name))
                for name in EXPERIMENTS
                if name in found or _share(name, book.people)
            ],
            "within": within_words(within_ms),
            "too_few": book.everyone.too_few,
        }
    return render(request, "desk/team_experiments.html", page)


def _share(name: str, rules: PeopleRules) -> float:
    """Give the share of control that the book has for an experiment."""
    shares = {
        "hello": rules.hello.control,
        "thanks": rules.thanks.control,
        "introduction": rules.leaving.control,
        "direct_line": rules.line.control,
    }
    return shares[name]


def _row(name: str, share: float, effect: Effect | None) -> dict[str, Any]:
    title, control = _WORDS[name]
    return {
        "title": title,
        "control": control,
        "share": round(100 * share),
        "effect": effect,
        "says": _says(effect),
        "sure": effect is not None and effect.can_tell,
    }


def _says(effect: Effect | None) -> str:
    """Say what is known; a difference is never told without how far it may be off."""
    if effect is None:
        return "Nobody drew a lot yet."
    if effect.value is None:
        return "Cannot tell yet: too few have had the time to come back."
    low, high = round(100 * effect.low), round(100 * effect.high)
    between = f"between {low:+d} and {high:+d} of 100 customers"
    if not effect.can_tell:
        return f"Cannot tell yet: {between} more come back because of it."
    how = "More" if effect.low > 0 else "Fewer"
    return f"{how} come back because of it: {between}."
