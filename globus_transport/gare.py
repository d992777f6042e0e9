"""Globus Auth Requirements Errors (GAREs): a service refuses a call until the user logs in with given parameters.

Services send them in several formats, and :func:`to_gare` reads them all. Source: docs.globus.org, "Globus Auth
Requirements Errors", and the error documents of Transfer, of action providers and of Auth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Union

import attrs

from globus_transport.exc.api import GlobusAPIError
from globus_transport.exc.base import ValidationError
from globus_transport.exc.documents import ErrorSubdocument
from globus_transport.http.dict_serializable import (
    DictSerializable,
    check_optional_bool,
    check_optional_text,
    check_optional_texts,
    check_text,
    to_extra,
)

__all__ = ["GARE", "GlobusAuthorizationParameters", "has_gares", "is_gare", "to_gare", "to_gares"]

#: What may be a GARE, or hold one.
ErrorLike = Union[GlobusAPIError, ErrorSubdocument, Mapping[str, Any]]

# Of a document that asks for consent: what becomes the parameters of the login.
_OF_CONSENT = ("code", "authorization_parameters", "required_scopes", "required_scope", "error", "errors")
_LISTS = ("session_required_identities", "session_required_policies", "session_required_single_domain")


@attrs.define(kw_only=True)
class GlobusAuthorizationParameters(DictSerializable):
    """The parameters of a login, in addition to the application's own scopes.

    :ivar session_message: shown to the user
    :ivar session_required_identities: ids of identities that must be in the session
    :ivar session_required_policies: ids of policies that the session must satisfy
    :ivar session_required_single_domain: domains; the session must have an identity of one of them
    :ivar session_required_mfa: whether multi-factor authentication is required
    :ivar required_scopes: scope strings that the user must consent to
    :ivar prompt: ``"login"`` forces a login even if there is a session
    :ivar extra: further fields
    :raises ValidationError: if a field has the wrong type
    """

    session_message: str | None = attrs.field(default=None, validator=check_optional_text)
    session_required_identities: list[str] | None = attrs.field(default=None, validator=check_optional_texts)
    session_required_policies: list[str] | None = attrs.field(default=None, validator=check_optional_texts)
    session_required_single_domain: list[str] | None = attrs.field(default=None, validator=check_optional_texts)
    session_required_mfa: bool | None = attrs.field(default=None, validator=check_optional_bool)
    required_scopes: list[str] | None = attrs.field(default=None, validator=check_optional_texts)
    prompt: str | None = attrs.field(default=None, validator=check_optional_text)
    extra: dict[str, Any] = attrs.field(default=None, repr=False, kw_only=True, converter=to_extra)


def _to_parameters(given: Any) -> Any:
    return GlobusAuthorizationParameters.from_dict(given) if isinstance(given, Mapping) else given


def _check_parameters(_owner: object, _field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, GlobusAuthorizationParameters):
        raise ValidationError(
            f"GARE: 'authorization_parameters' should be GlobusAuthorizationParameters or a dict, "
            f"it is a {type(value).__name__}"
        )


@attrs.define
class GARE(DictSerializable):
    """A Globus Auth Requirements Error.

    :ivar code: the error's code, such as ``ConsentRequired``
    :ivar authorization_parameters: the parameters of the required login
    :ivar extra: further fields of the error
    :raises ValidationError: if a field has the wrong type
    """

    code: str = attrs.field(validator=check_text)
    authorization_parameters: GlobusAuthorizationParameters = attrs.field(
        converter=_to_parameters, validator=_check_parameters
    )
    extra: dict[str, Any] = attrs.field(default=None, repr=False, kw_only=True, converter=to_extra)


def to_gare(error: ErrorLike) -> GARE | None:
    """Find the first GARE in an error; ``None`` if it has none.

    :param error: an exception, one of its subdocuments, or the document of an error
    """
    return next((gare for gare in map(_read_gare, _list_documents(error)) if gare is not None), None)


def to_gares(errors: Iterable[ErrorLike]) -> list[GARE]:
    """Find all GAREs in these errors."""
    return [gare for error in errors for gare in map(_read_gare, _list_documents(error)) if gare is not None]


def is_gare(error: ErrorLike) -> bool:
    """Whether an error is or holds a GARE."""
    return to_gare(error) is not None


def has_gares(errors: Iterable[ErrorLike]) -> bool:
    """Whether any of these errors is or holds a GARE."""
    return any(map(is_gare, errors))


def _list_documents(error: ErrorLike) -> list[Any]:
    if isinstance(error, ErrorSubdocument):
        return [error.raw]
    if not isinstance(error, GlobusAPIError):
        return [error]
    whole = error.raw_json
    # The errors of a document without a list of errors are the document itself.
    return [whole, *(part.raw for part in error.errors if part.raw is not whole and part.raw != whole)]


def _read_gare(document: Any) -> GARE | None:
    if not isinstance(document, Mapping):
        return None
    given = document.get("authorization_parameters")
    scopes = _find_required_scopes(document)
    if not isinstance(given, Mapping) and scopes is None:
        return None
    parameters = _split_comma_lists(given) if isinstance(given, Mapping) else {}
    if scopes is not None:
        message = document.get("message", document.get("description"))
        parameters = {"required_scopes": scopes, "session_message": message, **parameters}
    code = document.get("code")
    if code is None:
        code = "AuthorizationRequired" if scopes is None else "ConsentRequired"
    known = ("code", "authorization_parameters") if scopes is None else _OF_CONSENT
    extra = {name: value for name, value in document.items() if name not in known}
    try:
        return GARE(code, GlobusAuthorizationParameters.from_dict(parameters), extra=extra)
    except ValidationError:
        # The document resembles a GARE, but has no usable parameters.
        return None


def _find_required_scopes(document: Mapping[str, Any]) -> Any:
    if document.get("code") == "ConsentRequired":
        if "required_scopes" in document:
            return document["required_scopes"]
        if "required_scope" in document:
            return [document["required_scope"]]
    if document.get("error") == "dependent_consent_required":
        errors = document.get("errors")
        if isinstance(errors, list) and errors and isinstance(errors[0], Mapping):
            return errors[0].get("unapproved_scopes")
    return None


def _split_comma_lists(given: Mapping[str, Any]) -> dict[str, Any]:
    # Older services send a list as text with commas.
    lists = {name: given[name].split(",") for name in _LISTS if isinstance(given.get(name), str)}
    return {**given, **lists}
