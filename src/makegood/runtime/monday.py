"""The letter to management: counted at one instant, written once, and kept as it is sent."""

import logging
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from makegood.analytics.monday.figures import Counts, Figures, figures_of
from makegood.analytics.monday.weeks import Week, last_due, week_named, week_of
from makegood.messages.commands import Command, TellManagement
from makegood.messages.errors import InputError
from makegood.messages.events import OWN_SOURCE
from makegood.messages.ids import CaseId, EventId, ProfileId, command_id
from makegood.playbooks.book import Library
from makegood.playbooks.monday import MondayRule
from makegood.ports.clock import Clock
from makegood.ports.monday import MondayLetter, letter_id
from makegood.ports.reckoned import Weeks
from makegood.ports.sends import Sends
from makegood.ports.store import Reading, Store
from makegood.ports.voice import VoiceCount
from makegood.projections.monday_page import html_of, text_of
from makegood.runtime.monday_sheet import Told, sheet_of

TELLING = f"{OWN_SOURCE}:monday"
DAY_MS = 86_400_000
LATE_MS = 3_600_000  # a restart of some minutes makes no letter late
_LOG = logging.getLogger("makegood.monday")
ANYBODY = MondayRule(id="print", to=())
"""Whose letter is printed where the book names nobody."""


class Mondays:
    """Writes letters, and prints them."""

    def __init__(
        self, store: Store, library_of: Callable[[], Library], clock: Clock, base_url: str
    ) -> None:
        self._store = store
        self._library_of = library_of
        self._clock = clock
        self._base = base_url

    def send_due(self) -> tuple[str, ...]:
        """Write each letter that is due and queue its mails, once; give which."""
        library, now_ms = self._library_of(), self._clock.now_ms()
        letters = library.now().monday.letters
        sent = (self._sent(rule, library, now_ms) for rule in letters if not rule.paused)
        return tuple(letter for letter in sent if letter)

    def forget_old(self) -> int:
        """Forget the letters whose time is over; say how many."""
        before_ms = self._clock.now_ms() - self._library_of().now().monday.keep_ms
        with self._store.writing() as writing:
            return writing.forget_mondays(before_ms)

    def preview(self, week: str = "", name: str = "") -> MondayLetter:
        """Write a letter that is neither kept nor sent.

        Args:
            week: Its ISO week; the last one that is over when not said.
            name: Which letter of the rule book; the first, or one of all brands, when not said.

        Raises:
            InputError: There is no such week or letter.
        """
        library, now_ms = self._library_of(), self._clock.now_ms()
        rule = self._rule(library, name)
        meant = week_of(now_ms, rule.timezone).earlier()
        if week:
            found = week_named(week, rule.timezone)
            if found is None:
                raise InputError(f"{week!r} is no week. Write it as 2026-W47.")
            meant = found
        if meant.begins_ms > now_ms:
            raise InputError(f"The week {week} has not begun.")
        with self._store.reading() as reading:
            return self.letter(reading, rule, library, meant)

    def letter(
        self, reading: Reading, rule: MondayRule, library: Library, week: Week, due_ms: int = 0
    ) -> MondayLetter:
        """Count and write one letter, at the instant of a look."""
        now_ms, book = self._clock.now_ms(), library.now()
        figures = figures_of(counts_of(reading, week, rule.brands, now_ms))
        late = bool(due_ms) and now_ms - due_ms > LATE_MS
        told = Told(
            week=week,
            now_ms=now_ms,
            names={row.rep: row.name for row in reading.reps()},
            more=_more(reading, rule, week, figures),
            late_ms=due_ms if late else 0,
            is_counting=reading.reckoned_to() is not None,
        )
        sheet = sheet_of(figures, rule, library, told)
        name = letter_id(rule.id, week.name)
        link = f"/desk/feelings/letters/{name}" if due_ms else ""
        return MondayLetter(
            letter=name,
            name=rule.id,
            week=week.name,
            brands=rule.brands,
            to=rule.to,
            at_ms=now_ms,
            due_ms=due_ms,
            book=book.hash,
            failures=figures.failures.now,
            sheet=sheet,
            html=html_of(sheet, self._base, link),
            text=text_of(sheet, self._base, link),
            late=late,
        )

    def _rule(self, library: Library, name: str) -> MondayRule:
        terms, book = library.now().monday, library.now()
        if name:
            found = terms.letter(name)
            if found is None:
                raise InputError(f"The rule book has no letter {name!r} in `monday:`.")
            return found
        first = next(iter(terms.letters), None)
        return first if first is not None else replace(ANYBODY, timezone=book.timezone)

    def _sent(self, rule: MondayRule, library: Library, now_ms: int) -> str:
        """Write a letter; a fault of one keeps no other back, and it is tried every round."""
        try:
            return self._send(rule, library, now_ms)
        except Exception as fault:
            _LOG.error("letter %s was not written: %s", rule.id, type(fault).__name__)
            return ""

    def _send(self, rule: MondayRule, library: Library, now_ms: int) -> str:
        week, due_ms = last_due(now_ms, rule.weekday, rule.minute, rule.timezone)
        with self._store.reading() as reading:
            known = reading.monday(letter_id(rule.id, week.name)) is not None
            if known or not _is_wanted(reading, rule, library, due_ms):
                return ""
            letter = self.letter(reading, rule, library, week, due_ms)
        with self._store.writing() as writing:
            if not writing.put_monday(letter):
                return ""  # somebody else wrote it meanwhile
            writing.put_commands(mails_of(letter, now_ms))
        return letter.letter


