"""A car-rental firm keeps its help desk, its campaign tool and its booking system.

An agent sets one tag in the help desk. In that commit the marketing is held everywhere: the gate
says no, the campaign tool's contact carries the tag that its campaigns leave out, the booking
system's cheery mail is parked, the receiver of webhooks hears it. When she says it is good again,
all of that ends by itself. Ana and Ben are synthetic.
"""

import asyncio
import json
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple

import pytest
from standardwebhooks import Webhook

from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.core.notices import NoticeKind
from makegood.effects.mailchimp import Audience, MailchimpSettings
from makegood.effects.smtp import Server
from makegood.gate.smtp.options import GateOptions, networks
from makegood.gate.smtp.running import SmtpGate
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Answered
from makegood.ports.rows import CaseRow
from makegood.runtime.endpoints import Wanted
from makegood.testing.counterparts import LocalCounterpart, Received, Reply
from makegood.web.mail_gate import parts_of as mail_gate_of
from tests.integration.beside_zendesk import KATHY, beside_zendesk
from tests.integration.smtp_world import Client, Post
from tests.vendors.mailchimp import KEY, LIST, Mailchimp
from tests.vendors.zendesk import Account

ANA, BEN = "ana@example.org", "ben@example.org"
BOOKINGS = "bookings@cars.northwind.example.com"
ADVERT = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL, channel="mail")


class Firm(NamedTuple):
    """The firm's own tools, and the Makegood between them."""

    makegood: Makegood
    zendesk: Account
    mailchimp: Mailchimp

    def tell(self) -> None:
        while self.makegood.teller.run_once():
            pass

    @property
    def case(self) -> CaseRow:
        with self.makegood.store.reading() as reading:
            (case,) = reading.cases(open_only=False)
        return case

    def tag(self, ticket: int) -> None:
        """An agent sets the tag; the help desk's own trigger calls us, signed."""
        self.zendesk.agent_tags(ticket, "makegood")
        assert self.zendesk.heard[-1].status_code == 200

    def good_again(self) -> None:
        case = self.case
        body = Answered(case=case.case, answer="good")
        done = self.makegood.acts.act(case.customer, body, KATHY, message_id="good")
        assert hasattr(done, "event"), done

    def mails(self, *wires: tuple[str, bytes]) -> list[tuple[str, bytes]]:
        """Send mails one at a time through the SMTP gate; give what reached the mail server."""
        return asyncio.run(self._mails(wires))

    async def _mails(self, wires: tuple[tuple[str, bytes], ...]) -> list[tuple[str, bytes]]:
        post = Post()
        upstream = Server(host="127.0.0.1", port=await post.start())
        options = GateOptions(
            host="127.0.0.1", port=0, upstream=upstream, allow=networks((), "127.0.0.1")
        )
        gate = SmtpGate(mail_gate_of(self.makegood), options)
        await gate.start(releases=False)
        client = await Client.connect(gate.port)
        for to, wire in wires:
            assert (await client.send(BOOKINGS, [to], wire)).startswith("250")
        await gate.release()
        await client.close()
        await gate.stop()
        await post.stop()
        return [(one.recipients[0], one.wire) for one in post.arrived]


def cheery(to: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Northwind Cars <{BOOKINGS}>"
    message["To"] = to
    message["Subject"] = "How was your rental?"
    message["Message-ID"] = f"<cheery.{to.partition('@')[0]}@bookings.example.org>"
    message.set_content(
        "Dear customer,\n\nwe hope you were delighted with your rental. How was it? Rate your "
        "experience.\n\nJoin our club today and get 20% off your next rental.\n"
    )
    return message.as_bytes()


@pytest.fixture
def firm(tmp_path) -> Iterator[Firm]:
    with Mailchimp() as mailchimp:
        mailchimp.join(ANA, BEN)
        audiences = (Audience(list=LIST),)
        settings = MailchimpSettings(key=KEY, audiences=audiences, base_url=mailchimp.url)
        with beside_zendesk(tmp_path, mailchimp=settings, private_webhooks=True) as (
            makegood,
            desk,
        ):
            makegood.marks.placed[0].marker.set_up()  # as `makegood sync mailchimp --set-up` does
            yield Firm(makegood, desk, mailchimp)


def test_one_tag_holds_everywhere_and_one_good_word_lets_go(firm: Firm):
    heard: list[dict[str, object]] = []

    def hear(received: Received) -> Reply:
        verified = Webhook(secret).verify(received.body, dict(received.headers))
        heard.append(verified if isinstance(verified, dict) else json.loads(verified))
        return Reply(content={})

    with LocalCounterpart(hear) as receiver:
        endpoint = firm.makegood.endpoints.add(receiver.url, Wanted(), "omar")
        secret = firm.makegood.endpoints.secrets(endpoint.id).newest
        ticket = firm.zendesk.add(7, ANA)

        firm.tag(7)

        # The gate, in the very commit; nothing has been told to anybody yet.
        assert not firm.makegood.gate.ask(f"email:{ANA}", ADVERT).allowed
        assert firm.makegood.gate.ask(f"email:{BEN}", ADVERT).allowed
        # The booking system's mail, by another process that was told nothing.
        assert firm.mails((ANA, cheery(ANA)), (BEN, cheery(BEN))) == [(BEN, cheery(BEN))]
        # The copies outside are synced.
        firm.tell()
        assert firm.mailchimp.tagged() == {ANA}
        assert "makegood_open" in ticket.tags
        assert [one["type"] for one in heard] == [
            NoticeKind.HOLD_OPENED.value,
            NoticeKind.CASE_OPENED.value,
        ]
        assert ANA not in json.dumps(heard)

        firm.good_again()
        firm.tell()

        assert firm.makegood.gate.ask(f"email:{ANA}", ADVERT).allowed
        assert firm.mails() == [(ANA, cheery(ANA))]  # what was parked, woken by that word
        assert firm.mailchimp.tagged() == set()
        assert ticket.tags == ["makegood", "makegood_whole"]
        assert [one["type"] for one in heard[2:]] == [
            NoticeKind.HOLD_LIFTED.value,
            NoticeKind.CASE_MADE_WHOLE.value,
            NoticeKind.CASE_CLOSED.value,
        ]
