"""Sign-in rules: nobody signs up by themselves; the firm makes its people's accounts."""

from allauth.account.adapter import DefaultAccountAdapter  # type: ignore[import-untyped]
from django.http import HttpRequest


class StaffOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes the sign-up that allauth would offer to strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False
