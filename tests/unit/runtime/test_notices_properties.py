"""Any history: what was opened and lifted adds up to what the gate answers at the end."""

from hypothesis import event as note
from hypothesis import given
from hypothesis import strategies as st

from makegood.core.holds import EVERYWHERE
from makegood.core.notices import Notice, NoticeKind, covers
from makegood.core.state import decode_state
from makegood.gate.held import held_now
from makegood.messages.facts import Answered, HandedOver, Released
from makegood.messages.ids import RepId, case_id, event_id
from makegood.ports.store import Store
from makegood.store.memory import MemoryStore
from tests.unit.runtime.test_intake_properties import LIBRARY, WHO, Live, bodies, deeds

BRANDS = (EVERYWHERE, "", "north")


class Listener:
    """Keeps, from the feed alone, who is held; a former id still means the same person."""

    def __init__(self) -> None:
        self.read = 0
        self.sequences: list[int] = []
        self.held: dict[str, tuple[str, ...]] = {}
        self.open: dict[str, bool] = {}
        self.heard: list[Notice] = []

    def listen(self, store: Store, now_ms: int) -> None:
        with store.writing() as writing:
            while writing.publish(3, {}, now_ms):
                pass
        with store.reading() as reading:
            for said in reading.feed(self.read, 10_000):
                self.sequences.append(said.sequence)
                self.take(said.notice)
                self.read = said.sequence

    def take(self, notice: Notice) -> None:
        self.heard.append(notice)
        note(notice.kind.value)
        if notice.kind is NoticeKind.HOLD_OPENED:
            assert covers(notice.held, notice.scope)
            self.held[notice.customer] = notice.held
        elif notice.kind is NoticeKind.HOLD_LIFTED:
            assert not covers(notice.held, notice.scope)
            before = self.held.get(notice.customer, ())
            assert not before or covers(before, notice.scope)
            self.held[notice.customer] = notice.held
        elif notice.kind in (NoticeKind.CASE_OPENED, NoticeKind.CASE_REOPENED):
            self.open[notice.case] = True
        elif notice.kind is NoticeKind.CASE_CLOSED:
            self.open[notice.case] = False


def check(store: Store, listener: Listener) -> None:
    cases: set[str] = set()
    with store.reading() as reading:
        rows = reading.rows("", 100)
        held = held_now(reading, [row.customer for row in rows], LIBRARY, 0)
        for row in rows:
            assert listener.held.get(row.customer, ()) == held[row.customer], row.customer
            for case in decode_state(row.state).cases:
                assert listener.open.get(case.id, False) == case.is_open
            mine = {case.id for case in decode_state(row.state).cases if case.is_open}
            cases |= mine
    assert {case for case, is_open in listener.open.items() if is_open} == cases
    ids = [notice.id for notice in listener.heard]
    assert len(ids) == len(set(ids))
    assert listener.sequences == sorted(set(listener.sequences))


places = st.integers(0, 3).map(lambda n: case_id(event_id("rental", str(n))))
words = st.one_of(
    st.builds(
        lambda case, answer: Answered(case=case, answer=answer),
        places,
        st.sampled_from(["good", "good", "not_yet"]),
    ),
    st.builds(lambda case: Released(case=case, by=RepId("kathy"), reason="settled"), places),
    st.builds(
        lambda case, to: HandedOver(case=case, by=RepId("kathy"), to=RepId(to)),
        places,
        st.sampled_from(["kathy", "ben"]),
    ),
)
said = st.tuples(
    st.just("take"),
    st.lists(st.tuples(st.sampled_from(WHO[:2]), words, st.just(0)), min_size=1, max_size=2),
)
begun = st.tuples(
    st.just("take"),
    st.lists(st.tuples(st.sampled_from(WHO[:2]), bodies, st.just(0)), min_size=1, max_size=2),
)


@given(st.lists(st.one_of(deeds, begun, said, said), max_size=14), st.booleans())
def test_what_was_opened_and_lifted_adds_up_to_the_gates_answer(what, now_and_then) -> None:
    live, listener = Live(MemoryStore()), Listener()
    for deed in what:
        live.do(*deed)
        if now_and_then:
            listener.listen(live.store, live.clock.now_ms())
    listener.listen(live.store, live.clock.now_ms())
    check(live.store, listener)
