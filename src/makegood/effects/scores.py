"""The answers of a survey as lines of a mail: each opens the page with that answer chosen.

Opening is no answer: programs that check links open all of them. The page sends it once somebody
is there, or presses its button.
"""

from collections.abc import Mapping

from makegood.playbooks.rulings import SurveyKind, SurveyRule

_ENDS: Mapping[str, Mapping[SurveyKind, tuple[str, str]]] = {
    "en": {
        SurveyKind.CSAT: ("very bad", "very good"),
        SurveyKind.CES: ("very hard", "very easy"),
        SurveyKind.NPS: ("not at all likely", "very likely"),
        SurveyKind.THUMBS: ("Not good", "Good"),
        SurveyKind.CUSTOM: ("not at all", "fully"),
    },
    "de": {
        SurveyKind.CSAT: ("sehr schlecht", "sehr gut"),
        SurveyKind.CES: ("sehr mühsam", "sehr leicht"),
        SurveyKind.NPS: ("gar nicht wahrscheinlich", "sehr wahrscheinlich"),
        SurveyKind.THUMBS: ("Nicht gut", "Gut"),
        SurveyKind.CUSTOM: ("gar nicht", "voll und ganz"),
    },
    "es": {
        SurveyKind.CSAT: ("muy mal", "muy bien"),
        SurveyKind.CES: ("muy difícil", "muy fácil"),
        SurveyKind.NPS: ("nada probable", "muy probable"),
        SurveyKind.THUMBS: ("Mal", "Bien"),
        SurveyKind.CUSTOM: ("nada", "totalmente"),
    },
}


def score_lines(rule: SurveyRule, language: str, url: str) -> str:
    """Write a line with a link for each answer, the best first.

    Args:
        rule: The survey; its first question is answered.
        language: Of the mail.
        url: The page of the survey.
    """
    least, most = rule.scale
    ends = _ENDS.get(language.partition("-")[0].lower(), _ENDS["en"])[rule.kind]
    named = {least: ends[0], most: ends[1]}
    lines = []
    for score in range(most, least - 1, -1):
        words = str(score)
        if score in named:
            is_thumb = rule.kind is SurveyKind.THUMBS
            words = named[score] if is_thumb else f"{score} ({named[score]})"
        lines.append(f"{words}: {url}?score={score}")
    return "\n".join(lines)
