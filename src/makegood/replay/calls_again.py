"""A call log once more, under the routing of a rule book: the same calls, another person.

Callers come when they came and need as long as they needed; who works when, and in which
queues, is taken from the log. Nothing is gained by knowing each other: if it saves time in
life, the figures are too low. Who is wished, who is eligible and what is left to chance is asked
of the core.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush

from msgspec import Struct

from makegood.core.my_person import Duty, MyPerson, Need, Thread, prefer
from makegood.core.routing import NO_WISH, Ask, choose
from makegood.messages.events import OnDuty
from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.playbooks.people_terms import PeopleRules
from makegood.playbooks.routing_terms import RoutingRules
from makegood.replay.calls import Call

_GAP_MS = 3 * 3_600_000  # who took no call for so long had gone home
_ARRIVES, _STARTS, _FREE, _WAITED = range(4)


class Terms(Struct, frozen=True, kw_only=True):
    """Under what a log is played again.

    Attributes:
        routing: The order, the slice and the limits of the book.
        wait_ms: How long a caller waits for their busy person before anybody may take them.
        known_ms: So long after a call its person is the caller's own.
        overtake_ms: Who comes free takes their own caller first, unless another one has waited
            so much longer.
        knows: False plays the log's own rule: whoever is free longest, callers as they came.
    """

    routing: RoutingRules
    wait_ms: int = 0
    known_ms: int = 7 * 86_400_000
    overtake_ms: int = 60_000
    knows: bool = True


class Again(Struct, kw_only=True):
    """What came of it, call by call in the order of the log.

    Attributes:
        agents: Who took each call; empty for one that nobody could take any more.
        waits_ms: How long each caller waited.
        by_chance: How many were given by the slice.
    """

    agents: list[str]
    waits_ms: list[int]
    by_chance: int = 0


class Staff(Struct, frozen=True):
    """Who worked when, and in which queues.

    Attributes:
        shifts: Beginnings and ends of each agent, in order.
        pools: The agents of each queue.
    """

    shifts: dict[str, tuple[list[int], list[int]]]
    pools: dict[str, tuple[str, ...]]

    def until_ms(self, agent: str, at_ms: int) -> int:
        """When an agent's shift ends; 0 while they do not work."""
        begins, ends = self.shifts[agent]
        place = bisect_right(begins, at_ms) - 1
        return ends[place] if place >= 0 and at_ms < ends[place] else 0


