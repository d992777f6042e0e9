"""How much is measured: enough for steady figures, or just enough to see that everything works."""

from __future__ import annotations

import attrs


@attrs.frozen
class Size:
    """How often each thing is done. A round measures every peer once, right after each other."""

    cpu_rounds: int = 40
    cpu_calls: int = 200
    thread_rounds: int = 15
    thread_calls: int = 100
    stack_rounds: int = 30
    stack_calls: int = 500
    process_rounds: int = 20
    asyncio_processes: int = 8
    asyncio_rounds: int = 2
    asyncio_calls: int = 1000
    download_rounds: int = 12
    download_bytes: int = 192 << 20
    asyncio_download_bytes: int = 512 << 20
    renewal_rounds: int = 7
    tls_rounds: int = 12
    tls_calls: int = 20
    expired_rounds: int = 3
    items: int = 100_000
    document_rounds: int = 7
    pages: int = 100
    page_rounds: int = 7


FULL = Size()
SMALL = Size(
    cpu_rounds=2,
    cpu_calls=10,
    thread_rounds=2,
    thread_calls=5,
    stack_rounds=2,
    stack_calls=20,
    process_rounds=2,
    asyncio_processes=1,
    asyncio_rounds=2,
    asyncio_calls=10,
    download_rounds=2,
    download_bytes=4 << 20,
    asyncio_download_bytes=8 << 20,
    renewal_rounds=2,
    tls_rounds=2,
    tls_calls=2,
    expired_rounds=1,
    items=2_000,
    document_rounds=2,
    pages=5,
    page_rounds=2,
)
