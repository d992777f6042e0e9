"""ID tokens (OpenID Connect Core, section 2) and the key that signs them."""

from __future__ import annotations

import base64
import hashlib
import threading
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from globus_transport.sandbox.identities import IDENTITY_PROVIDER, Identity

ALGORITHM = "RS512"


class IdTokenSigner:
    """Signs ID tokens. The RSA key is generated on first use, because that is slow."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: RSAKey | None = None

    def _get_key(self) -> RSAKey:
        with self._lock:
            if self._key is None:
                self._key = RSAKey.generate_key(2048, {"alg": ALGORITHM, "use": "sig"}, auto_kid=True)
            return self._key

    def key_set(self) -> dict[str, Any]:
        """The JWK set (RFC 7517) with the public key."""
        return {"keys": [self._get_key().as_dict(private=False)]}

    def sign(
        self,
        *,
        issuer: str,
        client_id: str,
        user: Identity,
        access_token: str,
        issued_at: float,
        lifetime: float,
        nonce: str | None,
    ) -> str:
        """A signed ID token for a user.

        :param issued_at: in seconds since the epoch
        :param lifetime: in seconds
        """
        key = self._get_key()
        # OpenID Connect Core, section 3.1.3.6: at_hash is the left half of the hash.
        half_hash = hashlib.sha512(access_token.encode()).digest()[:32]
        claims: dict[str, Any] = {
            "iss": issuer,
            "aud": client_id,
            "sub": user.id,
            "iat": int(issued_at),
            "exp": int(issued_at + lifetime),
            "at_hash": base64.urlsafe_b64encode(half_hash).rstrip(b"=").decode(),
            "name": user.name,
            "preferred_username": user.username,
            "email": user.email,
            "organization": user.organization,
            "identity_provider": IDENTITY_PROVIDER,
            "identity_set": [user.document()],
        }
        if nonce:
            claims["nonce"] = nonce
        return jwt.encode({"alg": ALGORITHM, "typ": "JWT", "kid": key.kid}, claims, key, [ALGORITHM])
