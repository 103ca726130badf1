"""Letters on the desk: read, answered, undone, made a failure; and what came with them."""

import re
from pathlib import Path

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import CustomerId, ProfileId
from makegood.messages.triage_facts import Triaged
from makegood.ports.triage import TriageRow
from makegood.testing.clock import FakeClock
from tests.unit.desk.browsing import questions, words_of

EML = Path("tests/mails/eml")


def taken(makegood: Makegood, name: str) -> CustomerId:
    return makegood.post.room.take((EML / f"{name}.eml").read_bytes()).customer


@pytest.fixture
def ana(makegood: Makegood) -> str:
    return f"/desk/customers/{taken(makegood, 'letter_en')}"


def latest(client: Client, at: str) -> str:
    shown = client.get(at).content.decode()
    found = re.search(r'id="letter-([0-9a-f]{32})"', shown)
    assert found is not None
    return f"{at}/letters/{found[1]}"


def brand(makegood: Makegood) -> str:
    return next(iter(makegood.book.brands))


def test_a_letter_is_read_and_answered_and_the_answer_undone(
    makegood: Makegood, clock: FakeClock, kathy: Client, ana: str
) -> None:
    assert "there was no car for me at the airport" in words_of(kathy.get(ana))
    letter = latest(kathy, ana)
    form = {"text": "Your car is on its way.", "brand": brand(makegood), "token": "t1"}
    assert kathy.post(f"{letter}/reply", form).status_code == 302
    shown = words_of(kathy.get(ana))
    assert "Your car is on its way." in shown
    assert "on its way" in shown
    assert "Undo" in shown
    undo = latest(kathy, ana)
    assert kathy.post(f"{undo}/undo", {"token": "t2"}).status_code == 302
    shown = words_of(kathy.get(ana))
    assert "taken back" in shown
    assert 'hx-swap="innerHTML">Your car is on its way.' in kathy.get(ana).content.decode()
    clock.advance(1_000)
    kathy.post(f"{letter}/reply", {**form, "token": "t3"})
    clock.advance(20_000)
    late = kathy.post(f"{latest(kathy, ana)}/undo", {"token": "t4"})
    assert late.status_code == 422
    assert "on its way already" in words_of(late)


