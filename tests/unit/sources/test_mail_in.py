"""A mail as it came in: whose address, which conversation, and no answer to a machine."""

import pytest

from makegood.messages.errors import InputError
from makegood.messages.ids import RepId
from makegood.ports.rows import RepRow
from makegood.runtime.direct_line import Lines
from makegood.sources.mail_in import MOST_BYTES, MOST_WORDS, read_mail

MAIL = b"""From: Ana Reyes <Ana@Example.org>
To: Kathy <kathy+abc@line.example>
Subject: The motor home
Message-ID: <one@example.org>

It rattles again.
"""


def with_field(field: bytes, mail: bytes = MAIL) -> bytes:
    return field + b"\n" + mail


def test_what_counts_is_read():
    mail = read_mail(MAIL)
    assert (mail.sender, mail.recipients) == ("ana@example.org", ("kathy+abc@line.example",))
    assert mail.words == "The motor home\n\nIt rattles again."
    assert mail.thread == mail.id
    assert "example" not in mail.id
    assert not mail.automatic


def test_an_answer_belongs_to_the_conversation_that_it_answers():
    answer = MAIL.replace(b"one@", b"two@")
    answer = with_field(b"References: <one@example.org> <x@y.example>", answer)
    assert read_mail(answer).thread == read_mail(MAIL).id
    assert read_mail(answer).id != read_mail(MAIL).id


@pytest.mark.parametrize(
    "field", [b"Auto-Submitted: auto-replied", b"Precedence: bulk", b"List-Id: <l.example>"]
)
def test_a_machine_is_known_by_its_fields(field: bytes):
    assert read_mail(with_field(field)).automatic


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"To: a@b.example\n\nx", b"x" * (MOST_BYTES + 1)]
)
def test_what_is_no_mail_is_said_to_be_none(raw: bytes):
    with pytest.raises(InputError):
        read_mail(raw)


def test_long_words_are_cut_and_pages_become_words():
    assert len(read_mail(MAIL + b"x" * 9_000).words) <= MOST_WORDS
    html = b"\nContent-Type: text/html\n\n<style>p{}</style><p>It <b>rattles</b></p>"
    page = MAIL.replace(b"\n\nIt rattles again.", html)
    assert read_mail(page).words == "The motor home\n\nIt rattles"


def test_an_address_finds_one_rep_and_is_not_to_be_guessed():
    lines, others = Lines(b"a key of this deployment"), Lines(b"the key of another one")
    reps = [RepRow(rep=RepId(one), name=one, role="rep") for one in ("kathy", "Tom O'Hara")]
    address = lines.address(RepId("Tom O'Hara"), "line.example")
    assert address.startswith("tom.o.hara+")
    assert lines.rep_of(address.upper(), reps) == "Tom O'Hara"
    assert lines.rep_of("kathy@line.example", reps) == ""
    assert lines.rep_of("kathy+aaaaaaaaaa@line.example", reps) == ""
    assert others.rep_of(address, reps) == ""
    assert lines.address(RepId("kathy"), "") == ""


def test_an_address_that_was_called_off_finds_nobody_and_the_next_one_does():
    lines = Lines(b"a key of this deployment")
    kathy = RepRow(rep=RepId("kathy"), name="Kathy", role="rep", line=1)
    old, new = (lines.address(kathy.rep, "line.example", n) for n in (0, 1))
    assert old != new
    assert (lines.rep_of(old, [kathy]), lines.rep_of(new, [kathy])) == ("", "kathy")


def test_an_address_is_no_longer_than_mail_allows():
    rep = RepId("a.very.long.name@of.a.person.who.signs.in.with.their.whole.mail.example.com")
    address = Lines(b"a key").address(rep, "line.example")
    assert len(address.partition("@")[0]) <= 64
    assert Lines(b"a key").rep_of(address, [RepRow(rep=rep, name="A", role="rep")]) == rep
