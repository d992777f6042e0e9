"""The other pages of the reference: every public name stands on exactly one, under its module's own words."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

import attrs
from route_tables import CLIENTS, generic_calls
from rst import directive, title

import globus_transport
from globus_transport.scopes.collections import ScopeCollection
from globus_transport.scopes.scope import Scope


@attrs.frozen
class Page:
    """A page of the reference.

    :ivar modules: whose docstrings open it, and whose public names stand on it
    :ivar names: further names, with their modules
    """

    file: str
    title: str
    modules: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


PAGES = (
    Page(
        "clients",
        "What every client has",
        ("routing.client_base", "routing.client", "routing.async_client"),
        ("routing.client_base.ClientBase",),
    ),
    Page(
        "tables",
        "Route tables",
        ("routing.table", "routing.route", "routing.parameters", "routing.paging"),
        (
            "routing.table.RouteList",
            "routing.route.Route",
            "routing.route.PagedRoute",
            "routing.route.Operation",
            "routing.route.get",
            "routing.route.post",
            "routing.route.put",
            "routing.route.patch",
            "routing.route.delete",
            "routing.route.operation",
            "routing.plan.RouteOptions",
            "routing.parameters.Query",
            "routing.parameters.Field",
            "routing.parameters.Body",
            "routing.parameters.MoreQuery",
            "routing.parameters.MoreFields",
            "routing.paging.Paging",
            "routing.paging.Offset",
            "routing.paging.Marker",
            "routing.paging.NextLink",
            "routing.bound.PagedRouteCall",
            "routing.bound.Paginator",
            "routing.bound.AsyncPagedRouteCall",
            "routing.bound.AsyncPaginator",
        ),
    ),
    Page(
        "authorizers",
        "Authorizers",
        (
            "authorizers",
            "authorizers.base",
            "authorizers.null",
            "authorizers.basic",
            "authorizers.access_token",
            "authorizers.renewing",
            "authorizers.refresh_token",
            "authorizers.client_credentials",
        ),
    ),
    Page(
        "layers",
        "Layers",
        (
            "middleware",
            "middleware.deadline",
            "middleware.redirect",
            "middleware.retry",
            "middleware.retry_config",
            "middleware.headers",
            "middleware.logging",
            "middleware.events",
            "middleware.hedging",
            "middleware.rate_limit",
            "middleware.concurrency_limit",
            "middleware.circuit_breaker",
            "middleware.idempotency_key",
            "middleware.validation",
            "middleware.compression",
            "middleware.structured_logging",
            "middleware.dry_run",
            "middleware.open_telemetry",
            "middleware.cassette",
            "middleware.cache",
        ),
        ("middleware.errors.Errors", "middleware.cache.CacheStore"),
    ),
    Page("stacks", "Stacks", ("stack", "async_stack", "layers")),
    Page("flows", "Flows and steps", ("flow", "chunks")),
    Page(
        "events",
        "Events",
        ("events",),
        (
            "events.Event",
            "events.Listener",
            "events.Began",
            "events.Attempt",
            "events.Waiting",
            "events.Renewal",
            "events.Redirected",
            "events.Hedged",
            "events.Ended",
            "events.call_of",
            "events.outcome_of",
        ),
    ),
    Page("messages", "Messages", ("messages", "headers", "urls")),
    Page(
        "terminals",
        "Terminals",
        (
            "terminals",
            "terminals.urllib3",
            "terminals.threads",
            "terminals.requests",
            "terminals.aiohttp",
            "terminals.httpx",
            "terminals.wsgi",
            "terminals.asgi",
        ),
        (
            "terminals.urllib3.Urllib3Terminal",
            "terminals.threads.ThreadsTerminal",
            "terminals.requests.RequestsTerminal",
            "terminals.wsgi.WSGITerminal",
        ),
    ),
    Page(
        "embedding",
        "Embedding",
        ("embed", "embed.aiohttp", "embed.requests", "embed.httpx", "embed.httpx2", "embed.urllib3"),
        (
            "embed.aiohttp.GlobusAuth",
            "embed.aiohttp.StackMiddleware",
            "embed.requests.GlobusAuth",
            "embed.requests.StackAdapter",
            "embed.httpx.GlobusAuth",
            "embed.httpx.StackTransport",
            "embed.httpx.AsyncStackTransport",
            "embed.httpx2.GlobusAuth",
            "embed.httpx2.StackTransport",
            "embed.httpx2.AsyncStackTransport",
            "embed.urllib3.StackPool",
        ),
    ),
    Page("transport", "Transport", ("transport",)),
    Page(
        "replies",
        "Replies",
        (
            "replies",
            "services.auth.replies",
            "services.auth.response",
            "services.auth.token_replies",
            "services.transfer.replies",
        ),
        ("services.auth.token_replies.TokensByScope",),
    ),
    Page(
        "payloads",
        "Payloads",
        (
            "payload",
            "services.transfer.data.transfer_data",
            "services.transfer.data.delete_data",
            "services.transfer.data.tunnel_data",
            "services.auth.data",
            "missing",
        ),
    ),
    Page(
        "logins",
        "Logins",
        ("services.auth.flow_managers", "services.auth.id_tokens", "services.auth.identity_map"),
        ("services.auth.flow_managers.GlobusOAuthFlowManager",),
    ),
    Page(
        "apps",
        "Applications",
        ("app", "app.globus_app", "app.user_app", "app.client_app", "app.config"),
        (
            "app.config.resolve_by_login_flow",
            "app.protocols.TokenStorageProvider",
            "app.protocols.LoginFlowManagerProvider",
            "app.protocols.IDTokenDecoderProvider",
            "app.protocols.TokenValidationErrorHandler",
            "app.logins.manager.LoginFlowManager",
            "app.logins.command_line.CommandLineLoginFlowManager",
            "app.logins.command_line.CommandLineLoginFlowEOFError",
            "app.logins.local_server.LocalServerLoginFlowManager",
            "app.logins.landing.LocalServerLoginError",
            "app.logins.landing.LocalServerEnvironmentalLoginError",
        ),
    ),
    Page(
        "token_storage",
        "Token storage",
        ("token_storage",),
        (
            "tokens.storages.base.TokenStorage",
            "tokens.storages.files.FileTokenStorage",
            "tokens.storages.json_file.JSONTokenStorage",
            "tokens.storages.sqlite.SQLiteTokenStorage",
            "tokens.storages.memory.MemoryTokenStorage",
            "tokens.stored.TokenStorageData",
            "app.validating.ValidatingTokenStorage",
            "app.validators.TokenDataValidator",
            "app.validators.TokenValidationContext",
            "app.validators.ScopeRequirementsValidator",
            "app.validators.HasRefreshTokensValidator",
            "app.validators.NotExpiredValidator",
            "app.validators.UnchangingIdentityIDValidator",
            "app.errors.TokenValidationError",
            "app.errors.IdentityValidationError",
            "app.errors.MissingIdentityError",
            "app.errors.IdentityMismatchError",
            "app.errors.MissingTokenError",
            "app.errors.ExpiredTokenError",
            "app.errors.DeadLoginError",
            "app.errors.UnmetScopeRequirementsError",
        ),
    ),
    Page(
        "gare",
        "What a service wants of a login",
        ("gare",),
        (
            "gare.GARE",
            "gare.GlobusAuthorizationParameters",
            "gare.to_gare",
            "gare.to_gares",
            "gare.is_gare",
            "gare.has_gares",
        ),
    ),
    Page(
        "scopes",
        "Scopes",
        ("scopes", "scopes.scope", "scopes.errors", "scopes.parser", "scopes.collections", "scopes.consents"),
        (
            "scopes.collections.GroupsScopes",
            "scopes.collections.NexusScopes",
            "scopes.collections.SearchScopes",
            "scopes.collections.FlowsScopes",
            "scopes.collections.TimersScopes",
            "scopes.collections.ComputeScopes",
            "scopes.collections.GCSEndpointScopes",
            "scopes.collections.GCSCollectionScopes",
            "scopes.collections.SpecificFlowScopes",
            "scopes.consents.Consent",
            "scopes.consents.ConsentTree",
        ),
    ),
    Page(
        "errors",
        "Errors",
        ("errors", "api_errors", "error_documents", "services.auth.errors", "services.transfer.errors"),
        (
            "error_info.ErrorInfoContainer",
            "error_info.AuthorizationParameterInfo",
            "error_info.ConsentRequiredInfo",
        ),
    ),
    Page(
        "sandbox",
        "The sandbox",
        ("sandbox",),
        tuple(
            f"sandbox.{name}"
            for name in ("Sandbox", "SandboxToken", "Collection", "Identity", "Clock", "Fault", "Received")
        ),
    ),
    Page(
        "testing",
        "Tests with responses",
        ("testing",),
        (
            "testing.use_responses",
            "testing.load_response",
            "testing.load_response_set",
            "testing.get_response_set",
            "testing.register_response_set",
            "testing.get_last_request",
            "testing.construct_error",
            "testing.RegisteredResponse",
            "testing.ResponseList",
            "testing.ResponseSet",
        ),
    ),
    Page(
        "terminal_contract",
        "The contract of terminals",
        ("testing.terminal_contract", "testing.application_contract", "testing.loopback_server"),
        (
            "testing.terminal_contract.TerminalContract",
            "testing.terminal_contract.AsyncTerminalContract",
            "testing.application_contract.WSGITerminalContract",
            "testing.application_contract.ASGITerminalContract",
            *(
                f"testing.loopback_server.{name}"
                for name in ("ScriptedServer", "Peer", "Received", "answering", "once", "in_turn", "silent", "whole")
            ),
        ),
    ),
)

# What a class has from one of these is told there, once.
_TOLD_ELSEWHERE = (
    "ABC",
    "AsyncBaseTransport",
    "Auth",
    "AuthBase",
    "BaseAdapter",
    "BaseException",
    "BaseTransport",
    "GenericCalls",
    "GlobusAPIError",
    "GlobusAuthorizer",
    "GlobusError",
    "GlobusHTTPResponse",
    "GlobusOAuthFlowManager",
    "GlobusPayload",
    "Mapping",
    "ClientBase",
    "NetworkError",
    "OAuthTokenResponse",
    "PoolManager",
    "RenewingAuthorizer",
    "RequestMethods",
    "RouteTable",
    "dict",
    "str",
    "tuple",
)

_ON_CLIENT_PAGES = {*CLIENTS, *(f"Async{name}" for name in CLIENTS)}


def is_public(value: type) -> bool:
    """Whether users know a class by its name."""
    return value.__name__ in globus_transport._MODULES


def unplaced() -> list[str]:
    """Public names that stand on no page."""
    placed = {module for page in PAGES for module in page.modules}
    return [
        name
        for name, module in globus_transport._MODULES.items()
        if name not in _ON_CLIENT_PAGES and module not in placed
    ]


def page_lines(page: Page) -> list[str]:
    """The text of a page."""
    lines = title(page.title)
    for module in page.modules:
        lines += directive("automodule", f"globus_transport.{module}")
        for name, home in globus_transport._MODULES.items():
            if home == module and name not in _ON_CLIENT_PAGES:
                lines += _name_lines(f"globus_transport.{name}", getattr(globus_transport, name), home)
        for name in page.names:
            if name.rpartition(".")[0] == module:
                lines += _further(name)
    for name in page.names:
        if name.rpartition(".")[0] not in page.modules:
            lines += _further(name)
    if page.file == "clients":
        lines += generic_calls(globus_transport.BaseClient)
    return lines


def _further(name: str) -> list[str]:
    home, _, short = name.rpartition(".")
    return _name_lines(f"globus_transport.{name}", getattr(_module(home), short), home)


def _module(name: str) -> Any:
    from importlib import import_module

    return import_module(f"globus_transport.{name}")


def _name_lines(name: str, value: object, home: str) -> list[str]:
    if isinstance(value, type):
        kind = "autoexception" if issubclass(value, BaseException) else "autoclass"
        options = [":members:", f":inherited-members: {', '.join(_TOLD_ELSEWHERE)}"]
        if any(is_public(base) for base in value.__bases__):
            options.append(":show-inheritance:")
        return directive(kind, name, options)
    if inspect.isfunction(value):
        return directive("autofunction", name)
    if isinstance(value, ScopeCollection):
        return directive("autodata", name, [":no-value:", "", *_scopes(value)])
    # A comment that explains a value stands in the module that makes it.
    return directive("autodata", f"globus_transport.{home}.{name.rpartition('.')[2]}", [":no-value:"])


def _scopes(collection: ScopeCollection) -> Iterable[str]:
    for name, value in vars(type(collection)).items():
        if isinstance(value, Scope):
            yield f"- ``{name}``: ``{value}``"
