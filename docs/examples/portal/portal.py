"""A small portal: users log in with Globus, list a collection, and transfer files from
it to another.

With several worker processes, keep the tokens in a store that they share, instead of in
``Logins``.
"""

import secrets

from flask import (
    Flask,
    Response,
    redirect,
    render_template_string,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from globus_transport import (
    ConfidentialAppAuthClient,
    GlobusError,
    LoginRequiredError,
    RefreshTokenAuthorizer,
    TransferAPIError,
    TransferClient,
    TransferData,
    TransferScopes,
    Transport,
)

# A user does not wait longer for a page.
TRANSPORT = Transport(deadline=20.0)

FOLDER = """<h1>{{ path }}</h1>
<ul>{% for name in names %}<li>{{ name }}</li>{% endfor %}</ul>
<form method="post" action="{{ url_for('send') }}">
<input type="hidden" name="token" value="{{ token }}">
<input type="hidden" name="source" value="{{ collection }}">
<input name="path"> to <input name="destination"> <button>Send</button></form>"""


class NotLoggedIn(Exception):
    """The browser sent no login, or an unknown one."""


class Logins:
    """The Transfer clients of the logged-in users. The browser holds only the key."""

    def __init__(self, auth_client: ConfidentialAppAuthClient) -> None:
        self._auth_client = auth_client
        self._clients: dict[str, TransferClient] = {}

    def add(self, code: str, redirect_uri: str) -> str:
        """Exchange a code for tokens, and keep a client that uses them."""
        # Not the client's current flow, because two users may log in at the same time.
        flow = self._auth_client.oauth2_start_flow(
            redirect_uri, TransferScopes.all, refresh_tokens=True
        )
        reply = flow.exchange_code_for_tokens(code)
        tokens = reply.by_resource_server[TransferScopes.resource_server]
        authorizer = RefreshTokenAuthorizer(
            tokens["refresh_token"],
            self._auth_client,
            access_token=tokens["access_token"],
            expires_at=tokens["expires_at_seconds"],
        )
        key = secrets.token_urlsafe()
        self._clients[key] = TransferClient(authorizer=authorizer, transport=TRANSPORT)
        return key

    def client(self) -> TransferClient:
        """The client of the user who sent the current request.

        :raises NotLoggedIn: if there is none
        """
        client = self._clients.get(session.get("login", ""))
        if client is None:
            raise NotLoggedIn
        return client

    def close(self) -> None:
        """Close all clients."""
        for client in self._clients.values():
            client.close()


def create_app(auth_client: ConfidentialAppAuthClient, secret_key: str) -> Flask:
    """The portal's WSGI application."""
    app = Flask(__name__)
    app.secret_key = secret_key
    logins = app.extensions["logins"] = Logins(auth_client)

    @app.get("/login")
    def login() -> ResponseReturnValue:
        # The callback has to carry this state. So a link of another person cannot log
        # the user in (RFC 6749, 10.12).
        session["state"] = secrets.token_urlsafe()
        flow = auth_client.oauth2_start_flow(
            url_for("callback", _external=True),
            request.args.get("scope", str(TransferScopes.all)),
            state=session["state"],
            refresh_tokens=True,
        )
        return redirect(flow.get_authorize_url())

    @app.get("/callback")
    def callback() -> ResponseReturnValue:
        if request.args.get("state") != session.pop("state", None):
            return Response("This login did not begin here", 403)
        session["login"] = logins.add(
            request.args["code"], url_for("callback", _external=True)
        )
        session["token"] = secrets.token_urlsafe()
        return redirect(session.pop("next", "/"))

    @app.get("/")
    def home() -> ResponseReturnValue:
        logins.client()
        return "You are logged in"

    @app.get("/collections/<collection>/")
    def folder(collection: str) -> ResponseReturnValue:
        path = request.args.get("path", "/")
        names = [
            entry["name"] for entry in logins.client().operation_ls(collection, path)
        ]
        token = session["token"]
        return render_template_string(
            FOLDER, names=names, path=path, collection=collection, token=token
        )

    @app.post("/send")
    def send() -> ResponseReturnValue:
        form = request.form
        if form["token"] != session.get("token"):
            return Response("This form was not made here", 403)
        data = TransferData(
            form["source"], form["destination"], label="From the portal"
        )
        data.add_item(form["path"], form["path"])
        return str(logins.client().submit_transfer(data)["task_id"]), 202

    @app.errorhandler(NotLoggedIn)
    @app.errorhandler(LoginRequiredError)
    def log_in_first(error: Exception) -> ResponseReturnValue:
        if request.method == "GET":
            session["next"] = request.full_path
        return redirect(url_for("login"))

    @app.errorhandler(TransferAPIError)
    def refused(error: TransferAPIError) -> ResponseReturnValue:
        if error.info.consent_required:
            if request.method == "GET":
                session["next"] = request.full_path
            return redirect(
                url_for(
                    "login", scope=" ".join(error.info.consent_required.required_scopes)
                )
            )
        return (
            unavailable(error)
            if error.http_status >= 500
            else Response(error.message, error.http_status)
        )

    @app.errorhandler(GlobusError)
    def unavailable(error: GlobusError) -> ResponseReturnValue:
        return Response("Globus cannot be reached; please try again later", 503)

    return app
