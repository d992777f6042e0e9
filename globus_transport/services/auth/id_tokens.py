"""Decodes id tokens, which identify the user who logged in (OpenID Connect Core 1.0, section 2).

The issuer publishes its keys as a JWK set (RFC 7517), and changes them now and then. A token names its key by the
``kid`` in its header (section 10.1). If the set has no such key, it is fetched again (section 10.1.1).

It uses PyJWT and cryptography (extra ``app``), which are imported only when an id token is decoded.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Mapping
from importlib.util import find_spec
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.routing.bound import AwaitedCalls
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.services.auth.errors import IDTokenError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

#: The allowed difference between the clocks of this machine and of Globus Auth, in seconds.
LEEWAY = 300.0

#: How long the keys are not fetched again after they were fetched for an unknown ``kid``, in seconds.
REFETCH_SECONDS = 60.0

_INSTALL_HINT = 'id tokens cannot be decoded without the extra app: pip install "globus_transport[app]"'


def _import_jwt() -> Any:
    try:
        import jwt.algorithms

        if not jwt.algorithms.has_crypto:
            raise ModuleNotFoundError("cryptography is not installed")
    except ModuleNotFoundError as error:
        raise GlobusSDKUsageError(_INSTALL_HINT) from error
    return jwt


def check_installed() -> None:
    """Check that the extra ``app`` is installed.

    :raises GlobusSDKUsageError: if it is not
    """
    if find_spec("jwt") is None or find_spec("cryptography") is None:
        raise GlobusSDKUsageError(_INSTALL_HINT)


def read_public_key(jwks: Any) -> RSAPublicKey:
    """Read the first RSA key for signatures of a JWK set (RFC 7517, section 5).

    :raises ReplyFormatError: if it has none
    :raises GlobusSDKUsageError: if the extra is not installed
    """
    return _parse_key(_import_jwt(), _list_signing_keys(jwks)[0])


def _parse_key(jwt: Any, document: dict[str, Any]) -> RSAPublicKey:
    try:
        key: RSAPublicKey = jwt.algorithms.RSAAlgorithm.from_jwk(document)
    except (KeyError, TypeError, ValueError, jwt.InvalidKeyError) as error:
        raise ReplyFormatError("the JWK set has an RSA key that cannot be read") from error
    return key


def _list_signing_keys(jwks: Any) -> list[dict[str, Any]]:
    """List the RSA keys for signatures.

    :raises ReplyFormatError: if there are none
    """
    listed = jwks.get("keys") if isinstance(jwks, Mapping) else None
    documents = [key for key in listed if _is_signing_key(key)] if isinstance(listed, list) else []
    if not documents:
        raise ReplyFormatError("the JWK set has no RSA key for signatures")
    return documents


def _is_signing_key(document: Any) -> bool:
    return isinstance(document, dict) and document.get("kty") == "RSA" and document.get("use", "sig") == "sig"


def _find_key_document(jwks: Mapping[str, Any], kid: str | None) -> dict[str, Any] | None:
    """Find the key of a token in a JWK set.

    :param kid: the key's id in the token's header; ``None`` if it has none
    :return: ``None`` if the set has no such key, or, without a ``kid``, several keys
    :raises ReplyFormatError: if the set has no RSA key for signatures
    """
    documents = _list_signing_keys(jwks)
    if len(documents) == 1 and (kid is None or "kid" not in documents[0]):
        return documents[0]
    # With several keys a token has to name its key (OpenID Connect Core 1.0, section 10.1).
    return None if kid is None else next((key for key in documents if key.get("kid") == kid), None)


class IDTokenDecoder(PerProcess):
    """Decodes the id tokens of one client. It fetches the keys and the OpenID configuration once.

    The keys are fetched again when a token names a key that is not among them, at most once a minute.

    It checks signature, audience, issuer and times. A subclass may override the methods that give the expected values.
    Threads may share a decoder: one of them fetches the keys, the others wait.

    :param auth_client: fetches the keys and the configuration. Its ``client_id`` is the expected audience
    :param jwt_leeway: the allowed difference between the clocks, in seconds
    :param jwt_options: PyJWT's options, such as ``{"verify_exp": False}``
    """

    _process_state = ("_lock", "_next_refetch")

    def __init__(
        self,
        auth_client: Any,
        *,
        jwt_leeway: float | datetime.timedelta = LEEWAY,
        jwt_options: dict[str, Any] | None = None,
    ) -> None:
        self._auth_client = auth_client
        self.jwt_leeway = jwt_leeway
        self.jwt_options = {} if jwt_options is None else jwt_options
        self._jwk: RSAPublicKey | dict[str, Any] | None = None
        self._fetched_jwks: Mapping[str, Any] | None = None
        self._openid_configuration: dict[str, Any] | None = None
        self._enter_process()

    def _make_process_state(self) -> None:
        self._lock = threading.Lock()
        # By the clock of this process.
        self._next_refetch = 0.0

    @classmethod
    def for_globus_app(cls, *, app_name: str, config: Any, login_client: Any) -> Self:
        """Make the decoder of an application. A subclass may use all three parameters.

        :param app_name: the application's name
        :param config: its configuration
        :param login_client: its client
        """
        return cls(login_client)

    def decode(self, id_token: str, /) -> dict[str, Any]:
        """Verify an id token, and return its claims.

        :param id_token: the id token of a token reply
        :raises IDTokenError: if the token is not valid; its ``__cause__`` is PyJWT's exception, a subclass of
            ``jwt.InvalidTokenError`` for each reason
        :raises GlobusSDKUsageError: if the extra ``app`` is not installed, or the client has no ``client_id``
        :raises ReplyFormatError: if the configuration names no issuer, or no RSA signing algorithm, or if the issuer
            has no RSA key
        """
        jwt = _import_jwt()
        configuration = self.get_openid_configuration()
        audience = self.get_jwt_audience()
        if audience is None and self.jwt_options.get("verify_aud", True):
            raise GlobusSDKUsageError("the client has no client_id, so that the id token's audience cannot be checked")
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key=self._choose_key(jwt, id_token),
                algorithms=_find_algorithms(configuration),
                audience=audience,
                issuer=_find_issuer(configuration),
                leeway=self.jwt_leeway,
                # By default PyJWT accepts a token without these claims.
                options={"require": ["exp", "aud", "iss"], **self.jwt_options},
            )
        except jwt.PyJWTError as error:
            raise IDTokenError(f"the id token is not valid: {error} ({type(error).__name__})") from error
        return claims

    def _choose_key(self, jwt: Any, id_token: str) -> RSAPublicKey:
        if type(self).get_jwk is not IDTokenDecoder.get_jwk:
            # A subclass gives the key of all tokens.
            return self.get_jwk()
        if self._jwk is not None and not isinstance(self._jwk, dict):
            return self._jwk
        kid = jwt.get_unverified_header(id_token).get("kid")
        document = self._find_key_document(kid)
        if document is None:
            reason = "it names no key, and there are several" if kid is None else f"no key with the kid {kid[:80]!r}"
            raise jwt.InvalidTokenError(reason)
        return _parse_key(jwt, document)

    def _find_key_document(self, kid: str | None) -> dict[str, Any] | None:
        if isinstance(self._jwk, dict):
            return _find_key_document(self._jwk, kid)
        known = self._fetched_jwks
        document = _find_key_document(self._get_jwks(), kid)
        # Without a kid, and when they were fetched just now, to fetch them would not help.
        if document is None and kid is not None and known is not None:
            document = _find_key_document(self._refetch_jwks(known), kid)
        return document

    def _get_jwks(self) -> Mapping[str, Any]:
        with self._lock:
            if self._fetched_jwks is None:
                self._fetched_jwks = self._fetch_jwks()
            return self._fetched_jwks

    def _refetch_jwks(self, outdated: Mapping[str, Any]) -> Mapping[str, Any]:
        with self._lock:
            # Another thread may have fetched them in the meantime.
            if self._fetched_jwks is outdated and monotonic() >= self._next_refetch:
                self._next_refetch = monotonic() + REFETCH_SECONDS
                self._fetched_jwks = self._fetch_jwks()
            return outdated if self._fetched_jwks is None else self._fetched_jwks

    def _fetch_jwks(self) -> Mapping[str, Any]:
        configuration = self.get_openid_configuration()
        jwks: Mapping[str, Any] = self._blocking_client().get_jwk(openid_configuration=configuration)
        # A set that cannot be used is not kept.
        _list_signing_keys(jwks)
        return jwks

    def get_jwt_audience(self) -> str | None:
        """The expected audience: the client's id; ``None`` if it has none."""
        client_id = getattr(self._auth_client, "client_id", None)
        return None if client_id is None else str(client_id)

    def get_openid_configuration(self) -> dict[str, Any]:
        """Get the OpenID configuration. The first call fetches it."""
        if self._openid_configuration is None:
            self.store_openid_configuration(self._blocking_client().get_openid_configuration())
        assert self._openid_configuration is not None
        return self._openid_configuration

    def store_openid_configuration(self, openid_configuration: Mapping[str, Any] | GlobusHTTPResponse) -> None:
        """Set the OpenID configuration, so that it is not fetched.

        :param openid_configuration: the document or the reply with it
        :raises ReplyFormatError: if it is not a JSON object
        """
        document: Any = openid_configuration
        if isinstance(openid_configuration, GlobusHTTPResponse):
            document = openid_configuration.data
        if not isinstance(document, Mapping):
            raise ReplyFormatError(f"the OpenID configuration is no JSON object, but a {type(document).__name__}")
        self._openid_configuration = dict(document)

    def get_jwk(self) -> RSAPublicKey:
        """Get the first public key for signatures. The first call fetches the keys.

        A subclass that overrides this gives the key of all tokens, whatever ``kid`` they name.
        """
        if self._jwk is not None and not isinstance(self._jwk, dict):
            return self._jwk
        return read_public_key(self._get_jwks() if self._jwk is None else self._jwk)

    def store_jwk(self, jwk: RSAPublicKey | Mapping[str, Any]) -> None:
        """Set the keys, so that they are not fetched.

        :param jwk: the public key of all tokens, or a JWK set, from which each token's ``kid`` chooses
        """
        self._jwk = dict(jwk) if isinstance(jwk, Mapping) else jwk

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        if self._jwk is not None and not isinstance(self._jwk, dict):
            # Key objects of cryptography cannot be pickled.
            state["_jwk"] = _to_pem(self._jwk)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if isinstance(state["_jwk"], bytes):
            self._jwk = _from_pem(state["_jwk"])

    def _blocking_client(self) -> Any:
        if not hasattr(self._auth_client, "get_jwk") or isinstance(self._auth_client, AwaitedCalls):
            raise GlobusSDKUsageError(
                "the client cannot fetch the keys here; give the OpenID configuration, and the keys from "
                "`await client.get_jwk()`"
            )
        return self._auth_client


def _to_pem(key: RSAPublicKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _from_pem(text: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    return load_pem_public_key(text)


def _find_algorithms(configuration: Mapping[str, Any]) -> list[str]:
    names = configuration.get("id_token_signing_alg_values_supported")
    # RSA signatures only: anyone can make a token with "none", or with an HMAC keyed with the public key.
    algorithms = [name for name in names or () if str(name).startswith(("RS", "PS"))]
    if not algorithms:
        raise ReplyFormatError("the OpenID configuration names no RSA algorithm for id tokens")
    return algorithms


def _find_issuer(configuration: Mapping[str, Any]) -> str:
    issuer = configuration.get("issuer")
    if not isinstance(issuer, str) or not issuer:
        raise ReplyFormatError("the OpenID configuration does not name the issuer of id tokens")
    return issuer
