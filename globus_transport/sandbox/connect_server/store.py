"""The state of Globus Connect Server, except for its collections: those are the collections of the sandbox."""

from __future__ import annotations

import copy
import threading
import uuid
from typing import Literal

from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document, Records

EndpointRole = Literal["owner", "administrator", "activity_manager", "activity_monitor"]

ENDPOINT_ROLES: tuple[EndpointRole, ...] = ("owner", "administrator", "activity_manager", "activity_monitor")
#: The connector of POSIX file systems.
POSIX = "145812c8-decc-41f1-83cf-bb2a85a2a70b"

_NEW_ENDPOINT: Document = {
    "display_name": "Sandbox endpoint",
    "organization": "Sandbox",
    "department": None,
    "contact_email": None,
    "contact_info": None,
    "description": None,
    "info_link": None,
    "keywords": [],
    "gridftp_control_channel_port": 443,
    "network_use": "normal",
    "max_concurrency": 4,
    "max_parallelism": 8,
    "preferred_concurrency": 2,
    "preferred_parallelism": 4,
    "allow_udt": False,
    "public": True,
    "subscription_id": None,
}


class ConnectServerStore:
    """The endpoint with its storage gateways, roles and user credentials, and the settings of its collections.

    :param owner_id: the id of the identity that owns the endpoint
    """

    def __init__(self, owner_id: str) -> None:
        self._lock = threading.Lock()
        self._endpoint: Document = {"id": str(uuid.uuid4()), **_NEW_ENDPOINT}
        self._settings: dict[str, Document] = {}
        self.gateways = Records()
        self.credentials = Records()
        self.roles = Records()
        self.roles.add({"principal_type": "identity", "principal": owner_id, "role": "owner"})
        self._gateway_id = self.add_storage_gateway("Sandbox storage")

    @property
    def endpoint_id(self) -> str:
        """The id of the endpoint, which is its client id and the resource server of its scopes, too."""
        with self._lock:
            return str(self._endpoint["id"])

    @property
    def gateway_id(self) -> str:
        """The id of the storage gateway that a sandbox starts with."""
        with self._lock:
            return self._gateway_id

    def add_storage_gateway(self, display_name: str, *, connector_id: str = POSIX, root: str = "/") -> str:
        """Add a storage gateway.

        :param display_name: its name
        :param connector_id: the id of the connector for its storage system
        :param root: the folder on the storage system that is the root of its collections
        :return: its id
        """
        return str(self.gateways.add(new_gateway(display_name, connector_id, root))["id"])

    def set_role(self, identity: Identity, role: EndpointRole) -> str:
        """Give an identity a role on the endpoint, whatever the rules of the service say.

        :param identity: an identity that the sandbox knows
        :param role: ``owner``, ``administrator``, ``activity_manager`` or ``activity_monitor``
        :return: the id of the role
        :raises ValueError: if there is no such role
        """
        if role not in ENDPOINT_ROLES:
            raise ValueError(f"role={role!r}: give one of {ENDPOINT_ROLES}")
        fields = {"principal_type": "identity", "principal": identity.id, "role": role}
        held = self.roles.where(**fields)
        return str((held[0] if held else self.roles.add(fields))["id"])

    def endpoint(self) -> Document:
        """The settings of the endpoint."""
        with self._lock:
            return copy.deepcopy(self._endpoint)

    def update_endpoint(self, changes: Document) -> None:
        """Change settings of the endpoint."""
        with self._lock:
            self._endpoint |= copy.deepcopy(changes)

    def settings_of(self, collection_id: str) -> Document:
        """The settings of a collection that Transfer does not have; empty if none was set."""
        with self._lock:
            return copy.deepcopy(self._settings.get(collection_id, {}))

    def update_settings(self, collection_id: str, changes: Document) -> None:
        """Change settings of a collection."""
        with self._lock:
            self._settings.setdefault(collection_id, {}).update(copy.deepcopy(changes))

    def forget_collection(self, collection_id: str) -> None:
        """Remove the settings of a collection that was deleted."""
        with self._lock:
            self._settings.pop(collection_id, None)

    def dump(self) -> Document:
        """What outlives the sandbox, as a JSON document."""
        with self._lock:
            document = copy.deepcopy(
                {"endpoint": self._endpoint, "settings": self._settings, "gateway": self._gateway_id}
            )
        return {
            **document,
            "gateways": self.gateways.where(),
            "credentials": self.credentials.where(),
            "roles": self.roles.where(),
        }

    def load(self, document: Document) -> None:
        """Replace everything by what :meth:`dump` returned.

        :raises KeyError: if the document is incomplete
        """
        document = copy.deepcopy(document)
        with self._lock:
            self._endpoint = document["endpoint"]
            self._settings = document["settings"]
            self._gateway_id = document["gateway"]
        for records, name in ((self.gateways, "gateways"), (self.credentials, "credentials"), (self.roles, "roles")):
            records.clear()
            for record in document[name]:
                records.add(record)


def new_gateway(display_name: str, connector_id: str, root: str) -> Document:
    """The document of a new storage gateway, with the values that a request may leave out."""
    return {
        "display_name": display_name,
        "connector_id": connector_id,
        "root": root,
        "identity_mappings": [],
        "allowed_domains": ["sandbox.example"],
        "high_assurance": False,
        "require_mfa": False,
        "authentication_timeout_mins": 15840,
        "users_allow": [],
        "users_deny": [],
        "policies": {"DATA_TYPE": "posix_storage_policies#1.0.0", "groups_allow": [], "groups_deny": []}
        if connector_id == POSIX
        else {},
    }
