"""Id tokens: which are believed, and from where key and configuration come. The key is made here."""

from __future__ import annotations

import asyncio
import base64
import datetime
import hashlib
import hmac
import json
import pickle
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import globus_sdk
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from globus_transport import (
    AsyncAuthLoginClient,
    AsyncNativeAppAuthClient,
    AuthClient,
    AuthLoginClient,
    GlobusHTTPResponse,
    GlobusSDKUsageError,
    IDTokenDecoder,
    IDTokenError,
    NativeAppAuthClient,
    OAuthDependentTokenResponse,
    OAuthTokenResponse,
    ReplyFormatError,
    Response,
)
from globus_transport.http.messages import Request
from globus_transport.sandbox import Sandbox
from globus_transport.services.auth import id_tokens

ISSUER = "https://auth.example.org"
CLIENT_ID = "an-app"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CONFIGURATION: dict[str, Any] = {
    "issuer": ISSUER,
    "jwks_uri": f"{ISSUER}/jwk.json",
    "id_token_signing_alg_values_supported": ["RS512"],
}
JWKS: dict[str, Any] = {"keys": [json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))]}


def key_set(**keys: Any) -> dict[str, Any]:
    """A JWK set with a kid for each key."""
    documents = {kid: json.loads(RSAAlgorithm.to_jwk(key.public_key())) for kid, key in keys.items()}
    return {"keys": [{**document, "kid": kid, "use": "sig"} for kid, document in documents.items()]}


def claims(**changes: Any) -> dict[str, Any]:
    """What a token says; ``None`` leaves a claim out."""
    now = time.time()
    given = {"iss": ISSUER, "aud": CLIENT_ID, "sub": "user", "iat": now, "exp": now + 60, **changes}
    return {name: value for name, value in given.items() if value is not None}


def signed(key: Any = KEY, algorithm: str = "RS512", **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm)


def signed_as(kid: str, key: Any = KEY) -> str:
    return jwt.encode(claims(), key, "RS512", {"kid": kid})


def signed_with_the_public_key() -> str:
    """A MAC with what everybody knows: the classical forgery."""
    parts = [json.dumps({"alg": "HS512", "typ": "JWT"}).encode(), json.dumps(claims()).encode()]
    text = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    secret = json.dumps(JWKS["keys"][0]).encode()
    mac = hmac.new(secret, text.encode(), hashlib.sha512).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


@contextmanager
def not_believed(reason: type[Exception]) -> Iterator[None]:
    with pytest.raises(IDTokenError) as caught:
        yield
    assert type(caught.value.__cause__) is reason


class FakeGlobusAuth:
    """A terminal with the two documents."""

    def __init__(self, configuration: Any = None, keys: Any = None) -> None:
        self.documents = {
            "/.well-known/openid-configuration": CONFIGURATION if configuration is None else configuration,
            "/jwk.json": JWKS if keys is None else keys,
        }
        self.asked: list[str] = []

    def __call__(self, request: Request) -> Response:
        self.asked.append(request.url.target)
        return Response(
            200, {"Content-Type": "application/json"}, json.dumps(self.documents[request.url.target]).encode()
        )


def login_client(terminal: FakeGlobusAuth | None = None, client_id: str | None = CLIENT_ID) -> AuthLoginClient:
    return AuthLoginClient(client_id, base_url=ISSUER, terminal=terminal or FakeGlobusAuth())


def reply(id_token: str | None, client: Any) -> OAuthTokenResponse:
    document = {
        "access_token": "a secret",
        "resource_server": "auth.globus.org",
        "scope": "openid",
        "expires_in": 60,
        "other_tokens": [],
        **({} if id_token is None else {"id_token": id_token}),
    }
    return OAuthTokenResponse(Response(200, {}, json.dumps(document).encode()), client)


def test_a_good_token() -> None:
    terminal = FakeGlobusAuth()
    assert reply(signed(), login_client(terminal)).decode_id_token()["sub"] == "user"
    assert terminal.asked == ["/.well-known/openid-configuration", "/jwk.json"]


