"""The identity of a CI run, and the upload token that an index issues for it.

The shapes are those of PyPI's documentation of trusted publishing and of warehouse's ``oidc/views.py``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from typing import Any, NamedTuple

AUDIENCE = "rehearsal"
# Lifetime of warehouse's tokens.
GOOD_FOR = 900
# Lifetime of a CI identity.
IDENTITY_GOOD_FOR = 300

MESSAGES = {
    "not-enabled": "Trusted publishing functionality not enabled.",
    "invalid-payload": "JSON body is missing 'token'.",
    "invalid-token": "malformed or incorrectly signed JWT",
    "invalid-pending-publisher": "valid token, but project already exists",
    "invalid-publisher": "valid token, but no corresponding publisher (Publisher with matching claims was not found)",
    "invalid-reuse-token": "invalid token: already used",
}


class NoTokenError(Exception):
    """The index issues no token; the argument is one of its codes."""

    def __init__(self, code: str) -> None:
        """Refuse a token with this code."""
        super().__init__(MESSAGES[code])
        self.code = code


class Token(NamedTuple):
    """An upload token and its expiry, in seconds since 1970."""

    text: str
    expires: int


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Identities:
    """A CI and an index's token service that share one key."""

    def __init__(self) -> None:
        """Start with a new key and no tokens."""
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._used: set[str] = set()
        self._good: dict[str, float] = {}
        # The token that the CI's identity service requires.
        self.request_token = secrets.token_urlsafe(24)

    def identity(self, audience: str) -> str:
        """Return the identity of a run, as GitHub's service does: a JWT for one audience."""
        now = int(time.time())
        claims = {
            "iss": "https://rehearsal.invalid",
            "sub": "repo:rehearsal/rehearsal:environment:release",
            "repository": "rehearsal/rehearsal",
            "workflow_ref": "rehearsal/rehearsal/.github/workflows/release.yml@refs/tags/rehearsal",
            "environment": "release",
            "aud": audience,
            "iat": now,
            "exp": now + IDENTITY_GOOD_FOR,
            "jti": secrets.token_hex(16),
        }
        parts = [_encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
        return ".".join([*parts, _encoded(self._signature(".".join(parts)))])

    def mint(self, identity: object, fault: str | None = None) -> Token:
        """Issue an upload token for an identity, once; none if the fault is one of the codes."""
        if fault in MESSAGES:
            raise NoTokenError(fault)
        if not isinstance(identity, str):
            raise NoTokenError("invalid-payload")
        claims = self._claims(identity)
        with self._lock:
            if claims["jti"] in self._used:
                raise NoTokenError("invalid-reuse-token")
            self._used.add(claims["jti"])
            token = Token("pypi-" + secrets.token_urlsafe(48), int(time.time()) + GOOD_FOR)
            self._good[token.text] = token.expires
        return token

    def is_good(self, token: str) -> bool:
        """Return whether this token allows an upload."""
        with self._lock:
            return self._good.get(token, 0) > time.time()

    def burn(self, token: object) -> None:
        """Revoke this token."""
        with self._lock:
            self._good.pop(str(token), None)

    def expire_all(self) -> None:
        """Expire every token now."""
        with self._lock:
            self._good.clear()

    def _signature(self, text: str) -> bytes:
        return hmac.new(self._key, text.encode("ascii", "replace"), hashlib.sha256).digest()

    def _claims(self, identity: str) -> dict[str, Any]:
        body, _, signature = identity.rpartition(".")
        try:
            if not hmac.compare_digest(_decoded(signature), self._signature(body)):
                raise NoTokenError("invalid-token")
            claims: dict[str, Any] = json.loads(_decoded(body.split(".")[1]))
        except (ValueError, IndexError):
            raise NoTokenError("invalid-token") from None
        if claims["aud"] != AUDIENCE or claims["exp"] < time.time():
            raise NoTokenError("invalid-token")
        return claims
