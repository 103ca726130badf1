"""The list of mails that nobody could file: why, from whom, when; and what a person does then."""

from pathlib import Path

import pytest

from makegood.bootstrap import Makegood
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.unfit import Unfit
from makegood.runtime.mail_aside import raw_of
from makegood.runtime.receiving import KEEP_MS
from makegood.sources.mail.reading import read_mail
from tests.unit.desk.browsing import CountingStore, words_of

PAGE = "/desk/connections/aside"
EML = Path("tests/mails/eml")
NO_FROM = (EML / "no_from.eml").read_bytes()


def rows(makegood: Makegood) -> tuple[Unfit, ...]:
    with makegood.store.reading() as reading:
        return reading.unfit("mail")


def acts(makegood: Makegood) -> list[str]:
    with makegood.store.reading() as reading:
        return [one.what for one in reading.acts(limit=9) if one.what.startswith("mail.")]


def press(browser, verb: str, row: Unfit, **given: str):
    return browser.post(f"{PAGE}/{verb}", {"mail": row.id, **given}, follow=True)


def known(makegood: Makegood) -> str:
    took = makegood.post.room.take((EML / "letter_en.eml").read_bytes())
    assert took.became == "taken"
    return took.customer


def letters(makegood: Makegood, customer: str):
    with makegood.store.reading() as reading:
        return reading.letters_of([ProfileId(customer)])


def test_each_is_listed_with_why_from_whom_and_what_came(omar, makegood: Makegood) -> None:
    assert "Every mail that came could be filed." in words_of(omar.get(PAGE))
    makegood.post.room.set_aside(b"From: <b>Bo</b> <bo@example.com>\n\nHi <script>", "No idea.")
    makegood.post.room.take(NO_FROM)
    page = omar.get(PAGE)
    text = words_of(page)
    assert "No idea." in text
    assert "Nobody named" in text
    assert "does not say from whom it is" in text
    assert b"<script>" not in page.content.split(b"Hi ")[1][:20]
    assert b"<b>Bo</b>" not in page.content


def test_who_may_not_connect_sees_none_and_does_nothing(kathy, makegood: Makegood) -> None:
    makegood.post.room.take(NO_FROM)
    (row,) = rows(makegood)
    assert kathy.get(PAGE).status_code == 403
    for verb in ("again", "file", "discard"):
        assert press(kathy, verb, row).status_code == 403
    assert rows(makegood) == (row,)


def test_one_is_filed_with_a_customer_and_goes_from_the_list(omar, makegood: Makegood) -> None:
    customer = known(makegood)
    makegood.post.room.take(NO_FROM)
    (row,) = rows(makegood)
    assert "No one customer" in words_of(press(omar, "file", row, customer="nobody@example.com"))
    assert "No one customer" in words_of(press(omar, "file", row, customer="user:9"))
    assert press(omar, "file", row, customer="not an address").status_code == 200
    assert rows(makegood) == (row,)
    page = press(omar, "file", row, customer="ana@example.com")
    assert "A letter without a sender" in words_of(page)
    assert rows(makegood) == ()
    assert len(letters(makegood, customer)) == 2
    assert acts(makegood) == ["mail.filed"]
    assert press(omar, "file", row, customer="ana@example.com").status_code == 404


def test_one_without_a_sender_is_answered_at_the_address_a_person_named(
    omar, makegood: Makegood
) -> None:
    customer = known(makegood)
    makegood.post.room.take(NO_FROM)
    (row,) = rows(makegood)
    press(omar, "file", row, customer=" Ana@Example.com")
    letter = next(one for one in letters(makegood, customer) if not one.sender)
    assert letter.answer_to == "ana@example.com"


