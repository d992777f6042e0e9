"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.http import html_documents as html_documents
from globus_transport.http import html_tables as html_tables
from globus_transport.http import previews as previews
from globus_transport.http.bodies import AsyncByteStream as AsyncByteStream
from globus_transport.http.bodies import ByteStream as ByteStream
from globus_transport.http.bodies import StreamBody as StreamBody
from globus_transport.http.chunks import each_chunk as each_chunk
from globus_transport.http.headers import Headers as Headers
from globus_transport.http.messages import Request as Request
from globus_transport.http.messages import Response as Response
from globus_transport.http.urls import URL as URL
