"""Webhooks of help desks over HTTP: signed, mapped, durable before the answer, and once."""

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import httpx
import pytest

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from makegood.settings import Settings, SourceSecrets
from makegood.sources.limits import MAX_BATCH_BYTES
from makegood.testing.clock import FakeClock
from makegood.web.asgi import parts_of
from makegood.web.front import Front
from tests.integration.fronts import nothing_here, serving
from tests.unit.sources.payloads import NORTHWIND, chatwoot, zendesk

SECRET = "a secret of this webhook, long enough"
OLD = "the secret it had until last week, too"
ADVERT = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL, channel="mail")
AT_MS = 1_795_000_000_000


class Desk(NamedTuple):
    """A served Makegood, and a help desk that speaks to it."""

    url: str
    makegood: Makegood

    def post(self, body: object, *, secret: str = SECRET, at_ms: int = AT_MS, **other: Any):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        at = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()
        made = hmac.new(secret.encode(), at.encode() + raw, sha256).digest()
        headers = {
            "X-Zendesk-Webhook-Signature": b64encode(made).decode(),
            "X-Zendesk-Webhook-Signature-Timestamp": at,
        }
        path = other.get("path", "/v1/in/zendesk")
        return httpx.post(f"{self.url}{path}", content=raw, headers=headers, timeout=30)

    def left(self, source: str = "zendesk") -> list[tuple[str, str]]:
        with self.makegood.store.reading() as reading:
            return [(one.reason, one.record) for one in reading.unfit(source)]


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    secrets = {
        "zendesk": SourceSecrets(secrets=(OLD, SECRET)),
        "chatwoot": SourceSecrets(secrets=(SECRET,)),
    }
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'makegood.db'}",
        key=b"k" * 32,
        book=NORTHWIND,
        sources=secrets,
    )
    makegood = open_makegood(settings, clock=FakeClock(AT_MS))
    with serving(Front(lambda: parts_of(makegood), lambda: nothing_here)) as url:
        yield Desk(url, makegood)


def test_a_tagged_ticket_holds_marketing_before_the_help_desk_hears_yes(desk):
    answer = desk.post(zendesk("tagged"))
    assert answer.status_code == 200
    assert not desk.makegood.gate.ask("email:ana@example.org", ADVERT).allowed
    assert answer.json() == {
        "accepted": 2, "duplicate": 0, "conflict": 0, "rejected": 0, "ignored": 0, "reasons": [],
    }  # fmt: skip


def test_a_delivery_that_comes_again_is_the_same_event(desk):
    desk.post(zendesk("tagged"))
    again = desk.post(zendesk("tagged"), secret=OLD).json()
    assert (again["accepted"], again["duplicate"]) == (0, 2)
    assert desk.left() == []


@pytest.mark.parametrize(
    "how",
    [{"secret": "another secret, also long enough"}, {"at_ms": AT_MS - 301_000}],
)
def test_what_is_not_signed_is_refused_unread_and_leaves_nothing(desk, how):
    answer = desk.post(b"{ this is not even JSON", **how)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_signed"
    assert desk.left() == []
    assert desk.makegood.gate.ask("email:ana@example.org", ADVERT).allowed


def test_what_fits_nothing_is_answered_with_yes_and_kept_with_its_reason(desk):
    record = zendesk("merged")
    for _ in range(2):
        answer = desk.post(record)
        assert (answer.status_code, answer.json()["rejected"]) == (200, 1)
    ((reason, kept),) = desk.left()
    assert reason == "No event of the source fits this record."
    assert json.loads(kept) == record


def test_a_delivery_that_says_something_else_under_its_name_is_kept(desk):
    desk.post(zendesk("created"))
    answer = desk.post(zendesk("created", priority="Low")).json()
    assert (answer["conflict"], answer["duplicate"]) == (1, 1)
    ((reason, _),) = desk.left()
    assert "says something else" in reason


def test_no_json_is_refused_and_kept(desk):
    answer = desk.post(b"\xff{ no JSON")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "not_json")
    assert len(desk.left()) == 1


def test_a_list_is_several_records_and_one_bad_one_spoils_no_other(desk):
    body = [zendesk("created"), "no object", zendesk("solved"), zendesk("tagged", tags="vip")]
    answer = desk.post(body).json()
    assert (answer["accepted"], answer["rejected"], answer["ignored"]) == (3, 1, 1)
    assert answer["duplicate"] == 1  # both say the same about who it is


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/in/nothing", 404, "unknown_source"),
        ("/v1/in/", 404, "unknown_source"),
        ("/v1/in/zammad", 403, "no_secret"),
    ],
)
def test_a_source_that_is_not_there_or_has_no_secret_hears_nobody(desk, path, status, code):
    answer = desk.post(zendesk("tagged"), path=path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert "chatwoot" not in answer.text, "whoever proves nothing hears no names of sources"


def test_a_body_that_is_too_large_is_refused(desk):
    assert desk.post(b" " * (MAX_BATCH_BYTES + 1)).status_code == 413


def test_chatwoot_speaks_with_its_own_signature(desk):
    raw = json.dumps(chatwoot("conversation_updated", labels=["makegood"])).encode()
    at = str(AT_MS // 1000)
    made = hmac.new(SECRET.encode(), f"{at}.".encode() + raw, sha256).hexdigest()
    headers = {"X-Chatwoot-Signature": f"sha256={made}", "X-Chatwoot-Timestamp": at}
    answer = httpx.post(f"{desk.url}/v1/in/chatwoot", content=raw, headers=headers)
    assert answer.json()["accepted"] == 1
    assert not desk.makegood.gate.ask("email:ana@example.org", ADVERT).allowed


def test_a_customer_whom_we_know_by_a_user_id_has_the_case(desk):
    identify = {"type": "identify", "userId": "42", "traits": {"email": "ana@example.org"}}
    from makegood.sources.segment import Envelope, read_item

    read = read_item(json.dumps(identify).encode(), Envelope(source="app", received_ms=AT_MS))
    desk.makegood.intake.take([read.arrival])
    desk.post(zendesk("tagged"))
    profile = desk.makegood.intake.profile("user:42")
    with desk.makegood.store.reading() as reading:
        customer = reading.customers_of([profile])[profile]
        assert len(reading.cases_of([customer])) == 1
    assert not desk.makegood.gate.ask("user:42", ADVERT).allowed


def test_nothing_personal_of_a_ticket_is_in_the_log(desk):
    desk.post(zendesk("created", requester_language="de"))
    with desk.makegood.store.reading() as reading:
        log = repr(reading.log(0, 100))
    assert "ana@" not in log
    assert "5550100" not in log


def test_two_people_who_share_a_telephone_are_not_taken_for_each_other(desk):
    desk.post(zendesk("tagged"))
    desk.post(zendesk("created", ticket="8", requester_email="ben@example.org"))
    ana, ben = (
        desk.makegood.intake.profile(f"email:{name}@example.org") for name in ("ana", "ben")
    )
    with desk.makegood.store.reading() as reading:
        customers = reading.customers_of([ana, ben])
    assert customers.keys() == {ana, ben}
    assert customers[ana] != customers[ben]
