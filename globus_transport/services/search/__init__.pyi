"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.services.search.async_client import AsyncSearchClient as AsyncSearchClient
from globus_transport.services.search.client import SearchClient as SearchClient
from globus_transport.services.search.data import SearchQueryV1 as SearchQueryV1
from globus_transport.services.search.data import SearchScrollQuery as SearchScrollQuery
from globus_transport.services.search.errors import SearchAPIError as SearchAPIError
from globus_transport.services.search.response import IndexListResponse as IndexListResponse
from globus_transport.services.search.response import SearchResponse as SearchResponse
