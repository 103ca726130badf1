"""Mail against a real server that refuses, defers and hangs up."""

import ssl

import pytest

from makegood.effects.mail import Mail
from makegood.effects.smtp import Connections, Server, server_of
from makegood.messages.commands import MessageClass
from makegood.messages.errors import EffectFailed
from makegood.ports.effect import Addressee
from tests.integration.mail_server import PASSWORD, USER, MailServer, certificate
from tests.unit.effects.scene import ANA, NOW_MS, command, message, words

TO = Addressee(person=ANA)


@pytest.fixture
def server():
    with MailServer() as running:
        yield running


@pytest.fixture
def connections(server):
    made = Connections(server_of(f"smtp://127.0.0.1:{server.port}"))
    yield made
    made.close()


@pytest.fixture
def mail(connections):
    return Mail(connections, words())


def test_a_mail_arrives_as_it_was_written(server, mail):
    done = mail.carry_out(command(message()), TO, NOW_MS)
    (arrived,) = server.box.mails
    assert server.box.envelopes == [("care@rent.example", ("ana@example.org",))]
    assert arrived["To"] == "ana@example.org"
    assert arrived["Subject"] == "We are sorry about R-42"
    assert "You are owed $189.00." in arrived.get_content()
    assert arrived["Message-ID"] == done.reference
    assert done.detail == {"channel": "mail"}
    assert arrived["List-Unsubscribe"] is None


def test_an_offer_arrives_with_one_click_unsubscribe(server, mail):
    mail.carry_out(command(message("loyalty", message_class=MessageClass.PROMOTIONAL)), TO, NOW_MS)
    (arrived,) = server.box.mails
    assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = arrived["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://care.example/u/")
    assert link in arrived.get_content()
    assert server.box.envelopes[0][0] == "news@offers.rent.example"


def test_many_mails_share_one_connection(server, mail):
    for step in range(5):
        mail.carry_out(command(message(), step=str(step)), TO, NOW_MS)
    assert len(server.box.mails) == 5
    assert server.box.connections == 1


def test_a_stale_connection_is_reopened_and_nothing_is_sent_twice(server, mail):
    mail.carry_out(command(message(), step="1"), TO, NOW_MS)
    server.hang_up()
    mail.carry_out(command(message(), step="2"), TO, NOW_MS)
    assert len(server.box.mails) == 2
    assert server.box.connections == 2


@pytest.mark.parametrize("stage", ["rcpt", "data"])
@pytest.mark.parametrize(
    ("answer", "retry"), [("451 try later", True), ("550 no such box", False)]
)
def test_a_refusal_says_whether_to_try_again(server, mail, stage, answer, retry):
    getattr(server.box, stage).append(answer)
    with pytest.raises(EffectFailed, match=answer[:3]) as failed:
        mail.carry_out(command(message()), TO, NOW_MS)
    assert failed.value.retry is retry
    assert server.box.mails == []
    mail.carry_out(command(message(), step="next"), TO, NOW_MS)
    assert len(server.box.mails) == 1


def test_a_server_that_hangs_up_after_the_message_is_asked_again_with_the_same_id(server, mail):
    server.box.hang_up_after_data = 1
    with pytest.raises(EffectFailed, match="may have arrived") as failed:
        mail.carry_out(command(message()), TO, NOW_MS)
    assert failed.value.retry
    mail.carry_out(command(message()), TO, NOW_MS + 5_000)
    first, second = server.box.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_a_server_that_is_away_may_come_back():
    with MailServer() as running:
        port = running.port
    away = Mail(Connections(Server(host="127.0.0.1", port=port, timeout_s=2)), words())
    with pytest.raises(EffectFailed, match="cannot be reached") as failed:
        away.carry_out(command(message()), TO, NOW_MS)
    assert failed.value.retry


def test_starttls_and_sign_in(tmp_path):
    serving, trusting = certificate(tmp_path)
    with MailServer(serving) as running:
        url = f"smtp://{USER.replace('@', '%40')}:p%3Aw@127.0.0.1:{running.port}?starttls=1"
        connections = Connections(server_of(url), trusting)
        Mail(connections, words()).carry_out(command(message()), TO, NOW_MS)
        connections.close()
        assert len(running.box.mails) == 1
    assert server_of(url).password == PASSWORD


def test_a_certificate_that_nobody_vouches_for_gets_no_mail(tmp_path):
    serving, _ = certificate(tmp_path)
    with MailServer(serving) as running:
        connections = Connections(server_of(f"smtp://127.0.0.1:{running.port}?starttls=1"))
        with pytest.raises(EffectFailed, match="refused the session") as failed:
            Mail(connections, words()).carry_out(command(message()), TO, NOW_MS)
        assert isinstance(failed.value.__cause__, ssl.SSLError)
        assert running.box.mails == []


def test_a_server_without_tls_gets_no_mail_when_tls_was_asked_for(server):
    connections = Connections(server_of(f"smtp://127.0.0.1:{server.port}?starttls=1"))
    with pytest.raises(EffectFailed, match="refused the session"):
        Mail(connections, words()).carry_out(command(message()), TO, NOW_MS)
    assert server.box.mails == []


@pytest.mark.parametrize(("answer", "retry"), [("451 busy", True), ("553 not you", False)])
def test_a_sender_that_is_refused_says_whether_to_try_again(server, mail, answer, retry):
    server.box.mail = [answer]
    with pytest.raises(EffectFailed, match=answer[:3]) as failed:
        mail.carry_out(command(message()), TO, NOW_MS)
    assert failed.value.retry is retry
    mail.carry_out(command(message(), step="next"), TO, NOW_MS)
    assert len(server.box.mails) == 1
