"""The OAuth2 routes of Globus Auth that get tokens (RFC 6749).

A grant is not repeatable: a code or a rotated refresh token can be used only once, and the service may treat a second
use as theft.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Optional, Union

from globus_transport.core.flow import Steps, run
from globus_transport.core.layers import is_method
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING, MissingType
from globus_transport.routing.parameters import Body, BodyParams, Field, Maybe, QueryParams, UUIDLike, comma_list
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import operation, post
from globus_transport.routing.table import NoDefaultScopesError
from globus_transport.scopes.scope import Scope
from globus_transport.scopes.text import ScopesLike, scope_text
from globus_transport.services.auth.flow_managers import (
    GlobusAuthorizationCodeFlowManager,
    GlobusNativeAppFlowManager,
    GlobusOAuthFlowManager,
)
from globus_transport.services.auth.response import (
    OAuthAuthorizationCodeResponse,
    OAuthClientCredentialsResponse,
    OAuthDependentTokenResponse,
    OAuthRefreshTokenResponse,
    OAuthTokenResponse,
)
from globus_transport.services.auth.routes.client_fields import (
    ClientType,
    Link,
    MoreClientFields,
    Texts,
    Visibility,
    prepare_new_client,
)
from globus_transport.services.auth.routes.openid import OpenIDRoutes

_TOKEN_PATH = "/v2/oauth2/token"


def _encode_scopes(_name: str, scopes: ScopesLike) -> str:
    return scope_text(scopes)


def _encode_access_type(_name: str, refresh_tokens: bool) -> Any:
    return "offline" if refresh_tokens else MISSING


class LoginRoutes(OpenIDRoutes):
    """Get and revoke tokens, for any kind of client."""

    parameter_help: ClassVar[Mapping[str, str]] = {
        "auth_code": "the code that the user got, or that came with the redirect",
        "refresh_token": "the refresh token",
        "token": "the access token or refresh token",
    }

    _client_id: Any

    @property
    def client_id(self) -> str | None:
        """The application's id."""
        client_id: str | None = self._client_id
        return client_id

    authorizer: Any
    base_url: str
    current_oauth2_flow_manager: Optional[GlobusOAuthFlowManager] = None

    @property
    def default_scope_requirements(self) -> list[Scope]:
        """:raises GlobusSDKUsageError: always, because these calls need no token"""
        raise NoDefaultScopesError(
            f"{type(self).__name__} gets tokens and needs none; AuthClient is the one that uses an app's tokens"
        )

    @property
    def unauthenticated_client_id(self) -> Any:
        """The client's id for the form of a request without a credential; MISSING if the client has an authorizer."""
        return MISSING if self.client_id is None or self.authorizer is not None else self.client_id

    def oauth2_get_authorize_url(
        self,
        *,
        session_required_identities: Maybe[Union[UUIDLike, Iterable[UUIDLike]]] = MISSING,
        session_required_single_domain: Maybe[Union[str, Iterable[str]]] = MISSING,
        session_required_policies: Maybe[Union[UUIDLike, Iterable[UUIDLike]]] = MISSING,
        session_required_mfa: Maybe[bool] = MISSING,
        session_message: Maybe[str] = MISSING,
        prompt: Maybe[Literal["login"]] = MISSING,
        query_params: Optional[Mapping[str, Any]] = None,
    ) -> str:
        """Build the URL that the user opens, for the login that ``oauth2_start_flow`` started.

        :param session_required_identities: ids of identities that must be in the session
        :param session_required_single_domain: domains; the session must have an identity of one of them
        :param session_required_policies: ids of policies that the session must satisfy
        :param session_required_mfa: whether multi-factor authentication is required
        :param session_message: shown to the user
        :param prompt: ``"login"`` forces a login even if there is a session
        :raises GlobusSDKUsageError: if no login was started
        """
        lists = {
            "session_required_identities": session_required_identities,
            "session_required_single_domain": session_required_single_domain,
            "session_required_policies": session_required_policies,
        }
        parameters: dict[str, Any] = {
            "session_required_mfa": session_required_mfa,
            "session_message": session_message,
            "prompt": prompt,
            **{
                name: comma_list(name, value)
                for name, value in lists.items()
                if value is not MISSING and value is not None
            },
            **(query_params or {}),
        }
        return self._get_flow_manager().get_authorize_url(parameters)

    def _get_flow_manager(self) -> GlobusOAuthFlowManager:
        if self.current_oauth2_flow_manager is None:
            raise GlobusSDKUsageError(f"no login was started; call {type(self).__name__}.oauth2_start_flow() first")
        return self.current_oauth2_flow_manager

    @operation
    def oauth2_exchange_code_for_tokens(self, auth_code: str) -> Steps[OAuthAuthorizationCodeResponse]:
        """Get tokens for an authorization code (RFC 6749, section 4.1.3).

        :raises GlobusSDKUsageError: if no login was started
        :raises AuthAPIError: if Globus Auth refuses the code
        """
        manager = self._get_flow_manager()
        if is_method(manager.exchange_code_for_tokens, GlobusOAuthFlowManager.exchange_code_for_tokens):
            return (yield from self._oauth2_exchange_code.flow(manager.token_form(auth_code)))
        # The program has a flow manager of its own.
        reply: OAuthAuthorizationCodeResponse = yield from run(manager.exchange_code_for_tokens, auth_code)
        return reply

    @post(_TOKEN_PATH, form=True, scopes=())
    def _oauth2_exchange_code(self, form_data: Annotated[Mapping[str, Any], Body()]) -> OAuthAuthorizationCodeResponse:
        """Get tokens for an authorization code."""
        raise NotImplementedError

    @post(_TOKEN_PATH, form=True, scopes=(), constants={"grant_type": "refresh_token"})
    def oauth2_refresh_token(self, refresh_token: str, *, body_params: BodyParams = None) -> OAuthRefreshTokenResponse:
        """Get new tokens for a refresh token (RFC 6749, section 6).

        :raises LoginRequiredError: if the refresh token is no longer valid
        """
        raise NotImplementedError

    @post(
        "/v2/oauth2/token/revoke",
        form=True,
        scopes=(),
        repeatable=True,
        from_client={"client_id": "unauthenticated_client_id"},
    )
    def oauth2_revoke_token(self, token: str, *, body_params: BodyParams = None) -> GlobusHTTPResponse:
        """Revoke a token (RFC 7009)."""
        raise NotImplementedError

    @operation
    def oauth2_token(
        self,
        form_data: Mapping[str, Any],
        *,
        body_params: Optional[Mapping[str, Any]] = None,
        response_class: Maybe[type[OAuthTokenResponse]] = MISSING,
    ) -> Steps[OAuthTokenResponse]:
        """Get tokens for a grant that has no method of its own.

        :param form_data: the fields of the grant
        :param body_params: further fields, which override those of ``form_data``
        :param response_class: the class of the reply; by default ``OAuthTokenResponse``
        """
        reply = yield from self._oauth2_grant.flow(form_data, body_params=body_params)
        return reply if isinstance(response_class, MissingType) else response_class(reply)

    @post(_TOKEN_PATH, form=True, scopes=())
    def _oauth2_grant(
        self, form_data: Annotated[Mapping[str, Any], Body()], *, body_params: BodyParams = None
    ) -> OAuthTokenResponse:
        """Get tokens for a grant."""
        raise NotImplementedError


