"""Reading fast says what reading plainly says, of every mail, however strange it is."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.books.opening import shipped_books
from makegood.core.mailings import MailFacts
from makegood.core.skeletons import ALIKE, Skeleton, likeness
from makegood.gate.mail_headers import addresses_in, raw_fields
from makegood.gate.mail_lines import Lines
from makegood.gate.mail_reading import Envelope, read_headers, read_text
from makegood.playbooks.load import load_book
from makegood.playbooks.outgoing_terms import Compared, as_words, words_of
from tests.mails import plainly
from tests.mails.making import made
from tests.mails.measuring import SETS

WORDING = load_book(shipped_books()["car-rental"], name="x.yaml").outgoing.wording
MAILS = [mail for texts, seed in SETS.values() for mail in made(texts, seed=seed, each=2)]
ODD = "½ İ ﬁ ² \uff11\uff12 e\u0301 \u2019"
STRANGE = (
    b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b":", b"=", b"<", b"\xff", b"\xc3\xa4",
    b"\xad",     b"=?utf-8?q?Gru=C3=9F?=", b"<style", b"</style", ODD.encode(), b"From \r\n",
    b"Content-Type: text/html; charset=latin-1\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: text/plain; charset=\"nonsense\"\r\n", b"Content-Disposition: attachment\r\n",
    b"Content-Transfer-Encoding: Quoted-Printable\r\n", b"From: X, Y <a@b.example>\r\n",
    b"Subject:\r\n folded\r\n", b'To: a, b <c@d.e>, "Q, R" <q@r.s>\r\n', b" folded\r\n",
)  # fmt: skip
HEADERS = st.lists(
    st.one_of(
        st.sampled_from(STRANGE),
        st.sampled_from(("Subject", "From", "To", "X-A")).flatmap(
            lambda name: st.text().map(lambda said: f"{name}: {said}\r\n".encode())
        ),
    ),
    max_size=8,
).map(b"".join)


def read(content: bytes, lines: Lines, envelope: Envelope) -> tuple[MailFacts, Skeleton]:
    return read_text(read_headers(content, envelope), content, envelope, lines)


def assert_is_read_alike(content: bytes, lines: Lines, recipient: str = "ana_b@x.example") -> None:
    envelope = Envelope(mail_from="Bounce@x.example", recipients=(recipient,), port=25, user="u")
    plain, bones = plainly.read(content, envelope)
    facts, skeleton = read(content, lines, envelope)
    assert isinstance(facts.words, Compared)
    assert isinstance(facts.subject_words, Compared)
    assert WORDING.found(facts.words) == WORDING.found(plain.words)
    texts = {"words": facts.words.text, "subject_words": facts.subject_words.text}
    assert replace(facts, **texts) == plain
    assert skeleton == bones


def spoilt(content: bytes, chance: random.Random) -> bytes:
    """Put something strange into a mail, or take something out of it."""
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(min(len(changed), chance.choice((500, 5_000))))
        match chance.randrange(4):
            case 0 | 1:
                changed[at:at] = chance.choice(STRANGE)
            case 2:
                del changed[at : at + chance.randrange(1, 40)]
            case _:
                changed[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(changed)


def test_every_mail_of_the_collections_is_read_as_plainly_also_when_its_lines_are_known():
    lines = Lines(room=3_000)  # so little that generations change all the time
    for _ in range(3):
        for mail in MAILS:
            assert_is_read_alike(mail.content, lines, mail.recipient)


@pytest.mark.parametrize("seed", range(4))
def test_a_mail_that_was_spoilt_on_its_way_is_read_as_plainly(seed):
    chance, lines = random.Random(seed), Lines()
    for _ in range(250):
        mail = chance.choice(MAILS)
        assert_is_read_alike(spoilt(mail.content, chance), lines, mail.recipient)


@given(HEADERS, st.text(), st.sampled_from(("utf-8", "latin-1", "utf-16")))
def test_any_head_before_any_text_is_read_as_plainly(head, text, charset):
    lines = Lines()
    content = head + b"\r\n" + text.encode(charset, "replace")
    for _ in range(3):
        assert_is_read_alike(content, lines)


@given(HEADERS)
@example(b"\r\n\r\n")
@example(b" folded\r\nA: b\r\n")
def test_headers_are_those_of_the_library(head):
    from email.parser import BytesHeaderParser

    for whole in (head, head + b"\r\n", head + b"\n\n"):
        assert list(raw_fields(whole)) == list(BytesHeaderParser().parsebytes(whole).raw_items())


@given(st.lists(st.from_regex(r'[A-Za-z0-9 .,"<>@()\\_+-]{0,30}', fullmatch=True), max_size=3))
@example(["Anna Baker <anna.b@x.example>", "bert@x.example"])
@example(["Anna  Baker <anna@x.example>"])
@example(["anna.@x.example"])
def test_addresses_are_those_of_the_library(values):
    from email.utils import getaddresses

    assert addresses_in(values) == (getaddresses(values) or [("", "")])


@given(st.text())
@example("12\u2019500 a\u2019b it's %# ½ x²")
def test_words_are_the_same_whether_or_not_all_is_ascii(text):
    for said in (text, text.encode("ascii", "ignore").decode()):
        assert words_of(said) == plainly.words_of(said)
        assert as_words(words_of(said)) == plainly.as_words(plainly.words_of(said))


def test_an_encoded_word_that_cannot_be_decoded_is_read_as_it_stands():
    head = b"Subject: =?utf-8?b?abcde?= is confirmed\r\n\r\n"
    facts, _ = read(head, Lines(), Envelope())
    assert facts.subject == "=?utf-8?b?abcde?= is confirmed"


HASHES = st.frozensets(st.integers(0, 120), max_size=64)


@given(HASHES, HASHES)
def test_what_is_not_alike_enough_is_seen_at_once_and_what_is_alike_is_as_much(one, other):
    whole = likeness(one, other)
    assert likeness(one, other, ALIKE) == (whole if whole >= ALIKE else 0.0) or whole < ALIKE
    assert (likeness(one, other, ALIKE) >= ALIKE) is (whole >= ALIKE)


def test_a_line_of_one_person_alone_is_not_remembered_and_what_is_remembered_has_its_bounds():
    lines = Lines(room=200)
    for number in range(50):
        lines.apart(f"Dear customer {number},\nwe hope you enjoyed your trip with us.")
    assert list(lines._young) == ["we hope you enjoyed your trip with us."]
    for number in range(50):
        for _ in range(2):
            lines.apart(f"This is the line of the template with the number {number}.")
    assert sum(map(len, lines._young)) <= 200
    assert sum(map(len, lines._old)) <= 200
