"""The exceptions of Globus Auth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import attrs

from globus_transport.exc.api import GlobusAPIError
from globus_transport.exc.base import GlobusError
from globus_transport.http.messages import Response

if TYPE_CHECKING:
    from globus_transport.exc.documents import ErrorDocument


class AuthAPIError(GlobusAPIError):
    """Globus Auth responded with an error.

    For an error of the token endpoint (RFC 6749, section 5.2), ``code`` is its ``error`` and ``message`` its
    ``error_description``.
    """

    @classmethod
    def from_response(cls, response: Response) -> Self | LoginRequiredError:
        """Make the exception for a response. For a refused refresh token it is a :class:`LoginRequiredError`.

        :param response: an unsuccessful response
        """
        error = cls(response)
        route = response.request.route if response.request is not None else None
        if error.code == "invalid_grant" and route == "oauth2_refresh_token":
            return LoginRequiredError(response)
        return error

    def _read(self) -> ErrorDocument:
        read = super()._read()
        document = self.raw_json or {}
        code, description = document.get("error"), document.get("error_description")
        if read.code is None and isinstance(code, str):
            read = attrs.evolve(read, code=code)
        if not read.messages and isinstance(description, str):
            read = attrs.evolve(read, messages=[description])
        # Globus Auth sends the request id as the id of the single errors.
        ids = {error.get("id") for error in read.errors} - {None}
        if len(ids) == 1:
            read = attrs.evolve(read, request_id=str(ids.pop()))
        return read


class IDTokenError(GlobusError):
    """An id token is not valid. The ``__cause__`` is PyJWT's exception, which says why."""


class LoginRequiredError(AuthAPIError):
    """The refresh token is no longer valid: it expired, was revoked, or was used twice. A new login is required."""

    def __str__(self) -> str:
        return (
            f"the login is no longer valid; log in again: oauth2_start_flow(..., refresh_tokens=True), "
            f"oauth2_get_authorize_url(), oauth2_exchange_code_for_tokens(code); or, with a GlobusApp, "
            f"app.login(force=True). {super().__str__()}"
        )
