"""Judge what a person of the firm wants to give: within authority, within the cap, with a reason.

Authority is by cost of the remedy and role, never by who the customer is; the cap of goodwill is
for everybody.
Source: ideas, "Fairness"; evidence (14, 18) and (41, 42).
"""

from msgspec.structs import replace

from makegood.core.decision import Asker, Decision, money_in, refuse
from makegood.core.goodwill import (
    cost_for,
    expected_cost,
    fits,
    is_unsized,
    priced,
    room,
    room_now,
)
from makegood.core.remedies import authority_used
from makegood.core.state import Case, State
from makegood.messages.errors import Refused
from makegood.messages.facts import Granted
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook
from makegood.playbooks.terms import Remedy


def judge(state: State, case: Case, wanted: Granted, asker: Asker, book: RuleBook) -> Decision:
    """Decide a grant: what it costs, and whether this person may give it."""
    sized = size(state, case, wanted, asker, book)
    if isinstance(sized, Refused):
        return Decision(refused=sized, reasons=(sized.why,))
    limit_cents = book.authority_cents.get(asker.role, 0)
    used_cents = authority_used(state, case, book.currency)
    if used_cents + sized.cents > limit_cents:
        why = (
            f"This case has used {money_in(used_cents, book)} of your "
            f"{money_in(limit_cents, book)}; ask somebody with a higher limit."
        )
        return refuse("over_authority", why, limit_cents)
    limit = f"{money_in(limit_cents, book)} a case for {asker.role}"
    return Decision(body=replace(wanted, cost=sized, by=asker.rep), reasons=(limit,))


def size(
    state: State, case: Case, wanted: Granted, asker: Asker, book: RuleBook
) -> Money | Refused:
    """Say what a grant costs, or why nobody may give it like this, whatever their authority."""
    if not asker.rep:
        return Refused(code="reps_only", why="Only a person of the firm can give this.")
    if not case.failures:
        why = "No failure is known yet; judge it first."
        return Refused(code="nothing_failed", why=why)
    remedy = book.remedies.get(wanted.remedy)
    if remedy is None and not wanted.off_script:
        why = "The rule book knows no such remedy; leave the script."
        return Refused(code="no_such_remedy", why=why)
    if remedy is not None and remedy.accepted_by:
        why = "Somebody has to accept the customer; redirect them."
        return Refused(code="needs_acceptance", why=why)
    if wanted.off_script and not wanted.reason:
        return Refused(code="reason_needed", why="Something outside the plan needs a reason.")
    if remedy is not None and not wanted.off_script and _needs_price(remedy, case):
        why = "The price is not known; leave the script and name a sum."
        return Refused(code="price_unknown", why=why)
    cost = _cost(case, wanted, remedy, book)
    if cost.cents < 0 or cost.currency != book.currency:
        why = f"Give an amount in {book.currency} that is not negative."
        return Refused(code="bad_amount", why=why)
    if refused := _unfit(case, wanted, remedy, book) or _unpriced(state, case, wanted, cost, book):
        return refused
    return over_cap(state, case, wanted.remedy, cost, book) or cost


def _unfit(case: Case, wanted: Granted, remedy: Remedy | None, book: RuleBook) -> Refused | None:
    """What does not make good the loss needs a reason; the book says what would."""
    failure = case.failures[-1]
    if remedy is None or wanted.reason or fits(book, remedy, failure):
        return None
    otherwise = book.goodwill.otherwise
    instead = f", such as `{otherwise}`" if otherwise else ""
    why = f"`{remedy.id}` does not make good what was lost; give what does{instead}, or say why."
    return Refused(code="reason_needed", why=why)


def _unpriced(
    state: State, case: Case, wanted: Granted, cost: Money, book: RuleBook
) -> Refused | None:
    """Without a price nobody can tell whether it is too much, so a person says why."""
    if wanted.reason or not _is_capped(wanted.remedy, cost, book):
        return None
    if room(book, state, case, cost.currency) is not None:
        return None
    why = "The price is not known, so nobody can tell whether this is too much; say why."
    return Refused(code="reason_needed", why=why)


def over_cap(state: State, case: Case, remedy: str, cost: Money, book: RuleBook) -> Refused | None:
    """Refuse what passes the cap of goodwill: that is for nobody to give."""
    left = room_now(book, state, case, cost.currency)
    if left is None or cost.cents <= left or not _is_capped(remedy, cost, book):
        return None
    why = (
        f"All goodwill of a case is at most {book.goodwill.most_ratio:g} times the price of what "
        f"went wrong, with the offers that are open; {money_in(left, book)} is left."
    )
    return Refused(code="over_cap", why=why, limit_cents=left)


def _is_capped(remedy: str, cost: Money, book: RuleBook) -> bool:
    return bool(book.goodwill.most_ratio and cost.cents) and book.goodwill.counts(
        book.remedies.get(remedy)
    )


def _needs_price(remedy: Remedy, case: Case) -> bool:
    failure = priced(case)
    return is_unsized(remedy, failure.price if failure is not None else None)


def _cost(case: Case, wanted: Granted, remedy: Remedy | None, book: RuleBook) -> Money:
    """What it costs by the book; leaving the script makes a remedy of fixed cost no cheaper."""
    if remedy is None:
        return wanted.cost
    failure = priced(case)
    if failure is not None:
        by_book = cost_for(book, remedy, failure)
    else:
        by_book = expected_cost(remedy, None, book.currency)
    if not wanted.off_script:
        return by_book
    cheaper = wanted.cost.currency == by_book.currency and wanted.cost.cents < by_book.cents
    return by_book if remedy.cost_cents and cheaper else wanted.cost
