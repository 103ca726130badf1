"""What one batch has given out so far, so that a storm is not stamped with the load of before it.

Events of a batch are stamped before any of them is folded. Whom each will be given to is foreseen
with the rules that the fold uses, as far as they can be without the customer's own history; chance
and a customer's own person are not foreseen. Nothing is looked up.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from makegood.core.routing import NOBODY, Ask, eligible, owner_for, ranked
from makegood.messages.events import OnDuty
from makegood.messages.facts import Body, FailureRaised, GotInTouch, HandedOver, Touchpoint
from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.playbooks.book import RuleBook


class GivingOut:
    """Counts, for one transaction, whom its events so far will have been given to."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._load: Counter[RepId] = Counter()
        self._cases: Counter[RepId] = Counter()
        self._seen: set[ProfileId] = set()

    def begin(self, load: Mapping[RepId, int]) -> None:
        """Say how many cases and conversations each has at the beginning."""
        self._load = Counter(load)

    def ordered(self, on_duty: Sequence[OnDuty]) -> tuple[OnDuty, ...]:
        """Give who is on duty, the least busy first, with what this batch gave them counted."""
        counted = [
            replace(one, open_cases=one.open_cases + more)
            if (more := self._cases[one.rep])
            else one
            for one in on_duty
        ]
        return tuple(sorted(counted, key=lambda one: (self._load[one.rep], one.rep)))

    def count(
        self,
        profile: ProfileId,
        body: Body,
        at_ms: int,
        there: tuple[OnDuty, ...],
        brand: str = "",
    ) -> None:
        """Count whom an event will be given to, if it gives anybody anything."""
        if not there or not self._gives(profile, body):
            return
        properties = body.properties if isinstance(body, Touchpoint) else {}
        told = brand or properties.get("brand") or getattr(body, "brand", "")
        is_case = not isinstance(body, GotInTouch)
        rep = body.to if isinstance(body, HandedOver) else NOBODY
        rep = rep or self._foreseen(told if isinstance(told, str) else "", at_ms, there)
        self._load[rep] += 1
        if is_case and self._book.routing.logged:
            self._cases[rep] += 1

    def _gives(self, profile: ProfileId, body: Body) -> bool:
        if isinstance(body, GotInTouch):
            return True
        if profile in self._seen or not self._opens(body):  # a customer has one open case
            return False
        self._seen.add(profile)
        return True

    def _opens(self, body: Body) -> bool:
        if isinstance(body, Touchpoint):
            told = body.properties.get("brand")
            book = self._book.for_brand(told) if isinstance(told, str) else self._book
            return not self._book.routing.logged or bool(book.find(body.name, body.properties, {}))
        return isinstance(body, FailureRaised | HandedOver)

    def _foreseen(self, brand: str, at_ms: int, there: tuple[OnDuty, ...]) -> RepId:
        rules = self._book.routing
        if not rules.logged:
            return owner_for(brand, there)
        ask = Ask(event=EventId(""), subject="", kind="case", at_ms=at_ms, brand=brand)
        fitting, _ = eligible(ask, there, rules, frozenset())
        order = ranked(ask, fitting, rules)
        return order[0].rep if order else NOBODY
