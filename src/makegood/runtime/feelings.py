"""How customers feel, by brand and touchpoint: as many questions for one as for all.

Each brand's weeks and months are those of its book's time zone.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from msgspec import Struct

from makegood.analytics.feelings import Halves
from makegood.analytics.periods import By, Cut, Period, cut, halves
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.rulings import SurveyRule
from makegood.ports.answers import AnswerCount
from makegood.ports.feelings import FeelingReading
from makegood.ports.store import Reading
from makegood.ports.triage import Tells
from makegood.ports.voice import VoiceCount
from makegood.projections.asking_words import survey_at, surveys_in

Counts = tuple[AnswerCount, ...]
Kind = TypeVar("Kind")


class Wanted(Struct, frozen=True, kw_only=True):
    """Who wants to know what.

    Attributes:
        brands: What they may see, with "" for what has no brand; empty for everything.
        by: By week or by month.
    """

    library: Library
    now_ms: int
    brands: tuple[str, ...]
    by: By

    @property
    def book(self) -> RuleBook:
        """Give the active book."""
        return self.library.now()

    def own(self, one: AnswerCount) -> SurveyRule | None:
        """Give the survey as the brand of an answer asks it."""
        return survey_at(self.library, one.brand, one.survey)

    def zone(self, brand: str) -> str:
        """Give the time zone of a brand."""
        return self.book.for_brand(brand).timezone

    @property
    def back(self) -> int:
        """Say how many whole periods the book wants to be shown."""
        asking = self.book.asking
        return asking.weeks if self.by == "week" else asking.months

    def sees(self, brand: str) -> bool:
        """Whether something of a brand is theirs to see."""
        return not self.brands or brand in self.brands

    @property
    def surveys(self) -> Mapping[str, SurveyRule]:
        """Give the surveys that are theirs to see."""
        return surveys_in(self.library, self.sees)

    def cut(self, brands: Sequence[str]) -> Cut:
        """Cut the time in periods, as some brands have them; as all have them for none."""
        every = (self.book.timezone, *(one.timezone for one in self.book.by_brand.values()))
        zones = [self.zone(brand) for brand in brands] or every
        return cut(zones, self.now_ms, self.by, self.back)


class Felt(Struct, frozen=True, kw_only=True):
    """What was counted.

    Attributes:
        periods: The oldest first; the running one last.
        counts: Of each period.
    """

    wanted: Wanted
    periods: tuple[Period, ...]
    counts: tuple[Counts, ...]

    @property
    def every(self) -> Counts:
        """Give what was counted of all periods."""
        return tuple(one for counts in self.counts for one in counts)

    def halves_by(
        self,
        named: Callable[[AnswerCount], str],
        rule_of: Callable[[str, str], SurveyRule | None],
        survey: str = "",
    ) -> Mapping[str, tuple[Halves, ...]]:
        """Put together what was counted of each survey of each brand or touchpoint.

        Args:
            named: Gives the brand or touchpoint.
            rule_of: Gives the survey of one of them.
            survey: This one alone; empty for all.
        """
        parts: dict[tuple[str, str], dict[str, list[AnswerCount]]] = {}
        earlier, later = halves(self.periods)
        for place, counts in enumerate(self.counts):
            part = "earlier" if place in earlier else "later" if place in later else "rest"
            for one in counts:
                if survey not in ("", one.survey):
                    continue
                kinds = parts.setdefault((named(one), one.survey), {})
                kinds.setdefault(part, []).append(one)
        found: dict[str, list[Halves]] = {}
        for (name, survey), kinds in sorted(parts.items()):
            rule = rule_of(name, survey)
            if rule is not None:
                given = {part: tuple(rows) for part, rows in kinds.items()}
                own = self.wanted.own
                found.setdefault(name, []).append(Halves(name=name, rule=rule, own=own, **given))
        return {name: tuple(several) for name, several in found.items()}

    def of_survey(self, survey: str) -> tuple[tuple[Period, Counts], ...]:
        """Give what was counted of one survey in each period."""
        return tuple(
            (period, tuple(one for one in counts if one.survey == survey))
            for period, counts in zip(self.periods, self.counts, strict=True)
        )


class Heard(Struct, frozen=True, kw_only=True):
    """What came by other ways than a survey.

    Attributes:
        opened: Cases opened in each period.
        read: Letters, messages and posts that came in each period and were read; by who says
            that they tell of a failure.
        overdue: What customers wait for now, longer than was said or is usual.
        posts: What was said in public and had to be answered by now.
    """

    opened: tuple[int, ...]
    read: tuple[Mapping[Tells, int], ...]
    overdue: int
    posts: tuple[VoiceCount, ...]


def felt(
    reading: FeelingReading,
    wanted: Wanted,
    *,
    brands: Sequence[str] = (),
    touch: str = "",
    is_coarse: bool = False,
) -> Felt:
    """Count answers by period, in one question.

    Args:
        reading: The store.
        wanted: Who asks.
        brands: Of these alone, which they may see; none for all that they may.
        touch: After one touchpoint; empty for all.
        is_coarse: The halves are enough; not each period.
    """
    brands = brands or wanted.brands
    cut_ = wanted.cut(brands)
    edges = cut_.coarse if is_coarse else cut_.edges
    counted = reading.answer_counts_between(edges, brands=brands, touch=touch)
    places: list[list[AnswerCount]] = [[] for _ in cut_.whole]
    for (from_ms, _), counts in zip(pairwise(edges), counted, strict=True):
        place_in = {zone: cut_.place_of(from_ms, zone) for zone in cut_.zones}
        for one in counts:
            place = place_in[wanted.zone(one.brand)]
            if place >= 0:
                places[place].append(one)
    return Felt(wanted=wanted, periods=cut_.whole, counts=tuple(map(tuple, places)))


def heard_of(reading: Reading, wanted: Wanted, brands: Sequence[str]) -> Heard:
    """Count what was heard of some brands besides what they were asked.

    Args:
        reading: The store.
        wanted: Who asks.
        brands: Which they may see; none for everything.
    """
    cut_ = wanted.cut(brands)
    opened = reading.opened_between(cut_.edges, brands=brands)
    cases = [[(brand, "", n) for brand, n in one.items()] for one in opened]
    read = reading.read_between(cut_.edges, brands=brands)
    words = [[(brand, tells, n) for (brand, tells), n in one.items()] for one in read]
    posts = reading.voice_counts(cut_.whole[0].from_ms, wanted.now_ms)
    return Heard(
        opened=tuple(one.total() for one in _by_period(cut_, wanted, cases)),
        read=_by_period(cut_, wanted, words),
        overdue=sum(reading.overdue_by_brand(wanted.now_ms, brands=brands).values()),
        posts=tuple(one for one in posts if not brands or one.brand in brands),
    )


def _by_period(
    cut_: Cut, wanted: Wanted, counted: Iterable[Iterable[tuple[str, Kind, int]]]
) -> tuple[Counter[Kind], ...]:
    """Put what was counted between the edges into the periods of each brand."""
    found: list[Counter[Kind]] = [Counter() for _ in cut_.whole]
    for (from_ms, _), several in zip(pairwise(cut_.edges), counted, strict=True):
        for brand, kind, n in several:
            place = cut_.place_of(from_ms, wanted.zone(brand))
            if place >= 0:
                found[place][kind] += n
    return tuple(found)


def brands_asked(found: Felt, survey: str) -> Mapping[str, Halves]:
    """Give one survey of each brand that asks it, as that brand asks it; also of the silent.

    Args:
        found: What was counted.
        survey: The survey.
    """
    library, wanted = found.wanted.library, found.wanted
    rules = {
        brand: rule
        for brand in wanted.book.brands
        if wanted.sees(brand) and (rule := survey_at(library, brand, survey)) is not None
    }
    silent = {brand: Halves(name=brand, rule=rule) for brand, rule in rules.items()}
    counted = found.halves_by(
        lambda one: one.brand, lambda brand, of: survey_at(library, brand, of), survey
    )
    return silent | _of(counted)


def touches_asked(
    found: Felt, survey: str, rule: SurveyRule | None = None
) -> Mapping[str, Halves]:
    """Give one survey of each touchpoint after which it asks.

    Args:
        found: What was counted.
        survey: The survey.
        rule: As one brand asks it; None for the umbrella's, or the first brand's that has it.
    """
    rule = rule or found.wanted.surveys.get(survey)
    silent = {one: Halves(name=one, rule=rule) for one in rule.after} if rule is not None else {}
    counted = found.halves_by(lambda one: one.touch, lambda _, __: rule, survey)
    return silent | _of(counted)


def surveys_after(wanted: Wanted, touch: str) -> frozenset[str]:
    """Name the surveys that ask after a touchpoint, of the brands that are theirs to see."""
    library = wanted.library
    books = [wanted.book.for_brand(one) for one in wanted.book.brands if wanted.sees(one)]
    return frozenset(
        name
        for book in (library.now(), *books)
        for name, rule in book.surveys.items()
        if touch in rule.after
    )


def _of(counted: Mapping[str, tuple[Halves, ...]]) -> dict[str, Halves]:
    return {name: one for name, (one, *_) in counted.items()}
