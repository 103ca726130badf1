"""Hold marketing until the failure is made good.

A cheery e-mail after a bad day costs more than silence does.
Source: story 3, the missing car; Gregoire, Laufer and Tripp 2010 (perceived greed).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec
from msgspec import Struct

from makegood.core.my_person import Standing
from makegood.core.state import Case, Phase, State
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.messages.ids import CaseId, RepId

EVERYWHERE = "*"
"""Scope of a hold on the whole umbrella, and of an unsubscription from all brands or channels."""
SELLING = frozenset({MessageClass.PROMOTIONAL, MessageClass.MIXED})
"""Classes with an offer in them; a survey sells nothing."""
Why = Literal["free", "hold", "cannot_judge", "unsubscribed", "chosen_rep", "stuck", "unknown"]
_STRICTEST: tuple[Why, ...] = (
    "stuck", "cannot_judge", "hold", "unsubscribed", "chosen_rep", "unknown", "free"
)  # fmt: skip


class Hold(Struct, frozen=True, gc=False, array_like=True):
    """One standing hold.

    Attributes:
        case: The case that holds.
        scope: A brand, or "*" for the umbrella.
        since_ms: When the failure happened that holds.
        lifts_ms: When it lifts by itself, after "made whole"; 0 until then.
        unclear: A person has still to say whether it was a failure.
        names: Every id the case can be called by: one for each of its failures.
    """

    case: CaseId
    scope: str
    since_ms: int
    lifts_ms: int = 0
    unclear: bool = False
    names: tuple[CaseId, ...] = ()


class GateRow(Struct, frozen=True, gc=False, array_like=True):
    """What the gate needs to know about one customer.

    Attributes:
        holds: Standing holds, oldest first.
        unsubscribed: (brand, channel) pairs.
        stuck: The fold could not go on for this customer.
        persons: (brand, rep) whom the customer chose and who is theirs; "" is the umbrella.
    """

    holds: tuple[Hold, ...] = ()
    unsubscribed: tuple[tuple[str, str], ...] = ()
    stuck: bool = False
    persons: tuple[tuple[str, RepId], ...] = ()

    def person(self, brand: str) -> RepId:
        """Give the customer's own person for a brand; empty for nobody."""
        known = dict(self.persons)
        return known.get(brand) or known.get("") or RepId("")


class Question(Struct, frozen=True, kw_only=True):
    """May this message go out?

    Attributes:
        brand: Who wants to speak; empty asks for the umbrella.
        message_class: What the message is for.
        channel: mail, sms and so on.
        case: Set for the case's own "is it good again?", which passes while the case holds.
        by: The rep in whose name it is sent; empty for a brand's.
    """

    brand: str
    message_class: MessageClass
    channel: str = "mail"
    case: CaseId = CaseId("")
    by: RepId = RepId("")


class Answer(Struct, frozen=True, kw_only=True, gc=False):
    """The gate's answer.

    Attributes:
        allowed: Send it, or not.
        reason: Machine code of the reason.
        says: One sentence for a person.
        since_ms: Since when it has been so; 0 for always.
        until: What ends it: "made_whole", "judged", "resubscribed", an ISO 8601 instant, or "".
        case: The case behind it, where there is one.
    """

    allowed: bool
    reason: Why
    says: str
    since_ms: int = 0
    until: str = ""
    case: CaseId = CaseId("")


def gate_row(state: State) -> GateRow:
    """Derive what the gate needs from a customer's state."""
    holds = tuple(_hold(case) for case in state.cases if is_holding(case))
    persons = tuple(
        (one.brand, one.rep) for one in state.my_person.choices if one.standing is Standing.THEIRS
    )
    return GateRow(holds=holds, unsubscribed=state.unsubscribed, persons=persons)


def by_another(rows: Sequence[GateRow], question: Question) -> Answer | None:
    """Say no to what sells and is not sent by the person whom the customer chose.

    Args:
        rows: Of everyone an identifier may mean.
        question: What is to be sent; only what sells is meant.

    Returns:
        The no, where a book lets offers come by the chosen rep alone; None where nothing is
        against it.
    """
    if question.message_class not in SELLING:
        return None
    persons = {row.person(question.brand) for row in rows} - {RepId("")}
    if not persons or persons == {question.by}:
        return None
    says = "This customer chose their own person, and hears offers from that person alone."
    return Answer(allowed=False, reason="chosen_rep", says=says)


