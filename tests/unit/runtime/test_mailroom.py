"""A mail becomes an event of the right customer, once, and nothing of it is lost or shared."""

from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood, open_makegood
from makegood.messages.errors import InputError
from makegood.messages.facts import Dropped, FailureRaised, GotInTouch
from makegood.messages.ids import CustomerId, ProfileId, RepId
from makegood.ports.rows import RepRow
from makegood.settings import Settings
from makegood.testing.clock import FakeClock

EML = Path("tests/mails/eml")
NOON_MS = 1_795_694_400_000  # 26 November 2026


@pytest.fixture
def makegood():
    settings = Settings(database="memory:", key=b"k" * 32)
    it = open_makegood(settings, clock=FakeClock(NOON_MS))
    yield it
    it.close()


def taken(it: Makegood, name: str, **changed: str):
    raw = (EML / f"{name}.eml").read_bytes()
    sender = it.book.brands[next(iter(it.book.brands))].sender
    domain = sender.rpartition("@")[2]
    raw = raw.replace(b"help@cars.example", sender.encode())
    raw = raw.replace(b"front@cars.example", f"front@{domain}".encode())
    for old, new in changed.items():
        raw = raw.replace(old.encode(), new.encode())
    return it.post.room.take(raw)


def history(it: Makegood, customer: CustomerId):
    with it.store.reading() as reading:
        return [event.body for event in reading.history(customer)]


def letters(it: Makegood, customer: CustomerId):
    with it.store.reading() as reading:
        return reading.letters_of([ProfileId(customer)], limit=99)


def texts(it: Makegood, *refs: str):
    with it.store.reading() as reading:
        return reading.texts(refs)


def test_a_letter_is_an_event_of_its_writer_and_somebody_answers(makegood: Makegood) -> None:
    took = taken(makegood, "letter_en")
    assert took.became == "taken"
    (wrote,) = [one for one in history(makegood, took.customer) if isinstance(one, GotInTouch)]
    assert (wrote.channel, wrote.brand) == ("mail", next(iter(makegood.book.brands)))
    assert "there was no car" in texts(makegood, wrote.words)[wrote.words]
    (letter,) = letters(makegood, took.customer)
    assert (letter.sender, letter.thread) == ("ana@example.com", wrote.thread)


def test_the_same_letter_counts_once_and_another_text_under_its_id_is_not_lost(
    makegood: Makegood,
) -> None:
    first = taken(makegood, "letter_en")
    again = taken(makegood, "letter_en")
    assert (again.became, again.why) == ("known", "It came before.")
    assert (again.customer, again.thread) == (first.customer, first.thread)
    other = taken(makegood, "letter_en", two="nine")
    assert (other.became, other.customer) == ("taken", first.customer)
    wrote = [one for one in history(makegood, first.customer) if isinstance(one, GotInTouch)]
    assert len(wrote) == 2
    assert len(letters(makegood, first.customer)) == 2


def test_an_answer_stays_in_its_conversation(makegood: Makegood) -> None:
    first = taken(makegood, "letter_en")
    second = taken(makegood, "reply_en", **{"<c1@cars.example>": "<a1@example.com>"})
    assert second.customer == first.customer
    assert len({one.thread for one in letters(makegood, first.customer)}) == 1


def test_an_answer_from_an_unknown_address_is_filed_with_its_conversation(
    makegood: Makegood,
) -> None:
    first = taken(makegood, "letter_en")
    answered = {
        "<c1@cars.example>": "<a1@example.com>",
        "ana@example.com": "husband@example.com",
    }
    second = taken(makegood, "reply_en", **answered)
    assert second.customer == first.customer
    assert letters(makegood, first.customer)[0].sender in (
        "husband@example.com",
        "ana@example.com",
    )


