"""Who may use the slower routes: a key with the scope of the route, within its pace."""

import time
from typing import Protocol
from weakref import WeakKeyDictionary

from django.http import HttpRequest, HttpResponse
from ninja.security.base import AuthBase

from makegood.api.keys import key_text, opens, ring_of
from makegood.api.limits import RateLimit, Spent, limit_fields, own_allowance
from makegood.api.problems import (
    KEY_MISSING,
    KEY_UNKNOWN,
    TOO_MANY,
    Problem,
    brand_closed,
    scope_missing,
)
from makegood.bootstrap import Makegood
from makegood.messages.errors import MakegoodError
from makegood.ports.rows import KeyRow
from makegood.ports.store import Store
from makegood.runtime.noting import Actor, actor, become


class Answering(Protocol):
    """A request that the middleware joined with the Makegood in use."""

    makegood: Makegood
    auth: KeyRow


class Declined(MakegoodError):
    """The request ends here with a problem."""

    def __init__(self, status: int, problem: Problem, retry_seconds: int = 0) -> None:
        super().__init__(problem.message)
        self.status = status
        self.problem = problem
        self.retry_seconds = retry_seconds


_LIMITS: "WeakKeyDictionary[Store, RateLimit]" = WeakKeyDictionary()


class WithKey(AuthBase):
    """`Authorization: Bearer mg_...`, or the key as user name of Basic."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: str, reading: str = "", *, by_brand: bool = False) -> None:
        """Say what the key has to have.

        Args:
            scope: One of `keys.SCOPES`.
            reading: The scope that is enough for GET; empty for the same one.
            by_brand: The route itself keeps a key of some brands to what is of them; without
                that such a key is let in nowhere.
        """
        super().__init__()
        self._scope = scope
        self._reading = reading or scope
        self._by_brand = by_brand

    def __call__(self, request: HttpRequest) -> KeyRow:
        """Give the key.

        Raises:
            Declined: 401 without a valid key, 403 without the scope, 429 when it asks too fast.
        """
        text = key_text(request.headers.get("Authorization", ""))
        if not text:
            raise Declined(401, KEY_MISSING)
        makegood: Makegood = request.makegood  # type: ignore[attr-defined]
        key = ring_of(makegood.store, makegood.clock).find(text)
        if key is None:
            raise Declined(401, KEY_UNKNOWN)
        needed = self._reading if request.method in ("GET", "HEAD") else self._scope
        if not opens(key, needed):
            raise Declined(403, scope_missing(needed))
        if key.brands and not self._by_brand:
            raise Declined(403, brand_closed(key.brands))
        spent = _limit(makegood).take(key.sha256, own_allowance(key))
        request.spent = spent  # type: ignore[attr-defined]
        if spent is not None and spent.wait_s:
            raise Declined(429, TOO_MANY, retry_seconds=int(spent.wait_s) + 1)
        known = actor()
        how = f"key {key.sha256.hex()[:8]}"
        become(Actor(who=key.name, how=how, request=known.request))
        return key


class CasesKey(WithKey):
    """A key with the scope `cases`; for reading `cases.read` is enough."""

    def __init__(self, *, by_brand: bool = False) -> None:
        super().__init__("cases", "cases.read", by_brand=by_brand)


def key_of(request: HttpRequest) -> KeyRow:
    """Give the key that a request came with."""
    key: KeyRow = request.auth  # type: ignore[attr-defined]
    return key


def sees(request: HttpRequest, brand: str) -> bool:
    """Whether what is of a brand is there for this key; what has none is there for every key."""
    return key_of(request).may_see(brand)


def must_speak_for(request: HttpRequest, brand: str) -> None:
    """Let a key of some brands on only where it names one of them.

    Raises:
        Declined: 403 for any other brand, and for none.
    """
    key = key_of(request)
    if not key.may_speak_for(brand):
        raise Declined(403, brand_closed(key.brands))


def brands_of(request: HttpRequest) -> tuple[str, ...]:
    """Say what to ask the store for: the key's brands and what has none; empty for everything."""
    key = key_of(request)
    return (*key.brands, "") if key.brands else ()


def say_limits(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tell the client what is left of its pace, whatever the answer is."""
    spent: Spent | None = getattr(request, "spent", None)
    if spent is not None:
        for name, value in limit_fields(spent):
            response[name.decode()] = value.decode()
    return response


def _limit(makegood: Makegood) -> RateLimit:
    store = makegood.store
    known = _LIMITS.get(store)
    made = known or RateLimit(makegood.settings.limits.api, time.monotonic)
    return known or _LIMITS.setdefault(store, made)
