"""The list of the held says of every name what the gate says of it."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from makegood.core.holds import Question
from makegood.gate.service import Gate
from makegood.gate.suppressions import digests_of, page_of_changes, page_of_held
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Answered, Identified, Touchpoint, Unsubscribed
from makegood.messages.ids import case_id
from makegood.testing.book import DAY_MS
from tests.unit.gate.test_service import PROMO, World
from tests.unit.runtime.test_intake_properties import LIBRARY, Live, deeds

NAMES = ("user:ana", "user:ben", "anon:1", "email:a@example.org", "phone:+491511")
ANY = Question(brand="", message_class=MessageClass.PROMOTIONAL)
named = st.tuples(
    st.sampled_from(NAMES[:3]),
    st.lists(st.sampled_from(NAMES[3:]), max_size=2, unique=True),
)
late = st.sampled_from(NAMES[3:])


def listed(store, library, now_ms, question=ANY, limit=2):
    """Read all pages."""
    found, after, more = [], "", True
    while more:
        with store.reading() as reading:
            page = page_of_held(reading, library, question, (after, limit), now_ms)
        found += page.entries
        after, more = page.after, page.more
    return found


class Named(Live):
    """A firm whose customers also say how else they are called."""

    def name(self, who, lookups):
        arrival = self._arrival(who, Identified(traits={}), 0)
        from msgspec.structs import replace

        self.intake.take([replace(arrival, lookups=tuple(lookups))])

    def fail(self, who):
        facts = {"reservation": who, "reason": "x", "price_cents": 100}
        body = Touchpoint(name="Rental Unfulfilled", properties=facts)
        self.intake.take([self._arrival(who, body, 0)])

    def _arrival(self, who, what, ago_ms):
        if who in NAMES[3:]:
            arrival = super()._arrival("user:ana", what, ago_ms)
            from msgspec.structs import replace

            return replace(arrival, identifier=who)
        return super()._arrival(who, what, ago_ms)


@given(st.lists(st.one_of(deeds, named, late), max_size=10))
def test_the_list_says_of_every_name_what_the_gate_says_of_it(what) -> None:
    from makegood.store.memory import MemoryStore

    live = Named(MemoryStore())
    for one in what:
        if isinstance(one, str):
            live.fail(one)
        elif one[0] in NAMES:
            live.name(*one)
        else:
            live.do(*one)
    found = listed(live.store, LIBRARY, live.clock.now_ms())
    names = {name for entry in found for name in entry.identifiers}
    gate = Gate(live.store, lambda: LIBRARY, live.clock, b"key")
    with live.store.reading() as reading:
        known = set(reading.persons([live.intake.profile(name) for name in NAMES]))
    for name in NAMES:
        if live.intake.profile(name) in known:
            assert (name in names) is not gate.ask(name, ANY).allowed, name


def test_a_due_timer_counts_and_an_unsubscription_does_not():
    world = World(cool_off_ms=DAY_MS)
    event = world.lose_the_car("user:ana")
    world.take("user:ben", Unsubscribed(brand="*", channel="*"))
    assert len(listed(world.store, world.library, world.clock.now_ms())) == 1
    world.take("user:ana", Answered(case=case_id(event), answer="good"))
    (entry,) = listed(world.store, world.library, world.clock.now_ms())
    assert entry.until.startswith("20")
    world.clock.advance(DAY_MS)
    assert listed(world.store, world.library, world.clock.now_ms()) == []


def test_the_changes_are_who_changed_and_as_they_stand_now():
    world = World()
    event = world.lose_the_car("user:ana")
    with world.store.writing() as writing:
        writing.publish(100, {}, 0)
    with world.store.reading() as reading:
        page = page_of_changes(reading, world.library, PROMO, (0, 10), world.clock.now_ms())
    assert [(one.held, one.identifiers) for one in page.entries] == [(True, ("user:ana",))]
    world.take("user:ana", Answered(case=case_id(event), answer="good"))
    with world.store.writing() as writing:
        writing.publish(100, {}, 0)
    with world.store.reading() as reading:
        for after in (0, int(page.after)):
            now = page_of_changes(reading, world.library, PROMO, (after, 50), 0)
            assert [(one.held, one.reason) for one in now.entries] == [(False, "")]
        now = page_of_changes(reading, world.library, PROMO, (int(now.after), 50), 0)
        assert (now.entries, now.more) == ((), False)


def test_digests_are_of_the_address_alone_in_lower_case():
    digest = sha256(b"ana@example.org").hexdigest()
    assert digests_of(("email:Ana@Example.org", "user:ana", "phone:+1")) == (digest,)


@given(st.lists(st.one_of(deeds, named, named, late), max_size=12), st.integers(0, 12))
def test_a_copy_kept_by_identifier_frees_nobody_whom_the_gate_would_stop(what, read_at) -> None:
    from makegood.store.memory import MemoryStore

    live, copy, after = Named(MemoryStore()), {}, 0
    gate = Gate(live.store, lambda: LIBRARY, live.clock, b"key")

    def read():
        with live.store.writing() as writing:
            while writing.publish(100, {}, live.clock.now_ms()):
                pass
        with live.store.reading() as reading:
            page = page_of_changes(reading, LIBRARY, ANY, (after, 1_000), live.clock.now_ms())
        for entry in sorted(page.entries, key=lambda one: not one.held):  # the worst order
            copy.update(dict.fromkeys(entry.identifiers, entry.held))
        return int(page.after)

    for place, one in enumerate(what):
        if isinstance(one, str):
            live.fail(one)
        elif one[0] in NAMES:
            live.name(*one)
        else:
            live.do(*one)
        if place == read_at:
            after = read()
    read()
    for name, is_held in copy.items():
        assert is_held or gate.ask(name, ANY).allowed, name


def test_an_address_that_two_share_is_not_freed_with_the_first_of_them():
    world = World(cool_off_ms=0)
    for who in ("user:ana", "user:ben"):
        world.take(who, Identified(traits={}), lookups=("email:a@example.org",))
    event = world.lose_the_car("user:ana")
    world.lose_the_car("user:ben")
    with world.store.writing() as writing:
        writing.publish(100, {}, world.clock.now_ms())
    with world.store.reading() as reading:
        begun = reading.feed_ends()[1]
    world.take("user:ana", Answered(case=case_id(event), answer="good"))
    with world.store.writing() as writing:
        writing.publish(100, {}, world.clock.now_ms())
    with world.store.reading() as reading:
        page = page_of_changes(reading, world.library, ANY, (begun, 9), world.clock.now_ms())
    assert [(one.held, one.identifiers) for one in page.entries] == [(False, ("user:ana",))]
