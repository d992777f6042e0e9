"""A transport layer for the Globus services, on a stack of composable middleware, and their clients.

Names are loaded when they are first used: importing the package costs next to nothing.
"""

from __future__ import annotations

__version__ = "0.1.0"

# Type checkers take it for true; typing itself would cost more than all the rest of this file.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from globus_transport import client as client
    from globus_transport import exc as exc
    from globus_transport import paging as paging
    from globus_transport import response as response
    from globus_transport.api_errors import GlobusAPIError as GlobusAPIError
    from globus_transport.app.client_app import ClientApp as ClientApp
    from globus_transport.app.config import GlobusAppConfig as GlobusAppConfig
    from globus_transport.app.globus_app import GlobusApp as GlobusApp
    from globus_transport.app.user_app import UserApp as UserApp
    from globus_transport.async_stack import AsyncStack as AsyncStack
    from globus_transport.authorizers.access_token import AccessTokenAuthorizer as AccessTokenAuthorizer
    from globus_transport.authorizers.base import BoundAuthorizer as BoundAuthorizer
    from globus_transport.authorizers.base import GlobusAuthorizer as GlobusAuthorizer
    from globus_transport.authorizers.basic import BasicAuthorizer as BasicAuthorizer
    from globus_transport.authorizers.client_credentials import (
        ClientCredentialsAuthorizer as ClientCredentialsAuthorizer,
    )
    from globus_transport.authorizers.null import NullAuthorizer as NullAuthorizer
    from globus_transport.authorizers.refresh_token import RefreshTokenAuthorizer as RefreshTokenAuthorizer
    from globus_transport.authorizers.renewing import RenewingAuthorizer as RenewingAuthorizer
    from globus_transport.chunks import each_chunk as each_chunk
    from globus_transport.error_documents import ErrorSubdocument as ErrorSubdocument
    from globus_transport.errors import GlobusConnectionError as GlobusConnectionError
    from globus_transport.errors import GlobusConnectionTimeoutError as GlobusConnectionTimeoutError
    from globus_transport.errors import GlobusError as GlobusError
    from globus_transport.errors import GlobusSDKUsageError as GlobusSDKUsageError
    from globus_transport.errors import GlobusTimeoutError as GlobusTimeoutError
    from globus_transport.errors import MiddlewareError as MiddlewareError
    from globus_transport.errors import NetworkError as NetworkError
    from globus_transport.errors import RedirectError as RedirectError
    from globus_transport.errors import ReplyFormatError as ReplyFormatError
    from globus_transport.errors import ValidationError as ValidationError
    from globus_transport.flow import Flow as Flow
    from globus_transport.flow import Hedge as Hedge
    from globus_transport.flow import Middleware as Middleware
    from globus_transport.flow import Read as Read
    from globus_transport.flow import Run as Run
    from globus_transport.flow import Shield as Shield
    from globus_transport.flow import Sleep as Sleep
    from globus_transport.flow import Start as Start
    from globus_transport.flow import Steps as Steps
    from globus_transport.flow import Wait as Wait
    from globus_transport.flow import hedge as hedge
    from globus_transport.flow import read as read
    from globus_transport.flow import run as run
    from globus_transport.flow import send as send
    from globus_transport.flow import shield as shield
    from globus_transport.flow import sleep as sleep
    from globus_transport.flow import wait as wait
    from globus_transport.headers import Headers as Headers
    from globus_transport.layers import Layer as Layer
    from globus_transport.messages import AsyncByteStream as AsyncByteStream
    from globus_transport.messages import ByteStream as ByteStream
    from globus_transport.messages import Request as Request
    from globus_transport.messages import Response as Response
    from globus_transport.messages import StreamBody as StreamBody
    from globus_transport.middleware.cache import Cache as Cache
    from globus_transport.middleware.cache import MemoryStore as MemoryStore
    from globus_transport.middleware.cassette import Cassette as Cassette
    from globus_transport.middleware.cassette import NotRecordedError as NotRecordedError
    from globus_transport.middleware.circuit_breaker import CircuitBreaker as CircuitBreaker
    from globus_transport.middleware.circuit_breaker import CircuitOpenError as CircuitOpenError
    from globus_transport.middleware.compression import CompressBodies as CompressBodies
    from globus_transport.middleware.concurrency_limit import ConcurrencyLimit as ConcurrencyLimit
    from globus_transport.middleware.deadline import Deadline as Deadline
    from globus_transport.middleware.dry_run import DryRun as DryRun
    from globus_transport.middleware.events import Events as Events
    from globus_transport.middleware.headers import DefaultHeaders as DefaultHeaders
    from globus_transport.middleware.hedging import Hedging as Hedging
    from globus_transport.middleware.idempotency_key import IdempotencyKey as IdempotencyKey
    from globus_transport.middleware.logging import Logging as Logging
    from globus_transport.middleware.open_telemetry import OpenTelemetry as OpenTelemetry
    from globus_transport.middleware.rate_limit import RateLimit as RateLimit
    from globus_transport.middleware.redirect import Redirect as Redirect
    from globus_transport.middleware.retry import Retry as Retry
    from globus_transport.middleware.retry_config import RetryBudget as RetryBudget
    from globus_transport.middleware.retry_config import RetryConfig as RetryConfig
    from globus_transport.middleware.structured_logging import StructuredLogging as StructuredLogging
    from globus_transport.middleware.validation import Validate as Validate
    from globus_transport.missing import MISSING as MISSING
    from globus_transport.missing import MissingType as MissingType
    from globus_transport.payload import GlobusPayload as GlobusPayload
    from globus_transport.replies import ArrayResponse as ArrayResponse
    from globus_transport.replies import GlobusHTTPResponse as GlobusHTTPResponse
    from globus_transport.replies import IterableResponse as IterableResponse
    from globus_transport.routing.async_client import AsyncBaseClient as AsyncBaseClient
    from globus_transport.routing.client import BaseClient as BaseClient
    from globus_transport.routing.table import RouteTable as RouteTable
    from globus_transport.scopes.collections import AuthScopes as AuthScopes
    from globus_transport.scopes.collections import TransferScopes as TransferScopes
    from globus_transport.scopes.consents import ConsentForest as ConsentForest
    from globus_transport.scopes.consents import ConsentParseError as ConsentParseError
    from globus_transport.scopes.consents import ConsentTreeConstructionError as ConsentTreeConstructionError
    from globus_transport.scopes.errors import ScopeCycleError as ScopeCycleError
    from globus_transport.scopes.errors import ScopeParseError as ScopeParseError
    from globus_transport.scopes.parser import ScopeParser as ScopeParser
    from globus_transport.scopes.scope import Scope as Scope
    from globus_transport.services.auth.async_client import AsyncAuthClient as AsyncAuthClient
    from globus_transport.services.auth.async_login_clients import AsyncAuthLoginClient as AsyncAuthLoginClient
    from globus_transport.services.auth.async_login_clients import (
        AsyncConfidentialAppAuthClient as AsyncConfidentialAppAuthClient,
    )
    from globus_transport.services.auth.async_login_clients import AsyncNativeAppAuthClient as AsyncNativeAppAuthClient
    from globus_transport.services.auth.client import AuthClient as AuthClient
    from globus_transport.services.auth.consents import GetConsentsResponse as GetConsentsResponse
    from globus_transport.services.auth.errors import AuthAPIError as AuthAPIError
    from globus_transport.services.auth.errors import IDTokenError as IDTokenError
    from globus_transport.services.auth.errors import LoginRequiredError as LoginRequiredError
    from globus_transport.services.auth.flow_managers import (
        GlobusAuthorizationCodeFlowManager as GlobusAuthorizationCodeFlowManager,
    )
    from globus_transport.services.auth.flow_managers import GlobusNativeAppFlowManager as GlobusNativeAppFlowManager
    from globus_transport.services.auth.id_tokens import IDTokenDecoder as IDTokenDecoder
    from globus_transport.services.auth.identity_map import IdentityMap as IdentityMap
    from globus_transport.services.auth.login_clients import AuthLoginClient as AuthLoginClient
    from globus_transport.services.auth.login_clients import ConfidentialAppAuthClient as ConfidentialAppAuthClient
    from globus_transport.services.auth.login_clients import NativeAppAuthClient as NativeAppAuthClient
    from globus_transport.services.auth.replies import GetIdentitiesResponse as GetIdentitiesResponse
    from globus_transport.services.auth.replies import GetIdentityProvidersResponse as GetIdentityProvidersResponse
    from globus_transport.services.auth.scope_spec import DependentScopeSpec as DependentScopeSpec
    from globus_transport.services.auth.token_replies import (
        OAuthAuthorizationCodeResponse as OAuthAuthorizationCodeResponse,
    )
    from globus_transport.services.auth.token_replies import (
        OAuthClientCredentialsResponse as OAuthClientCredentialsResponse,
    )
    from globus_transport.services.auth.token_replies import OAuthDependentTokenResponse as OAuthDependentTokenResponse
    from globus_transport.services.auth.token_replies import OAuthRefreshTokenResponse as OAuthRefreshTokenResponse
    from globus_transport.services.auth.token_replies import OAuthTokenResponse as OAuthTokenResponse
    from globus_transport.services.transfer.async_clients import AsyncTransferClient as AsyncTransferClient
    from globus_transport.services.transfer.clients import TransferClient as TransferClient
    from globus_transport.services.transfer.data.delete_data import DeleteData as DeleteData
    from globus_transport.services.transfer.data.transfer_data import TransferData as TransferData
    from globus_transport.services.transfer.data.tunnel_data import CreateTunnelData as CreateTunnelData
    from globus_transport.services.transfer.errors import TransferAPIError as TransferAPIError
    from globus_transport.services.transfer.replies import IterableJSONAPIResponse as IterableJSONAPIResponse
    from globus_transport.services.transfer.replies import IterableTransferResponse as IterableTransferResponse
    from globus_transport.stack import Stack as Stack
    from globus_transport.terminals.aiohttp import AiohttpTerminal as AiohttpTerminal
    from globus_transport.terminals.asgi import ASGITerminal as ASGITerminal
    from globus_transport.terminals.httpx import AsyncHttpxTerminal as AsyncHttpxTerminal
    from globus_transport.terminals.httpx import HttpxTerminal as HttpxTerminal
    from globus_transport.transport import Transport as Transport
    from globus_transport.urls import URL as URL

