"""Everything a customer writes is read once; what we, or a machine, wrote never is."""

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.decide import Asker
from makegood.messages.errors import InputError
from makegood.messages.events import Event, Stamp
from makegood.messages.facts import (
    AskedAgain,
    Contacted,
    ConversationBegun,
    FailureRaised,
    GotInTouch,
    Rated,
    Touchpoint,
    Wrote,
)
from makegood.messages.ids import CaseId, CustomerId, RepId
from makegood.messages.triage_facts import Triaged
from makegood.playbooks.cel import Scope, compile_expression
from makegood.playbooks.mappings import Form, Mapped, Source
from makegood.playbooks.triage import CHANNELS, TriageTerms
from makegood.ports.triage import TriageRow
from makegood.ports.voice import Post
from makegood.ports.words import LogEdge
from makegood.runtime.log_edge import Settled
from makegood.runtime.own_words import is_answer, own_words, plain_words
from makegood.runtime.reading_words import WITHOUT_MODEL_MS, WordsRead
from makegood.runtime.triage import Triage
from makegood.runtime.triage_models import labels
from makegood.settings import Settings
from makegood.testing.clock import FakeClock
from tests.unit.runtime.test_mailroom import NOON_MS, history, taken
from tests.unit.runtime.test_triage import KIND, Model

TERMS = TriageTerms(
    channels=frozenset(CHANNELS), kinds={"not_working": KIND}, urgent=("stranded",)
)
ANA = "email:ana@example.com"


@pytest.fixture
def makegood():
    it = open_makegood(Settings(database="memory:", key=b"k" * 32), clock=FakeClock(NOON_MS))
    yield it
    it.close()


ASKS = Model(chance=0.7)


class World:
    """A Makegood whose model always says the same."""

    def __init__(self, it: Makegood, model: Model | None = ASKS, **terms: object) -> None:
        self.it = it
        self.model = Model(chance=0.7) if model is ASKS else model
        self.book = replace(it.book, triage=replace(TERMS, **terms), by_brand={})
        self.triage = Triage(
            it.store, it.acts, it.intake, lambda: self.book, it.clock, lambda _: self.model
        )
        self.words = WordsRead(it.store, self.triage, lambda: self.book, it.clock)
        self.words.round()  # begins at the end of the log

    def read(self) -> int:
        self.it.clock.advance(1_000)
        return self.words.round()

    def line(self, words: str = "There was no car.", channel: str = "page") -> CustomerId:
        """Let Ana write to her person."""
        brand = next(iter(self.book.brands))
        name = f"line/{words}/{channel}"
        body = GotInTouch(channel=channel, brand=brand, words="w")
        found = self.it.requests.ask(
            ANA, replace(body, words=f"{name}/w"), Asker(), message_id=name,
            texts={f"{name}/w": words},
        )  # fmt: skip
        assert isinstance(found, tuple)
        return found[0]

    def waiting(self):
        with self.it.store.reading() as reading:
            return reading.waiting_words()


def read_of(it: Makegood, customer: CustomerId) -> list[Triaged]:
    return [one for one in history(it, customer) if isinstance(one, Triaged)]


def test_what_a_customer_writes_to_their_person_is_read_once(makegood: Makegood):
    world = World(makegood)
    ana = world.line("We are stranded, the car does not start.")
    assert world.read() == 1
    (said,) = read_of(makegood, ana)
    assert (said.channel, said.verdict, said.urgent) == ("line", "ask", True)
    (row,) = world.waiting()
    assert (row.item, row.is_urgent, row.asks) == (said.letter, True, True)
    assert world.read() == 0
    with makegood.store.writing() as writing:
        writing.put_words_read(0)  # as after a crash before the place was written down
    world.read()
    assert read_of(makegood, ana) == [said]
    assert world.model.asked == 1


