"""What a score says about how somebody feels: by the scale of its own question, and no number.

The rule book says from where on an answer is bad. What is best is said by the definitions: 9 and
10 of NPS (Reichheld 2003), 4 and 5 of CSAT ("top 2 box", Morgan and Rego 2006), and for every
other scale its end. Where neither book nor definition says what the middle means, nobody knows.
"""

from collections.abc import Mapping
from enum import StrEnum
from math import ceil

from makegood.playbooks.rulings import SurveyKind, SurveyQuestion

PROMOTER, DETRACTOR = 9, 6
SATISFIED = 4
_FIVE = (1, 5)
_HAPPY_FROM: Mapping[SurveyKind, int] = {SurveyKind.NPS: PROMOTER, SurveyKind.CSAT: SATISFIED}


class Feeling(StrEnum):
    """How somebody said that they feel."""

    UNHAPPY = "unhappy"
    NEITHER = "neither"
    HAPPY = "happy"


def feeling_of(asked: SurveyQuestion, score: int) -> Feeling | None:
    """Say what an answer says; None where nothing says what it means."""
    least, most = asked.scale
    if not asked.takes(score) or least == most:
        return None
    is_told = asked.bad_below > least
    bad_below = asked.bad_below if is_told else least + 1
    if asked.kind is SurveyKind.NPS and not is_told:
        bad_below, is_told = DETRACTOR + 1, True
    if score < bad_below:
        return Feeling.UNHAPPY
    if score >= _HAPPY_FROM.get(asked.kind, most):
        return Feeling.HAPPY
    return Feeling.NEITHER if is_told else None


def feeling_of_stars(rating: str, bad_below: int = 0) -> Feeling | None:
    """Say what the stars of a review say, as in "2 of 5".

    Args:
        rating: Of any number of stars.
        bad_below: Fewer of five are bad; 0 where the book does not say so.
    """
    score, _, most = rating.partition(" of ")
    if not (score.isdecimal() and most.isdecimal() and len(score + most) < 8):
        return None
    scale = (1, int(most))
    kind = SurveyKind.CSAT if scale == _FIVE else SurveyKind.CUSTOM
    bad = ceil(bad_below * scale[1] / _FIVE[1])
    asked = SurveyQuestion(id="", question={}, kind=kind, scale=scale, bad_below=bad)
    return feeling_of(asked, int(score))
