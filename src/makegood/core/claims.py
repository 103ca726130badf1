"""What a customer spent because we let them down: paid at once up to the cap, with a receipt.

A claim is a request that carries a receipt. What the rule cannot say goes before a person; only
what the book says is never paid gets a no, with its reason, and that can be appealed.
Source: evidence, "Owed by law or custom" (14 CFR 250.5 and Regulation 261, article 9: care is
reimbursed).
"""

from msgspec.structs import replace

from makegood.core.asked import RequestState
from makegood.core.failures import known
from makegood.core.state import Failure, State
from makegood.messages.facts import Facts, Settled
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook
from makegood.playbooks.rulings import ClaimRule, RequestRule, Ruling
from makegood.playbooks.terms import Answer

NO_RECEIPT = "none"
"""What stands for a receipt that is lost: a person looks at it then."""
NOT_PAYABLE, WITHIN_CAP, BEYOND_CAP = "not_payable", "within_cap", "beyond_cap"


def asks_for(state: State, claim: ClaimRule, facts: Facts) -> tuple[str, str] | None:
    """Say what a claim still lacks, before it is taken; that is no no.

    Returns:
        A code and a sentence for whoever files it; None when it can be taken.
    """
    cents = facts.get("cents")
    if not isinstance(cents, int) or isinstance(cents, bool) or cents <= 0:
        return "amount_needed", "Say how much was spent."
    receipt = _receipt(facts)
    if not receipt and cents > claim.receipt_above_cents:
        why = f'Please add the receipt\'s reference; write "{NO_RECEIPT}" when there is none.'
        return "receipt_needed", why
    if _used(state, receipt, paid=False):
        return "claimed_already", "This receipt is claimed already, and waits for an answer."
    return None


def rule_claim(
    state: State, rule: RequestRule, about: str, facts: Facts, at: tuple[int, str]
) -> Ruling:
    """Answer a claim that lacks nothing.

    Args:
        state: The customer.
        rule: A request with a claim.
        about: The failure's `about`; empty when the customer does not say.
        facts: What was spent.
        at: The present, and the currency of the book.
    """
    claim, (now_ms, currency) = rule.claim, at
    if claim is None:
        return _person(rule, facts, "a claim of the rule book")
    failure = _failure(state, claim, about)
    if str(facts.get("kind", "")) in claim.not_payable:
        return replace(_ruling(rule, facts, Answer.DENY, NOT_PAYABLE), says=claim.says)
    missing = _missing(state, claim, failure, facts, (now_ms, currency))
    if failure is None or missing:
        return _person(rule, facts, missing)
    cents = facts["cents"] if isinstance(facts["cents"], int) else 0
    left_cents = max(claim.most_cents - _paid_cents(state, rule.id, failure.about), 0)
    given = Money(min(cents, left_cents), currency)
    ruling = _ruling(rule, facts, Answer.ALLOW, WITHIN_CAP)
    if cents > left_cents:
        ruling = _ruling(rule, facts, Answer.PERSON, BEYOND_CAP)
    return replace(ruling, remedy=claim.pays, amount=given) if given.cents else ruling


def about_of(state: State, rule: RequestRule, about: str) -> str:
    """Say which failure a claim is about, when the customer does not and there is but one."""
    failure = _failure(state, rule.claim, about) if rule.claim is not None else None
    return failure.about if failure is not None else about


def paid_before(state: State, receipt: str) -> bool:
    """Whether something was given for a receipt already: nothing is paid twice."""
    return _used(state, receipt, paid=True)


def _failure(state: State, claim: ClaimRule, about: str) -> Failure | None:
    if about:
        place = known(state, about)
        return place[1] if place is not None and place[1].rule in claim.failures else None
    found = [
        failure
        for case in state.cases
        for failure in case.failures
        if failure.rule in claim.failures
    ]
    return found[0] if len({one.about for one in found}) == 1 else None


def _missing(
    state: State, claim: ClaimRule, failure: Failure | None, facts: Facts, at: tuple[int, str]
) -> str:
    """Say why only a person can answer; empty when the rule can."""
    now_ms, currency = at
    receipt = _receipt(facts)
    if failure is None:
        return "the failure that this was spent because of"
    if receipt == NO_RECEIPT:
        return "request.receipt"
    if facts.get("currency", currency) != currency:
        return f"an amount in {currency}"
    if now_ms > failure.at_ms + claim.within_ms:  # clocks of sources run ahead a little
        return "a claim in time"
    if claim.not_payable and "kind" not in facts:
        return "request.kind"
    if paid_before(state, receipt):
        return "a receipt that was not paid before"
    return ""


def _used(state: State, receipt: str, *, paid: bool) -> bool:
    """Whether another claim of the customer has this receipt; as paid, or as waiting."""
    wanted = _plain(receipt)
    if wanted in ("", NO_RECEIPT):
        return False
    claims = [one for one in state.requests if _plain(one.receipt) == wanted]
    if paid:
        return any(one.command or one.part for one in claims)
    return any(one.is_waiting for one in claims)


def _receipt(facts: Facts) -> str:
    return _plain(str(facts.get("receipt", "")))


def _plain(written: str) -> str:
    """Give a receipt's reference without what makes it no other one: spaces, and capitals."""
    return " ".join(written.split()).casefold()


def _paid_cents(state: State, claim: str, about: str) -> int:
    """What the rule itself gave for this failure, so that asking twice adds up."""
    return sum(
        one.by_rule for one in state.requests if one.request == claim and one.about == about
    )


def claimed(rule: RequestRule, facts: Facts, currency: str) -> Money | None:
    """Give what was spent; None when nothing is claimed."""
    cents = facts.get("cents")
    if rule.claim is None or not isinstance(cents, int):
        return None
    return Money(cents, str(facts.get("currency", currency)))


def of_the_rest(
    state: State, one: RequestState, wanted: Settled, book: RuleBook
) -> Settled | tuple[str, str]:
    """Let a yes to a claim pay what was spent and is not paid yet, unless the person says less.

    Returns:
        The answer with what it pays, as it is when nothing was claimed; or a code and a sentence:
        nobody is paid more than they spent, and no receipt is paid twice.
    """
    if one.claimed is None:
        return wanted
    rule = book.requests.get(one.request)
    pays = rule.claim.pays if rule is not None and rule.claim is not None else ""
    remedy, cost = wanted.remedy or pays, wanted.cost
    same = one.claimed.currency == book.currency
    if cost is None and remedy and same:
        cost = Money(one.rest_cents, book.currency)
    if cost is not None and same and cost.cents > one.rest_cents:
        return "more_than_claimed", "Nobody is paid more than they spent."
    others = tuple(other for other in state.requests if other.event != one.event)
    if paid_before(replace(state, requests=others), one.receipt):
        return "paid_already", "This receipt was paid already, by another claim."
    return replace(wanted, remedy=remedy, cost=cost)


def _person(rule: RequestRule, facts: Facts, missing: str) -> Ruling:
    return replace(_ruling(rule, facts, Answer.PERSON, ""), missing=missing)


def _ruling(rule: RequestRule, facts: Facts, answer: Answer, row: str) -> Ruling:
    return Ruling(
        request=rule.id,
        answer=answer,
        row=row,
        line=rule.line,
        within_ms=rule.within_ms if answer is Answer.PERSON else 0,
        seen=tuple((f"request.{name}", value) for name, value in facts.items()),
    )
