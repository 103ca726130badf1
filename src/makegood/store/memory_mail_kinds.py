"""Kinds of mail in the memory engine."""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from makegood.ports.mail_kinds import MailDecision, MailKind


class MailTables(Protocol):
    """The tables that are read here."""

    mail_kinds: MutableMapping[str, MailKind]
    mail_decisions: MutableMapping[int, MailDecision]


class MemoryMailKindReading:
    """Kinds, and what was said of them."""

    _t: MailTables

    def mail_kinds(
        self,
        *,
        waiting_only: bool = False,
        brands: Sequence[str] = (),
        after: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[MailKind, ...]:
        found = [
            row
            for row in self._t.mail_kinds.values()
            if (row.waits or not waiting_only)
            and (not brands or row.brand in brands)
            and (after is None or (-row.last_ms, row.kind) > (-after[0], after[1]))
        ]
        return tuple(sorted(found, key=lambda row: (-row.last_ms, row.kind))[:limit])

    def mail_kind(self, kind: str) -> MailKind | None:
        return self._t.mail_kinds.get(kind)

    def mail_kinds_waiting(self) -> int:
        return sum(row.waits for row in self._t.mail_kinds.values())

    def mail_decisions(self, after: int, limit: int) -> tuple[MailDecision, ...]:
        places = sorted(place for place in self._t.mail_decisions if place > after)
        return tuple(self._t.mail_decisions[place] for place in places[:limit])

    def last_mail_decision(self) -> int:
        return max(self._t.mail_decisions, default=0)

    def last_mail_decisions(self, kinds: Sequence[str]) -> Mapping[str, MailDecision]:
        rows = (self._t.mail_decisions[one] for one in sorted(self._t.mail_decisions))
        return {row.kind: row for row in rows if row.kind in kinds}

    def mail_decisions_of(self, kind: str, limit: int) -> tuple[MailDecision, ...]:
        rows = (self._t.mail_decisions[one] for one in sorted(self._t.mail_decisions)[::-1])
        return tuple(row for row in rows if row.kind == kind)[:limit]


class MemoryMailKindWriting(MemoryMailKindReading):
    """What was seen, and what is said."""

    def count_mail_kinds(self, rows: Sequence[MailKind]) -> None:
        for row in rows:
            known = self._t.mail_kinds.get(row.kind)
            self._t.mail_kinds[row.kind] = _added(known, row) if known else row

    def put_mail_decision(self, row: MailDecision) -> bool:
        if row.place in self._t.mail_decisions:
            return False
        self._t.mail_decisions[row.place] = row
        if known := self._t.mail_kinds.get(row.kind):
            self._t.mail_kinds[row.kind] = replace(known, decided=row.message_class)
        return True

    def forget_mail_kinds(self, once_before_ms: int, before_ms: int, most_once: int) -> int:
        once = sorted(row.last_ms for row in self._t.mail_kinds.values() if row.mails <= 1)
        if len(once) > most_once:
            once_before_ms = max(once_before_ms, once[-most_once - 1] + 1)
        said = {row.kind for row in self._t.mail_decisions.values()}
        gone = [
            row.kind
            for row in self._t.mail_kinds.values()
            if row.kind not in said
            and (row.last_ms < before_ms or (row.mails <= 1 and row.last_ms < once_before_ms))
        ]
        for kind in gone:
            del self._t.mail_kinds[kind]
        return len(gone)


def _added(known: MailKind, row: MailKind) -> MailKind:
    return replace(
        known,
        subject=row.subject or known.subject,
        example=row.example or known.example,
        message_class=row.message_class,
        says=row.says,
        mails=known.mails + row.mails,
        recipients=known.recipients + row.recipients,
        held=known.held + row.held,
        last_ms=max(known.last_ms, row.last_ms),
    )
