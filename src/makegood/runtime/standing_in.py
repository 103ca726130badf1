"""Open cases that nobody looks after now: of who is on leave, and of who had nobody to begin with.

A leave changes the roster and no customer's history, and a case that came at night has nobody; so
somebody has to look, now and then. Who takes it is decided as at the first minute, from what is
stamped on the event; who is off duty until tomorrow keeps their cases.
Source: story 5 (a named cover while away); story 3 (one named person).
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec import Struct

from makegood.core.my_person import Duty, Need, prefer
from makegood.core.state import Case, State, decode_state
from makegood.messages.events import OWN_SOURCE
from makegood.messages.facts import HandedOver
from makegood.messages.ids import ProfileId, RepId, event_id
from makegood.playbooks.book import Library
from makegood.ports.clock import Clock
from makegood.ports.rows import CaseRow, RepRow
from makegood.ports.store import Store, Writing
from makegood.projections.roster import rep_name
from makegood.projections.sentence import sentence_about
from makegood.runtime.duty import reps_absent, reps_on_duty
from makegood.runtime.duty_hours import by_the_book
from makegood.runtime.intake import Intake, patiently, text_ref
from makegood.runtime.told import Told

STANDING_IN = f"{OWN_SOURCE}:standing-in"
NOBODY = RepId("")
EVERY_S = 15.0
_PAGE = 50
_HOUR_MS = 3_600_000
_NO_DUE = 2**63 - 1  # as the queue puts a case without a clock
_LOG = logging.getLogger("makegood.standing_in")


class _Now(Struct, frozen=True, kw_only=True):
    """Who works at the moment of a round."""

    reps: tuple[RepRow, ...]
    duty: Duty
    at_ms: int
    library: Library


class StandIns:
    """Gives cases that nobody looks after to who can."""

    def __init__(
        self, store: Store, intake: Intake, library_of: Callable[[], Library], clock: Clock
    ) -> None:
        self._store = store
        self._intake = intake
        self._library_of = library_of
        self._clock = clock

    def round(self) -> int:
        """Look at every case without somebody who is here; say how many have somebody now."""
        return sum(
            patiently(partial(self._give, owner, page))
            for owner in self._owners()
            for page in cases_of(self._store, owner, _PAGE)
        )

    def run_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Go round now and then until told to stop; a fault of the store is waited out."""
        while not stopped():
            try:
                self.round()
            except Exception as fault:
                _LOG.error("no case was covered: %s", type(fault).__name__)
            sleep(EVERY_S)

    def _owners(self) -> tuple[RepId, ...]:
        """Whose open cases need somebody: nobody's, and of those on leave who have any."""
        now_ms = self._clock.now_ms()
        with self._store.reading() as reading:
            reps = by_the_book(reading.reps(), self._library_of().now().duty, now_ms)
            cases = reading.open_cases_by_owner()
        if not reps_on_duty(reps, now_ms, cases):
            return ()
        away = (row.rep for row in reps if row.is_away(now_ms) and not row.has_left(now_ms))
        return (NOBODY, *(rep for rep in away if cases.get(rep)))

    def _give(self, owner: RepId, cases: Sequence[CaseRow]) -> int:
        with self._store.writing() as writing:
            now = self._now(writing)
            rows = writing.lock(sorted({one.customer for one in cases}))
            told: list[Told] = []
            texts: dict[str, tuple[ProfileId, str]] = {}
            for one in cases:
                row = rows.get(one.customer)
                state = decode_state(row.state) if row is not None and not row.stuck else None
                case = state.open_case if state is not None else None
                if row is None or state is None or case is None or case.owner != owner:
                    continue
                to = _taker(state, case, now)
                if to is None:
                    continue
                # At most once an hour from the same person: nothing may go round and round.
                message_id = f"{case.id}/{owner}/{to}/{now.at_ms // _HOUR_MS}"
                ref = text_ref(event_id(STANDING_IN, message_id), "note") if owner else ""
                if ref:
                    texts[ref] = (case.origin.profile, _story(case, owner, now))
                body = HandedOver(case=case.id, to=to, by=owner, note=ref)
                told.append(
                    Told(
                        profile=case.origin.profile,
                        body=body,
                        message_id=message_id,
                        source=STANDING_IN,
                        brand=case.brand,
                    )
                )
            self._intake.record(writing, told, now.at_ms)
            if texts:
                writing.put_texts(texts)
        return len(told)

    def _now(self, writing: Writing) -> _Now:
        now_ms, library = self._clock.now_ms(), self._library_of()
        reps = by_the_book(writing.reps(), library.now().duty, now_ms)
        most = library.now().people.most_cases
        on_duty = reps_on_duty(reps, now_ms, writing.open_cases_by_owner(), most)
        duty = Duty(on_duty, reps_absent(reps, now_ms))
        return _Now(reps=reps, duty=duty, at_ms=now_ms, library=library)


def _taker(state: State, case: Case, now: _Now) -> RepId | None:
    """Say who takes it: empty for whom the fold finds, None where nobody may.

    A customer with a person of their own has them, or who covers for them; of everybody else the
    cover of the owner takes it.
    """
    mine = state.my_person
    if all(one.rep in mine.denied for one in now.duty.on_duty):
        return None
    if mine.chosen(case.brand) or not case.owner:
        return NOBODY
    need = Need(at_ms=now.at_ms, brand=case.brand, to=case.owner)
    return prefer(mine, now.duty, need, now.library.now(case.brand).people).first


def _story(case: Case, owner: RepId, now: _Now) -> str:
    parts = sentence_about(case, "The customer", (), now.library, now.at_ms)
    return f"{rep_name(now.reps, owner)} is away. {''.join(part.words for part in parts)}"


def cases_of(store: Store, owner: RepId, limit: int) -> Iterator[Sequence[CaseRow]]:
    """Page through somebody's open cases; those that stay theirs are passed over.

    Args:
        store: The store; each page is a look of its own.
        owner: Whose.
        limit: Cases a page.
    """
    after = None
    while True:
        with store.reading() as reading:
            page = reading.cases(owner=owner, after=after, limit=limit)
        if page:
            yield page
        if len(page) < limit:
            return
        last = page[-1]
        after = (last.risk, last.due_ms or _NO_DUE, last.case)