_MODULES = {
    "GlobusAPIError": "api_errors",
    "ClientApp": "app.client_app",
    "GlobusAppConfig": "app.config",
    "GlobusApp": "app.globus_app",
    "UserApp": "app.user_app",
    "AsyncStack": "async_stack",
    "AccessTokenAuthorizer": "authorizers.access_token",
    "BoundAuthorizer": "authorizers.base",
    "GlobusAuthorizer": "authorizers.base",
    "BasicAuthorizer": "authorizers.basic",
    "ClientCredentialsAuthorizer": "authorizers.client_credentials",
    "NullAuthorizer": "authorizers.null",
    "RefreshTokenAuthorizer": "authorizers.refresh_token",
    "RenewingAuthorizer": "authorizers.renewing",
    "each_chunk": "chunks",
    "ErrorSubdocument": "error_documents",
    "GlobusConnectionError": "errors",
    "GlobusConnectionTimeoutError": "errors",
    "GlobusError": "errors",
    "GlobusSDKUsageError": "errors",
    "GlobusTimeoutError": "errors",
    "MiddlewareError": "errors",
    "NetworkError": "errors",
    "RedirectError": "errors",
    "ReplyFormatError": "errors",
    "ValidationError": "errors",
    "Flow": "flow",
    "Hedge": "flow",
    "Middleware": "flow",
    "Read": "flow",
    "Run": "flow",
    "Shield": "flow",
    "Sleep": "flow",
    "Start": "flow",
    "Steps": "flow",
    "Wait": "flow",
    "hedge": "flow",
    "read": "flow",
    "run": "flow",
    "send": "flow",
    "shield": "flow",
    "sleep": "flow",
    "wait": "flow",
    "Headers": "headers",
    "Layer": "layers",
    "AsyncByteStream": "messages",
    "ByteStream": "messages",
    "Request": "messages",
    "Response": "messages",
    "StreamBody": "messages",
    "Cache": "middleware.cache",
    "MemoryStore": "middleware.cache",
    "Cassette": "middleware.cassette",
    "NotRecordedError": "middleware.cassette",
    "CircuitBreaker": "middleware.circuit_breaker",
    "CircuitOpenError": "middleware.circuit_breaker",
    "CompressBodies": "middleware.compression",
    "ConcurrencyLimit": "middleware.concurrency_limit",
    "Deadline": "middleware.deadline",
    "DryRun": "middleware.dry_run",
    "Events": "middleware.events",
    "DefaultHeaders": "middleware.headers",
    "Hedging": "middleware.hedging",
    "IdempotencyKey": "middleware.idempotency_key",
    "Logging": "middleware.logging",
    "OpenTelemetry": "middleware.open_telemetry",
    "RateLimit": "middleware.rate_limit",
    "Redirect": "middleware.redirect",
    "Retry": "middleware.retry",
    "RetryConfig": "middleware.retry_config",
    "RetryBudget": "middleware.retry_config",
    "StructuredLogging": "middleware.structured_logging",
    "Validate": "middleware.validation",
    "MISSING": "missing",
    "MissingType": "missing",
    "GlobusPayload": "payload",
    "ArrayResponse": "replies",
    "GlobusHTTPResponse": "replies",
    "IterableResponse": "replies",
    "AsyncBaseClient": "routing.async_client",
    "BaseClient": "routing.client",
    "RouteTable": "routing.table",
    "AuthScopes": "scopes.collections",
    "TransferScopes": "scopes.collections",
    "ConsentForest": "scopes.consents",
    "ConsentParseError": "scopes.consents",
    "ConsentTreeConstructionError": "scopes.consents",
    "ScopeParser": "scopes.parser",
    "Scope": "scopes.scope",
    "ScopeCycleError": "scopes.errors",
    "ScopeParseError": "scopes.errors",
    "AsyncAuthClient": "services.auth.async_client",
    "AsyncAuthLoginClient": "services.auth.async_login_clients",
    "AsyncConfidentialAppAuthClient": "services.auth.async_login_clients",
    "AsyncNativeAppAuthClient": "services.auth.async_login_clients",
    "AuthClient": "services.auth.client",
    "AuthLoginClient": "services.auth.login_clients",
    "ConfidentialAppAuthClient": "services.auth.login_clients",
    "NativeAppAuthClient": "services.auth.login_clients",
    "GetConsentsResponse": "services.auth.consents",
    "AuthAPIError": "services.auth.errors",
    "IDTokenError": "services.auth.errors",
    "LoginRequiredError": "services.auth.errors",
    "GlobusAuthorizationCodeFlowManager": "services.auth.flow_managers",
    "GlobusNativeAppFlowManager": "services.auth.flow_managers",
    "IDTokenDecoder": "services.auth.id_tokens",
    "IdentityMap": "services.auth.identity_map",
    "GetIdentitiesResponse": "services.auth.replies",
    "GetIdentityProvidersResponse": "services.auth.replies",
    "DependentScopeSpec": "services.auth.scope_spec",
    "OAuthAuthorizationCodeResponse": "services.auth.token_replies",
    "OAuthClientCredentialsResponse": "services.auth.token_replies",
    "OAuthDependentTokenResponse": "services.auth.token_replies",
    "OAuthRefreshTokenResponse": "services.auth.token_replies",
    "OAuthTokenResponse": "services.auth.token_replies",
    "AsyncTransferClient": "services.transfer.async_clients",
    "TransferClient": "services.transfer.clients",
    "DeleteData": "services.transfer.data.delete_data",
    "TransferData": "services.transfer.data.transfer_data",
    "CreateTunnelData": "services.transfer.data.tunnel_data",
    "TransferAPIError": "services.transfer.errors",
    "IterableJSONAPIResponse": "services.transfer.replies",
    "IterableTransferResponse": "services.transfer.replies",
    "Stack": "stack",
    "AiohttpTerminal": "terminals.aiohttp",
    "ASGITerminal": "terminals.asgi",
    "HttpxTerminal": "terminals.httpx",
    "AsyncHttpxTerminal": "terminals.httpx",
    "Transport": "transport",
    "URL": "urls",
}

