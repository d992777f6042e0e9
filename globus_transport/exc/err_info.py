"""What an error says about how to get past it: other consents, another session.

Source: Globus Auth Requirements Errors, and the error documents of Transfer and Auth.
"""

from __future__ import annotations

from typing import Any

import attrs


@attrs.frozen
class ErrorInfo:
    """Something that an error document may say. False if it does not say it."""

    _found: bool = attrs.field(default=False, repr=False, kw_only=True, alias="found")

    def __bool__(self) -> bool:
        return self._found


@attrs.frozen
class AuthorizationParameterInfo(ErrorInfo):
    """What a new login has to ask for. True if the error names any requirement.

    :ivar session_message: for the user
    :ivar session_required_identities: identities that must be in the session
    :ivar session_required_single_domain: domains of which one must be in the session
    :ivar session_required_policies: policies that the session must satisfy
    :ivar session_required_mfa: whether a second factor is needed
    """

    session_message: str | None = None
    session_required_identities: list[str] | None = None
    session_required_single_domain: list[str] | None = None
    session_required_policies: list[str] | None = None
    session_required_mfa: bool | None = None

    @classmethod
    def of(cls, document: dict[str, Any]) -> AuthorizationParameterInfo:
        """Read it from an error document."""
        given = document.get("authorization_parameters")
        if not isinstance(given, dict):
            return cls()
        message = given.get("session_message")
        mfa = given.get("session_required_mfa")
        return cls(
            found=True,
            session_message=message if isinstance(message, str) else None,
            session_required_identities=_texts(given.get("session_required_identities")),
            session_required_single_domain=_texts(given.get("session_required_single_domain")),
            session_required_policies=_texts(given.get("session_required_policies")),
            session_required_mfa=mfa if isinstance(mfa, bool) else None,
        )


@attrs.frozen
class ConsentRequiredInfo(ErrorInfo):
    """Which scopes the user has to consent to. True if the error is of that kind.

    :ivar required_scopes: the scopes
    """

    required_scopes: list[str] = attrs.field(factory=list)

    @classmethod
    def of(cls, document: dict[str, Any]) -> ConsentRequiredInfo:
        """Read it from an error document: Transfer lists its scopes, action providers name one."""
        scopes = _texts(document.get("required_scopes"))
        if scopes is None and isinstance(document.get("required_scope"), str):
            scopes = [document["required_scope"]]
        if document.get("code") != "ConsentRequired" or not scopes:
            return cls()
        return cls(found=True, required_scopes=scopes)


@attrs.frozen
class ErrorInfoContainer:
    """What an error says besides code and message.

    :ivar authorization_parameters: see :class:`AuthorizationParameterInfo`
    :ivar consent_required: see :class:`ConsentRequiredInfo`
    """

    authorization_parameters: AuthorizationParameterInfo
    consent_required: ConsentRequiredInfo

    @classmethod
    def of(cls, document: dict[str, Any]) -> ErrorInfoContainer:
        """Read all of it from an error document."""
        return cls(AuthorizationParameterInfo.of(document), ConsentRequiredInfo.of(document))


def _texts(value: Any) -> list[str] | None:
    # A list, or the same as text with commas.
    if isinstance(value, str):
        return value.split(",")
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return list(value)
    return None
