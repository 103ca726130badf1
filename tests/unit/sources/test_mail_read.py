"""Mails of our own making, read: letters, answers, bounces, circles, and what means harm."""

import base64
import time
from pathlib import Path

import pytest

from makegood.messages.errors import InputError
from makegood.sources.mail.reading import read_mail

EML = Path("tests/mails/eml")
PATIENCE_S = 20  # no figure of speed: what is not linear takes minutes and more


def fixture(name: str) -> bytes:
    return (EML / f"{name}.eml").read_bytes()


def test_a_letter_is_from_whom_to_whom_and_says_what() -> None:
    mail = read_mail(fixture("letter_en"))
    assert (mail.kind, mail.sender, mail.name) == ("letter", "ana@example.com", "Ana Example")
    assert mail.recipients == ("help@cars.example",)
    assert (mail.id, mail.references) == ("<a1@example.com>", ())
    assert mail.text.startswith("Hello,\nthere was no car")
    assert "- booking R-7" in mail.text
    assert mail.sent_ms == 1795683600000
    assert mail.is_answered


@pytest.mark.parametrize(
    ("name", "new", "gone"),
    [
        ("reply_en", "It is still not good.", "Choose what helps"),
        ("reply_de", "Danke, aber die Rückzahlung fehlt.", "Wählen"),
        ("reply_es", "Todavía espero el reembolso.", "Lo sentimos"),
        ("outlook_de", "Ich nehme die Fahrt nach Hause.", "Es tut uns leid"),
    ],
)
def test_what_is_new_is_told_from_the_quote(name: str, new: str, gone: str) -> None:
    mail = read_mail(fixture(name))
    assert mail.text.startswith(new)
    assert gone not in mail.text
    assert gone in mail.quoted
    assert mail.references[-1] == "<c1@cars.example>"


def test_what_is_written_between_the_lines_is_new() -> None:
    mail = read_mail(fixture("inline_en"))
    assert mail.text == "At nine.\nStill at the desk."
    assert "When did you arrive?" in mail.quoted


def test_names_and_subjects_are_decoded() -> None:
    mail = read_mail(fixture("reply_de"))
    assert mail.name == "Jürgen Beispiel"
    assert mail.subject == "Re: Entschuldigung für gestern"


def test_the_letter_inside_of_a_forwarded_one_is_found() -> None:
    mail = read_mail(fixture("forwarded_en"))
    assert mail.kind == "forwarded"
    assert mail.original is not None
    assert (mail.original.sender, mail.original.name) == ("ana@example.com", "Ana Example")
    assert mail.original.text == "There was no car for me.\nI am stuck."
    assert mail.text == "Please look after her."


@pytest.mark.parametrize("name", ["auto_reply", "newsletter"])
def test_nobody_waits_for_an_answer_to_a_machine(name: str) -> None:
    mail = read_mail(fixture(name))
    assert (mail.kind, mail.is_answered) == ("automatic", False)


def test_a_letter_through_a_group_address_of_the_firm_is_a_letter() -> None:
    assert read_mail(fixture("group_list")).kind == "letter"


@pytest.mark.parametrize("name", ["bounce_dsn", "bounce_plain"])
def test_a_bounce_says_which_mail_of_ours_came_back(name: str) -> None:
    mail = read_mail(fixture(name))
    assert mail.kind == "bounce"
    assert mail.returned is not None
    assert (mail.returned.ids, mail.returned.is_final) == (("<c1@cars.example>",), True)


def test_a_delay_is_no_end() -> None:
    returned = read_mail(fixture("bounce_delayed")).returned
    assert returned is not None
    assert (returned.status, returned.is_final) == ("4.4.1", False)
    final = read_mail(fixture("bounce_dsn")).returned
    assert final is not None
    assert final.status == "5.1.1"


def test_a_mail_of_our_own_that_comes_in_is_a_circle() -> None:
    assert read_mail(fixture("loop")).kind == "loop"
    hops = b"".join(b"Received: from a by b\r\n" for _ in range(50))
    assert read_mail(hops + fixture("letter_en")).kind == "loop"


