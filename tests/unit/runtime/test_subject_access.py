"""All that is kept of a person is in their file, and nothing of anybody else."""

import zipfile
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from makegood.messages.errors import InputError
from makegood.messages.ids import AccountId, BookHash, ProfileId, RepId
from makegood.ports.accounts import Account, Party
from makegood.ports.letters import Jotting
from makegood.ports.parking import ParkedMail, ParkedRow, mail_id, parked_id
from makegood.ports.triage import TriageRow
from makegood.ports.voice import Media, Post
from makegood.runtime.answering_letters import Answer, LetterAnswers
from makegood.runtime.attaching import Draft, Upload
from makegood.runtime.subject_access import Disclosed, SubjectAccess
from tests.unit.runtime.test_letters_of_the_parted import BEN, KATHY, Firm


@pytest.fixture
def firm():
    it = Firm()
    it.known("user:ana", "ana@example.com")
    it.known("user:ben", "ben@example.com")
    yield it
    it.it.close()


def written(firm: Firm, who: str, path: Path) -> tuple[Disclosed, dict[str, bytes]]:
    it = firm.it
    access = SubjectAccess(it.store, it.intake, it.post.files, it.clock)
    done = access.write(who, path)
    with zipfile.ZipFile(path) as archive:
        return done, {name: archive.read(name) for name in archive.namelist()}


def rows(content: bytes) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in content.splitlines()]


def test_letters_drafts_and_attachments_are_in_it(firm: Firm, tmp_path: Path) -> None:
    firm.takes("html_only")
    (letter,) = firm.letters("user:ana")
    brand = next(iter(firm.it.book.brands))
    LetterAnswers(firm.it.store, firm.it.acts, firm.clock, firm.it.post.attaching).reply(
        Answer(letter=letter, text="On our way.", brand=brand), KATHY, firm.it.book, "r1"
    )
    draft = Jotting(
        profile=letter.profile, rep=RepId("kathy"), letter=letter.letter, at_ms=1, text="And also"
    )
    with firm.it.store.writing() as writing:
        writing.put_jotting(draft)
    done, files = written(firm, "email:ana@example.com", tmp_path / "ana.zip")
    (photo,) = letter.files
    content = files[f"attachments/{letter.letter}/1-{photo.name}"]
    assert content == firm.it.post.files.get(letter.letter, photo.digest)
    assert {one["kind"] for one in rows(files["letters.jsonl"])} == {"letter", "answer"}
    assert [one["text"] for one in rows(files["drafts.jsonl"])] == ["And also"]
    assert any("On our way." in str(one["text"]) for one in rows(files["texts.jsonl"]))
    assert {one["identifier"] for one in rows(files["person.jsonl"])} == {
        "user:ana", "email:ana@example.com",
    }  # fmt: skip
    assert (done.letters, done.drafts, done.attachments, done.missing) == (2, 1, 1, 0)
    assert (tmp_path / "ana.zip").stat().st_mode & 0o077 == 0
    with firm.it.store.reading() as reading:
        assert reading.acts(limit=9)[0].what == "person.exported"


def test_nothing_of_anybody_else_is_in_it(firm: Firm, tmp_path: Path) -> None:
    firm.takes(**BEN)
    firm.takes()
    firm.known("user:ana", "ben@example.com")  # she gave his address, too
    _, files = written(firm, "user:ana", tmp_path / "ana.zip")
    whole = b"".join(one for name, one in files.items() if name != "person.jsonl")
    assert b"ben@example.com" not in whole
    assert [one["sender"] for one in rows(files["letters.jsonl"])] == ["ana@example.com"]


def test_an_address_that_is_a_customer_of_its_own_is_left_out(firm: Firm, tmp_path: Path) -> None:
    firm.takes(**{"ana@example.com": "eve@example.com", "<a1@": "<e1@"})
    firm.known("user:ana", "eve@example.com")
    _, files = written(firm, "user:ana", tmp_path / "ana.zip")
    assert b"eve@example.com" not in b"".join(files.values())


def test_who_is_nobody_or_several_is_refused_and_no_file_is_written_over(
    firm: Firm, tmp_path: Path
) -> None:
    path = tmp_path / "x.zip"
    with pytest.raises(InputError, match="No one customer"):
        written(firm, "user:nobody", path)
    firm.known("user:ben", "ana@example.com")
    with pytest.raises(InputError, match="No one customer"):
        written(firm, "email:ana@example.com", path)
    path.write_bytes(b"mine")
    with pytest.raises(InputError, match="there already"):
        written(firm, "user:ana", path)
    assert path.read_bytes() == b"mine"


def waiting(firm: Firm, address: str) -> bytes:
    content = f"To: {address}\r\n\r\nAn offer for {address}.".encode()
    mail = ParkedMail(
        mail=mail_id("news@cars.example", "", content),
        sender="news@cars.example", options="", content=content,
    )  # fmt: skip
    row = ParkedRow(
        parked=parked_id(mail.mail, address), mail=mail.mail, recipient=address,
        profile=firm.it.intake.profile(f"email:{address}"), brand="", message_class="offers",
        classed_by="", rule="", kind="", book=BookHash("b"), reason="hold", since_ms=1,
        expires_ms=9, next_ms=5,
    )  # fmt: skip
    with firm.it.store.writing() as writing:
        writing.park([mail], [row])
    return content


