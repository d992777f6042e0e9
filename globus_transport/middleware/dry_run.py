"""Shows requests that could change something, and does not send them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Protocol

import attrs

from globus_transport.core.flow import Flow, Run
from globus_transport.core.layers import describe
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.redaction import Redaction, encode_body, format_json

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class Writable(Protocol):
    """What the layer needs of a text stream."""

    def write(self, text: str, /) -> object: ...


class DryRun:
    """Show each request that could change something, and answer it instead of sending it.

    Place it next to the terminal, so that it shows what the layers above add::

        client = client.with_stack(client.stack.add(DryRun()))

    Credentials are hidden. Requests with a safe method (RFC 9110, section 9.2.1) are sent and not shown.

    :param to: a function of one text, a text stream, or a logger, which logs at level INFO
    :param answer: the response to a request that is not sent, or a function that makes it from the request. By default
        status 200 with a JSON document that says that the request was not sent
    :param pass_safe: ``False`` sends no request at all
    :param secrets: more names of headers, parameters and members to hide
    :param body_limit: number of characters of a body that are shown
    :raises GlobusSDKUsageError: if ``to`` or ``answer`` has another type
    """

    def __init__(
        self,
        to: Callable[[str], object] | Writable | logging.Logger = print,
        *,
        answer: Response | Callable[[Request], Response] | None = None,
        pass_safe: bool = True,
        secrets: Iterable[str] = (),
        body_limit: int = 10_000,
    ) -> None:
        if not (isinstance(to, logging.Logger) or hasattr(to, "write") or callable(to)):
            raise GlobusSDKUsageError(f"DryRun({to!r}): give a function of one text, a text stream or a logger")
        if answer is not None and not isinstance(answer, Response) and not callable(answer):
            raise GlobusSDKUsageError(f"DryRun(answer={answer!r}): give a Response, or a function that makes one")
        self.to = to
        self.answer = answer_not_sent if answer is None else answer
        self.pass_safe = pass_safe
        self.redaction = Redaction.from_names(secrets)
        self.body_limit = body_limit

    def __call__(self, request: Request) -> Flow:
        if self.pass_safe and request.method in _SAFE_METHODS:
            response: Response = yield request
            return response
        yield Run(self._show, request)
        answer = self.answer if isinstance(self.answer, Response) else self.answer(request)
        return attrs.evolve(answer, request=request)

    def _show(self, request: Request) -> None:
        text = self.text_of(request)
        if isinstance(self.to, logging.Logger):
            self.to.info("%s", text)
        elif callable(self.to):
            self.to(text)
        else:
            self.to.write(f"{text}\n")

    def text_of(self, request: Request) -> str:
        """The text that is shown for a request.

        :param request: the request that is not sent
        """
        url = self.redaction.redact_url(request.url)
        headers = [f"{name}: {value}" for name, value in self.redaction.redact_headers(request.headers)]
        body = self._format_body(request)
        lines = [f"Not sent (dry run): {request.method} {url}", *headers]
        return "\n".join([*lines, "", body, ""] if body else [*lines, ""])

    def _format_body(self, request: Request) -> str:
        body = self.redaction.describe_request_body(request)
        match body:
            case None:
                return ""
            case {"stream": length}:
                return f"<a stream of {'unknown length' if length is None else f'{length} bytes'}>"
            case {"longer_than": length}:
                return f"<more than {length} bytes>"
            case {"base64": _}:
                return f"<{len(encode_body(body))} bytes that are no text>"
            case {"json": document}:
                text = format_json(document, indent=2)
            case readable:
                (text,) = readable.values()
        hidden = len(text) - self.body_limit
        return text if hidden <= 0 else f"{text[: self.body_limit]}\n<{hidden} characters more>"

    def __str__(self) -> str:
        to = f"the logger {self.to.name!r}" if isinstance(self.to, logging.Logger) else describe(self.to)
        if not callable(self.to) and hasattr(self.to, "write"):
            to = "a text stream"
        return f"sends {'only what is safe' if self.pass_safe else 'nothing'}; the rest is shown by {to}"


def answer_not_sent(_request: Request) -> Response:
    """The default answer to a request that is not sent."""
    document = {"code": "DryRun", "message": "This request was not sent: the stack has a DryRun layer."}
    return Response(200, {"Content-Type": "application/json"}, json.dumps(document).encode())
