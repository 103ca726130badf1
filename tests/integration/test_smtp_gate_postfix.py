"""`makegood smtp-gate` as a person starts it, before Postfix, and killed at any moment."""

import asyncio
import base64
import os
import re
import smtplib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from threading import Event, Thread

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from makegood.bootstrap import Makegood, SystemClock, open_makegood
from makegood.core.decide import Asker
from makegood.effects.smtp import Server
from makegood.gate.smtp.options import GateOptions
from makegood.gate.smtp.running import SmtpGate
from makegood.messages.facts import Released, Touchpoint
from makegood.messages.ids import RepId
from makegood.ports.arrivals import Arrival
from makegood.runtime.intake import body_digest
from makegood.settings import read_settings
from makegood.testing.clock import FakeClock
from makegood.web.mail_gate import parts_of
from tests.integration.mail_server import certificate
from tests.integration.served import Tree, free_port
from tests.postfix import Postfix, wait_until

BRAND = "northwind_cars"
HELD = tuple(f"held{n}@example.org" for n in range(4))
FREE = tuple(f"free{n}@example.org" for n in range(8))
KILLS, SENDERS = 8, 3
HOUR_MS = 3_600_000
_NUMBER = re.compile(rb"^X-Number: (\S+)\r$", re.MULTILINE)
_FOR = re.compile(rb"^Delivered-To: (\S+)\r$", re.MULTILINE)


def offer(number: str) -> bytes:
    """A campaign's mail, as its headers show."""
    return (
        "From: Northwind Cars <offers@northwind-cars.example>\r\n"
        f"X-Number: {number}\r\nMessage-ID: <{number}@northwind-cars.example>\r\n"
        "Date: Thu, 26 Nov 2026 09:00:00 +0000\r\nTo: you@example.org\r\n"
        "Subject: Join our club\r\nList-Unsubscribe: <https://tool.example/u>\r\n"
        "Precedence: bulk\r\n\r\nJoin the Harbour Club: 20 % off your next rental.\r\n"
    ).encode()


def confirmation(number: str) -> bytes:
    """A booking's confirmation."""
    return (
        "From: Northwind Cars <bookings@northwind-cars.example>\r\n"
        f"X-Number: {number}\r\n"
        f"Subject: Your booking confirmation {number}\r\n\r\n"
        f"Your reservation {number} is confirmed. Your confirmation number is {number}.\r\n"
    ).encode()


class Deployment:
    """A database with customers who were let down, and a gate that may be killed."""

    def __init__(self, folder: Path, upstream_port: int) -> None:
        self.folder = folder
        self.port = free_port()
        self.upstream = f"smtp://127.0.0.1:{upstream_port}"
        self.environ = {
            **os.environ,
            "MAKEGOOD_DATABASE": f"sqlite:///{folder / 'makegood.db'}",
            "MAKEGOOD_KEY": "a secret for tests, 32 bytes long",
            "MAKEGOOD_BOOK": "car-rental",
            "MAKEGOOD_SMTP_UPSTREAM": self.upstream,
        }
        self.gate: Tree | None = None

    @contextmanager
    def opened(self, clock: FakeClock | None = None) -> Iterator[Makegood]:
        makegood = open_makegood(read_settings(self.environ), clock=clock)
        try:
            yield makegood
        finally:
            makegood.close()

    def let_down(self, *addresses: str) -> None:
        facts: dict[str, object] = {
            "reservation": "R1", "branch": "Airport", "brand": BRAND, "reason": "no_vehicle",
            "price_cents": 10_000,
        }  # fmt: skip
        body = Touchpoint(name="Rental Unfulfilled", properties=facts)
        with self.opened() as makegood:
            makegood.intake.take(
                [
                    Arrival(
                        source="rental",
                        message_id=f"late {one}",
                        identifier=f"email:{one}",
                        time_ms=makegood.clock.now_ms(),
                        body=body,
                        body_digest=body_digest(body),
                    )
                    for one in addresses
                ]
            )

    def start(self, *words: str) -> None:
        listen = f"127.0.0.1:{self.port}"
        log = self.folder / "gate.log"
        self.gate = Tree(self.environ, log, "smtp-gate", "--listen", listen, *words)
        wait_until(self._answers)

    def _answers(self) -> bool:
        with suppress(OSError), smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
            return client.noop()[0] == 250
        return False

    def kill(self) -> None:
        if self.gate is not None:
            self.gate.strike()
            self.gate.gone()
            self.gate = None

    def stop(self) -> None:
        assert self.gate is not None
        self.gate.process.terminate()
        self.gate.gone()
        assert self.gate.process.returncode == 0, (self.folder / "gate.log").read_text()
        self.gate = None


