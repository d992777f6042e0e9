"""Replies of Globus Auth.

A token reply (RFC 6749, section 5.1) may hold tokens for several resource servers: Globus Auth adds the others in the
field ``other_tokens``. Iterating over a reply with a list yields the documents of the list.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from globus_transport import scopes
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.messages import Response
from globus_transport.routing.replies import UNREAD, GlobusHTTPResponse, IterableResponse
from globus_transport.scopes.scope import Scope
from globus_transport.services.auth.id_tokens import IDTokenDecoder

TokenDocument = dict[str, Any]

#: Ten years, in seconds. With a much larger lifetime, the expiry would be out of range for datetime.
_MAX_LIFETIME = 10 * 365 * 86400.0


class TokensByScope(Mapping[str | Scope, TokenDocument]):
    """The tokens of a reply, by scope.

    A key is a scope, or several scopes of one token, separated by spaces.
    """

    def __init__(self, tokens: Mapping[str, TokenDocument]) -> None:
        self._tokens = {scope: token for token in tokens.values() for scope in str(token["scope"]).split()}

    @property
    def scope_map(self) -> dict[str, TokenDocument]:
        """A dict of the same tokens, with single scopes as keys."""
        return dict(self._tokens)

    def __getitem__(self, scopes: str | Scope) -> TokenDocument:
        # A token reply lists scopes without their dependencies.
        text = scopes.scope_string if isinstance(scopes, Scope) else scopes
        names = text.split() if isinstance(text, str) else []
        missing = [name for name in names if name not in self._tokens]
        if missing or not names:
            raise KeyError(f"no token for scope {missing[0] if missing else scopes!r}")
        found = {id(self._tokens[name]): self._tokens[name] for name in names}
        if len(found) != 1:
            raise KeyError(f"{scopes!r} are scopes of {len(found)} tokens, not of one; look them up one by one")
        return found.popitem()[1]

    def __contains__(self, scopes: object) -> bool:
        try:
            self[scopes]  # type: ignore[index]
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._tokens)

    def __len__(self) -> int:
        return len(self._tokens)

    def __repr__(self) -> str:
        return f"<tokens for {', '.join(self._tokens)}>"


class OAuthTokenResponse(GlobusHTTPResponse):
    """Tokens for one or several resource servers.

    :ivar by_resource_server: for each resource server, a document with ``scope``, ``access_token``,
        ``refresh_token`` (or ``None``), ``token_type``, ``expires_at_seconds`` (since the epoch; ``None`` if
        unknown) and ``resource_server``
    :ivar by_scopes: the same documents by scope
    :raises ReplyFormatError: if the body is not a token reply
    """

    by_resource_server: dict[str, TokenDocument]

    def __init__(self, response: Response | GlobusHTTPResponse, client: Any = None) -> None:
        # A debugger may print a reply that is not read yet, or whose document is no token reply.
        self.by_resource_server = {}
        super().__init__(response, client)
        self._read_tokens(time.time())

    def _read_tokens(self, now: float) -> None:
        documents = self._list_token_documents()
        self.by_resource_server = {
            token["resource_server"]: token for token in (_read_token(document, now) for document in documents)
        }

    def _list_token_documents(self) -> list[Any]:
        data = self._whole()
        if not isinstance(data, dict):
            raise ReplyFormatError("expected a token reply, got JSON of another kind")
        others = data.get("other_tokens") or []
        if not isinstance(others, list):
            raise ReplyFormatError("the token reply's 'other_tokens' is not a list")
        return [data, *others]

    @property
    def by_scopes(self) -> TokensByScope:
        """The tokens, by scope."""
        return TokensByScope(self.by_resource_server)

    def decode_id_token(
        self,
        openid_configuration: GlobusHTTPResponse | Mapping[str, Any] | None = None,
        jwk: Any = None,
        jwt_params: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Verify the id token of this reply, and return its claims. Needs the extra ``app``.

        :param openid_configuration: by default fetched with the client that received this reply
        :param jwk: the public key; by default fetched in the same way. It requires ``openid_configuration``
        :param jwt_params: ``leeway`` in seconds, by default 300, and PyJWT's options, such as ``verify_exp``
        :raises GlobusSDKUsageError: if the reply has no id token, because the scope ``openid`` was not requested; if
            the extra is not installed; or if the configuration or key is missing and the client is an Async client
        :raises IDTokenError: if the id token is not valid; its ``__cause__`` is PyJWT's exception
        """
        document = self._whole()
        id_token = document.get("id_token") if isinstance(document, dict) else None
        if not isinstance(id_token, str):
            raise GlobusSDKUsageError("the reply has no id token; request the scope openid when the user logs in")
        if jwk is not None and openid_configuration is None:
            raise GlobusSDKUsageError("decode_id_token: give openid_configuration= along with jwk=")
        options = dict(jwt_params or {})
        leeway = {"jwt_leeway": options.pop("leeway")} if "leeway" in options else {}
        decoder = IDTokenDecoder(self.client, jwt_options=options, **leeway)
        if openid_configuration is not None:
            decoder.store_openid_configuration(openid_configuration)
        if jwk is not None:
            decoder.store_jwk(jwk)
        return decoder.decode(id_token)

    def __str__(self) -> str:
        # The base prints the document, which holds the tokens.
        return repr(self)

    def _shown_document(self) -> Any:
        return UNREAD

    def _summary(self) -> str:
        return f"tokens for {', '.join(self.by_resource_server) or 'nothing'}"


