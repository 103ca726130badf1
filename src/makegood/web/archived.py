"""The people who sign in, out of Django's tables and into those of a restored deployment."""

from allauth.mfa.models import Authenticator  # type: ignore[import-untyped]
from django.contrib.auth.models import Group, User
from django.core import serializers
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, connection, transaction

from makegood.messages.errors import InputError

_MODELS = (Group, User, Authenticator)


def accounts() -> bytes:
    """Write down groups, users with the hashes of their passwords, and second factors."""
    every = [one for model in _MODELS for one in model.objects.order_by("pk")]
    written: str = serializers.serialize("json", every)
    return written.encode()


def put_accounts(written: bytes) -> int:
    """Make the people that were written down; give how many.

    Raises:
        InputError: They cannot be read.
    """
    try:
        with transaction.atomic():
            found = list(serializers.deserialize("json", written.decode()))
            for one in found:
                one.save()
            # Ids were given, not drawn: the next one is drawn behind them.
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), list(_MODELS)):
                    cursor.execute(statement)
    except (DeserializationError, DatabaseError, UnicodeError) as error:
        raise InputError(f"The accounts cannot be restored: {type(error).__name__}.") from None
    return sum(isinstance(one.object, User) for one in found)
