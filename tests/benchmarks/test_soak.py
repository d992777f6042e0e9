"""The soak finds what it looks for, and a short one finds nothing."""

import gzip
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import attrs
import pytest

from benchmarks.soak.calls import Call, check_error, check_reply
from benchmarks.soak.counts import Counts
from benchmarks.soak.process import JumpingClock, memory_at_rest
from benchmarks.soak.report import MOST_GROWTH, Report
from benchmarks.soak.responses import make_response
from benchmarks.soak.service import FIRST_REFRESH_TOKEN, Service
from globus_transport.exc import GlobusAPIError, GlobusConnectionError, GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.services.auth.errors import LoginRequiredError

WELL = Report(Counts(calls=1), {"requests": 1}, leaked_files=0, leaked_threads=0, memory=(80.0, 80.0))
CALL = Call("/thread-1-2", "GET", None, None)


def reply_to(call_id: str, **fields: str) -> GlobusHTTPResponse:
    return GlobusHTTPResponse(Response(200, {"X-Id": call_id, "X-Count": "2", **fields}))


def test_a_short_soak_is_well() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "soak", "--minutes", "0.05"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    table = dict(
        line.split(None, 1) for line in run.stdout.splitlines() if line.startswith(("calls", "lost", "doubled"))
    )
    assert int(table.pop("calls")) > 100
    assert table == {"lost": "0", "doubled": "0"}


@pytest.mark.parametrize(
    "failure",
    [
        {"counts": Counts()},
        {"counts": Counts(calls=1, lost=1)},
        {"counts": Counts(calls=1, mixed_up=1)},
        {"counts": Counts(calls=1, unexpected=1)},
        {"server": {"doubled requests": 1}},
        {"server": {"doubled grants": 1}},
        {"server": {"mixed up requests": 1}},
        {"server": {"server errors": 1}},
        {"leaked_files": 1},
        {"leaked_threads": 1},
        {"memory": (80.0, 80.1 + MOST_GROWTH)},
    ],
    ids=str,
)
def test_a_report_with_any_failure_is_not_well(failure: dict[str, Any]) -> None:
    assert WELL.is_well
    assert str(WELL).endswith("All is well.")
    report = attrs.evolve(WELL, **failure)
    assert not report.is_well
    assert str(report).endswith("Something is wrong.")


def test_the_server_counts_a_post_that_comes_again_and_no_other_method() -> None:
    service = Service(Random(1))
    for method, call_id in [("POST", "/a"), ("POST", "/b"), ("GET", "/a"), ("PUT", "/c"), ("PUT", "/c")]:
        service.begin(method, call_id)
    assert service.counts["doubled requests"] == 0
    service.begin("POST", "/a")
    assert service.counts["doubled requests"] == 1


def test_the_server_counts_a_refresh_token_that_is_used_again() -> None:
    service = Service(Random(1))
    form = f"grant_type=refresh_token&refresh_token={FIRST_REFRESH_TOKEN}".encode()
    assert service.grant(form)[0] == 200
    assert service.counts["doubled grants"] == 0
    assert service.grant(form)[0] == 400
    assert service.counts["doubled grants"] == 1


def test_the_server_counts_the_body_of_another_request() -> None:
    service = Service(Random(1))
    service.check_body("/a", b"/a|/a|")
    assert service.counts["mixed up requests"] == 0
    service.check_body("/a", b"/a|/b|")
    assert service.counts["mixed up requests"] == 1


@pytest.mark.parametrize(
    ("reply", "body", "is_own"),
    [
        (reply_to(CALL.call_id), b"/thread-1-2|/thread-1-2|", True),
        (reply_to("/thread-9-9"), b"/thread-9-9|/thread-9-9|", False),
        (reply_to(CALL.call_id), b"/thread-1-2|/thread-1-3|", False),
        (reply_to(CALL.call_id, **{"Content-Length": "24"}), b"/thread-1-2|", False),
        # Without a length and without TLS, a body that is cut off looks like a whole one.
        (reply_to(CALL.call_id), b"/thread-1-2|", True),
        (reply_to(CALL.call_id), b"/thread-1-2|/thread-1-2|surplus", False),
    ],
)
def test_each_byte_of_a_reply_is_compared(reply: GlobusHTTPResponse, body: bytes, is_own: bool) -> None:
    counts = Counts()
    check_reply(counts, CALL, reply, body, is_tls=False)
    assert counts.mixed_up == (0 if is_own else 1)


def refusal(call_id: str, message: str, status: int = 413) -> GlobusAPIError:
    headers = [("X-Id", call_id), ("Content-Type", "application/json")]
    body = b'{"code": "Refused", "message": "%b"}' % message.encode()
    return GlobusAPIError(Response(status, headers, body, request=Request("GET", "http://127.0.0.1/")))


@pytest.mark.parametrize(
    ("error", "failures"),
    [
        (GlobusConnectionError("it broke"), (0, 0, 0)),
        (TimeoutError(), (0, 0, 0)),
        (refusal(CALL.call_id, CALL.call_id), (0, 0, 0)),
        (refusal("/thread-9-9", "/thread-9-9"), (0, 1, 0)),
        (refusal(CALL.call_id, "/thread-9-9"), (0, 1, 0)),
        (LoginRequiredError(Response(400, [("X-Id", "/v2/oauth2/token")])), (1, 0, 0)),
        (KeyError("x"), (0, 0, 1)),
        (GlobusSDKUsageError("x"), (0, 0, 1)),
    ],
    ids=repr,
)
def test_errors_are_expected_or_not(error: Exception, failures: tuple[int, int, int]) -> None:
    counts = Counts()
    check_error(counts, CALL, error)
    assert (counts.lost, counts.mixed_up, counts.unexpected) == failures
    assert counts.outcomes.total() == 1


def test_counts_pass_from_a_child_to_its_parent() -> None:
    counts = Counts(calls=3, lost=1)
    counts.outcomes["whole"] += 2
    counts.add_mixed_up("a reply")
    copy = Counts.from_dict(counts.to_dict())
    assert copy == counts
    assert Counts.total([copy, counts]).outcomes == {"whole": 4}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the memory of a process")
def test_memory_is_measured_without_what_is_free() -> None:
    before = memory_at_rest()
    kept = bytearray(b"x") * (64 << 20)
    assert memory_at_rest() - before > 48
    del kept
    assert memory_at_rest() - before < 16


def test_the_clock_jumps_and_can_be_set_right() -> None:
    clock = JumpingClock()
    random = Random(1)
    offsets = set()
    for _ in range(50):
        clock.jump(random)
        offsets.add(round(clock.time() - time.time(), -1))
    assert 0 in offsets
    assert min(offsets) < -600
    assert max(offsets) > 600


def test_responses_of_every_framing_repeat_the_id_of_their_call() -> None:
    for seed in range(200):
        message = make_response(Random(seed), "GET", "/a")
        head, body = message.content[: message.head_size], message.content[message.head_size :]
        assert b"X-Id: /a\r\n" in head
        if b"Content-Encoding: gzip" in head and b"chunked" not in head:
            body = gzip.decompress(body)
        if b"chunked" not in head and b"204" not in head:
            count = int(head.split(b"X-Count: ")[1].split(b"\r\n")[0])
            assert body == b"/a|" * count
