"""openid-client, an OpenID Certified library in JavaScript, sees the same in the sandbox as in a certified server."""

from __future__ import annotations

from tests.oauth2.servers import Server, run_openid_client


def test_it_gets_what_oauth2_promises_and_is_refused_what_it_forbids(server: Server) -> None:
    of_any_client = {
        "user": server.user_id,
        "refreshed": True,
        "code twice": "invalid_grant",
        "its refresh token after that": "invalid_grant",
        "its access token after that": "invalid_token",
        "another verifier": "invalid_grant",
        # openid-client itself refuses these two: it compares what was asked with what came back.
        "another nonce": "OAUTH_JWT_CLAIM_COMPARISON_FAILED",
        "another state": "OAUTH_INVALID_RESPONSE",
    }
    assert run_openid_client(server) == {
        "confidential": {
            **of_any_client,
            "active": True,
            "active after revocation": False,
            "refresh token after revocation": "invalid_grant",
            "scope of the client": server.api_scope,
            "unknown grant": "unsupported_grant_type",
        },
        "native": of_any_client,
        "wrong secret": "invalid_client",
    }
