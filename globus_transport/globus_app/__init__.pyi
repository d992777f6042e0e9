"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.globus_app.app import GlobusApp as GlobusApp
from globus_transport.globus_app.client_app import ClientApp as ClientApp
from globus_transport.globus_app.config import GlobusAppConfig as GlobusAppConfig
from globus_transport.globus_app.config import IDTokenDecoderProvider as IDTokenDecoderProvider
from globus_transport.globus_app.config import LoginFlowManagerProvider as LoginFlowManagerProvider
from globus_transport.globus_app.config import TokenStorageProvider as TokenStorageProvider
from globus_transport.globus_app.config import TokenValidationErrorHandler as TokenValidationErrorHandler
from globus_transport.globus_app.user_app import UserApp as UserApp
