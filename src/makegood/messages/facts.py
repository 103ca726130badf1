"""The bodies an event can have: what the outside tells us, and the facts of our own."""

from typing import Literal, TypeAlias

from makegood.messages.approval_facts import Approved as Approved
from makegood.messages.approval_facts import Contested as Contested
from makegood.messages.approval_facts import Proposed as Proposed
from makegood.messages.approval_facts import TurnedDown as TurnedDown
from makegood.messages.body import Fact as Fact
from makegood.messages.body import FactBody, TextRef
from makegood.messages.body import Facts as Facts
from makegood.messages.call_facts import CalledBack as CalledBack
from makegood.messages.call_facts import CallWished as CallWished
from makegood.messages.call_facts import HintSettled as HintSettled
from makegood.messages.hello_facts import AgreementEnds as AgreementEnds
from makegood.messages.hello_facts import Assigned as Assigned
from makegood.messages.hello_facts import HelloAllowed as HelloAllowed
from makegood.messages.hello_facts import HelloDone as HelloDone
from makegood.messages.hello_facts import HelloDue as HelloDue
from makegood.messages.hello_facts import Introduced as Introduced
from makegood.messages.hello_facts import RepStays as RepStays
from makegood.messages.hello_facts import SuccessorNamed as SuccessorNamed
from makegood.messages.hello_facts import WishNoted as WishNoted
from makegood.messages.ids import AccountId, CaseId, CommandId, EventId, ProfileId, RepId
from makegood.messages.letter_facts import ConversationBegun as ConversationBegun
from makegood.messages.letter_facts import NotedOnCustomer as NotedOnCustomer
from makegood.messages.letter_facts import Replied as Replied
from makegood.messages.letter_facts import ReplyTakenBack as ReplyTakenBack
from makegood.messages.link_facts import Linked as Linked
from makegood.messages.money import Money
from makegood.messages.person_facts import Contacted as Contacted
from makegood.messages.person_facts import GotInTouch as GotInTouch
from makegood.messages.person_facts import PersonChosen as PersonChosen
from makegood.messages.person_facts import PersonRefused as PersonRefused
from makegood.messages.person_facts import RoomGiven as RoomGiven
from makegood.messages.place_facts import AskedAgain as AskedAgain
from makegood.messages.place_facts import PlaceAnswered as PlaceAnswered
from makegood.messages.place_facts import PlacesFound as PlacesFound
from makegood.messages.request_facts import Appealed as Appealed
from makegood.messages.request_facts import Requested as Requested
from makegood.messages.request_facts import Settled as Settled
from makegood.messages.root_facts import RootCauseNamed as RootCauseNamed
from makegood.messages.said_facts import Arrived as Arrived
from makegood.messages.said_facts import Disclosed as Disclosed
from makegood.messages.said_facts import Kept as Kept
from makegood.messages.said_facts import Promised as Promised
from makegood.messages.said_facts import Redirected as Redirected
from makegood.messages.survey_facts import Rated as Rated
from makegood.messages.triage_facts import Triaged as Triaged


class Touchpoint(FactBody, frozen=True, kw_only=True, tag="touchpoint"):
    """The customer met the firm: a flight was delayed, a rental was not fulfilled.

    Attributes:
        name: The event's name, for example "Rental Unfulfilled".
        properties: Facts that conditions may read; free of personal data.
    """

    name: str
    properties: Facts = {}


class Identified(FactBody, frozen=True, kw_only=True, tag="identified"):
    """The source told who the customer is.

    Attributes:
        traits: Facts that conditions may read as `customer.*`; free of personal data.
        lookups: Pseudonyms of e-mail addresses, telephone and loyalty numbers that find them.
        also: Profiles that are the same customer (anonymous id, previous id): these merge.
    """

    traits: Facts = {}
    lookups: tuple[ProfileId, ...] = ()
    also: tuple[ProfileId, ...] = ()


class Unlinked(FactBody, frozen=True, kw_only=True, tag="unlinked"):
    """A person found that two profiles are not one customer.

    Attributes:
        other: The profile to separate from the event's own.
        by: Who decided.
        reason: Why.
    """

    other: ProfileId
    by: RepId
    reason: TextRef = ""


class FailureRaised(FactBody, frozen=True, kw_only=True, tag="failure_raised"):
    """Somebody raised a failure by hand.

    Attributes:
        failure: Id of a failure rule of the book, or "other".
        about: Booking, segment or order; empty when not known.
        brand: The brand that failed.
        by: Rep, or empty when the customer raised it.
        words: What they said.
        severity: 1 (nuisance) to 5 (stranded); 0 leaves it to the rule.
        price: Price of what was affected, when known.
        asker: Pseudonym of who asks for the customer; empty for the customer.
        payer: Pseudonym of who paid, and gets back what is refunded; empty for the customer.
        told: Pseudonym of whom the case writes to; empty for what the account says.
        account: Through which account it was booked; empty when not known.
    """

    failure: str
    about: str = ""
    brand: str = ""
    by: RepId = RepId("")
    words: TextRef = ""
    severity: int = 0
    price: Money | None = None
    asker: ProfileId = ProfileId("")
    payer: ProfileId = ProfileId("")
    told: ProfileId = ProfileId("")
    account: AccountId = AccountId("")


