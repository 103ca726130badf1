"""Who may send through the gate by a password."""

from typing import Protocol


class Accounts(Protocol):
    """Knows the passwords."""

    async def sign_in(self, user: str, password: str) -> str | None:
        """Check a password.

        Returns:
            The name under which this sender is known; empty when the password is wrong; None
            when nobody can say so at this moment.
        """


class Nobody:
    """No password is right."""

    async def sign_in(self, user: str, password: str) -> str | None:  # noqa: ARG002
        return ""
