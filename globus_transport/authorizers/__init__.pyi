"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.authorizers.access_token import AccessTokenAuthorizer as AccessTokenAuthorizer
from globus_transport.authorizers.base import BoundAuthorizer as BoundAuthorizer
from globus_transport.authorizers.base import GlobusAuthorizer as GlobusAuthorizer
from globus_transport.authorizers.base import StaticGlobusAuthorizer as StaticGlobusAuthorizer
from globus_transport.authorizers.basic import BasicAuthorizer as BasicAuthorizer
from globus_transport.authorizers.client_credentials import ClientCredentialsAuthorizer as ClientCredentialsAuthorizer
from globus_transport.authorizers.null import NullAuthorizer as NullAuthorizer
from globus_transport.authorizers.refresh_token import RefreshTokenAuthorizer as RefreshTokenAuthorizer
from globus_transport.authorizers.renewing import RenewingAuthorizer as RenewingAuthorizer
