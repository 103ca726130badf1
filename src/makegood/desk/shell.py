"""What stands around every page of the desk: who is signed in, counts, the live channel."""

from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from makegood.desk.access import Desk
from makegood.gate.tickets import issue_ticket
from makegood.messages.ids import CommandId
from makegood.ports.rows import OutboxStatus

MOST_COUNTED = 50  # beyond it a badge says "50+": nobody needs to know it more exactly
_SHOWN = ("open_cases", "held_customers", "stuck_customers", "outbox_failed", "outbox_missed",
          "waiting_requests")  # fmt: skip


class Totals(Struct, frozen=True, kw_only=True):
    """How much there is of what somebody may see.

    Attributes:
        held: Customers held from marketing; None for who serves some brands, because a hold
            is of the whole umbrella.
        broken: What failed for good, and who is stuck; "50+" when there is more.
        missed: What came too late, in the same way.
        asked: Requests that wait for a person.
    """

    open_cases: int
    held: int | None
    broken: int | str
    missed: int | str
    asked: int | str


def shell(desk: Desk, *, page: str) -> dict[str, Any]:
    """Give the context that the base template of the desk needs.

    Args:
        desk: The desk.
        page: Which page this is, for the navigation.
    """
    totals = _of_some_brands(desk) if desk.brands else _of_all(desk)
    return {
        "page": page,
        "me": desk.me,
        "now_ms": desk.now_ms,
        "mine": desk.reading.open_cases_by_owner().get(desk.me.rep, 0),
        "open_cases": totals.open_cases,
        "held_customers": totals.held,
        "broken": totals.broken,
        "missed": totals.missed,
        "waiting_requests": totals.asked,
        "live_url": live_url(desk),
    }


def _of_all(desk: Desk) -> Totals:
    counts = desk.reading.counts(*_SHOWN)
    return Totals(
        open_cases=counts["open_cases"],
        held=counts["held_customers"],
        broken=counts["outbox_failed"] + counts["stuck_customers"],
        missed=counts["outbox_missed"],
        asked=counts["waiting_requests"],
    )


def _of_some_brands(desk: Desk) -> Totals:
    by_brand = desk.reading.open_cases_by_brand()
    failed, more_failed = desk.undelivered(OutboxStatus.FAILED, CommandId(""), MOST_COUNTED)
    missed, more_missed = desk.undelivered(OutboxStatus.MISSED, CommandId(""), MOST_COUNTED)
    asked = desk.reading.waiting(brands=desk.brands, limit=MOST_COUNTED + 1)
    broken = len(failed) + len(desk.stuck(MOST_COUNTED))
    return Totals(
        open_cases=sum(by_brand.get(brand, 0) for brand in desk.brands),
        held=None,
        broken=f"{broken}+" if broken and more_failed else broken,
        missed=f"{len(missed)}+" if missed and more_missed else len(missed),
        asked=f"{MOST_COUNTED}+" if len(asked) > MOST_COUNTED else len(asked),
    )


def live_url(desk: Desk) -> str:
    """Where the page hears that something changed."""
    ticket = issue_ticket(desk.makegood.settings.key, desk.me.rep, desk.makegood.clock)
    return f"/live?{urlencode({'token': ticket})}"
