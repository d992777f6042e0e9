"""What cannot be right is refused before anything is sent, for threads and asyncio, as globus-sdk refuses it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import globus_sdk
import pytest

import globus_transport
from globus_transport import DependentScopeSpec, GlobusSDKUsageError
from globus_transport.http.messages import Request, Response

_URL = "https://auth.example.org"

_REFUSED: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "no kind": ("AuthClient", lambda auth: auth.create_client("C", "p")),
    "two kinds": ("AuthClient", lambda auth: auth.create_client("C", "p", public_client=True, client_type="x")),
    "one link": ("AuthClient", lambda auth: auth.create_client("C", "p", public_client=True, privacy_policy="x")),
    "other link": (
        "AuthClient",
        lambda auth: auth.create_client("C", "p", public_client=True, terms_and_conditions="x", privacy_policy=""),
    ),
    "one link changed": ("AuthClient", lambda auth: auth.update_client("c", terms_and_conditions="x")),
    "link and none": (
        "AuthClient",
        lambda auth: auth.update_client("c", terms_and_conditions="x", privacy_policy=None),
    ),
    "client by nothing": ("AuthClient", lambda auth: auth.get_client()),
    "client by both": ("AuthClient", lambda auth: auth.get_client(client_id="c", fqdn="f")),
    "providers by both": ("AuthClient", lambda auth: auth.get_identity_providers(domains="d", ids="i")),
    "scopes by both": ("AuthClient", lambda auth: auth.get_scopes(scope_strings=["s"], ids=["i"])),
    "child, no kind": ("ConfidentialAppAuthClient", lambda auth: auth.create_child_client("C")),
    "child, two kinds": (
        "ConfidentialAppAuthClient",
        lambda auth: auth.create_child_client("C", public_client=False, client_type="x"),
    ),
    "child, one link": (
        "ConfidentialAppAuthClient",
        lambda auth: auth.create_child_client("C", public_client=False, terms_and_conditions="x"),
    ),
}


def _never(request: Request) -> Response:
    raise AssertionError(f"{request} was sent")


async def _never_awaited(request: Request) -> Response:
    raise AssertionError(f"{request} was sent")


def _arguments(client: str) -> tuple[str, ...]:
    return ("an-app", "secret") if client == "ConfidentialAppAuthClient" else ()


@pytest.mark.parametrize("name", _REFUSED)
def test_a_call_is_refused(name: str) -> None:
    client, call = _REFUSED[name]
    with pytest.raises(globus_sdk.GlobusSDKUsageError):
        call(getattr(globus_sdk, client)(*_arguments(client), base_url=_URL))
    ours = getattr(globus_transport, client)(*_arguments(client), base_url=_URL, terminal=_never)
    with pytest.raises(GlobusSDKUsageError, match="give "):
        call(ours)

    async def call_async() -> None:
        made: Any = getattr(globus_transport, f"Async{client}")
        await call(made(*_arguments(client), base_url=_URL, terminal=_never_awaited))

    with pytest.raises(GlobusSDKUsageError, match="give "):
        asyncio.run(call_async())


def test_one_text_is_a_list_of_one() -> None:
    """globus-sdk sends some of them as they are; the service wants lists."""
    sent: list[Request] = []

    def terminal(request: Request) -> Response:
        sent.append(request)
        return Response(200, {}, b"{}")

    auth = globus_transport.AuthClient(base_url=_URL, terminal=terminal)
    auth.create_client("C", "p", public_client=True, redirect_uris="https://a")
    auth.update_client("c", redirect_uris="https://a")
    auth.create_scope("c", "S", "D", "s", required_domains="https://a")
    auth.update_policy("p", domain_constraints_include="https://a")
    assert all(b'["https://a"]' in (request.body or b"") for request in sent)  # type: ignore[operator]
    assert len(sent) == 4


@pytest.mark.parametrize("scopes", ["text", {"scope": "x"}, DependentScopeSpec("s", True, True)])
def test_dependent_scopes_are_a_list(scopes: Any) -> None:
    auth = globus_transport.AuthClient(base_url=_URL, terminal=_never)
    with pytest.raises(GlobusSDKUsageError, match="dependent_scopes: expected a list"):
        auth.create_scope("c", "S", "D", "s", dependent_scopes=scopes)


@pytest.mark.parametrize(
    ("values", "name"), [(("", True, True), "scope"), (("s", 1, True), "optional"), (("s", True, None), "requires")]
)
def test_a_dependent_scope_is_checked(values: tuple[Any, ...], name: str) -> None:
    with pytest.raises(GlobusSDKUsageError, match=name):
        DependentScopeSpec(*values)


def test_what_makes_something_new_is_not_sent_twice() -> None:
    auth = globus_transport.AuthClient(base_url=_URL, terminal=_never)
    for request in (
        auth.create_project.request("P", "a@b.org"),
        auth.create_client.request("C", "p", public_client=True),
        auth.create_client_credential.request("c", "N"),
        auth.create_policy.request(project_id="p", display_name="P", description="D"),
        auth.create_scope.request("c", "S", "D", "s"),
    ):
        assert not request.repeatable
