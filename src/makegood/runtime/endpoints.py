"""Webhook endpoints at work: made, changed, rotated, switched off, removed, and told again."""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from threading import Lock
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.notices import NoticeKind
from makegood.effects.addresses import Guard, public_only
from makegood.effects.hooks import OLD_SECRET_MS, SINK, Home, Hook, Notebook, secrets_of
from makegood.effects.webhook import Webhooks
from makegood.messages.errors import EffectFailed, InputError
from makegood.messages.ids import NoticeId
from makegood.playbooks.book import RuleBook
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.notices import Sink, SinkHealth
from makegood.ports.store import Store
from makegood.ports.webhooks import GONE, Delivery, Endpoint
from makegood.runtime.intake import patiently
from makegood.runtime.noting import note

_LOG = logging.getLogger("makegood.webhooks")
MOST_ENDPOINTS = 100  # each takes a lane, and each notice is kept for each
KEPT_MS = 14 * 86_400_000  # requests and answers; the retries end after three days
LONGEST_URL = 2_000
LONGEST_DESCRIPTION = 200


class Secrets(Struct, frozen=True, kw_only=True):
    """The secrets of an endpoint, for the person who may see them.

    Attributes:
        newest: What a receiver verifies with.
        before: The rotated one, while it still signs; else empty.
        before_until_ms: Until when it does.
    """

    newest: str
    before: str = ""
    before_until_ms: int = 0


class Wanted(Struct, frozen=True, kw_only=True):
    """What a person says of an endpoint.

    Attributes:
        kinds: Words such as "hold.opened", or "hold.*"; none for everything.
        brands: Of the rule book; none for all.
    """

    kinds: Sequence[str] = ()
    brands: Sequence[str] = ()
    description: str = ""


