import email
from email.headerregistry import Address
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.effects.mail import checked_address, mail_of, message_id_of, sender_of
from makegood.effects.smtp import server_of
from makegood.effects.words import Rendered
from makegood.messages.commands import MessageClass
from makegood.messages.errors import EffectFailed, InputError
from tests.unit.effects.scene import CASE, NOW_MS, book, command, message

BRAND = book().brands["rent"]
OUT = Rendered(subject="Sorry", text="Hello\n", language="en", unsubscribe_url="https://x/u/1")


def composed(order, rendered=OUT, now_ms=NOW_MS):
    sender = Address(BRAND.name, addr_spec=sender_of(order, BRAND))
    sent = mail_of(command(order), rendered, sender, now_ms)
    return email.message_from_bytes(sent.as_bytes(), policy=default)


@pytest.mark.parametrize("message_class", list(MessageClass))
def test_one_click_unsubscribe_only_where_something_is_sold(message_class):
    sent = composed(message(message_class=message_class))
    sells = message_class in (MessageClass.PROMOTIONAL, MessageClass.MIXED)
    assert (sent["List-Unsubscribe"] is not None) == sells
    assert (sent["List-Unsubscribe-Post"] is not None) == sells
    assert (sent["List-Id"] is not None) == sells
    assert (sent["Auto-Submitted"] is None) == sells
    if sells:
        assert sent["List-Unsubscribe"] == "<https://x/u/1>"
        assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("message_class", "question", "sender"),
    [
        (MessageClass.SERVICE, False, "care@rent.example"),
        (MessageClass.RECEIPT, False, "care@rent.example"),
        (MessageClass.PROMOTIONAL, False, "news@offers.rent.example"),
        (MessageClass.SURVEY, False, "news@offers.rent.example"),
        (MessageClass.SURVEY, True, "care@rent.example"),
    ],
)
def test_offers_and_service_come_from_different_addresses(message_class, question, sender):
    order = message(message_class=message_class, question=question)
    assert sender_of(order, BRAND) == sender


def test_the_mail_says_what_it_is_and_when():
    sent = composed(message())
    assert sent["X-Makegood-Class"] == "service"
    assert sent["X-Makegood-Case"] == CASE
    assert sent["From"] == "Rent & Go <care@rent.example>"
    assert sent["Date"].datetime.timestamp() == NOW_MS // 1000
    assert sent.get_content_type() == "text/plain"


def test_a_later_try_carries_the_same_message_id():
    first, later = composed(message()), composed(message(), now_ms=NOW_MS + 9_000_000)
    assert first["Message-ID"] == later["Message-ID"]
    assert first["Message-ID"] == message_id_of(command(message()), "care@rent.example")
    assert first["Date"] != later["Date"]


def test_long_links_and_accents_arrive_as_they_left():
    text = "Señora, siga: https://care.example/c/" + "x" * 300 + "\n.\nFin\n"
    sent = composed(message(), Rendered(subject="¡Perdón! " * 20, text=text, language="es"))
    assert sent.get_content().replace("\r\n", "\n") == text
    assert sent["Subject"].split() == ["¡Perdón!"] * 20
    assert max(len(line) for line in sent.as_bytes().splitlines()) < 998


@pytest.mark.parametrize(
    "address",
    [
        "", "ana", "@example.org", "ana@", "a na@example.org", "ana@example.org\r\nBcc: x@y.org",
        "ana@example.org, bob@example.org", "Ana <ana@example.org>", "añá@example.org",
        "ana@exa..mple.org",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_not_tried_again(address):
    with pytest.raises(EffectFailed) as failed:
        checked_address(address)
    assert not failed.value.retry


def test_an_international_domain_is_written_for_the_wire():
    assert checked_address("ana@müller.example") == "ana@xn--mller-kva.example"


@given(st.text(max_size=60))
def test_no_address_ever_brings_a_second_line(text):
    try:
        clean = checked_address(text)
    except EffectFailed:
        return
    assert clean.isascii()
    assert not set(clean) & set("\r\n <>,;")


def test_the_address_of_a_mail_server_is_read():
    server = server_of("smtp://care%40x:p%3Aw@mail.example:587?starttls=1")
    assert (server.host, server.port, server.user, server.password) == (
        "mail.example", 587, "care@x", "p:w",
    )  # fmt: skip
    assert server.starttls
    assert server_of("smtps://mail.example").tls
    assert server_of("smtps://mail.example").port == 465
    assert server_of("smtp://mail.example").port == 25
    with pytest.raises(InputError):
        server_of("http://mail.example")


def test_a_text_with_a_line_feed_in_its_subject_is_refused_rather_than_sent():
    with pytest.raises(ValueError, match="linefeed"):
        composed(message(), Rendered(subject="a\r\nBcc: x@y.org", text="t", language="en"))
