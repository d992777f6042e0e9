"""The fields of a client's registration, and what holds between them. Reference: docs.globus.org/api/auth/reference."""

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
# Both links are one object of the document, which the rules below put together in the place of the first.
_LINKS = ("terms_and_conditions", "privacy_policy")
Link = Annotated[Maybe[str], Field("links")]
LinkOrNone = Annotated[Maybe[str | None], Field("links")]
MoreClientFields = Annotated[Maybe[Mapping[str, Any] | None], MoreFields()]


def new_client(given: dict[str, Any]) -> dict[str, Any]:
    """The rule for a new client: one word about its kind, and both links or none.

    :raises GlobusSDKUsageError: if it is broken
    """
    kinds = [name for name in ("public_client", "client_type") if given.get(name, MISSING) is not MISSING]
    if len(kinds) != 1:
        raise GlobusSDKUsageError("give public_client= or client_type=, one of them")
    # An empty link is none.
    return changed_client({name: value for name, value in given.items() if name not in _LINKS or value})


def changed_client(given: dict[str, Any]) -> dict[str, Any]:
    """The rule for a change: both links or none, each as text, or ``None`` for both.

    :raises GlobusSDKUsageError: if it is broken
    """
    links = {name: given[name] for name in _LINKS if given.get(name, MISSING) is not MISSING}
    if len(links) == 1 or len({value is None for value in links.values()}) == 2:
        raise GlobusSDKUsageError("give terms_and_conditions= and privacy_policy= together, or neither")
    rest = {name: value for name, value in given.items() if name not in _LINKS}
    return {**rest, _LINKS[0]: links} if links else rest


def only_one_of(*names: str) -> Any:
    """A rule for parameters that exclude each other."""

    def check(given: dict[str, Any]) -> dict[str, Any]:
        found = [name for name in names if given.get(name, MISSING) is not MISSING]
        if len(found) > 1:
            raise GlobusSDKUsageError(f"give {found[0]}= or {found[1]}=, not both")
        return given

    return check
