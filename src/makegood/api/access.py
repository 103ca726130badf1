"""Who may use the slower routes: a key with the scope `cases`, within its pace."""

import time
from typing import Protocol
from weakref import WeakKeyDictionary

from django.http import HttpRequest
from ninja.security.base import AuthBase

from makegood.api.keys import KeyRing, key_text
from makegood.api.limits import Allowance, RateLimit
from makegood.api.problems import KEY_MISSING, KEY_UNKNOWN, TOO_MANY, Problem, scope_missing
from makegood.bootstrap import Makegood
from makegood.messages.errors import MakegoodError
from makegood.ports.rows import KeyRow
from makegood.ports.store import Store

ALLOWANCE = Allowance(per_second=100, burst=200)  # each answer here takes a thread and a few reads


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


class _Door:
    """Keys and paces of one store."""

    def __init__(self, store: Store) -> None:
        self.keys = KeyRing(store, time.monotonic)
        self.limit = RateLimit(ALLOWANCE, time.monotonic)


_DOORS: "WeakKeyDictionary[Store, _Door]" = WeakKeyDictionary()


class WithKey(AuthBase):
    """`Authorization: Bearer mg_...`, or the key as user name of Basic."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: str) -> None:
        """Say which scope the key has to have."""
        super().__init__()
        self._scope = scope

    def __call__(self, request: HttpRequest) -> KeyRow:
        """Give the key.

        Raises:
            Declined: 401 without a valid key, 403 without the scope, 429 when it asks too fast.
        """
        text = key_text(request.headers.get("Authorization", ""))
        if not text:
            raise Declined(401, KEY_MISSING)
        store: Store = request.makegood.store  # type: ignore[attr-defined]
        door = _DOORS.get(store) or _DOORS.setdefault(store, _Door(store))
        key = door.keys.find(text)
        if key is None:
            raise Declined(401, KEY_UNKNOWN)
        if self._scope not in key.scopes:
            raise Declined(403, scope_missing(self._scope))
        wait = door.limit.wait_seconds(key.sha256)
        if wait:
            raise Declined(429, TOO_MANY, retry_seconds=int(wait) + 1)
        return key


class CasesKey(WithKey):
    """A key with the scope `cases`."""

    def __init__(self) -> None:
        super().__init__("cases")
