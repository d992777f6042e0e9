"""Which servers may see the credential of an authorizer that stands in somebody else's HTTP library."""

from __future__ import annotations

from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer
from globus_transport.exc.base import GlobusSDKUsageError


def bound(authorizer: GlobusAuthorizer | BoundAuthorizer, urls: tuple[str, ...]) -> BoundAuthorizer:
    """The authorizer for the origins of ``urls``, or as it is if it was bound before.

    :raises GlobusSDKUsageError: if nobody said which servers may see the credential, or it was said twice
    """
    if isinstance(authorizer, BoundAuthorizer):
        if urls:
            raise GlobusSDKUsageError(f"the authorizer is bound already, to {', '.join(sorted(authorizer.origins))}")
        return authorizer
    if not isinstance(authorizer, GlobusAuthorizer):
        raise GlobusSDKUsageError(
            f"authorizer: expected one such as AccessTokenAuthorizer(token), got a {type(authorizer).__name__}"
        )
    if not urls:
        raise GlobusSDKUsageError(
            f"give the URL of a server that may see the credential of {type(authorizer).__name__}, such as "
            '"https://transfer.api.globus.org"'
        )
    return authorizer.bound_to(*urls)
