"""The owner of a Globus Connect Personal endpoint, read from a line of its file ``gridmap``.

Such a line has a certificate's name in quotes, and the name of a local user. The last part of the certificate's name
stands for the owner: ``u_`` and the id of the identity in base 32, or for older endpoints a name of Globus ID.
"""

from __future__ import annotations

import base64
import shlex
import uuid

from globus_transport.exc.base import GlobusSDKUsageError

#: How the name of an owner's certificate begins.
DN_START = "/C=US/O=Globus Consortium/OU=Globus Connect User/CN="


class GlobusConnectPersonalOwnerInfo:
    """The owner of a Globus Connect Personal endpoint. :meth:`LocalGlobusConnectPersonal.get_owner_info` makes it.

    :param config_dn: a line of the file ``gridmap``
    :ivar id: the id of the owner's identity; ``None`` if the line has a name
    :ivar username: the owner's user name; ``None`` if the line has an id
    :raises GlobusSDKUsageError: if the line is not that of an owner
    """

    id: str | None
    username: str | None

    def __init__(self, *, config_dn: str) -> None:
        name = _read_name(config_dn)
        self.id = _decode_id(name)
        self.username = f"{name}@globusid.org" if self.id is None else None

    def __repr__(self) -> str:
        owner = f"username={self.username}" if self.id is None else f"id={self.id}"
        return f"{type(self).__name__}({owner})"


def _read_name(line: str) -> str:
    """The owner's part of the certificate's name."""
    try:
        dn, _local_user = shlex.split(line)
    except ValueError:
        raise GlobusSDKUsageError(
            f"config_dn={line!r}: expected a certificate's name in quotes, and the name of a local user"
        ) from None
    name = dn.removeprefix(DN_START)
    if name == dn or not name:
        raise GlobusSDKUsageError(f"config_dn: the certificate's name {dn!r} is not {DN_START!r} and an owner")
    return name


def _decode_id(name: str) -> str | None:
    """The id of an identity; ``None`` if the text is a name of Globus ID."""
    text = name.removeprefix("u_")
    if text == name or len(text) != 26:
        return None
    try:
        # 26 characters are the 16 bytes of a UUID; base 32 fills them up to 32.
        return str(uuid.UUID(bytes=base64.b32decode(text.upper() + "======")))
    except ValueError:
        return None
