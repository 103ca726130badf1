"""Put a handbook together from any checked rule book."""

from makegood.handbook.advertising import advertised_chapter
from makegood.handbook.asking import requests_chapter
from makegood.handbook.binding import said_chapter
from makegood.handbook.calling import calls_chapter
from makegood.handbook.comparing import everyone_chapter
from makegood.handbook.conditions import in_row
from makegood.handbook.failing import failures_chapter
from makegood.handbook.giving import authority_chapter, giving_chapter
from makegood.handbook.hearing import sources_chapter
from makegood.handbook.letters import letters_chapter
from makegood.handbook.limiting import limits_chapters
from makegood.handbook.mailing import mail_chapter
from makegood.handbook.monday import monday_chapter
from makegood.handbook.owing import owed_chapter
from makegood.handbook.owning import job_chapters
from makegood.handbook.people import people_chapter
from makegood.handbook.placing import places_chapters
from makegood.handbook.planning import plans_chapter
from makegood.handbook.reputations import reputation_chapter
from makegood.handbook.routing import routing_chapter
from makegood.handbook.saying import messages_chapter, never_chapter
from makegood.handbook.source import Source
from makegood.handbook.standing import standing_chapters
from makegood.handbook.surveying import surveys_chapter
from makegood.handbook.terms import Chapter, Entry, Handbook
from makegood.handbook.triage import triage_chapter
from makegood.handbook.voice import voice_chapter
from makegood.playbooks.book import RuleBook

_HEAD = "makegood name umbrella currency timezone double_window brands authority laws parameters"
_FACTS = "facts look_up sensitive sources failures silence lapses waits entitlements remedies"
_LIMITS = "goodwill approval budgets waivers outgoing people routing calls"
_DEEDS = "plans messages requests promises disclosures claims surveys standing everyone examples"
_ELSEWHERE = (
    "places walks reputation owners employees voice asking triage advertised monday letters"
)
SECTIONS = frozenset(f"{_HEAD} {_FACTS} {_LIMITS} {_DEEDS} {_ELSEWHERE}".split())


def handbook_of(book: RuleBook) -> Handbook:
    """Make the handbook of a book.

    Args:
        book: Checked and compiled, with its text.
    """
    source = Source(book)
    chapters = (
        failures_chapter(source),
        owed_chapter(source),
        giving_chapter(source),
        authority_chapter(source),
        *limits_chapters(source),
        plans_chapter(source),
        *places_chapters(source),
        requests_chapter(source),
        *(one for one in (said_chapter(source),) if one is not None),
        *surveys_chapter(source),
        *reputation_chapter(source),
        *voice_chapter(source),
        *advertised_chapter(source),
        *standing_chapters(source),
        *everyone_chapter(source),
        *people_chapter(source),
        *job_chapters(source),
        *routing_chapter(source),
        *calls_chapter(source),
        *triage_chapter(source),
        *monday_chapter(source),
        *letters_chapter(source),
        *sources_chapter(source),
        messages_chapter(source),
        *mail_chapter(source),
        never_chapter(source),
        *_left(source),
    )
    brands = in_row([brand.name for brand in book.brands.values()])
    return Handbook(
        eyebrow=f"Rule book {book.name}, version {book.hash[:8]}",
        title=f"How {book.umbrella} makes it good",
        lead=(
            f"For everybody who looks after customers of {brands}: what we call a failure, what "
            "is owed, what you may give, and what happens next. Each rule carries its line in the "
            "rule book, which decides where this page is unclear."
        ),
        counts=_counts(book, chapters),
        chapters=chapters,
        foot=(
            f"Made by makegood handbook from {book.name}, version {book.hash}. "
            f"Sums are in {book.currency} unless they say otherwise."
        ),
    )


def _counts(book: RuleBook, chapters: tuple[Chapter, ...]) -> tuple[tuple[str, str], ...]:
    owed = next(len(one.entries) for one in chapters if one.anchor == "owed")
    return (
        (str(len(book.failures)), "kinds of failure, each with a Plan B"),
        (str(owed), "rules about what is owed"),
        (str(len(book.requests)), "requests with a table of answers"),
    )


def _left(source: Source) -> tuple[Chapter, ...]:
    """Name what the book has and this page does not say, so that it does not look complete."""
    left = [(name, where) for name, where in source.sections() if name not in SECTIONS]
    if not left:
        return ()
    entries = tuple(
        Entry(
            anchor=f"also-{name}",
            title=name.replace("_", " ").capitalize(),
            rule=name,
            where=where,
        )
        for name, where in left
    )
    lead = "The rule book has these sections as well; this page does not put them into words yet."
    return (Chapter(anchor="also", title="Also in the rule book", lead=lead, entries=entries),)