def test_a_known_customer_is_never_filed_with_somebody_elses_conversation(
    makegood: Makegood,
) -> None:
    ana = taken(makegood, "letter_en")
    lucia = taken(makegood, "reply_es")
    again = taken(makegood, "reply_es", **{"<c1@cars.example>": "<a1@example.com>"}, a4="a9")
    assert again.customer == lucia.customer != ana.customer
    assert len(letters(makegood, ana.customer)) == 1


def test_an_automatic_answer_makes_nobody_wait(makegood: Makegood) -> None:
    first = taken(makegood, "letter_en")
    took = taken(makegood, "auto_reply")
    assert (took.became, took.customer) == ("passed over", first.customer)
    assert len([one for one in history(makegood, first.customer)
                if isinstance(one, GotInTouch)]) == 1  # fmt: skip
    assert {one.kind for one in letters(makegood, first.customer)} == {"letter", "automatic"}


def test_a_circle_and_a_newsletter_of_a_stranger_leave_nothing(makegood: Makegood) -> None:
    assert taken(makegood, "loop").became == "passed over"
    assert taken(makegood, "newsletter").became == "passed over"
    with makegood.store.reading() as reading:
        assert reading.counts("log")["log"] == 0


def test_what_nobody_can_file_is_set_aside_with_its_reason(makegood: Makegood) -> None:
    assert taken(makegood, "no_from").became == "set aside"
    assert makegood.post.room.take(b"").became == "set aside"
    with makegood.store.reading() as reading:
        kept = reading.unfit("mail")
    assert any("A letter without a sender" in one.record for one in kept)


def test_a_letter_that_one_of_the_firm_sends_on_opens_a_case(makegood: Makegood) -> None:
    took = taken(makegood, "forwarded_en")
    assert took.became == "taken"
    (raised,) = [one for one in history(makegood, took.customer)
                 if isinstance(one, FailureRaised)]  # fmt: skip
    assert "There was no car for me." in texts(makegood, raised.words)[raised.words]
    with makegood.store.reading() as reading:
        (case,) = reading.cases_of([took.customer])
        assert case.held
        persons = reading.persons(reading.profiles_of([took.customer])[took.customer])
    assert {one.identifier for one in persons.values()} == {"email:ana@example.com"}


def test_a_letter_that_a_customer_sends_on_is_theirs_and_opens_no_case(makegood: Makegood) -> None:
    took = taken(makegood, "forwarded_en", **{"Desk <front@": "Bo <bo@not-"})
    assert took.became == "taken"
    assert not [one for one in history(makegood, took.customer) if isinstance(one, FailureRaised)]


def test_what_is_attached_is_kept_and_goes_with_whoever_is_erased(makegood: Makegood) -> None:
    took = taken(makegood, "html_only")
    (letter,) = letters(makegood, took.customer)
    (photo,) = letter.files
    assert makegood.post.files.get(letter.letter, photo.digest)
    assert makegood.erasing.person("email:ana@example.com").rows
    assert letters(makegood, took.customer) == ()
    assert makegood.post.files.get(letter.letter, photo.digest) is None
    with makegood.store.reading() as reading:
        assert reading.gone_letters(9) == ()


def test_the_files_of_many_letters_go_and_what_a_crash_left_goes_at_a_start(
    makegood: Makegood,
) -> None:
    took = taken(makegood, "html_only")
    (letter,) = letters(makegood, took.customer)
    photo = sha256(b"photo").hexdigest()
    more = [replace(letter, letter=f"{number:032x}") for number in range(250)]
    with makegood.store.writing() as writing:
        for row in more:
            makegood.post.files.put(row.letter, photo, b"photo")
            writing.put_letter(row)
        writing.erase_letters([letter.profile])  # and the process dies
    assert makegood.post.files.get(more[-1].letter, photo) == b"photo"
    makegood.work(lambda: True, lambda _: None)
    with makegood.store.reading() as reading:
        assert reading.gone_letters(9) == ()
    kept = [makegood.post.files.get(row.letter, photo) for row in more]
    assert set(kept) == {None}


