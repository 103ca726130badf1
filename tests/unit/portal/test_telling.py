"""Anybody may tell us of a failure; it is believed when the address is shown to be theirs."""

import re
import smtplib
import zlib
from base64 import urlsafe_b64decode

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.effects.links import LinkExpired, LinkForged
from makegood.messages.commands import MessageClass
from makegood.portal.sealed import Sealed
from makegood.testing.clock import FakeClock
from tests.e2e.screens import customer_of, introduce
from tests.unit.desk.browsing import words_of

NOW_MS = 1_767_276_000_000
PROMOTION = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL)
PATH = "/tell/northwind_cars"
STORY = {"email": "ana@example.org", "about": "R7", "words": "The desk was closed."}


@pytest.fixture
def outbox(makegood: Makegood) -> list:
    from django.core import mail

    mail.outbox = []
    return mail.outbox


def link_in(message) -> str:
    found = re.search(r"http://localhost:8000(/told/[^?\s]+)", message.body)
    assert found is not None
    return found[1]


def log_length(makegood: Makegood) -> int:
    with makegood.store.reading() as reading:
        return reading.counts()["log"]


def test_known_and_unknown_addresses_read_the_same_and_get_the_same_mail(
    makegood: Makegood, outbox: list
):
    introduce(makegood)
    before = log_length(makegood)
    known = Client().post(PATH, STORY)
    unknown = Client().post(PATH, {**STORY, "email": "eve@example.org"})
    assert known.status_code == unknown.status_code == 200
    assert known.content == unknown.content
    texts = [re.sub(r"/told/\S+", "", message.body) for message in outbox]
    assert texts[0] == texts[1]
    assert outbox[0].to == ["ana@example.org"]
    assert log_length(makegood) == before


def test_the_link_in_the_mail_raises_the_failure_and_a_look_at_it_does_not(
    makegood: Makegood, outbox: list
):
    introduce(makegood)
    Client().post(PATH, STORY)
    link = link_in(outbox[0])
    before = log_length(makegood)
    assert "The desk was closed." in words_of(Client().get(link))
    assert log_length(makegood) == before
    for _ in range(2):
        assert "knows now" in words_of(Client().post(link))
    assert log_length(makegood) == before + 1
    assert makegood.gate.ask("user:ana", PROMOTION).reason == "hold"
    with makegood.store.reading() as reading:
        (case,) = reading.cases_of([customer_of(makegood, "user:ana")])
    assert case.line == "other"


def test_a_rep_reads_what_was_told_with_the_address_to_answer(makegood: Makegood, outbox: list):
    from django.contrib.auth.models import User

    Client().post(PATH, {**STORY, "email": "eve@example.org"})
    Client().post(link_in(outbox[0]))
    rep = Client()
    user = User.objects.get(username="kathy")
    rep.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with makegood.store.reading() as reading:
        (case,) = reading.cases(limit=5)
    words = words_of(rep.get(f"/desk/cases/{case.case}"))
    assert "was let down: something went wrong" in words
    assert "The desk was closed." in words
    assert "eve@example.org" in words_of(rep.get(f"/desk/customers/{case.customer}"))


def test_somebody_we_do_not_know_is_looked_after_as_well(makegood: Makegood, outbox: list):
    Client().post(PATH, {**STORY, "email": "Eve@Example.org"})
    Client().post(link_in(outbox[0]))
    assert makegood.gate.ask("email:eve@example.org", PROMOTION).reason == "hold"


def test_an_old_or_a_forged_link_raises_nothing(
    makegood: Makegood, clock: FakeClock, outbox: list
):
    Client().post(PATH, STORY)
    before = log_length(makegood)
    assert Client().post(link_in(outbox[0])[:-2] + "zz").status_code == 404
    clock.advance(2 * 86_400_000)
    assert Client().get(link_in(outbox[0])).status_code == 200
    clock.advance(1)
    assert Client().post(link_in(outbox[0])).status_code == 410
    assert log_length(makegood) == before


def test_the_link_is_one_spelling_and_not_many(makegood: Makegood, outbox: list):
    Client().post(PATH, STORY)
    link = link_in(outbox[0])
    assert Client().post(link).status_code == 200
    before = log_length(makegood)
    for other in (f"{link}~", f"{link}=", f"{link}!!!!", f"{link[:20]}%20{link[20:]}"):
        assert Client().post(other).status_code == 404
    assert log_length(makegood) == before


