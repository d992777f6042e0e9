"""A terminal over a ``requests.Session``, for programs whose requests have to go through one (extra ``requests``).

The session keeps what it is there for: its adapters, connections, proxies, certificates, headers and
cookies. What the layers do, it does not: no redirects, no ``.netrc``, no ``session.auth``, no retries.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn, TypeGuard, cast

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
from globus_transport.http.bodies import StreamBody, parts_of
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import in_seconds, limits_of, time_left, timed_out
from globus_transport.terminals.http1.decoding import decoded
from globus_transport.terminals.streams import ReceivedStream, response_from_stream

_CHUNK = 1 << 16
_FORM = "application/x-www-form-urlencoded"
# How the body is framed is said anew. Of a session's own headers these stay out: what it says of itself, and a
# credential, which would go to every origin.
_FRAMING = ("Content-Length", "Transfer-Encoding")
_NOT_FROM_SESSION = ("User-Agent", "Accept-Encoding", "Accept", "Connection", "Authorization")


class RequestsTerminal(PerProcess):
    """Sends through a session. As safe to share between threads as the session is.

    :param session: by default a new one, of which a forked process has connections of its own. One that is given is
        not closed, and after a fork it is the program's affair
    :param http_timeout: seconds to wait for the server's next bytes; ``None`` waits for ever
    :param connect_timeout: seconds to wait for a connection; by default ``http_timeout``
    :raises GlobusSDKUsageError: if a number is not positive, or ``session`` is no session
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        *,
        http_timeout: float | None = 60.0,
        connect_timeout: float | None = None,
    ) -> None:
        for name, seconds in (("http_timeout", http_timeout), ("connect_timeout", connect_timeout)):
            if seconds is not None and not seconds > 0:
                raise GlobusSDKUsageError(f"{name}={seconds!r}: give seconds above 0, or None for no limit")
        if session is not None and not isinstance(session, requests.Session):
            raise GlobusSDKUsageError(f"session: expected a requests.Session, got a {type(session).__name__}")
        self._owns_session = session is None
        self.session = requests.Session() if session is None else session
        self.http_timeout = http_timeout
        self.connect_timeout = http_timeout if connect_timeout is None else connect_timeout
        self._enter_process()

    def _make_process_state(self) -> None:
        """The session knows how it is pickled."""

    def __call__(self, request: Request) -> Response:
        """Send one request, once.

        :raises NetworkError: if no complete response came
        :raises GlobusSDKUsageError: if the session's adapter would send it again by itself
        """
        connect_limit, read_limit = limits_of(request, self.connect_timeout, self.http_timeout)
        read_limit = time_left(request, read_limit, began=False)
        connect_limit = time_left(request, connect_limit, began=False)
        self._check_adapter(request)
        prepared = self._prepared(request)
        location = _Location(prepared)
        settings = self.session.merge_environment_settings(request.url, {}, True, None, None)
        try:
            reply = self.session.send(prepared, timeout=(connect_limit, read_limit), allow_redirects=False, **settings)
        except requests.HTTPError as error:
            # Statuses are for the layers, whatever a hook of the session makes of them.
            if not _is_answer(error.response, prepared):
                _raise_mapped(request, error, connect_limit, read_limit)
            reply = error.response
        except (RequestException, HTTPError) as error:
            _raise_mapped(request, error, connect_limit, read_limit)
        location.put_back(reply)
        return _received(request, reply, read_limit)

    def _after_fork(self) -> None:
        if self._owns_session:
            # Its connections are the parent's as well, whose replies would mix with those here.
            adapters: list[Any] = [one for one in self.session.adapters.values() if isinstance(one, HTTPAdapter)]
            for adapter in adapters:
                # As if it had been pickled: the same settings, and new pools.
                adapter.__setstate__(adapter.__getstate__())

    def _check_adapter(self, request: Request) -> None:
        retries = getattr(self.session.get_adapter(request.url), "max_retries", None)
        if getattr(retries, "total", 0):
            raise GlobusSDKUsageError(
                f"the session's adapter for {request.url.origin} has max_retries={retries!r}, which would repeat "
                "requests that must not be repeated; mount one without, and set retry_config= on the client"
            )

    def _prepared(self, request: Request) -> requests.PreparedRequest:
        headers: dict[str, Any] = dict.fromkeys(_NOT_FROM_SESSION)
        joined: dict[str, str] = {}
        for name, value in request.headers.without(*_FRAMING).pairs:
            # A dictionary holds a name once; RFC 9110, section 5.2: repeats may be joined.
            joined[name.lower()] = f"{joined[name.lower()]}, {value}" if name.lower() in joined else value
            headers[name] = joined[name.lower()]
        made = requests.Request(request.method, str(request.url), headers=headers, data=_data(request))
        # An auth that does nothing keeps the session from putting its own in the authorizer's place.
        made.auth = _as_it_is
        prepared = self.session.prepare_request(made)
        # As it was built here: requests would quote once more.
        prepared.url = str(request.url)
        return prepared

    def close(self) -> None:
        """Close the session, if it is the terminal's own. A later request opens new connections."""
        if self._owns_session:
            self.session.close()

    def __str__(self) -> str:
        return f"requests.Session, time-out {in_seconds(self.http_timeout)}"


