"""From a failure to the mail server and back: the intake, the worker and real counterparts."""

import random
import re
from importlib.resources import files

import pytest

from makegood.effects.asking_owners import AskingOwners
from makegood.effects.channels import Channels
from makegood.effects.confirm import Confirmation
from makegood.effects.finding import Finding
from makegood.effects.fulfil import Fulfilment
from makegood.effects.links import Links
from makegood.effects.mail import Mail
from makegood.effects.outside import Outside
from makegood.effects.smtp import Connections, Server
from makegood.effects.webhook import Webhooks
from makegood.effects.words import Words
from makegood.gate.service import Gate
from makegood.messages.commands import (
    Command,
    ConfirmOffer,
    Fulfil,
    MessageClass,
    SendMessage,
    Urgency,
)
from makegood.messages.facts import Carried, Confirmed, Declined, Dropped, Touchpoint
from makegood.messages.ids import CaseId, CustomerId, command_id, event_id, profile_id
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxStatus, PersonRow
from makegood.runtime.delivery import Deliverer, question_of
from makegood.runtime.intake import EFFECTS, Intake
from makegood.runtime.worker import Pace, Worker
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.clock import FakeClock
from makegood.testing.counterparts import LocalCounterpart, Reply
from tests.integration.mail_server import MailServer

KEY = b"a key of thirty-two bytes or more"
ANA = profile_id("user:ana", KEY)
MISSING_CAR = Touchpoint(
    name="Rental Unfulfilled",
    properties={
        "reservation": "R-42",
        "branch": "Airport",
        "brand": "northwind_cars",
        "reason": "no_car",
        "price_cents": 18_900,
    },
)


def book():
    text = (files("makegood.books") / "car-rental.yaml").read_text(encoding="utf-8")
    return load_book(text, name="car-rental.yaml")


class Firm:
    """Everything of a small deployment but the web."""

    def __init__(self, store, mail_port, local):
        self.store, self.clock = store, FakeClock()
        read = book()
        library = Library(active=read.hash, books={read.hash: read})
        with store.writing() as writing:
            writing.put_book(read.hash, read.text, activate=True)
        self.intake = Intake(store, lambda: library, self.clock, KEY)
        self.gate = Gate(store, lambda: library, self.clock, KEY)
        words = Words(lambda: library, Links(KEY, "https://care.example", self.clock))
        self.connections = Connections(Server(host="127.0.0.1", port=mail_port))
        self.webhooks = Webhooks(
            {name: local.as_counterpart(name) for name in ("payments", "rides", "drivers")}
        )
        outside = Outside(
            messages=Channels((Mail(self.connections, words),)),
            confirmations=Confirmation(self.webhooks),
            fulfilment=Fulfilment(self.webhooks),
            places=Finding(tuple),  # no place is known
            owners=AskingOwners(self.connections, lambda: library, store, "https://care.example"),
            replies=Confirmation(self.webhooks),  # nobody writes letters here
        )
        self.worker = Worker(
            store,
            self.intake,
            Deliverer(outside, self._may_send, self.clock),
            self.clock,
            pace=Pace(threads=4),
            rng=random.Random(3),
        )

    def _may_send(self, command, _person):
        return self.gate.ask_customer(CustomerId(command.profile), question_of(command, "mail"))

    def hear(self, body, message_id):
        person = PersonRow(profile=ANA, name="Ana Lopez", email="ana@example.org")
        arrival = Arrival(
            source="rental",
            message_id=message_id,
            identifier="user:ana",
            time_ms=self.clock.now_ms(),
            body=body,
            body_digest=message_id.encode().ljust(16),
            person=person,
        )
        (answer,) = self.intake.take([arrival])
        assert not answer.error

    def work(self, rounds=10):
        while rounds and not self.worker.run_once().is_idle:
            rounds -= 1
        assert rounds

    def outcomes(self):
        with self.store.reading() as reading:
            return [event.body for _, event in reading.log(0, 1000) if event.source == EFFECTS]

    def close(self):
        self.worker.close()
        self.webhooks.close()
        self.connections.close()
        self.store.close()


def answer(received):
    """Rides says yes, drivers says no, payments pays."""
    if received.content.get("remedy") == "ride_home" and "kind" not in received.content:
        return Reply(content={"confirmed": True, "detail": {"minutes": 12}})
    if received.content.get("remedy") == "driver":
        return Reply(content={"confirmed": False, "why": "no driver"})
    return Reply(content={"reference": "T-1"})


