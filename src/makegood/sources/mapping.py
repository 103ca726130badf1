"""A record of somebody else's system, mapped by the rule book, becomes arrivals or a reason.

What comes out is built as Segment calls and goes through their reader: the same limits, the same
parting of personal data, the same ids for the same thing.
"""

import math
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import TypeAlias

import msgspec
from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.messages.facts import Facts, FailureRaised
from makegood.messages.identifiers import normal
from makegood.messages.ids import RepId, event_id
from makegood.playbooks.book import RuleBook
from makegood.playbooks.cel import CelEvaluationError, Expression
from makegood.playbooks.mappings import WORDS, Form, Mapped, Raises, Source, When
from makegood.ports.arrivals import Arrival
from makegood.sources.limits import MAX_EVENT_BYTES, check_id, check_text, writable
from makegood.sources.mapped_times import iso_of
from makegood.sources.personal import holds_address
from makegood.sources.segment import Envelope, Read, canonical, read_item
from makegood.sources.times import corrected
from makegood.sources.traits import person_of

Env: TypeAlias = Mapping[str, object]
_NOBODY = "The record names no customer: no identifier of the source is in it."
_DIGEST = 16  # bytes
LONGEST_WORDS = 8_000  # letters; an event has room for them whatever else it says
_PLAIN = (str, bool, int, float, list, dict, type(None))


class Turned(Struct, frozen=True, kw_only=True):
    """What became of one record.

    Attributes:
        arrivals: Events, the one that says who it is first.
        also: Every identifier the record names its customer by, the leading one first.
        warning: What was left out of what was taken, and why.
        reasons: Why something of it could not be taken; empty when nothing was left.
        ignored: The source knows such records and wants nothing of them.
    """

    arrivals: tuple[Arrival, ...] = ()
    also: tuple[str, ...] = ()
    warning: str = ""
    reasons: tuple[str, ...] = ()
    ignored: bool = False


class Mapper:
    """Maps the records of one source."""

    def __init__(self, source: Source, book: RuleBook) -> None:
        self._source = source
        self._book = book

    def turn(self, record: Facts, envelope: Envelope) -> Turned:
        """Map one record; whatever is wrong with it becomes a reason."""
        env: Env = {"record": record, "params": self._source.parameters}
        try:
            if self._is_ignored(env):
                return Turned(ignored=True)
            fitting, unclear = self._fitting(env)
            if not fitting:
                return Turned(reasons=unclear or ("No event of the source fits this record.",))
            made = _Making(self._source, self._book, env, envelope)
            return made.turned(fitting, unclear)
        except (InputError, CelEvaluationError) as error:
            return Turned(reasons=(str(error),))
        except RecursionError:
            return Turned(reasons=("The record is nested too deep.",))

    def _is_ignored(self, env: Env) -> bool:
        """A condition that lacks a fact ignores nothing."""
        return any(_or_missing(one, env) is True for one in self._source.ignore)

    def _fitting(self, env: Env) -> tuple[tuple[Mapped, ...], tuple[str, ...]]:
        """Part the events into those that fit and those that cannot be judged, with why."""
        fitting, unclear = [], []
        for mapped in self._source.events:
            try:
                said = True if mapped.when is None else mapped.when.evaluate(env)
            except CelEvaluationError as error:
                unclear.append(f"{mapped.id}: cannot be judged: {error}")
                continue
            if said is True:
                fitting.append(mapped)
            elif said is not False:
                unclear.append(f"{mapped.id}: `when` gave no true or false.")
        return tuple(fitting), tuple(unclear)


