"""The dialogue with a person who logs in: the page, and the answer to its form."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import attrs
from flask import Request, Response

from globus_transport.sandbox import scopes
from globus_transport.sandbox.access_requirements import LoginSession
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.login_page.form_tokens import COOKIE, browser_id, is_form_token, make_form_token
from globus_transport.sandbox.login_page.pages import make_page
from globus_transport.sandbox.login_page.requirements import LoginRequirements, find_identity, read_requirements
from globus_transport.sandbox.login_page.scope_texts import describe_scopes
from globus_transport.sandbox.state import State

_OTHER = "other"
# Something without spaces and control characters on both sides of an @.
_PART = r"[^\s@,\x00-\x1f\x7f]"
_USERNAME = re.compile(f"{_PART}{{1,64}}@{_PART}{{1,189}}")


@attrs.frozen
class Answers:
    """What is selected and filled in on the page.

    :ivar identity: the id of an identity, or ``other`` for the username
    :ivar also: the further identities, as the request names them
    """

    identity: str
    username: str = ""
    also: frozenset[str] = frozenset()
    mfa: bool = False


@attrs.frozen
class Login:
    """A login that a person has completed."""

    user: Identity
    session: LoginSession


def show_page(state: State, request: Request) -> Response:
    """The page for an authorize request that was found valid."""
    requirements = read_requirements(state, request.args)
    return _page(state, request, requirements, _first_answers(state, request, requirements))


def is_from_page(state: State, request: Request) -> bool:
    """Whether a form comes from a page that was made for this request and browser."""
    token = request.form.get("form_token", "")
    return is_form_token(token, state.form_key, request.cookies.get(COOKIE), request.query_string)


def is_denied(request: Request) -> bool:
    """Whether the person has denied the request. Only the button for it approves."""
    return request.form.get("decision") != "approve"


def read_login(state: State, request: Request) -> Login | Response:
    """The login of a form; if it is not complete, the page again, with what is missing."""
    requirements = read_requirements(state, request.args)
    form = request.form
    required_names = {name for name, _ in requirements.identities}
    also = frozenset(form.getlist("also")) & required_names
    answers = Answers(form.get("identity", _OTHER), form.get("username", ""), also, "mfa" in form)
    user = _chosen_identity(state, answers)
    if isinstance(user, str):
        return _page(state, request, requirements, answers, [user])
    names = also | requirements.matching(user)
    others = (find_identity(state.identities, name) for name in also)
    identities = [user, *(identity for identity in others if identity is not None)]
    problems = requirements.problems(identities, names, mfa=answers.mfa)
    if problems:
        return _page(state, request, requirements, answers, problems)
    # Somebody new is known from here on.
    identities[0] = user = state.identities.log_in(user.username)
    return Login(user, requirements.session(identities, names, mfa=answers.mfa))


def _chosen_identity(state: State, answers: Answers) -> Identity | str:
    """Whom the person logs in as, or what is wrong with the answer."""
    if answers.identity != _OTHER:
        found = state.identities.find_by_ids([answers.identity])
        if not found or not found[0].is_person:
            return "Choose who you are."
        return found[0]
    username = answers.username.strip()
    if not _USERNAME.fullmatch(username):
        return "Fill in the username of somebody else. It looks like grace@sandbox.example."
    known = find_identity(state.identities, username)
    if known is not None and not known.is_person:
        return "This is the username of a client. A client does not log in here."
    return known or Identity(username)


def _first_answers(state: State, request: Request, requirements: LoginRequirements) -> Answers:
    hint = request.args.get("login_hint", "")
    for name in [hint, *(name for name, _ in requirements.identities)]:
        identity = find_identity(state.identities, name) if name else None
        if identity is not None and identity.is_person:
            return Answers(identity.id)
    return Answers(_OTHER, hint) if hint else Answers(state.user.id)


def _page(
    state: State,
    request: Request,
    requirements: LoginRequirements,
    answers: Answers,
    problems: list[str] | None = None,
) -> Response:
    browser = browser_id(request.cookies.get(COOKIE))
    client_id = request.args.get("client_id", "")
    client = state.clients[client_id]
    registered = state.registry.clients.get(client_id)
    destination = urlsplit(request.args.get("redirect_uri", ""))
    response = make_page(
        "login.html",
        400 if problems else 200,
        application=(registered["name"] if registered else client.name) or "An application without a name",
        client_id=client_id,
        destination=f"{destination.scheme}://{destination.netloc}",
        requirements=requirements,
        problems=problems or [],
        query=request.query_string.decode("ascii", "replace"),
        form_token=make_form_token(state.form_key, browser, request.query_string),
        people=[identity for identity in state.identities.all() if identity.is_person],
        other=_OTHER,
        answers=answers,
        scopes=describe_scopes(state, scopes.merge(scopes.parse(request.args.get("scope", "")))),
        offline=request.args.get("access_type") == "offline",
    )
    # Lax: the application's page leads here, which is a request from another site.
    response.set_cookie(COOKIE, browser, path=request.path, httponly=True, samesite="Lax")
    return response
