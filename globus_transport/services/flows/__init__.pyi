"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.services.flows.async_client import AsyncFlowsClient as AsyncFlowsClient
from globus_transport.services.flows.async_client import AsyncSpecificFlowClient as AsyncSpecificFlowClient
from globus_transport.services.flows.client import FlowsClient as FlowsClient
from globus_transport.services.flows.client import SpecificFlowClient as SpecificFlowClient
from globus_transport.services.flows.data import RunActivityNotificationPolicy as RunActivityNotificationPolicy
from globus_transport.services.flows.errors import FlowsAPIError as FlowsAPIError
from globus_transport.services.flows.response import IterableFlowsResponse as IterableFlowsResponse
from globus_transport.services.flows.response import IterableRegisteredAPIsResponse as IterableRegisteredAPIsResponse
from globus_transport.services.flows.response import IterableRunLogsResponse as IterableRunLogsResponse
from globus_transport.services.flows.response import IterableRunsResponse as IterableRunsResponse
from globus_transport.services.flows.response import IterableWebInputsResponse as IterableWebInputsResponse
