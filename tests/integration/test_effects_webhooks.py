"""Webhooks against a real receiver that checks signatures, answers late, refuses and redirects."""

import gzip
import json
import time
import tracemalloc
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread

import pytest
from standardwebhooks import Webhook

from makegood.effects.confirm import Confirmation
from makegood.effects.fulfil import Fulfilment
from makegood.effects.sms import HttpGateway, Sms, WebhookGateway
from makegood.effects.webhook import Counterpart, Webhooks, wait_ms
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Carried, Confirmed, Declined
from makegood.messages.ids import ProfileId
from makegood.messages.money import Money
from makegood.ports.effect import Addressee
from makegood.ports.rows import PersonRow
from makegood.testing.counterparts import SECRET, LocalCounterpart, Reply
from tests.integration.mail_server import certificate
from tests.unit.effects.scene import ANA, CASE, NOW_MS, can_you, command, message, refund, words

TO = Addressee(person=ANA)


class Asked:
    """A counterpart under every name, and the adapters that ask it."""

    def __init__(self, local, shares=("identifier",)):
        self.local = local
        names = ("payments", "cabs", "sms")
        self.webhooks = Webhooks({name: local.as_counterpart(name, shares) for name in names})

    def refund(self, order=None, now_ms=NOW_MS):
        order = refund() if order is None else order
        return Fulfilment(self.webhooks).carry_out(command(order), TO, now_ms)

    def confirm(self):
        return Confirmation(self.webhooks).carry_out(command(can_you()), TO, NOW_MS)


@pytest.fixture
def ask():
    """Start counterparts that answer with one reply or by a script; all end with the test."""
    running = []

    def start(reply=None, shares=("identifier",)):
        script = reply if callable(reply) else lambda _received: reply or Reply()
        local = LocalCounterpart(script).__enter__()
        running.append(asked := Asked(local, shares))
        return asked

    yield start
    for asked in running:
        asked.webhooks.close()
        asked.local.__exit__(None, None, None)


def refused(asked, **how):
    with pytest.raises(EffectFailed) as failed:
        asked.refund(**how)
    return failed.value


def test_who_paid_stands_beside_the_customer_with_the_fields_that_are_shared(ask):
    asked = ask(Reply())
    till = PersonRow(profile=ProfileId("p2"), identifier="user:till", name="Tom Till")
    to = Addressee(person=ANA, payee=till)
    Fulfilment(asked.webhooks).carry_out(command(refund()), to, NOW_MS)
    (received,) = asked.local.received
    data = json.loads(received.body)["data"]
    assert data["payee"] == {"identifier": "user:till"}
    assert data["customer"] == {"identifier": ANA.identifier}


def test_a_refund_is_asked_for_signed_and_its_reference_comes_back(ask):
    asked = ask(Reply(content={"reference": "T-1", "paid_cents": 18_000, "detail": {"days": 3}}))
    done = asked.refund()
    assert done == Carried(
        command=command(refund()).id,
        paid=Money(18_000, "USD"),
        reference="T-1",
        detail={"days": 3},
    )
    (received,) = asked.local.received
    assert received.is_signed
    assert received.id == command(refund()).id
    assert received.content["amount_cents"] == 18_900
    assert received.content["owed"] is True
    assert received.content["case"] == CASE
    assert json.loads(received.body)["type"] == "remedy.fulfil"


def test_the_documented_message_is_the_one_that_is_sent(ask):
    page = (Path(__file__).parents[2] / "docs/reference/effects.md").read_text(encoding="utf-8")
    documented = json.loads(page.partition("```json\n")[2].partition("```")[0])
    asked = ask()
    asked.refund()
    sent = json.loads(asked.local.received[0].body)
    assert list(sent) == list(documented)
    assert list(sent["data"]) == list(documented["data"])
    assert list(sent["data"]["customer"]) == list(documented["data"]["customer"])


def test_the_signature_satisfies_the_reference_implementation_now(ask):
    asked = ask()
    asked.refund(now_ms=int(time.time() * 1000))
    (received,) = asked.local.received
    told = Webhook(SECRET).verify(received.body, dict(received.headers))
    assert told["data"]["remedy"] == "refund"


def test_every_try_has_the_same_id_and_its_own_time(ask):
    replies = [Reply(status=503), Reply()]
    asked = ask(lambda _received: replies.pop(0))
    assert refused(asked).retry
    asked.refund(now_ms=NOW_MS + 60_000)
    first, second = asked.local.received
    assert first.id == second.id
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert first.is_signed
    assert second.is_signed


