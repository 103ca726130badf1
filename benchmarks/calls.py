"""A synthetic call log: made by chance from a seed, and no log of any firm.

Calls come by a daily shape, five queues have people of their own, and some people serve two. The
telephone system gives each call to whoever is free longest, callers wait in the order they came,
and give up when their patience ends. Nothing here is fitted to a firm: no log of one is public.

The numbers below are fixed, each for the reason beside it; `PEOPLE` was chosen so that about one
repeat of ten reaches the same person, as we were told of one real contact centre (10.4 %). They
were chosen by looking at the seeds in `SEEN` alone. What is published is measured on others.
"""

import csv
from collections import defaultdict
from heapq import heapify, heappop, heappush
from pathlib import Path
from random import Random

DAY_S = 86_400
BEGIN_S = 1_767_571_200  # Monday, 5 January 2026
SHAPE = (4, 6, 9, 10, 9, 9, 9, 9, 4, 2)  # calls of each hour from 8:00 on, as parts of a day
QUEUES = ("bookings", "bills", "cars", "vans", "abroad")  # a firm of fifty-five people
PEOPLE = 11  # of one queue, in two shifts: about one in ten is then free longest
BUSY = 0.66  # of the time people talk: the mean wait is then about ten seconds, and 3 % give up
LEAVE = 0.06  # of working days: leave and illness
CALLERS = 500  # of a queue, for each day of the log: who calls is drawn among them
MEAN_S = 330  # of a call with what is written afterwards; half of them are below 257 s
HANDLING = (5.55, 0.7)  # log-normal, whose mean is `MEAN_S`; nobody talks longer than an hour
AGAIN = 0.35  # of calls have another one after them
DAYS_TILL = 2.0  # till then, in the mean, besides the next day
PATIENCE_S = 300  # how long callers wait in the mean before they give up
_COMES, _FREE, _GIVES_UP = range(3)
SEEN = (5, 7, 20260105)  # looked at while this was written


def write_calls(path: Path, *, seed: int, days: int) -> int:
    """Write a log; give the number of calls, with those of callers who gave up."""
    rows = _Floor(*_arrivals(Random(seed), days)).run()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("caller", "arrived", "answered", "handling", "agent", "queue"))
        writer.writerows(rows)
    return len(rows)


def _arrivals(chance: Random, days: int):  # type: ignore[no-untyped-def]
    shifts: dict[str, list[tuple[int, int]]] = {}
    pools = defaultdict(list)
    for place, queue in enumerate(QUEUES):
        for n in range(PEOPLE):
            agent = f"{queue}-{n}"
            pools[queue].append(agent)
            if n == 0:  # one of each queue serves the next one too
                pools[QUEUES[(place + 1) % len(QUEUES)]].append(agent)
            begin = 8 * 3600 if n % 3 else 10 * 3600  # most are early, some late
            shifts[agent] = [
                (BEGIN_S + day * DAY_S + begin, BEGIN_S + day * DAY_S + begin + 8 * 3600)
                for day in range(days)
                if day % 7 < 5 and chance.random() > LEAVE
            ]
    calls = []
    for queue in QUEUES:
        callers = [f"{queue}-caller-{n}" for n in range(CALLERS * days)]
        again: list[tuple[int, str]] = []
        for day in range(days):
            if day % 7 < 5:
                calls += _of_a_day(chance, queue, day, callers, again)
    return calls, shifts, pools


def _of_a_day(chance: Random, queue: str, day: int, callers: list[str], again: list):  # type: ignore[no-untyped-def, type-arg]
    count = int(PEOPLE * 8 * 3600 * BUSY / MEAN_S)
    back = [caller for due, caller in again if due <= day]
    again[:] = [one for one in again if one[0] > day]
    for n in range(count):
        hour = chance.choices(range(len(SHAPE)), SHAPE)[0]
        at_s = BEGIN_S + day * DAY_S + (8 + hour) * 3600 + chance.random() * 3600
        caller = back[n] if n < len(back) else chance.choice(callers)
        if chance.random() < AGAIN:
            again.append((day + 1 + int(chance.expovariate(1 / DAYS_TILL)), caller))
        handling_s = chance.lognormvariate(*HANDLING)
        patience_s = chance.expovariate(1 / PATIENCE_S)
        yield (at_s, caller, min(handling_s, 3600), queue, patience_s)


class _Floor:
    """The room in which the telephones ring."""

    def __init__(self, calls, shifts, pools) -> None:  # type: ignore[no-untyped-def]
        self.calls, self.pools = calls, pools
        self.queues_of = defaultdict(list)
        for queue, agents in pools.items():
            for agent in agents:
                self.queues_of[agent].append(queue)
        self.ahead = [(call[0], _COMES, n, "") for n, call in enumerate(calls)]
        self.ahead += [
            (begin, _FREE, 0, agent) for agent, own in shifts.items() for begin, _ in own
        ]
        self.free_since = dict.fromkeys(shifts, 0.0)
        self.busy_until = dict.fromkeys(shifts, 0.0)
        self.waiting: dict[str, list[int]] = {queue: [] for queue in pools}
        self.spans = {
            agent: {begin // DAY_S: (begin, end) for begin, end in own}
            for agent, own in shifts.items()
        }
        self.rows: list[tuple[str, ...]] = []

    def run(self) -> list[tuple[str, ...]]:
        heapify(self.ahead)
        while self.ahead:
            now, kind, n, agent = heappop(self.ahead)
            if kind == _COMES:
                self._comes(n, now)
            elif kind == _GIVES_UP:
                self._gives_up(n)
            elif self._is_there(agent, now):
                self._takes_next(agent, now)
        return self.rows

    def _is_there(self, agent: str, now: float) -> bool:
        begin, end = self.spans[agent].get(int(now // DAY_S), (1e18, 0.0))
        return begin <= now < end and self.busy_until[agent] <= now

    def _answers(self, agent: str, n: int, now: float) -> None:
        at_s, caller, handling_s, queue, _ = self.calls[n]
        self.busy_until[agent] = self.free_since[agent] = now + handling_s
        told = (f"{at_s:.1f}", f"{now:.1f}", f"{handling_s:.1f}")
        self.rows.append((caller, *told, agent, queue))
        heappush(self.ahead, (now + handling_s, _FREE, 0, agent))

    def _comes(self, n: int, now: float) -> None:
        queue = self.calls[n][3]
        free = [one for one in self.pools[queue] if self._is_there(one, now)]
        if free:
            self._answers(min(free, key=lambda one: self.free_since[one]), n, now)
        else:
            self.waiting[queue].append(n)
            heappush(self.ahead, (now + self.calls[n][4], _GIVES_UP, n, ""))

    def _gives_up(self, n: int) -> None:
        at_s, caller, _, queue, _ = self.calls[n]
        if n in self.waiting[queue]:
            self.waiting[queue].remove(n)
            self.rows.append((caller, f"{at_s:.1f}", "", "", "", queue))

    def _takes_next(self, agent: str, now: float) -> None:
        """Somebody has time: callers are taken as they came."""
        waiting = self.waiting
        first = [waiting[one][0] for one in self.queues_of[agent] if waiting[one]]
        if first:
            n = min(first, key=lambda one: self.calls[one][0])
            waiting[self.calls[n][3]].pop(0)
            self._answers(agent, n, now)
