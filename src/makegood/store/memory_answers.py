"""The memory engine's answers to surveys."""

from collections import Counter
from collections.abc import Sequence

from makegood.ports.answers import After, AnswerCount, AnswerRow, Unhappy
from makegood.store.memory_reading import MemoryReading

Kind = tuple[str, str, str, str, int, bool, str, Unhappy, bool]


class MemoryAnswers(MemoryReading):
    """What was asked and answered."""

    def answer_counts(
        self, since_ms: int, *, survey: str = "", brands: Sequence[str] = ()
    ) -> tuple[AnswerCount, ...]:
        found: Counter[Kind] = Counter()
        for one in self._answers_of(survey, brands):
            if one.at_ms >= since_ms:
                found[kind_of(one)] += 1
        return tuple(count_of(kind, n) for kind, n in sorted(found.items()))

    def answers(
        self,
        unhappy: Unhappy,
        *,
        survey: str = "",
        brands: Sequence[str] = (),
        after: After | None = None,
        limit: int = 50,
    ) -> tuple[AnswerRow, ...]:
        every = self._answers_of(survey, brands)
        rows = [one for one in every if unhappy and one.unhappy == unhappy]
        places = sorted(((one.rated_ms, one.id) for one in rows), reverse=True)
        return self._page(places, after, limit)

    def never_asked(
        self,
        survey: str,
        *,
        brands: Sequence[str] = (),
        after: After | None = None,
        limit: int = 50,
    ) -> tuple[AnswerRow, ...]:
        rows = [one for one in self._answers_of(survey, brands) if one.why and not one.question]
        places = sorted(((one.at_ms, one.id) for one in rows), reverse=True)
        return self._page(places, after, limit)

    def put_answers(self, rows: Sequence[AnswerRow], gone: Sequence[str]) -> None:
        for id_ in gone:
            self._t.survey_answers.pop(id_, None)
        for one in rows:
            self._t.survey_answers[one.id] = one

    def _answers_of(self, survey: str, brands: Sequence[str]) -> list[AnswerRow]:
        return [
            one
            for one in self._t.survey_answers.values()
            if survey in ("", one.survey) and (not brands or one.brand in brands)
        ]

    def _page(
        self, places: Sequence[After], after: After | None, limit: int
    ) -> tuple[AnswerRow, ...]:
        found = [place for place in places if after is None or place < after]
        return tuple(self._t.survey_answers[id_] for _, id_ in found[:limit])


def kind_of(one: AnswerRow) -> Kind:
    """Give everything that figures are made of."""
    return (
        one.survey, one.question, one.brand, one.touch, one.score, one.asked, one.why, one.unhappy,
        one.replied,
    )  # fmt: skip


def count_of(kind: Kind, n: int) -> AnswerCount:
    """Say how many are alike."""
    survey, question, brand, touch, score, asked, why, unhappy, replied = kind
    return AnswerCount(
        survey=survey,
        question=question,
        brand=brand,
        touch=touch,
        score=score,
        asked=asked,
        why=why,
        unhappy=unhappy,
        replied=replied,
        n=n,
    )
