"""Globus Auth Requirements Errors: what a service wants of a login before it carries out a call.

Services say it in several forms; :func:`to_gare` reads them all (docs.globus.org, "Globus Auth Requirements Errors",
and the error documents of Transfer, of action providers and of Auth).
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

#: What may be, or hold, such an error.
ErrorLike = Union[GlobusAPIError, ErrorSubdocument, Mapping[str, Any]]

_LISTS = ("session_required_identities", "session_required_policies", "session_required_single_domain")


@attrs.define(kw_only=True)
class GlobusAuthorizationParameters(DictSerializable):
    """What a login has to ask for, besides the scopes that are needed anyway.

    :ivar session_message: shown to the user
    :ivar session_required_identities: identities that must be in the session
    :ivar session_required_policies: policies that the session must satisfy
    :ivar session_required_single_domain: domains of which one must be in the session
    :ivar session_required_mfa: whether a second factor is needed
    :ivar required_scopes: texts of scopes that the user must consent to
    :ivar prompt: ``"login"`` asks for a login even if there is a session
    :ivar extra: further fields
    :raises ValidationError: if a field is of a wrong type
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


def _are_parameters(_owner: object, _field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, GlobusAuthorizationParameters):
        raise ValidationError(
            f"GARE: 'authorization_parameters' should be GlobusAuthorizationParameters or a dict, "
            f"it is a {type(value).__name__}"
        )


@attrs.define
class GARE(DictSerializable):
    """A refusal that a login of a certain kind gets past.

    :ivar code: the error's code, such as ``ConsentRequired``
    :ivar authorization_parameters: what the login has to ask for
    :ivar extra: further fields of the error
    :raises ValidationError: if a field is of a wrong type
    """

    code: str = attrs.field(validator=check_text)
    authorization_parameters: GlobusAuthorizationParameters = attrs.field(
        converter=_to_parameters, validator=_are_parameters
    )
    extra: dict[str, Any] = attrs.field(default=None, repr=False, kw_only=True, converter=to_extra)


def to_gare(error: ErrorLike) -> GARE | None:
    """The first demand for a login that an error holds, or ``None``.

    :param error: an exception, one of its errors, or the document of an error
    """
    return next((found for found in map(_read, _documents(error)) if found is not None), None)


def to_gares(errors: Iterable[ErrorLike]) -> list[GARE]:
    """Every demand for a login that these errors hold."""
    return [found for error in errors for found in map(_read, _documents(error)) if found is not None]


def is_gare(error: ErrorLike) -> bool:
    """Whether an error holds a demand for a login."""
    return to_gare(error) is not None


def has_gares(errors: Iterable[ErrorLike]) -> bool:
    """Whether any of these errors does."""
    return any(map(is_gare, errors))


def _documents(error: ErrorLike) -> list[Any]:
    if isinstance(error, ErrorSubdocument):
        return [error.raw]
    if not isinstance(error, GlobusAPIError):
        return [error]
    whole = error.raw_json
    # An error without a list of errors counts itself as the only one.
    return [whole, *(one.raw for one in error.errors if one.raw is not whole and one.raw != whole)]


def _read(document: Any) -> GARE | None:
    if not isinstance(document, Mapping):
        return None
    given = document.get("authorization_parameters")
    scopes = _demanded_scopes(document)
    if not isinstance(given, Mapping) and scopes is None:
        return None
    parameters = _without_commas(given) if isinstance(given, Mapping) else {}
    if scopes is not None:
        message = document.get("message", document.get("description"))
        parameters = {"required_scopes": scopes, "session_message": message, **parameters}
    code = document.get("code")
    if code is None:
        code = "AuthorizationRequired" if scopes is None else "ConsentRequired"
    extra = {name: value for name, value in document.items() if name not in ("code", "authorization_parameters")}
    try:
        return GARE(code, GlobusAuthorizationParameters.from_dict(parameters), extra=extra)
    except ValidationError:
        # It only looks like one: an error that demands nothing one could ask for.
        return None


def _demanded_scopes(document: Mapping[str, Any]) -> Any:
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


def _without_commas(given: Mapping[str, Any]) -> dict[str, Any]:
    # Older services send lists as texts with commas.
    lists = {name: given[name].split(",") for name in _LISTS if isinstance(given.get(name), str)}
    return {**given, **lists}