class NativeAppRoutes(LoginRoutes):
    """Get tokens, for an application without a secret."""

    parameter_help: ClassVar[Mapping[str, str]] = {"refresh_token": "the refresh token"}

    @property
    def client_id(self) -> str:
        """The application's id."""
        client_id: str = self._client_id
        return client_id

    def oauth2_start_flow(
        self,
        requested_scopes: ScopesLike,
        *,
        redirect_uri: Maybe[str] = MISSING,
        state: str = "_default",
        verifier: Maybe[str] = MISSING,
        refresh_tokens: bool = False,
        prefill_named_grant: Maybe[str] = MISSING,
    ) -> GlobusNativeAppFlowManager:
        """Start a user's login with PKCE (RFC 7636).

        :param requested_scopes: the scopes of the tokens
        :param redirect_uri: the URL that the browser returns to; by default a page of Globus that shows the code
        :param state: returned unchanged with the authorization code
        :param verifier: 43 to 128 characters; by default a random one
        :param refresh_tokens: whether to request refresh tokens
        :param prefill_named_grant: the name of this installation on the consent page
        """
        manager = GlobusNativeAppFlowManager(
            self, requested_scopes, redirect_uri, state, verifier, refresh_tokens, prefill_named_grant
        )
        self.current_oauth2_flow_manager = manager
        return manager

    @post(
        _TOKEN_PATH,
        form=True,
        scopes=(),
        constants={"grant_type": "refresh_token"},
        from_client={"client_id": "client_id"},
    )
    def oauth2_refresh_token(self, refresh_token: str, *, body_params: BodyParams = None) -> OAuthRefreshTokenResponse:
        """Get new tokens for a refresh token (RFC 6749, section 6).

        :raises LoginRequiredError: if the refresh token is no longer valid
        """
        raise NotImplementedError

    @post("/v2/api/clients", wrap="client", scopes=())
    def create_native_app_instance(self, template_id: UUIDLike, name: str) -> GlobusHTTPResponse:
        """Register one installation of an application as a separate client, which has a secret.

        :param template_id: the id of the application's client
        :param name: the display name of the new client
        """
        raise NotImplementedError


