"""The methods of globus-sdk's clients, and arguments for them: both are read from globus-sdk when the tests run."""

from __future__ import annotations

import importlib
import inspect
import uuid
from collections.abc import Callable
from typing import Any

import globus_sdk

CLIENTS = (
    "TransferClient",
    "AuthClient",
    "AuthLoginClient",
    "NativeAppAuthClient",
    "ConfidentialAppAuthClient",
    "GroupsClient",
    "TimersClient",
    "SearchClient",
    "FlowsClient",
    "SpecificFlowClient",
    "GCSClient",
    "ComputeClientV2",
    "ComputeClientV3",
    "TransferClientV2",
)

#: What belongs to an application object, and sends nothing by itself.
APPLICATION = frozenset(
    {
        "add_app_data_access_scope",
        "add_app_flow_user_scope",
        "add_app_scope",
        "add_app_transfer_data_access_scope",
        "attach_globus_app",
    }
)
#: Needs a login that was started; tests/wire has it.
_NEEDS_A_LOGIN = frozenset({"oauth2_get_authorize_url", "oauth2_exchange_code_for_tokens", "oauth2_start_flow"})
#: Closes, or makes scopes: no requests to compare.
_NO_REQUEST = frozenset({"close", "get_gcs_endpoint_scopes", "get_gcs_collection_scopes"})

#: The parameters that take one of a few values, or a document of a certain form.
_VALUES: dict[str, Any] = {
    "encoding": "json",
    "method": "POST",
    "path": "/a/path",
    "response_class": None,
    "timeout": 1,
    "polling_interval": 1,
    "data": {"DATA_TYPE": "thing", "submission_id": "s", "name": "ü", "list": [1, None, True]},
    "form_data": {"grant_type": "own", "x": ["1", "2"]},
    "filter_entity_type": "GCSv5_endpoint",
    "filter": {"name": ["a", "b"]},
    "subscription_id": "DEFAULT",
    "openid_configuration": None,
    "as_pem": False,
    "visibility": "private",
    "client_type": None,
    "dependent_scopes": [],
    "query_params": {"more": ["1", "2"], "yes": True},
    "body_params": {"more": 1},
    "additional_params": {"more": 1},
    "headers": {"X-Extra": "1"},
    "stream": False,
    "limit": 10,
    "offset": 20,
    "page_size": 10,
    "task_ids": ["first", uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")],
}
#: What a call needs and its signature does not say: one of two parameters, or a document of a certain form.
_NEEDED: dict[tuple[str, str], Any] = {
    ("create_client", "public_client"): True,
    ("create_child_client", "public_client"): True,
    ("get_client", "client_id"): uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff"),
    ("create_tunnel", "data"): {"data": {"type": "Tunnel", "attributes": {"label": "ü", "submission_id": "s"}}},
}
#: Values for the parameters of one method, where those for the name or the type do not fit.
_OF_METHOD: dict[tuple[str, str], Any] = {
    ("get_collection_list", "filter"): ["managed_by_me", "created_by_me"],
    ("get_collection_list", "include"): ("private_policies", "other"),
    ("update_endpoint", "endpoint_data"): {"DATA_TYPE": "endpoint#1.0.0", "display_name": "ü"},
    ("update_endpoint", "include"): "endpoint",
}
#: What must not be given together with another parameter. tests/wire calls with these, too.
_APART = frozenset({("get_client", "fqdn"), ("get_identity_providers", "ids"), ("get_scopes", "ids")})
_BY_TYPE: tuple[tuple[str, Any], ...] = (
    ("bool", True),
    ("int", 3),
    ("UUID", uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")),
    ("datetime", "2031-02-03T04:05:06+00:00"),
    ("Iterable[str]", ["one", "two"]),
    ("dict[", {"key": "value"}),
    ("Mapping[", {"key": "value"}),
    ("list[", ["one", "two"]),
    ("str", "text ü?#"),
)


def class_of(package: Any, name: str) -> Any:
    """A class of a package, also one that is experimental."""
    return getattr(
        package if hasattr(package, name) else importlib.import_module(f"{package.__name__}.experimental"), name
    )


def methods() -> list[tuple[str, str]]:
    """Every client and public method that sends something."""
    return [
        (client, name)
        for client in CLIENTS
        for name in public_methods(client)
        if name not in APPLICATION | _NEEDS_A_LOGIN | _NO_REQUEST
    ]


def public_methods(client: str) -> list[str]:
    """The public methods of one of globus-sdk's clients."""
    cls = class_of(globus_sdk, client)
    return [name for name in dir(cls) if not name.startswith("_") and inspect.isfunction(getattr(cls, name, None))]


def arguments(client: str, name: str, *, every: bool) -> dict[str, Any]:
    """Arguments for a method, by name: those that it needs, or every one."""
    method: Callable[..., Any] = getattr(class_of(globus_sdk, client), name)
    given = {}
    for one in list(inspect.signature(method).parameters.values())[1:]:
        if one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL):
            continue
        if (name, one.name) in _APART:
            continue
        value = _NEEDED.get((name, one.name), _OF_METHOD.get((name, one.name), _value(one)))
        if value is not None and (every or one.default is one.empty or (name, one.name) in _NEEDED):
            given[one.name] = value
    return given


def _value(parameter: inspect.Parameter) -> Any:
    if parameter.name in _VALUES:
        return _VALUES[parameter.name]
    annotation = str(parameter.annotation)
    for kind, value in _BY_TYPE:
        if kind in annotation:
            return value
    return "text"
