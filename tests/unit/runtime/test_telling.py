import random

import pytest
from msgspec.structs import replace

from makegood.core.notices import NoticeKind
from makegood.gate.held import found_by
from makegood.gate.service import Gate
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Identified, Touchpoint
from makegood.ports.arrivals import Arrival
from makegood.ports.notices import TellingStatus
from makegood.runtime.backoff import SCHEDULE_MS
from makegood.runtime.endpoints import MOST_ENDPOINTS
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.telling import LONGEST_REST_MS, REST_MS, Lanes, Teller, rest_after
from makegood.store.memory import MemoryStore
from makegood.testing.book import DAY_MS, MINUTE_MS, small_library
from makegood.testing.clock import FakeClock
from makegood.testing.store_notice_conformance import PlainSink

LIBRARY = small_library()


class Firm:
    """A store, an intake and a teller."""

    def __init__(self, *sinks, lanes=None):
        self.clock = FakeClock()
        self.store = MemoryStore()
        self.library = LIBRARY
        self.intake = Intake(self.store, lambda: self.library, self.clock, b"key")
        self.sinks = {sink.name: sink for sink in sinks}
        self.held = {}
        self.teller = Teller(
            self.store,
            lambda: self.sinks,
            lambda _reading, customers: {one: self.held.get(one, ("*",)) for one in customers},
            self.clock,
            lanes=lanes,
            rng=random.Random(1),
        )
        self.count = 0

    def take(self, body, who="user:ana", **more):
        self.count += 1
        self.intake.take(
            [
                Arrival(
                    source="rental",
                    message_id=f"{self.count}",
                    identifier=who,
                    time_ms=self.clock.now_ms(),
                    body=body,
                    body_digest=body_digest(body),
                    **more,
                )
            ]
        )

    def no_car(self, who="user:ana", about="R1", **more):
        facts = {"reservation": about, "reason": "x", "price_cents": 100}
        self.take(Touchpoint(name="Rental Unfulfilled", properties=facts), who, **more)

    def kinds(self):
        with self.store.writing() as writing:
            writing.publish(100, {}, 0)
        with self.store.reading() as reading:
            return [said.notice.kind.value for said in reading.feed(0, 100)]

    def told(self, sink="sink"):
        with self.store.reading() as reading:
            return reading.tellings(sink, None, 0, 100)

    def health(self, sink="sink"):
        with self.store.reading() as reading:
            return reading.sinks_health()[sink]


def test_a_sink_hears_a_failure_with_the_customer_as_they_stand_now():
    sink = PlainSink()
    firm = Firm(sink)
    person = Identified(traits={})
    firm.take(person, lookups=("email:ana@example.org", "email:ana@example.com"))
    firm.no_car()
    firm.teller.run_once()
    assert [said.notice.kind for said, _ in sink.heard] == [
        NoticeKind.HOLD_OPENED,
        NoticeKind.CASE_OPENED,
    ]
    said, to = sink.heard[0]
    assert (said.notice.scope, said.notice.held) == ("*", ("*",))
    assert said.sequence < sink.heard[1][0].sequence
    assert to.emails == ("ana@example.com", "ana@example.org")
    assert to.held == ("*",)
    assert to.case is not None
    assert to.case.case == said.notice.case
    assert firm.teller.run_once() == 0


def test_a_sink_registered_later_starts_from_now():
    firm = Firm()
    firm.no_car()
    firm.teller.run_once()
    late = PlainSink()
    firm.sinks["sink"] = late
    firm.teller.run_once()
    assert late.heard == []
    firm.no_car("user:ben")
    firm.teller.run_once()
    assert [said.notice.kind.value for said, _ in late.heard] == ["hold.opened", "case.opened"]
    assert len({to.customer for _, to in late.heard}) == 1


def test_the_sequence_goes_on_rising_after_an_older_backup_was_restored():
    firm, restored = Firm(), Firm()
    for one in (firm, restored):
        one.no_car()
        one.teller.run_once()
    firm.no_car("user:lost")
    firm.teller.run_once()
    with firm.store.reading() as reading:
        newest = reading.feed_ends()[1]
    restored.clock.advance(MINUTE_MS)
    restored.no_car("user:ben")
    restored.teller.run_once()
    with restored.store.reading() as reading:
        assert reading.feed(0, 10)[-1].sequence > newest


def test_imported_history_is_news_to_nobody_and_its_timers_are_not_either():
    firm = Firm(PlainSink())
    firm.no_car(imported=True)
    assert firm.kinds() == []
    firm.no_car(about="R2")
    assert firm.kinds() == ["case.escalated"]


def test_a_name_that_comes_to_a_held_customer_is_told_once():
    firm = Firm()
    firm.no_car()
    before = firm.kinds()
    for _ in range(3):
        firm.take(Identified(traits={}), lookups=("email:ana@example.org",))
    assert firm.kinds() == [*before, "hold.opened"]


