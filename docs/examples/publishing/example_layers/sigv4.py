"""Signs requests with AWS Signature Version 4 (AWS General Reference, "Create a signed
AWS API request")."""

import hashlib
import hmac
import posixpath
import time
from collections.abc import Callable
from functools import reduce
from urllib.parse import parse_qsl, quote

import attrs

from globus_transport import (
    Flow,
    GlobusSDKUsageError,
    Place,
    Request,
    Steps,
    StreamBody,
    run,
    send,
)

UNSIGNED = "UNSIGNED-PAYLOAD"
# Proxies and HTTP libraries add or change these.
_NOT_SIGNED = frozenset(
    {
        "authorization",
        "connection",
        "expect",
        "proxy-authorization",
        "transfer-encoding",
        "user-agent",
    }
)


@attrs.frozen
class SigV4:
    """Sign requests to services of AWS, and to others that accept such signatures, such
    as S3-compatible stores.

    Restrict the layer to its servers::

        signer = SigV4(key_id, secret_key, region="us-east-1", service="s3")
        only_for(signer, "https://bucket.s3.amazonaws.com")

    :param key_id: the access key ID
    :param secret_key: the secret access key
    :param token: the session token of temporary credentials
    :param clock: returns the time in seconds since the epoch
    """

    key_id: str
    secret_key: str = attrs.field(repr=False)
    region: str = attrs.field(kw_only=True)
    service: str = attrs.field(kw_only=True)
    token: str | None = attrs.field(default=None, repr=False, kw_only=True)
    clock: Callable[[], float] = attrs.field(
        default=time.time, repr=False, kw_only=True
    )

    place = Place(
        innermost=True, reason="the signature covers the headers that are sent"
    )

    def __call__(self, request: Request) -> Flow:
        payload_hash = yield from self._hash_payload(request)
        return (yield from send(self.sign(request, payload_hash)))

    def _hash_payload(self, request: Request) -> Steps[str]:
        body = request.body
        if not isinstance(body, StreamBody):
            return hashlib.sha256(body or b"").hexdigest()
        if body.replayable and body.readable:
            # It may be a large file, which would block the event loop.
            return (yield from run(_hash_stream, body))
        if self.service == "s3":
            return UNSIGNED
        raise GlobusSDKUsageError(
            f"{request!r}: the signature needs the body; give it as bytes or as a file"
        )

    def sign(self, request: Request, payload_hash: str) -> Request:
        """The request with its signature."""
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.clock()))
        request = request.with_header("X-Amz-Date", now).with_header(
            "X-Amz-Content-Sha256", payload_hash
        )
        if self.token is not None:
            request = request.with_header("X-Amz-Security-Token", self.token)
        request = request.with_wire_headers()
        headers = request.headers
        names = sorted({name.lower() for name in headers} - _NOT_SIGNED)
        values = {
            name: ",".join(" ".join(value.split()) for value in headers.get_all(name))
            for name in names
        }
        path, _, query = request.url.target.partition("?")
        canonical_request = "\n".join(
            [
                request.method,
                path if self.service == "s3" else _canonical_path(path),
                _canonical_query(query),
                *(f"{name}:{values[name]}" for name in names),
                "",
                signed_names := ";".join(names),
                payload_hash,
            ]
        )
        scope = f"{now[:8]}/{self.region}/{self.service}/aws4_request"
        digest = hashlib.sha256(canonical_request.encode("latin-1")).hexdigest()
        key = reduce(_hmac, scope.split("/"), f"AWS4{self.secret_key}".encode())
        signature = _hmac(key, f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{digest}").hex()
        credential = f"Credential={self.key_id}/{scope}, SignedHeaders={signed_names}"
        value = f"AWS4-HMAC-SHA256 {credential}, Signature={signature}"
        return request.with_header("Authorization", value)

    def __str__(self) -> str:
        return f"SigV4 as {self.key_id}, {self.service} in {self.region}"


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _hash_stream(body: StreamBody) -> str:
    digest = hashlib.sha256()
    for chunk in body.open():
        digest.update(chunk)
    return digest.hexdigest()


def _canonical_path(path: str) -> str:
    # S3 signs the path as it is sent. All other services sign it without dot segments,
    # and encoded once more.
    normal = "/" + posixpath.normpath(path).lstrip("/")
    return quote(
        f"{normal}/" if path.endswith("/") and normal != "/" else normal, safe="/~"
    )


def _canonical_query(query: str) -> str:
    # Each character stands for one byte.
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1")
    encoded = sorted(
        (quote(name, "~", "latin-1"), quote(value, "~", "latin-1"))
        for name, value in pairs
    )
    return "&".join(f"{name}={value}" for name, value in encoded)
