"""The Segment wire format: one item of a batch becomes one arrival."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Struct

from makegood.messages.errors import InputError
from makegood.messages.events import OWN_SOURCE
from makegood.messages.facts import Body, Facts, Identified, Touchpoint
from makegood.messages.identifiers import one_form
from makegood.messages.ids import event_id
from makegood.ports.arrivals import Arrival
from makegood.sources.limits import MAX_EVENT_BYTES, MAX_ID_LENGTH, check_id, check_integer
from makegood.sources.personal import COMPANY_MAY_KEEP, Separator, holds_address
from makegood.sources.telephony import TRANSCRIBED, apart_from, look_at_call
from makegood.sources.times import corrected
from makegood.sources.traits import Known, person_of, read_traits

KINDS = ("track", "identify", "group", "alias", "page", "screen")
# What changes when a client sends the same event again; it must stay the same event.
_CHANGES_ON_RETRY = frozenset({"sentAt", "receivedAt", "_metadata", "writeKey"})

Id: TypeAlias = str | int | None
Text: TypeAlias = str | None
Map: TypeAlias = dict[str, object] | None


class Item(Struct, kw_only=True, gc=False):
    """One call of a Segment library, as it stands on the wire."""

    type: Text = None
    event: Annotated[str, Meta(max_length=MAX_ID_LENGTH)] | None = None
    userId: Id = None  # noqa: N815 - the names of the wire
    anonymousId: Id = None  # noqa: N815
    messageId: Text = None  # noqa: N815
    previousId: Id = None  # noqa: N815
    groupId: Id = None  # noqa: N815
    name: Text = None
    category: Text = None
    timestamp: Text = None
    originalTimestamp: Text = None  # noqa: N815
    sentAt: Text = None  # noqa: N815
    receivedAt: Text = None  # noqa: N815
    properties: Map = None
    traits: Map = None
    context: Map = None


class Envelope(Struct, frozen=True, kw_only=True):
    """What is the same for all items of one request or file.

    Attributes:
        source: Name of the write key, or of the file import.
        received_ms: When our server took it.
        sent: The client's clock when the request left; empty when it did not say.
        kind: Fixed by the path of a single call; empty for a batch.
        imported: History: folds and sends nothing.
        identifier: Whom it is about, typed and normalised, where the mapping of a source says so;
            else the item's own ids do.
    """

    source: str
    received_ms: int
    sent: str = ""
    kind: str = ""
    imported: bool = False
    identifier: str = ""


class Read(Struct, frozen=True, gc=False, kw_only=True):
    """An item that could be read.

    Attributes:
        arrival: What the intake takes.
        warning: What was left out, and why; empty for nothing.
    """

    arrival: Arrival
    warning: str = ""


class Named(Struct, frozen=True, gc=False, kw_only=True):
    """An item with its id, its customer and its times made out."""

    item: Item
    message_id: str
    digest: bytes
    identifier: str
    time_ms: int
    claimed_ms: int
    envelope: Envelope

    def event_id(self) -> str:
        return event_id(self.envelope.source, self.message_id)


_DECODER = msgspec.json.Decoder(Item)
_ANYTHING = msgspec.json.Decoder(dict[str, object])
_SORTED = msgspec.json.Encoder(order="sorted")


def read_item(raw: bytes | msgspec.Raw, envelope: Envelope) -> Read:
    """Turn one JSON object into an arrival.

    Raises:
        InputError: It cannot be taken; says what is wrong and what to do.
    """
    check_source(envelope.source)
    view = memoryview(raw)
    if view.nbytes > MAX_EVENT_BYTES:
        raise InputError(f"The event has {view.nbytes:,} bytes; the limit is {MAX_EVENT_BYTES:,}.")
    try:
        return _read(_DECODER.decode(view), _ANYTHING.decode(view), envelope)
    except RecursionError:
        raise InputError("The event is nested too deep; send it flatter.") from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InputError(f"The event is not what it should be: {error}.") from None


@lru_cache(maxsize=256)
def check_source(source: str) -> None:
    """Refuse names that would pass an outside event off as our own."""
    if not source or source.casefold().startswith(OWN_SOURCE):
        raise InputError(
            f"A source may not be called {source!r}: names beginning with {OWN_SOURCE!r} are ours."
        )


def canonical(payload: Mapping[str, object]) -> bytes:
    """Write a payload in its one form, without what changes when it is sent again."""
    kept = payload
    if not _CHANGES_ON_RETRY.isdisjoint(payload):
        kept = {key: value for key, value in payload.items() if key not in _CHANGES_ON_RETRY}
    try:
        return _SORTED.encode(kept)
    except UnicodeEncodeError:
        raise InputError("The event holds half a character (a lone surrogate).") from None


def _read(item: Item, payload: dict[str, object], envelope: Envelope) -> Read:
    kind = envelope.kind or item.type or "track"
    make = _MAKERS.get(kind)
    if make is None:
        raise InputError(f"type is {kind[:40]!r}; write one of {', '.join(KINDS)}.")
    digest = blake2b(canonical(payload), digest_size=16).digest()
    message_id = check_id(item.messageId, "messageId") if item.messageId else digest.hex()
    time_ms, claimed_ms = _times(item, envelope)
    return make(
        Named(
            item=item,
            message_id=message_id,
            digest=digest,
            identifier=envelope.identifier or _identifier(item),
            time_ms=time_ms,
            claimed_ms=claimed_ms,
            envelope=envelope,
        )
    )


def _times(item: Item, envelope: Envelope) -> tuple[int, int]:
    if item.receivedAt and item.timestamp:  # relayed by a server that put the time right already
        return corrected(item.timestamp, "", envelope.received_ms)
    original = item.originalTimestamp or item.timestamp or ""
    if envelope.imported and not original:
        raise InputError("timestamp is missing; history needs to say when it happened.")
    return corrected(original, envelope.sent or item.sentAt or "", envelope.received_ms)


def _identifier(item: Item) -> str:
    for kind, name, value in (
        ("user", "userId", item.userId),
        ("anon", "anonymousId", item.anonymousId),
    ):
        if value not in (None, ""):
            return f"{kind}:{_id(value, name)}"
    raise InputError("userId and anonymousId are both missing; one of them names the customer.")


def _id(value: Id, where: str) -> str:
    if isinstance(value, int):
        check_integer(value, where)
    return check_id(one_form(str(value)), where)


def _arrival(named: Named, body: Body, known: Known, texts: Mapping[str, str]) -> Read:
    also = tuple(dict.fromkeys(i for i in known.also if i != named.identifier))
    arrival = Arrival(
        source=named.envelope.source,
        message_id=named.message_id,
        identifier=named.identifier,
        time_ms=named.time_ms,
        claimed_ms=named.claimed_ms,
        body=body,
        lookups=known.lookups,
        also=also,
        person=known.person,
        texts=texts,
        body_digest=named.digest,
        imported=named.envelope.imported,
    )
    return Read(arrival=arrival, warning=known.warning)


def _touchpoint(named: Named, name: str) -> Read:
    check_id(name, "event")
    if holds_address(name):
        raise InputError(
            "event holds an e-mail address; a name of an event is for every customer."
        )
    properties = dict(named.item.properties or {})
    if named.item.category:
        properties.setdefault("category", named.item.category)
    spoken = dict[str, str]()
    if name == TRANSCRIBED:
        properties, spoken = apart_from(properties, named.event_id())
    warning = look_at_call(name, properties)
    apart = Separator(named.event_id).separate(properties, "properties")
    person = person_of(named.item.context, named.identifier)
    known = Known(person=person, warning=warning)
    texts = {**apart.texts, **spoken}
    return _arrival(named, Touchpoint(name=name, properties=apart.facts), known, texts)


def _track(named: Named) -> Read:
    if not named.item.event:
        raise InputError("event is missing; a track call names what happened.")
    return _touchpoint(named, named.item.event.strip())


def _viewed(named: Named, what: str) -> Read:
    name = (named.item.name or "").strip()
    return _touchpoint(named, f"Viewed {name} {what}" if name else f"Viewed {what}")


def _traits(item: Item) -> dict[str, object]:
    """Give the traits of an identify call; RudderStack's libraries put them into the context."""
    apart = (item.context or {}).get("traits")
    return {**(apart if isinstance(apart, dict) else {}), **(item.traits or {})}


