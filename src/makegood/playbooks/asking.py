"""The section `asking`: what counts for all surveys together, whoever asks."""

from msgspec import Struct

from makegood.playbooks.reading import Section

USUAL_REST_MS = 7 * 86_400_000  # as long as the best documented survey tool waits unless told
USUAL_TOO_FEW = 30
USUAL_UNREPORTED_MS = 90 * 86_400_000
USUAL_WEEKS, MOST_WEEKS = 12, 26
USUAL_MONTHS, MOST_MONTHS = 12, 24
LEAST_BACK = 2  # one half is compared with the other


class AskingTerms(Struct, frozen=True, kw_only=True):
    """What counts for all surveys together.

    Attributes:
        every_ms: Nobody is asked anything twice within this time; 0 for no limit.
        too_few: Of fewer answers than this nothing is said.
        unreported_ms: What was ordered so long ago, and of which nobody ever reported how it
            ended, keeps its customer from questions no more; 0 for always.
        weeks: So many whole weeks are shown where answers are shown by week.
        months: So many whole months where they are shown by month.
    """

    every_ms: int = USUAL_REST_MS
    too_few: int = USUAL_TOO_FEW
    unreported_ms: int = USUAL_UNREPORTED_MS
    weeks: int = USUAL_WEEKS
    months: int = USUAL_MONTHS


def read_asking(top: Section) -> AskingTerms:
    """Read the section `asking`; without it customers have a week's rest."""
    section = top.section("asking", "section about asking")
    if section is None:
        return AskingTerms()
    terms = AskingTerms(
        every_ms=section.span_ms("every", default=USUAL_REST_MS),
        too_few=section.whole("too_few", default=USUAL_TOO_FEW, most=10_000),
        unreported_ms=section.span_ms("unreported", default=USUAL_UNREPORTED_MS),
        weeks=section.whole("weeks", default=USUAL_WEEKS, most=MOST_WEEKS),
        months=section.whole("months", default=USUAL_MONTHS, most=MOST_MONTHS),
    )
    if terms.too_few < 1:
        section.error("too_few", "`too_few` is at least 1.", "Write 30.")
    for key, back in (("weeks", terms.weeks), ("months", terms.months)):
        if back < LEAST_BACK:
            section.error(key, f"`{key}` is at least {LEAST_BACK}.", "Write 12.")
    section.done()
    return terms
