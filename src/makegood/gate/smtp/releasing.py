"""Parked mail is asked about again until it may go, or until its time is over.

Every gate may run this beside the others: rows are leased, and only whoever holds the lease
reports. A message goes out once, and a second time only when a process dies between the mail
server's yes and the report of it.
"""

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Sequence

from msgspec.structs import replace

from makegood.core.mailings import MailClass
from makegood.gate.smtp.classing import Ruling
from makegood.gate.smtp.judging import Judge, Verdict, passes_unasked
from makegood.gate.smtp.link import AWAY, Reply
from makegood.gate.smtp.storing import Lots, Reads, StoreAway
from makegood.gate.smtp.tally import Outcome, Tally
from makegood.gate.smtp.upstream import Courier, Upstream
from makegood.gate.smtp.wire import wired
from makegood.messages.commands import MessageClass
from makegood.ports.clock import Clock
from makegood.ports.parking import ParkedMail, ParkedRow, ParkedStatus
from makegood.ports.store import Store

PACE_S = 2.0
ROWS = 100  # leased in one go
LEASE_MS = 15 * 60_000
_ONE_MS = 12 * 60_000  # the longest that one hand-over may take, with RFC 5321's patience
_LAST_MS = 11 * 60_000 + 30_000  # the same from DATA on: whoever is slower begins again
LONGEST_MS = 15 * 60_000  # a hold that lifts wakes what waits; this is for all else that changes
SHORTEST_MS = 15_000
_KEPT_MS = 30 * 86_400_000  # ends are kept a month, without the address
_FORGET = 1000
_FORGET_EVERY_MS = 60_000
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_LOG = logging.getLogger("makegood.smtp")


