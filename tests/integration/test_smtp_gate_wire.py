"""The SMTP gate's protocol: bytes, extensions, limits, passwords, and servers that misbehave."""

import asyncio
import base64
import ssl
import threading
from contextlib import suppress

import aiosmtplib
import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.api.keys import KeyRing, mint
from makegood.api.senders import TRUSTED_S, KeySenders
from makegood.core.holds import Answer
from makegood.effects.smtp import server_of
from makegood.gate.smtp.options import Limits, is_listed, listen_on, networks
from makegood.gate.smtp.storing import Reads
from makegood.gate.smtp.tally import Outcome
from makegood.gate.smtp.wire import is_smuggling, plain, wired
from makegood.messages.errors import InputError, StoreBusy
from makegood.playbooks.outgoing_terms import OutgoingTerms
from makegood.store.memory import MemoryStore
from tests.integration.mail_server import USER, MailServer, certificate
from tests.integration.smtp_world import QUICK, Client, SmtpWorld, in_world

ANA, BOB, EVE = "ana@example.org", "bob@example.org", "eve@example.org"
NEWS = "news@cars.example"
HOUR_MS = 3_600_000
OFFER = b"X-Class: promotional\r\nSubject: Join\r\n\r\nJoin our club!\r\n"
RECEIPT = b"X-Class: receipt\r\nSubject: Receipt\r\n\r\nThank you.\r\n"
LATER = "451 4.4.1 The mail server behind this gate cannot be reached; try again later."


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


# --- the mail server's own answers, truthfully


@pytest.mark.parametrize("code", [450, 550])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "END"])
def test_what_the_mail_server_says_is_handed_back(store, stage, code):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        await client.send(NEWS, [BOB], RECEIPT)  # the connection is a kept one from here on
        world.post.says[stage] = [f"{code} 9.9.9 for a reason"]
        said = await client.send(NEWS, [BOB], RECEIPT)
        assert said == f"{code} 9.9.9 for a reason"
        await client.say("RSET")
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")
        assert len(world.post.arrived) == 2

    in_world(store, test)


