"""What a rule book says about who is asked when a customer has chosen nobody."""

from collections.abc import Callable

from msgspec import Struct

from makegood.messages.facts import Facts

ORDER = ("last", "brand", "language", "narrow", "load", "share")
"""What may speak for a person, besides what the customer wished, which always speaks first."""
RELAXED = ("language", "capacity", "brand")
"""What may be let go where nobody meets it, the first first."""
USUAL_AMONG = 10
MOST_AMONG = 40


def no_language(customer: Facts) -> str:  # noqa: ARG001 - stands for an expression of a book
    """Of a book that does not say how a customer's language is known."""
    return ""


def never(customer: Facts) -> bool:  # noqa: ARG001 - stands for a condition of a book
    """Of a book that spares nobody for who they are."""
    return False


class RoutingRules(Struct, frozen=True, gc=False, kw_only=True, eq=False):
    """Who is asked, how much is left to chance, and what is never.

    Attributes:
        logged: The book has the section, so every decision is written down.
        slice: The share left to chance, in ten-thousandths.
        order: What speaks for a person, the strongest first.
        relaxes: What is let go where nobody meets it, the first first; all else is a must.
        among: At most so many are eligible: the first ones by `order`.
        chance_below: Chance is asked only below this severity.
        chance_at_double: Chance is asked at a double deviation too.
        conversations: Conversations of customers who chose nobody are given to somebody.
        language: Gives the customer's language from their facts.
        unless: Takes chance away from customers of whom it is true, or cannot be judged.
    """

    logged: bool = False
    slice: int = 0
    order: tuple[str, ...] = ("load",)
    relaxes: tuple[str, ...] = RELAXED
    among: int = USUAL_AMONG
    chance_below: int = 4
    chance_at_double: bool = False
    conversations: bool = False
    language: Callable[[Facts], str] = no_language
    unless: Callable[[Facts], bool] = never
