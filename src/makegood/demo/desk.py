"""Synthetic reps at work: they make the calls that are due and judge what the rules cannot."""

from collections.abc import Mapping, Sequence

from makegood.core.decide import Asker
from makegood.core.state import Case, Phase
from makegood.demo.customers import find_case, standing
from makegood.demo.flights import HOUR_MS, MINUTE_MS, Flight
from makegood.demo.reactions import Mood
from makegood.demo.reps import on_duty
from makegood.demo.verbs import Verbs
from makegood.messages.facts import Answered, Body, Called, Chosen, Judged
from makegood.messages.ids import CaseId, CustomerId
from makegood.ports.rows import CaseRow, RepRow

ROUND_MS = 10 * MINUTE_MS  # assumed: everyone on duty does one task in so long
THOROUGH_MS = 30 * MINUTE_MS  # how often the whole queue is looked through, not only its top
TRY_AGAIN_MS = 2 * HOUR_MS  # assumed: nobody picked up; the rep tries later
LATE_MINUTES = 180
PAGE = 200
_TASKS = ("call", "judgement")


class Desk:
    """Gives each rep on duty the next task, the customer about to be lost first."""

    def __init__(
        self, verbs: Verbs, mood: Mood, reps: Sequence[RepRow], flights: Mapping[str, Flight]
    ) -> None:
        """Open the desk.

        Args:
            flights: By booking; where a rep looks up how late a diverted flight was.
        """
        self._verbs = verbs
        self._mood = mood
        self._reps = reps
        self._flights = flights
        self._not_before: dict[CaseId, int] = {}

    def work(self, now_ms: int) -> int:
        """Let everyone on duty do the next task; give how many were done."""
        reps = on_duty(self._reps, now_ms)
        tasks = self._tasks(now_ms, len(reps))
        for rep, row in zip(reps, tasks, strict=False):
            customer, case = find_case(self._verbs, row.opener, row.case)
            if case is not None and case.is_open:
                self._do(rep, customer, case, now_ms)
        return len(tasks)

    def _tasks(self, now_ms: int, most: int) -> list[CaseRow]:
        found: list[CaseRow] = []
        after: tuple[int, int, CaseId] | None = None
        with self._verbs.store.reading() as reading:
            while len(found) < most and (rows := reading.cases(after=after, limit=PAGE)):
                found += [row for row in rows if self._is_due(row, now_ms)]
                if now_ms % THOROUGH_MS:
                    break
                last = rows[-1]
                after = (last.risk, last.due_ms or 2**63 - 1, last.case)
        return found[:most]

    def _is_due(self, row: CaseRow, now_ms: int) -> bool:
        return row.waiting_for in _TASKS and self._not_before.get(row.case, 0) <= now_ms

    def _do(self, rep: RepRow, customer: CustomerId, case: Case, now_ms: int) -> None:
        self._not_before[case.id] = now_ms + TRY_AGAIN_MS
        if case.unclear:
            self._judge(rep, customer, case, now_ms)
        elif self._mood.picks_up(case.id, now_ms):
            self._talk(rep, customer, case, now_ms)
        else:
            self._act(rep, customer, Called(case=case.id, by=rep.rep, reached=False), now_ms)

    def _judge(self, rep: RepRow, customer: CustomerId, case: Case, now_ms: int) -> None:
        """Decide by the clock on the wall: did the flight get in three hours late?"""
        question = case.unclear[0]
        flight = self._flights.get(question.about)
        late = flight is not None and _is_late(flight)
        judged = Judged(question=question.event, failure=question.rule if late else "", by=rep.rep)
        self._act(rep, customer, judged, now_ms)

    def _talk(self, rep: RepRow, customer: CustomerId, case: Case, now_ms: int) -> None:
        offers = [offer for offer in standing(case) if not offer.calls]
        choice = self._mood.choice(offers, f"{case.id} on the phone")
        by = rep.rep
        self._act(rep, customer, Called(case=case.id, by=by, reached=True), now_ms)
        if choice is not None and case.phase is not Phase.ASKED:
            self._act(rep, customer, Chosen(case=case.id, offer=choice.offer, by=by), now_ms)
        elif self._mood.is_good_on_the_phone(case.id):
            self._act(rep, customer, Answered(case=case.id, answer="good", by=by), now_ms)

    def _act(self, rep: RepRow, customer: CustomerId, wanted: Body, now_ms: int) -> None:
        asker = Asker(rep=rep.rep, role=rep.role)
        kind = type(wanted).__name__
        self._verbs.act(customer, wanted, asker, f"demo/{customer}/{now_ms}/{rep.rep}/{kind}")


def _is_late(flight: Flight) -> bool:
    return flight.landed_ms - flight.arrives_ms >= LATE_MINUTES * MINUTE_MS
