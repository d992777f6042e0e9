"""The tokens for one resource server, as a storage holds them."""

from __future__ import annotations

from typing import Any

import attrs

from globus_transport.http.dict_serializable import (
    DictSerializable,
    check_optional_int,
    check_optional_text,
    check_text,
    to_extra,
)


def _truncate_seconds(seconds: Any) -> Any:
    return int(seconds) if isinstance(seconds, float) else seconds


@attrs.define
class TokenStorageData(DictSerializable):
    """The tokens for one resource server.

    :ivar resource_server: the name of the resource server
    :ivar identity_id: the identity that the tokens belong to; ``None`` if unknown
    :ivar scope: the scopes of the tokens, separated by spaces
    :ivar access_token: the credential for requests
    :ivar refresh_token: gets a new access token; ``None`` if refresh tokens were not requested
    :ivar expires_at_seconds: when the access token expires, in seconds since the epoch; ``None`` if unknown
    :ivar token_type: ``"Bearer"``; ``None`` if unknown
    :ivar extra: further fields
    :raises ValidationError: if a field has the wrong type
    """

    resource_server: str = attrs.field(validator=check_text)
    identity_id: str | None = attrs.field(validator=check_optional_text)
    scope: str = attrs.field(validator=check_text)
    access_token: str = attrs.field(validator=check_text, repr=False)
    refresh_token: str | None = attrs.field(validator=check_optional_text, repr=False)
    expires_at_seconds: int | None = attrs.field(converter=_truncate_seconds, validator=check_optional_int)
    token_type: str | None = attrs.field(validator=check_optional_text)
    extra: dict[str, Any] = attrs.field(default=None, repr=False, converter=to_extra)
