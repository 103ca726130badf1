"""Figures over time in words: a change is called one only where it is more than chance."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from babel.dates import format_skeleton

from makegood.playbooks.rulings import SurveyKind
from makegood.projections.asking_words import NOT_YET
from makegood.projections.figures import locale_for

_UNITS: Mapping[SurveyKind, tuple[str, str]] = {
    SurveyKind.NPS: ("NPS, in points", "points"),
    SurveyKind.CSAT: ("CSAT, in %", "percentage points"),
    SurveyKind.CES: ("CES, 1 to 7", "steps"),
    SurveyKind.THUMBS: ("Thumbs up, in %", "percentage points"),
    SurveyKind.CUSTOM: ("Mean", "steps"),
}


def period_words(first: str, by: Literal["week", "month"], *, is_running: bool = False) -> str:
    """Name a period by its first day: 23 Nov, or Nov 2026.

    Args:
        first: Its first day, as 2026-11-23.
        by: A week or a month.
        is_running: It is not over yet.
    """
    skeleton = "MMMd" if by == "week" else "yMMM"
    words = format_skeleton(skeleton, date.fromisoformat(first), locale=locale_for("en"))
    return f"{words} (so far)" if is_running else str(words)


def axis_words(kind: SurveyKind, scale: tuple[int, int]) -> tuple[str, tuple[float, float]]:
    """Name the axis of a figure, and give its ends."""
    title = _UNITS[kind][0]
    match kind:
        case SurveyKind.NPS:
            return title, (-100.0, 100.0)
        case SurveyKind.CSAT | SurveyKind.THUMBS:
            return title, (0.0, 100.0)
        case SurveyKind.CES | SurveyKind.CUSTOM:
            return title, (float(scale[0]), float(scale[1]))


def change_words(
    kind: SurveyKind,
    verdict: Literal["better", "worse", "unsure"],
    limits: tuple[float, float, float] | None,
) -> str:
    """Say how far a figure moved, to be read after the verdict where there is one.

    Args:
        kind: Of the question.
        verdict: Better or worse only where no change is out of question.
        limits: The difference with its ends; None while it cannot be told.
    """
    if limits is None:
        return NOT_YET
    value, low, high = (_signed(kind, one) for one in limits)
    unit = _UNITS[kind][1]
    if verdict == "unsure":
        return f"may be chance ({low} to {high} {unit})"
    return f"by {value.lstrip('+-')} {unit} ({low} to {high})"


def _signed(kind: SurveyKind, value: float) -> str:
    digits = 1 if kind in (SurveyKind.CES, SurveyKind.CUSTOM) else 0
    return f"{value:+.{digits}f}"
