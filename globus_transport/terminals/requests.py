"""A terminal over a ``requests.Session``, for programs whose requests have to go through one (extra ``requests``).

The session keeps its adapters, connections, proxies, certificates and headers. What layers do is switched off in it:
redirects, ``.netrc``, ``session.auth`` and retries. So are its cookies: clients of several users may share a session.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from functools import partial
from typing import Any, TypeGuard, cast

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    ConnectTimeout,
    InvalidSchema,
    InvalidURL,
    MissingSchema,
    RequestException,
    Timeout,
)
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError

from globus_transport.core.process import PerProcess
from globus_transport.exc.base import (
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    NetworkError,
)
from globus_transport.exc.tracebacks import leave_out_frames_of
from globus_transport.http.bodies import StreamBody, parts_of
from globus_transport.http.headers import FRAMING, Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import check_time_limits, in_seconds, limits_of, time_left, timed_out
from globus_transport.terminals.errors import final_if_it_lasts
from globus_transport.terminals.http1.decoding import decoded
from globus_transport.terminals.streams import ReceivedStream, response_from_stream

_CHUNK = 1 << 16
_FORM = "application/x-www-form-urlencoded"
# requests itself frames the body. The headers that describe the session itself, and its credentials, which it would
# send to every origin, are left out.
# Local variables of their frames hold the headers of the request.
_WITH_SECRETS = ("requests", "urllib3", "http", "ssl", "socket")
_NOT_FROM_SESSION = ("User-Agent", "Accept-Encoding", "Accept", "Connection", "Authorization")


class RequestsTerminal(PerProcess):
    """Sends through a ``requests.Session``. Threads may share it if they may share the session.

    The cookies of the session are not sent, and cookies of responses are not stored in it.

    :param session: of the program; it is never closed here, and the program takes care of it after a fork. By
        default, a new session, which opens new connections after a fork
    :param http_timeout: seconds to wait for the server's next bytes; ``None`` for no limit
    :param connect_timeout: seconds to wait for a connection; by default ``http_timeout``
    :raises GlobusSDKUsageError: if a number is not positive, or ``session`` is not a session
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        *,
        http_timeout: float | None = 60.0,
        connect_timeout: float | None = None,
    ) -> None:
        check_time_limits(http_timeout, connect_timeout)
        if session is not None and not isinstance(session, requests.Session):
            raise GlobusSDKUsageError(f"session: expected a requests.Session, got a {type(session).__name__}")
        self._owns_session = session is None
        self.session = requests.Session() if session is None else session
        self.http_timeout = http_timeout
        self.connect_timeout = http_timeout if connect_timeout is None else connect_timeout
        self._enter_process()

    def _make_process_state(self) -> None:
        """Does nothing: the session itself can be pickled."""

    def __call__(self, request: Request) -> Response:
        """Send one request, once.

        :raises NetworkError: if no complete response came
        :raises GlobusSDKUsageError: if the session's adapter would repeat the request itself, or refuses its URL
        """
        connect_limit, read_limit = limits_of(request, self.connect_timeout, self.http_timeout)
        read_limit = time_left(request, read_limit, began=False)
        connect_limit = time_left(request, connect_limit, began=False)
        self._check_adapter(request)
        prepared = self._prepare(request)
        hidden = _HiddenHeaders(prepared)
        settings = self.session.merge_environment_settings(request.url, {}, True, None, None)
        try:
            reply = self.session.send(prepared, timeout=(connect_limit, read_limit), allow_redirects=False, **settings)
        except requests.HTTPError as error:
            # A hook of the session raised for the status. Statuses are left to the layers.
            if not _is_response_to(prepared, error.response):
                raise _to_globus_error(request, error, connect_limit, read_limit) from error
            reply = error.response
        except (RequestException, HTTPError) as error:
            raise _to_globus_error(request, error, connect_limit, read_limit) from error
        hidden.restore(reply)
        return _to_response(request, reply, read_limit)

    def _after_fork(self) -> None:
        if self._owns_session:
            # The parent process uses the same connections, so responses would reach the wrong process.
            for adapter in self.session.adapters.values():
                if isinstance(adapter, HTTPAdapter):
                    # Unpickling an adapter keeps its settings, and makes new pools.
                    cast(Any, adapter).__setstate__(cast(Any, adapter).__getstate__())

    def _check_adapter(self, request: Request) -> None:
        retries = getattr(self.session.get_adapter(request.url), "max_retries", None)
        if getattr(retries, "total", 0):
            raise GlobusSDKUsageError(
                f"the session's adapter for {request.url.origin} has max_retries={retries!r}, which would repeat "
                "requests that must not be repeated; mount an adapter without it, and set retry_config= on the client"
            )

    def _prepare(self, request: Request) -> requests.PreparedRequest:
        headers: dict[str, Any] = dict.fromkeys(_NOT_FROM_SESSION)
        joined: dict[str, str] = {}
        for name, value in request.headers.without(*FRAMING).pairs:
            # A dictionary holds each name once. RFC 9110, section 5.2, allows to join repeated fields.
            joined[name.lower()] = f"{joined[name.lower()]}, {value}" if name.lower() in joined else value
            headers[name] = joined[name.lower()]
        session_request = requests.Request(request.method, str(request.url), headers=headers, data=_data(request))
        # An auth that does nothing keeps the session from using its own instead of the authorizer.
        session_request.auth = _do_not_authorize
        prepared = self.session.prepare_request(session_request)
        # The URL is encoded already; requests has quoted it once more.
        prepared.url = str(request.url)
        if "Cookie" not in request.headers:
            # The session has added its own: they may be those of another user.
            prepared.headers.pop("Cookie", None)
        return prepared

    def close(self) -> None:
        """Close the session, if it is the terminal's own. A later request opens new connections."""
        if self._owns_session:
            self.session.close()

    def __str__(self) -> str:
        return f"requests.Session, time-out {in_seconds(self.http_timeout)}"


