"""The token that Zendesk sends when it opens the first page of an app with `signedUrls: true`.

Claims and algorithm: developer.zendesk.com, "Building a server-side app, part 5: securing the
app"; the audience is the address of the installation, the subject that of the agent.
"""

from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

AUDIENCE = "https://northwind.zendesk.com/api/v2/apps/installations/77.json"


@cache
def private_key(which: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_key() -> str:
    key = private_key("app").public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def token(now_ms: int, host: str, *, signer: str = "app", **other: Any) -> str:
    seconds = now_ms // 1000
    claims = {
        "iss": host,
        "aud": AUDIENCE,
        "sub": f"https://{host}/api/v2/users/115.json",
        "iat": seconds,
        "nbf": seconds,
        "exp": seconds + 120,
        "jti": "8f1c",
        "qsh": "a0b1",
        "context": {"product": "support", "location": "ticket_sidebar", "account_url": host},
        **other,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, private_key(signer), algorithm="RS256")
