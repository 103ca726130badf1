"""A rep writes first: sent, undone, answered in the same conversation; with what is attached."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.messages.commands import SendReply
from makegood.messages.errors import Refused
from makegood.messages.facts import Dropped, FailureRaised
from makegood.messages.ids import CustomerId, EventId, ProfileId, RepId
from makegood.ports.rows import OutboxStatus, RepRow
from makegood.runtime.answering_letters import NEW, Answer, First, LetterAnswers
from makegood.runtime.attaching import Attaching, Draft, Upload
from makegood.runtime.erasing import Erasing
from makegood.settings import Settings
from makegood.store.files import MemoryFiles
from makegood.testing.clock import FakeClock
from tests.integration.mail_server import MailServer

EML = Path("tests/mails/eml")
NOON_MS = 1_795_694_400_000
KATHY = Asker(rep=RepId("kathy"), role="rep")
ANY_BYTES = bytes(range(256)) * 4 + b"\r\n.\r\n..\n.\n"


def upload(name: str = "receipt.pdf", content: bytes = ANY_BYTES) -> Upload:
    return Upload(name=name, kind="application/pdf", pieces=lambda: [content[:100], content[100:]])


class World:
    """A customer who wrote once, and Kathy, who writes first about something else."""

    def __init__(self, makegood: Makegood, clock: FakeClock) -> None:
        self.makegood, self.clock = makegood, clock
        with makegood.store.writing() as writing:
            writing.put_reps((RepRow(rep=KATHY.rep, name="Kathy Moreno", role="rep"),))
        self.customer = makegood.post.room.take((EML / "letter_en.eml").read_bytes()).customer
        self.attaching = makegood.post.attaching
        self.answers = LetterAnswers(makegood.store, makegood.acts, clock, self.attaching)
        self.brand = next(iter(makegood.book.brands))
        self.first = First(
            profile=ProfileId(self.customer), to="ana@example.com", subject="Your bags are here",
            text="Dear Ana,\n\n.we found them.", brand=self.brand,
        )  # fmt: skip
        self.draft = Draft(profile=self.first.profile, rep=KATHY.rep, thread=NEW)

    def begin(self, name: str = "b1", **more) -> EventId | Refused:
        first = replace(self.first, **more)
        return self.answers.begin(first, KATHY, self.makegood.book, name)

    def attach(self, *uploads: Upload, draft: Draft | None = None, form: str = "t"):
        terms = self.makegood.book.letters
        return self.attaching.attach(draft or self.draft, uploads or [upload()], terms, form)

    def letters(self):
        with self.makegood.store.reading() as reading:
            return reading.letters_of([self.first.profile])

    def ours(self):
        (found,) = (one for one in self.letters() if one.kind == "answer")
        return found

    def threads(self):
        with self.makegood.store.reading() as reading:
            row = reading.row(CustomerId(self.customer))
        return {one.id: one for one in decode_state(row.state).my_person.threads}

    def orders(self):
        with self.makegood.store.reading() as reading:
            rows = reading.outbox_of([self.first.profile])
        return [one for one in rows if isinstance(one.command.order, SendReply)]

    def unsent(self):
        with self.makegood.store.reading() as reading:
            return reading.unsent_of([self.first.profile])

    def goes_out(self) -> EmailMessage:
        self.clock.advance(15_000)
        self.makegood.worker.run_once()
        return self.box.mails[-1]


@pytest.fixture
def world() -> Iterator[World]:
    clock = FakeClock(NOON_MS)
    with MailServer() as server:
        url = f"smtp://127.0.0.1:{server.port}"
        settings = Settings(database="memory:", key=b"k" * 32, smtp=url)
        it = open_makegood(settings, clock=clock)
        found = World(it, clock)
        found.box = server.box
        yield found
        it.close()


def test_the_first_letter_goes_out_as_service_when_it_cannot_be_undone_any_more(
    world: World,
) -> None:
    assert isinstance(world.begin(), str)
    world.makegood.worker.run_once()
    assert world.box.mails == []
    mail = world.goes_out()
    assert (mail["To"], mail["Subject"]) == ("ana@example.com", "Your bags are here")
    assert (mail["In-Reply-To"], mail["X-Makegood-Class"]) == (None, "service")
    assert "Kathy Moreno" in mail["From"]
    assert mail.get_content().split() == ["Dear", "Ana,", ".we", "found", "them."]
    assert mail["Message-ID"] == world.ours().message_id


def test_what_the_customer_answers_stands_in_that_conversation(world: World) -> None:
    world.begin()
    sent = world.goes_out()
    raw = (EML / "letter_en.eml").read_bytes().replace(b"<a1@example.com>", b"<a2@example.com>")
    answer = b"In-Reply-To: " + sent["Message-ID"].encode() + b"\r\n" + raw
    took = world.makegood.post.room.take(answer)
    assert (took.customer, took.thread) == (world.customer, world.ours().thread)
    thread = world.threads()[took.thread]
    assert (thread.last, bool(thread.came_ms)) == (KATHY.rep, True)


def test_nobody_waits_for_what_a_rep_began_and_undone_it_leaves_nothing(world: World) -> None:
    before = world.threads()
    said = world.begin()
    assert isinstance(said, str)
    assert not world.threads()[world.ours().thread].came_ms
    undone = world.answers.take_back(CustomerId(world.customer), said, KATHY, "u1")
    assert undone is None
    assert world.threads() == before
    world.clock.advance(60_000)
    world.makegood.worker.run_once()
    assert world.box.mails == []
    assert [one.status for one in world.orders()] == [OutboxStatus.WITHDRAWN]


def test_the_same_form_sent_twice_is_one_mail(world: World) -> None:
    files = world.attach()
    assert world.begin(files=files) == world.begin(files=files)
    world.goes_out()
    world.makegood.worker.run_once()
    assert len(world.box.mails) == 1


@pytest.mark.parametrize(
    ("lacks", "why"),
    [
        ({"to": ""}, "Say to which address"),
        ({"subject": " "}, "Say in a few words"),
        ({"text": " "}, "nothing in the letter"),
        ({"brand": "nobodys"}, "for which brand"),
        ({"case": "k404"}, "no such case"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(
    world: World, lacks: dict[str, str], why: str
) -> None:
    refused = world.begin(**lacks)
    assert isinstance(refused, Refused)
    assert why in refused.why
    assert world.orders() == []
    assert {one.kind for one in world.letters()} == {"letter"}


def test_a_letter_about_a_case_says_so_and_its_answer_comes_back_to_the_case(world: World) -> None:
    body = FailureRaised(failure="other", brand=world.brand)
    world.makegood.acts.act(CustomerId(world.customer), body, KATHY, message_id="f1")
    with world.makegood.store.reading() as reading:
        (case,) = reading.cases_of([CustomerId(world.customer)])
    assert isinstance(world.begin(case=case.case), str)
    assert world.goes_out()["X-Makegood-Case"] == case.case
    assert world.threads()[world.ours().thread].case == case.case


def test_somebody_has_to_look_when_it_comes_back(world: World) -> None:
    world.begin()
    world.box.rcpt.append("550 nobody here")
    world.clock.advance(15_000)
    world.makegood.worker.run_once()
    with world.makegood.store.reading() as reading:
        bodies = [event.body for _, event in reading.log(0, 99)]
    assert any(isinstance(one, Dropped) for one in bodies)
    assert world.threads()[world.ours().thread].came_ms


def test_what_is_attached_arrives_with_the_same_bytes_and_its_name(world: World) -> None:
    big = ANY_BYTES * 3000
    names = ["Kostenübersicht für Łódź, sehr lang und mit vielen Wörtern im Namen der Datei.pdf",
             "a.pdf", "b.pdf"]  # fmt: skip
    contents = [ANY_BYTES, big, b"x"]
    files = world.attach(*map(upload, names, contents))
    assert isinstance(files, tuple)
    assert isinstance(world.begin(files=files), str)
    mail = world.goes_out()
    assert mail.get_body().get_content().split()[-1] == "them."
    parts = list(mail.iter_attachments())
    assert [one.get_filename() for one in parts] == names
    assert [one.get_content() for one in parts] == contents
    assert {one.get_content_disposition() for one in parts} == {"attachment"}
    assert max(map(len, mail.as_bytes().splitlines())) < 999
    assert [one.name for one in world.ours().files] == names
    assert world.unsent() == ()


def test_an_answer_carries_what_is_attached_too(world: World) -> None:
    letter = next(one for one in world.letters() if one.kind == "letter")
    draft = Draft(profile=letter.profile, rep=KATHY.rep, thread=letter.thread)
    files = world.attach(draft=draft)
    answer = Answer(letter=letter, text="Here.", brand=world.brand, files=files)
    world.answers.reply(answer, KATHY, world.makegood.book, "r1")
    mail = world.goes_out()
    assert mail["Subject"].startswith("Re: ")
    (part,) = mail.iter_attachments()
    assert part.get_content() == ANY_BYTES


def test_undone_its_attachments_are_the_draft_s_again(world: World) -> None:
    said = world.begin(files=world.attach())
    assert isinstance(said, str)
    world.answers.take_back(CustomerId(world.customer), said, KATHY, "u1")
    (file,) = world.ours().files
    world.attaching.back([file.holder], said, world.draft)
    (row,) = world.unsent()
    assert (row.name, row.said) == ("receipt.pdf", "")
    assert isinstance(world.begin("b2", files=(row.file,)), str)
    assert len(list(world.goes_out().iter_attachments())) == 1


def test_nothing_is_attached_that_is_another_s_or_gone(world: World) -> None:
    omar = replace(world.draft, rep=RepId("omar"))
    theirs = world.attach(draft=omar)
    elsewhere = world.attach(draft=replace(world.draft, thread="t9"))
    for files in (theirs, elsewhere, ("f" * 32,)):
        assert isinstance(world.begin(files=files), Refused)
    own = world.attach()
    world.makegood.post.files.drop(own[0])
    refused = world.begin(files=own)
    assert isinstance(refused, Refused)
    assert "receipt.pdf is not there any more" in refused.why
    world.attach()  # the same once more mends it
    assert isinstance(world.begin(files=own), str)


def test_the_same_file_twice_is_one_and_limits_are_the_book_s(world: World) -> None:
    assert world.attach(upload(), upload("again.pdf")) == world.attach(form="t2")
    assert len(world.unsent()) == 1
    terms = replace(world.makegood.book.letters, files=2, largest=2_000, together=2_500)

    def why(*uploads: Upload) -> str:
        found = world.attaching.attach(world.draft, uploads, terms, "t3")
        return found.why if isinstance(found, Refused) else ""

    assert "is longer than" in why(upload("big.pdf", b"x" * 2_001))
    assert "is empty" in why(upload("no.pdf", b""))
    assert "Together" in why(upload("more.pdf", b"x" * 1_900))
    assert why(upload("two.pdf", b"y")) == ""
    assert "2 attachments at most" in why(upload("three.pdf", b"z"))
    none = replace(terms, files=0)
    refused = world.attaching.attach(world.draft, [upload("x", b"q")], none, "t4")
    assert isinstance(refused, Refused)
    assert "lets nothing" in refused.why


def test_what_a_crash_left_is_mended_before_the_mail_goes_out(world: World) -> None:
    """The fact was written, and the process was killed before the letter was."""
    files = world.attach()
    world.begin(files=files)
    shown = world.ours()
    tables = world.makegood.store
    with tables.writing() as writing:
        (row,) = writing.attached(files).values()
        writing.put_attached(replace(row, said=EventId("")))
        writing._t.letters.pop(shown.letter)
    world.goes_out()
    assert replace(world.ours(), at_ms=0) == replace(shown, at_ms=0)
    assert world.unsent() == ()


def test_what_nobody_sent_is_swept_when_its_time_is_over(world: World) -> None:
    files = world.attach()
    sent = world.attach(upload("sent.pdf", b"sent"))
    world.begin(files=sent)
    days = world.makegood.book.letters.unsent_ms
    world.clock.advance(days)
    world.makegood.post.sweep()
    assert world.unsent() != ()
    world.clock.advance(1)
    world.makegood.post.sweep()
    assert world.unsent() == ()
    left = {name for name, _ in world.makegood.post.files.names()}
    assert (files[0] in left, sent[0] in left) == (False, True)


def test_a_file_that_is_taken_out_of_a_draft_is_gone(world: World) -> None:
    files = world.attach()
    world.attaching.detach(replace(world.draft, rep=RepId("omar")), files[0])
    assert len(world.unsent()) == 1
    world.attaching.detach(world.draft, files[0])
    assert world.unsent() == ()
    assert list(world.makegood.post.files.names()) == []


def test_everything_goes_with_the_person(world: World) -> None:
    world.attach(upload("draft.pdf", b"draft"))
    world.begin(files=world.attach(upload("sent.pdf", b"sent")))
    erasing: Erasing = world.makegood.erasing
    erasing.person("email:ana@example.com")
    assert list(world.makegood.post.files.names()) == []
    world.clock.advance(15_000)
    world.makegood.worker.run_once()
    assert world.box.mails == []
    assert world.letters() == ()


def test_a_process_that_died_after_an_upload_lost_nothing(tmp_path: Path) -> None:
    """On disk, as it is run: the draft's attachment is there again, and goes out as it was."""
    clock = FakeClock(NOON_MS)
    with MailServer() as server:
        settings = Settings(
            database=f"sqlite:///{tmp_path / 'm.db'}", key=b"k" * 32,
            smtp=f"smtp://127.0.0.1:{server.port}", attachments=str(tmp_path / "files"),
        )  # fmt: skip
        it = open_makegood(settings, clock=clock)
        files = World(it, clock).attach()
        it.close()
        again = open_makegood(settings, clock=clock)
        world = World(again, clock)
        world.box = server.box
        assert tuple(one.file for one in world.unsent()) == files
        assert isinstance(world.begin(files=files), str)
        (part,) = world.goes_out().iter_attachments()
        assert part.get_content() == ANY_BYTES
        again.close()


