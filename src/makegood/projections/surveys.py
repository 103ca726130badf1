"""Surveys in plain words: what was answered, and why something was not asked."""

from collections.abc import Iterator, Mapping, Sequence

from makegood.core.surveyed import SurveyState, WhyNot
from makegood.messages.facts import Rated
from makegood.playbooks.book import Library
from makegood.playbooks.rulings import SurveyRule
from makegood.ports.rows import RepRow
from makegood.projections.roster import rep_name

WHY_NOT: Mapping[WhyNot, str] = {
    "history": "it is history that was imported",
    "case": "a case is open",
    "hold": "marketing is held",
    "unsubscribed": "the customer wants no more questions",
    "often": "the customer was asked not long ago",
    "withdrawn": "it was no longer needed",
    "missed": "it could not be asked in time",
    "failed": "it could not be delivered",
    "held": "the gate stopped it",
    "remedy": "what they were promised has not come yet",
    "lately": "they were asked something else not long ago",
    "apology": "the apology has to come first",
    "one": "they were asked one question already",
}


def survey_of(name: str, library: Library) -> SurveyRule | None:
    """Find a survey: in the active book first."""
    active = library.books[library.active]
    books = (active, *active.by_brand.values(), *library.books.values())
    return next((book.surveys[name] for book in books if name in book.surveys), None)


def survey_words(name: str, library: Library) -> str:
    """Give what a survey asks; its id in words when no book has it."""
    rule = survey_of(name, library)
    return rule.question["en"] if rule else name.replace("_", " ")


def not_asked(surveys: Sequence[SurveyState], library: Library) -> Iterator[tuple[int, str]]:
    """Say of what was not asked why: (when it was known, one sentence)."""
    for one in surveys:
        if one.why:
            why = WHY_NOT.get(one.why, "")
            why = f"{one.missing} is missing" if one.why == "missing" else why
            yield one.why_ms, f"Not asked “{survey_words(one.survey, library)}”: {why}."


def rated_words(
    body: Rated,
    at_ms: int,
    surveys: Sequence[SurveyState],
    reps: Sequence[RepRow],
    library: Library,
) -> tuple[str, bool]:
    """Say what was answered.

    Returns:
        One sentence, and whether the book takes the score for a failure.
    """
    rule = survey_of(body.survey, library)
    question = rule.asks(body.question) if rule else None
    of = f" of {question.scale[1]}" if question else ""
    met = f", about {rep_name(reps, body.met)}" if body.met else ""
    again = any(
        one.survey == body.survey and one.again and one.rated_ms == at_ms for one in surveys
    )
    instead = ", instead of an earlier answer" if again else ""
    how = f" (written down by {rep_name(reps, body.by)})" if body.by else ""
    asked = survey_words(body.survey, library)
    asked = question.question["en"] if question else asked
    says = f"The customer answered {body.score}{of} to “{asked}”{met}{instead}{how}."
    return says, rule is not None and rule.is_bad(body.score, body.question)
