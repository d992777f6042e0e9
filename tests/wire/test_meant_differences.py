"""Where the requests of the two packages differ, they are meant to: the whole list, each with its reason."""

from __future__ import annotations

import globus_sdk
import pytest

import globus_transport
from globus_transport import GlobusSDKUsageError
from tests.wire.both_packages import sent_by, sent_by_both
from tests.wire.recording_server import RecordingServer

#: Path arguments that leave their segment in globus-sdk: what it makes of them, and what they are here.
#: An id that is no id must not turn into another route.
SEGMENTS = {
    "a/b": ("/v0.10/task/a/b", "/v0.10/task/a%2Fb"),
    "../endpoint": ("/v0.10/endpoint", "/v0.10/task/..%2Fendpoint"),
    "./x": ("/v0.10/task/x", "/v0.10/task/.%2Fx"),
}

#: Path arguments that are the same in both.
ODD = ["a b", "ü", "a?b#c", "50%", "%2F", "a:b@c!$&'()*+,;=", "a..b", "...", "~-_.", "\N{SNOWMAN}", "a\tb", "-"]

#: Those that are refused here: they would change the route.
REFUSED = {
    "": "/v0.10/task/",
    ".": "/v0.10/task/",
    "..": "/v0.10/",
    None: "/v0.10/task/None",
    True: "/v0.10/task/True",
}

#: Header fields: globus-sdk's value, and this package's.
HEADERS = {
    # Who is calling.
    "User-Agent": (f"globus-sdk-py-{globus_sdk.__version__}", f"globus_transport/{globus_transport.__version__}"),
    "X-Globus-Client-Info": (
        f"product=python-sdk,version={globus_sdk.__version__}",
        f"product=globus_transport,version={globus_transport.__version__}",
    ),
    # Listings shrink to a tenth.
    "Accept-Encoding": ("identity", "gzip"),
}


@pytest.mark.parametrize("value", SEGMENTS)
def test_a_path_argument_stays_in_its_segment(value: str, server: RecordingServer) -> None:
    (theirs,), (ours,) = sent_by_both("TransferClient", lambda client, _: client.get_task(value), server)
    assert (theirs.path, ours.path) == SEGMENTS[value]


@pytest.mark.parametrize("value", ODD)
def test_an_odd_path_argument_is_the_same(value: str, server: RecordingServer) -> None:
    theirs, ours = sent_by_both("TransferClient", lambda client, _: client.get_task(value), server)
    assert ours == theirs


@pytest.mark.parametrize("value", REFUSED, ids=repr)
def test_what_is_no_id_is_refused(value: object, server: RecordingServer) -> None:
    (theirs,) = sent_by(globus_sdk, "TransferClient", lambda client, _: client.get_task(value), server)
    assert theirs.path == REFUSED[value]  # type: ignore[index]
    with pytest.raises(GlobusSDKUsageError, match="task_id"):
        sent_by(globus_transport, "TransferClient", lambda client, _: client.get_task(value), server)
    assert server.take() == []


def test_the_headers_that_differ(server: RecordingServer) -> None:
    server.headers.clear()
    sent_by_both("TransferClient", lambda client, _: client.get_task("t"), server)
    theirs, ours = server.headers
    different = {name for name in {*theirs, *ours} if theirs.get(name) != ours.get(name)}
    assert {name: (theirs.get(name), ours.get(name)) for name in different} == HEADERS


def test_a_full_url_elsewhere_goes_without_the_credential(server: RecordingServer) -> None:
    other = RecordingServer()
    try:
        theirs, ours = sent_by_both("TransferClient", lambda client, _: client.get(f"{other.url}/x"), server)
        (theirs_there, ours_there) = other.take()
    finally:
        other.close()
    assert (theirs, ours) == ([], [])
    assert theirs_there.headers["Authorization"] == "Bearer a-token"
    assert "Authorization" not in ours_there.headers