class Endpoints:
    """The endpoints of a deployment."""

    def __init__(
        self,
        store: Store,
        webhooks: Webhooks,
        book_of: Callable[[], RuleBook],
        clock: Clock,
        home: Home,
        guard: Guard = public_only,
    ) -> None:
        """Join the parts.

        Args:
            webhooks: Posts to the endpoints.
            book_of: Gives the active rule book, which knows the brands.
            guard: Refuses addresses that are not on the open internet.
        """
        self._store = store
        self._webhooks = webhooks
        self._book_of = book_of
        self._clock = clock
        self._home = home
        self._guard = guard
        self._noting = Lock()
        self._notes: list[Delivery] = []

    def sinks(self) -> Mapping[str, Sink]:
        """Give the endpoints that are told now, by the name of the sink."""
        with self._store.reading() as reading:
            rows = reading.endpoints()
        notebook = Notebook(wrote=self._wrote, gone=lambda id_: self.disable(id_, GONE))
        told = [row for row in rows if not row.disabled]
        hooks = [Hook(row, self._webhooks, notebook, self._home) for row in told]
        return {hook.name: hook for hook in hooks}

    def flush(self) -> None:
        """Write down what was sent; a fault of the log must not repeat a delivery."""
        with self._noting:
            rows, self._notes = self._notes, []
        if not rows:
            return
        try:
            patiently(lambda: self._write(rows))
        except Exception as fault:
            _LOG.error("%s deliveries were not logged: %s", len(rows), type(fault).__name__)

    def _wrote(self, delivery: Delivery) -> None:
        """Keep one request until the outcomes of its round are written: one commit for many."""
        with self._noting:
            self._notes.append(delivery)

    def _write(self, rows: Sequence[Delivery]) -> None:
        with self._store.writing() as writing:
            told = [writing.telling(SINK + row.endpoint, row.notice) for row in rows]
            numbered = [
                replace(row, attempt=one.attempts if one is not None else 0)
                for row, one in zip(rows, told, strict=True)
            ]
            writing.put_deliveries(numbered, rows[-1].at_ms - KEPT_MS)

    def every(self) -> tuple[tuple[Endpoint, SinkHealth], ...]:
        """Give every endpoint, and how it fares."""
        with self._store.reading() as reading:
            rows, health = reading.endpoints(), reading.sinks_health()
        return tuple((row, health.get(SINK + row.id) or SinkHealth(sink=row.id)) for row in rows)

    def find(self, endpoint: str) -> Endpoint | None:
        """Give one endpoint."""
        with self._store.reading() as reading:
            return reading.endpoint(endpoint)

    def add(self, url: str, wanted: Wanted, by: str) -> Endpoint:
        """Make an endpoint; it hears what changes from now on.

        Asked again with the same words it is the same endpoint: a repeat makes no second one.

        Raises:
            InputError: The address, a kind or a brand cannot be used; nothing is made.
        """
        row = Endpoint(
            id=f"w{secrets.token_hex(8)}",
            url=self._checked(url.strip()),
            by=by,
            created_ms=self._clock.now_ms(),
        )
        row = self._with(row, wanted)
        with self._store.writing() as writing:
            known = writing.endpoints()
            same = next((one for one in known if _is_same(one, row)), None)
            if same is not None:
                return same
            if len(known) >= MOST_ENDPOINTS:
                raise InputError(f"There are {MOST_ENDPOINTS} endpoints; remove one first.")
            writing.put_endpoint(row)
            note(writing, _changed(row.created_ms, None, row))
        return row

    def change(self, endpoint: str, wanted: Wanted) -> Endpoint:
        """Change what an endpoint hears.

        Raises:
            InputError: There is none, or a kind or a brand is unknown.
        """
        return self._put(endpoint, lambda row: self._with(row, wanted))

    def rotate(self, endpoint: str) -> Secrets:
        """Give an endpoint a new secret; the one before signs too for a day.

        Raises:
            InputError: There is none, or it was rotated within the last day.
        """
        now_ms = self._clock.now_ms()

        def another(row: Endpoint) -> Endpoint:
            if row.rotated_ms and now_ms < row.rotated_ms + OLD_SECRET_MS:
                raise InputError(
                    "It was rotated within the last 24 hours and two secrets sign now; "
                    "a third would end the first too early. Wait until they have passed."
                )
            return replace(row, generation=row.generation + 1, rotated_ms=now_ms)

        return self._secrets(self._put(endpoint, another))

    def secrets(self, endpoint: str) -> Secrets:
        """Give the secrets of an endpoint, and write down that they were shown.

        Raises:
            InputError: There is none.
        """
        with self._store.writing() as writing:
            row = writing.endpoint(endpoint)
            if row is None:
                raise _unknown(endpoint)
            act = Act(what="secret.shown", at_ms=self._clock.now_ms(), about=f"webhook {row.id}")
            note(writing, act)
        return self._secrets(row)

    def _secrets(self, row: Endpoint) -> Secrets:
        newest, *before = secrets_of(self._home.key, row, self._clock.now_ms())
        if not before:
            return Secrets(newest=newest)
        until_ms = row.rotated_ms + OLD_SECRET_MS
        return Secrets(newest=newest, before=before[0], before_until_ms=until_ms)

    def disable(self, endpoint: str, why: str) -> Endpoint:
        """Switch an endpoint off; what waits for it goes on waiting, and nothing new is added."""
        now_ms = self._clock.now_ms()
        return self._put(
            endpoint,
            lambda row: row if row.disabled else replace(row, disabled=why, disabled_ms=now_ms),
        )

    def enable(self, endpoint: str) -> Endpoint:
        """Switch an endpoint on again; it hears what changes from now on, and what waited."""
        return self._put(endpoint, lambda row: replace(row, disabled="", disabled_ms=0))

    def remove(self, endpoint: str) -> None:
        """Remove an endpoint with its log and all that waits for it.

        Raises:
            InputError: There is none.
        """
        with self._store.writing() as writing:
            row = writing.endpoint(endpoint)
            if row is None or not writing.drop_endpoint(endpoint):
                raise _unknown(endpoint)
            writing.drop_sink(SINK + endpoint)
            note(writing, _changed(self._clock.now_ms(), row, None))

    def replay(self, endpoint: str, notices: Sequence[str] = (), since_ms: int = 0) -> int:
        """Send again: these notices, whatever became of them, or all that failed since a time.

        Raises:
            InputError: There is no such endpoint.
        """
        ids = [NoticeId(one) for one in notices]
        with self._store.writing() as writing:
            if writing.endpoint(endpoint) is None:
                raise _unknown(endpoint)
            now_ms = self._clock.now_ms()
            again = writing.replay_tellings(SINK + endpoint, ids, since_ms, now_ms)
            if again:
                after = {"notices": str(again)}
                about = f"webhook {endpoint}"
                act = Act(what="webhook.replayed", at_ms=now_ms, about=about, after=after)
                note(writing, act)
            return again

    def _put(self, endpoint: str, change: Callable[[Endpoint], Endpoint]) -> Endpoint:
        def once() -> Endpoint:
            with self._store.writing() as writing:
                row = writing.endpoint(endpoint)
                if row is None:
                    raise _unknown(endpoint)
                changed = change(row)
                if changed != row:
                    writing.put_endpoint(changed)
                    note(writing, _changed(self._clock.now_ms(), row, changed))
                return changed

        return patiently(once)

    def _with(self, row: Endpoint, wanted: Wanted) -> Endpoint:
        known = set(self._book_of().brands)
        strange = sorted(set(wanted.brands) - known)
        if strange:
            raise InputError(
                f"The rule book knows no brand {strange[0]!r}; "
                f"it knows {', '.join(sorted(known)) or 'none'}."
            )
        if len(wanted.description) > LONGEST_DESCRIPTION:
            raise InputError(f"A description has {LONGEST_DESCRIPTION} characters at most.")
        return replace(
            row,
            kinds=kinds_of(wanted.kinds),
            brands=tuple(dict.fromkeys(wanted.brands)),
            description=wanted.description.strip(),
        )

    def _checked(self, url: str) -> str:
        """Refuse now what could never be reached; the guard looks again at each delivery."""
        parts = urlsplit(url)
        if len(url) > LONGEST_URL or not parts.hostname or parts.scheme not in ("http", "https"):
            raise InputError(
                "Write the address of the endpoint, such as https://example.org/hook."
            )
        if parts.username or parts.password or parts.fragment:
            raise InputError(
                "The address holds a name, a password or a fragment; leave it out. "
                "Each message is signed, which shows who sent it."
            )
        if self._home.private:
            return url
        if parts.scheme != "https":
            raise InputError("An endpoint needs https.")
        try:
            self._guard(parts.scheme, parts.hostname, _port(url))
        except EffectFailed as failed:
            if not failed.retry:
                raise InputError(
                    f"{parts.hostname} is not on the open internet; MAKEGOOD_PRIVATE_WEBHOOKS=1 "
                    "lets endpoints be inside, for a deployment that trusts whoever makes them."
                ) from failed
        return url