def staff_of(calls: Sequence[Call]) -> Staff:
    """Read from a log who worked when: from the first call of a shift to the end of the last."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    pools: dict[str, set[str]] = defaultdict(set)
    for call in calls:
        spans[call.agent].append((call.answered_ms, call.answered_ms + call.handling_ms + 1))
        pools[call.queue].add(call.agent)
    shifts = {}
    for agent, own in spans.items():
        begins, ends = list[int](), list[int]()
        for begin, end in sorted(own):
            if ends and begin - ends[-1] < _GAP_MS:
                ends[-1] = max(ends[-1], end)
            else:
                begins.append(begin)
                ends.append(end)
        shifts[agent] = (begins, ends)
    return Staff(shifts, {queue: tuple(sorted(own)) for queue, own in pools.items()})


def play(
    calls: Sequence[Call],
    staff: Staff,
    terms: Terms,
    progress: Callable[[int], None] = lambda _: None,
) -> Again:
    """Play a log again.

    Args:
        calls: In the order they came.
        staff: Who worked when.
        terms: The book's routing and the waits.
        progress: Told how many callers have come.
    """
    return _Floor(calls, staff, terms).run(progress)


class _Floor:
    """The room in which the telephones ring."""

    def __init__(self, calls: Sequence[Call], staff: Staff, terms: Terms) -> None:
        self.calls = calls
        self.staff = staff
        self.terms = terms
        self.people = PeopleRules(
            choices=1, waits_ms={"phone": terms.wait_ms}, thread_ms=terms.known_ms
        )
        self.out = Again(agents=[""] * len(calls), waits_ms=[0] * len(calls))
        self.busy_ms = dict.fromkeys(staff.shifts, 0)
        self.last: dict[str, tuple[str, int]] = {}
        self.own: dict[int, str] = {}
        self.until_ms: dict[int, int] = {}
        self.waiting: dict[str, dict[int, None]] = {queue: {} for queue in staff.pools}
        self.queues: dict[str, list[str]] = defaultdict(list)
        for queue, agents in staff.pools.items():
            for agent in agents:
                self.queues[agent].append(queue)
        self.brands = {agent: tuple(own) for agent, own in self.queues.items()}
        self.todo: list[tuple[int, int, int, str]] = [
            (begin, _STARTS, 0, agent)
            for agent, (begins, _) in staff.shifts.items()
            for begin in begins
        ]
        self.todo += [(one.arrived_ms, _ARRIVES, n, "") for n, one in enumerate(calls)]

    def run(self, progress: Callable[[int], None]) -> Again:
        heapify(self.todo)
        while self.todo:
            now_ms, kind, n, agent = heappop(self.todo)
            if kind == _ARRIVES:
                self._arrives(n, now_ms)
                if n % 2000 == 0:
                    progress(n)
            elif kind == _WAITED:
                self._waited(n, now_ms)
            else:
                self._free(agent, now_ms)
        return self.out

    def _there(self, queue: str, now_ms: int) -> list[OnDuty]:
        """Who works in a queue now, whoever is free longest at the front."""
        there = [
            OnDuty(RepId(agent), until_ms, self.brands[agent], (), 0, 0, self.busy_ms[agent])
            for agent in self.staff.pools[queue]
            if (until_ms := self.staff.until_ms(agent, now_ms))
        ]
        there.sort(key=lambda one: one.busy_until_ms)
        return there

    def _arrives(self, n: int, now_ms: int) -> None:
        call = self.calls[n]
        there = self._there(call.queue, now_ms)
        self.until_ms[n] = now_ms
        last, last_ms = self.last.get(call.caller, ("", 0))
        if not self.terms.knows or not last or now_ms - last_ms >= self.terms.known_ms:
            self._anybody(n, now_ms, there)
            return
        self.own[n] = last
        name = ProfileId(call.caller)
        thread = Thread(id=name, channel="phone", profile=name, last=RepId(last), last_ms=last_ms)
        need = Need(at_ms=now_ms, channel="phone", thread=name)
        wish = prefer(MyPerson(threads=(thread,)), Duty(tuple(there)), need, self.people)
        if wish.wait_until_ms:
            self.until_ms[n] = wish.wait_until_ms
            self.waiting[call.queue][n] = None
            heappush(self.todo, (wish.wait_until_ms, _WAITED, n, ""))
        elif wish.candidates:
            found = choose(self._ask(n, now_ms), tuple(there), self.terms.routing, wish)
            self._takes(found.chosen, n, now_ms)
        else:
            self._anybody(n, now_ms, there)

    def _anybody(self, n: int, now_ms: int, there: Sequence[OnDuty]) -> None:
        free = tuple(one for one in there if one.busy_until_ms <= now_ms)
        if not free:
            self.waiting[self.calls[n].queue][n] = None
            return
        found = choose(self._ask(n, now_ms), free, self.terms.routing, NO_WISH)
        self.out.by_chance += found.by_chance
        self._takes(found.chosen, n, now_ms)

    def _ask(self, n: int, now_ms: int) -> Ask:
        queue = self.calls[n].queue
        name = EventId(f"call/{n}")
        return Ask(event=name, subject="call", kind="talk", at_ms=now_ms, brand=queue)

    def _waited(self, n: int, now_ms: int) -> None:
        queue = self.calls[n].queue
        if n in self.waiting[queue]:
            self._anybody(n, now_ms, self._there(queue, now_ms))

    def _free(self, agent: str, now_ms: int) -> None:
        """Somebody has time: their own caller first, unless another one waited much longer."""
        if self.busy_ms[agent] > now_ms or not self.staff.until_ms(agent, now_ms):
            return
        own = anybody = -1
        for queue in self.queues[agent]:
            for n in self.waiting[queue]:
                if own < 0 and self.own.get(n) == agent:
                    own = n
                if self.until_ms[n] <= now_ms and (anybody < 0 or n < anybody):
                    anybody = n
        if own >= 0 and anybody >= 0:
            longer_ms = self.calls[own].arrived_ms - self.calls[anybody].arrived_ms
            own = own if longer_ms <= self.terms.overtake_ms else -1
        n = own if own >= 0 else anybody
        if n >= 0:
            self._takes(RepId(agent), n, now_ms)

    def _takes(self, agent: RepId, n: int, now_ms: int) -> None:
        call = self.calls[n]
        self.waiting[call.queue].pop(n, None)
        self.out.agents[n] = agent
        self.out.waits_ms[n] = now_ms - call.arrived_ms
        done_ms = now_ms + call.handling_ms
        self.busy_ms[agent] = done_ms
        self.last[call.caller] = (agent, done_ms)
        heappush(self.todo, (done_ms, _FREE, n, agent))
