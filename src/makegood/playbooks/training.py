"""The part `train` of the section `triage`: when a model is trained anew, and when it is taken."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from makegood.playbooks.reading import Section

USUAL_AFTER = 50
MOST_AFTER = 10_000
USUAL_PRECISION = 0.95
USUAL_LONGEST_MS = 30 * 60_000
LONGEST_MS = 12 * 3_600_000
USUAL_MEMORY_MB = 3_000  # so many labels as are learned at most take about a third of it
LEAST_MEMORY_MB, MOST_MEMORY_MB = 1_500, 64_000
USUAL_KEEP, MOST_KEEP = 5, 50
_DAY = 24 * 60
_BETWEEN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")


class TrainTerms(Struct, frozen=True, kw_only=True):
    """What a company sets about training.

    Attributes:
        by_itself: A worker trains; else only who asks for it.
        after: Labels since the last training that make a new one worth it.
        from_minute: Of the day, from which on it may begin.
        until_minute: Of the day, from which on it may not; the same as `from_minute` for all day.
        timezone: Of both; empty for that of the book.
        precision: Of the failures that the new model would open, the least share that is right.
        longest_ms: It is ended when it takes longer.
        memory_mb: It is ended when it takes more.
        keep: So many models are kept, to go back to.
    """

    by_itself: bool = False
    after: int = USUAL_AFTER
    from_minute: int = 60
    until_minute: int = 300
    timezone: str = ""
    precision: float = USUAL_PRECISION
    longest_ms: int = USUAL_LONGEST_MS
    memory_mb: int = USUAL_MEMORY_MB
    keep: int = USUAL_KEEP

    def may_begin(self, at_ms: int, timezone: str) -> bool:
        """Whether it is the time of day at which a training may begin.

        Args:
            at_ms: When.
            timezone: Of the book.
        """
        zone = ZoneInfo(self.timezone or timezone)
        at = datetime.fromtimestamp(at_ms / 1000, tz=UTC).astimezone(zone)
        since = (at.hour * 60 + at.minute - self.from_minute) % _DAY
        return since < ((self.until_minute - self.from_minute) % _DAY or _DAY)


def read_training(section: Section) -> TrainTerms:
    """Read `train` of the section `triage`; without it nothing is trained by itself."""
    inner = section.section("train", "part about training")
    if inner is None:
        return TrainTerms()
    begins, ends = _between(inner)
    terms = TrainTerms(
        by_itself=True,
        after=_whole(inner, "after", USUAL_AFTER, (1, MOST_AFTER)),
        from_minute=begins,
        until_minute=ends,
        timezone=_zone(inner),
        precision=_precision(inner),
        longest_ms=_longest(inner),
        memory_mb=_whole(inner, "memory_mb", USUAL_MEMORY_MB, (LEAST_MEMORY_MB, MOST_MEMORY_MB)),
        keep=_whole(inner, "keep", USUAL_KEEP, (1, MOST_KEEP)),
    )
    inner.done()
    return terms


def _between(section: Section) -> tuple[int, int]:
    written = section.text("between", default="01:00-05:00")
    found = _BETWEEN.fullmatch(written)
    if found is None:
        section.error(
            "between", f"`{written}` are not two times of the day.", "Write 01:00-05:00."
        )
        return 60, 300
    hour, minute, until, rest = (int(part) for part in found.groups())
    return hour * 60 + minute, until * 60 + rest


def _zone(section: Section) -> str:
    written = section.text("timezone", default="")
    try:
        return ZoneInfo(written).key if written else ""
    except (ValueError, OSError, KeyError):
        section.error("timezone", f"`{written}` is no time zone.", "Write it as in Europe/Berlin.")
        return ""


def _precision(section: Section) -> float:
    found = section.ratio("precision", default=USUAL_PRECISION)
    if not 0 < found <= 1:
        section.error("precision", "`precision` is more than 0, and at most 1.", "Write 0.95.")
        return USUAL_PRECISION
    return found


def _longest(section: Section) -> int:
    found = section.span_ms("longest", default=USUAL_LONGEST_MS)
    if not 60_000 <= found <= LONGEST_MS:
        section.error("longest", "A training takes from 1m to 12h.", "Write 30m.")
        return USUAL_LONGEST_MS
    return found


def _whole(section: Section, key: str, usual: int, limits: tuple[int, int]) -> int:
    least, most = limits
    found = section.whole(key, default=usual, most=most)
    if found < least:
        section.error(key, f"`{key}` is at least {least}.", f"Write {usual}.")
    return max(found, least)
