"""Mastodon: a hashtag, an account, or what mentions the account whose token we have.

Source: docs.joinmastodon.org/methods/timelines (GET /api/v1/timelines/tag/:hashtag, `limit` at
most 40, `min_id`), methods/accounts (lookup, :id/statuses), methods/notifications (`types[]`,
scope read:notifications), entities/Status.
"""

from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from msgspec.structs import replace

from makegood.messages.errors import InputError
from makegood.playbooks.voice import Listening
from makegood.ports.voice import HeardTo, Media
from makegood.sources.voice.fetching import Fetching
from makegood.sources.voice.heard import (
    MOST_MEDIA,
    Heard,
    VoiceAway,
    link,
    moment_ms,
    named,
    plain,
    tag,
    word,
)

_PAGE, _MOST_PAGES = 40, 10
_PUBLIC = frozenset({"public", "unlisted"})
_KINDS = {"image": "image", "video": "video", "gifv": "video", "audio": "audio"}


def listen(
    source: Listening, before: HeardTo, fetching: Fetching, secret: str = ""
) -> tuple[tuple[Heard, ...], HeardTo]:
    """Ask a server for what is new, page by page from the oldest.

    Raises:
        VoiceAway: It gave no answer that can be read.
    """
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    host = urlsplit(source.url).netloc
    path, fixed = _path(source, fetching, headers)
    found: list[Heard] = []
    place = before.place
    for _ in range(_MOST_PAGES):
        asked = fixed | {"limit": str(_PAGE)} | ({"min_id": place} if place else {})
        page = _read(fetching, f"{source.url}{path}?{urlencode(asked)}", headers)
        if not isinstance(page, list):
            raise VoiceAway("It answered with something else than statuses.")
        rows = [one for one in page if isinstance(one, dict) and one.get("id")]
        found += [made for one in rows if (made := _status(one, host)) is not None]
        if not rows:
            break
        last = max((str(one["id"]) for one in rows), key=lambda it: (len(it), it))
        if not place or last == place or len(rows) < _PAGE:
            place = last
            break
        place = last
    return tuple(found), replace(before, place=place)


def _path(
    source: Listening, fetching: Fetching, headers: dict[str, str]
) -> tuple[str, dict[str, str]]:
    if source.what == "hashtag":
        return f"/api/v1/timelines/tag/{quote(source.words, safe='')}", {}
    if source.what == "mentions":
        return "/api/v1/notifications", {"types[]": "mention"}
    asked = urlencode({"acct": source.words})
    found = _read(fetching, f"{source.url}/api/v1/accounts/lookup?{asked}", headers)
    wanted = str(found.get("id", "")) if isinstance(found, dict) else ""
    if not wanted:
        raise VoiceAway("It knows no such account.")
    path = f"/api/v1/accounts/{quote(wanted, safe='')}/statuses"
    return path, {"exclude_reblogs": "true"}


def _read(fetching: Fetching, url: str, headers: dict[str, str]) -> Any:
    try:
        return msgspec.json.decode(fetching.get(url, headers).content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise VoiceAway("It answered with no JSON.") from error


def _status(row: dict[str, Any], host: str) -> Heard | None:
    """Read a status; None for a boost, and for what was not said to everybody."""
    row = row.get("status") or row  # a notification has one in it
    account = row.get("account")
    if not isinstance(account, dict) or row.get("visibility") not in _PUBLIC or row.get("reblog"):
        return None
    author = word(account.get("acct"))
    answers = word(row.get("in_reply_to_id"))
    try:
        external = f"{host}/{named(row.get('id'), 'A status')}"
    except InputError:
        return None
    return Heard(
        external=external,
        network="mastodon",
        author=author if "@" in author else f"{author}@{host}",
        text="\n\n".join(filter(None, (word(row.get("spoiler_text")), plain(_text(row))))),
        at_ms=moment_ms(row.get("created_at")),
        language=tag(row.get("language")),
        url=link(row.get("url")),
        reply_to=f"{host}/{answers}" if answers else "",
        media=_media(row.get("media_attachments")),
        is_bot=account.get("bot") is True,
    )


def _text(row: dict[str, Any]) -> str:
    found = row.get("content")
    return found if isinstance(found, str) else ""


def _media(rows: object) -> tuple[Media, ...]:
    if not isinstance(rows, list):
        return ()
    made = (
        Media(
            url=link(one.get("url")),
            kind=_KINDS.get(word(one.get("type")), ""),
            words=word(one.get("description")),
        )
        for one in rows
        if isinstance(one, dict)
    )
    return tuple(one for one in made if one.url)[:MOST_MEDIA]
