"""What every client has, under the name that globus-sdk has for this part."""

from globus_transport.routing.client import BaseClient

__all__ = ["BaseClient"]
