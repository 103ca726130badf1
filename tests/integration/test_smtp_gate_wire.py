"""The SMTP gate's protocol: not a byte is altered, and the extensions of the mail server."""

import asyncio
import base64

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.gate.smtp.wire import is_smuggling, plain, wired
from makegood.store.memory import MemoryStore
from tests.integration.smtp_world import (
    ANA,
    BOB,
    EVE,
    HOUR_MS,
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


# --- bytes


WIRES = {
    "dots doubled": RECEIPT + b"..\r\n...\r\n..a\r\n",
    "bare line feeds": RECEIPT + b"one\ntwo\n\nthree\r\n",
    "bare returns": RECEIPT + b"one\rtwo\r\n",
    "eight bits": RECEIPT + bytes(range(128, 256)) + b"\x00\x01\r\n",
    "long lines": RECEIPT + b"x" * 700_000 + b"\r\n",
    "empty lines at the end": RECEIPT + b"\r\n\r\n\r\n",
    "no text": b"X-Class: receipt\r\n\r\n",
    "many lines": RECEIPT + b"abc.\r\n" * 50_000,
}


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_not_a_byte_is_altered_on_the_way(store, wire):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        assert await client.send(NEWS, [BOB], wire, " BODY=8BITMIME") == "250 taken as Q1"
        assert world.post.arrived[0].wire == wire

    in_world(store, test)


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_not_a_byte_is_altered_by_parking(store, wire):
    wire = wire.replace(b"receipt", b"promotional")

    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        assert (await client.send(NEWS, [ANA], wire)).startswith("250")
        world.let_go(ANA)
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert world.post.arrived[0].wire == wire

    in_world(store, test)


def test_a_message_of_nothing_at_all_passes(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        assert await client.send(NEWS, [BOB], b"") == "250 taken as Q1"
        assert world.post.arrived[0].wire == b""

    in_world(store, test)


@given(st.binary(max_size=60) | st.text("\r\n.a", max_size=40).map(str.encode))
def test_dots_come_back_as_they_were(content):
    wire = wired(content)
    assert plain(wire) == content
    assert b"\r\n.\r\n" not in b"\r\n" + wire


@pytest.mark.parametrize(
    "inside",
    [
        b"a\n.\r\nMAIL",
        b"a\n.\nMAIL",
        b"a\r.\r\nMAIL",
        b"a\r.\rMAIL",
        b"\n.\r\n",
        b"a\r\n.\nMAIL",
        b"a\r\n.\rMAIL",
    ],
)
def test_what_could_end_the_message_elsewhere_is_refused(store, inside):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        said = await client.send(NEWS, [BOB], RECEIPT + inside + b"\r\n")
        assert said.startswith("554 5.6.0")
        assert world.post.arrived == []
        assert await client.send(NEWS, [BOB], RECEIPT) == "250 taken as Q1"

    in_world(store, test)


@given(st.text("\r\n.a", max_size=12).map(str.encode))
@example(b"\r\n.\n")
@example(b".\n")
def test_a_server_that_takes_bare_line_ends_never_sees_an_end_inside(text):
    for wire in (text, wired(text)):  # a client that smuggles doubles no dots
        lenient = b"\n" + wire.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        sees_an_end = b"\n.\n" in lenient
        assert is_smuggling(wire) is sees_an_end


def test_a_signature_holds_before_and_after(store):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    def dns(name, timeout=5):
        return record

    plain_mail = (
        b"From: news@cars.example\r\nTo: ana@example.org\r\nX-Class: promotional\r\n"
        b"Subject: Join\r\n\r\n.begins with a dot\r\nand  has \t blanks\r\n\r\n"
    )
    signed = dkim.sign(plain_mail, b"s1", b"cars.example", private) + plain_mail
    assert dkim.verify(signed, dnsfunc=dns)

    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.send(NEWS, [ANA, BOB], wired(signed))
        world.let_go(ANA)
        world.clock.advance(HOUR_MS)
        await gate.release()
        passed, released = world.post.arrived
        for mail in (passed, released):
            assert plain(mail.wire) == signed
            assert dkim.verify(plain(mail.wire), dnsfunc=dns)
            assert not dkim.verify(b"Received: from a gate\r\n" + b"X" + signed, dnsfunc=dns)

    in_world(store, test)


# --- extensions


def test_it_announces_what_the_mail_server_can_do(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        assert "250-SIZE 1000" in client.features
        assert "250-8BITMIME" in client.features
        assert "250-PIPELINING" in client.features
        assert not any("SMTPUTF8" in one for one in client.features)

    in_world(store, test, "SIZE 1000", "8BITMIME")


def test_a_larger_message_is_refused_at_mail_and_after_data(store):
    async def test(world: SmtpWorld) -> None:
        await world.open(replace(QUICK, size_bytes=2000))
        client = await world.client()
        assert (await client.say(f"MAIL FROM:<{NEWS}> SIZE=3000")).startswith("552")
        said = await client.send(NEWS, [BOB], RECEIPT + b"x" * 3000 + b"\r\n")
        assert said.startswith("552 5.3.4")
        assert world.post.arrived == []
        assert await client.send(NEWS, [BOB], RECEIPT, " SIZE=100") == "250 taken as Q1"
        assert world.post.arrived[0].mail_line.endswith("SIZE=100")

    in_world(store, test)


def test_addresses_in_any_script_go_to_a_server_that_takes_them(store):
    ünal = "ünal@exämple.org"

    async def test(world: SmtpWorld) -> None:
        world.let_down(ünal)
        gate = await world.open()
        client = await world.client()
        assert "250-SMTPUTF8" in client.features
        await client.send(NEWS, [ünal, BOB], OFFER, " BODY=8BITMIME SMTPUTF8")
        assert [row.recipient for row in world.parked()] == [ünal]
        world.let_go(ünal)
        world.clock.advance(HOUR_MS)
        await gate.release()
        assert [mail.recipients for mail in world.post.arrived] == [(BOB,), (ünal,)]
        assert world.post.arrived[1].mail_line.endswith(" BODY=8BITMIME SMTPUTF8")
        said = await client.send(NEWS, [ünal], OFFER)
        assert said == "553 5.6.7 Say SMTPUTF8 with MAIL for such an address."

    in_world(store, test)


def test_a_server_without_smtputf8_says_so_for_that_mail(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        said = await client.send(NEWS, [BOB], RECEIPT, " SMTPUTF8")
        assert said == "555 5.6.7 The mail server behind this gate takes no SMTPUTF8."
        said = await client.send(NEWS, ["ünal@example.org"], RECEIPT)
        assert said.startswith("553 5.6.7")
        await client.say("RSET")
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")

    in_world(store, test, "8BITMIME")


def test_a_mail_server_may_say_on_whose_behalf_it_submits(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        for said in ("<>", "ana+2Bb@example.org"):
            options = f" BODY=8BITMIME AUTH={said}"
            assert (await client.send(NEWS, [BOB], RECEIPT, options)).startswith("250")
        assert {mail.mail_line for mail in world.post.arrived} == {
            f"MAIL FROM:<{NEWS}> BODY=8BITMIME"
        }

    in_world(store, test)


def test_a_server_without_8bitmime_gets_no_body_it_does_not_know(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        assert not any("8BITMIME" in one for one in client.features)
        said = await client.send(NEWS, [BOB], RECEIPT, " BODY=8BITMIME")
        assert said.startswith("555 5.6.3")

    in_world(store, test, "SIZE")


def test_a_client_may_send_commands_ahead(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        ahead = f"MAIL FROM:<{NEWS}>\r\nRCPT TO:<{ANA}>\r\nRCPT TO:<{BOB}>\r\nDATA\r\n"
        client.writer.write(ahead.encode())
        assert [(await client.answer())[:3] for _ in range(4)] == ["250", "250", "250", "354"]
        again = f"MAIL FROM:<{NEWS}>\r\nRCPT TO:<{EVE}>\r\nDATA\r\n"
        client.writer.write(RECEIPT + b".\r\n" + again.encode())
        assert [(await client.answer())[:3] for _ in range(4)] == ["250", "250", "250", "354"]
        assert (
            world.post.arrived[0].wire,
            world.post.arrived[0].recipients,
        ) == (RECEIPT, (ANA, BOB))
        client.writer.write(RECEIPT + b".\r\nQUIT\r\n")
        assert [(await client.answer())[:3] for _ in range(2)] == ["250", "221"]

    in_world(store, test)


def test_rset_and_a_new_ehlo_begin_anew(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        for forget in ("RSET", "EHLO again.example"):
            await client.say(f"MAIL FROM:<{NEWS}>")
            await client.say(f"RCPT TO:<{ANA}>")
            assert (await client.say(forget)).startswith("250")
            assert (await client.say("DATA")).startswith("503")
            assert await client.send(NEWS, [BOB], RECEIPT) == "250 taken as Q1"
        assert [mail.recipients for mail in world.post.arrived] == [(BOB,), (BOB,)]

    in_world(store, test)


def test_connections_to_the_mail_server_are_kept_open_and_shared(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        for _ in range(5):
            client = await world.client()
            assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")
            await client.say("QUIT")
        assert world.post.sessions == 1

    in_world(store, test)


def test_a_mail_server_is_not_told_rset_for_ever(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        for number in range(120):
            said = await client.send(NEWS, [ANA], OFFER + b"%d\r\n" % number)
            assert said.startswith("250"), said
        await gate._upstream.close()
        assert world.post.lines.count("QUIT") >= 2
        assert world.post.sessions <= 4

    in_world(store, test)


def test_what_was_not_sent_when_the_client_went_is_never_sent(store):
    """A large message lies half sent in our hands, and must not trickle on to be delivered."""

    async def test(world: SmtpWorld) -> None:
        gate = await world.open(replace(QUICK, final_s=20))
        client = await world.client()
        for line in (f"MAIL FROM:<{NEWS}>", f"RCPT TO:<{BOB}>", "DATA"):
            await client.say(line)
        world.post.reads = asyncio.Event()  # the mail server reads no further for now
        client.writer.write(RECEIPT + b"x" * 20_000_000 + b"\r\n.\r\n")
        await client.writer.drain()
        await world.post.begun.wait()
        client.writer.transport.abort()
        while gate._load.at_work:
            await asyncio.sleep(0)
        begun = set(world.post._writers)
        assert begun
        world.post.reads.set()
        while begun & world.post._writers:  # until the mail server has read all there is
            await asyncio.sleep(0)
        again = await world.client()
        assert (await again.send(NEWS, [BOB], RECEIPT)).startswith("250")
        assert [mail.wire for mail in world.post.arrived] == [RECEIPT]

    in_world(store, test)
