"""Makes the pages from their templates. Jinja escapes every value in them."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_PACKAGE = "globus_transport.sandbox.login_page"
_STYLE = files(_PACKAGE).joinpath("templates", "style.css").read_text("utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_HEADERS = {
    # Nothing but our own style sheet. There is no form-action: Chromium applies it to the redirects after the form too,
    # and those lead to the application and wherever that leads on.
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "frame-ancestors 'none'",
    # For browsers that do not know frame-ancestors.
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # The address of the page has the code, or the state of the login, in it.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_environment = Environment(
    loader=PackageLoader(_PACKAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def make_page(template: str, status: int = 200, /, **values: object) -> Response:
    """A page that no other page can frame, and no cache stores.

    :param template: the name of its file
    :param values: what the template shows
    """
    text = _environment.get_template(template).render(style=Markup(_STYLE), **values)
    # JSON can hold half of a surrogate pair, in a name for example. UTF-8 cannot.
    response = Response(text.encode("utf-8", "replace"), status, content_type="text/html; charset=utf-8")
    response.headers.update(_HEADERS)
    return response


def code_page(code: str, error: str) -> Response:
    """The page to which a login leads that has no program listening.

    :param code: the authorization code
    :param error: the reason why there is none; empty with a code
    """
    return make_page("code.html", code=code, error=error)


def refused_page(heading: str, text: str, *, error: str = "", status: int = 400) -> Response:
    """The page about a request that cannot be answered, and leads back to no application.

    :param error: the error code of OAuth2
    """
    return make_page("refused.html", status, heading=heading, text=text, error=error)
