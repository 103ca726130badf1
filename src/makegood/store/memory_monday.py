"""The memory engine's letters to management, and what they count."""

from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Protocol, cast

from makegood.messages.ids import CaseId, CustomerId, RepId
from makegood.ports.monday import MOST_MONDAYS, MondayKey, MondayLetter, audience_of
from makegood.ports.reckoned import (
    ClosedCount,
    CustomerCount,
    HeldCount,
    LetDown,
    LetDownCount,
    MovedSum,
    OverdueCount,
    Reckoned,
    ReckonedKind,
    RequestCount,
    StandingCount,
    Weeks,
)
from makegood.ports.rows import CaseRow
from makegood.store.memory_reading import MemoryReading

_TO = "reckoned"


class MondayTables(Protocol):
    """The tables of letters to management among those of the engine."""

    let_down: MutableMapping[CaseId, LetDown]
    reckoned: MutableMapping[CustomerId, Mapping[str, Reckoned]]
    mondays: MutableMapping[str, MondayLetter]


class MemoryMonday(MemoryReading):
    """Letters, and grouped questions."""

    @property
    def _week(self) -> MondayTables:
        return cast("MondayTables", self._t)

    def let_down_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[LetDownCount, ...]:
        counts: Counter[tuple[int, str, str, str, str, str]] = Counter()
        again: Counter[tuple[int, str, str, str, str, str]] = Counter()
        for week, one in self._failures(weeks, brands):
            case = self._t.case_rows[one.case]
            key = (week, one.brand, one.rule, one.cause, case.root, case.root_kind)
            counts[key] += 1
            again[key] += one.again
        return tuple(
            LetDownCount(
                week=key[0], brand=key[1], rule=key[2], cause=key[3], root=key[4],
                root_kind=key[5], failures=count, again=again[key],
            )
            for key, count in sorted(counts.items())
        )  # fmt: skip

    def let_down_customers(self, weeks: Weeks, brands: Sequence[str]) -> tuple[CustomerCount, ...]:
        them: dict[tuple[int, int, str], set[CustomerId]] = {}
        for week, one in self._failures(weeks, brands):
            them.setdefault((week, 0, one.brand), set()).add(one.customer)
            them.setdefault((week, 1, ""), set()).add(one.customer)
        return tuple(
            CustomerCount(week=week, brand=None if whole else brand, customers=len(own))
            for (week, whole, brand), own in sorted(them.items())
        )

    def closed_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[ClosedCount, ...]:
        counts: Counter[tuple[int, str, str, int]] = Counter()
        for one in self._their_cases(brands):
            if one.closed_ms and weeks[0] <= one.closed_ms < weeks[2]:
                took = (one.closed_ms - one.opened_ms) // 60_000
                counts[int(one.closed_ms >= weeks[1]), one.brand, one.phase, took] += 1
        return tuple(
            ClosedCount(week=key[0], brand=key[1], phase=key[2], minutes=key[3], cases=count)
            for key, count in sorted(counts.items())
        )

    def standing_at(self, at_ms: int, brands: Sequence[str]) -> tuple[StandingCount, ...]:
        groups: dict[tuple[str, RepId], list[CaseRow]] = {}
        for one in self._their_cases(brands):
            stood = one.is_open or (one.closed_ms and one.closed_ms >= at_ms)
            if stood and one.opened_ms < at_ms:
                groups.setdefault((one.brand, one.owner), []).append(one)
        return tuple(
            StandingCount(
                brand=brand, owner=owner, cases=len(own),
                unclear=sum(one.phase == "unclear" for one in own),
                oldest_ms=min(one.opened_ms for one in own),
            )
            for (brand, owner), own in sorted(groups.items())
        )  # fmt: skip

    def held_at(self, at_ms: int, brands: Sequence[str]) -> tuple[HeldCount, ...]:
        held: dict[str, set[CustomerId]] = {}
        for one in self._their_cases(brands):
            if one.opened_ms < at_ms and (one.held or one.held_until_ms > at_ms):
                held.setdefault(one.brand, set()).add(one.customer)
        own = tuple(HeldCount(brand=it, customers=len(held[it])) for it in sorted(held))
        return (*own, HeldCount(brand=None, customers=len(set().union(*held.values()))))

    def moved_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[MovedSum, ...]:
        sums: Counter[tuple[int, str, str, str]] = Counter()
        for line in (one for own in self._t.money.values() for one in own):
            theirs = not brands or line.brand in brands
            if theirs and weeks[0] <= line.at_ms < weeks[2]:
                week = int(line.at_ms >= weeks[1])
                sums[week, line.brand, line.account, line.currency] += line.cents
        return tuple(
            MovedSum(week=key[0], brand=key[1], account=key[2], currency=key[3], cents=cents)
            for key, cents in sorted(sums.items())
        )

    def requests_in(self, weeks: Weeks, brands: Sequence[str]) -> tuple[RequestCount, ...]:
        counts: Counter[tuple[int, str, str, bool, bool]] = Counter()
        for one in self._reckoned(brands):
            if one.kind == "request" and weeks[0] <= one.at_ms < weeks[2]:
                week = int(one.at_ms >= weeks[1])
                counts[week, one.name, one.how, one.by_rule, one.again] += 1
        return tuple(
            RequestCount(
                week=key[0], name=key[1], how=key[2], by_rule=key[3], again=key[4], requests=count
            )
            for key, count in sorted(counts.items())
        )

    def overdue_at(self, at_ms: int, brands: Sequence[str]) -> tuple[OverdueCount, ...]:
        late: dict[tuple[ReckonedKind, str], list[int]] = {}
        for one in self._reckoned(brands):
            if 0 < one.due_ms < at_ms and (not one.ended_ms or one.ended_ms >= at_ms):
                late.setdefault((one.kind, one.brand), []).append(one.due_ms)
        return tuple(
            OverdueCount(kind=kind, brand=brand, items=len(dues), oldest_ms=min(dues))
            for (kind, brand), dues in sorted(late.items())
        )

    def reckoned_to(self) -> str | None:
        return self._t.settings.get(_TO)  # nobody was here before: all are counted

    def put_reckoned(self, rows: Sequence[Reckoned]) -> None:
        for one in rows:
            kept = self._week.reckoned.get(one.customer, {})
            self._week.reckoned[one.customer] = {**kept, one.item: one}

    def drop_reckoned(self, items: Sequence[tuple[CustomerId, str]]) -> None:
        for customer, item in items:
            kept = self._week.reckoned.get(customer, {})
            self._week.reckoned[customer] = {key: it for key, it in kept.items() if key != item}

    def put_reckoned_to(self, customer: str | None) -> None:
        if customer is not None:
            self._t.settings[_TO] = customer
        elif _TO in self._t.settings:
            del self._t.settings[_TO]

    def mondays(
        self,
        *,
        among: Sequence[str] | None = None,
        before: MondayKey | None = None,
        limit: int = 20,
    ) -> tuple[MondayLetter, ...]:
        rows = sorted(self._week.mondays.values(), key=lambda one: one.key, reverse=True)
        theirs = [one for one in rows if among is None or audience_of(one.brands) in among]
        later = [one for one in theirs if before is None or one.key < before]
        return tuple(later[: min(limit, MOST_MONDAYS)])

    def monday(self, letter: str) -> MondayLetter | None:
        return self._week.mondays.get(letter)

    def monday_audiences(self) -> tuple[str, ...]:
        return tuple(sorted({audience_of(one.brands) for one in self._week.mondays.values()}))

    def put_monday(self, row: MondayLetter) -> bool:
        if row.letter in self._week.mondays:
            return False
        self._week.mondays[row.letter] = row
        return True

    def forget_mondays(self, before_ms: int) -> int:
        old = [key for key, one in self._week.mondays.items() if one.at_ms < before_ms]
        for key in old:
            del self._week.mondays[key]
        return len(old)

    def _failures(self, weeks: Weeks, brands: Sequence[str]) -> Iterator[tuple[int, LetDown]]:
        for one in self._week.let_down.values():
            if weeks[0] <= one.at_ms < weeks[2] and (not brands or one.brand in brands):
                yield int(one.at_ms >= weeks[1]), one

    def _their_cases(self, brands: Sequence[str]) -> list[CaseRow]:
        rows = self._t.case_rows.values()
        return [one for one in rows if not brands or one.brand in brands]

    def _reckoned(self, brands: Sequence[str]) -> list[Reckoned]:
        rows = (one for own in self._week.reckoned.values() for one in own.values())
        return [one for one in rows if not brands or one.brand in brands]