class _Making:
    """Makes the arrivals of one record."""

    def __init__(self, source: Source, book: RuleBook, env: Env, envelope: Envelope) -> None:
        self.source = source
        self.book = book
        self.env = env
        self.envelope = envelope
        self.key = self._key()
        self.warnings: list[str] = []
        self.also = tuple(dict.fromkeys(_identifiers(source, env, self.warnings)))
        if not self.also:
            raise InputError(" ".join((_NOBODY, *self.warnings)))
        self.person = self._person()
        self.time = self._time(source.at)

    def turned(self, fitting: tuple[Mapped, ...], unclear: tuple[str, ...]) -> Turned:
        arrivals: list[Arrival] = [self._who()] if len(self.also) > 1 else []
        reasons = list(unclear)
        for mapped in fitting:
            try:
                arrivals.append(self._arrival(mapped))
            except (InputError, CelEvaluationError) as error:
                reasons.append(f"{mapped.id}: {error}")
        if len(reasons) - len(unclear) == len(fitting):
            arrivals = []
        return Turned(
            arrivals=tuple(arrivals),
            also=self.also,
            warning=" ".join(self.warnings),
            reasons=tuple(reasons),
        )

    def _key(self) -> str:
        key = _word(self.source.key.evaluate(self.env), "key")
        if not key:
            raise InputError("`key` is empty: nothing names this record.")
        return check_id(key, "key")

    def _person(self) -> dict[str, str]:
        found = {}
        for name, expression in self.source.person.items():
            word = writable(_word(_or_missing(expression, self.env), f"person.{name}"), 320)
            if word:
                found[name] = word
        return found

    def _time(self, at: When | None) -> str:
        """Give the time as ISO 8601; empty where the source does not say one."""
        if at is None:
            return ""
        value = _or_missing(at.value, self.env)
        return iso_of(value, at) if value not in (None, "") else ""

    def _who(self) -> Arrival:
        """Say by which identifiers they are known; the same ones again are known already."""
        kept = ("name", "language")
        traits: dict[str, object] = {key: self.person[key] for key in kept if key in self.person}
        for one in self.also[1:]:
            kind, _, value = one.partition(":")
            if kind == "loyalty":
                brand, _, number = value.partition(":")
                traits.setdefault("loyalty", {})[brand] = number  # type: ignore[index]
            elif kind in ("email", "phone"):
                traits[kind] = value
        named = {"ids": list(self.also), "traits": traits}
        name = blake2b(canonical(named), digest_size=_DIGEST).hexdigest()
        item = {"type": "identify", "messageId": f"who/{name}", "traits": traits}
        # It sends nothing and says no time: history or not, it is the same event.
        envelope = msgspec.structs.replace(self.envelope, imported=False)
        return self._read(item, envelope).arrival

    def _arrival(self, mapped: Mapped) -> Arrival:
        facts = {
            name: value
            for name, expression in mapped.facts.items()
            if (value := _fact(_or_missing(expression, self.env), name)) is not None
        }
        if mapped.raises is not None:
            return self._raised(mapped, mapped.raises)
        if words := self._words(mapped):
            facts[WORDS] = words
        item: dict[str, object] = {"type": "track", "event": mapped.event, "properties": facts}
        if self.time:
            item["timestamp"] = self.time
        item["context"] = {
            "externalIds": [_external(one) for one in self.also],
            **({"traits": self.person} if self.person else {}),
        }
        item["messageId"] = self._message_id(mapped, item)
        return self._read(item).arrival

    def _words(self, mapped: Mapped) -> str:
        """Read what the customer wrote; a record without it is an event all the same."""
        found = _or_missing(mapped.words, self.env) if mapped.words is not None else None
        return writable(found, LONGEST_WORDS) if isinstance(found, str) else ""

    def _message_id(self, mapped: Mapped, said: Mapping[str, object]) -> str:
        """Name the event: a delivery by its own key, a row by its key and by what it says now."""
        name = f"{mapped.id}/{self.key}"
        if self.source.form is Form.CSV:
            name += f"/{blake2b(canonical(said), digest_size=_DIGEST).hexdigest()}"
        return check_id(name, "message id")

    def _read(self, item: Mapping[str, object], envelope: Envelope | None = None) -> Read:
        named = msgspec.structs.replace(envelope or self.envelope, identifier=self.also[0])
        return read_item(msgspec.json.encode(item), named)

    def _raised(self, mapped: Mapped, raises: Raises) -> Arrival:
        failure, about, brand, words = (
            _word(one.evaluate(self.env), name) if one is not None else ""
            for name, one in (
                ("failure", raises.failure),
                ("about", raises.about),
                ("brand", raises.brand),
                ("words", raises.words),
            )
        )
        self._check_raised(failure, about, brand)
        words = writable(words, MAX_EVENT_BYTES)
        said = {"failure": failure, "about": about, "brand": brand, "words": words}
        message_id = self._message_id(mapped, {**said, "ids": list(self.also)})
        ref = f"{event_id(self.envelope.source, message_id)}/words" if words else ""
        body = FailureRaised(
            failure=failure, about=about, brand=brand, by=RepId(self.source.id), words=ref
        )
        time_ms, claimed_ms = corrected(self.time, "", self.envelope.received_ms)
        if self.envelope.imported and not self.time:
            raise InputError("The time is missing; history needs to say when it happened.")
        traits: dict[str, object] = dict(self.person)
        return Arrival(
            source=self.envelope.source,
            message_id=message_id,
            identifier=self.also[0],
            time_ms=time_ms,
            claimed_ms=claimed_ms,
            body=body,
            person=person_of({"traits": traits}, self.also[0]),
            texts={ref: words} if words else {},
            body_digest=blake2b(canonical(said), digest_size=_DIGEST).digest(),
            imported=self.envelope.imported,
        )

    def _check_raised(self, failure: str, about: str, brand: str) -> None:
        if brand and brand not in self.book.brands:
            raise InputError(f"The book has no brand {brand[:40]!r}.")
        known = self.book.for_brand(brand)
        if failure not in known.failures or failure not in known.plans:
            raise InputError(
                f"The book has no failure {failure[:40]!r} with a plan; it has "
                f"{', '.join(sorted(known.plans))}."
            )
        check_id(about, "about")
        if holds_address(about):
            raise InputError("about holds an e-mail address; send the number of the ticket.")


