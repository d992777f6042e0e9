"""What ``client.paginated`` gives, under the name that globus-sdk has for this part."""

from globus_transport.routing.bound import Paginator

__all__ = ["Paginator"]
