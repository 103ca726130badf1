"""Kinds of mail: seen, counted, shown without anybody's data, and said what they are."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.gate.mail_reading import Envelope
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from tests.unit.gate.mail_kinds_world import (
    CHEERY,
    CONFIRMATION,
    FROM,
    kinds,
    mail,
    strange,
    to,
)


def test_the_cheery_mail_of_the_next_morning_is_held_and_its_confirmation_is_not():
    """The named test: sent one at a time, without List-Unsubscribe, by a booking system."""
    knows = kinds()
    for guest in range(3):
        cheery = knows.classify(mail(CHEERY, guest, "Good morning, {0}!"), recipients=to(guest))
        confirmed = knows.classify(
            mail(CONFIRMATION, guest, "Your booking NW10{1}"), recipients=to(guest)
        )
        assert cheery.message_class in HELD_CLASSES
        assert confirmed.message_class is MessageClass.SERVICE
        assert cheery.brand == confirmed.brand == "northwind_cars"
        assert cheery.kind != confirmed.kind


APOLOGIES = [
    (
        "We are sorry about your missing car",
        "as an apology this voucher takes 15 % off your next rental.\nCase number C{1}.",
    ),
    (
        "We are sorry",
        "we apologise that your car was missing. Your refund is on its way.\n--\n"
        "Join our club and save 10 % on your next rental!",
    ),
    (
        "Wir bitten um Entschuldigung",
        "Ihr Auto war nicht da. Wir geben Ihnen 15 % Rabatt auf Ihre n\xe4chste Miete.",
    ),
    (
        "Pedimos disculpas",
        "su coche no estaba. Le regalamos un 15 % de descuento en su pr\xf3ximo alquiler.",
    ),
]


@pytest.mark.parametrize(("subject", "text"), APOLOGIES)
def test_an_apology_is_not_stopped_for_what_it_gives(subject, text):
    found = kinds().classify(mail(f"Dear {{0}},\n\n{text}\n", 0, subject), recipients=to(0))
    assert found.message_class not in HELD_CLASSES


def test_mails_of_one_template_are_one_kind_and_counted_together():
    store, clock = MemoryStore(), FakeClock()
    knows = kinds(store, clock)
    names = {strange(knows, guest).kind for guest in range(4)}
    assert len(names) == 1
    knows.tend()
    with store.reading() as reading:
        row = reading.mail_kind(names.pop())
    assert row is not None
    assert (row.mails, row.recipients, row.brand, row.waits) == (4, 4, "northwind_cars", True)


@pytest.mark.parametrize(
    "name",
    [
        "Northwind",
        "=?utf-8?q?Northwind=2C_Inc=2E?=",
        "Northwind, Inc.",
        "M\xfcller, Anna",
        "Home @ N",
    ],
)
def test_the_brand_is_known_by_its_address_whatever_name_stands_beside_it(name):
    lines = f"From: {name} <offers@news.cars.northwind.example.com>", "Subject: Hello", "", "New."
    content = "\r\n".join(lines).encode()
    found = kinds().classify(content, mail_from="bounce@mailer.example", recipients=to(0))
    assert (found.message_class, found.brand) == (MessageClass.PROMOTIONAL, "northwind_cars")


def test_a_text_part_that_only_sends_readers_elsewhere_does_not_speak_for_the_mail():
    page = "<p>Save up to 30 % on your next rental! Join our club.</p>" + "<p>A fine car.</p>" * 20
    made = EmailMessage(policy=SMTP)
    made["From"], made["Subject"] = FROM, "Good morning"
    made.set_content(
        "This message was sent as a page, which your program does not show. Please open the "
        "following address in your browser to read it: https://cars.example/view/1234\n"
    )
    made.add_alternative(page, subtype="html")
    found = kinds().classify(made.as_bytes(), recipients=to(0))
    assert found.message_class is MessageClass.PROMOTIONAL


def test_a_text_part_that_tells_what_the_page_tells_is_read_alone():
    made = EmailMessage(policy=SMTP)
    made["From"], made["Subject"] = FROM, "Your booking is confirmed"
    made.set_content(CONFIRMATION.format("Anna", 1, 3))
    made.add_alternative("<p>Save up to 30 % off. Join our club.</p>", subtype="html")
    found = kinds().classify(made.as_bytes(), recipients=to(0))
    assert found.message_class is MessageClass.SERVICE


def test_a_mail_that_names_a_thousand_recipients_is_read_as_well():
    names = ",\r\n ".join(f"Guest Number {n} <guest.number.{n}@example.org>" for n in range(1500))
    lines = (
        f"From: {FROM}",
        f"To: {names}",
        "List-Id: <news.example>",
        "Subject: Hello",
        "",
        "New.",
    )
    found = kinds().classify("\r\n".join(lines).encode(), recipients=to(0))
    assert found.message_class is MessageClass.PROMOTIONAL


def test_no_mail_waits_for_the_store():
    store = MemoryStore()
    knows = kinds(store)
    strange(knows, 0)
    before = store.syncs()
    for guest in (1, 2, 3):
        strange(knows, guest)
    assert store.syncs() == before
    knows.tend()
    assert store.syncs() == before + 1


def test_the_example_shows_what_two_people_were_sent_and_nothing_of_either():
    store = MemoryStore()
    knows = kinds(store)
    texts = ("Dear {0}, we met at the zoo with your aunt mathilda and her poodle.",
             "Dear {0}, we met at the zoo with your friend otto and his poodle.")  # fmt: skip
    first = knows.classify(mail(texts[0], 0, "For {0}"), recipients=to(0))
    knows.tend()
    with store.reading() as reading:
        alone = reading.mail_kind(first.kind)
    assert alone is not None
    assert (alone.subject, alone.example) == ("", ""), "one person's mail is nobody else's to read"
    second = knows.classify(mail(texts[1], 1, "For {0}"), recipients=to(1))
    knows.tend()
    with store.reading() as reading:
        shown = reading.mail_kind(second.kind)
    assert shown is not None
    said = f"{shown.subject} {shown.example}"
    if first.kind == second.kind:
        assert "zoo" in said
    for word in ("anna", "bert", "mathilda", "otto"):
        assert word not in said


def test_two_mails_to_one_person_show_nothing_of_them():
    store = MemoryStore()
    knows = kinds(store)
    for _ in range(2):
        strange(knows, 0)
    knows.tend()
    with store.reading() as reading:
        (row,) = reading.mail_kinds()
    assert (row.mails, row.subject, row.example) == (2, "", "")


def test_a_template_with_one_weak_sign_has_a_class_once_many_had_it():
    store = MemoryStore()
    knows = kinds(store)
    weak = "Dear {0}, {1} {2} the new cars of this summer are here. What did you think?"
    classes = [
        knows.classify(mail(weak, n % 4, "Hello"), recipients=[f"p{n}@example.org"])
        for n in range(12)
    ]
    assert classes[0].message_class is None
    assert classes[-1].message_class is MessageClass.SURVEY
    assert "the same text for" in classes[-1].says
    knows.tend()
    with store.reading() as reading:
        (row,) = reading.mail_kinds()
    assert (row.message_class, row.waits) == (MessageClass.SURVEY, False)


def test_a_flood_of_letters_is_written_down_little_by_little():
    store = MemoryStore()
    knows = kinds(store)
    for n in range(130):
        word = "".join(chr(97 + int(d)) for d in str(n))
        knows.classify(mail(f"{word}a {word}b {word}c {word}d", 0, f"about {word}"))
    knows.tend()
    with store.reading() as reading:
        assert len(reading.mail_kinds(limit=500)) == 100
    knows.tend()
    with store.reading() as reading:
        assert len(reading.mail_kinds(limit=500)) == 130


class _Full(MemoryStore):
    """A store whose disk is full for a while."""

    full = False

    def writing(self):
        if self.full:
            raise OSError("no space left")
        return super().writing()


def test_counts_that_could_not_be_written_are_counted_the_next_time():
    store = _Full()
    knows = kinds(store)
    found = strange(knows, 0)
    store.full = True
    with pytest.raises(OSError, match="no space"):
        knows.tend()
    strange(knows, 1)
    store.full = False
    knows.tend()
    with store.reading() as reading:
        row = reading.mail_kind(found.kind)
    assert row is not None
    assert row.mails == 2


def test_recipients_whom_a_hold_would_have_spared_are_counted():
    store = MemoryStore()
    knows = kinds(store)
    found = strange(knows, 0)
    knows.note_held(found, 1)
    knows.tend()
    with store.reading() as reading:
        assert [row.held for row in reading.mail_kinds()] == [1]


def test_mails_that_a_rule_classes_are_counted_for_the_rule_and_their_text_is_not_read():
    store = MemoryStore()
    knows = kinds(store)
    for guest in range(2):
        found = knows.classify(
            mail(CONFIRMATION, guest, "x"), recipients=to(guest), user="campaigns-cars"
        )
        assert (found.by, found.rule) == ("rule", "campaign_tool")
    knows.tend()
    with store.reading() as reading:
        (row,) = reading.mail_kinds()
    assert (row.mails, row.message_class, row.example) == (2, MessageClass.PROMOTIONAL, "")


def test_trying_a_mail_counts_nothing_and_says_the_same():
    store = MemoryStore()
    knows = kinds(store)
    content = mail(CHEERY, 0, "Good morning")
    tried = knows.peek(content, Envelope(recipients=to(0)))
    knows.tend()
    with store.reading() as reading:
        assert reading.mail_kinds() == ()
    assert tried == knows.classify(content, recipients=to(0))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n\r\n",
        b"no header at all",
        b"From: \xff\xfe\r\nSubject: =?utf-8?b?!!!?= =?x-nobody?q?a?=\r\n\r\n\xff\xfe\x00",
        b"Content-Type: text/plain; charset=x-nobody\r\n\r\nhow was your stay",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nnever ends",
        b"From: " + b"(" * 4000 + b"\r\nTo: " + b"(" * 4000 + b"\r\n\r\nhello",
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
            for n in range(2_500)
        ),
        b"Content-Type: text/html\r\n\r\n" + b"<style" * 40_000,
        b"Content-Type: text/html\r\n\r\n" + b"<" * 200_000,
        b"Content-Type: text/plain\r\n\r\n" + b"how was " * 100_000,
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"A" * 300_000,
        b"".join(b"X-%d: y\r\n" % n for n in range(20_000)) + b"\r\nhello",
        b"Subject: " + b"a" * 200_000 + b"\r\n\r\nhello",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 2_000,
    ],
)
def test_no_mail_is_so_broken_or_hostile_that_it_cannot_be_judged(content):
    found = kinds().classify(content, mail_from="", recipients=[])
    assert found.says


@given(st.binary(max_size=400), st.text(max_size=20))
def test_any_bytes_have_an_answer(content, sender):
    assert kinds().classify(content, mail_from=sender, recipients=[sender]).says
