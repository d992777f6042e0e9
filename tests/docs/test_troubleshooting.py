"""The messages that the page on troubleshooting explains."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import globus_transport
from tests.docs.examples import DOCS

_MESSAGES = re.findall(r"^   \* - ``(.+)``$", (DOCS / "troubleshooting.rst").read_text("utf-8"), re.MULTILINE)
_SOURCES = sorted(Path(globus_transport.__file__).parent.rglob("*.py"))

# OpenSSL says the first (test_recipes.py sees it), the services say the second.
_OF_OTHERS = {"certificate verify failed", "ConsentRequired"}


def test_the_page_explains_messages() -> None:
    assert len(_MESSAGES) > 10
    assert set(_MESSAGES) >= _OF_OTHERS


@pytest.mark.parametrize("message", [message for message in _MESSAGES if message not in _OF_OTHERS])
def test_the_package_has_this_message(message: str) -> None:
    # A status at the end comes from the server.
    words = re.sub(r" \d+$", "", message)
    texts = (re.sub(r'"\s*f?"', "", file.read_text("utf-8")) for file in _SOURCES)
    assert any(words in text for text in texts)
