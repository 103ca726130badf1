"""What a person says to a customer over HTTP: once for its Idempotency-Key, in a person's name."""

from datetime import datetime

from makegood.api.access import Declined
from makegood.api.asking import declined, rep_of
from makegood.api.problems import Problem, missing
from makegood.api.said import (
    ArrivedIn,
    DisclosureIn,
    KeptIn,
    PromiseIn,
    RedirectIn,
    read_said_key,
    said_fields,
)
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.messages.errors import Refused
from makegood.messages.facts import Arrived, Disclosed, Kept, Promised, Redirected
from makegood.messages.ids import CustomerId, EventId, ProfileId, event_id
from makegood.messages.money import Money
from makegood.ports.rows import KeyRow, RepRow
from makegood.projections.said import Spoken, spoken_in
from makegood.runtime.acts import DESK
from makegood.runtime.intake import text_ref
from makegood.runtime.requests import First
from makegood.sources.personal import Separator, holds_address

Json = dict[str, object]


def promise(makegood: Makegood, key: KeyRow, wanted: PromiseIn, name: str) -> Json:
    """Promise something to somebody, known or not.

    Raises:
        Declined: 422 for what cannot be promised like this, 403 for a person who may not, 409.
        InputError: The identifier is none.
    """
    rep = rep_of(makegood, wanted.rep, wanted.brand)
    separated = Separator(lambda: "promise").separate(wanted.binds, "binds")
    _plain(wanted.about, *("@" for _ in separated.texts))
    ref, texts = _kept_apart(f"{key.name}/{name}", "words", wanted.words)
    body = Promised(
        promise=wanted.promise,
        due_ms=_ms(wanted.until),
        about=wanted.about,
        brand=wanted.brand,
        words=ref,
        binds=separated.facts,
    )
    named = (f"{key.name}/{name}", wanted.language)
    return _said(makegood, rep, wanted.identifier, body, texts, named)


def disclose(makegood: Makegood, key: KeyRow, wanted: DisclosureIn, name: str) -> Json:
    """Write down what the customer was told something costs.

    Raises:
        Declined: 422 for what cannot be told like this, 403 for a person who may not, 409.
        InputError: The identifier is none.
    """
    rep = rep_of(makegood, wanted.rep, wanted.brand)
    _plain(wanted.about)
    ref, texts = _kept_apart(f"{key.name}/{name}", "words", wanted.words)
    body = Disclosed(
        disclosure=wanted.disclosure,
        about=wanted.about,
        amount=Money(wanted.cents, makegood.book.currency),
        brand=wanted.brand,
        channel=wanted.channel,
        words=ref,
    )
    named = (f"{key.name}/{name}", wanted.language)
    return _said(makegood, rep, wanted.identifier, body, texts, named)


def redirect(makegood: Makegood, key: KeyRow, wanted: RedirectIn, name: str) -> Json:
    """Send a customer to somebody else who accepted them.

    Raises:
        Declined: 422 for what cannot be done like this, 403 for a person who may not, 409.
        InputError: The identifier is none.
    """
    rep = rep_of(makegood, wanted.rep, wanted.brand)
    _plain(wanted.about, wanted.to)
    message_id = f"{key.name}/{name}"
    who, names = _kept_apart(message_id, "accepted_by", wanted.accepted_by)
    story, words = _kept_apart(message_id, "words", wanted.story)
    body = Redirected(
        to=wanted.to,
        accepted_by=who,
        expires_ms=_ms(wanted.until),
        about=wanted.about,
        brand=wanted.brand,
        words=story,
    )
    texts = names | words
    named = (f"{key.name}/{name}", wanted.language)
    return _said(makegood, rep, wanted.identifier, body, texts, named)


def kept(makegood: Makegood, key: KeyRow, said: str, told: KeptIn, name: str) -> Json:
    """Say that a promise was kept.

    Raises:
        Declined: 403 for a person who may not, 404, or 409 when it was kept already.
    """
    customer, one = found(makegood, said)
    ref, texts = _kept_apart(f"{key.name}/{name}", "note", told.note)
    body = Kept(said=one.said.event, note=ref)
    return _came_of_it(makegood, key, (customer, one), body, texts, (name, told))