@pytest.mark.parametrize(
    ("id_token", "error"),
    [
        pytest.param(signed(OTHER_KEY), jwt.InvalidSignatureError, id="of another key"),
        pytest.param(signed()[:-8] + "AAAAAAAA", jwt.InvalidSignatureError, id="changed"),
        pytest.param(signed(aud="another-app"), jwt.InvalidAudienceError, id="for another application"),
        pytest.param(signed(aud=None), jwt.MissingRequiredClaimError, id="without aud"),
        pytest.param(signed(iss="https://evil.example.org"), jwt.InvalidIssuerError, id="of another issuer"),
        pytest.param(signed(iss=None), jwt.MissingRequiredClaimError, id="without iss"),
        pytest.param(signed(exp=time.time() - 400), jwt.ExpiredSignatureError, id="expired"),
        pytest.param(signed(exp=None), jwt.MissingRequiredClaimError, id="without exp"),
        pytest.param(signed(algorithm="RS256"), jwt.InvalidAlgorithmError, id="of another algorithm"),
        pytest.param(signed(None, "none"), jwt.InvalidAlgorithmError, id="without a signature"),
        pytest.param(signed_with_the_public_key(), jwt.InvalidAlgorithmError, id="with a MAC by the public key"),
        pytest.param("no token", jwt.DecodeError, id="no token"),
    ],
)
def test_a_token_that_is_not_believed(id_token: str, error: type[Exception]) -> None:
    with pytest.raises(IDTokenError) as caught:
        reply(id_token, login_client()).decode_id_token()
    assert type(caught.value.__cause__) is error
    assert id_token not in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_mac_is_refused_even_if_the_configuration_names_one() -> None:
    configuration = {**CONFIGURATION, "id_token_signing_alg_values_supported": ["HS512", "none", "RS512"]}
    for forged in (signed_with_the_public_key(), signed(None, "none")):
        with not_believed(jwt.InvalidAlgorithmError):
            reply(forged, login_client()).decode_id_token(configuration, KEY.public_key())


def test_clocks_may_differ_by_five_minutes() -> None:
    late = reply(signed(exp=time.time() - 290), login_client())
    assert late.decode_id_token()["sub"] == "user"
    with not_believed(jwt.ExpiredSignatureError):
        late.decode_id_token(jwt_params={"leeway": 60})
    for leeway in (400, datetime.timedelta(seconds=400)):
        later = reply(signed(exp=time.time() - 390), login_client())
        assert later.decode_id_token(jwt_params={"leeway": leeway})["sub"] == "user"
    theirs = globus_sdk.IDTokenDecoder(globus_sdk.AuthLoginClient(CLIENT_ID))
    ours = IDTokenDecoder(login_client())
    assert (ours.jwt_leeway, ours.jwt_options) == (theirs.jwt_leeway, theirs.jwt_options) == (300.0, {})


def test_pyjwts_options_pass() -> None:
    params = {"verify_exp": False, "leeway": 0}
    assert reply(signed(exp=1), login_client()).decode_id_token(jwt_params=params)["exp"] == 1
    # Nobody else's dict is changed.
    assert params == {"verify_exp": False, "leeway": 0}
    with pytest.raises(IDTokenError, match="azp"):
        reply(signed(), login_client()).decode_id_token(jwt_params={"require": ["azp"]})


def test_what_is_given_is_not_fetched() -> None:
    terminal = FakeGlobusAuth()
    tokens = reply(signed(), login_client(terminal))
    assert tokens.decode_id_token(CONFIGURATION, KEY.public_key())["sub"] == "user"
    as_reply = GlobusHTTPResponse(Response(200, {}, json.dumps(CONFIGURATION).encode()))
    assert tokens.decode_id_token(openid_configuration=as_reply, jwk=KEY.public_key())["sub"] == "user"
    assert terminal.asked == []
    assert tokens.decode_id_token(CONFIGURATION)["sub"] == "user"
    assert terminal.asked == ["/jwk.json"]
    with pytest.raises(GlobusSDKUsageError, match="openid_configuration= along with jwk="):
        tokens.decode_id_token(jwk=KEY.public_key())


