"""The compiled rule book: what the core asks, and nothing of how it was written."""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from msgspec import Struct, field
from msgspec.structs import force_setattr

from makegood.messages.call_facts import CALL_EVENTS
from makegood.messages.facts import Facts
from makegood.messages.ids import BookHash
from makegood.messages.money import Money
from makegood.playbooks.advertising import Advertised
from makegood.playbooks.asking import AskingTerms
from makegood.playbooks.calling_terms import CallRules
from makegood.playbooks.duty import DutyHours
from makegood.playbooks.employees import EmployeeTerms
from makegood.playbooks.giving import Budget, Goodwill
from makegood.playbooks.lapsing import LapseRule
from makegood.playbooks.letters import LetterTerms
from makegood.playbooks.mappings import Source
from makegood.playbooks.monday import MondayTerms
from makegood.playbooks.outgoing_terms import Outgoing, OutgoingTerms
from makegood.playbooks.owners import OwnerTerms
from makegood.playbooks.people_terms import PeopleRules
from makegood.playbooks.placing import PlaceRule, WalkRule
from makegood.playbooks.reputation import ReputationTerms
from makegood.playbooks.routing_terms import RoutingRules
from makegood.playbooks.rulings import DisclosureRule, PromiseRule, RequestRule, SurveyRule
from makegood.playbooks.sending import USUAL_SENDS, SendRule
from makegood.playbooks.standing import StandingRules
from makegood.playbooks.terms import (
    Brand,
    Cause,
    EveryoneTerms,
    FailureRule,
    MessageTemplate,
    Plan,
    Remedy,
    SilenceRule,
)
from makegood.playbooks.triage import TriageTerms
from makegood.playbooks.voice import VoiceTerms
from makegood.playbooks.waiting import WaitTerms


class Finding(Struct, frozen=True, gc=False, kw_only=True):
    """What one failure rule made of one event.

    Attributes:
        rule: Id of the failure rule.
        outcome: `yes`, or `cannot` when a fact it needs is missing; "no" is not reported.
        about: Booking, segment or order, so that a growing failure stays one.
        brand: The brand that failed; empty for the umbrella.
        severity: 1 (nuisance) to 5 (stranded); 0 when only a missing fact could tell.
        cause: Who or what made it fail.
        inferred: The cause was inferred, not told; it may explain and grant, never deny.
        price: Price of what was affected; None when the rule names none.
        details: Facts for the sentence about the failure.
        seen: The facts the rule read, as (path, value).
        missing: What could not be read, for `cannot`.
    """

    rule: str
    outcome: Literal["yes", "cannot"]
    about: str = ""
    brand: str = ""
    severity: int = 3
    cause: Cause = Cause.FIRM
    inferred: bool = False
    price: Money | None = None
    details: Facts = {}
    seen: tuple[tuple[str, object], ...] = ()
    missing: str = ""


class Entitled(Struct, frozen=True, kw_only=True):
    """What one entitlement rule says is owed.

    Attributes:
        entitlement: Id of the rule.
        outcome: `yes`, or `cannot` when a fact is missing.
        remedy: Remedy that pays it.
        amount: How much.
        deadline_ms: Time allowed after it fell due.
        basis: law, contract or guarantee.
        source: Where it is written.
        once: What it makes good, if other rules make good the same: it is owed once.
        line: Line in the book.
        seen: The facts the rule read.
        missing: What could not be read.
    """

    entitlement: str
    outcome: Literal["yes", "cannot"]
    remedy: str = ""
    amount: Money = Money(0)
    deadline_ms: int = 0
    basis: str = ""
    source: str = ""
    once: str = ""
    line: int = 0
    seen: tuple[tuple[str, object], ...] = ()
    missing: str = ""


Known = Callable[[str], Facts | None]
"""about -> what was said about it, by id; None when that cannot be known."""
Trigger = Callable[..., tuple[Finding, ...]]
"""(event properties, customer facts) -> findings; `()` when nothing failed. One that recalls what
was said takes a `Known` as well."""


class FailureFacts(Struct, frozen=True, kw_only=True):
    """A failure as entitlement rules see it.

    Attributes:
        rule: Failure kind.
        at_ms: When it happened; the law of that day applies.
        declined: The customer no longer wants the service.
        price: Price of what was affected.
        cause: Who or what made it fail.
        details: Facts of the events, as `failure.*`.
    """

    rule: str
    at_ms: int
    declined: bool
    price: Money | None
    cause: Cause
    details: Facts


class OwedRules(Protocol):
    """The entitlement rules of one book."""

    def __call__(self, failure: FailureFacts, customer: Facts, /) -> tuple[Entitled, ...]:
        """Say what is owed for a failure by the rules of its date."""


