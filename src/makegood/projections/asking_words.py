"""Figures of surveys in words: each with its interval, or that it cannot be told yet."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from makegood.playbooks.book import Library
from makegood.playbooks.rulings import SurveyKind, SurveyRule
from makegood.projections.figures import counted
from makegood.projections.surveys import WHY_NOT

NOT_YET = "cannot tell yet"


class FigureWords(Struct, frozen=True, kw_only=True):
    """One question's figure.

    Attributes:
        what: The name of the figure.
        says: The figure with its interval, or that it cannot be told.
        basis: From how many answers, and how it is counted.
    """

    question: str
    what: str
    says: str
    basis: str


_WHAT: Mapping[SurveyKind, tuple[str, str]] = {
    SurveyKind.NPS: ("NPS", "share of 9 and 10 minus share of 0 to 6"),
    SurveyKind.CSAT: ("CSAT", "share of 4 and 5 of 5"),
    SurveyKind.CES: ("CES", "mean of 1 to 7, more is easier"),
    SurveyKind.THUMBS: ("Thumbs up", "share of thumbs up"),
    SurveyKind.CUSTOM: ("Mean", "mean on its own scale"),
}


def figure_words(
    kind: SurveyKind, words: str, n: int, limits: tuple[float, float, float] | None
) -> FigureWords:
    """Say what one question's answers come to.

    Args:
        kind: Of the question.
        words: What is asked.
        n: Answers.
        limits: Value, lower and upper end; None while it cannot be told.
    """
    what, how = _WHAT[kind]
    return FigureWords(
        question=words,
        what=what,
        says=_limits(kind, limits) if limits else NOT_YET,
        basis=f"{counted(n, 'answer')}, {how}",
    )


def _limits(kind: SurveyKind, limits: tuple[float, float, float]) -> str:
    value, low, high = limits
    if kind is SurveyKind.NPS:
        return f"{value:+.0f} ({low:+.0f} to {high:+.0f})"
    if kind in (SurveyKind.CES, SurveyKind.CUSTOM):
        return f"{value:.1f} ({low:.1f} to {high:.1f})"
    return f"{value:.0f} % ({low:.0f} % to {high:.0f} %)"


def share_words(part: int, whole: int, limits: tuple[float, float] | None) -> str:
    """Say a share with its denominator: 12 of 40, 20 % to 43 %."""
    if not whole:
        return "nobody yet"
    between = f"{100 * limits[0]:.0f} % to {100 * limits[1]:.0f} %" if limits else NOT_YET
    return f"{part} of {whole}, {between}"


def why_words(why: str) -> str:
    """Say why somebody was not asked."""
    return WHY_NOT.get(why, why)  # type: ignore[call-overload,no-any-return]


def survey_at(library: Library, brand: str, survey: str) -> SurveyRule | None:
    """Find a survey as one brand asks it: its own book may ask in another way."""
    return library.books[library.active].for_brand(brand).surveys.get(survey)


def surveys_in(
    library: Library, sees: Callable[[str], bool] = lambda _: True
) -> Mapping[str, SurveyRule]:
    """Give the surveys of the active book and its brands', by id; the umbrella's counts first.

    Args:
        library: The books.
        sees: Of which brands; what a brand asks that somebody does not serve is not theirs.
    """
    active = library.books[library.active]
    found: dict[str, SurveyRule] = {}
    own = (book for brand, book in active.by_brand.items() if sees(brand))
    for book in (active, *own):
        for name, rule in book.surveys.items():
            found.setdefault(name, rule)
    return found