def test_a_decoder_fetches_once() -> None:
    terminal = FakeGlobusAuth()
    decoder = IDTokenDecoder(login_client(terminal))
    for _ in range(3):
        assert decoder.decode(signed())["sub"] == "user"
    assert len(terminal.asked) == 2
    decoder.store_jwk(OTHER_KEY.public_key())
    assert decoder.decode(signed(OTHER_KEY))["sub"] == "user"
    with not_believed(jwt.InvalidSignatureError):
        decoder.decode(signed())
    decoder.store_openid_configuration({**CONFIGURATION, "issuer": "https://other"})
    with not_believed(jwt.InvalidIssuerError):
        decoder.decode(signed(OTHER_KEY))
    assert len(terminal.asked) == 2


@pytest.mark.parametrize("kid", ["first", "second"])
def test_the_kid_chooses_the_key(kid: str) -> None:
    keys = {"first": KEY, "second": OTHER_KEY}
    documents = key_set(**keys)
    # Keys of other kinds and for other uses have no say.
    others = [{"kty": "EC", "kid": kid}, {**documents["keys"][0], "kid": kid, "use": "enc"}, "no key"]
    terminal = FakeGlobusAuth(keys={"keys": [*others, *documents["keys"]]})
    assert reply(signed_as(kid, keys[kid]), login_client(terminal)).decode_id_token()["sub"] == "user"
    other = keys["second" if kid == "first" else "first"]
    with not_believed(jwt.InvalidSignatureError):
        reply(signed_as(kid, other), login_client(terminal)).decode_id_token()


def test_the_keys_are_fetched_again_once_for_a_kid_that_is_unknown() -> None:
    terminal = FakeGlobusAuth(keys=key_set(old=KEY))
    decoder = IDTokenDecoder(login_client(terminal))
    assert decoder.decode(signed_as("old"))["sub"] == "user"
    terminal.documents["/jwk.json"] = key_set(new=OTHER_KEY, old=KEY)
    for _ in range(2):
        assert decoder.decode(signed_as("new", OTHER_KEY))["sub"] == "user"
        assert decoder.decode(signed_as("old"))["sub"] == "user"
    assert terminal.asked.count("/jwk.json") == 2
    assert terminal.asked.count("/.well-known/openid-configuration") == 1


def test_a_stream_of_unknown_kids_fetches_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(id_tokens, "monotonic", lambda: now)
    terminal = FakeGlobusAuth(keys=key_set(known=KEY))
    decoder = IDTokenDecoder(login_client(terminal))
    decoder.decode(signed_as("known"))
    for number in range(5):
        with not_believed(jwt.InvalidTokenError):
            decoder.decode(signed_as(f"unknown-{number}"))
    assert terminal.asked.count("/jwk.json") == 2
    now += 61
    terminal.documents["/jwk.json"] = key_set(known=KEY, late=OTHER_KEY)
    assert decoder.decode(signed_as("late", OTHER_KEY))["sub"] == "user"
    assert terminal.asked.count("/jwk.json") == 3


def test_a_key_set_that_cannot_be_used_is_not_kept() -> None:
    terminal = FakeGlobusAuth(keys={"keys": []})
    decoder = IDTokenDecoder(login_client(terminal))
    with pytest.raises(ReplyFormatError):
        decoder.decode(signed_as("known"))
    terminal.documents["/jwk.json"] = key_set(known=KEY)
    assert decoder.decode(signed_as("known"))["sub"] == "user"
    terminal.documents["/jwk.json"] = {"keys": [{"kty": "RSA", "kid": "unknown"}]}
    with pytest.raises(ReplyFormatError):
        decoder.decode(signed_as("unknown"))
    terminal.documents["/jwk.json"] = {}
    with not_believed(jwt.InvalidTokenError):
        decoder.decode(signed_as("another"))


def test_keys_that_were_just_fetched_are_not_fetched_again() -> None:
    terminal = FakeGlobusAuth(keys=key_set(known=KEY))
    with pytest.raises(IDTokenError, match="no key with the kid 'unknown'"):
        IDTokenDecoder(login_client(terminal)).decode(signed_as("unknown"))
    assert terminal.asked.count("/jwk.json") == 1


