"""Where this package and globus-sdk are meant to differ. Tests hold both to it, and the documentation shows it.

Only data: whoever builds the documentation need not have globus-sdk.
"""

from __future__ import annotations

from typing import Any

#: Path arguments that leave their segment in globus-sdk: what it makes of them, and what they are here.
#: An id that is no id must not turn into another route.
SEGMENTS = {
    "a/b": ("/v0.10/task/a/b", "/v0.10/task/a%2Fb"),
    "../endpoint": ("/v0.10/endpoint", "/v0.10/task/..%2Fendpoint"),
    "./x": ("/v0.10/task/x", "/v0.10/task/.%2Fx"),
}

#: Those that are refused here, and the path in globus-sdk: they would change the route.
REFUSED: dict[Any, str] = {
    "": "/v0.10/task/",
    ".": "/v0.10/task/",
    "..": "/v0.10/",
    None: "/v0.10/task/None",
    True: "/v0.10/task/True",
}

#: Header fields: globus-sdk's value, this package's, and why. The versions are filled in.
HEADERS = {
    "User-Agent": ("globus-sdk-py-{theirs}", "globus_transport/{ours}", "it says who is calling"),
    "X-Globus-Client-Info": (
        "product=python-sdk,version={theirs}",
        "product=globus_transport,version={ours}",
        "so does this",
    ),
    "Accept-Encoding": ("identity", "gzip", "listings shrink to a tenth"),
}

#: Authorization of a call by a full URL on another origin: globus-sdk's, and this package's.
ELSEWHERE = ("Bearer a-token", None)

#: Parameters for which globus-sdk raises an error when they are given this; here they
#: are left out of the request, as others are. A name after a route's is that route's alone.
NOTHING_FAILS = {
    "MISSING": {"query_params", "body_params", "additional_params"},
    "None": {
        "filter",
        "filter_completion_time",
        "filter_endpoint_use",
        "additional_fields",
        "openid_configuration",
        "list_flows: orderby",
        "list_registered_apis: orderby",
    },
}

#: Parameters of methods that only this package has.
METHODS: dict[tuple[str, str], set[str]] = {("TransferClient", "task_wait"): {"progress"}}

#: Parameters of constructors that only one package has: globus-sdk's, and this package's.
CONSTRUCTORS: dict[str, tuple[set[str], set[str]]] = {
    "TransferClient": (set(), {"terminal"}),
    "AuthClient": (set(), {"terminal"}),
    "AuthLoginClient": (set(), {"terminal"}),
    "NativeAppAuthClient": (set(), {"terminal"}),
    "ConfidentialAppAuthClient": (set(), {"terminal"}),
    "GroupsClient": (set(), {"terminal"}),
    "TimersClient": (set(), {"terminal"}),
    "SearchClient": (set(), {"terminal"}),
    "FlowsClient": (set(), {"terminal"}),
    "SpecificFlowClient": (set(), {"base_url", "terminal"}),
    "GCSClient": (set(), {"terminal"}),
    "ComputeClientV2": (set(), {"terminal"}),
    "ComputeClientV3": (set(), {"terminal"}),
    "TransferClientV2": (set(), {"terminal"}),
}

#: Values that documents and errors have: in globus-sdk, in this package, and why.
VALUES: dict[str, tuple[object, object, str]] = {
    'GroupPolicies(signup_fields="city")["signup_fields"]': (
        ["c", "i", "t", "y"],
        ["city"],
        "one field is a list of one",
    ),
    'TimersAPIError.messages, for {"loc": ["body", "end", 0], "msg": "field required"}': (
        [],
        ["field required: body.end.0"],
        "no message is lost for the index of an item",
    ),
    'FlowsAPIError.messages, for {"error": {"code": "A", "message": "short"}}': (
        [],
        ["short"],
        "an error without a detail has its message",
    ),
    'ComputeAPIError.code, for {"code": 3, "reason": "no such function"}': (
        None,
        "3",
        "the errors of Compute have numbers",
    ),
    'ComputeAPIError.message, for {"code": 3, "reason": "no such function"}': (
        None,
        "no such function",
        "the text of its errors is called reason",
    ),
    'TransferClientV2.create_tunnel({"data": {"type": "Tunnel"}}), submission_id': (
        None,
        "a new one",
        "a request that is sent again makes no second tunnel",
    ),
    "LocalGlobusConnectPersonal().endpoint_id, of an empty file": ("", None, "an empty file has no id"),
    """GlobusConnectPersonalOwnerInfo(config_dn='"/O=Other/CN=x" me').username""": (
        "x@globusid.org",
        "GlobusSDKUsageError",
        "another certificate is not that of an owner",
    ),
    "create_job(FlowTimer(...))": ("POST /jobs/", "GlobusSDKUsageError", "create_timer takes it"),
}