def test_beside_the_name_that_a_sender_gives_themselves_stands_their_address(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    raw = (EML / "letter_en.eml").read_bytes()
    named = raw.replace(b"Ana Example", b"Kathy of the airline", 1)
    assert named != raw
    makegood.post.room.take(named.replace(b"Message-ID: <", b"Message-ID: <x", 1))
    shown = kathy.get(ana).content.decode()
    heads = re.findall(r'<p class="row"><b>Kathy of the airline</b>(.*?)</p>', shown)
    assert heads
    assert all('<span class="soft">ana@example.com</span>' in one for one in heads)


def test_an_empty_answer_says_what_is_missing(makegood: Makegood, kathy: Client, ana: str) -> None:
    answer = kathy.post(f"{latest(kathy, ana)}/reply", {"text": " ", "brand": brand(makegood)})
    assert answer.status_code == 422
    assert "There is nothing in the answer yet." in words_of(answer)


def test_a_draft_is_kept_and_others_see_that_somebody_writes(
    clock: FakeClock, kathy: Client, omar: Client, ana: str
) -> None:
    letter = latest(kathy, ana)
    assert "writing" not in words_of(kathy.post(f"{letter}/draft", {"text": "Dear Ana"}))
    assert "Kathy Moreno is writing" in words_of(omar.post(f"{letter}/draft", {"text": "H"}))
    assert "Dear Ana" in kathy.get(ana).content.decode()
    assert "Dear Ana" not in omar.get(ana).content.decode()
    clock.advance(30_000)
    assert "is writing" not in words_of(omar.get(ana))


def test_a_draft_that_was_deleted_does_not_come_back(kathy: Client, ana: str) -> None:
    letter = latest(kathy, ana)
    kathy.post(f"{letter}/draft", {"text": "Dear Ana"})
    kathy.post(f"{letter}/draft", {"text": ""})
    assert "Dear Ana" not in kathy.get(ana).content.decode()


def test_letters_stand_on_the_case_page_and_lead_back_to_it(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    letter = latest(kathy, ana)
    case = kathy.post(f"{letter}/failure")["Location"]
    for look in (case, f"{case}?fragment=1"):
        shown = kathy.get(look, headers={"HX-Request": "true"})
        assert "there was no car for me at the airport" in words_of(shown)
        assert f'name="case" value="{case.rpartition("/")[2]}"' in shown.content.decode()
    named = {"case": case.rpartition("/")[2], "brand": brand(makegood)}
    empty = kathy.post(f"{letter}/reply", {**named, "text": " ", "token": "t1"})
    assert empty.status_code == 422
    assert "There is nothing in the answer yet." in words_of(empty)
    assert "Plan B" in words_of(empty)
    done = kathy.post(f"{letter}/reply", {**named, "text": "We come.", "token": "t2"})
    assert done["Location"] == f"{case}#letters"
    assert "Undo" in words_of(kathy.get(case))
    undone = kathy.post(f"{latest(kathy, ana)}/undo", {**named, "token": "t3"})
    assert undone["Location"] == f"{case}#letters"


def test_a_form_leads_nowhere_else_than_to_a_page_of_the_desk(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    letter = latest(kathy, ana)
    form = {"text": "We come.", "brand": brand(makegood), "token": "t1"}
    done = kathy.post(f"{letter}/reply", {**form, "case": "//example.org/x"})
    assert done["Location"] == f"{ana}#letters"
    wrong = kathy.post(f"{letter}/reply", {"text": "", "case": "nobodys", "token": "t2"})
    assert wrong.status_code == 404


def test_the_case_page_asks_the_store_no_more_for_many_letters(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    case = kathy.post(f"{latest(kathy, ana)}/failure")["Location"]
    few = questions(makegood, kathy, case)
    raw = (EML / "letter_en.eml").read_bytes()
    for n in range(8):
        makegood.post.room.take(raw.replace(b"<a1@", f"<n{n}@".encode()))
    assert questions(makegood, kathy, case) == few


def test_one_key_makes_a_letter_a_failure_once(
    makegood: Makegood, kathy: Client, omar: Client, ana: str
) -> None:
    letter = latest(kathy, ana)
    assert kathy.post(f"{letter}/failure")["Location"].startswith("/desk/cases/")
    assert omar.post(f"{letter}/failure")["Location"].startswith("/desk/cases/")
    with makegood.store.reading() as reading:
        bodies = [event.body for _, event in reading.log(0, 999)]
    (raised,) = [one for one in bodies if isinstance(one, FailureRaised)]
    assert raised.by == "kathy"


def test_what_came_with_a_letter_is_saved_and_never_opened(
    makegood: Makegood, kathy: Client
) -> None:
    at = f"/desk/customers/{taken(makegood, 'html_only')}"
    letter = latest(kathy, at)
    assert "1 picture from elsewhere" in words_of(kathy.get(at))
    page = kathy.get(f"{letter}/page")
    policy = page["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert "default-src 'none'" in policy
    shown = page.content.decode()
    assert "track.example" not in shown
    found = re.search(r'src="([^"]+shown=1)"', shown)
    assert found is not None
    picture = kathy.get(found[1])
    assert picture["Content-Type"] == "image/png"
    assert picture["X-Content-Type-Options"] == "nosniff"
    saved = kathy.get(found[1].partition("?")[0])
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"] == 'attachment; filename="car.png"'
    assert kathy.get(f"{letter}/files/{'0' * 64}").status_code == 404


def test_a_picture_that_is_none_is_only_saved(makegood: Makegood, kathy: Client) -> None:
    raw = (EML / "html_only.eml").read_bytes().replace(b"iVBORw0KGgo", b"PHNjcmlwdD4")
    at = f"/desk/customers/{makegood.post.room.take(raw).customer}"
    letter = latest(kathy, at)
    found = re.search(r'src="([^"]+shown=1)"', kathy.get(f"{letter}/page").content.decode())
    assert found is not None
    assert kathy.get(found[1])["Content-Disposition"].startswith("attachment")


def test_nobody_reaches_a_letter_through_another_customer(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    other = f"/desk/customers/{taken(makegood, 'reply_es')}"
    letter = latest(kathy, ana).rpartition("/")[2]
    for what in ("page", f"files/{'0' * 64}"):
        assert kathy.get(f"{other}/letters/{letter}/{what}").status_code == 404
    for what in ("reply", "undo", "failure", "draft"):
        form = {"text": "x", "brand": brand(makegood)}
        assert kathy.post(f"{other}/letters/{letter}/{what}", form).status_code == 404


@pytest.mark.parametrize("name", ["html_only", "auto_reply"])
def test_a_letter_to_another_brand_does_not_exist(
    makegood: Makegood, kathy: Client, vera: Client, ana: str, name: str
) -> None:
    cars = makegood.book.brands["northwind_cars"].sender
    raw = (EML / f"{name}.eml").read_bytes().replace(b"help@cars.example", cars.encode())
    customer = makegood.post.room.take(raw).customer
    with makegood.store.reading() as reading:
        found = reading.letters_of([ProfileId(customer)])
    (letter,) = [one for one in found if one.brand == "northwind_cars"]
    one = f"/desk/customers/{customer}/letters/{letter.letter}"
    files = [f"{one}/files/{file.digest}" for file in letter.files]
    for path in (f"{one}/page", *files):
        assert (kathy.get(path).status_code, vera.get(path).status_code) == (200, 404)
    for act in ("reply", "undo", "failure", "draft"):
        form = {"text": "x", "brand": "northwind_vans"}
        assert vera.post(f"{one}/{act}", form).status_code == 404
    assert letter.letter not in vera.get(f"/desk/customers/{customer}").content.decode()


def test_letters_are_paged(makegood: Makegood, clock: FakeClock, kathy: Client) -> None:
    raw = (EML / "letter_en.eml").read_bytes()
    for n in range(12):
        clock.advance(1_000)
        at = makegood.post.room.take(raw.replace(b"R-7", f"R-{n:03}".encode())).customer
    first = kathy.get(f"/desk/customers/{at}")
    assert first.content.decode().count('<article class="letter"') == 10
    more = re.search(r'href="([^"]+after=[^"]+)"', first.content.decode())
    assert more is not None
    second = kathy.get(more[1])
    assert second.content.decode().count('<article class="letter"') == 2
    assert "R-001" in words_of(second)


def test_a_letter_of_an_unknown_address_in_the_conversation_says_so(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    raw = (EML / "reply_en.eml").read_bytes().replace(b"<c1@cars.example>", b"<a1@example.com>")
    makegood.post.room.take(raw.replace(b"ana@example.com", b"other@example.com"))
    assert "from other@example.com, an address we did not know" in words_of(kathy.get(ana))


def test_an_answer_that_is_led_elsewhere_says_so(makegood: Makegood, kathy: Client) -> None:
    raw = b"Reply-To: thief@example.net\r\n" + (EML / "letter_en.eml").read_bytes()
    at = f"/desk/customers/{makegood.post.room.take(raw).customer}"
    shown = words_of(kathy.get(at))
    assert "asks to be answered at thief@example.net, an address we did not know" in shown


def test_each_conversation_has_its_own_draft(makegood: Makegood, kathy: Client, ana: str) -> None:
    first = latest(kathy, ana)
    raw = (EML / "letter_en.eml").read_bytes().replace(b"<a1@", b"<a5@")
    makegood.clock.advance(1_000)
    makegood.post.room.take(raw)
    second = latest(kathy, ana)
    assert first != second
    kathy.post(f"{first}/draft", {"text": "About the car"})
    kathy.post(f"{second}/draft", {"text": "About the van"})
    shown = kathy.get(ana).content.decode()
    assert 'hx-swap="innerHTML">About the car' in shown
    assert 'hx-swap="innerHTML">About the van' in shown
    form = {"text": "About the van.", "brand": brand(makegood), "token": "t1"}
    assert kathy.post(f"{second}/reply", form).status_code == 302
    shown = kathy.get(ana).content.decode()
    assert 'hx-swap="innerHTML">About the car' in shown
    assert 'hx-swap="innerHTML">About the van' not in shown


def test_what_a_model_read_is_shown_and_a_person_agrees_or_corrects(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    at = latest(kathy, ana)
    letter = at.rpartition("/")[2]
    said = Triaged(letter=letter, kind="not_working", sure=912, verdict="ask", failure="other")
    profile = ProfileId(ana.rpartition("/")[2])
    with makegood.store.writing() as writing:
        row = TriageRow(letter=letter, profile=profile, said=said, words=("car",))
        writing.put_triaged(row)
    shown = words_of(kathy.get(ana))
    assert "not working, 91 in 100" in shown
    assert "because of: car" in shown
    assert kathy.post(f"{at}/triage", {"accept": "1"}).status_code == 302
    assert "said by Kathy" in words_of(kathy.get(ana))
    corrected = {"kind": "none", "intent": " a  question ", "urgent": "1"}
    assert kathy.post(f"{at}/triage", corrected).status_code == 302
    kathy.post(f"{at}/triage", {"kind": "<no such kind>"})
    assert kathy.post(f"/desk/customers/nobody/letters/{letter}/triage").status_code == 404
    with makegood.store.reading() as reading:
        (known,) = reading.triage_labels()
    assert (known.kind, known.said, known.rep) == ("not_working", said, "kathy")


def read_as(makegood: Makegood, ana: str, letter: str, said: Triaged) -> None:
    row = TriageRow(letter=letter, profile=ProfileId(ana.rpartition("/")[2]), said=said)
    with makegood.store.writing() as writing:
        writing.put_triaged(row)


def raised(makegood: Makegood, ana: str) -> list[FailureRaised]:
    with makegood.store.reading() as reading:
        events = reading.history(CustomerId(ana.rpartition("/")[2]))
    return [event.body for event in events if isinstance(event.body, FailureRaised)]


def test_who_is_asked_and_agrees_makes_the_failure_that_the_book_names_once(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    at = latest(kathy, ana)
    letter = at.rpartition("/")[2]
    named = next(iter(makegood.book.failures))
    said = Triaged(letter=letter, kind="not_working", sure=700, verdict="ask", failure=named)
    read_as(makegood, ana, letter, said)
    assert "Yes, make it a failure: not working" in words_of(kathy.get(ana))
    for _ in range(2):
        assert kathy.post(f"{at}/triage", {"accept": "1"}).status_code == 302
    assert kathy.post(f"{at}/failure").status_code == 302
    (made,) = raised(makegood, ana)
    assert (made.failure, made.by) == (named, "kathy")


def test_who_agrees_with_what_nobody_asked_opens_nothing_and_corrects_nobody(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    at = latest(kathy, ana)
    letter = at.rpartition("/")[2]
    said = Triaged(letter=letter, kind="lost", sure=400, verdict="nothing", failure="other")
    read_as(makegood, ana, letter, said)
    kathy.post(f"{at}/triage", {"kind": "none", "intent": "a question"})
    kathy.post(f"{at}/triage", {"accept": "1"})  # from a page that was opened before
    assert raised(makegood, ana) == []
    with makegood.store.reading() as reading:
        (known,) = reading.triage_labels()
    assert (known.kind, known.intent) == ("none", "a question")


def test_a_letter_that_opened_its_failure_by_itself_makes_no_second_one(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    at = latest(kathy, ana)
    letter = at.rpartition("/")[2]
    body = FailureRaised(failure="other", brand=brand(makegood))
    customer = CustomerId(ana.rpartition("/")[2])
    makegood.acts.act(customer, body, Asker(), message_id=f"letter/{letter}/opened")
    assert kathy.post(f"{at}/failure").status_code == 302
    assert len(raised(makegood, ana)) == 1