def test_a_bounce_ends_the_order_that_sent_the_mail(makegood: Makegood) -> None:
    took = taken(makegood, "forwarded_en")  # opens a case, which writes to the customer
    with makegood.store.reading() as reading:
        profiles = reading.profiles_of([took.customer])[took.customer]
        orders = reading.outbox_of(profiles)
    assert orders
    order = orders[0].command
    assert taken(makegood, "bounce_dsn", c1=str(order.id)).why.endswith("none of ours.")
    with makegood.store.writing() as writing:
        (row,) = [one for one in writing.claim(NOON_MS + 1, 60_000, 99)
                  if one.command.id == order.id]  # fmt: skip
        writing.settle(order.id, row.fence, type(row.status)("done"), NOON_MS)
    assert taken(makegood, "bounce_delayed", c1=str(order.id)).became == "passed over"
    assert taken(makegood, "bounce_dsn", c1=str(order.id)).became == "returned"
    taken(makegood, "bounce_dsn", c1=str(order.id))
    ended = [one for one in history(makegood, took.customer) if isinstance(one, Dropped)]
    assert [(one.command, one.why) for one in ended] == [(order.id, "failed")]
    assert "5.1.1" in ended[0].reason


def test_mail_to_somebodys_own_address_is_for_them(makegood: Makegood) -> None:
    with makegood.store.writing() as writing:
        writing.put_reps((RepRow(rep=RepId("kathy"), name="Kathy", role="rep"),))
    own = makegood.lines.address(RepId("kathy"), "line.example")
    assert makegood.post.is_ours(own)
    assert not makegood.post.is_ours("somebody@line.example")
    raw = (EML / "letter_en.eml").read_bytes().replace(b"help@cars.example", own.encode())
    took = makegood.post.room.take(raw)
    (wrote,) = [one for one in history(makegood, took.customer) if isinstance(one, GotInTouch)]
    assert wrote.to == "kathy"


def test_a_letter_that_was_sent_on_is_answered_to_who_wrote_it(makegood: Makegood) -> None:
    took = taken(makegood, "forwarded_en")
    (letter,) = letters(makegood, took.customer)
    assert (letter.sender, letter.answer_to) == ("ana@example.com", "ana@example.com")
    assert letter.name == "Ana Example"


def test_what_a_machine_wrote_is_of_the_brand_it_came_to(makegood: Makegood) -> None:
    first = taken(makegood, "letter_en")
    taken(makegood, "auto_reply")
    assert {one.brand for one in letters(makegood, first.customer)} == {
        next(iter(makegood.book.brands))
    }


def test_a_mail_of_another_firms_makegood_is_not_lost(makegood: Makegood) -> None:
    foreign = {"From: Cars <": "From: Other <office@other.example>\nX-Was: <"}
    assert taken(makegood, "loop", **foreign).became == "set aside"
    assert taken(makegood, "loop").became == "passed over"


def test_files_of_what_is_set_aside_are_not_left_where_no_erasure_finds_them(
    makegood: Makegood,
) -> None:
    """Taken once, lost from beside the log, and come again to an address that was called off."""
    kathy = RepRow(rep=RepId("kathy"), name="Kathy", role="rep")
    with makegood.store.writing() as writing:
        writing.put_reps((kathy,))
    own = makegood.lines.address(RepId("kathy"), "line.example")
    raw = (EML / "html_only.eml").read_bytes().replace(b"help@cars.example", own.encode())
    took = makegood.post.room.take(raw)
    (letter,) = letters(makegood, took.customer)
    with makegood.store.writing() as writing:
        writing.erase_letters([ProfileId(took.customer)])
        writing.put_reps((replace(kathy, line=1),))
    makegood.post.sweep()
    assert makegood.post.room.take(raw).became == "set aside"
    for one in letter.files:
        assert makegood.post.files.get(letter.letter, one.digest) is None


