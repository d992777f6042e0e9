"""The login page, by HTTP: whom it offers, what it requires, what approval and denial lead to, and its protection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from globus_transport.sandbox import Identity, Sandbox
from tests.sandbox.login_pages import CALLBACK, Page, answer, authorize_url, introspect, open_page, send, tokens_for
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

DATA_ACCESS = "https://auth.globus.org/scopes/{}/data_access"


@pytest.fixture(scope="module")
def manual() -> Iterator[Sandbox]:
    with Sandbox(auto_approve=False) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def grace(manual: Sandbox) -> Identity:
    return manual.add_identity(Identity("grace@sandbox.example", name="Grace <b>Hopper</b>"))


def user_of(globus: Sandbox, page: Page) -> Any:
    """The introspection of the tokens that a redirect leads to."""
    assert page.headers["Location"].startswith(f"{CALLBACK}?")
    assert page.location["state"] == "my state"
    return introspect(globus, tokens_for(globus, page.location["code"])["access_token"])


def problems_of(page: Page) -> str:
    assert (page.status, page.text.count('role="alert"')) == (400, 1)
    return page.text.partition('role="alert"')[2].partition("</ul>")[0]


def test_without_the_page_an_authorize_url_leads_back_at_once(globus: Sandbox) -> None:
    assert open_page(authorize_url(globus, prompt="login")).location["code"]
    globus.auto_approve = False
    assert open_page(authorize_url(globus)).status == 200


def test_approval_as_it_stands_is_a_login_of_the_sandboxs_user(manual: Sandbox) -> None:
    who = user_of(manual, answer(open_page(authorize_url(manual))))
    assert who["sub"] == manual.user.id
    assert list(who["session_info"]["authentications"]) == [manual.user.id]


def test_another_identity_can_be_chosen(manual: Sandbox, grace: Identity) -> None:
    page = open_page(authorize_url(manual))
    assert "Grace &lt;b&gt;Hopper&lt;/b&gt;" in page.text
    assert user_of(manual, answer(page, identity=grace.id))["username"] == grace.username


def test_clients_are_no_persons(manual: Sandbox) -> None:
    page = open_page(authorize_url(manual))
    assert ("identity", manual.client_id) not in page.form.choices
    assert "Choose who you are" in problems_of(answer(page, identity=manual.client_id))
    name = f"{manual.client_id}@clients.auth.globus.org"
    assert "username of a client" in problems_of(answer(page, identity="other", username=name))


def test_somebody_unknown_logs_in_by_username_and_is_known_from_then_on(manual: Sandbox) -> None:
    page = open_page(authorize_url(manual))
    who = user_of(manual, answer(page, identity="other", username=" alan@elsewhere.example "))
    assert (who["username"], who["name"]) == ("alan@elsewhere.example", "alan@elsewhere.example")
    basic = (manual.client_id, manual.client_secret)
    found = Http(manual.auth_url)("GET", "/v2/api/identities", query={"ids": who["sub"]}, basic=basic).document
    assert found["identities"][0]["status"] == "used"
    again = open_page(authorize_url(manual))
    assert ("identity", who["sub"]) in again.form.choices
    # By username too, in any case, it is the same identity.
    assert user_of(manual, answer(again, identity="other", username="Alan@Elsewhere.example"))["sub"] == who["sub"]


@pytest.mark.parametrize("username", ["", "grace", "a b@c.example", "@", "a@", "a@b,c@d", "a\0@b", "x" * 300 + "@b"])
def test_what_is_no_username_is_asked_for_again(manual: Sandbox, username: str) -> None:
    page = open_page(authorize_url(manual))
    shown = answer(page, identity="other", username=username)
    assert "Fill in the username" in problems_of(shown)


def test_a_form_that_is_no_utf_8_does_no_harm(manual: Sandbox) -> None:
    page = open_page(authorize_url(manual))
    assert answer(page, identity="other", username="\ud800@b.example").status in (302, 400)
    assert answer(page, identity="\ud800").status == 400
    assert answer(page, form_token="\ud800").status == 403


def test_a_name_that_is_no_utf_8_does_no_harm(manual: Sandbox) -> None:
    policy = add_policy(manual, display_name="Strict \ud800")
    assert "Strict ?" in open_page(authorize_url(manual, session_required_policies=policy)).text


def test_a_login_that_is_not_complete_leaves_nobody_behind(manual: Sandbox) -> None:
    page = open_page(authorize_url(manual, session_required_mfa="true"))
    shown = answer(page, identity="other", username="ghost@sandbox.example")
    assert ("username", "ghost@sandbox.example") in shown.form.fields
    assert "ghost@" not in open_page(authorize_url(manual)).text


def test_denial_leads_back_with_an_error(manual: Sandbox) -> None:
    page = answer(open_page(authorize_url(manual)), "deny")
    assert page.headers["Location"].startswith(f"{CALLBACK}?")
    assert (page.location["error"], page.location["state"]) == ("access_denied", "my state")


def test_what_is_neither_approval_nor_denial_approves_nothing(manual: Sandbox) -> None:
    assert answer(open_page(authorize_url(manual)), "perhaps").location["error"] == "access_denied"


def test_consents_are_in_words_with_their_dependencies_inside(manual: Sandbox) -> None:
    collection = manual.add_collection("Lab <data>")
    scope = f"{TRANSFER_ALL}[*{DATA_ACCESS.format(collection.id)}] openid {TRANSFER_ALL}"
    page = open_page(authorize_url(manual, scope=scope, access_type="offline"))
    assert page.text.count("Transfer, list, share and delete your files") == 1
    inside = page.text.partition("Transfer, list")[2].partition("</ul>")[0]
    assert "Use your files on the collection Lab &lt;data&gt;" in inside
    assert "(optional)" in inside
    assert "Know who you are" not in inside
    assert "Know who you are" in page.text
    assert "until you withdraw" in page.text
    assert "until you withdraw" not in open_page(authorize_url(manual)).text


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        ("https://auth.globus.org/scopes/a1/data_access", "Use your files on the collection a1"),
        ("urn:globus:auth:scope:a1:manage_collections", "Manage the collections of the endpoint a1"),
        (f"https://auth.globus.org/scopes/a1/flow_{'a' * 8}_{'b' * 27}_user", f"Run the flow {'a' * 8}-{'b' * 27}"),
        ("https://auth.globus.org/scopes/a1/strange", "Use strange at a1"),
    ],
)
def test_unknown_scopes_are_in_words_too(manual: Sandbox, scope: str, text: str) -> None:
    assert text in open_page(authorize_url(manual, scope=scope)).text


def test_the_page_says_which_application_asks(manual: Sandbox) -> None:
    assert "<h1>Sandbox native app asks you to log in</h1>" in open_page(authorize_url(manual)).text
    client = manual.add_client(name="My <portal>")
    page = open_page(authorize_url(manual, client_id=client.id))
    assert "<h1>My &lt;portal&gt; asks you to log in</h1>" in page.text
    assert "http://localhost:9</code>" in page.text


@pytest.mark.parametrize("hint", ["username", "id"])
def test_the_login_hint_is_selected(manual: Sandbox, grace: Identity, hint: str) -> None:
    page = open_page(authorize_url(manual, login_hint=getattr(grace, hint)))
    assert ("identity", grace.id) in page.form.fields


def test_an_unknown_login_hint_is_filled_in(manual: Sandbox) -> None:
    page = open_page(authorize_url(manual, login_hint='new"@sandbox.example'))
    assert ("username", 'new"@sandbox.example') in page.form.fields
    assert ("identity", "other") in page.form.fields


def test_the_applications_message_is_shown_as_text(manual: Sandbox) -> None:
    assert (
        "says: Log in &amp; &lt;i&gt;smile"
        in open_page(authorize_url(manual, session_message="Log in & <i>smile")).text
    )


def test_a_required_identity_is_selected_and_no_other_will_do(manual: Sandbox, grace: Identity) -> None:
    page = open_page(authorize_url(manual, session_required_identities=grace.id))
    assert ("identity", grace.id) in page.form.fields
    shown = answer(page, identity=manual.user.id)
    assert f"You are not logged in as {grace.username}." in problems_of(shown)
    # The page keeps what was chosen.
    assert ("identity", manual.user.id) in shown.form.fields
    assert user_of(manual, answer(page))["sub"] == grace.id


def test_further_required_identities_are_ticked(manual: Sandbox, grace: Identity) -> None:
    required = f"{manual.user.id},{grace.username},stranger@sandbox.example"
    page = open_page(authorize_url(manual, session_required_identities=required))
    shown = answer(page, also=[grace.username])
    assert problems_of(shown).count("<li>") == 1
    assert "stranger@sandbox.example" in problems_of(shown)
    assert ("also", grace.username) in shown.form.fields
    who = user_of(manual, answer(page, also=[grace.username, "stranger@sandbox.example"]))
    assert set(who["session_info"]["authentications"]) == {manual.user.id, grace.id}


def test_only_required_identities_can_be_ticked(manual: Sandbox, grace: Identity) -> None:
    who = user_of(manual, answer(open_page(authorize_url(manual)), also=[grace.id]))
    assert list(who["session_info"]["authentications"]) == [manual.user.id]


def test_a_required_domain(manual: Sandbox) -> None:
    page = open_page(authorize_url(manual, session_required_single_domain="uni.example,other.example"))
    assert "@uni.example or @other.example" in problems_of(answer(page))
    assert user_of(manual, answer(page, identity="other", username="eve@Uni.example"))["username"] == "eve@Uni.example"


def test_mfa_is_a_check_box(manual: Sandbox) -> None:
    page = open_page(authorize_url(manual, session_required_mfa="true"))
    assert ("mfa", "true") in page.form.choices
    assert "second factor is missing" in problems_of(answer(page))
    (authentication,) = user_of(manual, answer(page, mfa="true"))["session_info"]["authentications"].values()
    assert authentication["amr"] == ["mfa"]
    assert ("mfa", "true") not in open_page(authorize_url(manual)).form.choices


def add_policy(manual: Sandbox, **fields: object) -> str:
    auth = Http(
        manual.auth_url, manual.issue_token("urn:globus:auth:scope:auth.globus.org:manage_projects").access_token
    )
    project = {"project": {"display_name": "P", "contact_email": "ada@sandbox.example"}}
    id = auth("POST", "/v2/api/projects", document=project).document["project"]["id"]
    policy = {"project_id": id, "display_name": "Strict & safe", "description": "Two factors", **fields}
    return str(auth("POST", "/v2/api/policies", document={"policy": policy}).document["policy"]["id"])


def test_a_registered_policy_decides_about_domain_and_second_factor(manual: Sandbox) -> None:
    policy = add_policy(manual, required_mfa=True, domain_constraints_include=["*.example"])
    page = open_page(authorize_url(manual, session_required_policies=policy))
    assert "<strong>Strict &amp; safe</strong>: Two factors" in page.text
    assert problems_of(answer(page)).count("<li>") == 1
    outside = answer(page, mfa="true", identity="other", username="eve@elsewhere.org")
    assert "does not allow the domain" in problems_of(outside)
    (authentication,) = user_of(manual, answer(page, mfa="true"))["session_info"]["authentications"].values()
    assert authentication["amr"] == ["mfa"]


def test_a_policy_may_exclude_a_domain(manual: Sandbox) -> None:
    policy = add_policy(manual, domain_constraints_exclude=["sandbox.example"])
    page = open_page(authorize_url(manual, session_required_policies=policy))
    assert "does not allow the domain" in problems_of(answer(page))


def test_every_login_satisfies_an_unknown_policy(manual: Sandbox) -> None:
    page = open_page(authorize_url(manual, session_required_policies="a-policy"))
    assert user_of(manual, answer(page))["active"] is True


def test_what_a_collection_requires_the_page_brings(manual: Sandbox, grace: Identity) -> None:
    collection = manual.add_collection("Strict")
    manual.require_session(
        collection, identities=[grace.username], domains=["sandbox.example"], policies=["p"], mfa=True, message="Please"
    )
    refused = Http(manual.transfer_url, manual.issue_token(TRANSFER_ALL).access_token)
    wanted = refused("GET", f"/v0.10/operation/endpoint/{collection.id}/ls").document["authorization_parameters"]
    parameters = {
        name: value if isinstance(value, str) else ",".join(value)
        for name, value in wanted.items()
        if value is not True
    }
    url = authorize_url(
        manual, scope=TRANSFER_ALL, session_required_mfa=str(wanted["session_required_mfa"]), **parameters
    )
    page = answer(open_page(url), mfa="true")
    token = tokens_for(manual, page.location["code"])["access_token"]
    assert Http(manual.transfer_url, token)("GET", f"/v0.10/operation/endpoint/{collection.id}/ls").status == 200


def test_pages_cannot_be_framed_and_load_nothing(manual: Sandbox) -> None:
    urls = [
        authorize_url(manual),
        f"{manual.auth_url}v2/web/auth-code?code=c",
        authorize_url(manual, client_id="unknown"),
    ]
    for url in urls:
        page = open_page(url)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Cache-Control"] == "no-store"
        assert "<script" not in page.text


@pytest.mark.parametrize(
    "changes", [{"form_token": ""}, {"form_token": "0" * 64}, {"form_token": "\u00e4"}, {"cookie": ""}]
)
def test_a_form_that_another_page_made_is_refused(manual: Sandbox, changes: dict[str, str]) -> None:
    refused = answer(open_page(authorize_url(manual)), **changes)
    assert refused.status == 403
    assert "Location" not in refused.headers
    assert "does not belong to this login" in refused.text


def test_a_form_is_bound_to_its_browser_and_request(manual: Sandbox) -> None:
    page, other = open_page(authorize_url(manual)), open_page(authorize_url(manual))
    assert answer(page, cookie=other.cookie).status == 403
    cookie = page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    # The token of one request does not approve another one.
    more = authorize_url(manual, scope=f"{TRANSFER_ALL} email")
    fields = "&".join(f"{name}={value}" for name, value in page.form.fields)
    assert send("POST", more, f"{fields}&decision=approve", page.cookie).status == 403


def test_a_second_window_leaves_the_first_one_its_form(manual: Sandbox) -> None:
    page = open_page(authorize_url(manual))
    second = send("GET", authorize_url(manual, state="another"), cookie=page.cookie)
    assert second.cookie == page.cookie
    assert answer(page).location["code"]


def test_a_form_cannot_replace_what_the_application_asked_for(manual: Sandbox) -> None:
    page = open_page(authorize_url(manual))
    for name, value in {"redirect_uri": "http://localhost:1/", "scope": "email", "client_id": manual.client_id}.items():
        assert answer(page, **{name: value}).status == 400, name


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"client_id": "unknown"}, "invalid_client"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"scope": "unheard-of"}, "invalid_scope"),
        ({"scope": "x" + "[a" * 40}, "invalid_scope"),
    ],
)
def test_a_request_that_leads_back_to_nobody_gets_a_page(
    manual: Sandbox, parameters: dict[str, str], error: str
) -> None:
    page = open_page(authorize_url(manual, **parameters))
    if "Location" in page.headers:
        assert page.location["error"] == error
        return
    assert page.status in (400, 401)
    assert "This login request cannot be used" in page.text
    assert error in page.text
    assert ("--client-id" in page.text) is (error == "invalid_client")


def test_a_program_can_still_log_in_by_itself(manual: Sandbox, grace: Identity) -> None:
    assert tokens_for(manual, manual.approve(authorize_url(manual)))["access_token"]
    tokens = tokens_for(manual, manual.approve(authorize_url(manual), user=grace))
    assert introspect(manual, tokens["access_token"])["sub"] == grace.id


def test_the_code_page_shows_a_code_or_why_there_is_none(manual: Sandbox) -> None:
    url = authorize_url(manual, redirect_uri="https://auth.globus.org/v2/web/auth-code")
    page = answer(open_page(url))
    # Globus's own code page is the sandbox's, here.
    assert page.headers["Location"].startswith(f"{manual.auth_url}v2/web/auth-code?code=")
    shown = open_page(page.headers["Location"])
    assert f">{page.location['code']}</code>" in shown.text
    denied = open_page(answer(open_page(url), "deny").headers["Location"])
    assert "You are not logged in" in denied.text
    assert "access_denied" in denied.text
    assert "&lt;i&gt;" in open_page(f"{manual.auth_url}v2/web/auth-code?error=%3Ci%3E").text


@pytest.mark.parametrize(
    "parameters",
    [
        {"session_required_identities": "\0,\ud800," + "," * 5000},
        {"session_required_single_domain": "[!*,\n<b>"},
        {"session_required_policies": "\0,<b>,.."},
        {"session_required_mfa": "\u0130"},
        {"session_message": "\0" * 10_000},
        {"login_hint": "\ud800@" * 1000},
        {"access_type": "\0", "prompt": "none none"},
        {"scope": "openid" + "[openid" * 30 + "]" * 30},
        {"client_id": "\0"},
        {"redirect_uri": "http://[::1]:99999/"},
        {"redirect_uri": "http://[::1]/"},
        {"response_type": "token"},
        {"code_challenge": "\0"},
    ],
)
def test_malformed_requests_do_no_harm(manual: Sandbox, parameters: dict[str, str]) -> None:
    query = {**dict(parse_qsl(urlsplit(authorize_url(manual)).query)), **parameters}
    page = open_page(f"{manual.auth_url}v2/oauth2/authorize?{urlencode(query, errors='surrogatepass')}")
    assert page.status in (200, 302, 400, 401), page.text
    if page.status == 200:
        assert "<b>" not in page.text
        assert answer(page).status in (302, 400)