def test_a_sure_message_opens_the_failure_with_the_words_that_are_there(makegood: Makegood):
    world = World(makegood, Model(chance=0.95))
    ana = world.line()
    world.read()
    (raised,) = [one for one in history(makegood, ana) if isinstance(one, FailureRaised)]
    assert raised.words.endswith("/w")
    assert world.read() == 0, "what a model opened is no new word of the customer"
    assert len(read_of(makegood, ana)) == 1


def test_who_has_an_open_case_is_asked_about_no_second_failure(makegood: Makegood):
    world = World(makegood, Model(chance=0.95))
    ana = world.line()
    brand = next(iter(world.book.brands))
    told = FailureRaised(failure="other", brand=brand, words="told")
    makegood.acts.act(ana, told, Asker(), message_id="told", texts={"told": "No car!"})
    world.read()
    by_channel = {one.channel: one.verdict for one in read_of(makegood, ana)}
    assert by_channel == {"line": "nothing", "told": "nothing"}
    assert len([one for one in history(makegood, ana) if isinstance(one, FailureRaised)]) == 1


def test_words_from_before_anybody_read_are_left(makegood: Makegood):
    it = makegood
    ana = World(it).line()
    idle = World(it, channels=frozenset({"mail"}))
    assert idle.words.round() == 0
    assert World(it).read() == 0
    assert read_of(it, ana) == []


@pytest.mark.parametrize("channel", ["phone", "desk"])
def test_what_somebody_of_ours_wrote_down_is_not_read(makegood: Makegood, channel: str):
    world = World(makegood)
    ana = world.line(channel=channel)
    body = GotInTouch(channel="chat", words="note")
    asker = Asker(rep=RepId("kathy"), role="rep")
    makegood.requests.act(ana, body, asker, message_id="note", texts={"note": "Angry on chat."})
    assert world.read() == 0
    assert read_of(makegood, ana) == []


def test_letters_are_read_as_they_come_in_and_not_again(makegood: Makegood):
    world = World(makegood)
    taken(makegood, "letter_en")
    assert world.read() == 0


def test_a_channel_that_the_book_leaves_out_is_not_read(makegood: Makegood):
    world = World(makegood, channels=frozenset({"mail", "told"}))
    ana = world.line()
    assert world.read() == 1
    assert read_of(makegood, ana) == []


def test_a_worker_without_a_model_leaves_words_to_one_that_has_it(makegood: Makegood):
    world = World(makegood, None)
    ana = world.line()
    assert world.read() == 0
    assert World(makegood).read() == 0, "the first round of the other read it"
    assert len(read_of(makegood, ana)) == 1


def test_what_waited_too_long_for_a_model_is_never_read(makegood: Makegood):
    world = World(makegood, None)
    ana = world.line()
    makegood.clock.advance(WITHOUT_MODEL_MS)
    world.line("Still no car.")
    assert world.read() == 0
    makegood.clock.advance(1)
    World(makegood)
    assert len(read_of(makegood, ana)) == 1


def test_two_messages_at_once_open_one_failure(makegood: Makegood):
    world = World(makegood, Model(chance=0.95))
    ana = world.line("There is no car.")
    world.line("There still is no car, and nobody answers.")
    assert world.read() == 2
    assert [one.verdict for one in read_of(makegood, ana)] == ["open", "nothing"]
    assert len([one for one in history(makegood, ana) if isinstance(one, FailureRaised)]) == 1


def test_words_that_cannot_be_looked_at_hold_up_no_others(makegood: Makegood):
    world = World(makegood)
    ana = world.line("Broken.")
    world.line("There is no car.")
    left: list[str] = []

    class Breaks(Triage):
        """Stumbles over one message, whenever it comes to it."""

        def look(self, wrote):
            if wrote.text == "Broken.":
                left.append(wrote.text)
                raise InputError("It cannot be kept.")
            return super().look(wrote)

    it = makegood
    breaks = Breaks(
        it.store, it.acts, it.intake, lambda: world.book, it.clock, lambda _: world.model
    )
    world.words = WordsRead(it.store, breaks, lambda: world.book, it.clock)
    world.read()
    world.read()
    assert (len(left), len(read_of(makegood, ana))) == (1, 1)


