"""What a book says to requests, and about what was said: rulings, claims, promises."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.messages.money import Money
from makegood.playbooks.terms import (
    Answer,
    SilenceRule,
)
from makegood.playbooks.vocabulary import Shape


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
        waives: What the customer need not pay or do from then on; empty for nothing.
        once: That is for the next time only.
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
    waives: str = ""
    once: bool = False


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


class SurveyKind(StrEnum):
    """How a survey is answered."""

    CSAT = "csat"
    CES = "ces"
    NPS = "nps"
    THUMBS = "thumbs"
    CUSTOM = "custom"

    @property
    def scale(self) -> tuple[int, int]:
        """The least and the most; more is always better, also for effort ("it was easy")."""
        return _SCALES[self]


_SCALES = {
    SurveyKind.CSAT: (1, 5),
    SurveyKind.CES: (1, 7),
    SurveyKind.NPS: (0, 10),
    SurveyKind.THUMBS: (0, 1),
    SurveyKind.CUSTOM: (1, 5),
}


class Touched(Struct, frozen=True, kw_only=True):
    """A touchpoint that a survey may ask about.

    Attributes:
        about: Booking, segment or order; empty when the event does not say.
        met: The person met; empty when nobody is named.
        missing: The fact without which it cannot be told whether to ask; empty when it can.
        rule: The rule that was applied, when the event says.
        place: Where it was, when the event says.
        channel: By which way, when the event says.
    """

    about: str = ""
    met: str = ""
    missing: str = ""
    rule: str = ""
    place: str = ""
    channel: str = ""


class SurveyQuestion(Struct, frozen=True, kw_only=True):
    """One question of a survey.

    Attributes:
        id: Empty for the one that the survey asks first.
        question: What is asked, by language; "en" is always there.
        scale: The least and the most; more is always better.
        bad_below: A score below this is bad; the least of the scale when none is.
    """

    id: str
    question: Mapping[str, str]
    kind: SurveyKind
    scale: tuple[int, int]
    bad_below: int = 0

    def takes(self, score: int) -> bool:
        """Whether a score is on the scale."""
        return self.scale[0] <= score <= self.scale[1]


class SurveyRule(Struct, frozen=True, kw_only=True):
    """When a customer is asked how something was, and what a bad answer is.

    Attributes:
        after: Touchpoints after which it asks.
        question: What is asked, by language; "en" is always there.
        message: The message that carries the link.
        read: (event properties, customer facts) -> the touchpoint; None when it does not ask.
        ask_after_ms: How long after the touchpoint.
        every_ms: A customer is asked at most once in this time; 0 for no limit.
        useful_ms: How long the question is of use.
        bad_below: A score below this is bad; the least of the scale when none is.
        fails_as: The failure that a bad score is; empty for none.
        span: The scale of a custom kind; empty for that of the kind.
        also: What is asked besides, on the same page.
        outside: While a case is open whose cause lies outside the firm it asks one question, once
            the apology was delivered; without it, it asks nothing then.
    """

    id: str
    after: tuple[str, ...]
    question: Mapping[str, str]
    message: str
    kind: SurveyKind
    read: Callable[[Facts, Facts], Touched | None]
    ask_after_ms: int = 0
    every_ms: int = 0
    useful_ms: int = 0
    bad_below: int = 0
    fails_as: str = ""
    line: int = 0
    span: tuple[int, int] | None = None
    also: tuple[SurveyQuestion, ...] = ()
    outside: bool = False

    @property
    def scale(self) -> tuple[int, int]:
        """The least and the most of the first question."""
        return self.span or self.kind.scale

    @property
    def questions(self) -> tuple[SurveyQuestion, ...]:
        """Give everything it asks, the first question first."""
        first = SurveyQuestion(
            id="",
            question=self.question,
            kind=self.kind,
            scale=self.scale,
            bad_below=self.bad_below,
        )
        return (first, *self.also)

    def asks(self, question: str) -> SurveyQuestion | None:
        """Find a question by its id; the first has none."""
        return next((one for one in self.questions if one.id == question), None)

    def is_bad(self, score: int, question: str = "") -> bool:
        """Whether a score is a failure."""
        asked = self.asks(question)
        return bool(self.fails_as) and asked is not None and score < asked.bad_below

    def says_good(self, score: int) -> bool | None:
        """Whether a score says that it was good; None where the book does not say what is bad."""
        if self.kind is SurveyKind.THUMBS:
            return score > 0
        return score >= self.bad_below if self.bad_below else None
