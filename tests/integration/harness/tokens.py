"""Making and breaking JSON Web Tokens (RFC 7519), to attack with."""

import base64
import hashlib
import hmac
import json
import time
from typing import Optional

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parts(token: str) -> tuple:
    """Header and claims as objects, and the signature's text."""
    header, claims, signature = token.split(".")
    return json.loads(decode(header)), json.loads(decode(claims)), signature


def make(header: dict, claims: dict, key: Optional[bytes]) -> str:
    """Signed with HMAC-SHA-256, or with an empty signature when there is no key."""
    text = encode(json.dumps(header).encode()) + "." + encode(json.dumps(claims).encode())
    signature = hmac.new(key, text.encode(), hashlib.sha256).digest() if key is not None else b""
    return f"{text}.{encode(signature)}"


def other_spelling(token: str) -> str:
    """The same bytes in a base64 text that is not canonical: a bit that the last character does not need is set."""
    spare_bits = {2: 4, 3: 2}[len(token.rsplit(".", 1)[1]) % 4]
    last = ALPHABET.index(token[-1])
    assert last % (1 << spare_bits) == 0, "the token itself is not canonical"
    return token[:-1] + ALPHABET[last + 1]


def of_a_service(secret: str, tenant: str = "main") -> str:
    """The token by which the platform's own processes know each other."""
    claims = {"iss": "cloudcart", "aud": "cloudcart-service", "tenant": tenant, "iat": int(time.time()), "exp": int(time.time()) + 60}
    return make({"alg": "HS256", "typ": "JWT"}, claims, secret.encode())