class ConfidentialAppRoutes(LoginRoutes):
    """Get tokens, for an application with a secret."""

    parameter_help: ClassVar[Mapping[str, str]] = {
        "requested_scopes": "the scopes of the tokens, of one or several services",
        "token": "the access token or refresh token",
    }

    @property
    def client_id(self) -> str:
        """The application's id."""
        client_id: str = self._client_id
        return client_id

    def oauth2_start_flow(
        self,
        redirect_uri: str,
        requested_scopes: ScopesLike,
        *,
        state: str = "_default",
        refresh_tokens: bool = False,
    ) -> GlobusAuthorizationCodeFlowManager:
        """Start a user's login (RFC 6749, section 4.1).

        :param redirect_uri: the URL that the browser returns to
        :param requested_scopes: the scopes of the tokens
        :param state: returned unchanged with the authorization code
        :param refresh_tokens: whether to request refresh tokens
        """
        manager = GlobusAuthorizationCodeFlowManager(self, redirect_uri, requested_scopes, state, refresh_tokens)
        self.current_oauth2_flow_manager = manager
        return manager

    @post(_TOKEN_PATH, form=True, scopes=(), constants={"grant_type": "client_credentials"})
    def oauth2_client_credentials_tokens(
        self, requested_scopes: Annotated[ScopesLike, Field("scope", _encode_scopes)]
    ) -> OAuthClientCredentialsResponse:
        """Get tokens for the application itself (RFC 6749, section 4.4)."""
        raise NotImplementedError

    @post(
        _TOKEN_PATH,
        form=True,
        scopes=(),
        constants={"grant_type": "urn:globus:auth:grant_type:dependent_token"},
    )
    def oauth2_get_dependent_tokens(
        self,
        token: str,
        *,
        refresh_tokens: Annotated[bool, Field("access_type", _encode_access_type)] = False,
        scope: Annotated[Maybe[ScopesLike], Field("scope", _encode_scopes)] = MISSING,
        additional_params: BodyParams = None,
    ) -> OAuthDependentTokenResponse:
        """Get tokens with which a resource server calls other services on behalf of the user of ``token``.

        :param token: the access token that the resource server received
        :param refresh_tokens: whether to request refresh tokens
        :param scope: request tokens for these scopes only
        """
        raise NotImplementedError

    @post("/v2/oauth2/token/introspect", form=True, scopes=(), repeatable=True)
    def oauth2_token_introspect(
        self, token: str, *, include: Maybe[str] = MISSING, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Get a token's scopes, user and state (RFC 7662).

        :param include: further parts of the reply, such as ``identity_set``, ``identities_set`` or ``session_info``
        """
        raise NotImplementedError

    @post("/v2/api/clients", wrap="client", scopes=(), prepare=prepare_new_client)
    def create_child_client(
        self,
        name: str,
        *,
        public_client: Maybe[bool] = MISSING,
        client_type: Maybe[ClientType] = MISSING,
        visibility: Maybe[Visibility] = MISSING,
        redirect_uris: Texts = MISSING,
        terms_and_conditions: Link = MISSING,
        privacy_policy: Link = MISSING,
        required_idp: Maybe[UUIDLike] = MISSING,
        preselect_idp: Maybe[UUIDLike] = MISSING,
        additional_fields: MoreClientFields = None,
    ) -> GlobusHTTPResponse:
        """Register a child of this client.

        :param name: shown on consent pages
        :param public_client: whether the client has no secret. An alternative to ``client_type``
        :param client_type: the type of the client
        :param visibility: who can look up the client
        :param redirect_uris: URLs that the browser may return to after a login
        :param terms_and_conditions, privacy_policy: URLs, shown on consent pages
        :param required_idp: the id of the identity provider that users must log in with
        :param preselect_idp: the id of the identity provider that is offered first
        :param additional_fields: further fields, which override the others
        :raises GlobusSDKUsageError: unless exactly one of ``public_client`` and ``client_type`` is given, and both
            links or none
        """
        raise NotImplementedError
