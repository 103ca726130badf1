"""The outside world keeps what it takes, once, and refuses what Makegood did not sign."""

import smtplib
from datetime import UTC, datetime

import httpx
import msgspec
import pytest

from makegood.demo.counterparts import Counterparts
from makegood.demo.kept import Deed, Mail, TextMessage, read_kept, read_mail
from makegood.demo.launch import OutsideWorld
from makegood.effects.webhook import signed_headers

SECRET = "whsec_" + "QUJD" * 8
REFUND = msgspec.json.encode(
    {
        "type": "remedy.fulfil",
        "data": {"remedy": "refund", "about": "SYN1-1", "amount_cents": 5000},
    }
)


def names(headers):
    return [headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")]


@pytest.fixture
def kept():
    return []


@pytest.fixture
def counterparts(kept):
    return Counterparts(SECRET, 1, kept.append)


def test_only_the_right_signature_over_the_right_body_counts(counterparts):
    at = datetime(2026, 3, 1, tzinfo=UTC)
    signed = names(signed_headers(SECRET, "m1", at, REFUND.decode()))
    assert counterparts.is_signed(*signed, REFUND)
    assert not counterparts.is_signed(*signed, REFUND.replace(b"5000", b"9000"))
    assert not counterparts.is_signed("m2", *signed[1:], REFUND)
    assert not counterparts.is_signed("m1", "", "", REFUND)


def test_a_repeat_gets_the_same_answer_and_is_paid_once(counterparts, kept):
    first = counterparts.answer("payments", "m1", REFUND)
    assert counterparts.answer("payments", "m1", REFUND) == first
    assert msgspec.json.decode(first)["paid_cents"] == 5000
    assert [deed.cents for deed in kept] == [5000]


def test_some_questions_are_answered_with_no(counterparts):
    question = msgspec.json.encode({"type": "offer.confirm", "data": {"remedy": "rebook"}})
    answers = {
        msgspec.json.decode(counterparts.answer("seats", f"m{n}", question))["confirmed"]
        for n in range(100)
    }
    assert answers == {True, False}


def test_folded_headers_are_joined_and_the_body_stays():
    mail = read_mail("a@b", "c@d", b"Subject: one\r\n two\r\nX-Any: 1\r\n\r\nHello\r\nthere")
    assert mail.headers == {"subject": "one two", "x-any": "1"}
    assert mail.text == "Hello\r\nthere"


def test_the_process_keeps_mail_deeds_and_texts_and_refuses_forgeries(tmp_path):
    path = tmp_path / "kept.jsonl"
    at = datetime(2026, 3, 1, tzinfo=UTC)
    text = msgspec.json.encode({"type": "sms.send", "data": {"to": "+1", "text": "hello"}})
    with OutsideWorld(path, 1) as outside, httpx.Client(trust_env=False) as client:
        with smtplib.SMTP("127.0.0.1", outside.ports.smtp) as line:
            line.sendmail("a@b.example", ["c@d.example"], b"Subject: x\r\n\r\nhi")
        url = f"http://127.0.0.1:{outside.ports.http}"
        for provider, body in (("payments", REFUND), ("sms", text)):
            headers = signed_headers(outside.secret, f"m-{provider}", at, body.decode())
            assert client.post(f"{url}/{provider}", content=body, headers=headers).is_success
        forged = signed_headers(SECRET, "m-forged", at, REFUND.decode())
        answer = client.post(f"{url}/payments", content=REFUND, headers=forged)
        assert answer.status_code == 401
    kinds = [type(one) for one in read_kept(path)]
    assert sorted(kinds, key=str) == sorted([Mail, Deed, TextMessage], key=str)
