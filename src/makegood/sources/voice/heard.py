"""A post as a source gave it, before anybody knows whose it is; and its words as plain text."""

import html
import re
from datetime import UTC, datetime
from hashlib import blake2b

import nh3
from msgspec import Struct

from makegood.messages.errors import InputError, MakegoodError
from makegood.ports.voice import Media
from makegood.sources.limits import writable

LONGEST_TEXT, LONGEST_WORD, MOST_MEDIA = 10_000, 500, 8
_LINES = re.compile(r"(?i)<br\s*/?>|</(?:p|div|li|h[1-6]|blockquote)\s*>")
_BLANKS = re.compile(r"\n{3,}")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_FIRST_MS = 0


class VoiceAway(MakegoodError):
    """A source of what is said in public did not answer; it is asked again."""


class Heard(Struct, frozen=True, kw_only=True):
    """A post as it was heard.

    Attributes:
        external: Its id at the network, unique there.
        at_ms: When it was said, as the source says; 0 for nobody knows.
        reply_to: External id of the post it answers.
        is_bot: The network says that a machine wrote it.
        is_gone: Its author deleted it.
        answered_ms: When the firm answered it, where an export says so.
    """

    external: str
    network: str
    author: str
    text: str = ""
    at_ms: int = 0
    language: str = ""
    url: str = ""
    reply_to: str = ""
    rating: str = ""
    media: tuple[Media, ...] = ()
    is_bot: bool = False
    is_gone: bool = False
    answered_ms: int = 0
    answer_url: str = ""


def post_named(network: str, external: str) -> str:
    """Name a post: the same one, come by two sources, is one."""
    return blake2b(
        f"{network}\x1f{external}".encode("utf-8", "replace"), digest_size=16
    ).hexdigest()


def plain(markup: str) -> str:
    """Give the words of HTML: no tag is left, so that nothing of it can be run or loaded."""
    lines = _LINES.sub("\n", markup[: 4 * LONGEST_TEXT])
    bare = html.unescape(nh3.clean(lines, tags=set(), attributes={}))
    return writable(_BLANKS.sub("\n\n", bare), LONGEST_TEXT)


def word(text: object) -> str:
    """Give a short text, fit to be kept; empty for what is none."""
    return writable(text, LONGEST_WORD) if isinstance(text, str) else ""


def link(url: object) -> str:
    """Give a web address; empty for anything else, and for one that could run something."""
    found = writable(url, 2_000) if isinstance(url, str) else ""
    is_web = found.startswith(("https://", "http://")) and not re.search(r"\s", found)
    return found if is_web else ""


def tag(language: object) -> str:
    """Give a language; empty when it is none."""
    return language if isinstance(language, str) and _TAG.fullmatch(language) else ""


def moment_ms(text: object) -> int:
    """Read an instant in ISO 8601 or milliseconds; 0 for what is none."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text if 0 < text < 10**14 else _FIRST_MS
    if not isinstance(text, str):
        return _FIRST_MS
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return _FIRST_MS
    aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return max(_FIRST_MS, int(aware.timestamp() * 1000))


def named(external: object, where: str) -> str:
    """Give the id of a post.

    Raises:
        InputError: There is none.
    """
    found = str(external).strip() if isinstance(external, str | int) else ""
    if not found or len(found) > 4 * LONGEST_WORD:
        raise InputError(f"{where} has no id by which it could be known again.")
    return found