def is_holding(case: Case) -> bool:
    """Whether a case stops marketing now.

    Only "made whole" or a person's release lifts a hold; a dismissed question never held more
    than the time it took to judge it.
    """
    return not case.lifted


def _hold(case: Case) -> Hold:
    return Hold(
        case=case.id,
        scope=EVERYWHERE if case.unclear else case.scope,  # nobody knows yet what it touches
        since_ms=case.opened_ms,
        lifts_ms=case.lifts_ms,
        unclear=case.phase is Phase.UNCLEAR,
        names=case.names,
    )


def judge(rows: Sequence[GateRow], question: Question) -> Answer:
    """Answer for everyone an identifier may mean: the strictest answer counts.

    Args:
        rows: Gate rows, folded to now; none when nobody is known.
        question: What is to be sent.

    Returns:
        An answer with its reason. Service, receipts, safety and legal messages always pass.
    """
    if question.message_class not in HELD_CLASSES:
        says = f"A {question.message_class.value} message always passes."
        return Answer(allowed=True, reason="free", says=says)
    if not rows:
        says = "Nobody is known by this identifier."
        return Answer(allowed=True, reason="unknown", says=says)
    if len(rows) == 1:  # nearly always, and half a million times in a screening
        return _answer(rows[0], question)
    answers = [_answer(row, question) for row in rows]
    return min(answers, key=lambda answer: _STRICTEST.index(answer.reason))


_STUCK = Answer(
    allowed=False,
    reason="stuck",
    says="This customer's history could not be folded; a person has to look.",
)
_OWN = Answer(allowed=True, reason="free", says="It is the case's own question.")
_UNSUBSCRIBED = Answer(
    allowed=False,
    reason="unsubscribed",
    says="The customer unsubscribed.",
    until="resubscribed",
)
_FREE = Answer(allowed=True, reason="free", says="Nothing stands against it.")


def _answer(row: GateRow, question: Question) -> Answer:
    """Give the strictest answer of one row; of two holds alike, the older one's."""
    if row.stuck:
        return _STUCK
    if question.message_class is MessageClass.SURVEY and _is_own_question(row, question):
        return _OWN
    oldest: Hold | None = None
    for hold in row.holds:
        if _stops(hold, question):
            if hold.unclear:
                return _held(hold)
            oldest = oldest or hold
    if oldest is not None:
        return _held(oldest)
    return _UNSUBSCRIBED if row.unsubscribed and _is_unsubscribed(row, question) else _FREE


def _is_own_question(row: GateRow, question: Question) -> bool:
    """Whether a survey asks this customer how a case that holds stands.

    That is part of the service: neither a hold nor an unsubscription, which is the no to what
    sells, takes it away. CAN-SPAM passes relationship messages, and the answer ends the hold.
    """
    return any(question.case in (hold.case, *hold.names) for hold in row.holds)


def _stops(hold: Hold, question: Question) -> bool:
    return hold.scope == EVERYWHERE or not question.brand or hold.scope == question.brand


def _held(hold: Hold) -> Answer:
    if hold.unclear:
        says = "Something happened that the rules could not judge; a person has to."
        return Answer(
            allowed=False,
            reason="cannot_judge",
            says=says,
            since_ms=hold.since_ms,
            until="judged",
            case=hold.case,
        )
    until = "made_whole" if not hold.lifts_ms else iso(hold.lifts_ms)
    says = "We let this customer down; marketing waits until it is made good."
    return Answer(
        allowed=False,
        reason="hold",
        says=says,
        since_ms=hold.since_ms,
        until=until,
        case=hold.case,
    )


def _is_unsubscribed(row: GateRow, question: Question) -> bool:
    return any(
        brand in (EVERYWHERE, question.brand) and channel in (EVERYWHERE, question.channel)
        for brand, channel in row.unsubscribed
    )


def iso(at_ms: int) -> str:
    """Write an instant as ISO 8601 in UTC, to the second."""
    moment = datetime.fromtimestamp(at_ms // 1000, tz=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(GateRow)


def encode_gate(row: GateRow) -> bytes:
    """Write a gate row (MessagePack); one without a person is as short as it always was.

    Stores find those that say something by the length of what is written.
    """
    if not row.persons:
        return _ENCODER.encode((row.holds, row.unsubscribed, row.stuck))
    return _ENCODER.encode(row)


def decode_gate(blob: bytes) -> GateRow:
    """Read what `encode_gate` wrote; no bytes are a customer without holds."""
    return _DECODER.decode(blob) if blob else GateRow()
