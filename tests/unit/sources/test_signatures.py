"""Every scheme takes what its vendor signs, and nothing else."""

import hmac
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha1, sha256

import pytest
from standardwebhooks import Webhook

from makegood.messages.errors import InputError
from makegood.playbooks.mappings import Signing
from makegood.sources.signatures import NotSigned, check_secret, check_signature

NOW = 1_795_000_000_000
BODY = '{"ticket": "7", "name": "Zoë"}'.encode()
SECRET = "a secret of the webhook, long enough"
WHSEC = "whsec_" + b64encode(b"thirty-two bytes of a test secret").decode()
AT = "2026-11-18T11:06:40Z"


def signed(signing: Signing, at_ms: int = NOW, body: bytes = BODY) -> dict[str, str]:
    """Sign as the vendor does."""
    seconds = str(at_ms // 1000)
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    match signing:
        case Signing.ZENDESK:
            at = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            made = hmac.new(SECRET.encode(), at.encode() + body, sha256).digest()
            return {
                "x-zendesk-webhook-signature": b64encode(made).decode(),
                "x-zendesk-webhook-signature-timestamp": at,
            }
        case Signing.CHATWOOT:
            made = hmac.new(SECRET.encode(), f"{seconds}.".encode() + body, sha256)
            return {
                "x-chatwoot-signature": f"sha256={made.hexdigest()}",
                "x-chatwoot-timestamp": seconds,
            }
        case Signing.ZAMMAD:
            made = hmac.new(SECRET.encode(), body, sha1)
            return {"x-hub-signature": f"sha1={made.hexdigest()}"}
        case Signing.STANDARD:
            return {
                "webhook-id": "msg_1",
                "webhook-timestamp": seconds,
                "webhook-signature": Webhook(WHSEC).sign("msg_1", moment, body.decode()),
            }
    return {"authorization": f"Bearer {SECRET}"}


def secret_of(signing: Signing) -> str:
    return WHSEC if signing is Signing.STANDARD else SECRET


def check(
    signing: Signing, headers: dict[str, str], body: bytes = BODY, now_ms: int = NOW
) -> None:
    secrets = ("an older secret, no longer used!", secret_of(signing))
    if signing is Signing.STANDARD:
        secrets = secrets[1:]
    check_signature(signing, secrets, lambda name: headers.get(name, ""), body, now_ms)


@pytest.mark.parametrize("signing", list(Signing))
def test_what_the_vendor_signs_is_taken_also_with_an_old_secret_beside_it(signing):
    check(signing, signed(signing))


@pytest.mark.parametrize("signing", list(Signing))
def test_no_signature_and_another_one_are_refused(signing):
    with pytest.raises(NotSigned):
        check(signing, {})
    for name in signed(signing):
        with pytest.raises(NotSigned):
            check(signing, {**signed(signing), name: "é nonsense"})


@pytest.mark.parametrize("signing", [one for one in Signing if one is not Signing.BEARER])
def test_another_body_is_refused(signing):
    with pytest.raises(NotSigned):
        check(signing, signed(signing), BODY + b" ")


@pytest.mark.parametrize("signing", [Signing.ZENDESK, Signing.CHATWOOT, Signing.STANDARD])
@pytest.mark.parametrize("away", [-301_000, 301_000])
def test_a_signature_of_another_time_is_a_replay(signing, away):
    check(signing, signed(signing, NOW + away), now_ms=NOW + away)
    with pytest.raises(NotSigned):
        check(signing, signed(signing, NOW + away))


def test_the_secret_of_zendesk_is_used_as_it_is_written_though_it_looks_like_base64():
    """Checked once with openssl: dgst -sha256 -hmac SECRET -binary | base64."""
    headers = {
        "x-zendesk-webhook-signature": "P2iKOs0eFBXbqjyUNxNnoWmoN/cSSkVqIRoRhYZhv5o=",
        "x-zendesk-webhook-signature-timestamp": "2021-03-25T05:09:27Z",
    }
    at_ms = int(datetime(2021, 3, 25, 5, 9, 30, tzinfo=UTC).timestamp() * 1000)
    secrets = ("dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",)
    body = b'{"say": "hello"}'
    check_signature(Signing.ZENDESK, secrets, lambda name: headers.get(name, ""), body, at_ms)


def test_a_short_secret_is_found_at_the_start():
    check_secret("zendesk", SECRET)
    with pytest.raises(InputError, match="zendesk"):
        check_secret("zendesk", "short")
