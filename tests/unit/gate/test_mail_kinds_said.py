"""What a person says of a kind of mail: heard, kept, and known to other processes."""

from makegood.books.opening import shipped_books
from makegood.gate.mail_kinds import MailKinds
from makegood.messages.commands import MessageClass
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from makegood.ports.mail_kinds import MailKind
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from tests.unit.gate.mail_kinds_world import LIBRARY, STRANGE, kinds, mail, strange, to


def test_what_is_said_of_a_kind_long_unseen_is_heard_as_well():
    store, clock = MemoryStore(), FakeClock()
    desk, gate = kinds(store, clock), kinds(store, clock)
    found = strange(gate, 0)
    gate.tend()
    clock.advance(7_200_000)
    with store.writing() as writing:
        now_ms = clock.now_ms()
        writing.count_mail_kinds(
            [MailKind(kind=f"k{n}", mails=1, first_ms=now_ms, last_ms=now_ms) for n in range(250)]
        )
    gate.tend()
    clock.advance(600_000)
    gate.tend()
    desk.decide(found.kind, MessageClass.SURVEY, "ann")
    gate.tend()
    assert strange(gate, 1).message_class is MessageClass.SURVEY


def test_what_a_person_says_counts_for_the_next_mail_and_can_be_changed_back():
    knows = kinds()
    found = strange(knows, 0)
    assert found.message_class is None
    knows.tend()
    assert knows.decide(found.kind, MessageClass.SURVEY, "ann") is not None
    said = strange(knows, 1)
    assert (said.message_class, said.by) == (MessageClass.SURVEY, "person")
    knows.decide(found.kind, None, "ann")
    assert strange(knows, 2).message_class is None


def test_what_a_person_says_reaches_another_process_when_it_tends():
    store = MemoryStore()
    desk, gate = kinds(store), kinds(store)
    found = strange(gate, 0)
    gate.tend()
    desk.decide(found.kind, MessageClass.PROMOTIONAL, "ann")
    gate.tend()
    assert strange(gate, 1).message_class is MessageClass.PROMOTIONAL


def test_a_new_process_knows_the_kinds_and_what_was_said():
    store = MemoryStore()
    first = kinds(store)
    found = strange(first, 0)
    first.tend()
    first.decide(found.kind, MessageClass.PROMOTIONAL, "ann")
    later = kinds(store)
    near = STRANGE.replace("on the second floor", "on the second floor of the house")
    again = later.classify(mail(near, 2, "For {0}"), recipients=to(2))
    assert (again.kind, again.by) == (found.kind, "person")


def test_what_a_person_said_stays_said_when_the_wording_changes():
    store = MemoryStore()
    library = [LIBRARY]
    knows = MailKinds(store, lambda: library[0], FakeClock())
    found = strange(knows, 0)
    knows.tend()
    knows.decide(found.kind, MessageClass.SERVICE, "ann")
    text = shipped_books()["car-rental"].replace("how was your, how was it,", "umbrella stand,", 1)
    other = load_book(
        text.replace("rate your, rate us,", "second floor,", 1), name="car-rental.yaml"
    )
    library[0] = Library(active=other.hash, books={other.hash: other})
    fresh = MailKinds(store, lambda: library[0], FakeClock())
    unlike = fresh.classify(mail("The umbrella stand is on the second floor.", 0, "x"))
    assert unlike.message_class is MessageClass.SURVEY
    for one in (knows, fresh):
        said = strange(one, 1)
        assert (said.message_class, said.by) == (MessageClass.SERVICE, "person")


def test_nobody_decides_about_a_kind_that_is_not_there():
    store = MemoryStore()
    assert kinds(store).decide("nobody", MessageClass.SURVEY, "ann") is None
    with store.reading() as reading:
        assert reading.last_mail_decision() == 0
