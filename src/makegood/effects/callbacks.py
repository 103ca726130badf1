"""Answers that come later: a counterpart's signed webhook becomes the outcome of a command."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hmac import compare_digest

import msgspec
from msgspec import Struct

from makegood.effects.answers import (
    ConfirmAnswer,
    confirmed_or_declined,
    moved,
    plain_facts,
    without_addresses,
)
from makegood.effects.webhook import signed_headers
from makegood.messages.errors import InputError
from makegood.messages.facts import Body, Carried, Dropped, Facts
from makegood.messages.ids import CommandId
from makegood.messages.money import Money

TOLERANCE_MS = 5 * 60_000  # as Standard Webhooks recommends; older ones may be replays
_COMMAND_ID_LENGTH = 33


class CallbackForged(InputError):
    """The callback is not signed with the secret of this counterpart."""


class CallbackStale(InputError):
    """The callback's time is more than five minutes from ours; sign it anew and send it again."""


class CallbackUnreadable(InputError):
    """The callback is signed, but it is not of a form that we know."""


class _Told(Struct, frozen=True, kw_only=True):
    command: str
    confirmed: bool | None = None
    expires_ms: int = 0
    expires_at: datetime | None = None
    why: str = ""
    reference: str = ""
    paid_cents: int | None = None
    currency: str = ""
    detail: Facts = {}


class _Callback(Struct, frozen=True, kw_only=True):
    type: str
    data: _Told


def verify_callback(
    headers: Mapping[str, str], body: bytes, secret: str, now_ms: int
) -> tuple[CommandId, Body]:
    """Check a callback and read the outcome it tells.

    Args:
        headers: Of the HTTP request, in any case.
        body: The raw body, as it was signed.
        secret: The secret shared with the counterpart that calls.
        now_ms: Our time.

    Returns:
        The command that was answered and the body of the event. Types are `offer.answered`
        (`Confirmed` or `Declined`), `remedy.carried` (`Carried`) and `remedy.failed` (`Dropped`).

    Raises:
        CallbackForged: Missing or wrong signature.
        CallbackStale: Signed too long ago, or in the future.
        CallbackUnreadable: The content is not of a known form.
    """
    _check_signature(
        {name.lower(): value for name, value in headers.items()}, body, secret, now_ms
    )
    try:
        callback = msgspec.json.decode(body, type=_Callback)
    except RecursionError:
        raise CallbackUnreadable("The callback is nested too deep.") from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise CallbackUnreadable(f"The callback cannot be read: {error}.") from error
    command = CommandId(callback.data.command)
    if len(command) != _COMMAND_ID_LENGTH or not command.startswith("m"):
        raise CallbackUnreadable("data.command is not the id of a command.")
    return command, _body(callback.type, command, callback.data)


def _check_signature(headers: Mapping[str, str], body: bytes, secret: str, now_ms: int) -> None:
    id_, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id_ or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        raise CallbackForged
    try:
        expected = signed_headers(
            secret, id_, datetime.fromtimestamp(int(stamp), UTC), body.decode()
        )
    except UnicodeDecodeError as error:
        raise CallbackForged from error
    good = expected["webhook-signature"].encode()
    offered = headers.get("webhook-signature", "").encode("utf-8", "replace").split(b" ")
    # Several signatures stand side by side while a secret is being rotated.
    if not any(compare_digest(good, one) for one in offered):
        raise CallbackForged
    if abs(int(stamp) * 1000 - now_ms) > TOLERANCE_MS:
        raise CallbackStale


def _body(kind: str, command: CommandId, told: _Told) -> Body:
    match kind:
        case "offer.answered":
            return _answered(command, told)
        case "remedy.carried":
            return _carried(command, told)
        case "remedy.failed":
            return Dropped(command=command, why="failed", reason=without_addresses(told.why))
        case _:
            raise CallbackUnreadable(f"{kind[:60]!r} is not a type of callback that we know.")


def _answered(command: CommandId, told: _Told) -> Body:
    if told.confirmed is None:
        raise CallbackUnreadable("data.confirmed is missing: say true or false.")
    return confirmed_or_declined(
        command,
        ConfirmAnswer(
            confirmed=told.confirmed,
            expires_ms=told.expires_ms,
            expires_at=told.expires_at,
            why=told.why,
            detail=told.detail,
        ),
    )


def _carried(command: CommandId, told: _Told) -> Body:
    paid: Money | None = None
    if told.paid_cents is not None:
        try:
            paid = moved(told.paid_cents, told.currency)
        except InputError as error:
            raise CallbackUnreadable(f"data.paid_cents: {error}.") from None
    return Carried(
        command=command,
        paid=paid,
        reference=without_addresses(told.reference),
        detail=plain_facts(told.detail),
    )
