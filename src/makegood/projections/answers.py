"""What was asked and answered as rows, from the states: only what changed is written."""

from collections.abc import Collection, Iterable, Iterator

from makegood.core.state import State
from makegood.core.surveyed import MOST_KEPT, SurveyState
from makegood.messages.ids import ProfileId
from makegood.ports.answers import AnswerRow, AnswerWriting, Unhappy, answer_id


def write_answers(
    writing: AnswerWriting,
    changed: Iterable[tuple[State | None, State | None, Collection[ProfileId]]],
) -> None:
    """Write what customers were asked anew, or answered; nothing where nothing of it changed.

    Args:
        writing: The transaction.
        changed: State before and after; of whose whole history was folded again, as after a
            merge, every profile as well: then all of it is written.
    """
    rows: list[AnswerRow] = []
    gone: set[str] = set()
    for before, after, profiles in changed:
        if after is None or (before is not None and before.surveys is after.surveys):
            continue
        had = before.surveys if before is not None else ()
        known = frozenset(had) if not profiles else frozenset()
        rows += [row for one in after.surveys if one not in known for row in rows_of(one)]
        gone |= _gone(had, after.surveys) | set(doubles(after.surveys, profiles))
    if rows or gone:
        writing.put_answers(rows, sorted(gone))


def _gone(had: tuple[SurveyState, ...], now: tuple[SurveyState, ...]) -> set[str]:
    """Give what history no longer has; what the fold merely let go of, being old, stays."""
    if not had or len(now) >= MOST_KEPT:
        return set()
    kept = {row.id for one in now for row in rows_of(one)}
    return {row.id for one in had for row in rows_of(one)} - kept


def doubles(surveys: Iterable[SurveyState], profiles: Collection[ProfileId]) -> Iterator[str]:
    """Name the rows that a customer had about the same things before they were merged."""
    for one in surveys:
        for profile in profiles:
            if profile != one.profile:
                for row in rows_of(one):
                    yield answer_id(profile, row.survey, row.about, row.question)


def rows_of(one: SurveyState) -> Iterator[AnswerRow]:
    """Give a row for each question that was, or was not, asked about one thing."""
    first = None if one.score is None else ("", one.score)
    answers = [*one.more, *((first,) if first else (("", -1),))]
    for question, score in answers:
        yield AnswerRow(
            id=answer_id(one.profile, one.survey, one.about, question),
            profile=one.profile,
            survey=one.survey,
            about=one.about,
            question=question,
            at_ms=one.at_ms,
            brand=one.brand,
            touch=one.after,
            met=one.met,
            score=score,
            asked=bool(one.asked_ms),
            why=one.why,
            rated_ms=one.rated_ms,
            unhappy=_unhappy(one) if not question else "",
            replied=one.is_answered,
        )


def _unhappy(one: SurveyState) -> Unhappy:
    if not one.first_bad_ms:
        return ""
    if one.happy_ms:
        return "recovered"
    return "still" if one.again_bad else "waits"
