"""The list of mails that nobody could file: why, from whom, when; and what a person does then."""

from pathlib import Path

import pytest

from makegood.bootstrap import Makegood
from makegood.messages.ids import ProfileId
from makegood.ports.unfit import Unfit
from tests.unit.desk.browsing import words_of

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


@pytest.mark.parametrize("raw", [b"From: a@example.com\n\n" + b"x" * 70_000, b"From: \xff\n\nx"])
def test_of_a_mail_whose_beginning_alone_is_kept_that_is_said(
    omar, makegood: Makegood, raw: bytes
) -> None:
    makegood.post.room.set_aside(raw, "Too large.")
    (row,) = rows(makegood)
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
    for number in range(60):
        makegood.post.room.set_aside(f"From: a{number}@example.com\n\n{number}".encode(), "Why.")
    seen: set[str] = set()
    page = omar.get(PAGE)
    for _ in range(3):
        shown = [one.row.id for one in page.context["rows"]]
        assert not seen & set(shown)
        seen |= set(shown)
        page = omar.get(f"{PAGE}?after={page.context['older']}")
    assert len(seen) == 60
