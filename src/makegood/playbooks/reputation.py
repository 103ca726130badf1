"""The section `reputation`: from when something is said of a person or a rule."""

from msgspec import Struct

from makegood.playbooks.reading import Section

DAY_MS = 86_400_000
SHOWN_FROM = 30  # fewer ratings tell nobody apart; a book may ask for more and never for fewer
BLIND_BELOW = 5  # among fewer somebody could guess who it was
MOST_LEVEL = 10_000


class ReputationTerms(Struct, frozen=True, kw_only=True):
    """What a company sets about reputations.

    Attributes:
        shown_from: Ratings before anything is said of somebody.
        blind_below: Nothing is published about fewer customers, and nothing changes for fewer.
        late_ms: What "lately" means, when a rule became worse; for so long a meeting settles
            before it counts for a person.
        period_ms: How long standards are taken to stay the same.
    """

    shown_from: int = SHOWN_FROM
    blind_below: int = BLIND_BELOW
    late_ms: int = 14 * DAY_MS
    period_ms: int = 28 * DAY_MS

    @property
    def most_of_one(self) -> int:
        """How many ratings of one customer count of one person or rule.

        So many that it takes `blind_below` customers before anything is said.
        """
        return max(1, self.shown_from // self.blind_below)


def read_reputation(top: Section) -> ReputationTerms:
    """Read the section; without it, what the science says is used."""
    section = top.section("reputation", "section about reputations")
    if section is None:
        return ReputationTerms()
    usual = ReputationTerms()
    terms = ReputationTerms(
        shown_from=_at_least(section, "shown_from", SHOWN_FROM, "tell nobody apart"),
        blind_below=_at_least(section, "blind_below", BLIND_BELOW, "let somebody be guessed"),
        late_ms=_days(section, "lately", usual.late_ms),
        period_ms=_days(section, "period", usual.period_ms),
    )
    section.done()
    return terms


def _at_least(section: Section, key: str, floor: int, why: str) -> int:
    found = section.whole(key, default=floor, most=MOST_LEVEL)
    if found < floor:
        section.error(key, f"Fewer than {floor} ratings {why}.", f"Write {floor}, or more.")
    return max(found, floor)


def _days(section: Section, key: str, usual: int) -> int:
    found = section.span_ms(key, default=usual)
    if section.has(key) and found < DAY_MS:
        section.error(key, f"`{key}` is a day or longer.", "Write 14d.")
    return max(found, DAY_MS)