def test_a_history_that_cannot_be_folded_closes_the_gate_for_everybody_who_listens():
    def broken(event, customer):
        raise LookupError

    firm = Firm()
    book = LIBRARY.book(LIBRARY.active)
    poisoned = replace(book, triggers={**book.triggers, "Poison": broken})
    firm.library = replace(LIBRARY, books={book.hash: poisoned})
    for _ in range(2):
        firm.take(Touchpoint(name="Poison"))
    firm.library = LIBRARY
    firm.take(Touchpoint(name="Page Viewed"))
    firm.no_car()
    with firm.store.writing() as writing:
        writing.publish(100, {}, 0)
    with firm.store.reading() as reading:
        heard = [said.notice for said in reading.feed(0, 100) if said.notice.kind.is_hold]
    assert [(one.kind.value, one.scope, one.reason, one.held) for one in heard] == [
        ("hold.opened", "*", "stuck", ("*",)),
        ("hold.lifted", "*", "stuck", ()),
        ("hold.opened", "*", "hold", ("*",)),
    ]


def test_what_a_sink_refuses_is_tried_by_the_schedule_until_it_is_dead():
    sink = PlainSink(answers=[EffectFailed("Not now.") for _ in range(20)], kinds=("hold.opened",))
    firm = Firm(sink)
    firm.no_car()
    firm.teller.run_once()
    waits = []
    while (one := firm.told()[0]).status is TellingStatus.WAITING:
        waits.append(one.next_ms - firm.clock.now_ms())
        firm.clock.advance(max(waits[-1], LONGEST_REST_MS))
        firm.teller.run_once()
    assert len(waits) == len(SCHEDULE_MS) == 9
    assert all(at <= wait <= 1.2 * at for wait, at in zip(waits, SCHEDULE_MS, strict=True))
    assert (one.status, one.attempts, one.error) == (TellingStatus.FAILED, 10, "Not now.")
    assert firm.health().failures == 10
    with firm.store.writing() as writing:
        assert writing.replay_tellings("sink", (), 0, firm.clock.now_ms()) == 1
    sink.answers.clear()
    firm.teller.run_once()
    assert firm.told()[0].status is TellingStatus.DONE
    assert firm.health().failures == 0


def test_one_that_can_never_be_taken_is_dead_at_once_and_the_others_go_on():
    sink = PlainSink(answers=[None, EffectFailed("No such list.", retry=False)])
    firm = Firm(sink)
    firm.no_car()
    firm.no_car("user:ben")
    firm.teller.run_once()
    states = [one.status.value for one in reversed(firm.told())]
    assert states == ["done", "failed", "done", "done"]


def test_what_is_refused_for_good_does_not_make_the_next_wait():
    sink = PlainSink(answers=[EffectFailed("It is closed.", retry=False) for _ in range(5)])
    firm = Firm(sink)
    for who in ("user:a", "user:b", "user:c"):
        firm.no_car(who)
    firm.teller.run_once()
    states = [one.status.value for one in reversed(firm.told())]
    assert states == [*["failed"] * 5, "done"]
    assert (firm.health().failures, firm.health().took_ms) == (0, firm.clock.now_ms())


def test_a_sink_that_only_refuses_is_not_away_and_never_took_anything():
    sink = PlainSink(answers=[EffectFailed("It is closed.", retry=False) for _ in range(2)])
    firm = Firm(sink)
    firm.no_car()
    firm.teller.run_once()
    health = firm.health()
    assert (health.failures, health.took_ms, health.error) == (0, 0, "It is closed.")


def test_every_endpoint_that_can_be_has_a_lane_of_its_own():
    assert Lanes().sinks > MOST_ENDPOINTS


def test_a_sink_that_is_away_is_asked_with_one_notice_and_less_and_less_often():
    sink = PlainSink(answers=[EffectFailed("Away.") for _ in range(3)])
    firm = Firm(sink)
    for who in ("user:a", "user:b", "user:c"):
        firm.no_car(who)
    firm.teller.run_once()
    assert sum(one.attempts for one in firm.told()) == 1
    assert firm.teller.run_once() == 0
    firm.clock.advance(REST_MS)
    firm.teller.run_once()
    assert firm.health().failures == 2
    firm.clock.advance(REST_MS)
    assert firm.teller.run_once() == 0
    assert [rest_after(n) for n in (0, 1, 2, 3, 99)] == [0, 5_000, 10_000, 20_000, 300_000]
    for _ in range(4):
        firm.clock.advance(LONGEST_REST_MS)
        firm.teller.run_once()
    assert len(sink.heard) == 6
    assert firm.health().failures == 0