def _do_not_authorize(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    return prepared


class _HiddenHeaders:
    """Hides Location and Set-Cookie of a response from the session, and restores them later.

    For a redirect, a session prepares the next request even if it does not follow. For that it reads the body,
    past the deadline, and raises an exception if the header is not a URL. Cookies would go into the session.
    """

    def __init__(self, prepared: requests.PreparedRequest) -> None:
        self._location: str | None = None
        self._messages: list[tuple[Any, Any]] = []
        # Runs after the hooks of the session, which see the headers.
        cast(Any, prepared).register_hook("response", self._hide)

    def _hide(self, reply: requests.Response, **_options: Any) -> None:
        # A session that caches calls the hooks of a request twice.
        self._location = reply.headers.pop("Location", self._location)
        for response in (*reply.history, reply):
            # requests reads Set-Cookie here, and nothing else. The response itself has a copy.
            original = getattr(response.raw, "_original_response", None)
            if original is not None:
                self._messages.append((original, original.msg))
                original.msg = http.client.HTTPMessage()

    def restore(self, reply: requests.Response) -> None:
        if self._location is not None:
            reply.headers["Location"] = self._location
        for original, message in reversed(self._messages):
            original.msg = message


def _is_response_to(
    prepared: requests.PreparedRequest, reply: requests.Response | None
) -> TypeGuard[requests.Response]:
    """Whether a response belongs to this request, and not to another one that a hook sent."""
    return reply is not None and reply.url == prepared.url


class _SizedParts:
    """A body of known length in the form that requests accepts: an iterable with a length."""

    def __init__(self, body: StreamBody, length: int) -> None:
        self._body = body
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        return parts_of(self._body)


def _data(request: Request) -> Any:
    body = request.body
    if isinstance(body, StreamBody):
        return parts_of(body) if body.length is None else _SizedParts(body, body.length)
    is_form = request.headers.get("Content-Type", "").partition(";")[0] == _FORM
    if body is not None and is_form and body.isascii():
        # requests sends a form as text. Mocks and recorders of sessions expect that.
        return body.decode("ascii")
    return body


def _to_response(request: Request, reply: requests.Response, limit: float | None) -> Response:
    raw: Any = reply.raw
    # An adapter of the program may return another kind of response, which requests can read.
    is_urllib3 = isinstance(raw, HTTPResponse)
    # Only urllib3 keeps repeated headers apart.
    headers = Headers.received(list((raw if is_urllib3 else reply).headers.items()))
    if cast(Any, reply)._content_consumed or not is_urllib3:
        body = _read_by_requests(request, reply, limit)
        return Response(reply.status_code, headers, body, None, reply.reason or "", request)
    if raw.tell():
        reply.close()
        raise _lost_body_error(request)
    stream = _SessionStream(request, reply, headers.get("Content-Encoding", ""), limit)
    response = response_from_stream(request, reply.status_code, headers, stream, reply.reason or "")
    if response.stream is None:
        # Hooks and recorders of the session read the body from its own response.
        reply._content = response.body
    return response


def _read_by_requests(request: Request, reply: requests.Response, limit: float | None) -> bytes:
    """The decoded body. A hook of the session may have read it before."""
    try:
        # None if the response has no raw stream.
        return reply.content or b""
    except RuntimeError as error:
        raise _lost_body_error(request) from error
    except (OSError, HTTPError) as error:
        raise _to_globus_error(request, error, limit, limit) from error


def _lost_body_error(request: Request) -> GlobusSDKUsageError:
    return GlobusSDKUsageError(
        f"{request!r}: a hook of the session read a part of the body, which is lost; have it use response.content"
    )


class _SessionStream(ReceivedStream):
    """A response body that the session receives while it is read."""

    def __init__(self, request: Request, reply: requests.Response, encoding: str, limit: float | None) -> None:
        super().__init__(request)
        self._reply = reply
        self._encoding = encoding
        self._limit = limit

    def _parts(self) -> Iterator[bytes]:
        return decoded(self._raw_chunks(), self._encoding, self._request)

    def _raw_chunks(self) -> Iterator[bytes]:
        raw: Any = self._reply.raw
        if isinstance(raw._fp, http.client.HTTPResponse):
            # read1() returns what has arrived; read() would wait for a whole chunk of a slow stream.
            chunks = iter(partial(raw.read1, _CHUNK, decode_content=False), b"")
        else:
            # CacheControl stores what passes through a file of its own, which does not see read1().
            chunks = raw.stream(_CHUNK, decode_content=False)
        while chunk := self._next_chunk(chunks):
            yield chunk

    def _next_chunk(self, chunks: Iterator[bytes]) -> bytes:
        try:
            time_left(self._request, None)
            return next(chunks, b"")
        except (OSError, HTTPError) as error:
            raise _to_globus_error(self._request, error, self._limit, self._limit) from error

    def _let_go(self) -> None:
        self._reply.close()


def _to_globus_error(
    request: Request, error: Exception, connect_limit: float | None, read_limit: float | None
) -> Exception:
    """The exception of this package for one of requests or urllib3.

    :param connect_limit: seconds that the call had to connect
    :param read_limit: seconds that it had for each read
    """
    leave_out_frames_of(_WITH_SECRETS, error)
    return final_if_it_lasts(_translated(request, error, connect_limit, read_limit))


def _translated(request: Request, error: Exception, connect_limit: float | None, read_limit: float | None) -> Exception:
    if isinstance(error, (InvalidURL, InvalidSchema, MissingSchema)):
        return GlobusSDKUsageError(f"{request!r}: the session does not accept this URL: {type(error).__name__}")
    cause = getattr(error.args[0], "reason", error.args[0]) if error.args else error
    if isinstance(error, ConnectTimeout) and not isinstance(cause, NewConnectionError):
        return GlobusConnectionTimeoutError(
            f"no connection to {request.url.origin} within {in_seconds(connect_limit)}", error
        )
    if isinstance(cause, NewConnectionError):
        return GlobusConnectionError(
            f"no connection to {request.url.origin}: {cause.__cause__ or cause}", error, request_began=False
        )
    if isinstance(error, (Timeout, ReadTimeoutError)) or isinstance(cause, ReadTimeoutError):
        return timed_out(request, "no answer", read_limit, error)
    connection_broke = isinstance(error, (ConnectionError, ChunkedEncodingError)) or not isinstance(
        error, RequestException
    )
    error_class = GlobusConnectionError if connection_broke else NetworkError
    return error_class(f"{request!r}: {_describe(cause if isinstance(cause, Exception) else error)}", error)


def _describe(error: Exception) -> str:
    # The exceptions of requests show the URL with its query, which may hold a secret. Those of urllib3 do not, but may
    # hold what a server sent, which may be long.
    name = type(error).__name__
    return name if isinstance(error, RequestException) else f"{name} {str(error)!r:.300}"
