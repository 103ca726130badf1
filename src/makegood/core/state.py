"""The state of one customer: all that the fold remembers, and nothing it does not need."""

from enum import StrEnum

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from makegood.core.asked import RequestState
from makegood.core.in_touch import InTouch
from makegood.core.my_person import MyPerson
from makegood.core.owed import Owed, Stray
from makegood.core.precedents import Precedent
from makegood.core.proposed import Proposal
from makegood.core.said import Memory
from makegood.core.standing import Told
from makegood.core.surveyed import SurveyState
from makegood.core.timers import Origin, Timer
from makegood.core.waived import Waiver
from makegood.messages.facts import Facts
from makegood.messages.ids import BookHash, CaseId, CommandId, EventId, RepId, case_id
from makegood.messages.money import Money
from makegood.playbooks.terms import Cause, Tier


class Phase(StrEnum):
    """Where a recovery stands; `core.recovery` says which moves there are."""

    UNCLEAR = "unclear"
    OPENED = "opened"
    OFFERED = "offered"
    CALLING = "calling"
    HELPING = "helping"
    ASKED = "asked"
    MADE_WHOLE = "made_whole"
    RELEASED = "released"
    DISMISSED = "dismissed"


PRICE = "failure.price_cents"
"""The fact that is missing when a share of a price cannot be worked out."""
CLOSED = frozenset({Phase.MADE_WHOLE, Phase.RELEASED, Phase.DISMISSED})
"""Phases in which nobody works on the case any more."""