def test_threads_wait_for_the_keys_that_one_of_them_fetches() -> None:
    release = threading.Event()

    class SlowGlobusAuth(FakeGlobusAuth):
        def __call__(self, request: Request) -> Response:
            response = super().__call__(request)
            if request.url.target == "/jwk.json":
                release.wait(10)
            return response

    terminal = SlowGlobusAuth(keys=key_set(old=KEY))
    decoder = IDTokenDecoder(login_client(terminal))
    for fetches, token in ((1, signed_as("old")), (2, signed_as("new", OTHER_KEY))):
        release.clear()
        with ThreadPoolExecutor(8) as pool:
            decoded = [pool.submit(decoder.decode, token) for _ in range(8)]
            time.sleep(0.1)
            release.set()
            assert [one.result(10)["sub"] for one in decoded] == ["user"] * 8
        assert terminal.asked.count("/jwk.json") == fetches
        terminal.documents["/jwk.json"] = key_set(old=KEY, new=OTHER_KEY)


def test_a_token_without_a_kid_needs_a_single_key() -> None:
    single = FakeGlobusAuth(keys={"keys": [{"kty": "EC"}, *key_set(only=KEY)["keys"]]})
    assert reply(signed(), login_client(single)).decode_id_token()["sub"] == "user"
    several = FakeGlobusAuth(keys=key_set(first=KEY, second=OTHER_KEY))
    with not_believed(jwt.InvalidTokenError):
        reply(signed(), login_client(several)).decode_id_token()
    # A single key without a kid is the key of every token.
    assert reply(signed_as("any"), login_client()).decode_id_token()["sub"] == "user"


def test_a_malformed_kid_is_not_believed() -> None:
    parts = [json.dumps({"alg": "RS512", "kid": 7}).encode(), json.dumps(claims()).encode(), b"signature"]
    token = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    with pytest.raises(IDTokenError):
        reply(token, login_client()).decode_id_token()


def test_a_key_set_can_be_given() -> None:
    terminal = FakeGlobusAuth(keys={"keys": []})
    decoder = IDTokenDecoder(login_client(terminal))
    decoder.store_jwk(key_set(first=OTHER_KEY, second=KEY))
    assert decoder.decode(signed_as("second"))["sub"] == "user"
    assert decoder.get_jwk().public_numbers() == OTHER_KEY.public_key().public_numbers()
    with not_believed(jwt.InvalidTokenError):
        decoder.decode(signed_as("unknown"))
    assert "/jwk.json" not in terminal.asked
    tokens = reply(signed_as("second"), AsyncAuthLoginClient(CLIENT_ID, base_url=ISSUER))
    keys = key_set(first=OTHER_KEY, second=KEY)
    assert tokens.decode_id_token(CONFIGURATION, keys)["sub"] == "user"


def test_a_decoder_is_copied_with_its_keys() -> None:
    decoder = IDTokenDecoder(login_client(FakeGlobusAuth(keys=key_set(first=OTHER_KEY, second=KEY))))
    decoder.decode(signed_as("second"))
    for keys in (None, KEY.public_key(), key_set(first=OTHER_KEY, second=KEY)):
        if keys is not None:
            decoder.store_jwk(keys)
        copied = pickle.loads(pickle.dumps(decoder))
        assert copied.decode(signed_as("second"))["sub"] == "user"


def test_a_subclass_gives_the_key_of_all_tokens() -> None:
    class Decoder(IDTokenDecoder):
        def get_jwk(self) -> Any:
            return OTHER_KEY.public_key()

    terminal = FakeGlobusAuth()
    assert Decoder(login_client(terminal)).decode(signed_as("any", OTHER_KEY))["sub"] == "user"
    assert "/jwk.json" not in terminal.asked


def test_a_subclass_chooses_the_audience() -> None:
    class Decoder(IDTokenDecoder):
        def get_jwt_audience(self) -> str | None:
            return "another-app"

    decoder = Decoder.for_globus_app(app_name="x", config=None, login_client=login_client())
    assert type(decoder) is Decoder
    assert decoder.decode(signed(aud="another-app"))["sub"] == "user"
    with not_believed(jwt.InvalidAudienceError):
        decoder.decode(signed())


def test_without_a_client_id_the_audience_is_not_skipped() -> None:
    for client in (login_client(client_id=None), AuthClient(base_url=ISSUER, terminal=FakeGlobusAuth())):
        with pytest.raises(GlobusSDKUsageError, match="client_id"):
            reply(signed(), client).decode_id_token()
        assert reply(signed(), client).decode_id_token(jwt_params={"verify_aud": False})["sub"] == "user"


