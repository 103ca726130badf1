"""The answer to what a person asks for, and who asks."""

from msgspec import Struct

from makegood.messages.errors import Refused
from makegood.messages.facts import Body
from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook


class Asker(Struct, frozen=True, kw_only=True):
    """Who asks.

    Attributes:
        rep: Sign-in name; empty for the customer.
        role: Key of the book's authority table; empty for the customer.
        left_cents: What the budget of this role has left; None where no budget pays.
        place: The place on whose page somebody answers; empty for everybody else.
    """

    rep: RepId = RepId("")
    role: str = ""
    left_cents: int | None = None
    place: str = ""


class Decision(Struct, frozen=True, kw_only=True):
    """The answer to a request.

    Attributes:
        body: The fact to append; None when refused.
        refused: Why not; None when allowed.
        reasons: The rules and facts behind it, in words.
    """

    body: Body | None = None
    refused: Refused | None = None
    reasons: tuple[str, ...] = ()


def refuse(code: str, why: str, limit_cents: int | None = None) -> Decision:
    """Say no, with a code and a sentence."""
    return Decision(refused=Refused(code=code, why=why, limit_cents=limit_cents), reasons=(why,))


def money_in(cents: int, book: RuleBook) -> str:
    """Write a sum in the book's currency."""
    money = Money(cents, book.currency)
    return f"{money.currency} {money.cents // 100}.{money.cents % 100:02d}"
