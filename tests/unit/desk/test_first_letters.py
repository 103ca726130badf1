"""The desk writes first and attaches: drafts, limits, whose it is, safe to save."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.messages.facts import Body, Identified, Linked, Unlinked
from makegood.messages.ids import CustomerId, ProfileId, RepId
from makegood.ports.arrivals import Arrival
from makegood.runtime.intake import body_digest
from makegood.testing.clock import FakeClock
from tests.unit.desk.browsing import questions, words_of

EML = Path("tests/mails/eml")
PAGE = b"<script>alert(1)</script>"


@pytest.fixture
def ana(makegood: Makegood) -> str:
    took = makegood.post.room.take((EML / "letter_en.eml").read_bytes())
    return f"/desk/customers/{took.customer}"


def form(makegood: Makegood, name: str = "t1", **more) -> dict[str, object]:
    written = {
        "to": "ana@example.com", "subject": "Your bags", "text": "We found them.",
        "brand": next(iter(makegood.book.brands)), "token": name,
    }  # fmt: skip
    return written | more


def paper(name: str = "réceipt.html", content: bytes = PAGE) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def files_in(client: Client, at: str) -> list[str]:
    return re.findall(r'name="file" value="([0-9a-f]{32})"', client.get(at).content.decode())


def written_by(makegood: Makegood, at: str) -> list[tuple[str, tuple[str, ...]]]:
    with makegood.store.reading() as reading:
        found = reading.letters_of([ProfileId(at.rpartition("/")[2])])
    return [
        (one.subject, tuple(it.name for it in one.files)) for one in found if one.kind == "answer"
    ]


def test_a_rep_writes_first_and_undoes_it(makegood: Makegood, kathy: Client, ana: str) -> None:
    done = kathy.post(f"{ana}/begin", form(makegood, attach=[paper()]))
    assert done["Location"] == f"{ana}#letters"
    shown = words_of(kathy.get(ana))
    assert "Your bags" in shown
    assert "wrote to the customer" in shown
    letter = re.search(r'action="(\S+/undo)"', kathy.get(ana).content.decode())
    assert letter is not None
    assert files_in(kathy, ana) == []
    assert kathy.post(letter[1], {"token": "t2"}).status_code == 302
    again = kathy.get(ana).content.decode()
    assert 'value="Your bags"' in again
    assert len(files_in(kathy, ana)) == 1
    assert "taken back" in again


def test_the_same_form_twice_is_one_letter(makegood: Makegood, kathy: Client, ana: str) -> None:
    for _ in range(2):
        kathy.post(f"{ana}/begin", form(makegood, attach=[paper()]))
    assert written_by(makegood, ana) == [("Your bags", ("réceipt.html",))]
    assert files_in(kathy, ana) == []


def test_a_draft_keeps_what_is_attached_and_sends_nothing(
    makegood: Makegood, kathy: Client, omar: Client, ana: str
) -> None:
    kathy.post(f"{ana}/begin", form(makegood, attach=[paper()], attaching="1"))
    assert written_by(makegood, ana) == []
    (file,) = files_in(kathy, ana)
    assert files_in(omar, ana) == []
    saved = kathy.get(f"{ana}/attached/{file}")
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment; filename*=utf-8''r%C3%A9ceipt")
    assert saved["X-Content-Type-Options"] == "nosniff"
    assert saved["Content-Security-Policy"].startswith("sandbox")
    assert omar.get(f"{ana}/attached/{file}").status_code == 404
    kathy.post(f"{ana}/begin", form(makegood, file=[file], detach=file))
    assert files_in(kathy, ana) == []
    assert kathy.get(f"{ana}/attached/{file}").status_code == 404


def test_another_s_attachment_goes_with_nobody(
    makegood: Makegood, kathy: Client, omar: Client, ana: str
) -> None:
    kathy.post(f"{ana}/begin", form(makegood, attach=[paper()], attaching="1"))
    (file,) = files_in(kathy, ana)
    refused = omar.post(f"{ana}/begin", form(makegood, file=[file]))
    assert refused.status_code == 422
    assert "is not there any more" in words_of(refused)
    omar.post(f"{ana}/begin", form(makegood, file=[file], detach=file))
    assert files_in(kathy, ana) == [file]


def test_what_was_sent_is_saved_from_the_thread(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    kathy.post(f"{ana}/begin", form(makegood, attach=[paper()]))
    found = re.search(r'href="(\S+/files/[0-9a-f]{64})"', kathy.get(ana).content.decode())
    assert found is not None
    saved = kathy.get(found[1])
    assert saved.content == PAGE
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["X-Content-Type-Options"] == "nosniff"


def test_a_letter_goes_to_an_address_of_theirs_alone(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    for to in ("eve@example.org", "", "ana@example.com\nBcc: eve@example.org"):
        refused = kathy.post(f"{ana}/begin", form(makegood, to=to))
        assert refused.status_code == 422
        assert "Choose an address of theirs." in words_of(refused)
    assert written_by(makegood, ana) == []
    assert "We found them." in kathy.get(ana).content.decode()


def test_a_brand_that_is_not_theirs_is_not_written_for(
    makegood: Makegood, vera: Client, ana: str
) -> None:
    assert vera.post(f"{ana}/begin", form(makegood)).status_code == 404
    assert written_by(makegood, ana) == []


def test_a_customer_of_another_brand_does_not_exist(
    makegood: Makegood, kathy: Client, vera: Client, ana: str
) -> None:
    letter = re.search(r'id="letter-([0-9a-f]{32})"', kathy.get(ana).content.decode())
    assert letter is not None
    mine = form(makegood)
    kathy.post(f"{ana}/begin", form(makegood, attach=[paper()], attaching="1"))
    kathy.post(f"{ana}/raise", {"failure": "other", "words": "Bags", "brand": mine["brand"],
                                "token": "r"})  # fmt: skip
    (file,) = files_in(kathy, ana)
    for what in ("begin", "begin/draft", "note"):
        assert vera.post(f"{ana}/{what}", mine).status_code == 404
    assert vera.get(f"{ana}/attached/{file}").status_code == 404


def test_more_than_the_book_allows_is_refused_with_the_draft_kept(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    many = [paper(f"{n}.txt", b"%d" % n) for n in range(makegood.book.letters.files + 1)]
    refused = kathy.post(f"{ana}/begin", form(makegood, attach=many))
    assert refused.status_code == 422
    assert "attachments at most" in words_of(refused)
    assert written_by(makegood, ana) == []
    assert len(files_in(kathy, ana)) == makegood.book.letters.files
    assert "We found them." in kathy.get(ana).content.decode()


def test_what_is_far_too_long_is_not_even_read(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    answer = kathy.post(f"{ana}/begin", form(makegood), CONTENT_LENGTH=str(200_000_000))
    assert answer.status_code == 413
    assert written_by(makegood, ana) == []


def test_somebody_else_who_writes_is_named(
    makegood: Makegood, kathy: Client, omar: Client, ana: str
) -> None:
    kathy.post(f"{ana}/begin/draft", form(makegood))
    shown = words_of(omar.post(f"{ana}/begin/draft", form(makegood)))
    assert "Kathy Moreno is writing" in shown


def test_a_canned_reply_is_put_in_and_sent_later(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    canned = re.search(r'id="first-canned".*?<option value="([^"]+)"',
                       kathy.get(ana).content.decode(), re.DOTALL)  # fmt: skip
    assert canned is not None
    kathy.post(f"{ana}/begin", form(makegood, canned=canned[1], insert="1"))
    assert written_by(makegood, ana) == []
    assert "We found them." in kathy.get(ana).content.decode()


def test_from_a_case_it_is_about_the_case(makegood: Makegood, kathy: Client, ana: str) -> None:
    brand = next(iter(makegood.book.brands))
    kathy.post(f"{ana}/raise", {"failure": "other", "words": "Bags", "brand": brand, "token": "r"})
    with makegood.store.reading() as reading:
        (case,) = reading.cases_of([CustomerId(ana.rpartition("/")[2])])
    done = kathy.post(f"{ana}/begin", form(makegood, case=case.case))
    assert done["Location"] == f"/desk/cases/{case.case}#letters"
    assert "Your bags" in words_of(kathy.get(f"/desk/cases/{case.case}"))
    assert kathy.post(f"{ana}/begin", form(makegood, "t5", case="nobodys")).status_code == 404


def test_the_page_asks_the_store_no_more_for_many_attachments(
    makegood: Makegood, kathy: Client, clock: FakeClock, ana: str
) -> None:
    few = questions(makegood, kathy, ana)
    for n in range(3):
        clock.advance(1_000)
        papers = [paper(f"{n}{k}.txt", b"%d%d" % (n, k)) for k in range(3)]
        kathy.post(f"{ana}/begin", form(makegood, f"s{n}", attach=papers))
    more = [paper(f"d{k}.txt", b"d%d" % k) for k in range(3)]
    kathy.post(f"{ana}/begin", form(makegood, "d", attach=more, attaching="1"))
    assert questions(makegood, kathy, ana) == few


def test_a_page_that_is_still_open_keeps_nothing_of_somebody_who_was_erased(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    """It sends what is written by itself, a second after each key."""
    kathy.post(f"{ana}/begin/draft", form(makegood))
    makegood.erasing.person("email:ana@example.com")
    kathy.post(f"{ana}/begin/draft", form(makegood))
    kathy.post(f"{ana}/begin", form(makegood, attach=[paper()], attaching="1"))
    kathy.post(f"{ana}/begin", form(makegood, attach=[paper()]))
    with makegood.store.reading() as reading:
        own = [ProfileId(ana.rpartition("/")[2])]
        assert reading.jottings_of(own) == ()
        assert reading.attached_of(own) == ()
    assert list(makegood.post.files.names()) == []


def says(makegood: Makegood, who: str, body: Body, name: str, email: str = "") -> None:
    makegood.intake.take([Arrival(
        source="desk", message_id=name, identifier=who, time_ms=makegood.clock.now_ms(),
        body=body, body_digest=body_digest(body), lookups=(f"email:{email}",) if email else (),
    )])  # fmt: skip


@pytest.mark.parametrize("order", [("user:ana", "user:ben"), ("user:ben", "user:ana")])
def test_a_letter_is_whose_address_it_went_to_when_the_linked_are_parted(
    makegood: Makegood, kathy: Client, clock: FakeClock, order: tuple[str, str]
) -> None:
    profiles = [makegood.intake.profile(one) for one in order]
    for n, who in enumerate(order):
        says(makegood, who, Identified(), f"k{n}", f"{who[5:]}@example.com")
    says(makegood, order[0], Linked(other=profiles[1]), "link")
    with makegood.store.reading() as reading:
        at = f"/desk/customers/{reading.customers_of(profiles)[profiles[0]]}"
    ben = form(makegood, to="ben@example.com")
    kathy.post(f"{at}/begin", ben | {"attach": [paper()]})
    undo = re.search(r'action="(\S+/undo)"', kathy.get(at).content.decode())
    assert undo is not None
    kathy.post(undo[1], {"token": "t2"})
    (file,) = files_in(kathy, at)
    for _ in range(2):  # a double click
        sent = kathy.post(f"{at}/begin", ben | {"token": "t3", "file": [file]})
        assert sent.status_code == 302
    assert files_in(kathy, at) == []
    clock.advance(1_000)
    says(makegood, order[0], Unlinked(other=profiles[1], by=RepId("kathy")), "part")
    with makegood.store.reading() as reading:
        for who, profile in zip(order, profiles, strict=True):
            letters = reading.letters_of([profile])
            assert {one.sender for one in letters} <= {f"{who[5:]}@example.com"}
            assert len(letters) == (2 if who == "user:ben" else 0)
            assert len(reading.attached_of([profile])) == (who == "user:ben")


def test_what_was_begun_since_stands_below_what_is_undone(
    makegood: Makegood, kathy: Client, ana: str
) -> None:
    kathy.post(f"{ana}/begin", form(makegood))
    undo = re.search(r'action="(\S+/undo)"', kathy.get(ana).content.decode())
    assert undo is not None
    kathy.post(f"{ana}/begin/draft", form(makegood, text="And one more thing."))
    for _ in range(2):  # a double click
        kathy.post(undo[1], {"token": "t2"})
    with makegood.store.reading() as reading:
        (row,) = reading.jottings_of([ProfileId(ana.rpartition("/")[2])])
    assert row.text == "We found them.\n\nAnd one more thing."