@pytest.fixture
def deployment(tmp_path: Path, postfix_server: Postfix) -> Iterator[Deployment]:
    made = Deployment(tmp_path, postfix_server.port)
    yield made
    made.kill()


def number_of(mail: bytes) -> str:
    found = _NUMBER.search(mail)
    assert found
    return found[1].decode()


def recipient_of(mail: bytes) -> str:
    found = _FOR.search(mail)
    assert found
    return found[1].decode()


def test_a_campaign_tool_signs_in_over_tls_and_its_signature_arrives(
    deployment: Deployment, postfix_server: Postfix
):
    _, client_context = certificate(deployment.folder)
    signing = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = signing.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = signing.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    mail = offer("signed") + b".a dot\r\n\r\nlast\r\n\r\n\r\n"
    signed = dkim.sign(mail, b"s1", b"northwind-cars.example", private) + mail
    deployment.let_down(HELD[0])
    command = [sys.executable, "-m", "makegood.cli", "key", "create", "tool", "--scope", "send"]
    key = _output(command, deployment.environ)
    cert, key_file = deployment.folder / "cert.pem", deployment.folder / "key.pem"
    deployment.start(
        "--tls-cert", str(cert), "--tls-key", str(key_file), "--allow", "192.0.2.0/24"
    )  # fmt: skip
    with smtplib.SMTP("127.0.0.1", deployment.port) as client:
        client.starttls(context=client_context)
        client.ehlo()
        assert client.has_extn("smtputf8")
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.sendmail("news@northwind-cars.example", [FREE[0]], signed)
        client.login("tool", key)
        to = [FREE[0], HELD[0], "jürgen@example.org"]
        client.sendmail("news@northwind-cars.example", to, signed, ["SMTPUTF8", "BODY=8BITMIME"])
    arrived = postfix_server.wait_for(2)
    assert {recipient_of(one) for one in arrived} == {FREE[0], "jürgen@example.org"}
    for one in arrived:
        assert one.endswith(signed)
        assert dkim.verify(one, dnsfunc=lambda *_, **__: record)
    deployment.stop()
    log = (deployment.folder / "gate.log").read_text()
    assert "parked for 1 (hold)" in log
    assert "@example.org" not in log