class Judged(FactBody, frozen=True, kw_only=True, tag="judged"):
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


class Chosen(FactBody, frozen=True, kw_only=True, tag="chosen"):
    """The customer (or a rep for them, on the phone) chose an offer of Plan B.

    Attributes:
        case: The case.
        offer: Id of the offer.
        by: Rep on the phone, or empty when the customer chose.
    """

    case: CaseId
    offer: str
    by: RepId = RepId("")


class Answered(FactBody, frozen=True, kw_only=True, tag="answered"):
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


class Granted(FactBody, frozen=True, kw_only=True, tag="granted"):
    """A rep gave a remedy; judged by `decide` before it was appended.

    Attributes:
        case: The case.
        remedy: Id of a remedy of the book.
        cost: What it costs the firm.
        by: The rep.
        off_script: The remedy is not one the plan offers.
        reason: Required off script.
        budget: The budget it is taken from; empty for none.
        remaining: What that budget has left after it.
    """

    case: CaseId
    remedy: str
    cost: Money
    by: RepId
    off_script: bool = False
    reason: TextRef = ""
    budget: str = ""
    remaining: Money | None = None


class Released(FactBody, frozen=True, kw_only=True, tag="released"):
    """A person lifted the hold with a reason; no offer ever follows a mere release."""

    case: CaseId
    by: RepId
    reason: TextRef


class HandedOver(FactBody, frozen=True, kw_only=True, tag="handed_over"):
    """The case has another owner."""

    case: CaseId
    to: RepId
    by: RepId
    note: TextRef = ""


class Noted(FactBody, frozen=True, kw_only=True, tag="noted"):
    """A rep wrote an internal note."""

    case: CaseId
    by: RepId
    text: TextRef


class Wrote(FactBody, frozen=True, kw_only=True, tag="wrote"):
    """The customer wrote to the owner of the case."""

    case: CaseId
    text: TextRef


class Called(FactBody, frozen=True, kw_only=True, tag="called"):
    """A rep called the customer.

    Attributes:
        reached: False leaves the call task open.
    """

    case: CaseId
    by: RepId
    reached: bool
    note: TextRef = ""


class Confirmed(FactBody, frozen=True, kw_only=True, tag="confirmed"):
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


class Declined(FactBody, frozen=True, kw_only=True, tag="declined"):
    """Somebody outside said no: the offer is not made."""

    command: CommandId
    step: str = ""
    why: str = ""


class Carried(FactBody, frozen=True, kw_only=True, tag="carried"):
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


class Dropped(FactBody, frozen=True, kw_only=True, tag="dropped"):
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


class Opened(FactBody, frozen=True, kw_only=True, tag="opened"):
    """The customer opened the page that a message led to."""

    case: CaseId


class Unsubscribed(FactBody, frozen=True, kw_only=True, tag="unsubscribed"):
    """The customer wants no more promotional messages of a brand on a channel.

    Attributes:
        brand: One brand, or "*" for all.
        channel: `mail`, `sms` or "*".
        again: True when the customer asked for them again.
    """

    brand: str
    channel: str
    again: bool = False


class Referred(FactBody, frozen=True, kw_only=True, tag="referred"):
    """A friend came through the customer's personal link.

    Attributes:
        case: The case whose offer carried the link.
        visitor: Pseudonym of the visitor, so that one friend counts once.
        joined: False for a look, True when the friend became a customer.
    """

    case: CaseId
    visitor: str
    joined: bool = False


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
    | Proposed
    | Approved
    | TurnedDown
    | Contested
    | Promised
    | Kept
    | Disclosed
    | Redirected
    | Arrived
    | Rated
    | PersonChosen
    | RoomGiven
    | PersonRefused
    | GotInTouch
    | Contacted
    | PlacesFound
    | PlaceAnswered
    | AskedAgain
    | Linked
    | RootCauseNamed
    | SuccessorNamed
    | RepStays
    | Introduced
    | HelloAllowed
    | WishNoted
    | HelloDue
    | HelloDone
    | Assigned
    | AgreementEnds
    | Replied
    | ReplyTakenBack
    | CalledBack
    | HintSettled
    | CallWished
    | Triaged
    | ConversationBegun
    | NotedOnCustomer
)


def joined_with(body: Body) -> tuple[ProfileId, ...]:
    """Give the profiles that a fact says are the same customer as its own."""
    if isinstance(body, Identified):
        return body.also
    return (body.other,) if isinstance(body, Linked) else ()
