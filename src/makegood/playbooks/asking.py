"""The section `asking`: what counts for all surveys together, whoever asks."""

from msgspec import Struct

from makegood.playbooks.reading import Section

USUAL_REST_MS = 7 * 86_400_000  # as long as the best documented survey tool waits unless told
USUAL_TOO_FEW = 30
USUAL_UNREPORTED_MS = 90 * 86_400_000


class AskingTerms(Struct, frozen=True, kw_only=True):
    """What counts for all surveys together.

    Attributes:
        every_ms: Nobody is asked anything twice within this time; 0 for no limit.
        too_few: Of fewer answers than this nothing is said.
        unreported_ms: What was ordered so long ago, and of which nobody ever reported how it
            ended, keeps its customer from questions no more; 0 for always.
    """

    every_ms: int = USUAL_REST_MS
    too_few: int = USUAL_TOO_FEW
    unreported_ms: int = USUAL_UNREPORTED_MS


def read_asking(top: Section) -> AskingTerms:
    """Read the section `asking`; without it customers have a week's rest."""
    section = top.section("asking", "section about asking")
    if section is None:
        return AskingTerms()
    terms = AskingTerms(
        every_ms=section.span_ms("every", default=USUAL_REST_MS),
        too_few=section.whole("too_few", default=USUAL_TOO_FEW, most=10_000),
        unreported_ms=section.span_ms("unreported", default=USUAL_UNREPORTED_MS),
    )
    if terms.too_few < 1:
        section.error("too_few", "`too_few` is at least 1.", "Write 30.")
    section.done()
    return terms
