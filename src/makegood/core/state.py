"""The state of one customer: all that the fold remembers, and nothing it does not need."""

from enum import StrEnum

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from makegood.core.asked import RequestState
from makegood.core.case_parts import PRICE as PRICE
from makegood.core.case_parts import Call as Call
from makegood.core.case_parts import Failure as Failure
from makegood.core.case_parts import Gift as Gift
from makegood.core.case_parts import OfferState as OfferState
from makegood.core.case_parts import OfferStatus as OfferStatus
from makegood.core.case_parts import Unclear as Unclear
from makegood.core.case_parts import Withheld as Withheld
from makegood.core.in_touch import InTouch
from makegood.core.lines import LineUse
from makegood.core.my_person import MyPerson
from makegood.core.owed import Stray
from makegood.core.phone import Phone
from makegood.core.placed import ToldTwice
from makegood.core.precedents import Precedent
from makegood.core.proposed import Proposal
from makegood.core.routed import Routed
from makegood.core.said import Memory
from makegood.core.standing import Told
from makegood.core.surveyed import SurveyState
from makegood.core.timers import Origin, Timer
from makegood.core.waits import Wait
from makegood.core.waived import Waiver
from makegood.messages.facts import Facts
from makegood.messages.ids import CaseId, CommandId, RepId, case_id


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


CLOSED = frozenset({Phase.MADE_WHOLE, Phase.RELEASED, Phase.DISMISSED})
"""Phases in which nobody works on the case any more."""


MOST_MOVES = 20  # of a case that goes to and fro, older moves are no longer told


class Case(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A recovery: everything done between a failure and "made whole".

    Attributes:
        id: Derived from the first failure.
        plan: Failure whose plan it follows; the case keeps the book it opened with.
        unclear: Events that no rule could judge, with what was missing.
        double: A second failure, or a promise of ours that was broken.
        broken: Promises of ours that were broken.
        lifts_ms: When the hold lifts by itself after "made whole"; 0 while it stands. Of a case
            that held nothing: when it opened.
        lifted: The hold no longer stands.
        look: A person is asked to look because the hold stands very long.
        offered: Failures ("about/rule") whose choice was sent to the customer.
        referred: Pseudonyms of friends who came by the personal link.
        withheld: What the plan would have given by itself and did not.
        proposals: What one person may not give alone, oldest first.
        told_twice: When the customer was asked for what we know already.
        root: The root cause that a person named; empty for none.
        root_ms: When that was.
        raised: Which people of the firm raised it or more about it, and when first.
        alone_ms: Since when it has lost its owner; 0 with one, and before it had any.
        moved: When it went from whom to whom by what the customer did, the last times.
        root_kind: Of what kind the root cause is; empty for none.
        action: What is done about it, by reference; empty for nothing yet.
        reopens: The closed case whose customer is still unhappy; empty for a case of its own.
        apology: The orders that say sorry, or explain, for its latest failure.
        apology_ms: When one of them was delivered; 0 until then.
        changed: What is done about its root cause as the customer may be told it; empty for
            nothing.
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
    told_twice: tuple[ToldTwice, ...] = ()
    root: str = ""
    root_ms: int = 0
    raised: tuple[tuple[RepId, int], ...] = ()
    alone_ms: int = 0
    moved: tuple[tuple[int, RepId, RepId], ...] = ()
    root_kind: str = ""
    action: str = ""
    reopens: CaseId = CaseId("")
    apology: tuple[CommandId, ...] = ()
    apology_ms: int = 0
    changed: str = ""

    def given_to(self, rep: RepId, at_ms: int) -> "Case":
        """Give it to somebody else where no fact of its own says so: when, from whom, to whom."""
        moved = self.moved
        if self.owner and rep != self.owner:  # a first owner takes it over from nobody
            moved = (*moved, (at_ms, self.owner, rep))[-MOST_MOVES:]
        since_ms = at_ms if self.owner else self.alone_ms
        return replace(self, owner=rep, moved=moved, alone_ms=0 if rep else since_ms)

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
        lines: Service lines they use, by the lapses of the book; the one used last at the end.
        routings: Who was asked to look after them, and who else could have been; the latest last.
        in_touch: Who comes after whoever leaves, what may be said, and lots.
        waits: What they wait for, and the last waits that ended; oldest first.
        phone: Their telephone calls, who has to call back, and what transcripts suggest.
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
    lines: tuple[LineUse, ...] = ()
    routings: tuple[Routed, ...] = ()
    in_touch: InTouch = InTouch()
    waits: tuple[Wait, ...] = ()
    phone: Phone = Phone()

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
