"""A synthetic call log: made by chance from a seed, and no log of any firm.

Calls come by a daily shape, five queues have people of their own, and some people serve two. The
telephone system gives each call to whoever is free longest, and callers wait in the order they
came: with about ten people in a queue one repeat of ten reaches the same person, which is what is
said of one real contact centre (10.4 %).
"""

import csv
from collections import defaultdict
from heapq import heapify, heappop, heappush
from pathlib import Path
from random import Random

DAY_S = 86_400
BEGIN_S = 1_767_571_200  # Monday, 5 January 2026
SHAPE = (4, 6, 9, 10, 9, 9, 9, 9, 4, 2)  # calls of each hour from 8:00 on, as parts of a day
QUEUES = ("bookings", "bills", "cars", "vans", "abroad")
PEOPLE = 11  # of one queue, in two shifts
BUSY = 0.66  # how much of the time people talk: callers then wait about half a minute


def write_calls(path: Path, *, seed: int, days: int) -> int:
    """Write a log; give the number of calls."""
    rows = _take(*_arrivals(Random(seed), days))
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
                if day % 7 < 5 and chance.random() > 0.06  # leave and illness
            ]
    calls = []
    for queue in QUEUES:
        callers = [f"{queue}-caller-{n}" for n in range(500 * days)]
        again: list[tuple[int, str]] = []
        for day in range(days):
            if day % 7 < 5:
                calls += _of_a_day(chance, queue, day, callers, again)
    return calls, shifts, pools


def _of_a_day(chance: Random, queue: str, day: int, callers: list[str], again: list):  # type: ignore[no-untyped-def, type-arg]
    mean_s = 330
    count = int(PEOPLE * 8 * 3600 * BUSY / mean_s)
    back = [caller for due, caller in again if due <= day]
    again[:] = [one for one in again if one[0] > day]
    for n in range(count):
        hour = chance.choices(range(len(SHAPE)), SHAPE)[0]
        at_s = BEGIN_S + day * DAY_S + (8 + hour) * 3600 + chance.random() * 3600
        caller = back[n] if n < len(back) else chance.choice(callers)
        if chance.random() < 0.35:
            again.append((day + 1 + int(chance.expovariate(0.5)), caller))
        handling_s = chance.lognormvariate(5.55, 0.7)
        yield (at_s, caller, min(handling_s, 3600), queue)


def _take(calls, shifts, pools):  # type: ignore[no-untyped-def]
    """Give each call to whoever is free longest; callers wait in the order they came."""
    queues_of = defaultdict(list)
    for queue, agents in pools.items():
        for agent in agents:
            queues_of[agent].append(queue)
    todo = [(call[0], 0, n, "") for n, call in enumerate(calls)]
    todo += [(begin, 1, 0, agent) for agent, own in shifts.items() for begin, _ in own]
    heapify(todo)
    free_since = dict.fromkeys(shifts, 0.0)
    busy_until = dict.fromkeys(shifts, 0.0)
    waiting: dict[str, list[int]] = {queue: [] for queue in pools}
    ends = {agent: {begin // DAY_S: end for begin, end in own} for agent, own in shifts.items()}
    starts = {agent: {begin // DAY_S: begin for begin, _ in own} for agent, own in shifts.items()}
    rows = []

    def there(agent: str, now: float) -> bool:
        day = int(now // DAY_S)
        works = starts[agent].get(day, 1e18) <= now < ends[agent].get(day, 0)
        return works and busy_until[agent] <= now

    def answer(agent: str, n: int, now: float) -> None:
        at_s, caller, handling_s, queue = calls[n]
        busy_until[agent] = free_since[agent] = now + handling_s
        rows.append((caller, f"{at_s:.1f}", f"{now:.1f}", f"{handling_s:.1f}", agent, queue))
        heappush(todo, (now + handling_s, 1, 0, agent))

    while todo:
        now, kind, n, agent = heappop(todo)
        if kind == 0:
            queue = calls[n][3]
            free = [one for one in pools[queue] if there(one, now)]
            if free:
                answer(min(free, key=lambda one: free_since[one]), n, now)
            else:
                waiting[queue].append(n)
        elif there(agent, now):
            first = [(waiting[one][0], one) for one in queues_of[agent] if waiting[one]]
            if first:
                n, queue = min(first, key=lambda one: calls[one[0]][0])
                waiting[queue].pop(0)
                answer(agent, n, now)
    return rows
