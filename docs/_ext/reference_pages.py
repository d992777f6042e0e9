"""Which page of the reference has which names."""

from __future__ import annotations

import attrs


@attrs.frozen
class Page:
    """A page of the reference.

    :ivar parts: modules and packages. The page has the docstring of each, and the public names that it defines. A
        package stands for all its modules, except those that are a part of a page themselves
    :ivar names: further names, which no package exports, with their modules
    """

    file: str
    title: str
    parts: tuple[str, ...]
    names: tuple[str, ...] = ()


PAGES = (
    Page(
        "clients",
        "What every client has",
        ("routing.client_base", "routing.client", "routing.async_client"),
        (
            "routing.client_base.ClientBase",
            "routing.client_settings.ClientRetryConfig",
            "routing.client_settings.ClientRetryChecks",
            "routing.client_settings.ClientTransport",
        ),
    ),
    Page(
        "tables",
        "Route tables",
        ("routing", "routing.table", "routing.route", "routing.parameters", "routing.paging", "routing.paginators"),
        (
            "routing.table.RouteList",
            "routing.route.Route",
            "routing.route.PagedRoute",
            "routing.route.Operation",
            "routing.plan.RouteOptions",
            "routing.bound.PagedRouteCall",
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
            "authorizers.access_token",
            "authorizers.renewing",
        ),
    ),
    Page(
        "layers",
        "Layers",
        (
            "middleware",
            "middleware.errors",
            "middleware.deadline",
            "middleware.redirect",
            "middleware.retry",
            "middleware.headers",
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
        tuple(f"middleware.structured_logging.{name}" for name in ("ANSWERED", "REFUSED", "FAILED", "ABANDONED")),
    ),
    Page("stacks", "Stacks", ("core.stack", "core.async_stack", "core.layers")),
    Page("flows", "Flows and steps", ("core.flow", "http.chunks")),
    Page("events", "Events", ("core.events",), ("core.events.call_of", "core.events.outcome_of")),
    Page("messages", "Messages", ("http", "http.messages", "http.bodies", "http.headers", "http.urls")),
    Page(
        "terminals",
        "Terminals",
        (
            "terminals",
            "terminals.urllib3",
            "terminals.asyncio",
            "terminals.threads",
            "terminals.requests",
            "terminals.aiohttp",
            "terminals.httpx",
            "terminals.wsgi",
            "terminals.asgi",
        ),
    ),
    Page(
        "embedding",
        "Embedding",
        (
            "embed",
            "embed.requests",
            "embed.httpx",
            "embed.httpx2",
            "embed.aiohttp",
            "embed.urllib3",
        ),
        ("embed.httpx2.GlobusAuth", "embed.httpx2.StackTransport", "embed.httpx2.AsyncStackTransport"),
    ),
    Page("transport", "Transport", ("transport",)),
    Page(
        "replies",
        "Replies",
        ("routing.replies", "services.auth", "services.transfer", "services.search", "services.flows", "services.gcs"),
        ("services.auth.response.TokensByScope",),
    ),
    Page(
        "payloads",
        "Payloads",
        (
            "routing.payload",
            "services.transfer.data",
            "services.auth.data",
            "services.groups.data",
            "services.timers.data",
            "services.search.data",
            "services.flows.data",
            "services.gcs.data",
            "experimental.transfer_v2.data",
            "routing.missing",
        ),
    ),
    Page(
        "logins",
        "Logins",
        ("services.auth.flow_managers", "services.auth.id_tokens", "services.auth.identity_map"),
        ("services.auth.flow_managers.GlobusOAuthFlowManager",),
    ),
    Page("connectors", "Connectors of Connect Server", ("services.gcs.connector_table",)),
    Page(
        "files_by_https",
        "Files of a collection by HTTPS",
        ("services.gcs.collection_client", "services.gcs.downloader"),
    ),
    Page(
        "local_endpoint",
        "Globus Connect on this computer",
        ("local_endpoint", "local_endpoint.personal", "local_endpoint.owner_info", "local_endpoint.server"),
    ),
    Page("groups_manager", "The manager of groups", ("services.groups.manager",)),
    Page(
        "apps",
        "Applications",
        ("globus_app", "globus_app.config", "login_flows"),
        ("globus_app.config.resolve_by_login_flow",),
    ),
    Page(
        "token_storage",
        "Token storage",
        ("token_storage", "globus_app.validating", "globus_app.validators", "globus_app.errors"),
    ),
    Page("gare", "Globus Auth Requirements Errors", ("gare",)),
    Page(
        "scopes",
        "Scopes",
        ("scopes", "scopes.scope", "scopes.errors", "scopes.parser", "scopes.collections", "scopes.consents"),
        ("scopes.consents.Consent", "scopes.consents.ConsentTree"),
    ),
    Page(
        "errors",
        "Errors",
        (
            "exc",
            "services.auth.errors",
            "services.transfer.errors",
            "services.groups.errors",
            "services.timers.errors",
            "services.search.errors",
            "services.flows.errors",
            "services.gcs.errors",
            "services.compute.errors",
        ),
    ),
    Page("sandbox", "The sandbox", ("sandbox",)),
    Page("testing", "Tests with responses", ("testing",)),
    Page(
        "middleware_contract",
        "The contract of middleware",
        ("testing.middleware_contract",),
        ("testing.middleware_contract.MiddlewareContract",),
    ),
    Page(
        "terminal_contract",
        "The contract of terminals",
        (
            "testing.terminal_contract",
            "testing.async_terminal_contract",
            "testing.application_contract",
            "testing.loopback_server",
        ),
        (
            "testing.terminal_contract.TerminalContract",
            "testing.async_terminal_contract.AsyncTerminalContract",
            "testing.application_contract.WSGITerminalContract",
            "testing.application_contract.ASGITerminalContract",
            *(
                f"testing.loopback_server.{name}"
                for name in ("ScriptedServer", "Peer", "Received", "answering", "once", "in_turn", "silent", "whole")
            ),
        ),
    ),
)
