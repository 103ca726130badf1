"""Reputations in memory."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from makegood.messages.ids import RepId
from makegood.ports.reputation import Appeal, Kind, Published, RatingRow, RuleAnswer, appeal_id
from makegood.store.memory_reading import MemoryReading


class MemoryReputation(MemoryReading):
    """What is known and published, and what adds to it."""

    def ratings(self, after: int, limit: int) -> tuple[RatingRow, ...]:
        found = sorted(seq for seq in self._t.ratings if seq > after)
        return tuple(self._t.ratings[seq] for seq in found[:limit])

    def ratings_about(self, rep: RepId, about: str) -> tuple[RatingRow, ...]:
        rows = (row for _, row in sorted(self._t.ratings.items()))
        return tuple(row for row in rows if (row.rep, row.about) == (rep, about))

    def ratings_read(self) -> int:
        return self._t.seen.get(("read", ""), 0)

    def rounds(self) -> int:
        return self._t.seen.get(("read", "rounds"), 0)

    def published(self, kind: Kind, after: str, limit: int) -> tuple[Published, ...]:
        found = sorted(it for of, it in self._t.published if of == kind and it > after)
        return tuple(self._t.published[(kind, subject)] for subject in found[:limit])

    def published_of(self, kind: Kind, subjects: Sequence[str]) -> Mapping[str, Published]:
        known = self._t.published
        return {it: known[(kind, it)] for it in subjects if (kind, it) in known}

    def appeals(self, *, open_only: bool, after: str = "", limit: int = 50) -> tuple[Appeal, ...]:
        rows = (row for _, row in sorted(self._t.appeals.items()))
        found = [row for row in rows if row.id > after and not (open_only and row.verdict)]
        return tuple(found[:limit])

    def appeals_by(self, rep: RepId, limit: int) -> tuple[Appeal, ...]:
        rows = (row for _, row in sorted(self._t.appeals.items()))
        return tuple([row for row in rows if row.rep == rep][:limit])

    def appeal(self, id_: str) -> Appeal | None:
        return self._t.appeals.get(id_)

    def open_answers(self, after: str, limit: int) -> tuple[RuleAnswer, ...]:
        rows = (row for rule, row in sorted(self._t.rule_answers.items()) if rule > after)
        return tuple([row for row in rows if not row.says][:limit])

    def rule_answers(self, rules: Sequence[str]) -> Mapping[str, RuleAnswer]:
        known = self._t.rule_answers
        return {rule: known[rule] for rule in rules if rule in known}

    def seen_ms(self, reps: Sequence[str]) -> Mapping[str, int]:
        known = self._t.seen
        return {rep: known[("seen", rep)] for rep in reps if ("seen", rep) in known}

    def hold_ratings(self) -> tuple[int, int]:
        return self.ratings_read(), self.rounds()  # the one writer already holds everything

    def put_rounds(self, rounds: int) -> None:
        self._t.seen[("read", "rounds")] = rounds

    def add_ratings(self, rows: Sequence[RatingRow], read: int) -> None:
        for row in rows:
            self._t.ratings[row.seq] = row
        self._t.seen[("read", "")] = read

    def put_published(self, rows: Sequence[Published]) -> None:
        for row in rows:
            self._t.published[(row.kind, row.subject)] = row

    def put_new_appeal(self, row: Appeal) -> bool:
        is_new = row.id not in self._t.appeals
        if is_new:
            self._t.appeals[row.id] = row
        return is_new

    def put_appeal(self, row: Appeal) -> None:
        self._t.appeals[row.id] = row

    def forget_appeals(self, meetings: Sequence[tuple[str, str]]) -> int:
        known = self._t.appeals
        ids = {id_ for meeting in meetings if (id_ := appeal_id(*meeting)) in known}
        told = [known[id_] for id_ in sorted(ids) if known[id_].why or known[id_].because]
        for row in told:
            self.put_appeal(replace(row, why="", because=""))
        return len(told)

    def put_rule_answer(self, row: RuleAnswer) -> None:
        self._t.rule_answers[row.rule] = row

    def put_seen(self, rep: RepId, at_ms: int) -> None:
        self._t.seen[("seen", rep)] = at_ms
