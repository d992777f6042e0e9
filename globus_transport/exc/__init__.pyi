"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.exc import documents as documents
from globus_transport.exc import err_info as err_info
from globus_transport.exc.api import GlobusAPIError as GlobusAPIError
from globus_transport.exc.base import GlobusConnectionError as GlobusConnectionError
from globus_transport.exc.base import GlobusConnectionTimeoutError as GlobusConnectionTimeoutError
from globus_transport.exc.base import GlobusError as GlobusError
from globus_transport.exc.base import GlobusSDKUsageError as GlobusSDKUsageError
from globus_transport.exc.base import GlobusTimeoutError as GlobusTimeoutError
from globus_transport.exc.base import MiddlewareError as MiddlewareError
from globus_transport.exc.base import NetworkError as NetworkError
from globus_transport.exc.base import RedirectError as RedirectError
from globus_transport.exc.base import ReplyFormatError as ReplyFormatError
from globus_transport.exc.base import ValidationError as ValidationError
from globus_transport.exc.convert import convert_request_exception as convert_request_exception
from globus_transport.exc.documents import ErrorSubdocument as ErrorSubdocument
from globus_transport.exc.err_info import AuthorizationParameterInfo as AuthorizationParameterInfo
from globus_transport.exc.err_info import ConsentRequiredInfo as ConsentRequiredInfo
from globus_transport.exc.err_info import ErrorInfo as ErrorInfo
from globus_transport.exc.err_info import ErrorInfoContainer as ErrorInfoContainer
from globus_transport.exc.warnings import RemovedInV5Warning as RemovedInV5Warning
from globus_transport.exc.warnings import warn_deprecated as warn_deprecated
