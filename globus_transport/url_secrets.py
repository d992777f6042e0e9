"""Credentials in the query of a URL: which they are, and how they are hidden where it is printed."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

HIDDEN = "<hidden>"

#: Members of a document and fields of a form or query whose values are credentials: those of OAuth 2 (RFC 6749,
#: 7521, 7636, 7662, 8628, 8693) and of Globus.
SECRET_FIELDS = frozenset(
    {
        "access_token",
        "actor_token",
        "assertion",
        "client_assertion",
        "client_secret",
        "code_verifier",
        "device_code",
        "globus_connect_setup_key",
        "id_token",
        "passphrase",
        "password",
        "private_key",
        "refresh_token",
        "registration_access_token",
        "s3_secret_key",
        "secret",
        "secret_key",
        "subject_token",
        "token",
    }
)

#: An authorization code in a form or query; in a document, ``code`` is the kind of an error. The others sign a URL.
_ONLY_IN_PARAMETERS = frozenset(
    {
        "awsaccesskeyid",
        "code",
        "sig",
        "signature",
        "x-amz-credential",
        "x-amz-security-token",
        "x-amz-signature",
        "x-goog-credential",
        "x-goog-signature",
    }
)

_QUERY = re.compile(r"(?<=\?)[^#\s\"'<>]+")


def hidden_in_text(text: str, more: frozenset[str] = frozenset()) -> str:
    """A URL, or a text that holds some, without the values of parameters that are credentials.

    :param more: names of further parameters, in lower case
    """
    return _QUERY.sub(lambda query: hidden_in_query(query[0], more), text) if "?" in text else str(text)


def hidden_in_query(text: str, more: frozenset[str] = frozenset()) -> str:
    """Parameters as they are written in a form or a query, without those values."""
    return "&".join(_parameter(one, more) for one in text.split("&"))


def _parameter(text: str, more: frozenset[str]) -> str:
    name, equals, value = text.partition("=")
    lowered = unquote_plus(name).lower()
    secret = lowered in SECRET_FIELDS or lowered in _ONLY_IN_PARAMETERS or lowered in more
    return f"{name}={HIDDEN}" if secret and value else name + equals + hidden_in_text(value, more)
