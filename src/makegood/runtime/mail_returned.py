"""A mail of ours that came back: its order failed after all, and a person may have to call."""

from makegood.messages.facts import Dropped
from makegood.messages.ids import CommandId
from makegood.ports.clock import Clock
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.ports.store import Store
from makegood.runtime.delivery import is_of_a_customer
from makegood.runtime.intake import Intake
from makegood.runtime.mail_aside import Took
from makegood.runtime.told import Told
from makegood.sources.mail.shapes import Returned


def take_back(store: Store, intake: Intake, clock: Clock, returned: Returned) -> Took:
    """End the orders whose mail came back.

    A customer's history tells it; what went within the firm is nobody's history, and stands where
    what was not delivered does.
    """
    if not returned.is_final:
        return Took(became="passed over", why="A server is still trying.")
    ours = [CommandId(one[1:].partition("@")[0]) for one in returned.ids]
    now_ms = clock.now_ms()
    reason = f"The mail came back ({returned.status or 'no code given'})."
    with store.writing() as writing:
        rows = [row for row in writing.commands(ours) if row.status is OutboxStatus.DONE]
        for row in rows:
            if not is_of_a_customer(row.command):
                writing.came_back(row.command.id, now_ms, reason)
        told = [_told(row, reason) for row in rows if is_of_a_customer(row.command)]
        intake.record(writing, told, now_ms)
    if not rows:
        return Took(became="passed over", why="It came back, and is none of ours.")
    return Took(became="returned", why=reason)


def _told(row: OutboxRow, reason: str) -> Told:
    return Told(
        profile=row.command.profile,
        body=Dropped(
            command=row.command.id, why="failed", step=row.command.step, reason=reason
        ),
        message_id=f"{row.command.id}/returned",
    )  # fmt: skip
