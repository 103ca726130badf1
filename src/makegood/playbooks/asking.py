"""The section `asking`: what counts for all surveys together, whoever asks."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.commands import MessageClass
from makegood.playbooks.messages import GIVEN, variables_of
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.reading import Section
from makegood.playbooks.terms import MessageTemplate

USUAL_REST_MS = 7 * 86_400_000  # as long as the best documented survey tool waits unless told
USUAL_TOO_FEW = 30
USUAL_UNREPORTED_MS = 90 * 86_400_000
USUAL_WEEKS, MOST_WEEKS = 12, 26
USUAL_MONTHS, MOST_MONTHS = 12, 24
LEAST_BACK = 2  # one half is compared with the other
USUAL_AFTER_MS = 86_400_000
USUAL_WITHIN_MS = 60 * 86_400_000  # two months later it is old news to whoever was unhappy
OF_A_CLOSING = GIVEN - {"friend_link", "unsubscribe_link"} | {"about", "met", "scores", "changed"}
"""Variables of the question after a closed case; `changed` is empty where nothing may be told."""


class AskingTerms(Struct, frozen=True, kw_only=True):
    """What counts for all surveys together.

    Attributes:
        every_ms: Nobody is asked anything twice within this time; 0 for no limit.
        too_few: Of fewer answers than this nothing is said.
        unreported_ms: What was ordered so long ago, and of which nobody ever reported how it
            ended, keeps its customer from questions no more; 0 for always.
        weeks: So many whole weeks are shown where answers are shown by week.
        months: So many whole months where they are shown by month.
        closing: Message that asks whether it is good now, after a person closed the case of an
            unhappy answer; empty asks nobody.
        closing_after_ms: How long after that.
        closing_within_ms: What could not be asked by then is not asked any more.
    """

    every_ms: int = USUAL_REST_MS
    too_few: int = USUAL_TOO_FEW
    unreported_ms: int = USUAL_UNREPORTED_MS
    weeks: int = USUAL_WEEKS
    months: int = USUAL_MONTHS
    closing: str = ""
    closing_after_ms: int = 0
    closing_within_ms: int = 0


def read_asking(top: Section, messages: Mapping[str, MessageTemplate]) -> AskingTerms:
    """Read the section `asking`; without it customers have a week's rest.

    Args:
        top: The book.
        messages: Of the book.
    """
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
    terms = _after_closing(section, terms, messages)
    if terms.too_few < 1:
        section.error("too_few", "`too_few` is at least 1.", "Write 30.")
    for key, back in (("weeks", terms.weeks), ("months", terms.months)):
        if back < LEAST_BACK:
            section.error(key, f"`{key}` is at least {LEAST_BACK}.", "Write 12.")
    section.done()
    return terms


def _after_closing(
    section: Section, terms: AskingTerms, messages: Mapping[str, MessageTemplate]
) -> AskingTerms:
    after = section.section("after_closing", "question after a closed case")
    if after is None:
        return terms
    name = after.name("asks")
    _check_message(after, name, messages)
    after_ms = after.span_ms("ask_after", default=USUAL_AFTER_MS)
    within_ms = after.span_ms("within", default=USUAL_WITHIN_MS)
    if after.has("within") and within_ms <= after_ms:
        after.error("within", "`within` is longer than `ask_after`.", "Write for example 60d.")
    after.done()
    return replace(terms, closing=name, closing_after_ms=after_ms, closing_within_ms=within_ms)


def _check_message(after: Section, name: str, messages: Mapping[str, MessageTemplate]) -> None:
    template = messages.get(name)
    if template is None:
        if name:
            after.error("asks", f"`{name}` is not a message.", nearest(name, messages))
        return
    if template.message_class is not MessageClass.SURVEY:
        after.error("asks", f"`{name}` asks and does not sell.", "Give it `class: survey`.")
    used = variables_of(template)
    for unknown in sorted(used - OF_A_CLOSING):
        after.error(
            "asks",
            f"`{name}` uses ${unknown}, which is not known here.",
            nearest(unknown, OF_A_CLOSING),
        )
    if not used & {"link", "scores"}:
        after.error("asks", f"`{name}` has no $link to answer by, nor $scores.", "Add one.")
