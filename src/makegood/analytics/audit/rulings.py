"""How long a failure of each kind would have held marketing, by the rule book or by default."""

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from makegood.analytics.audit.headings import squeezed
from makegood.messages.facts import Fact
from makegood.playbooks.book import Finding, RuleBook
from makegood.playbooks.terms import HoldTerms

DAY_MS = 86_400_000
DEFAULT_HOLD = HoldTerms(scope="umbrella", cool_off_ms=0, longest_ms=7 * DAY_MS)
OTHER = "other"
Outcome = Literal["holds", "no_failure", "cannot_judge"]

_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)\.\d+")


class Ruling(Struct, frozen=True, kw_only=True):
    """What the rule book makes of one row.

    Attributes:
        outcome: Whether it is a failure; one that cannot be judged is counted apart.
        kind: What the report calls it.
        basis: "rule", "other" (the book's plan for what it does not name) or "default".
        hold: Terms of the hold.
        finding: What the rule read from the row's facts, where it could.
    """

    outcome: Outcome
    kind: str
    basis: Literal["rule", "other", "default"] = "default"
    hold: HoldTerms = DEFAULT_HOLD
    finding: Finding | None = None


class Rulings:
    """Asks the rule book about kinds and about rows; without a book every row holds."""

    def __init__(self, book: RuleBook | None) -> None:
        self._book = book
        self._rules: dict[str, str] = {}
        self._events: dict[str, str] = {}
        if book is not None:
            for rule in book.failures.values():
                self._rules.setdefault(squeezed(rule.title), rule.id)
            self._rules.update({squeezed(name): name for name in book.failures})
            self._events = {squeezed(event): event for event in book.triggers}

    def is_event(self, kind: str) -> bool:
        """Whether rows of this kind are judged by their facts."""
        name = squeezed(kind)
        return name in self._events and name not in self._rules

    def by_kind(self, kind: str) -> Ruling:
        """Rule on a kind of failure by its name alone: a rule's id or its title."""
        rule = self._rules.get(squeezed(kind))
        if rule is not None:
            return self._by_rule(rule, self._book)
        hold = self._hold(OTHER)
        basis: Literal["other", "default"] = "default" if hold is None else "other"
        return Ruling(
            outcome="holds", kind=kind or "(not said)", basis=basis, hold=hold or DEFAULT_HOLD
        )

    def by_facts(self, kind: str, cells: Mapping[str, str]) -> Ruling:
        """Rule on an event by its facts, with the rule book's own conditions.

        Args:
            kind: Name of an event, see `is_event`.
            cells: Heading -> cell.
        """
        if self._book is None:
            return self.by_kind(kind)
        facts = {squeezed(heading): plain(cell) for heading, cell in cells.items() if cell}
        book = self._book.for_brand(str(facts.get("brand", "")))
        findings = book.find(self._events[squeezed(kind)], facts, {})
        sure = [finding for finding in findings if finding.outcome == "yes"]
        if not sure:
            outcome: Outcome = "cannot_judge" if findings else "no_failure"
            return Ruling(outcome=outcome, kind=kind)
        worst = max(sure, key=lambda finding: finding.severity)
        ruling = self._by_rule(worst.rule, book)
        return Ruling(
            outcome="holds", kind=ruling.kind, basis="rule", hold=ruling.hold, finding=worst
        )

    def _by_rule(self, rule: str, book: RuleBook | None) -> Ruling:
        title = book.failures[rule].title if book is not None else rule
        plan = book.plans.get(rule) if book is not None else None
        hold = plan.hold if plan is not None else DEFAULT_HOLD
        return Ruling(outcome="holds", kind=title, basis="rule", hold=hold)

    def _hold(self, rule: str) -> HoldTerms | None:
        plan = self._book.plans.get(rule) if self._book is not None else None
        return plan.hold if plan is not None else None


def plain(cell: str) -> Fact:
    """Read a cell as a fact: whole numbers, decimals and truth values are no text."""
    if _INTEGER.fullmatch(cell):
        return int(cell)
    if _DECIMAL.fullmatch(cell):
        return float(cell)
    return {"true": True, "false": False}.get(cell.casefold(), cell)