def test_no_id_token() -> None:
    with pytest.raises(GlobusSDKUsageError, match="openid"):
        reply(None, login_client()).decode_id_token()
    dependent = OAuthDependentTokenResponse(Response(200, {}, b"[]"), login_client())
    with pytest.raises(GlobusSDKUsageError, match="no id token"):
        dependent.decode_id_token()


@pytest.mark.parametrize("client", [AsyncAuthLoginClient(CLIENT_ID, base_url=ISSUER), None], ids=["asyncio", "none"])
def test_a_client_that_cannot_fetch(client: Any) -> None:
    tokens = reply(signed(), client)
    params = {} if client is not None else {"verify_aud": False}
    for configuration in (None, CONFIGURATION):
        with pytest.raises(GlobusSDKUsageError, match=r"await client\.get_jwk\(\)"):
            tokens.decode_id_token(configuration, jwt_params=params)
    assert tokens.decode_id_token(CONFIGURATION, KEY.public_key(), params)["sub"] == "user"


@pytest.mark.parametrize(
    ("configuration", "keys", "what"),
    [
        ([], None, "no JSON object"),
        ({**CONFIGURATION, "issuer": ""}, None, "issuer"),
        ({**CONFIGURATION, "id_token_signing_alg_values_supported": ["HS512", "none"]}, None, "algorithm"),
        ({**CONFIGURATION, "jwks_uri": None}, None, "jwks_uri"),
        (None, [], "holds no keys"),
        (None, {"keys": []}, "no RSA key"),
        (None, {"keys": [{"kty": "EC"}]}, "no RSA key"),
    ],
)
def test_documents_that_do_not_serve(configuration: Any, keys: Any, what: str) -> None:
    with pytest.raises(ReplyFormatError, match=what):
        reply(signed(), login_client(FakeGlobusAuth(configuration, keys))).decode_id_token()


def test_the_key_itself() -> None:
    others_first = FakeGlobusAuth(keys={"keys": [{"kty": "EC"}, *JWKS["keys"]]})
    assert login_client(others_first).get_jwk(as_pem=True).public_numbers() == KEY.public_key().public_numbers()
    client = login_client()
    assert client.get_jwk() == JWKS
    assert client.get_jwk(as_pem=True).public_numbers() == KEY.public_key().public_numbers()


@pytest.mark.parametrize("missing", ["jwt", "jwt.algorithms"])
def test_without_the_extra(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = reply(signed(), login_client())
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(GlobusSDKUsageError, match=r"globus_transport\[app\]"):
        tokens.decode_id_token()
    with pytest.raises(GlobusSDKUsageError, match=r"globus_transport\[app\]"):
        login_client().get_jwk(as_pem=True)


def test_without_cryptography(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jwt.algorithms.has_crypto", False)
    with pytest.raises(GlobusSDKUsageError, match=r"globus_transport\[app\]"):
        reply(signed(), login_client()).decode_id_token()


def test_a_login_in_the_sandbox() -> None:
    with Sandbox() as globus:
        with NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url) as client:
            client.oauth2_start_flow(["openid", "email"])
            tokens = client.oauth2_exchange_code_for_tokens(globus.approve(client.oauth2_get_authorize_url()))
            found = tokens.decode_id_token()
        assert (found["sub"], found["aud"]) == (globus.user.id, globus.native_client_id)


@pytest.mark.parametrize("as_pem", [True, False], ids=["a key", "the key set"])
def test_a_login_under_asyncio(as_pem: bool) -> None:
    async def log_in(globus: Sandbox) -> dict[str, Any]:
        async with AsyncNativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url) as client:
            client.oauth2_start_flow("openid")
            tokens = await client.oauth2_exchange_code_for_tokens(globus.approve(client.oauth2_get_authorize_url()))
            configuration = await client.get_openid_configuration()
            keys = await client.get_jwk(configuration, as_pem=as_pem)
            return tokens.decode_id_token(configuration, keys)

    with Sandbox() as globus:
        assert asyncio.run(log_in(globus))["sub"] == globus.user.id