def edge(place: int, *writing: str) -> LogEdge:
    return LogEdge(place=place, writing=frozenset(writing))


def test_the_log_is_whole_up_to_what_nobody_writes_before_any_more():
    settled = Settled()
    seen = (
        (edge(5, "a"), 0),
        (edge(9, "a", "b"), 0),  # `a` may still commit the third place
        (edge(12, "b", "c"), 5),
        (edge(15, "c"), 5),
        (edge(16, "d"), 12),
        (edge(17), 17),
        (edge(20, "e"), 17),
    )
    assert [settled.place(one) for one, _ in seen] == [place for _, place in seen]


def test_what_was_urgent_and_was_answered_is_so_no_more(makegood: Makegood):
    world = World(makegood, Model("none"))
    ana = world.line("We are stranded.")
    world.read()
    assert [one.is_urgent for one in world.waiting()] == [True]
    kathy = Contacted(rep=RepId("kathy"), channel="chat")
    makegood.requests.act(ana, kathy, Asker(rep=RepId("kathy"), role="rep"), message_id="answered")
    world.read()
    assert world.waiting() == ()


def test_an_erased_customer_leaves_nothing_that_waits(makegood: Makegood):
    world = World(makegood)
    world.line("We are stranded.")
    world.read()
    makegood.erasing.person(ANA)
    assert world.waiting() == ()
    late = World(makegood)
    late.line("And erased before anybody read it.")
    makegood.erasing.person(ANA)
    assert late.read() == 0
    assert late.waiting() == ()


def a_post(**changed: object) -> Post:
    row = Post(
        post="a" * 32, source="s", network="mastodon", author="@a@example.social", at_ms=1,
        heard_ms=2, state="waiting", text="Stranded, and nobody answers.",
    )  # fmt: skip
    return replace(row, **changed)


def test_posts_are_read_beside_the_log_and_a_person_is_asked_at_most(makegood: Makegood):
    world = World(makegood, Model(chance=0.95))
    with makegood.store.writing() as writing:
        writing.put_post(a_post())
        writing.put_post(a_post(post="b" * 32, state="old"))
        end = writing.log_edge()
    assert world.read() == 1
    (row,) = world.waiting()
    assert (row.item, row.channel, row.is_urgent, row.asks) == ("a" * 32, "public", True, True)
    with makegood.store.reading() as reading:
        known = reading.triaged(["a" * 32])["a" * 32]
        assert reading.log_edge() == end, "nobody's event is made of it"
    assert known.words == ()
    assert world.read() == 0
    with makegood.store.writing() as writing:
        writing.save_post(a_post(state="gone", text=""))
    world.read()
    assert world.waiting() == ()


def test_a_post_that_no_model_can_read_is_tried_once(makegood: Makegood):
    world = World(makegood)
    with makegood.store.writing() as writing:
        writing.put_post(a_post(text=" "))
    assert world.read() == 1
    assert (world.read(), world.waiting()) == (0, ())
    assert world.model.asked == 1


def test_a_label_of_what_was_told_stays_with_its_words(makegood: Makegood):
    world = World(makegood)
    ana = world.line("No car.")
    world.read()
    (said,) = read_of(makegood, ana)
    triage = world.triage
    with makegood.store.reading() as reading:
        profile = reading.triaged([said.letter])[said.letter].profile
    label = TriageRow(letter=said.letter, profile=profile, labelled_ms=9, kind="none")
    triage.learn(label)
    assert [(one.text, one.row.kind, one.row.channel) for one in labels(makegood.store)] == [
        ("No car.", "none", "line")
    ]
    assert world.waiting() == ()
    makegood.erasing.person(ANA)
    triage.learn(replace(label, labelled_ms=10))
    assert labels(makegood.store) == ()