def _as_it_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    return prepared


class _Location:
    """Keeps where a redirect leads from a session, which would work out the next request.

    For that it reads the body, past the deadline, and an address that is none raises whatever it raises.
    """

    def __init__(self, prepared: requests.PreparedRequest) -> None:
        self._value: str | None = None
        # The last hook: those of the session see the header.
        cast(Any, prepared).register_hook("response", self._hide)

    def _hide(self, reply: requests.Response, **_options: Any) -> None:
        self._value = reply.headers.pop("Location", None)

    def put_back(self, reply: requests.Response) -> None:
        if self._value is not None:
            reply.headers["Location"] = self._value


def _is_answer(reply: requests.Response | None, prepared: requests.PreparedRequest) -> TypeGuard[requests.Response]:
    """Whether it answers this request, and not one that a hook sent."""
    return reply is not None and reply.url == prepared.url


class _SizedParts:
    """A body of known length, in the form that requests takes one: with a length, and iterable."""

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
        # Who looks at what a session sends finds forms as text.
        return body.decode("ascii")
    return body


def _received(request: Request, reply: requests.Response, limit: float | None) -> Response:
    raw: Any = reply.raw
    # What else an adapter of the program's own may bring, requests knows how to read.
    is_urllib3 = isinstance(raw, HTTPResponse)
    # Only there are repeated ones apart.
    headers = Headers.received(list((raw if is_urllib3 else reply).headers.items()))
    if cast(Any, reply)._content_consumed or not is_urllib3:
        body = _read_by_requests(request, reply, limit)
        return Response(reply.status_code, headers, body, None, reply.reason or "", request)
    if raw.tell():
        reply.close()
        raise _body_is_lost(request)
    stream = _SessionStream(request, reply, headers.get("Content-Encoding", ""), limit)
    response = response_from_stream(request, reply.status_code, headers, stream, reply.reason or "")
    if response.stream is None:
        # Whoever looks at the session's own response, a record of calls say, finds the body there.
        reply._content = response.body
    return response


def _read_by_requests(request: Request, reply: requests.Response, limit: float | None) -> bytes:
    """The body, decoded; a hook of the session may have read it before."""
    try:
        # None if there is nothing to read from.
        return reply.content or b""
    except RuntimeError as error:
        raise _body_is_lost(request) from error
    except (OSError, HTTPError) as error:
        _raise_mapped(request, error, limit, limit)


def _body_is_lost(request: Request) -> GlobusSDKUsageError:
    return GlobusSDKUsageError(
        f"{request!r}: a hook of the session took parts of the body, which are lost; have it use response.content"
    )


class _SessionStream(ReceivedStream):
    """A body that a session is still receiving."""

    def __init__(self, request: Request, reply: requests.Response, encoding: str, limit: float | None) -> None:
        super().__init__(request)
        self._reply = reply
        self._encoding = encoding
        self._limit = limit

    def _parts(self) -> Iterator[bytes]:
        return decoded(self._received(), self._encoding, self._request)

    def _received(self) -> Iterator[bytes]:
        while chunk := self._next():
            yield chunk

    def _next(self) -> bytes:
        try:
            time_left(self._request, None)
            # What has come, not a whole chunk: whoever follows a slow stream is not kept waiting.
            chunk: bytes = self._reply.raw.read1(_CHUNK, decode_content=False)
            return chunk
        except (OSError, HTTPError) as error:
            _raise_mapped(self._request, error, self._limit, self._limit)

    def _let_go(self) -> None:
        self._reply.close()


def _raise_mapped(
    request: Request, error: Exception, connect_limit: float | None, read_limit: float | None
) -> NoReturn:
    if isinstance(error, (InvalidURL, InvalidSchema, MissingSchema)):
        raise GlobusSDKUsageError(
            f"{request!r}: the session does not take this address: {type(error).__name__}"
        ) from error
    cause = getattr(error.args[0], "reason", error.args[0]) if error.args else error
    if isinstance(error, ConnectTimeout) and not isinstance(cause, NewConnectionError):
        raise GlobusConnectionTimeoutError(
            f"no connection to {request.url.origin} within {in_seconds(connect_limit)}", error
        ) from error
    if isinstance(cause, NewConnectionError):
        raise GlobusConnectionError(
            f"no connection to {request.url.origin}: {cause.__cause__ or cause}", error, request_began=False
        ) from error
    if isinstance(error, (Timeout, ReadTimeoutError)) or isinstance(cause, ReadTimeoutError):
        raise timed_out(request, "no answer", read_limit, error) from error
    broken = isinstance(error, (ConnectionError, ChunkedEncodingError)) or not isinstance(error, RequestException)
    kind = GlobusConnectionError if broken else NetworkError
    raise kind(f"{request!r}: {_said(cause if isinstance(cause, Exception) else error)}", error) from error


def _said(error: Exception) -> str:
    # urllib3's reason, where there is one: the exceptions of requests show the address with its query, which may
    # hold a secret. Parts of what a server sent may be in it, and they may be long.
    name = type(error).__name__
    return name if isinstance(error, RequestException) else f"{name} {str(error)!r:.300}"