def _identify(named: Named) -> Read:
    known = read_traits(_traits(named.item), named.item.context, named.identifier)
    apart = Separator(named.event_id).separate(known.facts, "traits")
    item = named.item
    if item.userId not in (None, "") and item.anonymousId not in (None, ""):
        other = f"anon:{_id(item.anonymousId, 'anonymousId')}"
        known = msgspec.structs.replace(known, also=(other,))
    return _arrival(named, Identified(traits=apart.facts), known, apart.texts)


def _group(named: Named) -> Read:
    if named.item.groupId in (None, ""):
        raise InputError("groupId is missing; a group call names the company.")
    apart = Separator(named.event_id, COMPANY_MAY_KEEP).separate(named.item.traits or {}, "traits")
    company: Facts = {**apart.facts, "id": _id(named.item.groupId, "groupId")}
    return _arrival(named, Identified(traits={"company": company}), Known(), apart.texts)


def _alias(named: Named) -> Read:
    if named.item.previousId in (None, "") or named.item.userId in (None, ""):
        raise InputError("An alias call needs previousId and userId.")
    previous = _id(named.item.previousId, "previousId")
    # The wire does not say whether the previous id was a user's or an anonymous one.
    known = Known(also=(f"anon:{previous}", f"user:{previous}"))
    return _arrival(named, Identified(), known, {})


_MAKERS: Mapping[str, Callable[[Named], Read]] = {
    "track": _track,
    "identify": _identify,
    "group": _group,
    "alias": _alias,
    "page": lambda named: _viewed(named, "Page"),
    "screen": lambda named: _viewed(named, "Screen"),
}
