"""The named test: the cheery mail of the next morning is stopped at the SMTP gate.

One at a time, without List-Unsubscribe, from the very address that confirms bookings. Nothing was
integrated but the name of a mail server; the confirmation of a booking comes through.
"""

import asyncio
from email.message import EmailMessage
from email.policy import SMTP

from makegood.demo.car import ANA, KATHY
from makegood.effects.smtp import Server
from makegood.gate.smtp.options import GateOptions, networks
from makegood.gate.smtp.running import SmtpGate
from makegood.gate.smtp.tally import Outcome
from makegood.messages.facts import Called, Chosen
from makegood.web.mail_gate import parts_of
from tests.integration.smtp_world import Client, Post
from tests.stories.conftest import DAY, World

Mails = tuple[tuple[str, bytes], ...]
DAY_MS = 24 * 3_600_000
BOOKINGS = "bookings@cars.northwind.example.com"
FRIEND = "somebody.else@synthetic.example.com"


def mail(subject: str, text: str, to: str = ANA.email) -> bytes:
    """A mail as a booking system writes one: to one person, with no header of a list."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Northwind Cars <{BOOKINGS}>"
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = f"<{abs(hash(subject + to))}@bookings.example>"
    message.set_content(text)
    assert "List-Unsubscribe" not in message
    return message.as_bytes()


def cheery(to: str = ANA.email) -> bytes:
    told = DAY.cheery_mail()
    return mail(told.subject, told.text, to)


CONFIRMATION = mail(
    "Your booking confirmation SYN-4712",
    "Dear Ana Ruiz,\n\nyour booking is confirmed. Booking number: SYN-4712. Pick-up: Airport, "
    "12 May, 10:00. Please bring your licence.\n\nNorthwind Cars\n",
)


def through_the_gate(world: World, *mails: tuple[str, bytes], later_ms: int = 0) -> "Morning":
    """Send mails one at a time through a gate that knows what Makegood knows."""
    morning = Morning()
    asyncio.run(morning.play(world, mails, later_ms))
    return morning


class Morning:
    """What reached the mail server, and what the gate said."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.arrived: list[tuple[str, bytes]] = []
        self.expired = 0

    async def play(
        self, world: World, mails: tuple[tuple[str, bytes], ...], later_ms: int
    ) -> None:
        post = Post()
        upstream = Server(host="127.0.0.1", port=await post.start())
        options = GateOptions(
            host="127.0.0.1", port=0, upstream=upstream, allow=networks((), "127.0.0.1")
        )
        gate = SmtpGate(parts_of(world.makegood), options)
        await gate.start(releases=False)
        client = await Client.connect(gate.port)
        self.said = [await client.send(BOOKINGS, [to], wire) for to, wire in mails]
        if later_ms:
            world.clock.advance(later_ms)
        await gate.release()
        self.expired = gate.tally.total(Outcome.EXPIRED)
        await client.close()
        await gate.stop()
        await post.stop()
        self.arrived = [(one.recipients[0], one.wire) for one in post.arrived]


def the_bad_day(world: World) -> None:
    world.happens(DAY.no_car_at_the_airport())
    world.does(Called(case=world.row.case, by=KATHY.rep, reached=False), world.rep)
    world.happens(DAY.no_car_at_the_harbour())
    world.clock.set(DAY.cheery_mail().at_ms)
    world.settle()


def test_the_cheery_mail_is_stopped_and_the_confirmation_is_not(world: World):
    the_bad_day(world)
    morning = through_the_gate(
        world, (ANA.email, cheery()), (ANA.email, CONFIRMATION), (FRIEND, cheery(FRIEND))
    )
    assert [said[:3] for said in morning.said] == ["250"] * 3  # the booking system goes on
    assert morning.said[0] == "250 2.0.0 Taken: 0 passed on, 1 parked."
    assert morning.arrived == [(ANA.email, CONFIRMATION), (FRIEND, cheery(FRIEND))]
    with world.makegood.store.reading() as reading:
        (row,) = reading.parked()
    assert (row.brand, row.reason, row.classed_by) == (DAY.brand, "hold", "signals")
    assert row.message_class in ("survey", "promotional", "mixed")


def test_before_the_bad_day_the_same_mail_arrives(world: World):
    morning = through_the_gate(world, (ANA.email, cheery()))
    assert morning.arrived == [(ANA.email, cheery())]


def test_two_days_later_it_is_stale_and_nobody_sends_it(world: World):
    the_bad_day(world)
    world.does(Chosen(case=world.row.case, offer="driver"), world.customer)
    morning = through_the_gate(world, (ANA.email, cheery()), later_ms=2 * DAY_MS)
    assert morning.arrived == []
    assert morning.expired == 1
    with world.makegood.store.reading() as reading:
        assert reading.parked() == ()
