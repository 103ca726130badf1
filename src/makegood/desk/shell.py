"""What stands around every page of the desk: who is signed in, counts, the live channel."""

from typing import Any
from urllib.parse import urlencode

from makegood.desk.access import Desk
from makegood.gate.tickets import issue_ticket


def shell(desk: Desk, *, page: str) -> dict[str, Any]:
    """Give the context that the base template of the desk needs.

    Args:
        desk: The desk.
        page: Which page this is, for the navigation.
    """
    counts = desk.reading.counts()
    mine = desk.reading.open_cases_by_owner().get(desk.me.rep, 0)
    broken = counts.get("outbox_failed", 0) + counts.get("stuck_customers", 0)
    return {
        "page": page,
        "me": desk.me,
        "now_ms": desk.now_ms,
        "mine": mine,
        "open_cases": counts.get("open_cases", 0),
        "held_customers": counts.get("held_customers", 0),
        "broken": broken,
        "missed": counts.get("outbox_missed", 0),
        "live_url": live_url(desk),
    }


def live_url(desk: Desk) -> str:
    """Where the page hears that something changed."""
    ticket = issue_ticket(desk.makegood.settings.key, desk.me.rep, desk.makegood.clock)
    return f"/live?{urlencode({'token': ticket})}"
