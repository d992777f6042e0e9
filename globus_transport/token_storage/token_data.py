"""The tokens for one resource server, as a storage keeps them."""

from __future__ import annotations

from typing import Any

import attrs

from globus_transport.http.documents import DictForm, dict_or_empty, is_int_or_none, is_text, is_text_or_none


def _whole(seconds: Any) -> Any:
    return int(seconds) if isinstance(seconds, float) else seconds


@attrs.define
class TokenStorageData(DictForm):
    """The tokens for one resource server.

    :ivar resource_server: its name
    :ivar identity_id: whose tokens they are; ``None`` if nobody said
    :ivar scope: what they are for; scopes with spaces between them
    :ivar access_token: sent with each request
    :ivar refresh_token: gets a new access token; ``None`` if refresh tokens were not asked for
    :ivar expires_at_seconds: when the access token expires, in seconds since the epoch; ``None`` if nobody knows
    :ivar token_type: ``"Bearer"``, as far as is known
    :ivar extra: further fields
    :raises ValidationError: if a field is of a wrong type
    """

    resource_server: str = attrs.field(validator=is_text)
    identity_id: str | None = attrs.field(validator=is_text_or_none)
    scope: str = attrs.field(validator=is_text)
    access_token: str = attrs.field(validator=is_text, repr=False)
    refresh_token: str | None = attrs.field(validator=is_text_or_none, repr=False)
    expires_at_seconds: int | None = attrs.field(converter=_whole, validator=is_int_or_none)
    token_type: str | None = attrs.field(validator=is_text_or_none)
    extra: dict[str, Any] = attrs.field(default=None, repr=False, converter=dict_or_empty)
