"""A small portal: users log in with Globus, list a collection, transfer files from it,
and log out.

The tokens of all users are in one database, which the worker processes share.
"""

import secrets
from os import PathLike

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
    AuthAPIError,
    AuthScopes,
    ConfidentialAppAuthClient,
    Deadline,
    GlobusAuthorizationCodeFlowManager,
    GlobusError,
    IDTokenDecoder,
    LoginRequiredError,
    OAuthTokenResponse,
    RefreshTokenAuthorizer,
    TransferAPIError,
    TransferClient,
    TransferData,
    TransferScopes,
    Transport,
)
from globus_transport.gare import GlobusAuthorizationParameters, to_gare
from globus_transport.token_storage import SQLiteTokenStorage

# A user does not wait longer for a page, in seconds.
PATIENCE = 20.0

HOME = """<p>You are logged in.</p>
<form method="post" action="{{ url_for('logout') }}">
<input type="hidden" name="token" value="{{ token }}"><button>Log out</button></form>"""

FOLDER = """<h1>{{ path }}</h1>
<ul>{% for name in names %}<li>{{ name }}</li>{% endfor %}</ul>
<form method="post" action="{{ url_for('send') }}">
<input type="hidden" name="token" value="{{ token }}">
<input type="hidden" name="source" value="{{ collection }}">
<input name="path"> to <input name="destination"> <button>Send</button></form>"""


class NotLoggedIn(Exception):
    """There are no tokens of the user who sent the request."""


