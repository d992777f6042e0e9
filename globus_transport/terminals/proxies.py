"""Proxies from the environment: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in upper or lower case."""

from __future__ import annotations

from base64 import b64encode
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

import attrs

from globus_transport import config
from globus_transport.exc.base import GlobusSDKUsageError


@attrs.frozen
class Proxy:
    """A proxy: its URL without user name and password, and the headers that hold them."""

    url: str
    headers: dict[str, str] = attrs.field(factory=dict, repr=False)


def proxy_for(origin: str) -> Proxy | None:
    """The proxy that the environment names for an origin; ``None`` to connect directly.

    :raises GlobusSDKUsageError: if the variable does not hold an http or https URL
    """
    if not config.names_a_proxy():
        return None
    parts = urlsplit(origin)
    proxies = getproxies_environment()
    address = proxies.get(parts.scheme) or proxies.get("all")
    if (
        not address
        or proxy_bypass_environment(parts.netloc, proxies)
        or _is_excluded_address(parts.hostname, proxies.get("no"))
    ):
        return None
    if "://" not in address:
        address = f"http://{address}"
    try:
        proxy = urlsplit(address)
        port = proxy.port
    except ValueError:
        port, proxy = None, urlsplit("")
    if proxy.scheme not in ("http", "https") or not proxy.hostname:
        raise GlobusSDKUsageError(
            f"the {parts.scheme.upper()}_PROXY variable does not hold an http or https address (SOCKS is not supported)"
        )
    host = f"[{proxy.hostname}]" if ":" in proxy.hostname else proxy.hostname
    url = f"{proxy.scheme}://{host}" if port is None else f"{proxy.scheme}://{host}:{port}"
    if proxy.username is None:
        return Proxy(url)
    credentials = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return Proxy(url, {"Proxy-Authorization": f"Basic {b64encode(credentials.encode()).decode()}"})


def _is_excluded_address(host: str | None, no_proxy: str | None) -> bool:
    """Whether a host is an IP address that ``NO_PROXY`` lists, alone or in a network such as ``10.0.0.0/8``.

    ``proxy_bypass_environment`` compares names only.
    """
    if not host or not no_proxy:
        return False
    try:
        address = ip_address(host)
    except ValueError:
        return False
    for entry in no_proxy.split(","):
        try:
            network = ip_network(entry.strip(), strict=False)
        except ValueError:  # a host name
            continue
        if address in network:
            return True
    return False