SAYS = compile_expression("record.words", Scope(names=("record",)))
DESK_OF_HELP = Source(
    id="desk_x", title="", form=Form.WEBHOOK, signed=None, key=SAYS, customer={}, person={},
    ignore=(), events=(Mapped(id="a", when=None, event="Ticket Answered", words=SAYS),),
    parameters={},
)  # fmt: skip


def event_of(it: Makegood, body, *, source: str = "app", message_id: str = "m", imported=False):
    """An event, as the intake makes it."""
    return Event(
        source=source, message_id=message_id, profile=it.intake.profile(ANA), time_ms=NOON_MS,
        received_ms=NOON_MS, body=body, stamp=Stamp(book=it.book.hash, fold=1, imported=imported),
    )  # fmt: skip


CASE = CaseId("k1")
ANSWERED = Touchpoint(name="Ticket Answered", properties={"message": "r"})
PORTAL, DESK = "makegood:portal", "makegood:desk"


@pytest.mark.parametrize(
    ("body", "source", "message_id", "channel"),
    [
        (FailureRaised(failure="other", words="r"), PORTAL, "told:1", "told"),
        (FailureRaised(failure="other", words="r", by=RepId("kathy")), PORTAL, "x", ""),
        (FailureRaised(failure="other", words="r"), PORTAL, "letter/e12/opened", ""),
        (FailureRaised(failure="other", words="r"), PORTAL, f"mail/{'0' * 32}/raised", ""),
        (FailureRaised(failure="other"), PORTAL, "told:1", ""),
        (FailureRaised(failure="x", words="r", by=RepId("desk_x")), "desk_x", "m", "help_desk"),
        (FailureRaised(failure="x", words="r", by=RepId("desk_x")), "other", "m", ""),
        (Wrote(case=CASE, text="r"), PORTAL, "w", "told"),
        (AskedAgain(case=CASE, who="customer", words="r"), PORTAL, "w", "told"),
        (AskedAgain(case=CASE, who="place", words="r"), PORTAL, "w", ""),
        (GotInTouch(channel="chat", words="r"), PORTAL, "w", "line"),
        (GotInTouch(channel="mail", words="r"), PORTAL, f"mail/{'0' * 32}", ""),
        (GotInTouch(channel="mail", words="r"), PORTAL, "key/1", "line"),
        (GotInTouch(channel="chat", words="r"), DESK, "w", ""),
        (Rated(survey="s", score=1, words="r"), PORTAL, "w", "survey"),
        (Rated(survey="s", score=1, words="r", question="easy"), PORTAL, "w", ""),
        (Rated(survey="s", score=1, words="r", by=RepId("kathy")), PORTAL, "w", ""),
        (ANSWERED, "desk_x", "m", "help_desk"),
        (ANSWERED, "app", "m", ""),
        (Touchpoint(name="Mail Sent", properties={"message": "r"}), "desk_x", "m", ""),
        (Touchpoint(name="Ticket Answered"), "desk_x", "m", ""),
    ],
)  # fmt: skip
def test_whose_words_are_read(makegood: Makegood, body, source, message_id, channel):
    event = event_of(makegood, body, source=source, message_id=message_id)
    found = own_words(event, {"desk_x": DESK_OF_HELP})
    assert (found.channel if found is not None else "") == channel
    old = event_of(makegood, body, source=source, message_id=message_id, imported=True)
    assert own_words(old, {"desk_x": DESK_OF_HELP}) is None


def test_pages_are_read_as_words_and_plain_texts_as_they_are():
    assert plain_words("<p>No <b>car</b></p><script>x()</script>").strip() == "No car"
    assert plain_words("2 < 3, and <3 to you") == "2 < 3, and <3 to you"
    assert not is_answer(Wrote(case=CASE, text="r"))
    begun = ConversationBegun(rep=RepId("k"), thread="t", to="a", subject="s", words="w", brand="")
    assert is_answer(begun)