class Logins:
    """The tokens of all users. Each user has a namespace of the database."""

    def __init__(
        self, auth_client: ConfidentialAppAuthClient, database: str | PathLike[str]
    ) -> None:
        self._auth_client = auth_client
        self._database = database
        self._id_tokens = IDTokenDecoder(auth_client)
        # All clients share its connections.
        self._terminal = Transport().make_terminal()

    def add(self, code: str, redirect_uri: str) -> str:
        """Exchange a code for tokens, and store them.

        :return: the user's id
        :raises AuthAPIError: if Globus Auth refuses the code
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
        }
        reply = self._auth_client.oauth2_token(form)
        user: str = self._id_tokens.decode(reply["id_token"])["sub"]
        storage = self._storage(user)
        storage.id_token_decoder = self._id_tokens
        storage.store_token_response(reply)
        return user

    def authorizer(self, user: str) -> RefreshTokenAuthorizer[OAuthTokenResponse]:
        """The credential of a user. It renews the tokens in the database.

        :raises NotLoggedIn: if there are none
        """
        storage = self._storage(user)
        tokens = storage.get_token_data(TransferScopes.resource_server)
        if tokens is None or tokens.refresh_token is None:
            raise NotLoggedIn
        return RefreshTokenAuthorizer(
            tokens.refresh_token,
            self._auth_client,
            access_token=tokens.access_token,
            expires_at=tokens.expires_at_seconds,
            token_storage=storage,
            resource_server=tokens.resource_server,
        )

    def client(self, user: str) -> TransferClient:
        """A client for one request of a user.

        :raises NotLoggedIn: if the user has no tokens
        """
        client = TransferClient(
            authorizer=self.authorizer(user), terminal=self._terminal
        )
        return client.with_stack(client.stack.replace("deadline", Deadline(PATIENCE)))

    def remove(self, user: str) -> None:
        """Revoke all tokens of a user, and delete them."""
        storage = self._storage(user)
        for server, tokens in storage.get_token_data_by_resource_server().items():
            # The refresh token first: what is left after a failure lives short.
            for token in (tokens.refresh_token, tokens.access_token):
                if token is not None:
                    self._auth_client.oauth2_revoke_token(token)
            storage.remove_token_data(server)

    def close(self) -> None:
        """Close the connections."""
        self._terminal.close()

    def _storage(self, user: str) -> SQLiteTokenStorage:
        return SQLiteTokenStorage(self._database, namespace=user)


def login_query(required: GlobusAuthorizationParameters) -> dict[str, str]:
    """What a login requires besides scopes, for the address of the login page."""
    fields = required.to_dict()
    fields.pop("required_scopes", None)
    return {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in fields.items()
    }


def create_app(
    auth_client: ConfidentialAppAuthClient,
    secret_key: str,
    database: str | PathLike[str],
) -> Flask:
    """The portal's WSGI application."""
    app = Flask(__name__)
    app.secret_key = secret_key
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    logins = app.extensions["logins"] = Logins(auth_client, database)

    def client() -> TransferClient:
        if "user" not in session:
            raise NotLoggedIn
        return logins.client(session["user"])

    def is_own_form() -> bool:
        # Other sites can send forms too (cross-site request forgery).
        token = session.get("token", "")
        return secrets.compare_digest(request.form["token"].encode(), token.encode())

    @app.get("/login")
    def login() -> ResponseReturnValue:
        required = GlobusAuthorizationParameters.from_dict(session.pop("required", {}))
        # The callback has to carry this state. So a link of another person cannot log
        # the user in (RFC 6749, 10.12).
        session["state"] = secrets.token_urlsafe()
        # A flow of its own, because several users may log in at the same time.
        flow = GlobusAuthorizationCodeFlowManager(
            auth_client,
            url_for("callback", _external=True),
            [AuthScopes.openid, *(required.required_scopes or [TransferScopes.all])],
            state=session["state"],
            refresh_tokens=True,
        )
        return redirect(flow.get_authorize_url(login_query(required)))

    @app.get("/callback")
    def callback() -> ResponseReturnValue:
        if request.args.get("state") != session.pop("state", None):
            return Response("This login did not begin here", 403)
        if "error" in request.args:
            return Response("You did not log in", 403)
        try:
            user = logins.add(request.args["code"], url_for("callback", _external=True))
        except AuthAPIError as error:
            if error.code != "invalid_grant":
                raise
            return Response("This login is too old; please log in again", 403)
        following = session.get("next", "/")
        session.clear()
        session["user"] = user
        session["token"] = secrets.token_urlsafe()
        return redirect(following)

    @app.post("/logout")
    def logout() -> ResponseReturnValue:
        if not is_own_form():
            return Response("This form was not made here", 403)
        logins.remove(session["user"])
        session.clear()
        return "You are logged out"

    @app.get("/")
    def home() -> ResponseReturnValue:
        client()
        return render_template_string(HOME, token=session["token"])

    @app.get("/collections/<collection>/")
    def folder(collection: str) -> ResponseReturnValue:
        path = request.args.get("path", "/")
        names = [entry["name"] for entry in client().operation_ls(collection, path)]
        token = session["token"]
        return render_template_string(
            FOLDER, names=names, path=path, collection=collection, token=token
        )

    @app.post("/send")
    def send() -> ResponseReturnValue:
        form = request.form
        if not is_own_form():
            return Response("This form was not made here", 403)
        data = TransferData(
            form["source"], form["destination"], label="From the portal"
        )
        data.add_item(form["path"], form["path"])
        return str(client().submit_transfer(data)["task_id"]), 202

    @app.errorhandler(NotLoggedIn)
    @app.errorhandler(LoginRequiredError)
    def log_in_first(error: Exception) -> ResponseReturnValue:
        if request.method == "GET":
            session["next"] = request.full_path
        return redirect(url_for("login"))

    @app.errorhandler(TransferAPIError)
    def refused(error: TransferAPIError) -> ResponseReturnValue:
        gare = to_gare(error)
        if gare is not None:
            session["required"] = gare.authorization_parameters.to_dict()
            return log_in_first(error)
        return (
            unavailable(error)
            if error.http_status >= 500
            else Response(error.message, error.http_status)
        )

    @app.errorhandler(GlobusError)
    def unavailable(error: GlobusError) -> ResponseReturnValue:
        return Response("Globus cannot be reached; please try again later", 503)

    return app
