"""The fields of a client's registration, and the rules between them. Reference: docs.globus.org/api/auth/reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Field, Maybe, MoreFields, text_list

ClientType = Literal[
    "client_identity",
    "confidential_client",
    "globus_connect_server",
    "public_installed_client",
    "hybrid_confidential_client_resource_server",
    "resource_server",
]
Visibility = Literal["public", "private"]

Texts = Annotated[Maybe[str | Iterable[str]], Field(encode=text_list)]
# The document has one object for both links. The functions below put it in the place of the first one.
_LINKS = ("terms_and_conditions", "privacy_policy")
Link = Annotated[Maybe[str], Field("links")]
LinkOrNone = Annotated[Maybe[str | None], Field("links")]
MoreClientFields = Annotated[Maybe[Mapping[str, Any] | None], MoreFields()]


def prepare_new_client(given: dict[str, Any]) -> dict[str, Any]:
    """Check the parameters of a new client, and join its links.

    :raises GlobusSDKUsageError: unless exactly one of ``public_client`` and ``client_type`` is given, and both links
        or none
    """
    types = [name for name in ("public_client", "client_type") if given.get(name, MISSING) is not MISSING]
    if len(types) != 1:
        raise GlobusSDKUsageError("give public_client= or client_type=, one of them")
    # An empty link counts as missing.
    return prepare_client_update({name: value for name, value in given.items() if name not in _LINKS or value})


def prepare_client_update(given: dict[str, Any]) -> dict[str, Any]:
    """Check the parameters of a client's update, and join its links.

    :raises GlobusSDKUsageError: if only one link is given, or one is ``None`` and the other is not
    """
    links = {name: given[name] for name in _LINKS if given.get(name, MISSING) is not MISSING}
    if len(links) == 1 or len({value is None for value in links.values()}) == 2:
        raise GlobusSDKUsageError("give terms_and_conditions= and privacy_policy= together, or neither")
    rest = {name: value for name, value in given.items() if name not in _LINKS}
    return {**rest, _LINKS[0]: links} if links else rest


def require_at_most_one(*names: str) -> Any:
    """Make a check for a route's parameters that exclude each other."""

    def check(given: dict[str, Any]) -> dict[str, Any]:
        given_names = [name for name in names if given.get(name, MISSING) is not MISSING]
        if len(given_names) > 1:
            raise GlobusSDKUsageError(f"give {given_names[0]}= or {given_names[1]}=, not both")
        return given

    return check
