"""The section `monday`: who of management gets the letter about the week, and when."""

import re
from zoneinfo import ZoneInfo

from msgspec import Struct

from makegood.playbooks.header import MAIL, Header, check_brand
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.spans import DAY_MS

LANGUAGES = ("en", "de", "es")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
USUAL_HOUR = "07:00"
USUAL_KEPT_MS = 2 * 366 * DAY_MS
FEWEST_KEPT_MS = 14 * DAY_MS  # this week's letter tells what came late of the last one's
MOST_RECIPIENTS = 50  # whoever wants more has a list of their mail server
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class MondayRule(Struct, frozen=True, kw_only=True):
    """One letter, every week.

    Attributes:
        to: Mail addresses; each gets a mail of their own.
        language: Which words it is written in.
        brands: Whose figures it has; empty for all.
        weekday: On which day it goes out, from 0 for Monday.
        minute: At which minute of that day.
        timezone: Whose days and weeks these are.
        paused: It is not sent, and not written.
    """

    id: str
    to: tuple[str, ...]
    language: str = "en"
    brands: tuple[str, ...] = ()
    weekday: int = 0
    minute: int = 7 * 60
    timezone: str = "UTC"
    paused: bool = False


class MondayTerms(Struct, frozen=True, kw_only=True):
    """Which letters management gets.

    Attributes:
        letters: Each of them; none when the book says nothing.
        keep_ms: How long what was sent is kept.
    """

    letters: tuple[MondayRule, ...] = ()
    keep_ms: int = USUAL_KEPT_MS

    def letter(self, name: str) -> MondayRule | None:
        """Find a letter by its name."""
        return next((one for one in self.letters if one.id == name), None)


def read_monday(top: Section, header: Header) -> MondayTerms:
    """Read the section; without it nobody is written to."""
    section = top.section("monday", "section about letters to management")
    if section is None:
        return MondayTerms()
    sections = section.sections("letters", "letter to management")
    named = without_repeats(sections, tuple(one.name("id") for one in sections))
    keep_ms = section.span_ms("keep", default=USUAL_KEPT_MS)
    if keep_ms < FEWEST_KEPT_MS:
        section.error(
            "keep", "The next letter needs the one before it.", "Write 14d or more, such as 730d."
        )
    letters = tuple(_letter(one, name, header) for one, name in named)
    section.done()
    return MondayTerms(letters=letters, keep_ms=max(keep_ms, FEWEST_KEPT_MS))


def _letter(section: Section, name: str, header: Header) -> MondayRule:
    made = MondayRule(
        id=name,
        to=_addresses(section),
        language=section.choice("language", LANGUAGES, default="en"),
        brands=_brands(section, header),
        weekday=WEEKDAYS.index(section.choice("day", WEEKDAYS, default="monday")),
        minute=_minute(section),
        timezone=_timezone(section, header),
        paused=section.flag("paused"),
    )
    section.done()
    return made


def _addresses(section: Section) -> tuple[str, ...]:
    found = section.texts("to", required=True)
    for address, place in found:
        if not MAIL.fullmatch(address):
            section.report.error(
                place, f"`{address}` is not an e-mail address.", "Write name@example.org."
            )
    if len(found) > MOST_RECIPIENTS:
        section.error("to", f"At most {MOST_RECIPIENTS} get a letter.", "Name a mailing list.")
    return tuple(dict.fromkeys(address for address, _ in found))


def _brands(section: Section, header: Header) -> tuple[str, ...]:
    found = section.texts("brands")
    for name, _ in found:
        check_brand(section, "brands", name, header)
    return tuple(dict.fromkeys(name for name, _ in found))


def _minute(section: Section) -> int:
    found = section.text("hour", default=USUAL_HOUR)
    if not _HOUR.fullmatch(found):
        section.error("hour", f"`{found}` is no time of day.", 'Write it in quotes, as "07:00".')
        return 0
    hours, minutes = found.split(":")
    return int(hours) * 60 + int(minutes)


def _timezone(section: Section, header: Header) -> str:
    found = section.text("timezone", default=header.timezone)
    try:
        ZoneInfo(found)
    except (KeyError, ValueError, OSError):
        section.error(
            "timezone",
            f"`{found}` is not a time zone.",
            "Write an IANA name, as in Europe/Berlin.",
        )
        return header.timezone
    return found
