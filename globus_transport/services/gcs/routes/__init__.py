"""The routes of Globus Connect Server, one file a subject. Reference: docs.globus.org/globus-connect-server/v5/api."""

from __future__ import annotations

from globus_transport.services.gcs.errors import GCSAPIError
from globus_transport.services.gcs.routes.collections import CollectionRoutes
from globus_transport.services.gcs.routes.endpoint import EndpointRoutes, RoleRoutes
from globus_transport.services.gcs.routes.storage import StorageGatewayRoutes, UserCredentialRoutes


# A printed table begins with the last base.
class GCSRoutes(UserCredentialRoutes, StorageGatewayRoutes, RoleRoutes, CollectionRoutes, EndpointRoutes):
    """Manage an endpoint, its collections, storage gateways, roles and user credentials."""

    service_name = "globus_connect_server"
    error_class = GCSAPIError