def test_a_page_is_sanitised_and_pictures_from_elsewhere_are_off() -> None:
    mail = read_mail(fixture("html_only"))
    for gone in ("script", "alert", "track.example", "javascript", "style", "onerror"):
        assert gone not in mail.page
    assert 'src="cid:photo"' in mail.page
    assert mail.blocked == 1
    assert mail.text.startswith("The car smelled.")
    assert "We hope you liked it." in mail.quoted
    (photo,) = mail.attachments
    assert (photo.name, photo.kind, photo.cid) == ("car.png", "image/png", "photo")
    assert photo.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("..\\..\\windows\\cmd.exe", "cmd.exe"),
        ("/etc/passwd", "passwd"),
        ("a\r\nX-Evil: 1.txt", "a X-Evil_ 1.txt"),
        ("...", "attached-1"),
        (".bashrc", "bashrc"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
        ("Rechnung für März.pdf", "Rechnung für März.pdf"),
        ("gp\u202efdp.exe", "gp_fdp.exe"),
    ],
)
def test_a_name_of_a_file_is_made_safe(written: str, safe: str) -> None:
    raw = (
        "From: a@example.com\r\nSubject: x\r\nContent-Type: application/pdf\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''{_quoted(written)}\r\n\r\nx"
    )
    (one,) = read_mail(raw.encode()).attachments
    assert one.name == safe


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def test_a_mail_without_a_sender_is_read_and_says_so() -> None:
    mail = read_mail(fixture("no_from"))
    assert mail.sender == ""
    assert mail.odd == ("It does not say from whom it is.",)


def test_a_charset_that_does_not_exist_loses_no_words() -> None:
    mail = read_mail(fixture("bad_charset"))
    assert mail.text == "café and naïve"
    assert mail.sent_ms == 0
    assert mail.subject


def test_the_same_mail_has_the_same_key_and_another_text_another() -> None:
    first = fixture("letter_en")
    assert read_mail(b"Received: by x\r\n" + first).key == read_mail(first).key
    other = first.replace(b"two hours", b"ten hours")
    assert read_mail(other).id == read_mail(first).id
    assert read_mail(other).key != read_mail(first).key


@pytest.mark.parametrize("name", sorted(one.stem for one in EML.glob("*.eml")))
def test_how_lines_end_makes_no_other_mail(name: str) -> None:
    piped = fixture(name).replace(b"\r\n", b"\n")
    fetched = piped.replace(b"\n", b"\r\n") + b"\r\n"
    assert read_mail(piped).key == read_mail(fetched).key


def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(InputError):
        read_mail(b" \r\n")
    with pytest.raises(InputError):
        read_mail(b"x" * 30_000_001)


def _nested(depth: int) -> bytes:
    text = b"Content-Type: text/plain\r\n\r\nin the middle"
    for n in range(depth):
        mark = f"b{n}".encode()
        text = (
            b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark + b"\r\n"
            + text + b"\r\n--" + mark + b"--\r\n"
        )  # fmt: skip
    return b"From: a@example.com\r\n" + text


