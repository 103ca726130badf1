"""The generic webhook of what is said in public, for whatever has no adapter here.

The body is JSON: `posts`, `handles` that customers said are theirs, and `ranks`: what a search
shows. Each item stands alone: one that is wrong is told of, and the others are taken.
"""

import msgspec
from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.messages.identifiers import normal
from makegood.ports.voice import Media
from makegood.sources.limits import MAX_BATCH_ITEMS, writable
from makegood.sources.voice.heard import (
    LONGEST_TEXT,
    MOST_MEDIA,
    Heard,
    link,
    moment_ms,
    named,
    tag,
    word,
)
from makegood.sources.voice.ranks import FIELDS, Ranked, Wrong, ranked


class _MediaIn(Struct):
    url: str
    kind: str = ""
    words: str = ""


class _PostIn(Struct):
    id: str
    network: str
    author: str = ""
    text: str = ""
    at: str | int = ""
    language: str = ""
    url: str = ""
    reply_to: str = ""
    rating: str = ""
    media: list[_MediaIn] = []
    bot: bool = False
    deleted: bool = False


class Consent(Struct, frozen=True, kw_only=True):
    """A customer said, where we know them, that a handle is theirs.

    Attributes:
        customer: A typed identifier in its normal form.
    """

    network: str
    handle: str
    customer: str


class _ConsentIn(Struct):
    network: str
    handle: str
    customer: str
    consent: bool


class _Body(Struct):
    posts: list[msgspec.Raw] = []
    handles: list[msgspec.Raw] = []
    ranks: list[msgspec.Raw] = []


class _RankIn(Struct):
    query: str
    day: str
    place: int | float
    url: str
    engine: str = ""
    market: str = ""
    title: str = ""


class Told(Struct, frozen=True, kw_only=True):
    """What a body tells.

    Attributes:
        left: Items as they came, with what is wrong with them.
        ranks: Results of searches; each wrong one says so itself.
    """

    posts: tuple[Heard, ...]
    handles: tuple[Consent, ...]
    ranks: tuple[Ranked | Wrong, ...] = ()
    left: tuple[tuple[str, str], ...] = ()


def read_body(body: bytes, today: int = 0) -> Told:
    """Read a body.

    Args:
        body: As it came.
        today: In days since 1970.

    Raises:
        InputError: It is no such JSON, or too much of it.
    """
    try:
        found = msgspec.json.decode(body, type=_Body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        wanted = "`posts`, `handles` or `ranks`"
        raise InputError(f"The body is no JSON with {wanted}: {error}.") from error
    if len(found.posts) + len(found.handles) + len(found.ranks) > MAX_BATCH_ITEMS:
        raise InputError(f"A delivery has at most {MAX_BATCH_ITEMS} items.")
    posts: list[Heard] = []
    handles: list[Consent] = []
    left: list[tuple[str, str]] = []
    for raw in found.posts:
        try:
            posts.append(_post(msgspec.json.decode(raw, type=_PostIn)))
        except (msgspec.MsgspecError, InputError, UnicodeDecodeError) as error:
            left.append((_shown(raw), str(error)))
    for raw in found.handles:
        try:
            handles.append(_consent(msgspec.json.decode(raw, type=_ConsentIn)))
        except (msgspec.MsgspecError, InputError, UnicodeDecodeError) as error:
            left.append((_shown(raw), str(error)))
    ranks = tuple(_rank(raw, line, today) for line, raw in enumerate(found.ranks, start=1))
    return Told(posts=tuple(posts), handles=tuple(handles), ranks=ranks, left=tuple(left))


def _rank(raw: msgspec.Raw, number: int, today: int) -> Ranked | Wrong:
    try:
        one = msgspec.json.decode(raw, type=_RankIn)
        return ranked({name: str(getattr(one, name)) for name in FIELDS}, today)
    except (msgspec.MsgspecError, InputError, UnicodeDecodeError) as error:
        return Wrong(line=number, why=str(error), record=_shown(raw)[:2_000])


def _post(one: _PostIn) -> Heard:
    network = _network(one.network)
    if not one.author.strip() and not one.deleted:
        raise InputError("A post has an `author`: the handle, as the network writes it.")
    if one.at != "" and not moment_ms(one.at):
        raise InputError("`at` is an instant in ISO 8601, or milliseconds.")
    media = (Media(url=link(it.url), kind=word(it.kind), words=word(it.words)) for it in one.media)
    return Heard(
        external=named(one.id, "A post"),
        network=network,
        author=word(one.author),
        text=writable(one.text, LONGEST_TEXT),
        at_ms=moment_ms(one.at),
        language=tag(one.language),
        url=link(one.url),
        reply_to=word(one.reply_to),
        rating=word(one.rating),
        media=tuple(it for it in media if it.url)[:MOST_MEDIA],
        is_bot=one.bot,
        is_gone=one.deleted,
    )


def _consent(one: _ConsentIn) -> Consent:
    if not one.consent:
        raise InputError("A handle is a customer's only when they say so: `consent: true`.")
    if not one.handle.strip():
        raise InputError("A handle is missing.")
    return Consent(
        network=_network(one.network), handle=word(one.handle), customer=normal(one.customer)
    )


def _network(name: str) -> str:
    found = name.strip().casefold()
    if not found.replace("_", "").replace("-", "").isalnum() or len(found) > 40:
        raise InputError("`network` is one word, such as mastodon or forum.")
    return found


def _shown(raw: msgspec.Raw) -> str:
    return bytes(raw).decode("utf-8", "backslashreplace").replace("\0", "")
