"""Who may send through the SMTP gate: networks, keys and TLS."""

import base64
import ssl
from contextlib import suppress

import aiosmtplib
import pytest
from msgspec.structs import replace

from makegood.api.keys import KeyRing, mint
from makegood.api.senders import KeySenders
from makegood.effects.smtp import server_of
from makegood.gate.smtp.options import is_listed, listen_on, networks
from makegood.messages.errors import InputError
from makegood.store.memory import MemoryStore
from tests.integration.mail_server import USER, MailServer, certificate
from tests.integration.smtp_world import (
    ANA,
    BOB,
    EVE,
    LATER,
    NEWS,
    OFFER,
    QUICK,
    RECEIPT,
    SmtpWorld,
    in_world,
)


@pytest.fixture
def store():
    return MemoryStore()


def _plain(user: str, password: str) -> str:
    return "AUTH PLAIN " + base64.b64encode(f"\0{user}\0{password}".encode()).decode()


def _with_keys(world: SmtpWorld, *scopes: str) -> tuple[str, object]:
    text, row = mint("mailchimp", scopes, world.clock.now_ms())
    with world.store.writing() as writing:
        writing.put_key(row)
    parts = world.parts(accounts=lambda reads: KeySenders(KeyRing(world.store, lambda: 0), reads))
    return text, parts


def test_a_stranger_relays_nothing(store):
    async def test(world: SmtpWorld) -> None:
        await world.open(allow=networks(["10.1.2.0/24"], "127.0.0.1"))
        client = await world.client()
        for line in (f"MAIL FROM:<{NEWS}>", f"RCPT TO:<{BOB}>", "DATA", f"VRFY {BOB}"):
            assert (await client.say(line)).startswith("530 5.7.0"), line
        assert world.post.lines == ["EHLO localhost"]

    in_world(store, test)


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN", "plain"])
def test_a_key_with_the_scope_send_lets_in(store, way):
    async def test(world: SmtpWorld) -> None:
        key, parts = _with_keys(world, "send")
        await world.open(parts=parts, allow=())
        client = await world.client()
        if way == "LOGIN":
            assert (await client.say("AUTH LOGIN")).startswith("334")
            assert (await client.say(base64.b64encode(b"x").decode())).startswith("334")
            said = await client.say(base64.b64encode(key.encode()).decode())
        else:
            said = await client.say(_plain("x", key).replace("PLAIN", way))
        assert said.startswith("235")
        world.let_down(ANA)
        assert (await client.send(NEWS, [ANA], OFFER)).startswith("250")
        with world.store.reading() as reading:
            (mail,) = reading.parked_mails([world.parked()[0].mail]).values()
        assert mail.login == "mailchimp"

    in_world(store, test)


def test_a_stranger_who_talks_and_never_signs_in_is_cut_off(store):
    async def test(world: SmtpWorld) -> None:
        key, parts = _with_keys(world, "send")
        await world.open(replace(QUICK, sign_in_s=0.3), parts=parts, allow=())
        friend, stranger = await world.client(), await world.client()
        said = base64.b64encode(f"\0any\0{key}".encode()).decode()
        assert (await friend.say(f"AUTH PLAIN {said}")).startswith("235")
        stranger.writer.write(b"NOOP\r\n")  # buys no time
        with suppress(ConnectionError):
            while await stranger.reader.read(100):
                stranger.writer.write(b"NOOP\r\n")
        assert (await friend.send(NEWS, [BOB], RECEIPT)).startswith("250")

    in_world(store, test)


def test_a_wrong_key_lets_nobody_in_and_the_third_one_ends_it(store):
    async def test(world: SmtpWorld) -> None:
        key, parts = _with_keys(world, "gate")
        await world.open(parts=parts, allow=())
        client = await world.client()
        assert (await client.say(_plain("x", key))).startswith("535")  # not its scope
        assert (await client.say(f"MAIL FROM:<{NEWS}>")).startswith("530")
        assert (await client.say(_plain("x", "mg_wrong"))).startswith("535")
        assert (await client.say(_plain("x", "mg_wrong"))).startswith("535")
        assert (await client.answer()).startswith("421 4.7.0")
        assert await client.reader.read() == b""

    in_world(store, test)


