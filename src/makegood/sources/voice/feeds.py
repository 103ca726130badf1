"""Feeds in RSS and Atom, read by feedparser; asked only for what changed.

Source: RFC 4287 (Atom: `id`, `updated`, `link rel=enclosure`), RSS 2.0 (`guid`, `pubDate`,
`enclosure`), RFC 9110, 13.1 (If-None-Match, If-Modified-Since).
"""

import calendar
import io
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import feedparser
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
    named,
    plain,
    tag,
    word,
)

MOST_ENTRIES = 500
_ADDRESS = re.compile(r"(?:https?://|tag:|urn:)")
_DOUBTFUL = (b"<!ENTITY", b"<!ELEMENT", b"<!ATTLIST")


def listen(
    source: Listening, before: HeardTo, fetching: Fetching
) -> tuple[tuple[Heard, ...], HeardTo]:
    """Ask a feed for what changed.

    Raises:
        VoiceAway: There was no feed to read.
    """
    asked = {
        "accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"
    }
    if before.etag:
        asked["if-none-match"] = before.etag
    if before.modified:
        asked["if-modified-since"] = before.modified
    found = fetching.get(source.url, asked)
    if found.is_unchanged:
        return (), before
    after = replace(
        before,
        etag=found.headers.get("etag", "")[:500],
        modified=found.headers.get("last-modified", "")[:100],
    )
    return read_feed(found.content, source.url), after


def read_feed(content: bytes, url: str) -> tuple[Heard, ...]:
    """Read a feed; an entry without an id or a link is passed over.

    Args:
        content: As it came.
        url: Of the feed; its server is the author of what names none.

    Raises:
        VoiceAway: It is no feed, or defines entities, as no feed needs to and a bomb does.
    """
    bare = content.replace(b"\0", b"").upper()  # also in UTF-16
    if any(one in bare for one in _DOUBTFUL):
        raise VoiceAway("It defines entities of its own, as no feed has to.")
    # A file, never a text: feedparser would take a text that is an address for one to fetch.
    found = feedparser.parse(io.BytesIO(content))
    if not found.get("version"):
        raise VoiceAway("It is no feed.")
    language = tag(found["feed"].get("language", ""))
    made: list[Heard] = []
    for entry in found["entries"][:MOST_ENTRIES]:
        try:
            made.append(_entry(entry, url, language))
        except InputError:
            continue  # it could not be known again, and would come anew each time
    return tuple(made)


def _external(name: str, url: str) -> str:
    """Give an id that is unique everywhere: each feed may number its entries anew."""
    return name if _ADDRESS.match(name) else f"{url} {name}"


def _entry(entry: Mapping[str, Any], url: str, language: str) -> Heard:
    title = plain(entry.get("title", ""))
    bodies = entry.get("content") or [{"value": entry.get("summary", "")}]
    body = plain(str(bodies[0].get("value", "")))
    told = entry.get("published_parsed") or entry.get("updated_parsed")
    links = [*entry.get("enclosures", ()), *entry.get("media_content", ())]
    media = (
        Media(url=link(one.get("href") or one.get("url")), kind=word(one.get("type")))
        for one in links
    )
    return Heard(
        external=_external(named(entry.get("id") or entry.get("link"), "An entry"), url),
        network="feed",
        author=word(entry.get("author")) or urlsplit(url).hostname or "",
        text=body if title and body.startswith(title) else f"{title}\n\n{body}".strip(),
        at_ms=max(0, calendar.timegm(told) * 1000) if told else 0,
        language=tag(entry.get("language", "")) or language,
        url=link(entry.get("link")),
        media=tuple(one for one in media if one.url)[:MOST_MEDIA],
    )