def test_mail_that_waits_or_was_set_aside_is_in_it_and_no_mail_of_others(
    firm: Firm, tmp_path: Path
) -> None:
    content = waiting(firm, "ana@example.com")
    waiting(firm, "ben@example.com")
    large = b"From: Ana <Ana@example.com>\n\n" + b"Help me.\n" * 9_000
    for raw in (large, b"From: ben@example.com\n\nI met ana@example.com.", b"No fields."):
        firm.it.post.room.set_aside(raw, "It could not be taken.")
    done, files = written(firm, "user:ana", tmp_path / "ana.zip")
    assert (done.parked, done.aside) == (1, 1)
    assert [one["recipient"] for one in rows(files["parked.jsonl"])] == ["ana@example.com"]
    assert [one for name, one in files.items() if name.startswith("parked/")] == [content]
    assert [one for name, one in files.items() if name.startswith("aside/")] == [large]
    assert b"ben@example.com" not in b"".join(files.values())


def test_mail_of_an_address_that_two_share_is_in_nobodys(firm: Firm, tmp_path: Path) -> None:
    for who in ("user:ana", "user:ben"):
        firm.known(who, "home@example.com")
    waiting(firm, "home@example.com")
    firm.it.post.room.set_aside(b"From: home@example.com\n\nHello", "It could not be taken.")
    done, _ = written(firm, "user:ana", tmp_path / "ana.zip")
    assert (done.parked, done.aside) == (0, 0)


def test_orders_roles_and_what_was_read_are_in_it(firm: Firm, tmp_path: Path) -> None:
    firm.takes()
    (letter,) = firm.letters("user:ana")
    said = TriageRow(letter=letter.letter, profile=letter.profile, kind="delay")
    with firm.it.store.writing() as writing:
        writing.put_triaged(said)
        writing.put_accounts([Account(id=AccountId("firm"), kind="company", name="Firm")])
        writing.put_parties(
            [Party(account=AccountId("firm"), profile=letter.profile, role="guest")]
        )
        media = Media(url="https://example.com/1", digest=sha256(b"photo").hexdigest())
        for post, profile in (("a" * 32, letter.profile), ("b" * 32, ProfileId("p_other"))):
            writing.put_post(
                Post(
                    post=post, source="feed", network="mastodon", author=post, at_ms=1,
                    heard_ms=2, state="answered", profile=profile, media=(media,),
                )
            )  # fmt: skip
    firm.it.post.files.put("a" * 32, media.digest, b"photo")
    brand = next(iter(firm.it.book.brands))
    LetterAnswers(firm.it.store, firm.it.acts, firm.clock, firm.it.post.attaching).reply(
        Answer(letter=letter, text="On our way.", brand=brand), KATHY, firm.it.book, "r1"
    )
    done, files = written(firm, "user:ana", tmp_path / "ana.zip")
    assert (done.posts, done.attachments, files[f"public/{'a' * 32}/1"]) == (1, 1, b"photo")
    assert [one["kind"] for one in rows(files["triage.jsonl"])] == ["delay"]
    assert [one["role"] for one in rows(files["roles.jsonl"])] == ["guest"]
    assert done.orders >= 1


def test_what_is_attached_to_letters_and_drafts_of_ours_is_in_it(
    firm: Firm, tmp_path: Path
) -> None:
    firm.takes("html_only")
    (letter,) = firm.letters("user:ana")
    attaching = firm.it.post.attaching
    brand = next(iter(firm.it.book.brands))
    draft = Draft(profile=letter.profile, rep=KATHY.rep, thread=letter.thread)
    terms = firm.it.book.letters

    def attach(name: str) -> tuple[str, ...]:
        paper = Upload(name=name, kind="text/plain", pieces=lambda: [name.encode()])
        found = attaching.attach(draft, [paper], terms, name)
        assert isinstance(found, tuple)
        return found

    answers = LetterAnswers(firm.it.store, firm.it.acts, firm.clock, attaching)
    files = attach("sent.txt")
    answer = Answer(letter=letter, text="Here.", brand=brand, files=files)
    answers.reply(answer, KATHY, firm.it.book, "r1")
    (unsent,) = attach("draft.txt")
    done, found = written(firm, "email:ana@example.com", tmp_path / "ana.zip")
    (ours,) = [one for one in firm.letters("user:ana") if one.kind == "answer"]
    assert found[f"attachments/{ours.letter}/1-sent.txt"] == b"sent.txt"
    assert found[f"attachments/drafts/{unsent}-draft.txt"] == b"draft.txt"
    assert {str(one["name"]) for one in rows(found["attached.jsonl"])} == {"sent.txt", "draft.txt"}
    assert (done.attachments, done.missing) == (3, 0)
    _, others = written(firm, "email:ben@example.com", tmp_path / "ben.zip")
    assert others["attached.jsonl"] == b""
