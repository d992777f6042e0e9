"""Calls without a route, as both packages have them."""

from __future__ import annotations

from typing import Any

from tests.wire.both_packages import Call


def _with(method: str, **parameters: Any) -> Call:
    return lambda client, _: getattr(client, method)("/x", **parameters)


CALLS: dict[str, Call] = {
    "get": lambda client, _: client.get("/v0.10/x"),
    "get, no slash": lambda client, _: client.get("v0.10/x"),
    "get, odd path": lambda client, _: client.get("/a b/ü/c?d#e%20f,g:h@i!"),
    "get, query and headers": lambda client, _: client.get(
        "/x", query_params={"a": ["b", None, "c"], "n": None, "t": True}, headers={"X-Extra": "1"}
    ),
    "get, own Accept": lambda client, _: client.get("/x", headers={"Accept": "text/plain"}),
    "get, without authorization": lambda client, _: client.get("/x", automatic_authorization=False),
    "get, own authorization": lambda client, _: client.get("/x", headers={"Authorization": "Own x"}),
    "get, own authorization only": lambda client, _: client.get(
        "/x", headers={"Authorization": "Own x"}, automatic_authorization=False
    ),
    "delete": lambda client, _: client.delete("/x", query_params={"a": 1}),
    "request": lambda client, _: client.request("GET", "/x", query_params={"a": "b"}),
    "request, redirects off": lambda client, _: client.request("POST", "/x", data="t", allow_redirects=False),
    **{f"{method}, no body": _with(method) for method in ("post", "put", "patch")},
    **{f"{method}, JSON": _with(method, data={"a": [None, True, "ü"]}) for method in ("post", "put", "patch")},
    "post, empty object": lambda client, _: client.post("/x", data={}),
    "post, JSON list": _with("post", encoding="json", data=[1, {"a": (2,)}]),
    "post, JSON MISSING": lambda client, sdk: client.post("/x", data={"a": sdk.MISSING, "b": [sdk.MISSING, 1]}),
    "post, form": _with("post", encoding="form", data={"a": ["b", "c"], "n": None, "t": True, "ü": "&="}),
    "post, empty form": _with("post", encoding="form", data={}),
    "post, text": lambda client, _: client.post("/x", data="tëxt"),
    "post, bytes": lambda client, _: client.post("/x", data=b"\x00\xff"),
    "put, text with its type": lambda client, _: client.put("/x", data="t", headers={"Content-Type": "text/csv"}),
    "post, JSON with another type": lambda client, _: client.post(
        "/x", data={"a": 1}, headers={"Content-Type": "application/json; charset=utf-8"}
    ),
}