def test_one_refused_recipient_is_told_at_once_and_the_others_get_it(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        await client.say(f"MAIL FROM:<{NEWS}>")
        assert (await client.say(f"RCPT TO:<{ANA}>")).startswith("250")
        world.post.says["RCPT"] = ["550-5.1.1 no such\r\n550 5.1.1 person"]
        assert await client.say(f"RCPT TO:<{EVE}>") == "550-5.1.1 no such\n550 5.1.1 person"
        assert (await client.say(f"RCPT TO:<{BOB}>")).startswith("250")
        assert (await client.data(OFFER)).startswith("250")
        assert world.post.arrived[0].recipients == (BOB,)

    in_world(store, test)


def test_what_was_parked_is_taken_back_when_the_others_could_not_have_it(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        world.post.says["END"] = ["452 full"]
        assert await client.send(NEWS, [ANA, BOB], OFFER) == "452 full"
        await gate._hand_over.close()
        assert world.parked() == ()
        assert (await client.send(NEWS, [ANA, BOB], OFFER)).startswith("250")
        assert [row.recipient for row in world.parked()] == [ANA]
        assert [mail.recipients for mail in world.post.arrived] == [(BOB,)]
        assert gate.tally.total(Outcome.PARKED) == 1

    in_world(store, test)


def test_the_same_mail_twice_at_a_time_keeps_what_one_of_them_promised(store):
    """The first fails at the mail server after the second was acknowledged."""

    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        slow, quick = await world.client(), await world.client()
        world.post.hold = asyncio.Event()
        first = asyncio.ensure_future(slow.send(NEWS, [ANA, BOB], OFFER))
        await world.post.received.wait()
        assert (await quick.send(NEWS, [ANA], OFFER)).startswith("250")
        world.post.says["END"] = ["452 full"]
        world.post.hold.set()
        assert await first == "452 full"
        await gate._hand_over.close()
        assert [row.recipient for row in world.parked()] == [ANA]

    in_world(store, test)


def test_the_same_mail_at_another_gate_keeps_what_that_one_promised(store):
    """The first fails at the mail server after the second gate has acknowledged."""

    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        first_gate = await world.open()
        slow = await world.client()
        second_gate = await world.open()
        quick = await world.client()
        world.post.hold = asyncio.Event()
        first = asyncio.ensure_future(slow.send(NEWS, [ANA, BOB], OFFER))
        await world.post.received.wait()
        assert (await quick.send(NEWS, [ANA], OFFER)).startswith("250")
        world.post.says["END"] = ["452 full"]
        world.post.hold.set()
        assert await first == "452 full"
        await first_gate._hand_over.close()
        assert second_gate.tally.total(Outcome.PARKED) == 1
        assert [row.recipient for row in world.parked()] == [ANA]
        await first_gate.stop()

    in_world(store, test)


def test_a_mail_server_that_wants_another_password_is_our_affair(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        world.post.says["MAIL"] = ["530 5.7.0 Authentication required"]
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("451 4.3.5")

    in_world(store, test)


@pytest.mark.parametrize("stage", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("how", ["", None, "421 4.3.0 closing", "nonsense"])
def test_a_mail_server_that_hangs_up_or_says_nothing_costs_no_mail(store, stage, how):
    async def test(world: SmtpWorld) -> None:
        await world.open(replace(QUICK, answer_s=0.2))
        client = await world.client()
        await client.send(NEWS, [BOB], RECEIPT)
        if stage in ("GREETING", "EHLO"):
            world.post.hang_up()
        world.post.says[stage] = [how, how]
        said = await client.send(NEWS, [BOB], RECEIPT)
        assert said.startswith(("250", "451 4.4.1")), said
        taken = 1 + said.startswith("250")
        assert len(world.post.arrived) == taken
        await client.say("RSET")
        world.post.says.clear()
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")
        assert len(world.post.arrived) == taken + 1

    in_world(store, test)


def test_a_mail_server_that_breaks_off_while_it_reads_has_nothing(store):
    async def test(world: SmtpWorld) -> None:
        await world.open()
        client = await world.client()
        world.post.cut_after = 1000
        said = await client.send(NEWS, [BOB], RECEIPT + b"x" * 100_000 + b"\r\n")
        assert said.startswith("451 4.4.2")
        assert world.post.arrived == []
        world.post.cut_after = 0
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")

    in_world(store, test)


@pytest.mark.parametrize("how", ["", None])
def test_a_mail_server_without_a_last_word_is_451(store, how):
    async def test(world: SmtpWorld) -> None:
        await world.open(replace(QUICK, final_s=0.2))
        client = await world.client()
        world.post.says["END"] = [how]
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("451 4.4.2")
        assert (await client.send(NEWS, [BOB], RECEIPT)).startswith("250")
        assert len(world.post.arrived) == 1

    in_world(store, test)


def test_a_mail_server_that_is_down_is_451_at_mail(store):
    async def test(world: SmtpWorld) -> None:
        await world.post.stop()
        await world.open()
        client = await world.client()
        assert "250-SMTPUTF8" in client.features  # nobody can know better
        assert await client.send(NEWS, [BOB], RECEIPT) == LATER

    in_world(store, test)


def test_a_connection_that_closed_while_the_client_wrote_is_replaced(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        await client.say(f"MAIL FROM:<{NEWS}>")
        for one in (ANA, BOB, EVE):
            await client.say(f"RCPT TO:<{one}>")
        await client.say("DATA")
        world.post.hang_up()
        client.writer.write(OFFER + b".\r\n")
        assert (await client.answer()).startswith("250")
        assert [mail.recipients for mail in world.post.arrived] == [(BOB, EVE)]

    in_world(store, test)


def test_only_so_many_connections_reach_the_mail_server(store):
    async def test(world: SmtpWorld) -> None:
        await world.open(replace(QUICK, upstream=2, answer_s=0.3))
        clients = [await world.client() for _ in range(3)]
        said = [await one.say(f"MAIL FROM:<{NEWS}>") for one in clients]
        assert [one[:3] for one in said] == ["250", "250", "451"]
        await clients[0].say("RSET")
        assert (await clients[2].send(NEWS, [BOB], RECEIPT)).startswith("250")

    in_world(store, test)


# --- the client


def test_a_client_that_goes_in_mid_transfer_leaves_nothing(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open()
        client = await world.client()
        await client.say(f"MAIL FROM:<{NEWS}>")
        for one in (ANA, BOB):
            await client.say(f"RCPT TO:<{one}>")
        await client.say("DATA")
        client.writer.write(OFFER)
        await client.writer.drain()
        client.writer.transport.abort()
        while gate._load.clients:
            await asyncio.sleep(0)
        assert (world.post.arrived, world.parked(), gate._load.bytes) == ([], (), 0)
        again = await world.client()
        assert (await again.send(NEWS, [ANA, BOB], OFFER)).startswith("250")

    in_world(store, test)


def test_a_client_that_goes_before_the_answer_promised_nothing(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open(replace(QUICK, final_s=20))
        client = await world.client()
        world.post.hold = asyncio.Event()
        sending = asyncio.ensure_future(client.send(NEWS, [ANA, BOB], OFFER))
        await world.post.received.wait()
        client.writer.transport.abort()
        await asyncio.gather(sending, return_exceptions=True)
        while gate._load.clients or gate._load.at_work:
            await asyncio.sleep(0)
        await gate._hand_over.close()
        await gate._lots.run(lambda: None)  # whatever was begun before has ended
        assert world.parked() == ()
        world.post.hold.set()
        again = await world.client()
        assert (await again.send(NEWS, [ANA, BOB], OFFER)).startswith("250")
        assert [row.recipient for row in world.parked()] == [ANA]

    in_world(store, test)


class Waiting:
    """A store in which parking takes as long as it is told to."""

    def __init__(self, store) -> None:
        self.store = store
        self.begun = threading.Event()
        self.may_end = threading.Event()

    def __getattr__(self, name):
        return getattr(self.store, name)

    def writing(self):
        self.begun.set()
        assert self.may_end.wait(20)
        return self.store.writing()


def test_a_client_that_goes_while_its_mail_is_parked_was_promised_nothing(store):
    async def test(world: SmtpWorld) -> None:
        slow = Waiting(store)
        world.let_down(ANA)
        gate = await world.open(parts=world.parts(store=slow))
        client = await world.client()
        asked = asyncio.ensure_future(client.send(NEWS, [ANA], OFFER))
        assert await asyncio.to_thread(slow.begun.wait, 20)
        client.writer.transport.abort()
        asked.cancel()
        while gate._load.clients:
            await asyncio.sleep(0)
        slow.may_end.set()
        while gate._load.at_work:
            await asyncio.sleep(0)
        await gate._hand_over.close()
        await gate._lots.run(lambda: None)  # whatever was begun before has ended
        assert world.parked() == ()

    in_world(store, test)


def test_a_gate_that_ends_finishes_what_is_under_way_and_takes_nothing_new(store):
    async def test(world: SmtpWorld) -> None:
        gate = await world.open(replace(QUICK, final_s=20))
        client = await world.client()
        world.post.hold = asyncio.Event()
        sending = asyncio.ensure_future(client.send(NEWS, [BOB], RECEIPT))
        await world.post.received.wait()
        ending = asyncio.ensure_future(gate.stop())
        await asyncio.sleep(0)
        with pytest.raises(ConnectionError):
            await world.client()
        world.post.hold.set()
        assert await sending == "250 taken as Q1"
        await ending
        assert await client.reader.read() == b""
        world.gate = None

    in_world(store, test)


def test_a_silent_client_is_cut_off(store):
    async def test(world: SmtpWorld) -> None:
        await world.open(replace(QUICK, idle_s=0.1))
        client = await world.client()
        assert await asyncio.wait_for(client.reader.read(), 10) == b""

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


def test_a_client_that_never_ends_its_message_is_cut_off(store):
    async def test(world: SmtpWorld) -> None:
        gate = await world.open(replace(QUICK, data_s=0.1))
        client = await world.client()
        await client.say(f"MAIL FROM:<{NEWS}>")
        await client.say(f"RCPT TO:<{BOB}>")
        await client.say("DATA")
        client.writer.write(RECEIPT)
        assert await asyncio.wait_for(client.reader.read(), 10) == b""
        assert gate._load.bytes == 0

    in_world(store, test)


def test_too_many_clients_recipients_or_bytes_are_told_to_come_later(store):
    async def test(world: SmtpWorld) -> None:
        gate = await world.open(replace(QUICK, connections=1, recipients=2, memory_bytes=10))
        client = await world.client()
        reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
        assert (await reader.read()).startswith(b"421 4.7.0 Too many connections")
        writer.close()
        await client.say(f"MAIL FROM:<{NEWS}>")
        said = [await client.say(f"RCPT TO:<{one}>") for one in (ANA, BOB, EVE)]
        assert [one[:9] for one in said] == ["250 recip", "250 recip", "452 4.5.3"]
        gate._load.bytes = 11
        assert (await client.say("DATA")).startswith("452 4.3.1")
        gate._load.bytes = 1  # and it grows beyond the limit while it comes in
        assert (await client.data(RECEIPT)).startswith("452 4.3.1")
        assert gate._load.bytes == 1
        gate._load.bytes = -1000
        for line in (f"MAIL FROM:<{NEWS}>", f"RCPT TO:<{BOB}>"):
            assert (await client.say(line)).startswith("250")
        assert (await client.data(RECEIPT)).startswith("250")

    in_world(store, test)


def test_many_clients_at_once_are_all_served(store):
    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        gate = await world.open(replace(QUICK, answer_s=20, final_s=20))
        clients = [await world.client() for _ in range(20)]

        async def busy(client: Client, number: int) -> None:
            for turn in range(5):
                wire = OFFER + b"%d %d\r\n" % (number, turn)
                assert (await client.send(NEWS, [ANA, BOB], wire)).startswith("250")

        await asyncio.gather(*(busy(one, number) for number, one in enumerate(clients)))
        assert len(world.post.arrived) == 100
        assert len({mail.wire for mail in world.post.arrived}) == 100
        assert gate.tally.total(Outcome.PARKED) == 100
        with store.reading() as reading:
            assert len(reading.parked(limit=200)) == 100

    in_world(store, test)


# --- who may send


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
        for _ in range(2):
            client = await world.client()
            assert (await client.say("STARTTLS")).startswith("220")
            client.writer.write(b"this is no handshake\r\n")
            await client.reader.read()

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


# --- the store away


class Away:
    """A store whose server is away when it is told to be."""

    def __init__(self, store) -> None:
        self.store = store
        self.is_away = False

    def reading(self):
        return self._there().reading()

    def looking(self):
        return self._there().looking()

    def writing(self):
        return self._there().writing()

    def _there(self):
        if self.is_away:
            raise StoreBusy
        return self.store

    def syncs(self) -> int:
        return 0

    def close(self) -> None:
        self.store.close()


def test_while_the_store_is_away_service_passes_and_marketing_waits_at_its_sender(store):
    away = Away(store)

    async def test(world: SmtpWorld) -> None:
        world.let_down(ANA)
        await world.open()
        client = await world.client()
        away.is_away = True
        assert (await client.send(NEWS, [ANA, BOB], RECEIPT)).startswith("250")
        assert (await client.send(NEWS, [BOB], OFFER)).startswith("451 4.3.0")
        unclassed = OFFER.replace(b"X-Class: promotional\r\n", b"")
        assert (await client.send(NEWS, [BOB], unclassed)).startswith("250")
        world.terms = OutgoingTerms(unclassified="park")
        assert (await client.send(NEWS, [BOB], unclassed)).startswith("451 4.3.0")
        assert len(world.post.arrived) == 2
        away.is_away = False
        assert world.parked() == ()

    in_world(away, test)


class Faulty:
    """A gate with a fault of its own, once."""

    def __init__(self) -> None:
        self.is_faulty = True

    def ask(self, _identifier, _question) -> Answer:
        if self.is_faulty:
            self.is_faulty = False
            raise LookupError
        return Answer(allowed=True, reason="unknown", says="")


def test_a_fault_that_nobody_expected_costs_one_mail_and_not_the_conversation(store):
    async def test(world: SmtpWorld) -> None:
        await world.open(parts=world.parts(gate=Faulty()))
        client = await world.client()
        assert (await client.send(NEWS, [BOB], OFFER)).startswith("451 4.3.0")
        assert (await client.send(NEWS, [BOB], OFFER)).startswith("250")

    in_world(store, test)


def test_a_key_that_was_good_is_good_while_the_store_is_away(store):
    away = Away(store)
    now = [0.0]

    async def run() -> None:
        text, row = mint("tool", ("send",), 0)
        with store.writing() as writing:
            writing.put_key(row)
        reads = Reads(None, lambda: now[0])
        senders = KeySenders(KeyRing(away, lambda: now[0]), reads, lambda: now[0])
        assert await senders.sign_in("", text) == "tool"
        away.is_away = True
        now[0] = 100.0
        assert await senders.sign_in("", text) == "tool"
        assert await senders.sign_in("", "mg_another") is None
        now[0] = TRUSTED_S + 1
        assert await senders.sign_in("", text) is None
        away.is_away = False
        now[0] += 10
        with store.writing() as writing:
            writing.put_key(replace(row, revoked_ms=1))
        assert await senders.sign_in("", text) == ""
        away.is_away = True
        now[0] += 10
        assert await senders.sign_in("", text) is None

    asyncio.run(run())


def test_what_limits_say_by_default_is_what_rfc_5321_asks():
    assert Limits().final_s >= 600
    assert Limits().recipients >= 100