def test_a_counterpart_gets_only_the_personal_data_it_needs(ask):
    thin, pickup = ask(), ask(shares=("name", "phone"))
    thin.refund()
    pickup.refund()
    assert thin.local.received[0].content["customer"] == {"identifier": "user:ana"}
    assert pickup.local.received[0].content["customer"] == {"name": ANA.name, "phone": ANA.phone}


@pytest.mark.parametrize("reply", [Reply(status=204), Reply(content={})])
def test_a_yes_without_a_sum_paid_what_was_asked(ask, reply):
    assert ask(reply).refund().paid == Money(18_900)


def test_a_remedy_that_nobody_has_to_carry_out_only_books_its_cost(ask):
    asked = ask()
    assert asked.refund(refund(provider="", cents=500)).paid == Money(500)
    assert asked.refund(refund(provider="", cents=0)).paid is None
    assert asked.local.received == []


@pytest.mark.parametrize(
    ("status", "retry"),
    [(202, True), (301, False), (307, False), (400, False), (404, False), (408, True),
     (409, True), (410, False), (422, False), (429, True), (500, True), (502, True), (503, True)],
)  # fmt: skip
def test_what_is_worth_another_try(ask, status, retry):
    asked = ask(Reply(status=status, headers={"location": "http://127.0.0.1:1/"}))
    assert refused(asked).retry is retry
    assert len(asked.local.received) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_the_pause_they_ask_for_is_kept(ask, status):
    asked = ask(Reply(status=status, headers={"retry-after": "120"}))
    assert refused(asked).after_ms == 120_000


