"""Answers to surveys by SQL."""

from collections.abc import Sequence

from makegood.messages.ids import ProfileId
from makegood.ports.answers import After, AnswerCount, AnswerRow, Unhappy
from makegood.store.session import Row, Value, replace
from makegood.store.sql_customers import SqlBase

ANSWER = (
    "id profile survey about question at_ms brand touch met score asked why rated_ms unhappy "
    "replied"
)
_NAMES = ", ".join(ANSWER.split())
KIND = "survey, question, brand, touch, score, asked, why, unhappy, replied"


class AnswerReading(SqlBase):
    """Looking."""

    def answer_counts(
        self, since_ms: int, *, survey: str = "", brands: Sequence[str] = ()
    ) -> tuple[AnswerCount, ...]:
        only, values = only_these(survey, brands)
        sql = (
            f"SELECT {KIND}, count(*) FROM survey_answer WHERE at_ms >= ?{only} "
            f"GROUP BY {KIND} ORDER BY {KIND}"
        )
        return tuple(count_of(row) for row in self._db.rows(sql, since_ms, *values))

    def answers(
        self,
        unhappy: Unhappy,
        *,
        survey: str = "",
        brands: Sequence[str] = (),
        after: After | None = None,
        limit: int = 50,
    ) -> tuple[AnswerRow, ...]:
        only, values = only_these(survey, brands)
        if after is not None:
            only += " AND (rated_ms, id) < (?, ?)"
            values += after
        sql = (
            f"SELECT {_NAMES} FROM survey_answer WHERE unhappy <> '' AND unhappy = ?{only} "
            "ORDER BY rated_ms DESC, id DESC LIMIT ?"
        )
        return tuple(_row(row) for row in self._db.rows(sql, unhappy, *values, limit))

    def never_asked(
        self,
        survey: str,
        *,
        brands: Sequence[str] = (),
        after: After | None = None,
        limit: int = 50,
    ) -> tuple[AnswerRow, ...]:
        only, values = only_these(survey, brands)
        if after is not None:
            only += " AND (at_ms, id) < (?, ?)"
            values += after
        sql = (
            f"SELECT {_NAMES} FROM survey_answer WHERE why <> '' AND question = ''{only} "
            "ORDER BY at_ms DESC, id DESC LIMIT ?"
        )
        return tuple(_row(row) for row in self._db.rows(sql, *values, limit))


class AnswerWriting(AnswerReading):
    """Keeping them right."""

    def put_answers(self, rows: Sequence[AnswerRow], gone: Sequence[str]) -> None:
        if gone:
            self._db.run("DELETE FROM survey_answer WHERE id = ANY(?)", sorted(gone))
        last = {one.id: one for one in rows}
        values = [_values(one) for one in last.values()]
        if values:
            self._db.put("survey_answer", ANSWER, values, replace(ANSWER, "id"))


def only_these(survey: str, brands: Sequence[str]) -> tuple[str, list[Value]]:
    """Say in SQL of which survey and brands; empty for all."""
    only, values = "", list[Value]()
    if survey:
        only, values = only + " AND survey = ?", [*values, survey]
    if brands:
        only, values = only + " AND brand = ANY(?)", [*values, list(brands)]
    return only, values


def _values(one: AnswerRow) -> Row:
    return (
        one.id, one.profile, one.survey, one.about, one.question, one.at_ms, one.brand, one.touch,
        one.met, one.score, int(one.asked), one.why, one.rated_ms, one.unhappy,
        int(one.replied),
    )  # fmt: skip


def _row(row: Row) -> AnswerRow:
    id_, profile, survey, about, question, at_ms, brand, touch, met, score, asked, *rest = row
    why, rated_ms, unhappy, replied = rest
    return AnswerRow(
        id=id_,
        profile=ProfileId(profile),
        survey=survey,
        about=about,
        question=question,
        at_ms=at_ms,
        brand=brand,
        touch=touch,
        met=met,
        score=score,
        asked=bool(asked),
        why=why,
        rated_ms=rated_ms,
        unhappy=unhappy,
        replied=bool(replied),
    )


def count_of(row: Row) -> AnswerCount:
    """Read a row of `KIND` and how many."""
    survey, question, brand, touch, score, asked, why, unhappy, replied, n = row
    return AnswerCount(
        survey=survey,
        question=question,
        brand=brand,
        touch=touch,
        score=int(score),
        asked=bool(asked),
        why=why,
        unhappy=unhappy,
        replied=bool(replied),
        n=int(n),
    )