def _port(url: str) -> int:
    try:
        return urlsplit(url).port or 443
    except ValueError as error:
        raise InputError("The port of the address is no number up to 65535.") from error


def kinds_of(words: Sequence[str]) -> tuple[NoticeKind, ...]:
    """Read kinds of notices; "hold.*" stands for all that begin so.

    Raises:
        InputError: One is unknown.
    """
    found: dict[NoticeKind, None] = {}
    for word in words:
        begins = word.removesuffix("*")
        named = [
            kind
            for kind in NoticeKind
            if kind.value == word or (word.endswith(".*") and kind.value.startswith(begins))
        ]
        if not named:
            raise InputError(
                f"{word!r} is no kind of notice; there are {', '.join(NoticeKind)}, "
                "hold.* and case.*."
            )
        found |= dict.fromkeys(named)
    return tuple(found)


def _is_same(one: Endpoint, other: Endpoint) -> bool:
    return not one.disabled and (one.url, one.kinds, one.brands, one.description) == (
        other.url, other.kinds, other.brands, other.description
    )  # fmt: skip


def _unknown(endpoint: str) -> InputError:
    return InputError(f"There is no endpoint {endpoint!r}; `makegood webhook list` shows them.")


def instant_of(text: str) -> int:
    """Read an ISO 8601 instant with its offset, in milliseconds.

    Raises:
        InputError: It cannot be read, or says no offset.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no instant; write 2026-05-01T08:00:00Z.") from error
    if moment.tzinfo is None:
        raise InputError(f"{text!r} says no time zone; write 2026-05-01T08:00:00Z.")
    return int(moment.timestamp() * 1000)


def _changed(now_ms: int, before: Endpoint | None, after: Endpoint | None) -> Act:
    """Say what became of an endpoint; an address of somebody's server is no personal data."""
    id_ = next(one.id for one in (before, after) if one is not None)
    old, new = _words(before), _words(after)
    return Act(
        what="webhook.changed",
        at_ms=now_ms,
        about=f"webhook {id_}",
        before={name: word for name, word in old.items() if new.get(name) != word},
        after={name: word for name, word in new.items() if old.get(name) != word},
    )


def _words(row: Endpoint | None) -> dict[str, str]:
    if row is None:
        return {}
    return {
        "host": urlsplit(row.url).hostname or "",
        "kinds": ", ".join(row.kinds),
        "brands": ", ".join(row.brands),
        "secret": f"generation {row.generation}",
        "state": "off" if row.disabled else "on",
    }