def _identifiers(source: Source, env: Env, warnings: list[str]) -> Iterator[str]:
    """Read who it is about; what is not there, or empty, or not of its form names nobody."""
    for kind, expression in source.customer.items():
        try:
            word = _word(_or_missing(expression, env), f"customer.{kind}")
            if word:
                yield normal(f"{kind}:{word}")
        except InputError as error:
            warnings.append(f"customer.{kind} finds nobody: {error}")


def identifiers_in(source: Source, record: Facts) -> frozenset[str]:
    """Give the identifiers by which a record names its customer; none where it cannot be read."""
    env: Env = {"record": record, "params": source.parameters}
    try:
        return frozenset(_identifiers(source, env, []))
    except (CelEvaluationError, RecursionError):
        return frozenset()


def _external(identifier: str) -> dict[str, str]:
    """Write an identifier as Segment's `context.externalIds` does."""
    kind, _, value = identifier.partition(":")
    return {"type": kind, "id": value}


def _or_missing(expression: Expression, env: Env) -> object:
    """Evaluate; a fact that is missing gives nothing, and so is missing from the event as well.

    Raises:
        CelEvaluationError: It fails for another reason than a missing fact.
    """
    try:
        return expression.evaluate(env)
    except CelEvaluationError as error:
        if error.missing is not None:
            return None
        raise


def _word(value: object, where: str) -> str:
    """Give a text or a whole number as text; nothing gives nothing."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InputError(f"{where} should be a text or a number.")
    if isinstance(value, float):
        if not (math.isfinite(value) and value.is_integer()):
            raise InputError(f"{where} should be a text or a whole number.")
        value = int(value)
    text = str(value).strip()
    check_text(text, where)
    return text


def _fact(value: object, name: str) -> object:
    if not isinstance(value, _PLAIN):
        raise InputError(
            f"{name} gives {type(value).__name__.lower()}; write string(...) around it."
        )
    return value
