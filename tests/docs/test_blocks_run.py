"""The short blocks of code on the pages, which stand in no program, run."""

from __future__ import annotations

import logging
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import pytest
import requests

import globus_transport
from globus_transport import NullAuthorizer
from globus_transport.sandbox import Sandbox
from tests.docs.examples import DOCS

_BLOCK = re.compile(r"^\.\. code-block:: python\n((?:   .*\n|[ \t]*\n)*)", re.MULTILINE)

# A page, and the names that it has from the programs above its blocks.
_PAGES: dict[str, dict[str, Any]] = {
    "catalogue/observing.rst": {},
    "embedding/hosts.rst": {},
    "embedding/httpx.rst": {},
    "embedding/requests.rst": {"TransferClient": globus_transport.TransferClient, "session": requests.Session()},
    "getting_started.rst": {},
    "how_a_request_flows.rst": {},
    "migrating.rst": {},
    "sandbox/connect_server.rst": {"Sandbox": Sandbox},
    "sandbox/controlling.rst": {},
    "sandbox/logging_in.rst": {},
    "ten_minutes.rst": {},
    "troubleshooting.rst": {},
    "under_asyncio.rst": {},
}
# These run in a notebook, in a project of their own, or change the whole process; other tests run them.
_ELSEWHERE = {"own_service.rst", "publishing_a_middleware.rst", "recipes/notebook.rst", "testing_your_application.rst"}


@pytest.fixture
def log_level() -> Iterator[None]:
    logger = logging.getLogger("globus_transport")
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.mark.usefixtures("log_level")
@pytest.mark.parametrize("page", _PAGES)
def test_the_blocks_of_a_page_run(page: str) -> None:
    names: dict[str, Any] = {"authorizer": NullAuthorizer(), **_PAGES[page]}
    blocks = [textwrap.dedent(block) for block in _BLOCK.findall((DOCS / page).read_text("utf-8"))]
    assert blocks
    for package in ("globus_sdk", "httpx"):
        if any(f"import {package}" in block for block in blocks):
            pytest.importorskip(package)
    for block in blocks:
        exec(compile(block, page, "exec"), names)


def test_no_page_is_left_out() -> None:
    found = {
        str(page.relative_to(DOCS))
        for page in DOCS.rglob("*.rst")
        if _BLOCK.search(page.read_text("utf-8")) and "reference" not in page.parts
    }
    assert found == {*_PAGES} | _ELSEWHERE
