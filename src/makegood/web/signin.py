"""Sign-in rules: nobody signs up; sign-ins and bursts of failed ones are recorded."""

from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter  # type: ignore[import-untyped]
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.cache import cache
from django.http import HttpRequest

from makegood.bootstrap import Makegood
from makegood.desk.access import how_signed_in
from makegood.portal.rates import Rate, is_within
from makegood.ports.acts import Act
from makegood.runtime.noting import Actor, acting, actor, note

_BURST = Rate(name="sign-in", most=4, seconds=900)
"""More failed tries than these for one name are a burst, which is written down once.

After five the sign-in itself is shut for a while, and tries are no longer told of.
"""


class StaffOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes the sign-up that allauth would offer to strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False


def watch() -> None:
    """Hear of sign-ins from now on."""
    user_logged_in.connect(_signed_in, dispatch_uid="makegood.signed_in")
    user_login_failed.connect(_failed, dispatch_uid="makegood.failed")


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    name = user.get_username()
    if getattr(request, "makegood", None) is None:  # no browser: a test, or a command
        return
    who = Actor(who=name, how=how_signed_in(request), request=actor().request)
    with acting(who):
        _note(request, "signed_in", name)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Write a burst down: not each try, or a stranger could fill the record."""
    tried = str(credentials.get("username", ""))
    name = sha256(tried.encode()).hexdigest()[:32]
    if is_within(_BURST, name) or not cache.add(f"makegood:burst:{name}", 1, _BURST.seconds):
        return
    # Only a name that there is: people type passwords and addresses into the wrong field.
    is_known = User.objects.filter(username=tried).exists()
    _note(request, "sign_in.failed", tried if is_known else "a name that nobody has")


def _note(request: HttpRequest | None, what: str, about: str) -> None:
    makegood: Makegood | None = getattr(request, "makegood", None)
    if makegood is None:
        return
    with makegood.store.writing() as writing:
        note(writing, Act(what=what, at_ms=makegood.clock.now_ms(), about=about))
