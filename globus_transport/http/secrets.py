"""Credentials in the query and fragment of URLs: which parameters hold them, and how they are hidden in print."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, unquote_plus

HIDDEN = "<hidden>"

#: Members of a document and fields of a form or query whose values are credentials: those of OAuth 2 (RFC 6749,
#: 7521, 7636, 7662, 8628, 8693) and of Globus. The URL of a message queue of Globus Compute has a password in it.
SECRET_FIELDS = frozenset(
    {
        "access_token",
        "actor_token",
        "assertion",
        "ceph_admin_secret_key",
        "client_assertion",
        "client_secret",
        "clientsecret",
        "code_verifier",
        "connection_url",
        "device_code",
        "globus_connect_setup_key",
        "id_token",
        "passphrase",
        "password",
        "private_key",
        "privatekey",
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

# A fragment holds the reply of OAuth 2's implicit grant (RFC 6749, section 4.2.2).
_QUERY = re.compile(r"(?<=[?#])[^#\s\"'<>]+")
_MOST_QUOTING = 5


def hidden_in_text(text: str, more: frozenset[str] = frozenset()) -> str:
    """A URL, or a text with URLs, without the values of parameters that are credentials.

    :param more: names of further parameters, in lower case
    """
    if "?" not in text and "#" not in text:
        return str(text)
    return _QUERY.sub(lambda query: hidden_in_query(query[0], more), text)


def hidden_in_query(text: str, more: frozenset[str] = frozenset()) -> str:
    """The parameters of a form or a query, without the values of those that are credentials."""
    return _without_secrets(text, more, 0)


def is_secret_parameter(name: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether the value of a parameter of this name is a credential."""
    lowered = name.lower()
    return lowered in SECRET_FIELDS or lowered in _ONLY_IN_PARAMETERS or lowered in more


def _without_secrets(text: str, more: frozenset[str], quoting: int) -> str:
    return "&".join(_parameter(parameter, more, quoting) for parameter in text.split("&"))


def _parameter(text: str, more: frozenset[str], quoting: int) -> str:
    # There are several names if the value is a URL with parameters.
    pieces = text.split("=")
    for number, piece in enumerate(pieces[:-1], 1):
        name = unquote_plus(piece).replace("#", "?").rpartition("?")[2]
        if is_secret_parameter(name, more):
            return "=".join([*pieces[:number], HIDDEN]) if any(pieces[number:]) else text
    return _quoted_parameter(text, more, quoting)


def _quoted_parameter(text: str, more: frozenset[str], quoting: int) -> str:
    value = text[text.find("=") + 1 :]
    plain = unquote(value)
    if plain == value:
        return text
    # A URL in a URL in a URL: what is quoted more often is hidden without looking.
    hidden = HIDDEN if quoting == _MOST_QUOTING else _without_secrets(plain, more, quoting + 1)
    if hidden == plain:
        return text
    return text[: len(text) - len(value)] + quote(hidden, safe="<>", errors="replace")