def test_without_a_folder_what_is_attached_stays_in_the_mail_and_the_letter_says_so(
    tmp_path: Path,
) -> None:
    settings = Settings(database=f"sqlite:///{tmp_path}/mail.db", key=b"k" * 32)
    makegood = open_makegood(settings, clock=FakeClock(NOON_MS))
    raw = (EML / "html_only.eml").read_bytes()
    took = makegood.post.room.take(raw)
    (letter,) = letters(makegood, took.customer)
    assert letter.files == ()
    assert any("stays in the mail itself" in one for one in letter.odd)
    assert makegood.post.room.take(raw).became == "known"
    makegood.close()


def test_a_machines_mail_that_came_before_still_makes_nobody_wait(makegood: Makegood) -> None:
    taken(makegood, "letter_en")
    assert taken(makegood, "auto_reply").became == "passed over"
    assert taken(makegood, "auto_reply").became == "passed over"


def name_of(it: Makegood, customer: CustomerId) -> set[str]:
    with it.store.reading() as reading:
        own = reading.profiles_of([customer])[customer]
        return {one.name for one in reading.persons(own).values()}


def test_a_new_customer_is_called_as_they_call_themselves(makegood: Makegood) -> None:
    took = taken(makegood, "letter_en")
    assert name_of(makegood, took.customer) == {"Ana Example"}
    other = {"Ana Example <": "The Boss <", "<a1@": "<a2@"}
    assert taken(makegood, "letter_en", **other).customer == took.customer
    assert name_of(makegood, took.customer) == {"Ana Example"}


def test_an_address_is_no_name_and_a_better_one_is_never_written_over(makegood: Makegood) -> None:
    took = taken(makegood, "letter_en", **{"Ana Example <": '"boss@example.com" <'})
    assert name_of(makegood, took.customer) == {""}
    profile = ProfileId(took.customer)
    with makegood.store.writing() as writing:
        row = writing.persons([profile])[profile]
        writing.put_persons([replace(row, name="Ana Better")])
    taken(makegood, "letter_en", **{"<a1@": "<a2@"})
    assert name_of(makegood, took.customer) == {"Ana Better"}


ARF = b"""From: reports@provider.example
To: help@cars.example
Subject: FW: Earn money
MIME-Version: 1.0
Message-ID: <f1@provider.example>
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1
Version: 1
--b
Content-Type: message/rfc822

From: help@cars.example
Subject: Hello
Message-ID: <c1@cars.example>

Hello
--b--
"""


def test_a_complaint_of_a_mailbox_provider_is_no_letter_and_a_person_sees_it(
    makegood: Makegood,
) -> None:
    by_a_daemon = ARF.replace(b"This is an", b"Message-ID: <c1@cars.example>\nThis is an")
    by_a_daemon = b"Return-Path: <>\n" + by_a_daemon
    assert makegood.post.room.take(by_a_daemon).became == "set aside"
    assert makegood.post.room.take(ARF).became == "set aside"
    with makegood.store.reading() as reading:
        assert reading.counts("log")["log"] == 0
        kept, _ = reading.unfit("mail")
    assert "called a mail of ours unwanted" in kept.reason


def test_without_a_named_server_nothing_of_it_is_believed(makegood: Makegood) -> None:
    forged = {"From: Desk": "Authentication-Results: mx.cars.example; dmarc=fail\nFrom: Desk"}
    assert taken(makegood, "forwarded_en", **forged).became == "taken"


def test_filing_by_hand_what_stands_with_somebody_takes_nothing_from_them(
    makegood: Makegood,
) -> None:
    took = taken(makegood, "html_only")
    other = taken(makegood, "reply_es")
    raw = (EML / "html_only.eml").read_bytes()
    with pytest.raises(InputError, match="stands with a customer already"):
        makegood.post.room.file(raw, other.customer)
    (letter,) = letters(makegood, took.customer)
    assert all(makegood.post.files.get(letter.letter, one.digest) for one in letter.files)
