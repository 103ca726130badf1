"""What happens when a client has handed a mail over: classed, judged, parked, passed on, answered.

The order is what makes the answer true. What is held is parked first, and durably; then the mail
server takes the rest; only then the client hears 250. When the mail server does not take it, what
was parked for it is withdrawn, because the client still has the mail and will come again.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.mailings import MailClass
from makegood.gate.smtp.classing import Ruling
from makegood.gate.smtp.judging import Judge, Verdict, passes_unasked
from makegood.gate.smtp.link import Reply
from makegood.gate.smtp.storing import Lots, Reads, StoreAway
from makegood.gate.smtp.tally import Outcome, Tally
from makegood.gate.smtp.upstream import Courier
from makegood.gate.smtp.wire import plain
from makegood.messages.commands import MessageClass
from makegood.playbooks.outgoing_terms import OutgoingTerms
from makegood.ports.clock import Clock
from makegood.ports.parking import ParkedMail, ParkedRow, mail_id, parked_id

FIRST_LOOK_MS = 15_000  # a hold that lifts at once is rare, and the first minutes are cheap
_LARGE = 256 * 1024  # bytes; reading so much takes long enough to let others speak meanwhile
_LOG = logging.getLogger("makegood.smtp")
_STORE_AWAY = Reply(451, "4.3.0 Nobody can say now whether this may be sent; try again later.")


class Handed(Struct, frozen=True, kw_only=True):
    """A mail as a client handed it over.

    Attributes:
        sender: The envelope's; empty for a bounce.
        options: What MAIL said besides that matters for the content.
        recipients: Those the mail server said it would take.
        wire: The bytes as transferred, dots doubled.
        port: Where it came.
        login: Who signed in.
    """

    sender: str
    options: tuple[str, ...]
    recipients: tuple[str, ...]
    wire: bytes
    port: int = 0
    login: str = ""


class HandOver:
    """Answers for one mail after the other."""

    def __init__(
        self, ruling: Ruling, judge: Judge, reads: Reads, lots: Lots, tally: Tally, clock: Clock
    ) -> None:
        self._ruling = ruling
        self._judge = judge
        self._reads = reads
        self._lots = lots
        self._tally = tally
        self._clock = clock
        self._undoing: set[asyncio.Task[None]] = set()

    async def take(self, handed: Handed, courier: Courier, brand: str) -> Reply:
        """Do with a mail what has to be done, and say what the client hears.

        Args:
            courier: Has the envelope, with these recipients accepted.
            brand: Whose mail it is where nothing else says so.
        """
        content = plain(handed.wire)
        mail = await self._classed(handed, content, brand)
        terms = self._ruling.terms_of(mail.brand)
        try:
            verdicts = await self._judged(mail, terms, handed.recipients)
        except StoreAway:
            return _STORE_AWAY
        held = [one for one in verdicts if not one.passes]
        if held and len(held) == len(verdicts) and terms.held == "refuse" and mail.message_class:
            return self._refused(mail, held)
        if not held:
            reply = await courier.deliver(handed.recipients, handed.wire)
            self._passed(mail, verdicts, reply)
            if reply.is_ok and mail.message_class is None:
                await self._note_held(mail, handed.recipients)
            return reply
        return await self._parted(handed, content, courier, (mail, terms, verdicts))

    async def _classed(self, handed: Handed, content: bytes, brand: str) -> MailClass:
        def classed() -> MailClass:
            return self._ruling.classify.classify(
                content,
                mail_from=handed.sender,
                recipients=handed.recipients,
                port=handed.port,
                user=handed.login,
            )

        try:
            large = len(content) > _LARGE
            mail = await asyncio.to_thread(classed) if large else classed()
        except Exception as fault:  # a mail so strange that it cannot be read is no service's end
            _LOG.error("a mail could not be classed: %s", type(fault).__name__)
            mail = MailClass(message_class=None, brand="", by="none")
        return mail if mail.brand else replace(mail, brand=brand)

    async def _judged(
        self, mail: MailClass, terms: OutgoingTerms, recipients: Sequence[str]
    ) -> tuple[Verdict, ...]:
        if passes_unasked(mail.message_class, terms):  # nobody is asked, so nobody can be away
            return self._judge.verdicts(mail, terms, recipients)
        found: list[Verdict] = []
        for begin in range(0, len(recipients), _TOGETHER):
            some = recipients[begin : begin + _TOGETHER]
            found += await self._reads.run(self._judge.verdicts, mail, terms, some)
            if len(recipients) > _TOGETHER:
                await asyncio.sleep(0)  # a long list lets others speak
        return tuple(found)

    async def _note_held(self, mail: MailClass, recipients: Sequence[str]) -> None:
        """Count who was not spared because nobody knows what this mail is: a person may say so."""

        def held() -> int:
            as_offer = replace(mail, message_class=MessageClass.PROMOTIONAL)
            verdicts = self._judge.verdicts(as_offer, OutgoingTerms(), recipients[:_TOGETHER])
            return sum(not one.passes for one in verdicts)

        with suppress(StoreAway):  # it has passed; the count is only a count
            if count := await self._reads.run(held):
                self._ruling.note_held(mail, count)

    def _refused(self, mail: MailClass, held: Sequence[Verdict]) -> Reply:
        self._count(mail, Outcome.REFUSED, held)
        return Reply(550, f"5.7.1 Held ({held[0].reason}). {held[0].says}".strip())

    async def _parted(
        self,
        handed: Handed,
        content: bytes,
        courier: Courier,
        judged: tuple[MailClass, OutgoingTerms, tuple[Verdict, ...]],
    ) -> Reply:
        """Park those who are held, then pass the mail on to the others."""
        mail, terms, verdicts = judged
        held = [one for one in verdicts if not one.passes]
        passing = [one for one in verdicts if one.passes]
        kept = _kept(handed, content)
        rows = [self._row(kept, mail, terms, one) for one in held]
        parking = asyncio.ensure_future(self._lots.park(kept, rows))
        try:
            new = await asyncio.shield(parking)
        except StoreAway:
            return _STORE_AWAY
        except BaseException:  # the client has gone, but what was begun is written
            self._undo(self._withdraw_when(parking))
            raise
        reply = Reply(250, "2.0.0 Parked.")
        if passing:
            try:
                to = [one.recipient for one in passing]
                reply = await courier.deliver(to, handed.wire)
            except BaseException:  # the client has gone, and comes again
                self._undo(self._withdraw(new))
                raise
            self._passed(mail, passing, reply)
        if not reply.is_ok:
            self._undo(self._withdraw(new))
            return reply
        self._count(mail, Outcome.PARKED, held)
        return Reply(250, f"2.0.0 Taken: {len(passing)} passed on, {len(held)} parked.")

    def _row(
        self, kept: ParkedMail, mail: MailClass, terms: OutgoingTerms, verdict: Verdict
    ) -> ParkedRow:
        now_ms = self._clock.now_ms()
        return ParkedRow(
            parked=parked_id(kept.mail, verdict.recipient),
            mail=kept.mail,
            recipient=verdict.recipient,
            profile=verdict.profile,
            brand=mail.brand,
            message_class=mail.message_class.value if mail.message_class else "",
            classed_by=mail.by,
            rule=mail.rule,
            kind=mail.kind,
            book=self._ruling.book(),
            reason=verdict.reason,
            since_ms=now_ms,
            expires_ms=now_ms + terms.parked_ms,
            next_ms=now_ms + FIRST_LOOK_MS,
        )

    async def _withdraw(self, parked: Mapping[str, int]) -> None:
        """Take back what was parked for a mail that its client still has.

        Not what the same mail, handed over here or at another gate, waits for as well: its fence
        has risen since, in the transaction that promised it.
        """
        if parked:
            await self._lots.unpark(parked, self._clock.now_ms())

    async def _withdraw_when(self, parking: "asyncio.Future[Mapping[str, int]]") -> None:
        """Take back what is being parked at this moment."""
        with suppress(StoreAway):
            await self._withdraw(await parking)

    def _undo(self, undoing: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(undoing)
        self._undoing.add(task)
        task.add_done_callback(self._undoing.discard)

    def _passed(self, mail: MailClass, passing: Sequence[Verdict], reply: Reply) -> Reply:
        if reply.is_ok:
            self._count(mail, Outcome.PASSED, passing)
        return reply

    def _count(self, mail: MailClass, outcome: Outcome, verdicts: Sequence[Verdict]) -> None:
        found = mail.message_class.value if mail.message_class else ""
        for one in verdicts:
            self._tally.add(mail.brand, outcome, one.reason, found)
        _LOG.info(
            "mail of brand %s, class %s by %s %s: %s for %d (%s)",
            mail.brand or "-",
            found or "none",
            mail.by,
            mail.rule or mail.kind or "-",
            outcome.value,
            len(verdicts),
            ", ".join(sorted({one.reason for one in verdicts})),
        )

    async def close(self) -> None:
        """Finish what is being taken back."""
        while self._undoing:
            await asyncio.wait(tuple(self._undoing))


_TOGETHER = 50  # recipients asked about in one go; a question takes some ten microseconds


def _kept(handed: Handed, content: bytes) -> ParkedMail:
    options = " ".join(option for option in handed.options if not option.startswith("SIZE="))
    return ParkedMail(
        mail=mail_id(handed.sender, options, content),
        sender=handed.sender,
        options=options,
        content=content,
        port=handed.port,
        login=handed.login,
    )
