"""Why two books differ about a customer: the rule, its line and the facts it saw, by each book."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from makegood.core.holds import iso
from makegood.core.state import Case, Failure, State
from makegood.playbooks.book import RuleBook
from makegood.projections.figures import money_words
from makegood.replay.figures import Key

MOST = 2  # reasons of one book in one sentence
_SEEN = 3  # facts of one reason


def why(key: Key, old: tuple[State, RuleBook], new: tuple[State, RuleBook]) -> str:
    """Say in one sentence for each book what it saw; what both saw alike is left out.

    Args:
        key: The figure that differs.
        old: The customer by the old book.
        new: The same customer by the new one.
    """
    by_old, by_new = Counter(_reasons(key, *old)), Counter(_reasons(key, *new))
    before, after = list((by_old - by_new).elements()), list((by_new - by_old).elements())
    if not before and not after:
        return f"By both books: {_joined(list(by_old.elements()))}."
    lines = _no_longer(key, old[0], new[1]) if not after else ""
    return f"By the old book: {_joined(before)}. By the new book: {_joined(after)}{lines}."


def _joined(reasons: list[str]) -> str:
    more = len(reasons) - MOST
    return "; ".join(reasons[:MOST] + ([f"and {more} more"] if more > 0 else [])) or "nothing"


def _no_longer(key: Key, old: State, book: RuleBook) -> str:
    """Name the new book's own line for the rules that fired by the old one alone."""
    rules = {one.rule for case in old.cases for one in _failures(key, case)}
    lines = sorted(
        f"its {rule}, line {book.failures[rule].line}, says no" if rule in book.failures
        else f"it has no rule {rule}"
        for rule in rules
    )  # fmt: skip
    return f" ({'; '.join(lines[:MOST])})" if lines else ""


def _reasons(key: Key, state: State, book: RuleBook) -> Iterator[str]:
    group, name, _ = key
    told = _TOLD.get(group)
    for case in state.cases:
        if told is not None:
            yield from told(case, name, book)
        else:
            yield from (failure_reason(one, book) for one in _failures(key, case))


def _failures(key: Key, case: Case) -> Iterator[Failure]:
    wanted = key[1] if key[0] == "failures" else ""
    return (one for one in case.failures if wanted in ("", one.rule))


def _offers(case: Case, remedy: str, book: RuleBook) -> Iterator[str]:
    for offer in case.offers:
        if offer.offer == remedy:
            yield f"offered for {_about(case, offer.about, book)}"


def _unclear(case: Case, rule: str, book: RuleBook) -> Iterator[str]:
    for one in case.unclear:
        if one.rule == rule:
            yield f"{_rule(rule, book)} needs {one.missing}, which is missing"


def _calls(case: Case, reason: str, book: RuleBook) -> Iterator[str]:
    if case.call is not None and case.call.why == reason:
        after = f" after {failure_reason(case.failures[-1], book)}" if case.failures else ""
        yield f"a call ({reason.replace('_', ' ')}){after}"


def _owed(case: Case, entitlement: str, book: RuleBook) -> Iterator[str]:
    for failure in case.failures:
        for owed in failure.owed:
            if owed.entitlement == entitlement:
                line = f" (line {owed.line})" if owed.line else ""
                amount = f"needs {owed.missing}" if owed.missing else money_words(owed.amount)
                yield f"{entitlement}{line}, {amount}, for {failure_reason(failure, book)}"


def _gifts(case: Case, remedy: str, book: RuleBook) -> Iterator[str]:
    for gift in case.gifts:
        if gift.remedy == remedy:
            by = "by a person" if gift.by else f"for {_about(case, gift.about, book)}"
            yield f"{money_words(gift.expected)} {by}"


_TOLD: Mapping[str, Callable[[Case, str, RuleBook], Iterator[str]]] = {
    "owed": _owed,
    "offers": _offers,
    "gifts": _gifts,
    "gift_amounts": _gifts,
    "cannot_judge": _unclear,
    "calls": _calls,
}


def _about(case: Case, about: str, book: RuleBook) -> str:
    failure = case.failure(about)
    return failure_reason(failure, book) if failure is not None else "something it no longer has"


def failure_reason(failure: Failure, book: RuleBook) -> str:
    """Name the rule of a failure, its line, its day (UTC), and the facts it saw."""
    day = f" on {iso(failure.at_ms)[:10]}"
    if failure.by:
        return f"{failure.rule}{day}, raised by a person"
    facts = sorted(failure.seen, key=lambda fact: fact[0].startswith("params."))
    seen = [f"{path} {_value(value)}" for path, value in facts[:_SEEN]]
    return _rule(failure.rule, book) + day + (f" saw {', '.join(seen)}" if seen else "")


def _rule(name: str, book: RuleBook) -> str:
    rule = book.failures.get(name)
    return f"{name} (line {rule.line})" if rule is not None else name


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "missing" if value is None else str(value)[:60]