class LookUp(Struct, frozen=True, kw_only=True):
    """Facts that are looked up for an event before it is stored; the fold never looks anything up.

    Attributes:
        table: Where: `airports`.
        by: What the table is asked for -> the event's fact that says it.
    """

    table: Literal["airports"]
    by: Mapping[str, str]


class RuleBook(Struct, frozen=True, kw_only=True):
    """A checked, compiled rule book.

    Attributes:
        hash: Identifies the text; every event is stamped with it.
        name: For people.
        umbrella: The firm that owns the brands.
        currency: ISO 4217 code of sums without one.
        timezone: IANA name, for hours and dates in messages.
        failures: By id; with the silence rules and "other", so that each can be raised by hand.
        triggers: By event name; all rules on one event as one function.
        silences: Clocks of what we owe, silence rules and promises, in the order of the book.
        starts: Silence rules by the event that makes the promise.
        ends: Silence rules by the event that keeps it.
        about_of: Event name -> function that reads `about` (for promises).
        plans: By failure id; silence rules and "other" have theirs.
        remedies: By id.
        owed: The entitlement rules.
        authority_cents: What a role may give for one case, by role.
        double_window_ms: A new failure within this of the last one is a double deviation.
        brands: By id.
        messages: By id.
        requests: What customers may ask, by id.
        promises: What may be promised, by id; each is among the `silences` too.
        disclosures: What may be told, by id.
        tells: Disclosures by the event that tells them.
        surveys: When customers are asked how it was, by id.
        asks_after: Surveys by the event after which they ask.
        recalling: Events with a rule that reads what was said.
        look_ups: What is looked up for an event before it is stored, by event name.
        standing: Which facts say who a customer is; None when the book does not.
        purchases: Events that are a purchase, by the book's standing.
        everyone: Which cases are comparable.
        goodwill: The limits of what is given without being owed.
        waivers: What may be waived, by id, with its words by language.
        budgets: What some roles may give together.
        sends: Which events tell that somebody was written to.
        approval_ms: How long a second person has to approve what is above a rep's authority; 0
            where the book has no approval.
        outgoing: Whose mail of other tools is, what class it has, and what if it is held.
        text: The text as written with the books and laws bound to it.
        sources: How records of other systems become events, by name.
        reputation: From when something is said of a person or a rule.
        voice: Where we listen in public, and how soon a person answers there.
        by_brand: The book of each brand that has its own, whole; the log is stamped with this one.
        people: What holds for customers and their own people.
        reads_agreed: A condition of it, or of a brand's, reads `customer.agreed`.
        places: How places are found and asked, by id.
        walks: How it is chosen who goes elsewhere, by id.
        lapses: When a line that is no longer used is a failure.
        lapses_on: Lapses by the event that is a use.
        owners: Who answers for a rule or a place, of all brands, and by when.
        asking: What counts for all surveys together.
        employees: By what anybody of the firm finds a customer, and what they then see.
        routing: Who is asked when a customer chose nobody.
        waits: Queues in which customers wait, and when that is a failure.
        calls: What telephone calls fail by, and who calls back.
        advertised: What is said in public that the company does.
        monday: Who of management gets the letter about the week, of all brands.
        duty: In which hours somebody is there.
    """

    hash: BookHash
    name: str
    umbrella: str
    currency: str
    timezone: str
    failures: Mapping[str, FailureRule]
    triggers: Mapping[str, Trigger]
    silences: tuple[SilenceRule, ...]
    starts: Mapping[str, tuple[SilenceRule, ...]]
    ends: Mapping[str, tuple[SilenceRule, ...]]
    about_of: Mapping[str, Callable[[Facts], str]]
    plans: Mapping[str, Plan]
    remedies: Mapping[str, Remedy]
    owed: OwedRules
    authority_cents: Mapping[str, int]
    double_window_ms: int
    brands: Mapping[str, Brand]
    messages: Mapping[str, MessageTemplate]
    requests: Mapping[str, RequestRule] = {}
    promises: Mapping[str, PromiseRule] = {}
    disclosures: Mapping[str, DisclosureRule] = {}
    tells: Mapping[str, tuple[DisclosureRule, ...]] = {}
    surveys: Mapping[str, SurveyRule] = {}
    asks_after: Mapping[str, tuple[SurveyRule, ...]] = {}
    recalling: frozenset[str] = frozenset()
    look_ups: Mapping[str, tuple[LookUp, ...]] = {}
    everyone: EveryoneTerms = EveryoneTerms()
    standing: StandingRules | None = None
    purchases: frozenset[str] = frozenset()
    goodwill: Goodwill = Goodwill()
    waivers: Mapping[str, Mapping[str, str]] = {}
    budgets: tuple[Budget, ...] = ()
    sends: Mapping[str, SendRule] = field(default_factory=lambda: USUAL_SENDS)
    approval_ms: int = 0
    outgoing: Outgoing = Outgoing()
    text: str = ""
    sources: Mapping[str, Source] = {}
    by_brand: Mapping[str, "RuleBook"] = {}
    people: PeopleRules = PeopleRules()
    reads_agreed: bool = False
    places: Mapping[str, PlaceRule] = {}
    walks: Mapping[str, WalkRule] = {}
    reputation: ReputationTerms = ReputationTerms()
    voice: VoiceTerms = VoiceTerms()
    lapses: tuple[LapseRule, ...] = ()
    lapses_on: Mapping[str, tuple[LapseRule, ...]] = {}
    owners: OwnerTerms = OwnerTerms()
    asking: AskingTerms = AskingTerms()
    triage: TriageTerms = TriageTerms()
    letters: LetterTerms = LetterTerms()
    employees: EmployeeTerms = EmployeeTerms()
    routing: RoutingRules = RoutingRules()
    waits: WaitTerms = WaitTerms()
    calls: CallRules = CallRules()
    advertised: tuple[Advertised, ...] = ()
    monday: MondayTerms = MondayTerms()
    duty: DutyHours = DutyHours()

    def for_brand(self, brand: str) -> "RuleBook":
        """Give the book that judges what a brand does: its own, else this one."""
        return self.by_brand.get(brand, self)

    def outgoing_of(self, brand: str) -> OutgoingTerms:
        """Say what is done with mail of a brand that another tool sends."""
        return self.for_brand(brand).outgoing.terms_of(brand)

    def source(self, name: str) -> Source | None:
        """Find a source of this book, or of a brand's."""
        books = (self, *self.by_brand.values())
        return next((one.sources[name] for one in books if name in one.sources), None)

    def hears(self, event: str) -> bool:
        """Whether a rule, promise, disclosure or survey of it or a brand's hears an event."""
        return (
            event in self.triggers
            or event in self.starts
            or event in self.ends
            or event in self.tells
            or event in self.asks_after
            or event in self.lapses_on
            or event in self.waits.by_event
            or (self.calls.heard and event in CALL_EVENTS)
            or any(own.hears(event) for own in self.by_brand.values())
        )

    def says(self, name: str) -> bool:
        """Whether an event is about a promise, a cost or a line, or is asked about later."""
        made = name in self.starts or name in self.ends
        asked = name in self.asks_after or name in self.lapses_on
        return made or asked or name in self.tells or name in self.waits.by_event

    def find(
        self, name: str, properties: Facts, customer: Facts, said: Known | None = None
    ) -> tuple[Finding, ...]:
        """Ask every failure rule on an event.

        Args:
            name: The event's name.
            properties: Its facts (`event.*`).
            customer: Facts about the customer (`customer.*`).
            said: What the customer was told (`said.*`); without it nobody knows.

        Returns:
            Rules that fired or could not judge; `()` when nothing failed.
        """
        trigger = self.triggers.get(name)
        if trigger is None:
            return ()
        if name in self.recalling:
            return trigger(properties, customer, said)
        return trigger(properties, customer)

    def budget_of(self, role: str, brand: str) -> Budget | None:
        """Give the budget that pays what a role gives; one of the brand before one of all."""
        found = [one for one in self.budgets if role in one.roles and one.brand in ("", brand)]
        return max(found, key=lambda one: bool(one.brand), default=None)