def test_nobody_else_reads_the_story_in_the_link(makegood: Makegood, outbox: list):
    Client().post(PATH, STORY)
    token = link_in(outbox[0]).removeprefix("/told/")
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)  # no mark that a mail program would cut off
    parts = [token, *token.split(".")]
    packed = [urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts]
    opened = b"".join(packed + [_unpacked(content) for content in packed])
    assert b"ana@example.org" not in opened
    assert b"closed" not in opened


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompress(content)
    except zlib.error:
        return b""


def test_a_link_sealed_for_another_purpose_opens_nothing():
    sealed = Sealed(b"k" * 32, "tell").seal(["a"], NOW_MS)
    assert Sealed(b"k" * 32, "tell").open(sealed, NOW_MS, 1, list) == ["a"]
    for other in (Sealed(b"k" * 32, "other"), Sealed(b"l" * 32, "tell")):
        with pytest.raises(LinkForged):
            other.open(sealed, NOW_MS, 1, list)
    for nonsense in ("", "é", "=", "a" * 300, sealed[:-4]):
        with pytest.raises(LinkForged):
            Sealed(b"k" * 32, "tell").open(nonsense, NOW_MS, 1, list)
    with pytest.raises(LinkExpired):
        Sealed(b"k" * 32, "tell").open(sealed, NOW_MS + 2, 1, list)


def test_one_recipient_gets_no_more_than_three_mails_a_day(makegood: Makegood, outbox: list):
    statuses = [
        Client().post(PATH, STORY, REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(5)
    ]
    assert statuses == [200, 200, 200, 429, 429]
    assert len(outbox) == 3


def test_one_address_may_tell_no_more_than_six_times_an_hour(makegood: Makegood, outbox: list):
    statuses = [
        Client().post(PATH, {**STORY, "email": f"u{n}@example.org"}).status_code for n in range(8)
    ]
    assert statuses == [200] * 6 + [429] * 2


@pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"email": ""}, {"words": " "}])
def test_what_is_missing_is_said_and_what_was_written_is_kept(
    makegood: Makegood, outbox: list, wrong: dict[str, str]
):
    answer = Client().post(PATH, {**STORY, **wrong})
    assert answer.status_code == 422
    assert 'value="R7"' in answer.content.decode()
    assert outbox == []


def test_a_program_that_fills_every_field_sends_no_mail(makegood: Makegood, outbox: list):
    answer = Client().post(PATH, {**STORY, "website": "http://spam.example"})
    assert "Please look into your mailbox" in words_of(answer)
    assert outbox == []


def test_a_brand_we_do_not_have_is_not_found(makegood: Makegood):
    assert Client().get("/tell/nobody").status_code == 404


def test_the_address_is_not_a_way_to_write_other_headers(makegood: Makegood, outbox: list):
    answer = Client().post(PATH, {**STORY, "email": "a@example.org\nBcc: b@example.org"})
    assert answer.status_code == 422
    assert outbox == []


def test_a_mail_server_that_refuses_leaves_no_address_in_the_log_of_the_server(
    makegood: Makegood, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    from django.core.mail import EmailMessage

    def refuse(message: EmailMessage) -> int:
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    assert Client().post(PATH, STORY).status_code == 503
    assert "SMTPRecipientsRefused" in caplog.text
    assert "ana@example.org" not in caplog.text


def test_a_sentence_where_the_booking_belongs_stays_out_of_the_log(
    makegood: Makegood, outbox: list
):
    Client().post(PATH, {**STORY, "about": "Ana Ruiz +1 212 555 0100", "email": "eve@example.org"})
    Client().post(link_in(outbox[0]))
    with makegood.store.reading() as reading:
        events = [event for _, event in reading.log(0, 50)]
        texts = reading.texts([event.body.words for event in events if event.body.words])
    assert "Ana Ruiz" not in repr(events)
    assert "Ana Ruiz +1 212 555 0100: The desk was closed." in texts.values()


def test_signs_that_no_store_keeps_are_left_out(makegood: Makegood, outbox: list):
    words = "The\x00 desk\x1b was\x08 closed."
    assert Client().post(PATH, {**STORY, "words": words}).status_code == 200
    Client().post(link_in(outbox[0]))
    with makegood.store.reading() as reading:
        ((_, event),) = reading.log(0, 50)[-1:]
        assert reading.texts([event.body.words])[event.body.words] == "The desk was closed."
