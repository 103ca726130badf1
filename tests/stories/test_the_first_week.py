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

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.decide import Asker
from makegood.core.holds import Question
from makegood.core.notices import NoticeKind
from makegood.effects.mailchimp import Audience, MailchimpSettings
from makegood.effects.smtp import Server
from makegood.effects.zendesk import ZendeskSettings
from makegood.gate.smtp.options import GateOptions, networks
from makegood.gate.smtp.running import SmtpGate
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Answered
from makegood.messages.ids import RepId
from makegood.ports.rows import CaseRow, RepRow
from makegood.runtime.endpoints import Wanted
from makegood.settings import Settings, SourceSecrets
from makegood.testing.counterparts import LocalCounterpart, Received, Reply
from makegood.web.front import Front
from makegood.web.mail_gate import parts_of as mail_gate_of
from makegood.web.parts import Joined, Parts
from tests.integration.fronts import nothing_here
from tests.integration.fronts import serving as served
from tests.integration.smtp_world import Client, Post
from tests.unit.sources.payloads import NORTHWIND
from tests.vendors.mailchimp import KEY, LIST, Mailchimp
from tests.vendors.zendesk import EMAIL, SECRET, TOKEN, Account, Ticket
from tests.vendors.zendesk import serving as serving_zendesk

ANA, BEN = "ana@example.org", "ben@example.org"
BOOKINGS = "bookings@cars.northwind.example.com"
ADVERT = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL, channel="mail")
KATHY = Asker(rep=RepId("kathy"), role="rep")


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


def _is_tagged(ticket: Ticket, by: str) -> bool:
    ours = {"makegood_open", "makegood_whole", "makegood_closed"}
    return "makegood" in ticket.tags and not ours & set(ticket.tags)


@pytest.fixture
def firm(tmp_path) -> Iterator[Firm]:
    with (
        Mailchimp() as mailchimp,
        serving_zendesk(Account(triggers={"tagged": _is_tagged})) as desk,
    ):
        mailchimp.join(ANA, BEN)
        settings = Settings(
            database=f"sqlite:///{tmp_path / 'makegood.db'}",
            key=b"k" * 32,
            book=NORTHWIND,
            base_url="https://care.northwind.example.com",
            sources={"zendesk": SourceSecrets(secrets=(SECRET,))},
            zendesk=ZendeskSettings(url=desk.url, email=EMAIL, token=TOKEN, allow_private=True),
            mailchimp=MailchimpSettings(
                key=KEY, audiences=(Audience(list=LIST),), base_url=mailchimp.url
            ),
            private_webhooks=True,
        )
        makegood = open_makegood(settings)
        makegood.marks.placed[0].marker.set_up()  # as `makegood sync mailchimp --set-up` does
        with makegood.store.writing() as writing:
            hours = "mon-sun 00:00-00:00"
            writing.put_reps([RepRow(rep=RepId("kathy"), name="Kathy", role="rep", hours=hours)])
        joined = Joined(
            take=makegood.intake.take,
            gate=makegood.gate,
            store=makegood.store,
            clock=makegood.clock,
            key=settings.key,
            receiving=makegood.receiving,
            sources=settings.sources,
            close=makegood.close,
        )
        with served(Front(lambda: Parts(joined), lambda: nothing_here)) as url:
            desk.endpoint = f"{url}/v1/in/zendesk"
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