EVIL = {
    "nested 15": _nested(15),
    "nested 100": _nested(100),
    "nested 2000": _nested(2000),
    "subject of 1 MB": b"From: a@example.com\r\nSubject: " + b"x" * 1_000_000 + b"\r\n\r\nhi",
    "to of 1 MB": b"From: a@example.com\r\nTo: " + b"(" * 1_000_000 + b"\r\n\r\nhi",
    "folded 1 MB": b"From: a@example.com\r\nTo: x" + b"\r\n ,a@b" * 200_000 + b"\r\n\r\nhi",
    "words 1 MB": b"From: a@example.com\r\nSubject: " + b"=?utf-8?q?a?= " * 70_000,
    "many fields": b"From: a@example.com\r\n" + b"X-A: b\r\n" * 200_000 + b"\r\nhi",
    "type of 1 MB": b"From: a@example.com\r\nContent-Type: text/plain; " + b'a="' * 300_000
    + b"\r\n\r\nhi",
    "type inside": b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    b"--B\r\nContent-Type: text/plain; " + b"a=b;" * 300_000 + b"\r\n\r\nhi\r\n--B--\r\n",
    "on on on": b"From: a@example.com\r\n\r\n" + b"On " * 300_000,
    "on lines": b"From: a@example.com\r\n\r\n" + b"On a\n" * 200_000,
    "from lines": b"From: a@example.com\r\n\r\n" + b"From: a\n" * 150_000,
    "colons": b"From: a@example.com\r\n\r\n" + b"a: x\n" * 200_000,
    "quotes": b"From: a@example.com\r\n\r\n" + b"> " * 500_000,
    "page of quotes": b"From: a@example.com\r\nContent-Type: text/html\r\n\r\n"
    + b'<a "' * 200_000,
    "page never closed": b"From: a@example.com\r\nContent-Type: text/html\r\n\r\n"
    + b"<div>" * 200_000,
    "page of paragraphs": b"From: a@example.com\r\nContent-Type: text/html\r\n\r\n"
    + b"<p><b a=1></p>" * 60_000,
    "page of comments": b"From: a@example.com\r\nContent-Type: text/html\r\n\r\n<!--" * 1,
    "many parts": b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    + b"--B\r\nContent-Type: image/png\r\n\r\nx\r\n" * 5_000,
    "charset that is slow": b"From: a@example.com\r\nContent-Type: text/plain; charset=punycode"
    b"\r\n\r\n" + b"xa" * 700_000,
    "millions of parts": b"From: a@example.com\r\n"
    b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\r" * 5_000_000,
    "deep and long": _nested(90).replace(b"in the middle", b"-\n" * 6_000_000),
    "zeroes": b"From: a@example.com\r\n\r\na\0b\0" + b"\0" * 10,
    "no lines": b"\xff\xfe" * 5_000,
    "surrogates": b"From: \xff\xfe <a@example.com>\r\nSubject: \xed\xa0\x80\r\n\r\n\xed\xa0\x80",
    "base64 broken": b"From: a@example.com\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!=a",
    "zip": b"From: a@example.com\r\nContent-Type: application/zip; name=bomb.zip\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(b"PK\x03\x04" + b"\0" * 100),
    "odd parameters": b"From: a@example.com\r\nContent-Disposition: attachment; "
    b"filename*0*=nowhere''%FF%FE; filename*1*=%00\r\n\r\nhi",
    "bad names": b"From: =?utf-8?b?!!!?= <a@example.com>, b@example.com\r\n\r\nhi",
}  # fmt: skip


@pytest.mark.parametrize("name", EVIL)
def test_no_mail_however_made_fails_or_takes_long(name: str) -> None:
    began = time.monotonic()
    mail = read_mail(EVIL[name])
    assert time.monotonic() - began < PATIENCE_S
    assert "\0" not in repr((mail.text, mail.subject, mail.page, mail.quoted)).replace("\\x00", "")
    mail.text.encode()
    mail.subject.encode()
    mail.name.encode()


def test_what_was_not_read_to_its_end_is_said_and_what_it_begins_with_is_shown() -> None:
    mail = read_mail(EVIL["millions of parts"])
    assert mail.text.startswith("--B")
    assert mail.attachments == ()
    assert any("more parts" in one for one in mail.odd)


def test_a_zip_is_kept_closed() -> None:
    (one,) = read_mail(EVIL["zip"]).attachments
    assert (one.name, len(one.content)) == ("bomb.zip", 104)


def test_what_is_odd_is_said() -> None:
    assert any("deeper" in one for one in read_mail(EVIL["nested 2000"]).odd)
    assert any("deeper" in one for one in read_mail(EVIL["nested 100"]).odd)
    assert read_mail(EVIL["nested 15"]).text == "in the middle"
    assert any("cut" in one for one in read_mail(EVIL["subject of 1 MB"]).odd)
    assert any("Only the first 50" in one for one in read_mail(EVIL["many parts"]).odd)