def test_a_sink_that_asks_to_be_left_alone_is_left_alone():
    sink = PlainSink(answers=[None, EffectFailed("Slow down.", after_ms=10 * MINUTE_MS)])
    firm = Firm(sink)
    for who in ("user:a", "user:b"):
        firm.no_car(who)
    firm.teller.run_once()
    assert len(sink.heard) == 1
    firm.clock.advance(10 * MINUTE_MS - 1)
    assert firm.teller.run_once() == 0
    firm.clock.advance(1)
    firm.teller.run_once()
    assert len(sink.heard) == 4


def test_an_adapter_that_breaks_stops_nobody_else():
    class Broken(PlainSink):
        def tell(self, said, to, now_ms):
            raise ZeroDivisionError

    sink = PlainSink()
    firm = Firm(Broken(name="broken"), sink)
    firm.no_car()
    firm.teller.run_once()
    assert len(sink.heard) == 2
    assert firm.health("broken").error == "The adapter broke: ZeroDivisionError."


def test_no_telling_begins_when_its_lease_is_nearly_over():
    class Slow(PlainSink):
        clock: FakeClock

        def tell(self, said, to, now_ms):
            self.clock.advance(40_000)
            super().tell(said, to, now_ms)

    firm = Firm(lanes=Lanes(lease_ms=60_000))
    firm.sinks["sink"] = sink = Slow(clock=firm.clock)
    for who in ("user:a", "user:b"):
        firm.no_car(who)
    firm.teller.run_once()
    assert len(sink.heard) == 1
    assert [one.attempts for one in firm.told()] == [0, 0, 0, 1]


def test_what_a_sink_says_is_kept_without_names():
    sink = PlainSink(answers=[EffectFailed("No member ana@example.org in the list.")])
    firm = Firm(sink)
    firm.take(Identified(traits={}), lookups=("email:ana@example.org",))
    firm.no_car()
    firm.teller.run_once()
    assert firm.health().error == "No member … in the list."


def test_old_notices_are_forgotten():
    firm = Firm(PlainSink())
    firm.no_car()
    firm.teller.run_once()
    firm.clock.advance(31 * DAY_MS)
    firm.teller.run_once()
    assert firm.told() == ()


GUEST, OTHER_MAIL = "email:ana@example.org", "email:ana@example.com"


def held_by_hearsay(firm):
    """What those who listen know to be held: all that finds whoever a notice is about."""
    with firm.store.writing() as writing:
        writing.publish(100, {}, 0)
    with firm.store.reading() as reading:
        said = [one.notice for one in reading.feed(0, 100) if one.notice.kind.is_hold]
        return [(one.kind.value, found_by(reading, (one.customer,))[one.customer]) for one in said]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_name_that_finds_a_held_guest_by_a_look_up_is_told(at_once):
    """Who lists the address of a held guest is held by every other name of theirs, too."""
    firm = Firm()
    firm.no_car(GUEST)
    gate = Gate(firm.store, lambda: firm.library, firm.clock, b"key")
    assert len(held_by_hearsay(firm)) == 1
    given = (GUEST, OTHER_MAIL) if at_once else (GUEST,)
    for _ in range(2):
        firm.take(Identified(traits={}), who="user:free", lookups=given)
    before = len(held_by_hearsay(firm))
    assert before == 1 + len(given)
    if not at_once:
        for _ in range(2):
            firm.take(Identified(traits={}), who="user:free", lookups=(OTHER_MAIL,))
        assert len(held_by_hearsay(firm)) == before + 1
    assert gate.is_held(OTHER_MAIL, "")
    assert firm.intake.profile(OTHER_MAIL) in held_by_hearsay(firm)[-1][1]
    assert firm.intake.profile("user:free") in held_by_hearsay(firm)[-1][1]


def test_a_link_to_somebody_who_lists_a_held_guest_is_told():
    firm = Firm()
    firm.no_car(GUEST)
    firm.take(Identified(traits={}), who="user:free", lookups=(GUEST,))
    firm.take(Identified(traits={}), who="user:third", lookups=(OTHER_MAIL,))
    before = len(held_by_hearsay(firm))
    firm.take(Identified(traits={}), who="user:third", also=("user:free",))
    assert len(held_by_hearsay(firm)) == before + 1
    assert firm.intake.profile(OTHER_MAIL) in held_by_hearsay(firm)[-1][1]


def test_names_beside_a_guest_who_is_free_are_no_news():
    firm = Firm()
    firm.take(Touchpoint(name="Page Viewed"), GUEST)
    firm.take(Identified(traits={}), who="user:free", lookups=(GUEST, OTHER_MAIL))
    assert firm.kinds() == []


def test_imported_names_of_a_customer_whose_hold_was_told_are_told():
    firm = Firm()
    firm.no_car()
    before = firm.kinds()
    firm.take(Identified(traits={}), lookups=(OTHER_MAIL,), imported=True)
    assert firm.kinds() == [*before, "hold.opened"]