class Failure(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One service failure; it may grow, and stays one by its `about`.

    Attributes:
        event: The event that first showed it.
        rule: Failure kind of the book.
        about: Booking, segment or order.
        at_ms: When it first showed.
        severity: 1 to 5; only ever rises.
        declined: The customer no longer wants the service.
        by: Rep who raised it by hand; empty for rules and customers.
        words: What was said, by reference.
        seen: Facts the rule read, for the reasons.
        line: The rule's line in its book.
        given: The least tier was given, or the plan has none.
    """

    event: EventId
    rule: str
    about: str
    brand: str
    at_ms: int
    severity: int
    cause: Cause
    book: BookHash
    inferred: bool = False
    price: Money | None = None
    details: Facts = {}
    declined: bool = False
    by: RepId = RepId("")
    words: str = ""
    seen: tuple[tuple[str, object], ...] = ()
    line: int = 0
    owed: tuple[Owed, ...] = ()
    given: bool = False


class OfferStatus(StrEnum):
    """Where an offer of Plan B stands."""

    ASKING = "asking"
    CONFIRMED = "confirmed"
    UNAVAILABLE = "unavailable"
    CHOSEN = "chosen"
    KEPT = "kept"
    BROKEN = "broken"
    LAPSED = "lapsed"


class OfferState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One offer of a case.

    Attributes:
        offer: The remedy's id.
        about: The failure it is for.
        rule: The kind that failure had; one that grows worse has a Plan B of its own.
        asked: Command that asked the other side; empty when no yes is needed.
        ordered: Command that carries it out, once chosen.
        expires_ms: Until when the other side's yes stands; 0 for no end.
        detail: What the other side said, for example minutes until arrival.
        by: Rep who chose it on the phone.
        cost: Expected cost, and what it did cost once kept.
        why: Why it is not made, as in `Withheld`; empty when the other side said no.
    """

    offer: str
    about: str
    tier: Tier
    status: OfferStatus
    rule: str = ""
    declines: bool = False
    calls: bool = False
    asked: CommandId = CommandId("")
    ordered: CommandId = CommandId("")
    expires_ms: int = 0
    detail: Facts = {}
    by: RepId = RepId("")
    cost: Money = Money(0)
    why: str = ""

    @property
    def waits_for_price(self) -> bool:
        """Whether it was chosen and cannot be ordered: a share of a price nobody told."""
        return self.status is OfferStatus.CHOSEN and not self.ordered


class Gift(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A remedy given as goodwill, by the plan itself or by a rep.

    Attributes:
        command: Empty while it cannot be ordered.
        by: Rep; empty when the plan gave it.
        expected: What it was expected to cost.
        paid: What the outcome says; None until then.
        failed: Nobody carried it out.
        about: What failed; empty for what a rep gave.
        missing: The fact without which its size cannot be told; a person finds it.
        instead: The remedy it stands for, which did not fit or could not be had.
    """

    remedy: str
    command: CommandId
    at_ms: int
    expected: Money
    by: RepId = RepId("")
    paid: Money | None = None
    failed: bool = False
    off_script: bool = False
    reason: str = ""
    about: str = ""
    missing: str = ""
    instead: str = ""


class Withheld(Struct, frozen=True, gc=False, array_like=True):
    """A remedy of the plan that was not given by itself.

    Attributes:
        remedy: Which.
        about: The failure it was for.
        why: `match` (it does not fit the loss) or `most` (the cap of goodwill).
    """

    remedy: str
    about: str
    why: str


class Call(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A call the owner has to make.

    Attributes:
        due_ms: Until when.
        promised: The customer was told; late is a broken promise.
        promise_ms: Until when the customer was told it would come; 0 when not told.
        broken_ms: Until when it was promised in vain, and so is late; 0 when no promise broke.
        why: second_failure, no_choice, no_offer, not_opened, asked_for, not_yet, wrote,
            broken_promise, no_plan, unreached, not_asked, apology or bad_score.
    """

    due_ms: int
    why: str
    promised: bool = False
    promise_ms: int = 0
    broken_ms: int = 0
    done_ms: int = 0


class Unclear(Struct, frozen=True, gc=False, array_like=True):
    """An event that a rule could not judge because a fact was missing.

    Attributes:
        event: The event.
        rule: The rule that could not say.
        missing: The fact it needs.
        about: What it is about; the event's id when that could not be read either.
        at_ms: When it happened.
        severity: Of the rule; 0 when only its facts could tell.
        price: Of what was affected, when the event told it.
        details: What the event told.
    """

    event: EventId
    rule: str
    missing: str
    about: str
    brand: str
    at_ms: int
    severity: int = 0
    price: Money | None = None
    details: Facts = {}


class Case(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A recovery: everything done between a failure and "made whole".

    Attributes:
        id: Derived from the first failure.
        plan: Failure whose plan it follows; the case keeps the book it opened with.
        unclear: Events that no rule could judge, with what was missing.
        double: A second failure, or a promise of ours that was broken.
        broken: Promises of ours that were broken.
        lifts_ms: When the hold lifts by itself after "made whole"; 0 while it stands.
        lifted: The hold no longer stands.
        look: A person is asked to look because the hold stands very long.
        offered: Failures ("about/rule") whose choice was sent to the customer.
        referred: Pseudonyms of friends who came by the personal link.
        withheld: What the plan would have given by itself and did not.
        proposals: What one person may not give alone, oldest first.
    """

    id: CaseId
    origin: Origin
    phase: Phase
    opened_ms: int
    brand: str
    scope: str
    plan: str
    owner: RepId = RepId("")
    failures: tuple[Failure, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    offers: tuple[OfferState, ...] = ()
    gifts: tuple[Gift, ...] = ()
    messages: tuple[tuple[CommandId, str], ...] = ()
    call: Call | None = None
    double: bool = False
    broken: int = 0
    asked_ms: int = 0
    opened_page_ms: int = 0
    closed_ms: int = 0
    lifts_ms: int = 0
    lifted: bool = False
    look: bool = False
    offer_after: CommandId = CommandId("")
    offered: tuple[str, ...] = ()
    referred: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def names(self) -> tuple[CaseId, ...]:
        """What it would be called if another of its events had come first.

        A late event may become the first of a case; what people said about it before still finds
        it by the name it had then.
        """
        events = (*(one.event for one in self.failures), *(one.event for one in self.unclear))
        return tuple(case_id(event) for event in events)

    @property
    def missing(self) -> tuple[tuple[str, str], ...]:
        """(about, fact) for money that waits because a fact is missing; a person finds it."""
        owed = ((f.about, one.missing) for f in self.failures for one in f.owed if one.missing)
        gifts = ((one.about, one.missing) for one in self.gifts if one.missing)
        offers = ((one.about, PRICE) for one in self.offers if one.waits_for_price)
        return tuple(dict.fromkeys((*owed, *gifts, *offers)))

    @property
    def is_open(self) -> bool:
        """Whether somebody still works on it."""
        return self.phase not in CLOSED

    @property
    def severity(self) -> int:
        """The worst of its failures; 0 while unclear."""
        return max((failure.severity for failure in self.failures), default=0)

    def failure(self, about: str) -> Failure | None:
        """Find a failure by what it is about; no two of a case are about the same."""
        for failure in reversed(self.failures):
            if failure.about == about:
                return failure
        return None

    def with_failure(self, after: Failure) -> "Case":
        """Put a changed failure in the place of the old one, which is often the newest."""
        failures = self.failures
        index = len(failures) - 1
        while failures[index].about != after.about:
            index -= 1
        return replace(self, failures=(*failures[:index], after, *failures[index + 1 :]))


class State(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """All that is remembered about one customer.

    Attributes:
        facts: Traits that conditions may read as `customer.*`.
        cases: Oldest first.
        timers: In firing order.
        fired_ms: When the last timer fired; an event before it came late.
        apologies_ms: When we apologised; a repeated apology without more does harm.
        unsubscribed: (brand, channel), "*" for all; a reason of its own that no release lifts.
        strays: Money that moved without anything owed or given.
        orders: (command, step) of every order given, to know a repeat under another cause.
        requests: What was asked for, oldest first; what is settled leaves after a while.
        precedents: Who the customer was at each failure and request, and whether they came back.
        told: Who told what about the standing, the newest first.
        bought_ms: When they first bought something, by the events the book names; 0 for never.
        waivers: What need no longer be paid or done, oldest first.
        memory: What the customer was told: promises and fees.
        surveys: What they were asked about, or not, and what they answered; oldest first.
        my_person: Whom they chose, whom they are kept apart from, and whom they speak with.
        in_touch: Who comes after whoever leaves, what may be said, and lots.
    """

    facts: Facts = {}
    cases: tuple[Case, ...] = ()
    timers: tuple[Timer, ...] = ()
    fired_ms: int = 0
    apologies_ms: tuple[int, ...] = ()
    unsubscribed: tuple[tuple[str, str], ...] = ()
    strays: tuple[Stray, ...] = ()
    orders: tuple[tuple[CommandId, str], ...] = ()
    requests: tuple[RequestState, ...] = ()
    precedents: tuple[Precedent, ...] = ()
    told: tuple[Told, ...] = ()
    bought_ms: int = 0
    waivers: tuple[Waiver, ...] = ()
    memory: Memory = Memory()
    surveys: tuple[SurveyState, ...] = ()
    my_person: MyPerson = MyPerson()
    in_touch: InTouch = InTouch()

    @property
    def next_due_ms(self) -> int:
        """When the next timer is due; 0 for none."""
        return self.timers[0].due_ms if self.timers else 0

    @property
    def open_case(self) -> Case | None:
        """The case that is worked on; there is at most one, and then it is the last."""
        case = self.cases[-1] if self.cases else None
        return case if case is not None and case.phase not in CLOSED else None

    def case(self, wanted: str) -> Case | None:
        """Find a case by its id, or by the id of any event that could have opened it."""
        for case in self.cases:
            if case.id == wanted or wanted in case.names:
                return case
        return None

    def request(self, wanted: str) -> RequestState | None:
        """Find a request by its event."""
        return next((one for one in self.requests if one.event == wanted), None)


EMPTY = State()
"""A customer of whom nothing is known yet."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(State)


def encode_state(state: State) -> bytes:
    """Write a state (MessagePack); equal states give equal bytes when built by the same fold."""
    return _ENCODER.encode(state)


def decode_state(blob: bytes) -> State:
    """Read what `encode_state` wrote; no bytes are the empty state."""
    return _DECODER.decode(blob) if blob else EMPTY
