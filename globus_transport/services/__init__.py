"""The services of Globus, one package each.

A package has the clients for threads (``client``) and for asyncio (``async_client``), the ``routes``, and the service's
own documents (``data``), replies (``response``) and ``errors``.
"""