def test_one_that_names_nobody_to_answer_to_is_no_letter_to_answer(
    omar, makegood: Makegood
) -> None:
    customer = known(makegood)
    took = makegood.post.room.file(NO_FROM, CustomerId(customer))
    assert took.became == "taken"
    letter = next(one for one in letters(makegood, customer) if not one.sender)
    page = omar.get(f"/desk/customers/{customer}/letters")
    assert f'id="letter-{letter.letter}"' in page.content.decode()
    assert f"{letter.letter}/reply" not in page.content.decode()
    assert "Nobody named" in words_of(page)
    assert f"{letter.letter}/failure" in page.content.decode()
    brand = next(iter(makegood.book.brands))
    path = f"/desk/customers/{customer}/letters/{letter.letter}/reply"
    said = omar.post(path, {"text": "Hello", "brand": brand, "token": "t" * 32}, follow=True)
    assert "names no address" in words_of(said)
    assert not [one for one in letters(makegood, customer) if one.kind == "answer"]


def test_one_that_stands_with_somebody_is_not_filed_with_another(omar, makegood: Makegood) -> None:
    ana = known(makegood)
    lucia = makegood.post.room.take((EML / "reply_es.eml").read_bytes()).customer
    raw = (EML / "letter_en.eml").read_bytes()
    makegood.post.room.set_aside(raw, "By mistake.")
    (row,) = rows(makegood)
    press(omar, "file", row, customer="lucia@example.com")
    assert len(letters(makegood, ana)) == 1
    assert len(letters(makegood, lucia)) == 1
    assert "It was known" in words_of(press(omar, "again", row))
    assert rows(makegood) == ()


def test_one_is_taken_again_or_says_why_not(omar, makegood: Makegood) -> None:
    makegood.post.room.set_aside((EML / "letter_en.eml").read_bytes(), "It could not be taken.")
    (row,) = rows(makegood)
    assert "It was taken" in words_of(press(omar, "again", row))
    assert rows(makegood) == ()
    makegood.post.room.take(NO_FROM)
    (row,) = rows(makegood)
    assert "still cannot be filed" in words_of(press(omar, "again", row))
    assert rows(makegood) == (row,)


def test_one_is_thrown_away_and_it_is_written_who(omar, makegood: Makegood) -> None:
    makegood.post.room.take(NO_FROM)
    (row,) = rows(makegood)
    assert "thrown away" in words_of(press(omar, "discard", row))
    assert press(omar, "discard", row).status_code == 404
    assert rows(makegood) == ()
    assert acts(makegood) == ["mail.discarded"]


LARGE = b"From: a@example.com\nTo: b@example.org\n\n" + b"xyz\n" * 20_000
ODD = b"From: a@example.com\nSubject: \xff\n\nNo text."


@pytest.mark.parametrize("raw", [LARGE, ODD, ODD + b"\0"])
@pytest.mark.parametrize("verb", ["again", "file"])
def test_one_that_is_long_or_no_text_is_kept_whole(
    omar, makegood: Makegood, raw: bytes, verb: str
) -> None:
    known(makegood)
    makegood.post.room.set_aside(raw, "It could not be taken.")
    (row,) = rows(makegood)
    assert raw_of(row, makegood.post.files) == raw
    assert "Only its beginning is kept" not in words_of(omar.get(PAGE))
    press(omar, verb, row, customer="ana@example.com")
    assert rows(makegood) == ()
    with makegood.store.reading() as reading:
        assert reading.letter(read_mail(raw).key) is not None
    assert list(makegood.post.files.names()) == []


@pytest.mark.parametrize("raw", [LARGE, ODD, NO_FROM])
def test_one_is_saved_as_it_came_and_never_shown(
    omar, kathy, makegood: Makegood, raw: bytes
) -> None:
    makegood.post.room.set_aside(raw, "It could not be taken.")
    (row,) = rows(makegood)
    path = f"{PAGE}/{row.id}.eml"
    assert path in omar.get(PAGE).content.decode()
    given = omar.get(path)
    assert given.content == raw
    assert given["Content-Type"] == "application/octet-stream"
    assert given["Content-Disposition"].startswith("attachment")
    assert kathy.get(path).status_code == 403
    assert omar.get(f"{PAGE}/{'f' * 32}.eml").status_code == 404


