"""Where the requests of the two packages differ, they are meant to: the whole list, each with its reason."""

from __future__ import annotations

import globus_sdk
import pytest

import globus_transport
from globus_transport import GlobusSDKUsageError
from tests.wire.both_packages import sent_by, sent_by_both
from tests.wire.meant_differences import ELSEWHERE, HEADERS, REFUSED, SEGMENTS
from tests.wire.recording_server import RecordingServer

#: Path arguments that are the same in both.
ODD = ["a b", "ü", "a?b#c", "50%", "%2F", "a:b@c!$&'()*+,;=", "a..b", "...", "~-_.", "\N{SNOWMAN}", "a\tb", "-"]


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
    assert theirs.path == REFUSED[value]
    with pytest.raises(GlobusSDKUsageError, match="task_id"):
        sent_by(globus_transport, "TransferClient", lambda client, _: client.get_task(value), server)
    assert server.take() == []


def test_the_headers_that_differ(server: RecordingServer) -> None:
    server.headers.clear()
    sent_by_both("TransferClient", lambda client, _: client.get_task("t"), server)
    theirs, ours = server.headers
    different = {name for name in {*theirs, *ours} if theirs.get(name) != ours.get(name)}
    versions = {"theirs": globus_sdk.__version__, "ours": globus_transport.__version__}
    assert {name: (theirs.get(name), ours.get(name)) for name in different} == {
        name: (theirs.format(**versions), ours.format(**versions)) for name, (theirs, ours, _) in HEADERS.items()
    }


def test_a_full_url_elsewhere_goes_without_the_credential(server: RecordingServer) -> None:
    other = RecordingServer()
    try:
        theirs, ours = sent_by_both("TransferClient", lambda client, _: client.get(f"{other.url}/x"), server)
        (theirs_there, ours_there) = other.take()
    finally:
        other.close()
    assert (theirs, ours) == ([], [])
    assert (theirs_there.headers.get("Authorization"), ours_there.headers.get("Authorization")) == ELSEWHERE