def test_what_a_worker_has_in_hand_is_not_taken_back(world: World) -> None:
    """The undo waited for the store, and was judged by the moment before it waited."""
    said = world.begin()
    assert isinstance(said, str)
    with world.makegood.store.writing() as writing:
        assert len(writing.claim(NOON_MS + 15_000, 60_000, 10)) == 1
    before = world.threads()
    refused = world.answers.take_back(CustomerId(world.customer), said, KATHY, "u1")
    assert refused is not None
    assert refused.code == "too_late"
    assert world.threads() == before
    assert [one.status for one in world.orders()] == [OutboxStatus.LEASED]


def test_a_form_that_is_sent_again_after_its_letter_was_taken_back_says_so(world: World) -> None:
    said = world.begin()
    assert isinstance(said, str)
    assert world.answers.take_back(CustomerId(world.customer), said, KATHY, "u1") is None
    refused = world.begin()
    assert isinstance(refused, Refused)
    assert "was taken back" in refused.why
    assert isinstance(world.begin("b2"), str)


def test_nothing_is_attached_to_a_draft_for_somebody_who_was_erased(world: World) -> None:
    erasing: Erasing = world.makegood.erasing
    erasing.person("email:ana@example.com")
    refused = world.attach()
    assert isinstance(refused, Refused)
    assert world.unsent() == ()
    assert list(world.makegood.post.files.names()) == []


def test_what_a_crash_left_to_be_deleted_does_not_take_what_is_attached_again(
    world: World,
) -> None:
    files = world.attach()
    with world.makegood.store.writing() as writing:
        writing.drop_attached(files)  # and the process died before the files were deleted
    assert world.attach() == files
    world.makegood.post.sweep()
    assert isinstance(world.begin(files=files), str)
    assert len(list(world.goes_out().iter_attachments())) == 1


def test_a_full_disk_is_said_and_nothing_is_sent_without_what_is_attached(world: World) -> None:
    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device")

    class Full(MemoryFiles):
        put_pieces = full

    attaching = Attaching(world.makegood.store, Full(), world.clock, with_files=True)
    refused = attaching.attach(world.draft, [upload()], world.makegood.book.letters, "t")
    assert isinstance(refused, Refused)
    assert "receipt.pdf could not be kept" in refused.why
    assert world.unsent() == ()
