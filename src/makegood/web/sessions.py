"""Sessions in a signed cookie that ends with the sign-out, also for whoever has a copy of it.

A cookie by itself stays good until it is too old. Each sign-in therefore has a name, and a
sign-out writes the name down for as long as its cookie could live.
"""

import secrets
import time
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import signed_cookies
from django.core.cache import cache

_NAME = "makegood_sign_in"
_SINCE = "makegood_signed_in_ms"
EVERYBODY = "*"


class SessionStore(signed_cookies.SessionStore):
    """Django's signed cookies; loads nothing of a sign-in that has ended."""

    def load(self) -> dict[str, Any]:
        found: dict[str, Any] = super().load()
        name = found.get(_NAME)
        if not name:
            return found
        whose = [_key_of(found.get("_auth_user_id", "")), _key_of(EVERYBODY)]
        ended = cache.get_many([_key(name), *whose])  # one question
        since_ms = found.get(_SINCE, 0)
        is_over = _key(name) in ended or any(ended.get(one, -1) >= since_ms for one in whose)
        return {} if is_over else found

    def cycle_key(self) -> None:
        """Begin a sign-in: what was signed in before under this cookie has ended."""
        self._end()
        self[_NAME] = secrets.token_urlsafe(16)
        self[_SINCE] = _now_ms()
        super().cycle_key()

    def flush(self) -> None:
        self._end()
        super().flush()

    def _end(self) -> None:
        name = self.get(_NAME)
        if name:
            cache.set(_key(name), True, settings.SESSION_COOKIE_AGE)


def end_sign_ins(user: str = EVERYBODY) -> None:
    """End every sign-in of a user, or of everybody, on every device; new ones are not touched."""
    cache.set(_key_of(user), _now_ms(), settings.SESSION_COOKIE_AGE)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _key_of(user: str) -> str:
    return f"makegood:ended-of:{user}"


def _key(name: str) -> str:
    return f"makegood:ended:{name}"
