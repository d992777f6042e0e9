"""Replies, under the name that globus-sdk has for this part."""

from globus_transport.routing.replies import ArrayResponse, GlobusHTTPResponse, IterableResponse

__all__ = ["ArrayResponse", "GlobusHTTPResponse", "IterableResponse"]
