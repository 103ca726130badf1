"""Who is on duty, and what each has in hand, as the desk shows it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.messages.ids import RepId
from makegood.playbooks.duty import DutyHours
from makegood.ports.rows import RepRow
from makegood.projections.hours import hours_words
from makegood.runtime.duty import parse_hours, reps_on_duty
from makegood.runtime.duty_hours import by_the_book

NO_HOURS = DutyHours()


class Duty(Struct, frozen=True, kw_only=True):
    """A person of the roster at an instant.

    Attributes:
        brands: Brands they serve; empty for all.
        hours: Weekly hours in words; as the roster has them where they cannot be read.
        until_ms: When their present duty ends; 0 when off duty.
        open: Open cases they own.
    """

    rep: RepId
    name: str
    role: str
    brands: tuple[str, ...]
    hours: str
    timezone: str
    until_ms: int
    open: int

    def serves(self, brand: str) -> bool:
        """Whether they look after customers of a brand."""
        return not self.brands or brand in self.brands


def duties(
    reps: Sequence[RepRow],
    now_ms: int,
    open_cases: Mapping[RepId, int],
    hours: DutyHours = NO_HOURS,
) -> tuple[Duty, ...]:
    """Give everybody of the roster, by name.

    Args:
        reps: The roster.
        now_ms: The instant.
        open_cases: Open cases of each rep.
        hours: Of the rule book, for whoever has none of their own.
    """
    reps = by_the_book(reps, hours, now_ms)
    until = {duty.rep: duty.until_ms for duty in reps_on_duty(reps, now_ms, open_cases)}
    return tuple(
        Duty(
            rep=row.rep,
            name=row.name or row.rep,
            role=row.role,
            brands=row.brands,
            hours=_hours(row.hours),
            timezone=row.timezone,
            until_ms=until.get(row.rep, 0),
            open=open_cases.get(row.rep, 0),
        )
        for row in sorted(reps, key=lambda row: (row.name or row.rep).casefold())
    )


def _hours(written: str) -> str:
    try:
        return hours_words(parse_hours(written), "en")
    except InputError:
        return f"cannot be read: {written}"