def test_a_key_goes_over_tls_unless_it_comes_from_this_machine(store, tmp_path):
    server_context, client_context = certificate(tmp_path)

    async def test(world: SmtpWorld) -> None:
        key, parts = _with_keys(world, "send")
        gate = await world.open(parts=parts, allow=(), tls=server_context)
        smtp = aiosmtplib.SMTP(
            hostname="127.0.0.1",
            port=gate.port,
            start_tls=True,
            tls_context=client_context,
            username="any",
            password=key,
        )
        async with smtp:
            await smtp.sendmail(NEWS, [BOB], RECEIPT)
            await smtp.sendmail(NEWS, [EVE], RECEIPT)
        assert [mail.recipients for mail in world.post.arrived] == [(BOB,), (EVE,)]

    in_world(store, test)


def test_what_was_said_before_tls_is_forgotten(store, tmp_path):
    server_context, _ = certificate(tmp_path)

    async def test(world: SmtpWorld) -> None:
        await world.open(tls=server_context)
        client = await world.client()
        assert any("STARTTLS" in line for line in client.features)
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        client.writer.write(b"STARTTLS\r\nMAIL FROM:<evil@example.org>\r\n")
        assert (await client.answer()).startswith("220")
        await client.writer.start_tls(trusting)
        assert (await client.say("NOOP")).startswith("250")
        assert (await client.say(f"MAIL FROM:<{NEWS}>")).startswith("503")
        assert (await client.say("EHLO tool.example")).startswith("250")
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")

    in_world(store, test)


def test_tls_inside_tls_is_refused_and_costs_no_place(store, tmp_path):
    server_context, _ = certificate(tmp_path)

    async def test(world: SmtpWorld) -> None:
        await world.open(replace(QUICK, connections=1), tls=server_context)
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        for _ in range(2):
            client = await world.client()
            assert (await client.say("STARTTLS")).startswith("220")
            await client.writer.start_tls(trusting)
            assert (await client.say("EHLO tool.example")).startswith("250")
            assert (await client.say("STARTTLS")).startswith("503")
            assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")
            assert (await client.say("QUIT")).startswith("221")
            await client.reader.read()
            await client.close()  # the end of TLS wants a word from both sides
            await world.empty()
        for _ in range(2):
            client = await world.client()
            assert (await client.say("STARTTLS")).startswith("220")
            client.writer.write(b"this is no handshake\r\n")
            await client.reader.read()
            await world.empty()

    in_world(store, test)


def test_it_speaks_tls_and_signs_in_to_the_mail_server(store, tmp_path):
    server_context, client_context = certificate(tmp_path)

    async def test(world: SmtpWorld) -> None:
        with MailServer(server_context) as server:
            url = f"smtp://{USER.replace('@', '%40')}:p%3Aw@127.0.0.1:{server.port}?starttls=1"
            gate = await world.open(upstream=server_of(url))
            gate._upstream._context = client_context
            client = await world.client()
            assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")
            assert server.box.envelopes == [(NEWS, (BOB,))]
            bad = await world.open(upstream=server_of(url.replace("p%3Aw", "wrong")))
            bad._upstream._context = client_context
            stranger = await world.client()
            assert await stranger.send(NEWS, [BOB], RECEIPT) == LATER
            await gate.stop()

    in_world(store, test)


def test_nobody_can_make_it_an_open_relay():
    with pytest.raises(InputError, match="no open relay"):
        networks(["0.0.0.0/0"], "127.0.0.1")
    with pytest.raises(InputError, match="no open relay"):
        networks(["::/0"], "127.0.0.1")
    with pytest.raises(InputError, match="is no network"):
        networks(["10.0.0.1/8"], "127.0.0.1")
    assert networks((), "0.0.0.0") == ()  # noqa: S104
    own = networks((), "127.0.0.1")
    assert is_listed("127.0.0.1", own)
    assert is_listed("::ffff:127.0.0.1", own)
    assert is_listed("::1", own)
    assert not is_listed("192.0.2.1", own)
    assert not is_listed("", own)


def test_where_to_listen_is_read():
    assert listen_on("127.0.0.1:2525") == ("127.0.0.1", 2525)
    assert listen_on("[::1]:25") == ("::1", 25)
    for bad in ("2525", ":25", "host:", "host:99999", "host:x"):
        with pytest.raises(InputError, match=r"127\.0\.0\.1:2525"):
            listen_on(bad)