def books_in(book: RuleBook) -> tuple[RuleBook, ...]:
    """Give the books of the brands and, last because it is for all others, the book itself."""
    return (*book.by_brand.values(), book)


def rules_of(book: RuleBook) -> tuple[str, ...]:
    """Give the rules of a book that somebody answers for, and that can be behind a bad day."""
    found = (*book.requests, *book.failures, *book.promises, *book.disclosures, *book.remedies)
    return tuple(dict.fromkeys((*found, *book.waivers, *book.surveys)))


class Library(Struct, frozen=True, kw_only=True):
    """Every rule book the log was ever stamped with.

    Attributes:
        active: Hash of the book that judges new events.
        books: By hash; with those of brands that have their own.
    """

    active: BookHash
    books: Mapping[BookHash, RuleBook]

    def __post_init__(self) -> None:
        """Know the books of brands as well: a failure names the one that judged it."""
        of_brands = [own for book in self.books.values() for own in book.by_brand.values()]
        lacking = {own.hash: own for own in of_brands if own.hash not in self.books}
        if lacking:
            force_setattr(self, "books", {**self.books, **lacking})

    def now(self, brand: str = "") -> RuleBook:
        """Give the book that judges what happens to a brand now."""
        return self.books[self.active].for_brand(brand)

    def book(self, wanted: BookHash) -> RuleBook:
        """Give the book an event was stamped with.

        Raises:
            KeyError: The book was never loaded; the shell loads all that the log names.
        """
        return self.books[wanted]