class OAuthAuthorizationCodeResponse(OAuthTokenResponse):
    """The tokens for an authorization code (RFC 6749, section 4.1.4)."""


class OAuthClientCredentialsResponse(OAuthTokenResponse):
    """The tokens for client credentials (RFC 6749, section 4.4.3)."""


class OAuthRefreshTokenResponse(OAuthTokenResponse):
    """The tokens for a refresh token (RFC 6749, section 6)."""


class OAuthDependentTokenResponse(OAuthTokenResponse):
    """The tokens with which a resource server calls others on behalf of its caller. The document is a list."""

    def _list_token_documents(self) -> list[Any]:
        data = self._whole()
        if not isinstance(data, list):
            raise ReplyFormatError("expected a list of tokens, got JSON of another kind")
        return data


def _read_token(document: Any, now: float) -> TokenDocument:
    if not isinstance(document, dict):
        raise ReplyFormatError(f"the token reply holds a {type(document).__name__} in place of a token")
    for name in ("access_token", "resource_server"):
        if not isinstance(document.get(name), str) or not document[name]:
            raise ReplyFormatError(f"the token reply has no {name!r}")
    refresh_token, scope = document.get("refresh_token"), document.get("scope") or ""
    if refresh_token is not None and not isinstance(refresh_token, str):
        raise ReplyFormatError("the token reply's 'refresh_token' is not text")
    if not isinstance(scope, str):
        raise ReplyFormatError("the token reply's 'scope' is not text")
    lifetime = parse_lifetime(document.get("expires_in"))
    return {
        "scope": scope,
        "access_token": document["access_token"],
        "refresh_token": refresh_token,
        "token_type": document.get("token_type"),
        "expires_at_seconds": None if lifetime is None else int(now + lifetime),
        "resource_server": document["resource_server"],
    }


def parse_lifetime(expires_in: object) -> float | None:
    """Parse ``expires_in`` (RFC 6749, section 5.1): a number of seconds, also as text.

    For any other value the result is ``None``, not an error: rejecting the reply would lose a rotated refresh token.
    """
    if isinstance(expires_in, bool):
        return None
    if isinstance(expires_in, str):
        try:
            expires_in = float(expires_in)
        except ValueError:
            return None
    if not isinstance(expires_in, (int, float)) or expires_in != expires_in or expires_in < 0:
        return None
    return float(min(expires_in, _MAX_LIFETIME))


class GetIdentitiesResponse(IterableResponse):
    """Identities."""

    default_iter_key = "identities"


class GetIdentityProvidersResponse(IterableResponse):
    """Identity providers."""

    default_iter_key = "identity_providers"


class GetProjectsResponse(IterableResponse):
    """Projects."""

    default_iter_key = "projects"


class GetPoliciesResponse(IterableResponse):
    """Policies."""

    default_iter_key = "policies"


class GetClientsResponse(IterableResponse):
    """Clients."""

    default_iter_key = "clients"


class GetClientCredentialsResponse(IterableResponse):
    """Credentials of a client."""

    default_iter_key = "credentials"


class GetScopesResponse(IterableResponse):
    """Scopes."""

    default_iter_key = "scopes"


class GetConsentsResponse(IterableResponse):
    """Consents."""

    default_iter_key = "consents"

    def to_forest(self) -> scopes.consents.ConsentForest:
        """Arrange the consents in trees.

        :raises ConsentParseError: if a document is not a consent
        :raises ConsentTreeConstructionError: if a consent's parent is not in the reply
        """
        return scopes.consents.ConsentForest(self)
