"""The client of kubernetes sends through a stack: objects, watches, errors, a renewal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("kubernetes", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

import kubernetes.client
import kubernetes.watch
import urllib3

from globus_transport import RefreshTokenAuthorizer, Retry, RetryConfig, Stack, Urllib3Terminal
from globus_transport.embed.urllib3 import StackPool
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, silent, whole

MakeAPI = Callable[..., Any]


@pytest.fixture
def terminal() -> Iterator[Urllib3Terminal]:
    terminal = Urllib3Terminal(http_timeout=10)
    yield terminal
    terminal.close()


@pytest.fixture
def make_api() -> Iterator[MakeAPI]:
    """Makes the core API of a cluster, which sends through a stack."""
    clients: list[Any] = []

    def make(stack: Stack, origin: str) -> Any:
        client: Any = kubernetes.client.ApiClient(kubernetes.client.Configuration(host=origin))
        client.rest_client.pool_manager = StackPool(stack)
        clients.append(client)
        return kubernetes.client.CoreV1Api(client)

    yield make
    for client in clients:
        client.close()


def _namespace(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "resourceVersion": "1"}}


def _document(value: Any, status: str = "200 OK") -> bytes:
    return whole(json.dumps(value).encode(), status, "Content-Type: application/json")


def test_objects_are_listed_and_created(terminal: Urllib3Terminal, make_api: MakeAPI) -> None:
    with ScriptedServer(
        answering(
            _document({"items": [_namespace("one"), _namespace("two")]}),
            _document(_namespace("three"), "201 Created"),
            _document({"message": "not here"}, "404 Not Found"),
        )
    ) as server:
        api = make_api(Stack(terminal), server.origin)
        assert [item.metadata.name for item in api.list_namespace(limit=2).items] == ["one", "two"]
        assert api.create_namespace(_namespace("three")).metadata.name == "three"
        with pytest.raises(kubernetes.client.ApiException) as missing:
            api.read_namespace("nowhere")
        assert missing.value.status == 404
        assert missing.value.body is not None
        assert "not here" in missing.value.body
        assert [request.line.split()[0] for request in server.requests] == ["GET", "POST", "GET"]
        assert json.loads(server.requests[1].body) == _namespace("three")
        assert server.connections == 1


def test_a_watch_yields_events_as_they_arrive(terminal: Urllib3Terminal, make_api: MakeAPI) -> None:
    def event(name: str) -> bytes:
        line = json.dumps({"type": "ADDED", "object": _namespace(name)}).encode() + b"\n"
        return b"%x\r\n%b\r\n" % (len(line), line)

    def script(peer: Peer) -> None:
        peer.read_request()
        peers.append(peer)
        peer.send(head("200 OK", "Transfer-Encoding: chunked"), event("one"))
        peer.hold()

    peers: list[Peer] = []
    with ScriptedServer(script) as server:
        api = make_api(Stack(terminal), server.origin)
        watch: Any = kubernetes.watch
        events = watch.Watch().stream(api.list_namespace)
        assert next(events)["object"].metadata.name == "one"
        # The second event is sent only after the first one has arrived.
        peers[0].send(event("two"))
        assert next(events)["object"].metadata.name == "two"
        events.close()


def test_a_refused_token_is_renewed_once(
    terminal: Urllib3Terminal, authorizer: RefreshTokenAuthorizer[Any], make_api: MakeAPI
) -> None:
    with ScriptedServer(answering(whole(b"", "401 Unauthorized"), _document(_namespace("one")))) as server:
        api = make_api(Stack(terminal, [authorizer.bound_to(server.origin)]), server.origin)
        assert api.create_namespace(_namespace("one")).metadata.name == "one"
        assert api.read_namespace("one").metadata.name == "one"
        sent = [request["Authorization"] for request in server.requests]
        assert server.requests[0].body == server.requests[1].body != b""
    assert sent == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


def test_the_layers_repeat_a_failed_request(terminal: Urllib3Terminal, make_api: MakeAPI) -> None:
    busy = whole(b"", "503 Service Unavailable", "Retry-After: 0")
    with ScriptedServer(answering(busy, _document({"items": []}))) as server:
        api = make_api(Stack(terminal, [Retry(RetryConfig(max_sleep=0))]), server.origin)
        assert api.list_namespace().items == []
        assert len(server.requests) == 2


def test_the_time_limit_of_a_call_applies(terminal: Urllib3Terminal, make_api: MakeAPI) -> None:
    with ScriptedServer(silent) as server:
        api = make_api(Stack(terminal), server.origin)
        with pytest.raises(urllib3.exceptions.MaxRetryError) as failure:
            api.list_namespace(_request_timeout=(5, 0.1))
    assert isinstance(failure.value.reason, urllib3.exceptions.ReadTimeoutError)
