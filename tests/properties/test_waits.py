"""Waits that are told in any order, late and twice: a replay finds what was found live."""

from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.core.fold import advance, step
from makegood.core.state import EMPTY, State
from makegood.store.memory import MemoryStore
from tests.conformance.test_waits_on_stores import Centre
from tests.unit.core.test_waiting import HOUR

NAMES = ("Call Queued", "Call Answered", "Call Abandoned")
MOST_MS = 60 * HOUR
CALLS = ("c1", "c2", "")
Told = tuple[str, str, int, int, bool]  # what, of which call, when, heard so much later, looked


def happenings() -> st.SearchStrategy[list[Told]]:
    moments = st.integers(0, MOST_MS // 60_000).map(lambda minutes: minutes * 60_000)
    late = st.sampled_from((0, 0, HOUR, 30 * HOUR))
    one = st.tuples(st.sampled_from(NAMES), st.sampled_from(CALLS), moments, late, st.booleans())
    return st.lists(one, max_size=10, unique_by=lambda it: it[2])


def lived(told: list[Told]) -> Centre:
    """Take things in as they are heard, with a worker that looks now and then."""
    centre = Centre(MemoryStore())
    centre.history()
    centre.norms.round()
    begins_ms = centre.clock.now_ms()
    for n, (name, call, at_ms, late_ms, looked) in enumerate(
        sorted(told, key=lambda it: (it[2] + it[3], it[2]))
    ):
        centre.clock.advance(begins_ms + at_ms + late_ms - centre.clock.now_ms())
        arrival = centre.arrival(name, "ana", late_ms, message=f"m{n}", call=call)
        for _ in range(2):  # whoever was not answered says it again
            centre.intake.take([arrival])
        if looked:
            centre.look("ana")
    centre.clock.advance(begins_ms + 4 * MOST_MS - centre.clock.now_ms())
    return centre


def folded(centre: Centre, until_ms: int) -> State:
    """Fold the log of a customer from nothing, as a replay does."""
    with centre.store.reading() as reading:
        history = reading.history(centre.customer("ana"), None)
    state = EMPTY
    for event in history:
        state = step(state, event, centre.library).state
    return advance(state, until_ms, centre.library).state


@given(happenings())
@settings(max_examples=60, deadline=None)
def test_a_replay_of_the_log_finds_what_was_found_live(told: list[Told]) -> None:
    centre = lived([("Call Queued", "c0", 0, 0, True), *told])
    centre.look("ana")
    assert centre.state("ana") == folded(centre, centre.clock.now_ms())
    waits = {one.key: one for one in centre.state("ana").waits}
    with centre.store.reading() as reading:
        kept = {(one.event, one.rule): one for one in reading.waited(0, 999)}
    assert all(kept[key].ended_ms == one.ended_ms for key, one in waits.items())
    failures = [it for case in centre.state("ana").cases for it in case.failures]
    found = [(one.event, one.about) for one in failures]
    assert len(found) == len(set(found))