def test_a_pause_may_be_a_date_and_is_never_longer_than_a_day():
    later = format_datetime(datetime.fromtimestamp(NOW_MS // 1000 + 90, UTC), usegmt=True)
    assert wait_ms(later, NOW_MS) == 90_000
    assert wait_ms("9" * 30, NOW_MS) == 86_400_000
    assert wait_ms("Sun, 06 Nov 1994 08:49:37 GMT", NOW_MS) == 0
    assert [wait_ms(text, NOW_MS) for text in ("", "soon", "-5", "²")] == [0, 0, 0, 0]


@pytest.mark.parametrize("content", [{"paid_cents": "12"}, {"paid_cents": -1}, {"reference": 7}])
def test_an_answer_of_another_form_is_asked_again(ask, content):
    assert refused(ask(Reply(content=content))).retry


def test_a_sum_without_a_currency_that_exists_is_no_answer(ask):
    assert refused(ask(Reply(content={"paid_cents": 5, "currency": "\x00\x00\x00"}))).retry
    assert refused(ask(Reply(content={"paid_cents": 5, "currency": "a letter"}))).retry


@contextmanager
def raw_counterpart(*parts, pause_s=0.0):
    """A counterpart that says just these bytes, one part after the other."""
    told = Event()

    class Handler(BaseRequestHandler):
        def handle(self):
            self.request.recv(65_536)
            for part in parts:
                try:
                    self.request.sendall(part)
                except OSError:
                    return
                if told.wait(pause_s):
                    return

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        yield Counterpart(name="payments", url=url, secret=SECRET, allow_private=True)
        told.set()
        server.shutdown()


def raw_answer(counterpart, **how):
    webhooks = Webhooks({"payments": counterpart}, **how)
    try:
        with pytest.raises(EffectFailed) as failed:
            Fulfilment(webhooks).carry_out(command(refund()), TO, NOW_MS)
        return failed.value
    finally:
        webhooks.close()


def test_a_packed_answer_is_not_unpacked():
    bomb = gzip.compress(b" " * 50_000_000)
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n"
    with raw_counterpart(head % len(bomb) + bomb) as there:
        tracemalloc.start()
        failed = raw_answer(there)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert failed.retry
    assert most < 5_000_000


@pytest.mark.parametrize("begins", [b"HTTP/1.1 200 OK\r\nx-slow: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_answer_that_trickles_ends_with_our_patience(begins):
    """Each part comes in time; the whole of it never would."""
    with raw_counterpart(begins, *[b"a"] * 1_000, pause_s=0.05) as there:
        failed = raw_answer(there, answer_seconds=0.3)
    assert failed.retry
    assert "too long" in str(failed) or "timed out" in str(failed)


def test_an_endless_answer_is_cut_off(ask):
    asked = ask(Reply(content={"reference": "x" * 100_000}))
    assert "64 KiB" in str(refused(asked))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            {"confirmed": True, "expires_ms": 9, "detail": {"minutes": 12}},
            Confirmed(command=command(can_you()).id, expires_ms=9, detail={"minutes": 12}),
        ),
        (
            {"confirmed": False, "why": "no car left"},
            Declined(command=command(can_you()).id, why="no car left"),
        ),
    ],
)
def test_an_offer_is_confirmed_or_declined_by_the_other_side(ask, content, expected):
    assert ask(Reply(content=content)).confirm() == expected


def test_an_empty_answer_is_no_yes(ask):
    with pytest.raises(EffectFailed) as failed:
        ask(Reply()).confirm()
    assert failed.value.retry


def test_a_counterpart_that_is_away_may_come_back():
    with LocalCounterpart() as local:
        asked = Asked(local)
    assert refused(asked).retry
    asked.webhooks.close()


def test_a_counterpart_that_nobody_named_is_for_a_person(ask):
    failed = refused(ask(), order=refund(provider="nobody"))
    assert not failed.retry
    assert "nobody" in str(failed)


def test_an_sms_leaves_by_signed_webhook(ask):
    asked = ask()
    sms = Sms(WebhookGateway(asked.webhooks), words())
    assert sms.carry_out(command(message()), TO, NOW_MS).detail == {"channel": "sms"}
    (received,) = asked.local.received
    assert received.is_signed
    assert received.content["to"] == ANA.phone
    assert received.content["from"] == "Rent & Go"
    assert "https://care.example/c/" in received.content["text"]


def test_an_sms_leaves_by_any_gateway_that_takes_json(ask):
    asked = ask(Reply(status=201))
    mapping = {"to": "$to", "content": "$text", "ref": "$id", "price": "$5"}
    gateway = HttpGateway(
        asked.webhooks, asked.local.as_counterpart("gateway"), mapping, "token-1"
    )
    Sms(gateway, words()).carry_out(command(message()), TO, NOW_MS)
    (received,) = asked.local.received
    sent = json.loads(received.body)
    assert sent["to"] == ANA.phone
    assert sent["ref"] == command(message()).id == received.headers["idempotency-key"]
    assert sent["price"] == "$5"
    assert "You are owed $189.00." in sent["content"]
    assert received.headers["authorization"] == "Bearer token-1"


def test_a_private_address_is_refused_unless_the_deployment_allows_it(ask):
    asked = ask()
    url = asked.local.url.replace("http:", "https:")
    guarded = Webhooks({"payments": Counterpart(name="payments", url=url, secret=SECRET)})
    with pytest.raises(EffectFailed, match="private") as failed:
        Fulfilment(guarded).carry_out(command(refund()), TO, NOW_MS)
    guarded.close()
    assert not failed.value.retry
    assert asked.local.received == []


def test_the_connection_goes_to_the_address_that_was_checked(tmp_path):
    """The name is only used for the certificate and the Host header, never looked up again."""
    serving, trusting = certificate(tmp_path, "provider.example")
    with LocalCounterpart(tls=serving) as local:
        url = f"https://provider.example:{local.port}/hook"
        there = Counterpart(name="payments", url=url, secret=SECRET)
        asked = []

        def guard(*about):
            asked.append(about)
            return "127.0.0.1"

        webhooks = Webhooks({"payments": there}, guard, trusting)
        Fulfilment(webhooks).carry_out(command(refund()), TO, NOW_MS)
        webhooks.close()
        assert asked == [("https", "provider.example", local.port)]
        assert local.received[0].headers["host"] == f"provider.example:{local.port}"


def test_a_stranger_at_the_checked_address_gets_nothing(tmp_path):
    serving, trusting = certificate(tmp_path, "somebody-else.example")
    with LocalCounterpart(tls=serving) as local:
        url = f"https://provider.example:{local.port}/hook"
        there = Counterpart(name="payments", url=url, secret=SECRET)
        webhooks = Webhooks({"payments": there}, lambda *_: "127.0.0.1", trusting)
        with pytest.raises(EffectFailed, match="did not answer") as failed:
            Fulfilment(webhooks).carry_out(command(refund()), TO, NOW_MS)
        webhooks.close()
        assert failed.value.retry
        assert local.received == []
