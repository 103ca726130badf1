"""An answer stands in the customer's conversation, and nothing of their mail writes its fields."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from makegood.effects.mail import MAIL_POLICY
from makegood.effects.replies import Enclosed, reply_mail, written
from makegood.messages.commands import Command, SendReply
from makegood.messages.ids import CaseId, CommandId, EventId, ProfileId
from makegood.ports.letters import Letter

ORDER = SendReply(letter="l1", words="desk:1/words", brand="cars")
COMMAND = Command(
    id=CommandId("c1"),
    profile=ProfileId("p1"),
    case=CaseId(""),
    cause=EventId("e1"),
    step="reply",
    due_ms=0,
    useful_until_ms=0,
    order=ORDER,
)


def answered(message_id: str, subject: str = "No car", *references: str):
    letter = Letter(
        letter="l1",
        profile=ProfileId("p1"),
        thread="t1",
        mark="m1",
        message_id=message_id,
        at_ms=0,
        kind="letter",
        sender="ana@example.com",
        subject=subject,
        references=references,
    )
    return message_from_bytes(
        reply_mail(COMMAND, letter, "We come.", 0).as_bytes(policy=MAIL_POLICY)
    )


def test_an_answer_stands_in_the_conversation():
    mail = answered("<b@example.com>", "No car", "<a@example.com>")
    assert mail["Subject"] == "Re: No car"
    assert mail["In-Reply-To"] == "<b@example.com>"
    assert mail["References"].split() == ["<a@example.com>", "<b@example.com>"]


@pytest.mark.parametrize(
    "hostile",
    [
        '<"a=?utf-8?q?=0a?="@example.com>',
        '<"a=?utf-8?q?=0d=0aBcc:_x=40example.org=0d=0a?="@example.com>',
        "<a\x85Bcc:x@example.com>",
        "<a\u2028Bcc:x@example.com>",
    ],
)
def test_a_message_id_that_hides_a_field_is_left_out(hostile: str):
    mail = answered("<b@example.com>", "No car", hostile)
    assert mail["References"] == "<b@example.com>"
    alone = answered(hostile)
    assert alone["In-Reply-To"] is None
    for one in (mail, alone):
        assert one["Bcc"] is None
        assert one.get_payload(decode=True).strip() == b"We come."


def test_a_subject_that_hides_a_field_writes_none():
    mail = answered("<b@example.com>", "=?utf-8?q?A=0d=0aBcc:_x=40example.org?=")
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Re: = ?utf-8")
    assert mail.get_payload(decode=True).strip() == b"We come."


def test_what_is_attached_is_written_piece_by_piece_and_read_as_it_was():
    names = ["a.pdf", "Übersicht_" * 12 + ".pdf"]
    contents = [b"", bytes(range(256)) * 9]
    kinds = ["application/pdf", "message/rfc822"]
    message = EmailMessage(policy=MAIL_POLICY)
    message["Subject"] = "x"
    message.set_content("Dear Ana", cte="quoted-printable")
    enclosed = [
        Enclosed(name=name, kind=kind, pieces=[content[:70], content[70:]])
        for name, kind, content in zip(names, kinds, contents, strict=True)
    ]
    pieces = list(written(message, enclosed))
    assert max(map(len, b"".join(pieces).split(b"\r\n"))) <= 998
    mail = message_from_bytes(b"".join(pieces), policy=default)
    parts = list(mail.iter_attachments())
    assert [one.get_filename() for one in parts] == names
    assert [one.get_content() for one in parts] == contents
    assert parts[1].get_content_type() == "application/octet-stream"


def test_a_name_of_a_file_writes_no_field():
    message = EmailMessage(policy=MAIL_POLICY)
    message.set_content("x")
    hostile = Enclosed(name="=?utf-8?q?a=0d=0aBcc:_x=40y.z?=.txt", kind="text/html", pieces=[b"<"])
    mail = message_from_bytes(b"".join(written(message, [hostile])), policy=default)
    assert mail["Bcc"] is None
    (part,) = mail.iter_attachments()
    assert part["Bcc"] is None
    assert part.get_content_disposition() == "attachment"
