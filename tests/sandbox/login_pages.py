"""A person in front of the login page, without a browser: reads the page and sends its form."""

from __future__ import annotations

import http.client
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from attrs import frozen

from globus_transport.sandbox import Sandbox
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

CALLBACK = "http://localhost:9/callback"
VERIFIER = "v" * 43


def authorize_url(globus: Sandbox, **parameters: str) -> str:
    """The URL that a program starts its login with. PKCE is plain, so that the verifier is the challenge."""
    query = {
        "client_id": globus.native_client_id,
        "redirect_uri": CALLBACK,
        "scope": f"openid {TRANSFER_ALL}",
        "state": "my state",
        "response_type": "code",
        "code_challenge": VERIFIER,
        "code_challenge_method": "plain",
        **parameters,
    }
    return f"{globus.auth_url}v2/oauth2/authorize?{urlencode(query)}"


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: list[tuple[str, str]] = []
        self.choices: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = found["action"]
        if tag != "input":
            return
        field = (found["name"], found["value"])
        if found["type"] in ("radio", "checkbox"):
            self.choices.append(field)
        if found["type"] not in ("radio", "checkbox") or "checked" in found:
            self.fields.append(field)

    def handle_data(self, data: str) -> None:
        self.text += data


@frozen
class Page:
    """What a browser has after a request."""

    url: str
    status: int
    headers: http.client.HTTPMessage
    text: str
    form: _Form

    @property
    def location(self) -> dict[str, str]:
        """The parameters of the redirect."""
        assert self.status == 302, self.text
        return {name: values[0] for name, values in parse_qs(urlsplit(self.headers["Location"]).query).items()}

    @property
    def cookie(self) -> str:
        return self.headers["Set-Cookie"].partition(";")[0]


def send(method: str, url: str, body: str | None = None, cookie: str = "") -> Page:
    parts = urlsplit(url)
    connection = Http(url).connect()
    headers = {"Cookie": cookie} if cookie else {}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body, headers)
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    form = _Form()
    form.feed(text)
    return Page(url, response.status, response.headers, text, form)


def open_page(url: str) -> Page:
    return send("GET", url)


def answer(page: Page, decision: str = "approve", *, cookie: str | None = None, **changes: str | list[str]) -> Page:
    """Send the form of a page with its fields as they are, except for these."""
    fields: dict[str, Any] = {}
    for name, value in page.form.fields:
        fields.setdefault(name, []).append(value)
    body = urlencode({**fields, "decision": decision, **changes}, doseq=True, errors="surrogatepass")
    return send("POST", urljoin(page.url, page.form.action), body, page.cookie if cookie is None else cookie)


def tokens_for(globus: Sandbox, code: str) -> Any:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": globus.native_client_id,
        "code_verifier": VERIFIER,
    }
    answer = Http(globus.auth_url)("POST", "/v2/oauth2/token", form=form)
    assert answer.status == 200, answer.body
    return answer.document


def introspect(globus: Sandbox, token: str, include: str = "session_info") -> Any:
    return Http(globus.auth_url)(
        "POST",
        "/v2/oauth2/token/introspect",
        form={"token": token, "include": include},
        basic=(globus.client_id, globus.client_secret),
    ).document
