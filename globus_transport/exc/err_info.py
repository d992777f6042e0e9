"""The consents or the login that a service requires, read from its error document.

Source: docs.globus.org, "Globus Auth Requirements Errors", and the error documents of Transfer and Auth.
"""

from __future__ import annotations

from typing import Any

import attrs


@attrs.frozen
class ErrorInfo:
    """Information that an error document may hold. It is false if the document does not hold it.

    :ivar found: whether the document holds it
    """

    _found: bool = attrs.field(default=False, repr=False, kw_only=True, alias="found")

    def __bool__(self) -> bool:
        return self._found


@attrs.frozen
class AuthorizationParameterInfo(ErrorInfo):
    """The parameters of the required login. It is true if the document has any.

    :ivar session_message: shown to the user
    :ivar session_required_identities: ids of identities that must be in the session
    :ivar session_required_single_domain: domains; the session must have an identity of one of them
    :ivar session_required_policies: ids of policies that the session must satisfy
    :ivar session_required_mfa: whether multi-factor authentication is required
    :ivar found: whether the document has ``authorization_parameters``
    """

    session_message: str | None = None
    session_required_identities: list[str] | None = None
    session_required_single_domain: list[str] | None = None
    session_required_policies: list[str] | None = None
    session_required_mfa: bool | None = None

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> AuthorizationParameterInfo:
        """Read the parameters from an error document.

        :param document: the error document
        """
        given = document.get("authorization_parameters")
        if not isinstance(given, dict):
            return cls()
        message = given.get("session_message")
        mfa = given.get("session_required_mfa")
        return cls(
            found=True,
            session_message=message if isinstance(message, str) else None,
            session_required_identities=_read_texts(given.get("session_required_identities")),
            session_required_single_domain=_read_texts(given.get("session_required_single_domain")),
            session_required_policies=_read_texts(given.get("session_required_policies")),
            session_required_mfa=mfa if isinstance(mfa, bool) else None,
        )


@attrs.frozen
class ConsentRequiredInfo(ErrorInfo):
    """The scopes that the user has to consent to. It is true if the error's code is ``ConsentRequired``.

    :ivar required_scopes: scope strings
    :ivar found: whether the document names scopes
    """

    required_scopes: list[str] = attrs.field(factory=list)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> ConsentRequiredInfo:
        """Read the scopes from an error document: Transfer sends a list, action providers send a single scope.

        :param document: the error document
        """
        scopes = _read_texts(document.get("required_scopes"))
        if scopes is None and isinstance(document.get("required_scope"), str):
            scopes = [document["required_scope"]]
        if document.get("code") != "ConsentRequired" or not scopes:
            return cls()
        return cls(found=True, required_scopes=scopes)


@attrs.frozen
class ErrorInfoContainer:
    """The information of an error document besides its code and messages.

    :ivar authorization_parameters: see :class:`AuthorizationParameterInfo`
    :ivar consent_required: see :class:`ConsentRequiredInfo`
    """

    authorization_parameters: AuthorizationParameterInfo
    consent_required: ConsentRequiredInfo

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> ErrorInfoContainer:
        """Read all information from an error document.

        :param document: the error document
        """
        return cls(AuthorizationParameterInfo.from_document(document), ConsentRequiredInfo.from_document(document))


def _read_texts(value: Any) -> list[str] | None:
    # Older services send a list as text with commas.
    if isinstance(value, str):
        return value.split(",")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return list(value)
    return None