def a_store(name, request, folder):
    match name:
        case "memory":
            return MemoryStore()
        case "sqlite":
            return SqliteStore(folder / "makegood.db")
    from makegood.store.postgres import PostgresStore

    return PostgresStore(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def firm(request, tmp_path):
    store = a_store(request.param, request, tmp_path)
    with MailServer() as mail, LocalCounterpart(answer) as local:
        made = Firm(store, mail.port, local)
        made.box, made.local = mail.box, local
        yield made
        made.close()


def test_a_missing_car_becomes_an_apology_a_refund_and_confirmed_offers(firm):
    firm.hear(MISSING_CAR, "1")
    firm.work()
    orders = {}
    with firm.store.reading() as reading:
        for row in reading.outbox_of([ANA]):
            orders.setdefault(type(row.command.order), []).append(row)
    assert {row.status for rows in orders.values() for row in rows} == {OutboxStatus.DONE}
    assert orders[SendMessage]
    assert all(mail["X-Makegood-Class"] == "service" for mail in firm.box.mails)
    assert len(firm.box.mails) == len(orders[SendMessage])
    assert len({mail["Message-ID"] for mail in firm.box.mails}) == len(firm.box.mails)
    assert all(received.is_signed for received in firm.local.received)

    outcomes = firm.outcomes()
    told = {outcome.command: outcome for outcome in outcomes}
    assert len(told) == len(outcomes) == sum(map(len, orders.values()))
    assert all(outcome.step for outcome in outcomes)
    paid = [told[row.command.id].paid.cents for row in orders[Fulfil]]
    assert 18_900 in paid
    answers = {
        row.command.order.remedy: type(told[row.command.id]) for row in orders[ConfirmOffer]
    }
    assert answers["ride_home"] is Confirmed
    assert answers.get("driver", Declined) is Declined


def test_an_offer_queued_before_the_failure_is_held_at_hand_over(firm):
    offer = Command(
        id=command_id("campaign", "1", "loyalty", 0),
        profile=ANA,
        case=CaseId(""),
        cause=event_id("campaign", "1"),
        step="loyalty",
        due_ms=firm.clock.now_ms(),
        useful_until_ms=0,
        order=SendMessage(
            message="loyalty_programme",
            brand="northwind_vans",
            message_class=MessageClass.PROMOTIONAL,
            urgency=Urgency.WHEN_CONVENIENT,
        ),
    )
    with firm.store.writing() as writing:
        writing.put_commands([offer])
    firm.hear(MISSING_CAR, "1")
    firm.work()
    with firm.store.reading() as reading:
        assert reading.command(offer.id).status is OutboxStatus.HELD
    assert not [mail for mail in firm.box.mails if mail["List-Unsubscribe"]]
    dropped = [body for body in firm.outcomes() if isinstance(body, Dropped)]
    assert [body.why for body in dropped] == ["held"]


def test_a_mail_server_that_is_away_for_a_minute_delays_the_apology_and_repeats_nothing(firm):
    firm.box.rcpt = ["451 later"] * 3
    firm.hear(MISSING_CAR, "1")
    for _ in range(120):
        firm.worker.run_once()
        firm.clock.advance(10_000)
    ids = [mail["Message-ID"] for mail in firm.box.mails]
    assert len(ids) == len(set(ids)) > 0
    assert firm.box.rcpt == []


def test_a_case_without_a_mailbox_is_put_before_a_person(firm):
    firm.hear(MISSING_CAR, "1")
    with firm.store.writing() as writing:
        writing.erase(CustomerId(ANA))
    firm.work()
    assert firm.box.mails == []
    dropped = [body for body in firm.outcomes() if isinstance(body, Dropped)]
    assert {body.why for body in dropped} == {"failed"}
    assert all("No reachable channel" in body.reason for body in dropped)
    assert [body for body in firm.outcomes() if isinstance(body, Carried)]  # the refund still goes


def test_an_outcome_names_nobody(firm):
    firm.box.rcpt = ["550 <ana@example.org> Ana Lopez unknown"]
    firm.hear(MISSING_CAR, "1")
    firm.work()
    words = " ".join(str(body) for body in firm.outcomes())
    assert "ana@" not in words
    assert "Lopez" not in words
    assert "550" in words


def test_what_counterparts_say_is_kept_in_one_line_without_control_characters(firm):
    odd = "a\x00b\nc"

    def says(received):
        if "kind" in received.content:
            return Reply(content={"reference": odd, "detail": {odd: odd}})
        return Reply(content={"confirmed": True, "expires_ms": 2**63 - 1, "detail": {odd: odd}})

    firm.local.script = says
    firm.hear(MISSING_CAR, "1")
    firm.work()
    told = [body for body in firm.outcomes() if getattr(body, "detail", None)]
    assert {"a b c"} <= {value for body in told for value in body.detail.values()}
    assert not re.search(r"[\x00-\x1f]|\\n|\\x0", repr(firm.outcomes()))
