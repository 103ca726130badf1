"""How often a caller who came back had the same person, and what that cost in waiting.

Callers are drawn again with their calls as a whole for the intervals: the calls of one caller are
not independent of each other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import asdict, replace

from makegood.playbooks.routing_terms import RoutingRules
from makegood.replay.calls import Call, CallLog
from makegood.replay.calls_again import Again, Terms, play, staff_of

PUBLISHED_SHARE = 0.104
"""Of repeats that reached the same person in a real contact centre without such a rule."""
DRAWS = 300
MARGIN = 0.05
"""Of the mean wait: half a second of ten nobody notices."""
TOO_FEW = 100
"""With fewer repeats nothing is said."""
_SEED = 20240229
_COVER = 0.90
_PLAIN = 1  # place of the way that the others are compared with


class Range(Struct, frozen=True):
    """A figure with its interval of 90 %."""

    value: float
    low: float
    high: float


class Played(Struct, frozen=True, kw_only=True):
    """One way to play the log.

    Attributes:
        name: `log` as it was; `plain` under the log's own rule; else the wait for one's person.
        wait_ms: How long a caller waits for their busy person.
        share: Of the repeats, those that reached the same person as the call before.
        mean_wait_s: Of all calls.
        extra_wait_s: Compared with `plain`, callers drawn in pairs.
        longest_wait_s: So long 95 of a hundred callers waited at most.
        by_chance: How many calls the slice gave.
        untaken: Calls for which nobody came any more.
    """

    name: str
    wait_ms: int
    share: Range
    mean_wait_s: Range
    extra_wait_s: Range
    longest_wait_s: float
    by_chance: int = 0
    untaken: int = 0


class Replayed(Struct, frozen=True, kw_only=True):
    """What a replay of a call log found.

    Attributes:
        repeats: Calls by a caller who had called within the days before.
        log: As it was.
        plain: The log's own rule on the staff that is read from it: how true the replay is.
        frontier: One for each wait, the shortest first.
        best: Index in `frontier` of the largest share whose mean wait is longer than that of
            `plain` by a `MARGIN` at most; -1 for none.
        can_tell: There are enough repeats to say anything.
    """

    calls: int
    callers: int
    agents: int
    unanswered: int
    refused: int
    wrong: tuple[str, ...]
    days: int
    repeats: int
    log: Played
    plain: Played
    frontier: tuple[Played, ...]
    best: int
    can_tell: bool

    @property
    def at_equal_wait(self) -> Played | None:
        """What is reached without anybody waiting longer in the mean."""
        return self.frontier[self.best] if self.best >= 0 else None

    def shown(self) -> dict[str, Any]:
        """Give what programs read."""
        at_equal = self.at_equal_wait
        return {
            **asdict(self),
            "published_share": PUBLISHED_SHARE,
            "at_equal_wait": at_equal,
            "multiple": _multiple(at_equal, self.log),
        }


def _multiple(one: Played | None, log: Played) -> float | None:
    return one.share.value / log.share.value if one is not None and log.share.value else None


def replay_calls(
    log: CallLog,
    routing: RoutingRules,
    waits_ms: Sequence[int],
    *,
    days: int = 7,
    overtake_ms: int = 60_000,
    progress: Callable[[str, int], None] = lambda _, __: None,
) -> Replayed:
    """Play a log as it was, under its own rule, and under the book's with each wait.

    Args:
        log: The calls.
        routing: The book's.
        waits_ms: Waits for one's own busy person to try.
        days: A call so long after the one before is a repeat, and its person is still known.
        overtake_ms: How much longer another caller may have waited and still be passed over.
        progress: Told what is played, and how many callers have come.
    """
    calls, known_ms = log.calls, days * 86_400_000
    staff = staff_of(calls)
    repeats = _repeats(calls, known_ms)
    by_caller = _by_caller(calls)

    def played(name: str, terms: Terms) -> Again:
        return play(calls, staff, terms, lambda done: progress(name, done))

    terms = Terms(routing=routing, known_ms=known_ms, overtake_ms=overtake_ms)
    was = Again(agents=[one.agent for one in calls], waits_ms=[one.wait_ms for one in calls])
    plainly = replace(terms, knows=False, routing=RoutingRules())
    ways = [("log", 0, was), ("plain", 0, played("plain", plainly))]
    for ms in sorted(set(waits_ms)):
        name = f"{ms / 1000:g}s"
        ways.append((name, ms, played(name, replace(terms, wait_ms=ms))))
    as_it_was, as_plain, *frontier = _figures(ways, repeats, by_caller)
    fair = [n for n, one in enumerate(frontier) if _is_equal(one, as_plain)]
    return Replayed(
        calls=len(calls),
        callers=len(by_caller),
        agents=len(staff.shifts),
        unanswered=log.unanswered,
        refused=log.refused,
        wrong=log.wrong,
        days=days,
        repeats=len(repeats),
        log=as_it_was,
        plain=as_plain,
        frontier=tuple(frontier),
        best=max(fair, key=lambda n: frontier[n].share.value, default=-1),
        can_tell=len(repeats) >= TOO_FEW,
    )


def _is_equal(one: Played, plain: Played) -> bool:
    """Whether callers wait as long in the mean as plainly: the same callers, the same staff.

    The log itself is no measure, for a replay knows no breaks. Nor is the interval: it draws
    callers, and those of one rush wait together.
    """
    return one.extra_wait_s.value <= MARGIN * plain.mean_wait_s.value


def _repeats(calls: Sequence[Call], known_ms: int) -> dict[int, int]:
    """Give each call that is a repeat, with the call of the same caller before it."""
    before: dict[str, int] = {}
    found: dict[int, int] = {}
    for n, call in enumerate(calls):
        last = before.get(call.caller)
        if last is not None and call.arrived_ms - calls[last].arrived_ms < known_ms:
            found[n] = last
        before[call.caller] = n
    return found


def _by_caller(calls: Sequence[Call]) -> list[list[int]]:
    found: dict[str, list[int]] = {}
    for n, call in enumerate(calls):
        found.setdefault(call.caller, []).append(n)
    return list(found.values())


_Way: TypeAlias = tuple[str, int, Again]
_Sums: TypeAlias = tuple[list[int], list[int]]


def _figures(
    ways: Sequence[_Way], repeats: Mapping[int, int], by_caller: Sequence[Sequence[int]]
) -> list[Played]:
    """Work out each way with its intervals; the others are compared with the second one."""
    whole = [sum(n in repeats for n in own) for own in by_caller], [len(one) for one in by_caller]
    sums = [_sums(again, repeats, by_caller) for _, _, again in ways]
    everybody = range(len(by_caller))
    values = _ratios(everybody, whole, sums)
    drawn = list(_draws(whole, sums))
    return [
        _played(way, values[at], _in_order(one[at] for one in drawn))
        for at, way in enumerate(ways)
    ]


def _sums(again: Again, repeats: Mapping[int, int], by_caller: Sequence[Sequence[int]]) -> _Sums:
    """Of each caller: the repeats with the same person, and the wait of all calls."""
    agents, waits_ms = again.agents, again.waits_ms
    same = [
        sum(n in repeats and agents[n] != "" and agents[n] == agents[repeats[n]] for n in own)
        for own in by_caller
    ]
    return same, [sum(waits_ms[n] for n in own) for own in by_caller]


_Ratios: TypeAlias = tuple[float, float, float]


def _ratios(
    callers: Sequence[int], whole: tuple[list[int], list[int]], sums: Sequence[_Sums]
) -> list[_Ratios]:
    """Give the share, the mean wait and the extra wait of each way, over some callers."""
    repeats, calls = (sum(map(column.__getitem__, callers)) for column in whole)
    found = [tuple(sum(map(column.__getitem__, callers)) for column in one) for one in sums]
    plain_ms = found[_PLAIN][1]
    return [
        (same / max(repeats, 1), ms / calls / 1000, (ms - plain_ms) / calls / 1000)
        for same, ms in found
    ]


def _draws(whole: tuple[list[int], list[int]], sums: Sequence[_Sums]) -> Iterator[list[_Ratios]]:
    chance = Random(_SEED)  # noqa: S311 - the same callers each time, and no secret
    everybody = range(len(whole[0]))
    for _ in range(DRAWS):
        yield _ratios(chance.choices(everybody, k=len(everybody)), whole, sums)


def _in_order(drawn: Iterable[_Ratios]) -> list[list[float]]:
    """Give each figure's own values in order."""
    return [sorted(column) for column in zip(*drawn, strict=True)]


def _played(way: _Way, values: _Ratios, drawn: list[list[float]]) -> Played:
    name, wait_ms, again = way
    ranges = [Range(at, *_ends(column)) for at, column in zip(values, drawn, strict=True)]
    in_order = sorted(again.waits_ms)
    return Played(
        name=name,
        wait_ms=wait_ms,
        share=ranges[0],
        mean_wait_s=ranges[1],
        extra_wait_s=ranges[2],
        longest_wait_s=in_order[int(0.95 * (len(in_order) - 1))] / 1000,
        by_chance=again.by_chance,
        untaken=again.agents.count(""),
    )


def _ends(values: Sequence[float]) -> tuple[float, float]:
    beyond = (1 - _COVER) / 2
    last = len(values) - 1
    return values[round(beyond * last)], values[round((1 - beyond) * last)]
