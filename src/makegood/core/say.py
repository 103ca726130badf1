"""Say something to the customer: one message order, with the facts its template may use.

Source: evidence (22: one update, not two; 33: an apology and something tangible).
"""

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.owed import to_pay
from makegood.core.state import Case, Failure, OfferState
from makegood.core.turn import Turn
from makegood.messages.commands import HELD_CLASSES, SendMessage
from makegood.messages.facts import Facts
from makegood.messages.ids import CommandId, ProfileId, RepId
from makegood.messages.money import Money

_CUSTOMER = ProfileId("")


class Words(Struct, frozen=True, gc=False, kw_only=True):
    """What to say.

    Attributes:
        message: Id of a template; empty says nothing.
        step: The plan step.
        useful_ms: Needless after this long; 0 never expires.
        question: It is the case's own "is it good again?".
        ordinal: Tells repeats apart.
        by: The rep in whose name it is said, where that is not the owner of the case.
    """

    message: str
    step: str
    useful_ms: int = 0
    question: bool = False
    ordinal: int = 0
    by: RepId = RepId("")


def say(
    turn: Turn, case: Case, failure: Failure, words: Words, chosen: OfferState | None = None
) -> Case:
    """Order a message of the rule book.

    Args:
        turn: The turn.
        case: The case it belongs to.
        failure: What it is about.
        words: What to say.
        chosen: The offer it confirms, if it does.

    Returns:
        The case, which remembers what was said; to be put into the state.
    """
    message = words.message
    template = turn.library.book(case.origin.book).messages.get(message)
    template = template or turn.book.messages.get(message)
    if template is None:
        return case
    order = SendMessage(
        message=message,
        brand=_speaker(turn, failure, case),
        message_class=template.message_class,
        urgency=template.urgency,
        variables=variables(case, failure, chosen) | ({"owner": words.by} if words.by else {}),
        question=words.question,
        by=words.by,
    )
    sent: list[tuple[CommandId, str]] = []
    for place, to in enumerate(_told(failure, order)):
        step = f"{words.step}/to/{place}" if place else words.step
        command = turn.issue(
            case.id, step, order, useful_ms=words.useful_ms, ordinal=words.ordinal, to=to
        )
        sent.append((command, message))
    return replace(case, messages=(*case.messages, *sent))


def _told(failure: Failure, order: SendMessage) -> tuple[ProfileId, ...]:
    """Whom the case writes to: the customer, unless their account says somebody else, or both.

    What sells goes to nobody but the customer, and not to one who is not written to.
    """
    told = failure.parties.told if failure.parties is not None else ()
    if not told:
        return (_CUSTOMER,)
    if order.message_class in HELD_CLASSES and not order.question:
        return (_CUSTOMER,) if _CUSTOMER in told else ()
    return told


def _speaker(turn: Turn, failure: Failure, case: Case) -> str:
    """The brand that failed speaks; for the umbrella, or an unknown label, the book's first."""
    brands = turn.book.brands
    for brand in (failure.brand, case.brand):
        if brand in brands:
            return brand
    return next(iter(brands), "")


def variables(case: Case, failure: Failure, chosen: OfferState | None) -> Facts:
    """The facts a template may use.

    Returns:
        The failure's own details, `about`, `owner` (sign-in name), `owed_cents` and `currency`
        (of the first currency; `owed` has all of them where there are several), `offer` (id of
        the chosen remedy) and the details of its confirmation.
    """
    sums = to_pay(failure.owed)
    nothing = Money(0, failure.owed[0].amount.currency if failure.owed else "")
    first = sums[0] if sums else nothing
    facts: Facts = {
        **failure.details,
        "about": failure.about,
        "owner": case.owner,
        "owed_cents": first.cents,
        "currency": first.currency,
        "failure": failure.rule,
    }
    if len(sums) > 1:
        facts["owed"] = [{"cents": one.cents, "currency": one.currency} for one in sums]
    if chosen is not None:
        facts |= {**chosen.detail, "offer": chosen.offer}
    return facts
