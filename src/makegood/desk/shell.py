"""What stands around every page of the desk: who is signed in, counts, the live channel."""

from typing import Any
from urllib.parse import urlencode

from makegood.desk.access import Desk
from makegood.gate.tickets import issue_ticket

_SHOWN = ("open_cases", "held_customers", "stuck_customers", "outbox_failed", "outbox_missed")


def shell(desk: Desk, *, page: str) -> dict[str, Any]:
    """Give the context that the base template of the desk needs.

    Args:
        desk: The desk.
        page: Which page this is, for the navigation.
    """
    counts = desk.reading.counts(*_SHOWN)
    mine = desk.reading.open_cases_by_owner().get(desk.me.rep, 0)
    broken = counts["outbox_failed"] + counts["stuck_customers"]
    return {
        "page": page,
        "me": desk.me,
        "now_ms": desk.now_ms,
        "mine": mine,
        "open_cases": counts["open_cases"],
        "held_customers": counts["held_customers"],
        "broken": broken,
        "missed": counts["outbox_missed"],
        "live_url": live_url(desk),
    }


def live_url(desk: Desk) -> str:
    """Where the page hears that something changed."""
    ticket = issue_ticket(desk.makegood.settings.key, desk.me.rep, desk.makegood.clock)
    return f"/live?{urlencode({'token': ticket})}"
