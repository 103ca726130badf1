"""Sessions in a signed cookie that ends with the sign-out, also for whoever has a copy of it.

A cookie by itself stays good until it is too old. Each sign-in therefore has a name, and a
sign-out writes the name down for as long as its cookie could live.
"""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import signed_cookies
from django.core.cache import cache

_NAME = "makegood_sign_in"


class SessionStore(signed_cookies.SessionStore):
    """Django's signed cookies; loads nothing of a sign-in that has ended."""

    def load(self) -> dict[str, Any]:
        found: dict[str, Any] = super().load()
        name = found.get(_NAME)
        return {} if name and cache.get(_key(name)) else found

    def cycle_key(self) -> None:
        """Begin a sign-in: what was signed in before under this cookie has ended."""
        self._end()
        self[_NAME] = secrets.token_urlsafe(16)
        super().cycle_key()

    def flush(self) -> None:
        self._end()
        super().flush()

    def _end(self) -> None:
        name = self.get(_NAME)
        if name:
            cache.set(_key(name), True, settings.SESSION_COOKIE_AGE)


def _key(name: str) -> str:
    return f"makegood:ended:{name}"