# Modules that a program may name without importing them, as in `except globus_transport.exc.NetworkError`.
_SUBMODULES = frozenset({"client", "exc", "paging", "response"})

# AiohttpTerminal is not among them: to load it takes an extra, and `import *` is to work without.
__all__ = [
    "MISSING",
    "URL",
    "ASGITerminal",
    "AccessTokenAuthorizer",
    "ArrayResponse",
    "AsyncAuthClient",
    "AsyncAuthLoginClient",
    "AsyncBaseClient",
    "AsyncByteStream",
    "AsyncConfidentialAppAuthClient",
    "AsyncHttpxTerminal",
    "AsyncNativeAppAuthClient",
    "AsyncStack",
    "AsyncTransferClient",
    "AuthAPIError",
    "AuthClient",
    "AuthLoginClient",
    "AuthScopes",
    "BaseClient",
    "BasicAuthorizer",
    "BoundAuthorizer",
    "ByteStream",
    "Cache",
    "Cassette",
    "CircuitBreaker",
    "CircuitOpenError",
    "ClientApp",
    "ClientCredentialsAuthorizer",
    "CompressBodies",
    "ConcurrencyLimit",
    "ConfidentialAppAuthClient",
    "ConsentForest",
    "ConsentParseError",
    "ConsentTreeConstructionError",
    "CreateTunnelData",
    "Deadline",
    "DefaultHeaders",
    "DeleteData",
    "DependentScopeSpec",
    "DryRun",
    "ErrorSubdocument",
    "Events",
    "Flow",
    "GetConsentsResponse",
    "GetIdentitiesResponse",
    "GetIdentityProvidersResponse",
    "GlobusAPIError",
    "GlobusApp",
    "GlobusAppConfig",
    "GlobusAuthorizationCodeFlowManager",
    "GlobusAuthorizer",
    "GlobusConnectionError",
    "GlobusConnectionTimeoutError",
    "GlobusError",
    "GlobusHTTPResponse",
    "GlobusNativeAppFlowManager",
    "GlobusPayload",
    "GlobusSDKUsageError",
    "GlobusTimeoutError",
    "Headers",
    "Hedge",
    "Hedging",
    "HttpxTerminal",
    "IDTokenDecoder",
    "IDTokenError",
    "IdempotencyKey",
    "IdentityMap",
    "IterableJSONAPIResponse",
    "IterableResponse",
    "IterableTransferResponse",
    "Layer",
    "Logging",
    "LoginRequiredError",
    "MemoryStore",
    "Middleware",
    "MiddlewareError",
    "MissingType",
    "NativeAppAuthClient",
    "NetworkError",
    "NotRecordedError",
    "NullAuthorizer",
    "OAuthAuthorizationCodeResponse",
    "OAuthClientCredentialsResponse",
    "OAuthDependentTokenResponse",
    "OAuthRefreshTokenResponse",
    "OAuthTokenResponse",
    "OpenTelemetry",
    "RateLimit",
    "Read",
    "Redirect",
    "RedirectError",
    "RefreshTokenAuthorizer",
    "RenewingAuthorizer",
    "ReplyFormatError",
    "Request",
    "Response",
    "Retry",
    "RetryBudget",
    "RetryConfig",
    "RouteTable",
    "Run",
    "Scope",
    "ScopeCycleError",
    "ScopeParseError",
    "ScopeParser",
    "Shield",
    "Sleep",
    "Stack",
    "Start",
    "Steps",
    "StreamBody",
    "StructuredLogging",
    "TransferAPIError",
    "TransferClient",
    "TransferData",
    "TransferScopes",
    "Transport",
    "UserApp",
    "Validate",
    "ValidationError",
    "Wait",
    "__version__",
    "each_chunk",
    "hedge",
    "read",
    "run",
    "send",
    "shield",
    "sleep",
    "wait",
]


if not TYPE_CHECKING:
    # A type checker that saw this would take any name for one of ours.

    def _lazily(namespace, modules, submodules=(), package=None):
        """A module's ``__getattr__`` (PEP 562), for names that modules of a package hold, and for those modules."""
        module = namespace["__name__"]
        package = package or module

        def __getattr__(name: str) -> object:
            if name not in modules and name not in submodules:
                raise AttributeError(f"module {module!r} has no attribute {name!r}")
            from importlib import import_module

            if name in submodules:
                return import_module(f"{package}.{name}")
            value = namespace[name] = getattr(import_module(f"{package}.{modules[name]}"), name)
            return value

        return __getattr__

    __getattr__ = _lazily(globals(), _MODULES, _SUBMODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES, *_SUBMODULES})
