"""The bodies an event can have: what the outside tells us, and the facts of our own."""

from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.ids import CaseId, CommandId, EventId, ProfileId, RepId
from makegood.messages.money import Money

Fact: TypeAlias = object
"""A JSON value, checked at the edge: null, bool, int, float, str, list or map of these."""
Facts: TypeAlias = dict[str, Fact]
TextRef: TypeAlias = str
"""Key of a free text in the side table of personal data; the log never holds the words."""


class _Body(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag=True):
    """One kind of fact."""


class Touchpoint(_Body, frozen=True, kw_only=True, tag="touchpoint"):
    """The customer met the firm: a flight was delayed, a rental was not fulfilled.

    Attributes:
        name: The event's name, for example "Rental Unfulfilled".
        properties: Facts that conditions may read; free of personal data.
    """

    name: str
    properties: Facts = {}


class Identified(_Body, frozen=True, kw_only=True, tag="identified"):
    """The source told who the customer is.

    Attributes:
        traits: Facts that conditions may read as `customer.*`; free of personal data.
        lookups: Pseudonyms of e-mail addresses, telephone and loyalty numbers that find them.
        also: Profiles that are the same customer (anonymous id, previous id): these merge.
    """

    traits: Facts = {}
    lookups: tuple[ProfileId, ...] = ()
    also: tuple[ProfileId, ...] = ()


class Unlinked(_Body, frozen=True, kw_only=True, tag="unlinked"):
    """A person found that two profiles are not one customer.

    Attributes:
        other: The profile to separate from the event's own.
        by: Who decided.
        reason: Why.
    """

    other: ProfileId
    by: RepId
    reason: TextRef = ""


class FailureRaised(_Body, frozen=True, kw_only=True, tag="failure_raised"):
    """Somebody raised a failure by hand.

    Attributes:
        failure: Id of a failure rule of the book, or "other".
        about: Booking, segment or order; empty when not known.
        brand: The brand that failed.
        by: Rep, or empty when the customer raised it.
        words: What they said.
        severity: 1 (nuisance) to 5 (stranded); 0 leaves it to the rule.
        price: Price of what was affected, when known.
    """

    failure: str
    about: str = ""
    brand: str = ""
    by: RepId = RepId("")
    words: TextRef = ""
    severity: int = 0
    price: Money | None = None


class Judged(_Body, frozen=True, kw_only=True, tag="judged"):
    """A person settled what the rules could not judge.

    Attributes:
        question: The event that could not be judged.
        failure: Failure rule that applies, or empty for "no failure".
        by: Who judged.
    """

    question: EventId
    failure: str
    by: RepId
    reason: TextRef = ""


class Chosen(_Body, frozen=True, kw_only=True, tag="chosen"):
    """The customer (or a rep for them, on the phone) chose an offer of Plan B.

    Attributes:
        case: The case.
        offer: Id of the offer.
        by: Rep on the phone, or empty when the customer chose.
    """

    case: CaseId
    offer: str
    by: RepId = RepId("")


class Answered(_Body, frozen=True, kw_only=True, tag="answered"):
    """The customer answered "is it good again?".

    Attributes:
        case: The case.
        answer: `good` lifts the hold; `not_yet` keeps the case and wakes its owner.
        by: Rep who wrote the answer down, or empty when the customer gave it.
        words: What they added.
    """

    case: CaseId
    answer: Literal["good", "not_yet"]
    by: RepId = RepId("")
    words: TextRef = ""


class Granted(_Body, frozen=True, kw_only=True, tag="granted"):
    """A rep gave a remedy; judged by `decide` before it was appended.

    Attributes:
        case: The case.
        remedy: Id of a remedy of the book.
        cost: What it costs the firm.
        by: The rep.
        off_script: The remedy is not one the plan offers.
        reason: Required off script.
    """

    case: CaseId
    remedy: str
    cost: Money
    by: RepId
    off_script: bool = False
    reason: TextRef = ""


class Released(_Body, frozen=True, kw_only=True, tag="released"):
    """A person lifted the hold with a reason; no offer ever follows a mere release."""

    case: CaseId
    by: RepId
    reason: TextRef


class HandedOver(_Body, frozen=True, kw_only=True, tag="handed_over"):
    """The case has another owner."""

    case: CaseId
    to: RepId
    by: RepId
    note: TextRef = ""


class Noted(_Body, frozen=True, kw_only=True, tag="noted"):
    """A rep wrote an internal note."""

    case: CaseId
    by: RepId
    text: TextRef


class Wrote(_Body, frozen=True, kw_only=True, tag="wrote"):
    """The customer wrote to the owner of the case."""

    case: CaseId
    text: TextRef


class Called(_Body, frozen=True, kw_only=True, tag="called"):
    """A rep called the customer.

    Attributes:
        reached: False leaves the call task open.
    """

    case: CaseId
    by: RepId
    reached: bool
    note: TextRef = ""


class Confirmed(_Body, frozen=True, kw_only=True, tag="confirmed"):
    """Somebody outside said yes: the offer may now be made.

    Attributes:
        command: The question that was answered.
        step: The command's plan step.
        expires_ms: Until when the yes stands; 0 for no end.
        detail: Facts worth telling, for example minutes until arrival.
    """

    command: CommandId
    step: str = ""
    expires_ms: int = 0
    detail: Facts = {}


