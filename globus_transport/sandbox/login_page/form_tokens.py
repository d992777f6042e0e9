"""Tokens that bind a form to the request and to the browser that it was made for.

Another page can make a browser send a form to the sandbox, and cannot read its pages. So it knows neither the token in
a page nor the cookie that the page came with.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

COOKIE = "globus_sandbox_login"

_COOKIE_VALUE = re.compile(r"[A-Za-z0-9_-]{43}")


def browser_id(cookie: str | None) -> str:
    """The value of the cookie for a page: that of the browser, or a new one.

    :param cookie: what the browser sent; ``None`` if it has no cookie
    """
    return cookie if cookie and _COOKIE_VALUE.fullmatch(cookie) else secrets.token_urlsafe(32)


def make_form_token(key: bytes, browser: str, query: bytes) -> str:
    """The token of a form.

    :param key: secret of the sandbox
    :param browser: the value of the cookie
    :param query: of the authorize request that the form answers
    """
    return hmac.new(key, browser.encode() + b"\n" + query, hashlib.sha256).hexdigest()


def is_form_token(token: str, key: bytes, browser: str | None, query: bytes) -> bool:
    """Whether a form was made for this browser and request."""
    if browser is None or not _COOKIE_VALUE.fullmatch(browser):
        return False
    return hmac.compare_digest(token.encode("utf-8", "replace"), make_form_token(key, browser, query).encode())
