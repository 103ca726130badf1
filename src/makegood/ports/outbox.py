"""The outbox: commands that wait, are leased, and end."""

from collections.abc import Sequence
from typing import Protocol

from makegood.messages.commands import Command
from makegood.messages.ids import CommandId, ProfileId
from makegood.ports.rows import OutboxRow, OutboxStatus


class OutboxReading(Protocol):
    """What became of commands."""

    def outbox_of(self, profiles: Sequence[ProfileId]) -> tuple[OutboxRow, ...]:
        """Give every command of some profiles, oldest first."""

    def outbox(self, status: OutboxStatus, after: CommandId, limit: int) -> tuple[OutboxRow, ...]:
        """Page through commands of one status by id."""

    def command(self, command: CommandId) -> OutboxRow | None:
        """Give one command."""

    def commands(self, commands: Sequence[CommandId]) -> tuple[OutboxRow, ...]:
        """Give commands by id, oldest first; unknown ones are left out."""


class OutboxWriting(Protocol):
    """What queues, leases and ends commands."""

    def put_commands(self, commands: Sequence[Command]) -> None:
        """Queue commands.

        A known id keeps its status; while waiting (or withdrawn: it is wanted again) its text,
        due time and window become the new ones. What was sent stays sent.
        """

    def withdraw(self, commands: Sequence[CommandId], now_ms: int) -> tuple[CommandId, ...]:
        """Mark waiting commands needless; give those that were still waiting."""

    def record(
        self, commands: Sequence[Command], status: OutboxStatus, now_ms: int, error: str
    ) -> None:
        """Write down commands that are not sent (missed, withdrawn).

        Those that are unknown, waiting, or withdrawn: one may be wanted again when it is too late.
        """

    def claim(self, now_ms: int, lease_ms: int, limit: int) -> tuple[OutboxRow, ...]:
        """Lease due commands, the most urgent first, then the oldest; each with a new fence.

        Waiting ones that are due, and leased ones whose lease ran out. On PostgreSQL with SKIP
        LOCKED, so that many workers never wait for each other.
        """

    def end_leases(self, now_ms: int) -> int:
        """Let the leases of first tries run out now; only where no other worker can live.

        What was begun more often waits for the end of its lease: it may be what kills the process,
        and would use up its tries within seconds.

        Returns:
            How many.
        """

    def settle(
        self,
        command: CommandId,
        fence: int,
        status: OutboxStatus,
        now_ms: int,
        error: str = "",
    ) -> bool:
        """End a delivery; False when the fence is no longer ours (nothing is changed then)."""

    def retry_at(self, command: CommandId, fence: int, next_ms: int, error: str) -> bool:
        """Give a leased command back for another try; False when the fence is not ours."""

    def give_back(self, command: CommandId, fence: int) -> bool:
        """Give a leased command back that was not begun: it waits again and that was no try.

        False when the fence is not ours.
        """

    def came_back(self, command: CommandId, now_ms: int, error: str) -> bool:
        """Say that what was handed over did not arrive; False when it was not handed over."""

    def revive(self, command: CommandId, now_ms: int) -> bool:
        """Make a failed command wait again, by a person; False when it is not failed."""
