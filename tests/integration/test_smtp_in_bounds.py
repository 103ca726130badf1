"""The listener for customers' mail bears no more clients than it was told, and speaks TLS."""

import smtplib
import socket
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.cli import app
from makegood.messages.errors import InputError
from makegood.sources.imap import box_of
from makegood.sources.smtp_in import Caps, Doing, listener
from tests.integration.mail_server import certificate

DOING = Doing(is_ours=lambda _: True, take=lambda _: None)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def listening(caps: Caps, tls=None):
    port = free_port()
    server = listener(DOING, "127.0.0.1", port, tls, caps)
    server.start()
    try:
        yield port
    finally:
        server.stop()


def refused(port: int) -> int:
    with pytest.raises(smtplib.SMTPConnectError) as error:
        smtplib.SMTP("127.0.0.1", port, timeout=20)
    return error.value.smtp_code


def until_taken(port: int) -> smtplib.SMTP:
    """Connect again until the listener has heard that another client left."""
    while True:
        try:
            return smtplib.SMTP("127.0.0.1", port, timeout=20)
        except smtplib.SMTPConnectError:
            continue


@pytest.mark.parametrize("caps", [Caps(most=2, most_of_one=9), Caps(most=9, most_of_one=2)])
def test_one_client_too_many_is_told_so_and_has_room_when_another_leaves(caps: Caps) -> None:
    with listening(caps) as port, ExitStack() as open_ones:
        first, second = until_taken(port), until_taken(port)
        open_ones.callback(second.close)
        assert refused(port) == refused(port) == 421
        first.quit()
        third = until_taken(port)
        open_ones.callback(third.close)
        third.sendmail("ana@example.com", ["help@cars.example"], b"Subject: x\r\n\r\nx")
        assert refused(port) == 421


def test_starttls_is_offered_and_counts_as_one_connection(tmp_path: Path) -> None:
    serving, trusting = certificate(tmp_path)
    with listening(Caps(most_of_one=1), serving) as port:
        for _ in range(3):
            with until_taken(port) as client:
                client.ehlo()
                client.starttls(context=trusting)
                client.sendmail("ana@example.com", ["help@cars.example"], b"Subject: x\r\n\r\nx")
                assert refused(port) == 421


def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "cert.pem"
    file.write_text("nothing")
    for words in (["--certificate", str(file)], ["--key", str(file)]):
        database = f"sqlite:///{tmp_path}/m.db"
        done = CliRunner().invoke(app, ["mail", "listen", *words, "--database", database])
        assert isinstance(done.exception, InputError)
        assert "certificate" in str(done.exception) or "cert.pem" in str(done.exception)


@pytest.mark.parametrize(
    "url",
    [
        "imaps://ana:geheim@mail.example:99999/INBOX",
        "imaps://ana:geheim@mail.example:x/INBOX",
        "imaps://ana:geheim@[mail.example/INBOX",
    ],
)
def test_a_port_that_is_none_is_a_clear_mistake_without_the_password(url: str) -> None:
    with pytest.raises(InputError, match="MAKEGOOD_IMAP") as error:
        box_of(url)
    assert "geheim" not in str(error.value)