class Declined(_Body, frozen=True, kw_only=True, tag="declined"):
    """Somebody outside said no: the offer is not made."""

    command: CommandId
    step: str = ""
    why: str = ""


class Carried(_Body, frozen=True, kw_only=True, tag="carried"):
    """A command was carried out.

    Attributes:
        command: Which.
        step: Its plan step; a repeat under another cause is known by it.
        paid: Money that moved or was spent; None for a message.
        reference: The other side's reference.
        detail: Facts worth telling.
    """

    command: CommandId
    step: str = ""
    paid: Money | None = None
    reference: str = ""
    detail: Facts = {}


class Dropped(_Body, frozen=True, kw_only=True, tag="dropped"):
    """A command ended without being carried out.

    Attributes:
        command: Which.
        why: `withdrawn` (needless), `missed` (too late to be useful), `failed` (dead letter)
            or `held` (the gate said no).
        step: Its plan step.
        reason: One sentence.
    """

    command: CommandId
    step: str = ""
    why: Literal["withdrawn", "missed", "failed", "held"]
    reason: str = ""


class Opened(_Body, frozen=True, kw_only=True, tag="opened"):
    """The customer opened the page that a message led to."""

    case: CaseId


class Unsubscribed(_Body, frozen=True, kw_only=True, tag="unsubscribed"):
    """The customer wants no more promotional messages of a brand on a channel.

    Attributes:
        brand: One brand, or "*" for all.
        channel: `mail`, `sms` or "*".
        again: True when the customer asked for them again.
    """

    brand: str
    channel: str
    again: bool = False


class Referred(_Body, frozen=True, kw_only=True, tag="referred"):
    """A friend came through the customer's personal link.

    Attributes:
        case: The case whose offer carried the link.
        visitor: Pseudonym of the visitor, so that one friend counts once.
        joined: False for a look, True when the friend became a customer.
    """

    case: CaseId
    visitor: str
    joined: bool = False


class Requested(_Body, frozen=True, kw_only=True, tag="requested"):
    """Somebody asked for something, and heard what the table of that day says.

    Who asks, who pays and who is told may each be somebody other than the customer: an agency
    asks for its client. The answer was worked out by `decide` before this was appended.

    Attributes:
        request: Id of a request of the book.
        facts: What was asked; free of personal data.
        about: Booking, segment or order.
        brand: Who is asked.
        asker: Pseudonym of who asks; empty for the customer.
        payer: Pseudonym of who pays; empty for the customer.
        told: Pseudonym of who is told; empty for the customer.
        by: Rep or key that wrote it down; empty when the customer asked us directly.
        answer: Allowed, denied, or for a person to say.
        row: The row of the table that fits; empty when none does.
        line: Its line in the book, else the request's.
        says: The reason in the customer's words, by language.
        remedy: What is given with it; empty for nothing.
        amount: What that costs.
        charge: What has to be paid for it; None for nothing.
        within_ms: How long a person has for the answer, also after an appeal.
        looked_at: The columns up to the answer, as (name, value).
        seen: The facts that were read.
        missing: What could not be worked out, when that is why a person is asked.
        also: Rows that fit too, when only one may.
    """

    request: str
    facts: Facts = {}
    about: str = ""
    brand: str = ""
    asker: ProfileId = ProfileId("")
    payer: ProfileId = ProfileId("")
    told: ProfileId = ProfileId("")
    by: RepId = RepId("")
    answer: Literal["allow", "deny", "person"] = "person"
    row: str = ""
    line: int = 0
    says: dict[str, str] = {}
    remedy: str = ""
    amount: Money | None = None
    charge: Money | None = None
    within_ms: int = 0
    looked_at: tuple[tuple[str, object], ...] = ()
    seen: tuple[tuple[str, object], ...] = ()
    missing: str = ""
    also: tuple[str, ...] = ()


class Settled(_Body, frozen=True, kw_only=True, tag="settled"):
    """A person answered a request that waited; judged by `decide` before it was appended.

    Attributes:
        asked: The event of the request.
        answer: Yes or no.
        by: Who answered.
        remedy: What is given with a yes; empty for nothing.
        cost: What that costs; None for nothing.
        charge: What has to be paid; None for nothing.
        reason: Required for a no.
    """

    asked: EventId
    answer: Literal["allow", "deny"]
    by: RepId = RepId("")
    remedy: str = ""
    cost: Money | None = None
    charge: Money | None = None
    reason: TextRef = ""


class Appealed(_Body, frozen=True, kw_only=True, tag="appealed"):
    """A no was not accepted: somebody other than who refused decides, once.

    Attributes:
        asked: The event of the request.
        by: Rep who appealed for the customer; empty when the customer did.
        words: What they said.
    """

    asked: EventId
    by: RepId = RepId("")
    words: TextRef = ""


Body: TypeAlias = (
    Touchpoint
    | Identified
    | Unlinked
    | FailureRaised
    | Judged
    | Chosen
    | Answered
    | Granted
    | Released
    | HandedOver
    | Noted
    | Wrote
    | Called
    | Confirmed
    | Declined
    | Carried
    | Dropped
    | Opened
    | Unsubscribed
    | Referred
    | Requested
    | Settled
    | Appealed
)
