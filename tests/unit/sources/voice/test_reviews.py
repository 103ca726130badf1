"""Exports of reviews: columns are data, a table that is none is told, a reply is an answer."""

import json

import pytest

from makegood.messages.errors import InputError
from makegood.sources.voice.reviews import columns_of, read_reviews

PLAY = (
    "Package Name,Reviewer Language,Review Last Update Millis Since Epoch,Star Rating,"
    "Review Title,Review Text,Developer Reply Millis Since Epoch,Developer Reply Text,"
    "Review Link\n"
    'x,en,1795694400000,2,Late,"No car,\nagain",1795694460000,Sorry,https://play.example/1\n'
    "x,de_DE,1795694400000,5,,Gut,,,https://play.example/2\n"
)


def test_an_export_of_google_play_is_read_as_it_comes_in_utf_16() -> None:
    columns = columns_of("google-play", {})
    first, second = read_reviews(PLAY.encode("utf-16"), columns)
    assert first.text == "Late\n\nNo car,\nagain"
    assert (first.rating, first.answered_ms, first.url) == (
        "2 of 5", 1_795_694_460_000, "https://play.example/1",
    )  # fmt: skip
    assert (second.language, second.answered_ms, second.external) == (
        "de-DE", 0, "https://play.example/2",
    )  # fmt: skip


def test_columns_are_told_and_a_review_without_an_id_is_known_again() -> None:
    columns = columns_of("plain", {"text": "Comment", "at": "Day"})
    table = b"\xef\xbb\xbfComment,Day,author\nNo car,2026-11-26,Ana\nNo car,2026-11-27,Ana\n"
    first, second = read_reviews(table, columns)
    assert first.external != second.external
    assert read_reviews(table, columns)[0] == first


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (b"", "no column `text`"),
        (b"text\nx\n", "no column `at`"),
        (b"text,at\nx,never\n", "Row 2"),
        (b"\xff\xfe\x00", "UTF-16"),
        (b"\x80", "UTF-8"),
        (b'text,at\n"' + b"x" * 200_000 + b'",2026-11-26\n', "cannot be read"),
    ],
)
def test_a_table_that_is_none_is_told(table: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_reviews(table, columns_of("plain", {}))


def test_an_export_or_a_field_that_is_not_there_is_told() -> None:
    with pytest.raises(InputError, match="no export"):
        columns_of("x", {})
    with pytest.raises(InputError, match="no field"):
        columns_of("plain", {"x": "y"})


def test_the_same_number_in_two_stores_is_two_reviews() -> None:
    table, columns = b"id,text,at\n1,No car,2026-11-26\n", columns_of("plain", {})
    (one,), (other,) = (read_reviews(table, columns, name) for name in ("apple", "amazon"))
    assert one.external != other.external
    assert read_reviews(table, columns, "apple") == (one,)


@pytest.mark.parametrize("at", ["20261126", "2026-11-26", "1795651200", "1795651200000"])
def test_a_time_is_read_as_days_seconds_or_milliseconds(at: str) -> None:
    (one,) = read_reviews(f"text,at\nx,{at}\n".encode(), columns_of("plain", {}))
    assert one.at_ms == 1_795_651_200_000


def test_a_number_that_is_no_time_is_told() -> None:
    table = b"text,at\nx," + b"9" * 5_000 + b"\n"
    with pytest.raises(InputError, match="Row 2"):
        read_reviews(table, columns_of("plain", {}))


APPLE = {
    "data": [
        {
            "type": "customerReviews",
            "id": "00000028",
            "attributes": {
                "rating": 1, "title": "No car", "body": "Again.", "reviewerNickname": "Ana",
                "createdDate": "2026-11-26T04:00:00-08:00", "territory": "USA",
            },
            "relationships": {"response": {"data": {"type": "x", "id": "r1"}}},
        },
        {
            "type": "customerReviews",
            "id": "00000029",
            "attributes": {"rating": 5, "title": None, "body": "Good.", "reviewerNickname": "B",
                           "createdDate": "2026-11-26T04:00:00-08:00"},
            "relationships": {"response": {"links": {}}},
        },
    ],
    "included": [
        {"type": "customerReviewResponses", "id": "r1", "attributes": {
            "responseBody": "Sorry.", "lastModifiedDate": "2026-11-26T04:01:00-08:00",
            "state": "PUBLISHED"}},
    ],
}  # fmt: skip


def test_the_app_stores_answer_is_read_with_what_was_answered() -> None:
    first, second = read_reviews(json.dumps(APPLE).encode(), columns_of("app-store", {}))
    assert (first.author, first.text, first.rating) == ("Ana", "No car\n\nAgain.", "1 of 5")
    assert (first.at_ms, first.answered_ms) == (1_795_694_400_000, 1_795_694_460_000)
    assert (second.text, second.answered_ms) == ("Good.", 0)
    pages = json.dumps([APPLE, {"data": []}]).encode()
    assert read_reviews(pages, columns_of("app-store", {})) == (first, second)


def test_an_answer_that_is_not_published_yet_is_none() -> None:
    waiting = {**APPLE["included"][0]["attributes"], "state": "PENDING_PUBLISH"}  # type: ignore[dict-item]
    page = {**APPLE, "included": [{**APPLE["included"][0], "attributes": waiting}]}  # type: ignore[dict-item]
    first, _ = read_reviews(json.dumps(page).encode(), columns_of("app-store", {}))
    assert first.answered_ms == 0


@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"data": 1}', b'{"data": [1]}', b'{"x": []}'])
def test_a_json_that_is_no_answer_of_the_app_store_is_told(body: bytes) -> None:
    with pytest.raises(InputError, match="JSON"):
        read_reviews(body, columns_of("app-store", {}))


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_table_may_have_other_signs_between_its_columns(sign: str) -> None:
    head, row = "id,reviewerNickname,title,body,createdDate", "7,Ana,Late,No car,2026-11-26"
    table = f"{head}\n{row}\n".replace(",", sign)
    (one,) = read_reviews(table.encode(), columns_of("app-store", {}))
    assert (one.author, one.text) == ("Ana", "Late\n\nNo car")
