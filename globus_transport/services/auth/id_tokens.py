"""Decodes id tokens, which identify the user who logged in (OpenID Connect Core 1.0, section 2).

It uses PyJWT and cryptography (extra ``jwt``), which are imported only when an id token is decoded.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.routing.bound import AwaitedCalls
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.services.auth.errors import IDTokenError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

#: The allowed difference between the clocks of this machine and of Globus Auth, in seconds.
LEEWAY = 300.0

_INSTALL_HINT = 'id tokens cannot be decoded without the extra jwt: pip install "globus_transport[jwt]"'


def _import_jwt() -> Any:
    try:
        import jwt.algorithms

        if not jwt.algorithms.has_crypto:
            raise ModuleNotFoundError("cryptography is not installed")
    except ModuleNotFoundError as error:
        raise GlobusSDKUsageError(_INSTALL_HINT) from error
    return jwt


def check_installed() -> None:
    """Check that the extra ``jwt`` is installed.

    :raises GlobusSDKUsageError: if it is not
    """
    if find_spec("jwt") is None or find_spec("cryptography") is None:
        raise GlobusSDKUsageError(_INSTALL_HINT)


def read_public_key(jwks: Any) -> RSAPublicKey:
    """Read the first key of a JWK set (RFC 7517, section 5).

    :raises ReplyFormatError: if it has no RSA key in the first place
    :raises GlobusSDKUsageError: if the extra is not installed
    """
    jwt = _import_jwt()
    try:
        key: RSAPublicKey = jwt.algorithms.RSAAlgorithm.from_jwk(jwks["keys"][0])
    except (KeyError, IndexError, TypeError, ValueError, jwt.InvalidKeyError) as error:
        raise ReplyFormatError("the reply holds no RSA key at the start of its JWK set") from error
    return key


class IDTokenDecoder:
    """Decodes the id tokens of one client. It fetches the signing key and the OpenID configuration once.

    It checks signature, audience, issuer and times. A subclass may override the methods that give the expected values.

    :param auth_client: fetches the key and the configuration. Its ``client_id`` is the expected audience
    :param jwt_leeway: the allowed difference between the clocks, in seconds
    :param jwt_options: PyJWT's options, such as ``{"verify_exp": False}``
    """

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
        self._jwk: RSAPublicKey | None = None
        self._openid_configuration: dict[str, Any] | None = None

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

        :raises IDTokenError: if the token is not valid; its ``__cause__`` is PyJWT's exception, a subclass of
            ``jwt.InvalidTokenError`` for each reason
        :raises GlobusSDKUsageError: if the extra ``jwt`` is not installed, or the client has no ``client_id``
        :raises ReplyFormatError: if the configuration names no issuer, or no RSA signing algorithm
        """
        jwt = _import_jwt()
        configuration = self.get_openid_configuration()
        audience = self.get_jwt_audience()
        if audience is None and self.jwt_options.get("verify_aud", True):
            raise GlobusSDKUsageError("the client has no client_id, so that the id token's audience cannot be checked")
        key = self.get_jwk()
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key=key,
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

        :raises ReplyFormatError: if it is not a JSON object
        """
        document: Any = openid_configuration
        if isinstance(openid_configuration, GlobusHTTPResponse):
            document = openid_configuration.data
        if not isinstance(document, Mapping):
            raise ReplyFormatError(f"the OpenID configuration is no JSON object, but a {type(document).__name__}")
        self._openid_configuration = dict(document)

    def get_jwk(self) -> RSAPublicKey:
        """Get the public key of Globus Auth. The first call fetches it."""
        if self._jwk is None:
            configuration = self.get_openid_configuration()
            self.store_jwk(self._blocking_client().get_jwk(openid_configuration=configuration, as_pem=True))
        assert self._jwk is not None
        return self._jwk

    def store_jwk(self, jwk: RSAPublicKey) -> None:
        """Set the public key, so that it is not fetched."""
        self._jwk = jwk

    def __getstate__(self) -> dict[str, Any]:
        # Key objects of cryptography cannot be pickled.
        return {**self.__dict__, "_jwk": None if self._jwk is None else _to_pem(self._jwk)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        if state["_jwk"] is not None:
            self._jwk = _from_pem(state["_jwk"])

    def _blocking_client(self) -> Any:
        if not hasattr(self._auth_client, "get_jwk") or isinstance(self._auth_client, AwaitedCalls):
            raise GlobusSDKUsageError(
                "the client cannot fetch the key here; give the OpenID configuration, and the key from "
                "`await client.get_jwk(as_pem=True)`"
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
