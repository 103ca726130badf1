"""Reviews from a table: what an app store, a marketplace or a review site exports.

Which column is what is data: a known export is named, any other is told column by column.
Source: support.google.com/googleplay/android-developer/answer/6135870 (the columns of the reviews
report of Google Play, `reviews_<package>_<yyyymm>.csv`, which is UTF-16);
developer.apple.com/documentation/appstoreconnectapi/get-v1-apps-_id_-customerreviews (`rating`,
`title`, `body`, `reviewerNickname`, `createdDate`; with `include=response` what was answered:
`lastModifiedDate`, `responseBody`, `state`).
"""

import csv
import io
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from makegood.messages.errors import InputError
from makegood.sources.limits import writable
from makegood.sources.voice.heard import LONGEST_TEXT, Heard, link, moment_ms, tag, word

FIELDS = ("id", "author", "title", "text", "at", "rating", "language", "url", "answered", "answer")
EXPORTS: Mapping[str, Mapping[str, str]] = {
    "google-play": {
        "id": "Review Link",
        "title": "Review Title",
        "text": "Review Text",
        "at": "Review Last Update Millis Since Epoch",
        "rating": "Star Rating",
        "language": "Reviewer Language",
        "url": "Review Link",
        "answered": "Developer Reply Millis Since Epoch",
        "answer": "Developer Reply Text",
    },
    "app-store": {
        "id": "id",
        "author": "reviewerNickname",
        "title": "title",
        "text": "body",
        "at": "createdDate",
        "rating": "rating",
        "answered": "lastModifiedDate",
        "answer": "responseBody",
    },
    "plain": {name: name for name in FIELDS},
}
"""Column of each field, by the name of an export."""
MOST_ROWS = 100_000
_DAY, _SECONDS, _MOST_DIGITS = 8, 10, 14


def columns_of(export: str, changed: Mapping[str, str]) -> Mapping[str, str]:
    """Give the columns of an export, with what somebody said otherwise.

    Raises:
        InputError: There is no such export, or no such field.
    """
    if export not in EXPORTS:
        raise InputError(f"There is no export `{export}`; there are {', '.join(sorted(EXPORTS))}.")
    for name in changed:
        if name not in FIELDS:
            raise InputError(f"`{name}` is no field of a review; there are {', '.join(FIELDS)}.")
    return {**EXPORTS[export], **changed}


def read_reviews(
    content: bytes, columns: Mapping[str, str], source: str = "reviews"
) -> tuple[Heard, ...]:
    """Read a table with a head, or the JSON of the App Store; every row is a review.

    Args:
        content: The table.
        columns: Of each field.
        source: Where it is from; an id that is no address is unique only there.

    Raises:
        InputError: It is no such table; says which column is missing, or which row is wrong.
    """
    text = _decoded(content)
    if text.lstrip()[:1] in ("{", "["):
        told = [row for page in _json(text) for row in _reviews(page)]
        if len(told) > MOST_ROWS:
            raise InputError(f"A file has at most {MOST_ROWS:,} reviews; split it.")
        apple = EXPORTS["app-store"]
        return tuple(_review(row, apple, n, source) for n, row in enumerate(told, start=1))
    head = text.partition("\n")[0]
    sign = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=sign)
    there = rows.fieldnames or ()
    for name in ("text", "at"):
        if columns.get(name) not in there:
            raise InputError(
                f"The table has no column `{columns.get(name, name)}` for `{name}`; "
                f"say --column {name}=..., one of {', '.join(there)[:300]}."
            )
    found: list[Heard] = []
    try:
        for number, row in enumerate(rows, start=2):
            if number > MOST_ROWS:
                raise InputError(f"A table has at most {MOST_ROWS:,} rows; split it.")
            found.append(_review(row, columns, number, source))
    except csv.Error as error:
        raise InputError(f"The table cannot be read: {error}.") from error
    return tuple(found)


def _json(text: str) -> list[Any]:
    """Give the pages that the App Store answered with: one, or a list of them."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"The file is no JSON: {error}.") from error
    pages = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) and isinstance(one.get("data"), list) for one in pages):
        raise InputError("The JSON has no `data`, which an answer of the App Store has.")
    return pages


def _reviews(page: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Give the reviews of a page, each with what was answered and is published."""
    answers = {
        str(one.get("id")): one.get("attributes") or {}
        for one in page.get("included") or ()
        if isinstance(one, dict) and one.get("type") == "customerReviewResponses"
    }
    for one in page["data"]:
        if not isinstance(one, dict) or not isinstance(one.get("attributes"), dict):
            raise InputError("A review of the JSON has no `attributes`.")
        answer: Mapping[str, Any] = answers.get(_answer_of(one), {})
        is_out = answer.get("state") == "PUBLISHED"
        row = {**one["attributes"], "id": one.get("id"), **(answer if is_out else {})}
        yield {key: "" if value is None else str(value) for key, value in row.items()}


def _answer_of(review: Mapping[str, Any]) -> str:
    """Name the answer to a review; empty for none."""
    found: Any = review
    for key in ("relationships", "response", "data", "id"):
        found = found.get(key) if isinstance(found, dict) else None
    return str(found or "")


def _decoded(content: bytes) -> str:
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("The table is neither UTF-8 nor UTF-16.") from error


def _review(
    row: Mapping[str, str | None], columns: Mapping[str, str], number: int, source: str
) -> Heard:
    def cell(name: str) -> str:
        return (row.get(columns.get(name, "")) or "").strip()

    at_ms = _moment(cell("at"))
    if not at_ms:
        raise InputError(f"Row {number}: `{cell('at')[:40]}` is no time in ISO 8601 or ms.")
    title, text = cell("title"), writable(cell("text"), LONGEST_TEXT)
    # Without an id, the same words at the same time by the same author are the same review.
    made = "\x1f".join((cell("author"), cell("at"), title, text))
    digest = blake2b(made.encode("utf-8", "replace"), digest_size=16).hexdigest()
    rating = word(cell("rating"))
    return Heard(
        external=_external(cell("id"), source) or digest,
        network="review",
        author=word(cell("author")),
        text="\n\n".join(filter(None, (word(title), text))),
        at_ms=at_ms,
        language=tag(cell("language").replace("_", "-")),
        url=link(cell("url")),
        rating=f"{rating} of 5" if rating.isdigit() else rating,
        answered_ms=_moment(cell("answered")),
        answer_url=link(cell("url")) if cell("answered") else "",
    )


def _external(name: str, source: str) -> str:
    return name if not name or link(name) else f"{source} {name}"


def _moment(text: str) -> int:
    """Read milliseconds, seconds, or a day or an instant in ISO 8601; 0 for what is none."""
    if not (text.isascii() and text.isdigit()) or len(text) == _DAY:
        return moment_ms(text)
    if len(text) > _MOST_DIGITS:
        return 0
    return moment_ms(int(text) * (1_000 if len(text) <= _SECONDS else 1))