def arrived(makegood: Makegood, key: KeyRow, said: str, told: ArrivedIn, name: str) -> Json:
    """Say what became of a customer who was sent to somebody else.

    Raises:
        Declined: 403 for a person who may not, 404, or 409 when it is known already.
    """
    customer, one = found(makegood, said)
    ref, texts = _kept_apart(f"{key.name}/{name}", "note", told.note)
    body = Arrived(said=one.said.event, taken=told.taken, note=ref)
    return _came_of_it(makegood, key, (customer, one), body, texts, (name, told))


def look(makegood: Makegood, profile: ProfileId) -> tuple[CustomerId, tuple[Spoken, ...]]:
    """Read what a customer was told; an id from before a merge still finds them.

    Raises:
        Declined: 404 when nobody is known by it.
    """
    with makegood.store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
        row = reading.row(customer) if customer is not None else None
    if customer is None or row is None:
        raise Declined(404, missing("customer"))
    return customer, spoken_in(decode_state(row.state), makegood.library)


def found(makegood: Makegood, said: str) -> tuple[CustomerId, Spoken]:
    """Read one thing that was said.

    Raises:
        Declined: 404 when it is not known, or no longer.
    """
    profile, event = read_said_key(said)
    customer, spoken = look(makegood, profile)
    for one in spoken:
        if one.said.is_meant(event):
            return customer, one
    raise Declined(404, missing("promise, disclosure or redirect"))


def _ms(until: datetime) -> int:
    """Read an instant; one that does not say its offset could be any.

    Raises:
        Declined: 422 without an offset.
    """
    if until.tzinfo is None:
        problem = Problem(
            code="no_offset",
            message="An end without its offset from UTC could be any of 24 hours.",
            where="body until",
            what_to_do="Write it as 2026-05-01T18:00:00Z or 2026-05-01T20:00:00+02:00.",
        )
        raise Declined(422, problem)
    return int(until.timestamp() * 1000)


def _plain(*values: str) -> None:
    """Refuse what may not stand in the log.

    Raises:
        Declined: 422 for an address or a name.
    """
    if any(value == "@" or holds_address(value) for value in values):
        problem = Problem(
            code="personal",
            message="Something of this is personal; the log is kept for ever and may not hold it.",
            where="body",
            what_to_do="Put names and free words into `words`, `story`, `note` or `accepted_by`.",
        )
        raise Declined(422, problem)


def _kept_apart(message_id: str, what: str, text: str) -> tuple[str, dict[str, str]]:
    ref = text_ref(event_id(DESK, message_id), what) if text.strip() else ""
    return ref, {ref: text} if ref else {}


def _said(
    makegood: Makegood,
    rep: RepRow,
    identifier: str,
    body: First,
    texts: dict[str, str],
    named: tuple[str, str],
) -> Json:
    message_id, language = named
    asker = Asker(rep=rep.rep, role=rep.role)
    done = makegood.requests.ask(identifier, body, asker, message_id=message_id, texts=texts)
    if isinstance(done, Refused):
        raise declined(done)
    return _shown(makegood, done[0], done[1].event, language)


def _came_of_it(
    makegood: Makegood,
    key: KeyRow,
    about: tuple[CustomerId, Spoken],
    body: Kept | Arrived,
    texts: dict[str, str],
    told: tuple[str, KeptIn | ArrivedIn],
) -> Json:
    (customer, one), (name, how) = about, told
    rep = rep_of(makegood, how.rep, one.said.brand)
    asker = Asker(rep=rep.rep, role=rep.role)
    message_id = f"{key.name}/{name}"
    done = makegood.requests.act(customer, body, asker, message_id=message_id, texts=texts)
    if isinstance(done, Refused):
        raise declined(done)
    return _shown(makegood, customer, one.said.event, how.language)


def _shown(makegood: Makegood, customer: CustomerId, event: EventId, language: str) -> Json:
    _, spoken = look(makegood, ProfileId(customer))
    one = next((one for one in spoken if one.said.is_meant(event)), None)
    if one is None:  # a repeat of long ago: only so much is remembered
        raise Declined(404, missing("promise, disclosure or redirect"))
    return said_fields(one, customer, language)
