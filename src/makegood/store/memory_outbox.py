"""Writing the outbox of the memory engine."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from makegood.messages.commands import Command, rank_of
from makegood.messages.ids import CommandId
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.store.memory_watching import MemoryLook
from makegood.store.shapes import most_urgent

OPEN = (OutboxStatus.WAITING, OutboxStatus.LEASED)
Change = dict[str, OutboxStatus | int | str]
AGAIN = (OutboxStatus.WAITING, OutboxStatus.WITHDRAWN)


class MemoryOutbox(MemoryLook):
    """Commands on their way out."""

    def put_commands(self, commands: Sequence[Command]) -> None:
        for command in commands:
            old = self._t.commands.get(command.id)
            if old is None:
                row = OutboxRow(command=command, status=OutboxStatus.WAITING)
                self._write(replace(row, next_ms=command.due_ms))
            elif old.status in AGAIN:
                self._write(_wanted_again(old, command))

    def record(
        self, commands: Sequence[Command], status: OutboxStatus, now_ms: int, error: str
    ) -> None:
        for command in commands:
            old = self._t.commands.get(command.id)
            new = OutboxRow(command=command, status=status, next_ms=command.due_ms)
            if old is None or old.status in AGAIN:
                row = replace(old or new, command=command, status=status)
                self._write(replace(row, error=error, settled_ms=now_ms))

    def withdraw(self, commands: Sequence[CommandId], now_ms: int) -> tuple[CommandId, ...]:
        return tuple(id_ for id_ in sorted(set(commands)) if self._withdraw(id_, now_ms))

    def _withdraw(self, command: CommandId, now_ms: int) -> bool:
        change: Change = {"status": OutboxStatus.WITHDRAWN, "settled_ms": now_ms}
        return self._if(command, lambda row: row.status is OutboxStatus.WAITING, change)

    def claim(self, now_ms: int, lease_ms: int, limit: int) -> tuple[OutboxRow, ...]:
        ready = sorted(
            (rank_of(self._t.commands[id_].command.order), at, id_)
            for id_, at in self._t.open_commands.items()
            if at <= now_ms
        )
        claimed = [self._lease(id_, now_ms + lease_ms) for _rank, _at, id_ in ready[:limit]]
        return tuple(sorted(claimed, key=most_urgent))

    def _lease(self, command: CommandId, until_ms: int) -> OutboxRow:
        row = self._t.commands[command]
        return self._write(
            replace(
                row,
                status=OutboxStatus.LEASED,
                attempts=row.attempts + 1,
                fence=row.fence + 1,
                next_ms=until_ms,
            )
        )

    def end_leases(self, now_ms: int) -> int:
        rows = [self._t.commands[id_] for id_, at in self._t.open_commands.items() if at > now_ms]
        leased = [row for row in rows if row.status is OutboxStatus.LEASED and row.attempts <= 1]
        for row in leased:
            self._write(replace(row, next_ms=now_ms))
        return len(leased)

    def settle(
        self,
        command: CommandId,
        fence: int,
        status: OutboxStatus,
        now_ms: int,
        error: str = "",
    ) -> bool:
        change: Change = {"status": status, "settled_ms": now_ms, "error": error}
        return self._if(command, lambda row: _is_mine(row, fence), change)

    def retry_at(self, command: CommandId, fence: int, next_ms: int, error: str) -> bool:
        change: Change = {"status": OutboxStatus.WAITING, "next_ms": next_ms, "error": error}
        return self._if(command, lambda row: _is_mine(row, fence), change)

    def give_back(self, command: CommandId, fence: int) -> bool:
        row = self._t.commands.get(command)
        if row is None or not _is_mine(row, fence):
            return False
        given = replace(row, status=OutboxStatus.WAITING, attempts=row.attempts - 1)
        self._write(replace(given, next_ms=row.command.due_ms))
        return True

    def came_back(self, command: CommandId, now_ms: int, error: str) -> bool:
        change: Change = {"status": OutboxStatus.FAILED, "settled_ms": now_ms, "error": error}
        return self._if(command, lambda row: row.status is OutboxStatus.DONE, change)

    def revive(self, command: CommandId, now_ms: int) -> bool:
        change: Change = {
            "status": OutboxStatus.WAITING,
            "next_ms": now_ms,
            "attempts": 0,
            "settled_ms": 0,
        }
        return self._if(command, lambda row: row.status is OutboxStatus.FAILED, change)

    def _if(
        self,
        command: CommandId,
        allowed: Callable[[OutboxRow], bool],
        change: Change,
    ) -> bool:
        row = self._t.commands.get(command)
        if row is None or not allowed(row):
            return False
        self._write(replace(row, **change))
        return True

    def _write(self, row: OutboxRow) -> OutboxRow:
        t, id_, profile = self._t, row.command.id, row.command.profile
        old = t.commands.get(id_)
        if old is not None and old.command.profile != profile:
            others = t.commands_of[old.command.profile]
            t.commands_of[old.command.profile] = tuple(one for one in others if one != id_)
        t.commands[id_] = row
        known = t.commands_of.get(profile, ())
        if id_ not in known:
            t.commands_of[profile] = (*known, id_)
        if row.status in OPEN:
            t.open_commands[id_] = row.next_ms
        elif id_ in t.open_commands:
            del t.open_commands[id_]
        return row


def _is_mine(row: OutboxRow, fence: int) -> bool:
    return row.fence == fence and row.status is OutboxStatus.LEASED


def _wanted_again(old: OutboxRow, command: Command) -> OutboxRow:
    waiting = old.status is OutboxStatus.WAITING
    return replace(
        old,
        command=command,
        status=OutboxStatus.WAITING,
        next_ms=max(old.next_ms, command.due_ms) if old.attempts else command.due_ms,
        error=old.error if waiting else "",
        settled_ms=0,
    )
