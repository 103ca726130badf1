"""The compiled rule book: what the core asks, and nothing of how it was written."""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.messages.ids import BookHash
from makegood.messages.money import Money
from makegood.playbooks.terms import (
    Answer,
    Brand,
    Cause,
    FailureRule,
    MessageTemplate,
    Plan,
    Remedy,
    SilenceRule,
)
from makegood.playbooks.vocabulary import Shape


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


class Ruling(Struct, frozen=True, kw_only=True):
    """What a decision table says to one request.

    Attributes:
        request: Id of the request.
        answer: Allowed, denied, or for a person to say.
        row: Id of the row that fits; empty when none does, or when it cannot be told.
        line: Line of that row in the book, else of the request.
        says: The reason in the customer's words, by language; empty when none is needed.
        remedy: What is given with it; empty for nothing.
        amount: How much that is; None when nothing is given or the remedy's own cost counts.
        charge: What the customer pays for it; None when nothing was worked out.
        within_ms: How long the person has, when a person is asked.
        looked_at: The columns up to the answer, as (name, value), for the reasons.
        seen: The facts that were read.
        missing: What could not be worked out, when that is why a person is asked.
        also: Rows that would fit too, when only one may.
    """

    request: str
    answer: Answer
    row: str = ""
    line: int = 0
    says: Mapping[str, str] = {}
    remedy: str = ""
    amount: Money | None = None
    charge: Money | None = None
    within_ms: int = 0
    looked_at: tuple[tuple[str, object], ...] = ()
    seen: tuple[tuple[str, object], ...] = ()
    missing: str = ""
    also: tuple[str, ...] = ()


class LookUp(Struct, frozen=True, kw_only=True):
    """Facts that are looked up for an event before it is stored; the fold never looks anything up.

    Attributes:
        table: Where: `airports`.
        by: What the table is asked for -> the event's fact that says it.
    """

    table: Literal["airports"]
    by: Mapping[str, str]


class PromiseRule(Struct, frozen=True, kw_only=True):
    """A promise of the book, by an event or by a person.

    Attributes:
        rule: Its clock, and the failure that it is when nobody keeps it.
        says: What is promised, in the customer's words, by language.
        binds: What it may bind us to, declared.
        read_binds: Event properties -> what this one binds us to.
        read_due: (event properties, when it was made) -> until when it is to be kept.
        read_by: Event properties -> who promised; empty when nobody is named.
    """

    rule: SilenceRule
    says: Mapping[str, str]
    binds: Shape
    read_binds: Callable[[Facts], Facts]
    read_due: Callable[[Facts, int], int]
    read_by: Callable[[Facts], str]


class DisclosureRule(Struct, frozen=True, kw_only=True):
    """Something the book wants remembered when the customer is told what it costs.

    Attributes:
        says: What is told, in the customer's words, by language.
        read: Event properties -> (about, what was told, who told it); the first is empty when the
            event does not say what it is about, or what it costs.
    """

    id: str
    says: Mapping[str, str]
    read: Callable[[Facts], tuple[str, Facts, str]]
    line: int


class ClaimRule(Struct, frozen=True, kw_only=True):
    """What is paid of what a customer spent because we let them down.

    Attributes:
        failures: Failure kinds it is for.
        most_cents: What the rule itself pays at most for one failure; beyond it a person decides.
        receipt_above_cents: From more than this on a receipt is needed; 0 needs one always.
        within_ms: How long after the failure.
        pays: Remedy that pays it.
        not_payable: Kinds of expense that are not paid.
        says: Why they are not, in the customer's words, by language.
    """

    failures: tuple[str, ...]
    most_cents: int
    receipt_above_cents: int
    within_ms: int
    pays: str
    not_payable: tuple[str, ...]
    says: Mapping[str, str]


class RequestRule(Struct, frozen=True, kw_only=True):
    """A request that the book can answer.

    Attributes:
        title: What is asked, by language; "en" is always there.
        takes: What it may carry, declared; None when anything may come.
        rule: (what it carries, customer facts) -> the one ruling.
        recalls: It reads what was said; `rule` takes that as well, None when nobody can know.
        claim: It claims an expense; then what is known of the customer answers, and not `rule`.
        within_ms: How long a person has for an answer where no row says.
        source: Where the rules come from, if the book says.
    """

    id: str
    title: Mapping[str, str]
    takes: Shape | None
    rule: Callable[..., Ruling]
    line: int
    within_ms: int = 0
    source: str = ""
    recalls: bool = False
    claim: ClaimRule | None = None

    def answer(self, asked: Facts, customer: Facts, said: Facts | None) -> Ruling:
        """Give the one ruling.

        Args:
            asked: What the request carries.
            customer: Facts about the customer.
            said: What was said about the same thing; None when that cannot be known.
        """
        return self.rule(asked, customer, said) if self.recalls else self.rule(asked, customer)


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
        recalling: Events with a rule that reads what was said.
        look_ups: What is looked up for an event before it is stored, by event name.
        text: The text as written with the laws bound to it, for the page that shows a rule with
            its line.
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
    recalling: frozenset[str] = frozenset()
    look_ups: Mapping[str, tuple[LookUp, ...]] = {}
    text: str = ""

    def says(self, name: str) -> bool:
        """Whether an event makes or keeps a promise, or tells what something costs."""
        return name in self.starts or name in self.ends or name in self.tells

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


class Library(Struct, frozen=True, kw_only=True):
    """Every rule book the log was ever stamped with.

    Attributes:
        active: Hash of the book that judges new events.
        books: By hash.
    """

    active: BookHash
    books: Mapping[BookHash, RuleBook]

    def book(self, wanted: BookHash) -> RuleBook:
        """Give the book an event was stamped with.

        Raises:
            KeyError: The book was never loaded; the shell loads all that the log names.
        """
        return self.books[wanted]
