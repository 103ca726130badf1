"""Bluesky: what an account writes, which anybody may ask, or a search, which needs a session.

Source: lexicons app.bsky.feed.getAuthorFeed (`actor`, `limit` at most 100, `filter`) and
app.bsky.feed.searchPosts (`q`, `sort`, `limit`), com.atproto.server.createSession; the public
server refuses searches (bluesky-social/atproto, issue 3583), so that a search names the server of
the account, such as https://bsky.social, and has an app password.
"""

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from makegood.messages.errors import InputError
from makegood.playbooks.voice import Listening
from makegood.ports.voice import HeardTo, Media
from makegood.sources.limits import writable
from makegood.sources.voice.fetching import Fetching
from makegood.sources.voice.heard import LONGEST_TEXT as _LONGEST
from makegood.sources.voice.heard import (
    MOST_MEDIA,
    Heard,
    VoiceAway,
    link,
    moment_ms,
    named,
    tag,
    word,
)

_PAGE, _MOST_PAGES = 100, 10
_NO_HANDLE = "handle.invalid"  # what the network writes for everybody whose handle leads nowhere


def listen(
    source: Listening,
    before: HeardTo,
    fetching: Fetching,
    secret: str = "",
    sessions: MutableMapping[str, str] | None = None,
) -> tuple[tuple[Heard, ...], HeardTo]:
    """Ask a server for what is new, page by page, back to what was heard.

    Args:
        source: The account or the search.
        before: How far it was heard.
        fetching: Asks.
        secret: Handle and app password with a colon between them; empty for none.
        sessions: Tokens of sessions, by source; a server opens only so many a day (300 at
            bsky.social), so that one is kept until it is refused.

    Raises:
        VoiceAway: It gave no answer that can be read.
    """
    sessions = {} if sessions is None else sessions
    token = sessions.get(source.id, "")
    if secret and token:
        try:
            return _listened(source, before, fetching, _bearer(token))
        except VoiceAway:  # it is over (400 ExpiredToken), or the server is away
            del sessions[source.id]
    return _listened(source, before, fetching, _opened(source, fetching, secret, sessions))


def _listened(
    source: Listening, before: HeardTo, fetching: Fetching, headers: dict[str, str]
) -> tuple[tuple[Heard, ...], HeardTo]:
    method, asked, key = _asked(source)
    found: list[Heard] = []
    latest, cursor = before.place, ""
    for _ in range(_MOST_PAGES):
        page = asked | ({"cursor": cursor} if cursor else {})
        answer = _read(fetching, f"{source.url}/xrpc/{method}?{urlencode(page)}", headers)
        rows = [one for one in answer.get(key) or () if isinstance(one, dict)]
        views = [one.get("post", one) for one in rows if not one.get("reason")]  # no reposts
        found += [made for one in views if (made := _view(one)) is not None]
        seen = sorted(word(one.get("indexedAt")) for one in views if isinstance(one, dict))
        latest = max([latest, *seen])
        cursor = word(answer.get("cursor"))
        if not cursor or not before.place or (seen and seen[0] <= before.place):
            break
    return tuple(found), replace(before, place=latest)


def _asked(source: Listening) -> tuple[str, dict[str, str], str]:
    if source.what == "search":
        asked = {"q": source.words, "sort": "latest", "limit": str(_PAGE)}
        return "app.bsky.feed.searchPosts", asked, "posts"
    asked = {"actor": source.words, "filter": "posts_with_replies", "limit": str(_PAGE)}
    return "app.bsky.feed.getAuthorFeed", asked, "feed"


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _opened(
    source: Listening, fetching: Fetching, secret: str, sessions: MutableMapping[str, str]
) -> dict[str, str]:
    if not secret:
        return {}
    name, _, password = secret.partition(":")
    body = msgspec.json.encode({"identifier": name, "password": password})
    url = f"{source.url}/xrpc/com.atproto.server.createSession"
    token = _json(fetching.post(url, body).content).get("accessJwt")
    if not isinstance(token, str) or not token:
        raise VoiceAway("It opened no session.")
    sessions[source.id] = token
    return _bearer(token)


def _read(fetching: Fetching, url: str, headers: dict[str, str]) -> dict[str, Any]:
    return _json(fetching.get(url, headers).content)


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise VoiceAway("It answered with no JSON.") from error
    if not isinstance(found, dict):
        raise VoiceAway("It answered with something else than posts.")
    return found


def _view(view: object) -> Heard | None:
    """Read the view of a post; None for what is none."""
    if not isinstance(view, dict):
        return None
    author, record = view.get("author"), view.get("record")
    if not isinstance(author, dict) or not isinstance(record, dict):
        return None
    try:
        uri = named(view.get("uri"), "A post")
    except InputError:
        return None
    languages = record.get("langs")
    reply = record.get("reply")
    parent = reply.get("parent") if isinstance(reply, dict) else None
    named_as, key = word(author.get("handle")), uri.rpartition("/")[2]
    has_handle = named_as not in ("", _NO_HANDLE)
    handle = named_as if has_handle else word(author.get("did"))
    text = record.get("text")
    return Heard(
        external=uri,
        network="bluesky",
        author=handle,
        text=writable(text, _LONGEST) if isinstance(text, str) else "",
        # `createdAt` is whatever the author's program says; the server saw it at `indexedAt`.
        at_ms=moment_ms(view.get("indexedAt")) or moment_ms(record.get("createdAt")),
        language=tag(languages[0]) if isinstance(languages, list) and languages else "",
        url=f"https://bsky.app/profile/{handle}/post/{key}",
        reply_to=word(parent.get("uri")) if isinstance(parent, dict) else "",
        media=_media(view.get("embed")),
        is_bot=_is_bot(author.get("labels")),
    )


def _is_bot(labels: object) -> bool:
    rows = labels if isinstance(labels, list) else []
    return any(isinstance(one, dict) and one.get("val") == "bot" for one in rows)


def _media(embed: object) -> tuple[Media, ...]:
    """Give the pictures and the film of a post; what it quotes is another's."""
    if not isinstance(embed, dict):
        return ()
    inner = embed.get("media")
    embed = inner if isinstance(inner, dict) else embed
    made = [
        Media(url=link(one.get("fullsize")), kind="image", words=word(one.get("alt")))
        for one in embed.get("images") or ()
        if isinstance(one, dict)
    ]
    if embed.get("playlist"):
        film = Media(url=link(embed["playlist"]), kind="video", words=word(embed.get("alt")))
        made.append(film)
    return tuple(one for one in made if one.url)[:MOST_MEDIA]
