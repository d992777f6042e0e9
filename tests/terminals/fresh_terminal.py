"""A urllib3 terminal that ignores the proxies of the environment, and is closed after the test."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from globus_transport.http.messages import Request
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def forget_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@contextlib.contextmanager
def fresh_terminal(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Iterator[Urllib3Terminal]:
    forget_proxies(monkeypatch)
    terminal = Urllib3Terminal(**{"http_timeout": 5.0, **settings})
    try:
        yield terminal
    finally:
        terminal.close()


def get(url: str, **settings: Any) -> Request:
    return Request("GET", url, **settings)
