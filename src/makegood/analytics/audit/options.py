"""What the user may say about the two files, and the trays for rows that cannot be used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from makegood.analytics.audit.dates import DAY_MS, DayOrder

WINDOW_DAYS = 7  # shorter than any rule book's hold, so that the headline is not inflated
REASONS: Mapping[str, str] = {
    "broken_row": "The row has more or fewer cells than there are headings, or broken quotes.",
    "unreadable_date": "The date cannot be read.",
    "unknown_zone": "The date names a time zone by letters other than UTC, GMT or Z.",
    "unreadable_resolved_date": "The date of resolution cannot be read.",
    "resolved_before_it_happened": "It was resolved before it happened.",
    "no_identifier": "No e-mail address, phone, user id or loyalty number.",
    "malformed_identifier": "What stands for the customer has not the form of an identifier.",
    "shared_identifier": "The address or phone stands with more than three user ids.",
    "unknown_status": "The status is none that the audit knows.",
}


class Options(Struct, frozen=True, kw_only=True):
    """How two exports are read and counted.

    Attributes:
        mapping: File -> field -> heading.
        zones: File -> IANA time zone of dates that name none.
        day_order: For columns of dates that do not tell.
        window_ms: The headline counts no longer than this after a failure.
        encoding: Of files that are not UTF-8.
    """

    mapping: Mapping[str, Mapping[str, str]] = {}
    zones: Mapping[str, str] = {}
    day_order: DayOrder = ""
    window_ms: int = WINDOW_DAYS * DAY_MS
    encoding: str = ""

    def zone(self, file: str) -> str:
        return self.zones.get(file, "UTC")


class Tray:
    """Rows that are left out, by reason; a row is put in once."""

    def __init__(self) -> None:
        self.rows: defaultdict[str, list[int]] = defaultdict(list)

    def put(self, reason: str, rows: Iterable[int]) -> None:
        found = list(rows)
        if found:
            self.rows[reason].extend(found)

    @property
    def count(self) -> int:
        return sum(len(rows) for rows in self.rows.values())