def _output(command: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_client_that_sends_ahead_reaches_postfix(deployment: Deployment, postfix_server):
    deployment.start()

    async def ahead() -> list[bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", deployment.port)
        said = [await reader.readline()]
        writer.write(b"EHLO tool.example\r\n")
        while (line := await reader.readline())[3:4] == b"-":
            said.append(line)
        for number in range(3):
            writer.write(
                b"MAIL FROM:<n@northwind-cars.example>\r\n"
                b"RCPT TO:<free0@example.org>\r\nRCPT TO:<free1@example.org>\r\nDATA\r\n"
            )
            said = [await reader.readline() for _ in range(4)]
            writer.write(confirmation(str(number)) + b".\r\n")
            said.append(await reader.readline())
        writer.write(b"QUIT\r\n")
        said.append(await reader.readline())
        writer.close()
        await writer.wait_closed()
        return said

    said = asyncio.run(ahead())
    assert [line[:3] for line in said] == [b"250", b"250", b"250", b"354", b"250", b"221"]
    arrived = Counter(map(number_of, postfix_server.wait_for(6)))
    assert arrived == {"0": 2, "1": 2, "2": 2}


class Sender(Thread):
    """A tool that sends until it is told to stop, and again whatever nobody said yes to."""

    def __init__(self, name: str, port: int, ending: Event) -> None:
        super().__init__()
        self.acknowledged: dict[str, tuple[str, ...]] = {}
        self._tag, self._port, self._ending = name, port, ending
        self._rng = Random(name)
        self._client: smtplib.SMTP | None = None

    def run(self) -> None:
        number = 0
        while not self._ending.is_set():
            tag = f"{self._tag}-{number}"
            mail = offer(tag) if number % 3 > 0 else confirmation(tag)
            to = tuple(self._rng.sample(HELD + FREE, 3))
            if self._insists(to, mail):
                self.acknowledged[tag] = to
            number += 1
        if self._client is not None:
            self._client.close()

    def _insists(self, to: tuple[str, ...], mail: bytes) -> bool:
        while not self._sends(to, mail):
            if self._ending.wait(0.02):
                return False
        return True

    def _sends(self, to: tuple[str, ...], mail: bytes) -> bool:
        try:
            if self._client is None:
                self._client = smtplib.SMTP("127.0.0.1", self._port, timeout=20)
            assert self._client.sendmail("news@northwind-cars.example", to, mail) == {}
        except (OSError, smtplib.SMTPException):
            if self._client is not None:
                self._client.close()
            self._client = None
            return False
        return True


def test_killed_in_mid_transfer_nothing_acknowledged_is_lost(
    deployment: Deployment, postfix_server: Postfix
):
    deployment.let_down(*HELD)
    ending = Event()
    senders = [Sender(f"s{n}", deployment.port, ending) for n in range(SENDERS)]
    rng = Random(7)
    deployment.start()
    for sender in senders:
        sender.start()
    try:
        for _ in range(KILLS):
            _more(senders)
            ending.wait(rng.random() * 0.05)
            deployment.kill()
            deployment.start()
        _more(senders)
    finally:
        ending.set()
        for sender in senders:
            sender.join(60)
    deployment.stop()
    promised = {tag: to for sender in senders for tag, to in sender.acknowledged.items()}
    assert len(promised) > KILLS * 5
    with deployment.opened() as makegood, makegood.store.reading() as reading:
        rows = reading.parked(limit=10_000)
        waiting = {(_tag(reading, row.mail), row.recipient) for row in rows}
    wait_until(lambda: _expected(promised) <= _all(postfix_server).keys())
    arrived = _all(postfix_server)
    for tag, to in promised.items():
        for one in to:
            if _goes(tag, one):
                assert arrived[tag, one] >= 1, (tag, one)
            else:
                assert (tag, one) in waiting, (tag, one)
                assert arrived[tag, one] == 0, (tag, one)
    twice = [key for key, count in arrived.items() if count > 1]
    # Each kill may leave the yes to one mail of three recipients of each sender unheard.
    assert len(twice) <= KILLS * SENDERS * 3
    assert not [key for key in arrived if not _goes(*key)]
    _release_all(deployment)
    everything = {(tag, one) for tag, to in promised.items() for one in to}
    wait_until(lambda: everything <= _all(postfix_server).keys())
    late = _all(postfix_server)
    assert not [key for key, count in late.items() if count > 1 and key in waiting]


def _more(senders: list[Sender]) -> None:
    """Wait until some more was acknowledged."""
    before = sum(len(one.acknowledged) for one in senders)
    wait_until(lambda: sum(len(one.acknowledged) for one in senders) > before + 5)


def _all(server: Postfix) -> Counter[tuple[str, str]]:
    return Counter((number_of(mail), recipient_of(mail)) for mail in server.mails())


def _expected(promised: dict[str, tuple[str, ...]]) -> set[tuple[str, str]]:
    return {(tag, one) for tag, to in promised.items() for one in to if _goes(tag, one)}


def _goes(tag: str, recipient: str) -> bool:
    """Whether a mail passes: a confirmation, or an offer to somebody who was not let down."""
    return int(tag.rpartition("-")[2]) % 3 == 0 or recipient not in HELD


def _tag(reading, mail: str) -> str:
    return number_of(reading.parked_mails([mail])[mail].content)


def _release_all(deployment: Deployment) -> None:
    """End every hold, and let a gate look at what waits, an hour later."""
    clock = FakeClock(SystemClock().now_ms() + HOUR_MS)
    port = int(deployment.upstream.rpartition(":")[2])

    async def run(makegood: Makegood) -> None:
        upstream = Server(host="127.0.0.1", port=port)
        options = GateOptions(host="127.0.0.1", port=0, upstream=upstream)
        gate = SmtpGate(parts_of(makegood), options)
        await gate.start(releases=False)
        while await gate.release():
            pass
        await gate.stop()

    with deployment.opened(clock) as makegood:
        _lift(makegood)
        asyncio.run(run(makegood))


def _lift(makegood: Makegood) -> None:
    with makegood.store.reading() as reading:
        cases = reading.cases(open_only=True, limit=200)
    for case in cases:
        body = Released(case=case.case, by=RepId("tom"), reason="made good in person")
        asker = Asker(rep=RepId("tom"), role="supervisor")
        makegood.acts.act(case.customer, body, asker, message_id=f"release {case.case}")
