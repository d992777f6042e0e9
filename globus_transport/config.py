"""Settings from environment variables: the Globus environment, the services' URLs, the timeout, TLS verification."""

from __future__ import annotations

import math
import os

from globus_transport.exc.base import GlobusSDKUsageError

_DOMAINS = {
    "production": "globus.org",
    "preview": "preview.globus.org",
    "sandbox": "sandbox.globuscs.info",
    "integration": "integration.globuscs.info",
    "test": "test.globuscs.info",
    "staging": "staging.globuscs.info",
}
_HOSTS = {
    "auth": "auth.{domain}",
    "app": "app.{domain}",
    "transfer": "transfer.api.{domain}",
    "groups": "groups.api.{domain}",
    "search": "search.api.{domain}",
    "compute": "compute.api.{domain}",
}
# These hosts are under one domain, with the environment's name as a prefix.
_AUTOMATE_HOSTS = {"flows": "flows", "timer": "timer", "actions": "actions"}
_TRUE = frozenset({"y", "yes", "t", "true", "on", "1"})
_FALSE = frozenset({"n", "no", "f", "false", "off", "0"})
DEFAULT_HTTP_TIMEOUT = 60.0


def environment_name(given: str | None = None) -> str:
    """The Globus environment: the given one, else ``GLOBUS_SDK_ENVIRONMENT``, else production.

    :raises GlobusSDKUsageError: if the environment is unknown
    """
    name = given or os.environ.get("GLOBUS_SDK_ENVIRONMENT") or "production"
    if name not in _DOMAINS:
        raise GlobusSDKUsageError(f"environment: {name!r} is no Globus environment; there are: {', '.join(_DOMAINS)}")
    return name


def service_url(service: str, environment: str | None = None) -> str:
    """The base URL of a service: ``GLOBUS_SDK_SERVICE_URL_{SERVICE}``, else its URL in the environment.

    :raises GlobusSDKUsageError: if the service or the environment is unknown
    """
    override = os.environ.get(f"GLOBUS_SDK_SERVICE_URL_{service.upper()}")
    if override:
        return override
    name = environment_name(environment)
    if service in _AUTOMATE_HOSTS:
        host = f"{_AUTOMATE_HOSTS[service]}.automate.globus.org"
        return f"https://{host}/" if name == "production" else f"https://{name}.{host}/"
    if service not in _HOSTS:
        known = ", ".join(sorted([*_HOSTS, *_AUTOMATE_HOSTS]))
        raise GlobusSDKUsageError(f"{service!r} is no Globus service with a URL of its own; there are: {known}")
    return f"https://{_HOSTS[service].format(domain=_DOMAINS[name])}/"


def names_a_proxy() -> bool:
    """Whether an environment variable for proxies is set, such as ``HTTPS_PROXY`` or ``no_proxy``."""
    return any(name.lower().endswith("_proxy") for name in os.environ)


def http_timeout() -> float | None:
    """The timeout in seconds from ``GLOBUS_SDK_HTTP_TIMEOUT``; 60 if it is not set, ``None`` (no limit) if it is -1.

    :raises GlobusSDKUsageError: if it is set to anything but a positive number or -1
    """
    text = os.environ.get("GLOBUS_SDK_HTTP_TIMEOUT", "")
    if not text:
        return DEFAULT_HTTP_TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if seconds == -1:
        return None
    if not 0 < seconds < math.inf:
        raise GlobusSDKUsageError(f"GLOBUS_SDK_HTTP_TIMEOUT={text!r}: give seconds above 0, or -1 for no limit")
    return seconds


def verify_ssl() -> bool | str:
    """How to verify TLS certificates, from ``GLOBUS_SDK_VERIFY_SSL``: yes, no, or the path of a CA file or folder.

    :raises GlobusSDKUsageError: if it is none of these
    """
    return _parse_verification("GLOBUS_SDK_VERIFY_SSL", os.environ.get("GLOBUS_SDK_VERIFY_SSL") or "true")


def _parse_verification(name: str, text: str) -> bool | str:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    if os.path.exists(text):
        return text
    raise GlobusSDKUsageError(f"{name}={text!r}: give true, false, or the path of an existing CA file")


# The names and parameters of globus_sdk.config.

get_environment_name = environment_name
get_service_url = service_url


def get_webapp_url(environment: str | None = None) -> str:
    """The URL of the web application.

    :raises GlobusSDKUsageError: if the environment is unknown
    """
    return service_url("app", environment)


def get_http_timeout(value: float | None = None) -> float | None:
    """The given timeout in seconds, else :func:`http_timeout`. -1 means no limit, and gives ``None``."""
    if value is None:
        return http_timeout()
    return None if value == -1 else value


def get_ssl_verify(value: bool | str | os.PathLike[str] | None = None) -> bool | str:
    """The given value, read like ``GLOBUS_SDK_VERIFY_SSL``, else :func:`verify_ssl`.

    :raises GlobusSDKUsageError: if it is neither a bool nor ``"true"``, ``"false"``, or the path of a CA file or folder
    """
    if value is None:
        return verify_ssl()
    return value if isinstance(value, bool) else _parse_verification("value", os.fspath(value))
