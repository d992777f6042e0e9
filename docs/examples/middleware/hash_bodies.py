"""A middleware that computes a checksum of streamed bodies while they are read."""

import hashlib

from globus_transport import Flow, Request, each_chunk, send

checksum = hashlib.sha256()


def hash_bodies(request: Request) -> Flow:
    response = yield from send(request)
    return each_chunk(response, update_checksum)


def update_checksum(chunk: bytes) -> bytes:
    checksum.update(chunk)
    return chunk