def counts_of(reading: Reading, week: Week, brands: Sequence[str], now_ms: int) -> Counts:
    """Read all that a letter counts, in a constant number of statements.

    Args:
        reading: One look at the store.
        week: Which week.
        brands: Whose figures; none for all.
        now_ms: The present: a week that is not over is counted up to here.
    """
    bounds: Weeks = week.bounds
    end_ms = min(week.ends_ms, now_ms + 1)  # what happens at this instant has happened
    return Counts(
        let_down=reading.let_down_in(bounds, brands),
        customers=reading.let_down_customers(bounds, brands),
        closed=reading.closed_in(bounds, brands),
        standing=(
            reading.standing_at(end_ms, brands),
            reading.standing_at(week.begins_ms, brands),
        ),
        held=(reading.held_at(end_ms, brands), reading.held_at(week.begins_ms, brands)),
        moved=reading.moved_in(bounds, brands),
        requests=reading.requests_in(bounds, brands),
        overdue=(
            reading.overdue_at(end_ms, brands),
            reading.overdue_at(week.begins_ms, brands),
        ),
        posts=(
            _posts(reading, week.begins_ms, end_ms, brands),
            _posts(reading, week.before_ms, week.begins_ms, brands),
        ),
        stopped=_stopped(reading, week, brands),
    )


def mails_of(letter: MondayLetter, now_ms: int) -> tuple[Command, ...]:
    """Make the mails of a letter, one for each recipient; the same of the same letter.

    What could not go out in a week is not sent beside the next one.
    """
    return tuple(
        Command(
            id=command_id(TELLING, f"{letter.letter}/{place}", "monday", letter.due_ms),
            profile=ProfileId(f"monday:{letter.letter}"),
            case=CaseId(""),
            cause=EventId(""),
            step="monday",
            due_ms=now_ms,
            useful_until_ms=letter.due_ms + 7 * DAY_MS,
            order=TellManagement(letter=letter.letter, place=place),
        )
        for place in range(len(letter.to))
    )


def _posts(
    reading: Reading, since_ms: int, until_ms: int, brands: Sequence[str]
) -> tuple[VoiceCount, ...]:
    counts = reading.voice_counts(since_ms, until_ms)
    return tuple(one for one in counts if not brands or one.brand in brands)


def _stopped(
    reading: Reading, week: Week, brands: Sequence[str]
) -> tuple[tuple[Sends, ...], tuple[Sends, ...]]:
    """Give what the gate stopped on the days (in UTC) that begin in the week, and before it."""
    before, begins, ends = (-(-at_ms // DAY_MS) for at_ms in week.bounds)
    found = reading.sends_held(before, ends)
    theirs = [one for one in found if not brands or one.brand in brands]
    return (
        tuple(one for one in theirs if one.day >= begins),
        tuple(one for one in theirs if one.day < begins),
    )


def _more(reading: Reading, rule: MondayRule, week: Week, figures: Figures) -> int:
    """Say how many failures of the week before became known after its letter was written."""
    last = reading.monday(letter_id(rule.id, week.earlier().name))
    if last is None or last.brands != rule.brands:
        return 0
    return figures.failures.before - last.failures


def _is_wanted(reading: Reading, rule: MondayRule, library: Library, due_ms: int) -> bool:
    """Whether the book of the moment it was due wanted it: one of a pause does not come later."""
    activations = reading.activations()
    then = [one.book for one in activations if one.at_ms <= due_ms]
    if not then:
        return not activations
    if then[-1] == library.active:
        return True
    try:
        wanted = library.books[then[-1]].monday.letter(rule.id)
    except KeyError:  # nobody can say what it wanted
        return False
    return wanted is not None and not wanted.paused
