"""`makegood smtp-gate`: every setting that cannot work is told before anything listens."""

import socket

import pytest
from typer.testing import CliRunner

from makegood.cli import app
from makegood.messages.errors import InputError

UPSTREAM = ("--upstream", "smtp://127.0.0.1:9")


def told(monkeypatch, tmp_path, *words: str) -> str:
    monkeypatch.setenv("MAKEGOOD_DATABASE", f"sqlite:///{tmp_path / 'it.db'}")
    done = CliRunner().invoke(app, ["smtp-gate", *words])
    assert isinstance(done.exception, InputError | SystemExit), done.exception
    return str(done.exception) if isinstance(done.exception, InputError) else done.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "MAKEGOOD_SMTP_UPSTREAM"),
        (("--upstream", "mail.example.com"), "smtp://user:password@host:port"),
        ((*UPSTREAM, "--listen", "2525"), "127.0.0.1:2525"),
        ((*UPSTREAM, "--allow", "0.0.0.0/0"), "no open relay"),
        ((*UPSTREAM, "--allow", "everybody"), "is no network"),
        ((*UPSTREAM, "--tls-key", "mail.key"), "add --tls-cert"),
        ((*UPSTREAM, "--tls-cert", "absent.pem"), "certificate cannot be used"),
        ((*UPSTREAM, "--brand", "nobody"), "knows no brand 'nobody'"),
        ((*UPSTREAM, "--name", "two words"), "no name of a host"),
    ],
)
def test_what_cannot_work_is_told(monkeypatch, tmp_path, words, says):
    assert says in told(monkeypatch, tmp_path, *words)


def test_a_port_that_is_taken_is_told(monkeypatch, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        assert f"Cannot listen on {listen}" in told(
            monkeypatch, tmp_path, *UPSTREAM, "--listen", listen
        )
