"""What becomes of a request: asked, settled by a person, appealed."""

from typing import Literal

from makegood.messages.body import FactBody, Facts, TextRef
from makegood.messages.ids import AgreementId, EventId, ProfileId, RepId
from makegood.messages.money import Money


class Requested(FactBody, frozen=True, kw_only=True, tag="requested"):
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
        waives: What the customer need not pay or do from now on; empty for nothing.
        once: That is for the next time only.
        used: Waivers for once that this answer rests on, and uses up.
        claimed: What was spent, when it is a claim; of that `amount` is paid by the rule itself,
            also where a person answers for the rest.
        agreed: Agreements that the answer rests on, as (id, why it holds there).
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
    waives: str = ""
    once: bool = False
    used: tuple[str, ...] = ()
    claimed: Money | None = None
    agreed: tuple[tuple[AgreementId, str], ...] = ()


class Settled(FactBody, frozen=True, kw_only=True, tag="settled"):
    """A person answered a request that waited; judged by `decide` before it was appended.

    Attributes:
        asked: The event of the request.
        answer: Yes or no.
        by: Who answered.
        remedy: What is given with a yes; empty for nothing.
        cost: What that costs; None for nothing.
        charge: What has to be paid; None for nothing.
        reason: Required for a no, and for a waiver.
        waives: What the customer need not pay or do from now on; empty for nothing.
        once: That is for the next time only.
        budget: The budget it is taken from; empty for none.
        remaining: What that budget has left after it.
    """

    asked: EventId
    answer: Literal["allow", "deny"]
    by: RepId = RepId("")
    remedy: str = ""
    cost: Money | None = None
    charge: Money | None = None
    reason: TextRef = ""
    waives: str = ""
    once: bool = False
    budget: str = ""
    remaining: Money | None = None


class Appealed(FactBody, frozen=True, kw_only=True, tag="appealed"):
    """A no was not accepted: somebody other than who refused decides, once.

    Attributes:
        asked: The event of the request.
        by: Rep who appealed for the customer; empty when the customer did.
        words: What they said.
    """

    asked: EventId
    by: RepId = RepId("")
    words: TextRef = ""