def test_what_is_of_another_source_is_not_given(omar, makegood: Makegood) -> None:
    with makegood.store.writing() as writing:
        writing.put_unfit([Unfit(id="e" * 32, source="desk", at_ms=1, reason="x", record="y")])
    assert omar.get(f"{PAGE}/{'e' * 32}.eml").status_code == 404


def test_the_bytes_of_one_go_when_it_is_thrown_away_erased_or_old(
    omar, makegood: Makegood, clock
) -> None:
    known(makegood)
    room, files = makegood.post.room, makegood.post.files
    room.set_aside(LARGE, "It could not be taken.")
    press(omar, "discard", *rows(makegood))
    assert list(files.names()) == []
    room.set_aside(LARGE.replace(b"a@", b"ana@"), "It could not be taken.")
    assert len(list(files.names())) == 1
    makegood.erasing.person("email:ana@example.com")
    assert list(files.names()) == []
    room.set_aside(LARGE, "It could not be taken.")
    clock.advance(KEEP_MS + 1)
    assert makegood.receiving.forget() == 1
    assert list(files.names()) == []


def test_one_that_comes_again_before_its_bytes_went_keeps_them(makegood: Makegood) -> None:
    room, files = makegood.post.room, makegood.post.files
    room.set_aside(LARGE, "It could not be taken.")
    (row,) = rows(makegood)
    with makegood.store.writing() as writing:
        writing.erase_unfit([row.id])
    room.set_aside(LARGE, "It could not be taken.")
    makegood.post.sweep()
    assert raw_of(row, files) == LARGE


def test_of_a_mail_whose_beginning_alone_is_kept_that_is_said(omar, makegood: Makegood) -> None:
    row = Unfit(id="a" * 32, source="mail", at_ms=1, reason="Too large.", record="From: a@b.c")
    with makegood.store.writing() as writing:
        writing.put_unfit([row])
    assert "Only its beginning is kept" in words_of(omar.get(PAGE))
    for verb in ("again", "file"):
        assert "Only its beginning" in words_of(press(omar, verb, row, customer="a@example.com"))
    assert rows(makegood) == (row,)


def test_what_was_erased_is_listed_and_cannot_be_taken(omar, makegood: Makegood) -> None:
    known(makegood)
    makegood.erasing.person("email:ana@example.com")
    assert makegood.post.room.take((EML / "letter_en.eml").read_bytes()).became == "set aside"
    text = words_of(omar.get(PAGE))
    assert "erased with the person" in text
    assert "Take it again" not in text


def test_records_of_other_sources_are_none_of_this_page(omar, makegood: Makegood) -> None:
    row = Unfit(id="f" * 32, source="desk", at_ms=1, reason="x", record="y")
    with makegood.store.writing() as writing:
        writing.put_unfit([row])
    assert press(omar, "discard", row).status_code == 404


def test_the_list_pages_with_the_same_number_of_queries(omar, makegood: Makegood) -> None:
    def asks() -> int:
        store = makegood.store
        makegood.store = counted = CountingStore(store)
        omar.get(PAGE)
        makegood.store = store
        return sum(counted.asked.values())

    def come(first: int, last: int) -> None:
        for number in range(first, last):
            raw = f"From: a{number}@example.com\n\n{number}".encode()
            makegood.post.room.set_aside(raw, "Why.")

    come(0, 1)
    few = asks()
    come(1, 60)
    assert asks() == few
    seen: set[str] = set()
    page = omar.get(PAGE)
    for _ in range(3):
        shown = [one.row.id for one in page.context["rows"]]
        assert not seen & set(shown)
        seen |= set(shown)
        page = omar.get(f"{PAGE}?after={page.context['older']}")
    assert len(seen) == 60


def test_the_page_says_how_long_it_is_kept(omar, makegood: Makegood) -> None:
    shown = words_of(omar.get(PAGE))
    assert "what is older than 14 days goes" in shown