def next_look_ms(row: ParkedRow, now_ms: int) -> int:
    """Say when to ask again: what waits long is asked about less often.

    A tenth of the time it has waited, between a quarter of a minute and one of an hour, and not
    after its end.
    """
    wait_ms = min(max((now_ms - row.since_ms) // 10, SHORTEST_MS), LONGEST_MS)
    return min(now_ms + wait_ms, max(row.expires_ms, now_ms))


class Releasing:
    """Works through what is parked, a piece at a time.

    Attributes:
        is_ending: The gate is being stopped: what is leased and not begun is given back at once,
            so that nobody waits for the end of its lease.
    """

    def __init__(
        self,
        ruling: Ruling,
        judge: Judge,
        reads: Reads,
        lots: Lots,
        upstream: Upstream,
        tally: Tally,
    ) -> None:
        self._ruling = ruling
        self._judge = judge
        self._reads = reads
        self._lots = lots
        self._upstream = upstream
        self._tally = tally
        self.is_ending = False
        self._forget_ms = 0
        self._untold: tuple[ParkedRow, ...] = ()

    async def run_once(self, store: Store, clock: Clock) -> int:
        """Ask about what is due, send what may go; say how many were looked at.

        Raises:
            StoreAway: The store failed; what was leased comes back when its lease ends.
        """
        if self._untold:  # what went out while the store was away, before it can go out again
            await self._report(store, self._untold)
        now_ms = clock.now_ms()

        def claim() -> tuple[ParkedRow, ...]:
            with store.writing() as writing:
                rows = writing.claim_parked(now_ms, LEASE_MS, ROWS)
                if not rows and now_ms >= self._forget_ms:
                    writing.forget_parked(now_ms - _KEPT_MS, _FORGET)
                    self._forget_ms = now_ms + _FORGET_EVERY_MS
                return rows

        rows = await self._lots.run(claim)
        if not rows:
            return 0
        going: list[ParkedRow] = []
        ended: list[ParkedRow] = []
        for row in rows:
            try:
                looked = await self._looked_at(store, row, now_ms)
            except StoreAway:
                raise
            except Exception as fault:  # one that is so strange may not stop the others
                _LOG.error("parked %s cannot be judged: %s", row.parked, type(fault).__name__)
                looked = _later(row, now_ms)
            (going if looked.status is ParkedStatus.LEASED else ended).append(looked)
        await self._report(store, ended)
        await self._send_all(store, clock, going)
        return len(rows)

    async def _looked_at(self, store: Store, row: ParkedRow, now_ms: int) -> ParkedRow:
        """Judge one again; it stays leased when it may go now."""
        row = await self._classed_anew(store, row)
        if row.expires_ms <= now_ms and not self._free(row):  # what serves never grows stale
            return replace(row, status=ParkedStatus.EXPIRED, settled_ms=now_ms)
        verdict = await self._verdict(row)
        if verdict is None or not verdict.passes:
            reason = verdict.reason if verdict is not None else row.reason
            next_ms = next_look_ms(row, now_ms)
            return replace(row, status=ParkedStatus.WAITING, reason=reason, next_ms=next_ms)
        return replace(row, reason=verdict.reason)

    async def _classed_anew(self, store: Store, row: ParkedRow) -> ParkedRow:
        """Say what a mail is now: a person may have said so since, or the rule book changed."""
        if row.classed_by == "person":
            return row
        decided = self._ruling.decided(row.kind) if row.classed_by != "rule" else None
        if decided is not None:
            return replace(row, message_class=decided.value, classed_by="person")
        if row.book == self._ruling.book():
            return row
        mail = await self._bytes_of(store, row.mail)
        return row if mail is None else self._classed_again(row, mail)

    async def _bytes_of(self, store: Store, mail: str) -> ParkedMail | None:
        """Read one message, never many: each may be large."""

        def read() -> ParkedMail | None:
            with store.reading() as reading:
                return reading.parked_mails([mail]).get(mail)

        return await self._lots.run(read)

    def _classed_again(self, row: ParkedRow, mail: ParkedMail) -> ParkedRow:
        found: MailClass = self._ruling.again.classify(
            mail.content,
            mail_from=mail.sender,
            recipients=(row.recipient,),
            port=mail.port,
            user=mail.login,
        )
        return replace(
            row,
            brand=found.brand or row.brand,
            message_class=found.message_class.value if found.message_class else "",
            classed_by=found.by,
            rule=found.rule,
            kind=found.kind,
            book=self._ruling.book(),
        )

    async def _verdict(self, row: ParkedRow) -> Verdict | None:
        """Ask the gate; None while the store is away."""
        if free := self._free(row):
            return Verdict(recipient=row.recipient, passes=True, reason=free)
        message_class = MessageClass(row.message_class) if row.message_class else None
        try:
            ask = self._judge.verdict
            return await self._reads.run(ask, message_class, row.brand, row.recipient)
        except StoreAway:
            return None

    def _free(self, row: ParkedRow) -> str:
        """Say why one may go without a question; empty when somebody has to be asked."""
        message_class = MessageClass(row.message_class) if row.message_class else None
        return passes_unasked(message_class, self._ruling.terms_of(row.brand))

    async def _report(self, store: Store, rows: Sequence[ParkedRow]) -> None:
        if not rows:
            return

        def change() -> None:
            with store.writing() as writing:
                writing.report_parked(rows)

        self._untold = tuple(rows)
        await self._lots.run(change)
        self._untold = ()
        for row in rows:
            outcome = _OUTCOMES.get(row.status)
            if outcome is not None:
                self._tally.add(row.brand, outcome, row.reason, row.message_class)
                _LOG.info("parked %s of brand %s: %s", row.parked, row.brand or "-", outcome.value)

    async def _send_all(self, store: Store, clock: Clock, rows: Sequence[ParkedRow]) -> None:
        """Send each message once to all of its recipients here, and report before the next."""
        until_ms = min((row.next_ms for row in rows), default=0) - _ONE_MS
        by_mail: defaultdict[str, list[ParkedRow]] = defaultdict(list)
        for row in rows:
            by_mail[row.mail].append(row)
        is_away = False
        for name, group in by_mail.items():
            if self.is_ending:
                await self._report(store, [_given_back(row, clock.now_ms()) for row in group])
                continue
            if is_away or clock.now_ms() > until_ms:  # the rest another time, none of it twice
                await self._report(store, [_later(row, clock.now_ms()) for row in group])
                continue
            mail = await self._bytes_of(store, name)
            if mail is None:  # cannot be: the bytes go with the last recipient who waits
                _LOG.error("the bytes of parked mail %s are gone", name)
                continue
            replies = await self._replies(mail, group, clock)
            is_away = AWAY in replies.values()
            now_ms = clock.now_ms()
            await self._report(
                store, [_settled(row, replies[row.parked], now_ms) for row in group]
            )

    async def _replies(
        self, mail: ParkedMail, rows: Sequence[ParkedRow], clock: Clock
    ) -> dict[str, Reply]:
        """Hand one message over; say what the mail server said for each recipient."""
        begun = await self._upstream.begin(mail.sender, mail.options.split())
        if isinstance(begun, Reply):
            return {row.parked: begun for row in rows}
        try:
            return await self._delivered(begun, mail, rows, clock)
        except asyncio.CancelledError:
            begun.abort()
            raise
        finally:
            begun.end()

    async def _delivered(
        self, courier: Courier, mail: ParkedMail, rows: Sequence[ParkedRow], clock: Clock
    ) -> dict[str, Reply]:
        replies = {row.parked: await courier.add(row.recipient) for row in rows}
        if clock.now_ms() > min(row.next_ms for row in rows) - _LAST_MS:
            _LOG.warning("the mail server is too slow for parked mail %s", mail.mail)
            return dict.fromkeys(replies, AWAY)
        if courier.accepted:
            last = await courier.deliver(tuple(courier.accepted), wired(mail.content))
            for parked, reply in replies.items():
                if reply.is_ok:
                    replies[parked] = last
        return replies


_OUTCOMES = {
    ParkedStatus.SENT: Outcome.RELEASED,
    ParkedStatus.EXPIRED: Outcome.EXPIRED,
    ParkedStatus.REFUSED: Outcome.UNDELIVERED,
}


def _later(row: ParkedRow, now_ms: int) -> ParkedRow:
    return replace(row, status=ParkedStatus.WAITING, next_ms=next_look_ms(row, now_ms))


def _given_back(row: ParkedRow, now_ms: int) -> ParkedRow:
    return replace(row, status=ParkedStatus.WAITING, next_ms=now_ms)


def _settled(row: ParkedRow, reply: Reply, now_ms: int) -> ParkedRow:
    """Say how a recipient stands after the mail server's word.

    A no for good ends it without a bounce: the tool that sent it would take the address for dead.
    """
    if reply.is_ok:
        return replace(row, status=ParkedStatus.SENT, settled_ms=now_ms, error="")
    # Its codes alone: its words often quote the address.
    code = _ENHANCED.match(reply.says)
    attempts, error = row.attempts + 1, f"{reply.code} {code[0] if code else ''}".rstrip()
    if reply.code >= 500:
        status = ParkedStatus.REFUSED
        return replace(row, status=status, settled_ms=now_ms, attempts=attempts, error=error)
    return replace(
        row,
        status=ParkedStatus.WAITING,
        next_ms=next_look_ms(row, now_ms),
        attempts=attempts,
        error=error,
    )
