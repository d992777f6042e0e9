"""Settings from environment variables: the Globus environment, the services' URLs, the timeout, TLS verification."""

from __future__ import annotations

import os
from threading import TIMEOUT_MAX
from typing import Any, ClassVar

from globus_transport.exc.base import GlobusSDKUsageError

_TRUE = frozenset({"y", "yes", "t", "true", "on", "1"})
_FALSE = frozenset({"n", "no", "f", "false", "off", "0"})
DEFAULT_HTTP_TIMEOUT = 60.0


class EnvConfig:
    """One Globus environment: how the addresses of its services are made. A subclass adds an environment.

    An attribute such as ``search_url`` gives the address of one service.

    :cvar envname: the name of the environment
    :cvar domain: the domain of most services
    :cvar no_dotapi: services whose hosts are ``{service}.{domain}``; most others are ``{service}.api.{domain}``
    :cvar automate_services: services whose hosts are ``{envname}.{service}.automate.globus.org``
    """

    envname: ClassVar[str]
    domain: ClassVar[str]
    no_dotapi: ClassVar[list[str]] = ["app", "auth"]
    automate_services: ClassVar[list[str]] = ["actions", "flows", "timer"]
    _registry: ClassVar[dict[str, type[EnvConfig]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._registry[cls.envname] = cls

    @classmethod
    def get_by_name(cls, env: str) -> type[EnvConfig] | None:
        """The environment of this name; ``None`` if there is none."""
        return cls._registry.get(env)

    @classmethod
    def get_service_url(cls, service: str) -> str:
        """The base URL of a service."""
        own_url: str | None = getattr(cls, f"{service}_url", None)
        if own_url is not None:
            return own_url
        if service in cls.automate_services:
            return f"https://{cls.envname}.{service}.automate.globus.org/"
        return f"https://{service}.{'' if service in cls.no_dotapi else 'api.'}{cls.domain}/"


class _Production(EnvConfig):
    envname = "production"
    domain = "globus.org"
    actions_url = "https://actions.automate.globus.org/"
    flows_url = "https://flows.automate.globus.org/"
    nexus_url = "https://nexus.api.globusonline.org/"
    timer_url = "https://timer.automate.globus.org/"


class _Preview(EnvConfig):
    envname = "preview"
    domain = "preview.globus.org"


# Globus itself uses these for its tests.
for _name in ("sandbox", "integration", "test", "staging"):
    type(f"_{_name.title()}", (EnvConfig,), {"envname": _name, "domain": f"{_name}.globuscs.info"})


def environment_name(inputenv: str | None = None) -> str:
    """The Globus environment: the given one, else ``GLOBUS_SDK_ENVIRONMENT``, else production.

    :raises GlobusSDKUsageError: if the environment is unknown
    """
    return _environment(inputenv).envname


def _environment(given: str | None) -> type[EnvConfig]:
    name = given or os.environ.get("GLOBUS_SDK_ENVIRONMENT") or "production"
    found = EnvConfig.get_by_name(name)
    if found is None:
        known = ", ".join(EnvConfig._registry)
        raise GlobusSDKUsageError(f"environment: {name!r} is no Globus environment; there are: {known}")
    return found


def service_url(service: str, environment: str | None = None) -> str:
    """The base URL of a service: ``GLOBUS_SDK_SERVICE_URL_{SERVICE}``, else its URL in the environment.

    :raises GlobusSDKUsageError: if the environment is unknown
    """
    override = os.environ.get(f"GLOBUS_SDK_SERVICE_URL_{service.upper()}")
    return override or _environment(environment).get_service_url(service)


def names_a_proxy() -> bool:
    """Whether an environment variable for proxies is set, such as ``HTTPS_PROXY`` or ``no_proxy``."""
    return any(name.lower().endswith("_proxy") for name in os.environ)


def http_timeout() -> float | None:
    """The timeout in seconds from ``GLOBUS_SDK_HTTP_TIMEOUT``; 60 if it is not set, ``None`` (no limit) if it is -1.

    :raises GlobusSDKUsageError: if it is set to anything but a positive number or -1
    """
    seconds = get_http_timeout()
    if seconds is not None and not 0 < seconds < TIMEOUT_MAX:
        raise _wrong_timeout()
    return seconds


def _wrong_timeout() -> GlobusSDKUsageError:
    text = os.environ["GLOBUS_SDK_HTTP_TIMEOUT"]
    return GlobusSDKUsageError(
        f"GLOBUS_SDK_HTTP_TIMEOUT={text!r}: give seconds above 0 and below {TIMEOUT_MAX:.2g}, or -1 for no limit"
    )


def verify_ssl() -> bool | str:
    """How to verify TLS certificates: yes, no, or the path of a CA file or folder.

    ``GLOBUS_SDK_VERIFY_SSL`` says so. If it is not set, or true, ``REQUESTS_CA_BUNDLE`` may name the path, as it does
    for ``requests`` and so for ``globus-sdk``. Without both, OpenSSL finds the CA certificates; it reads
    ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``.

    :raises GlobusSDKUsageError: if a variable is set to none of these
    """
    verify = _parse_verification("GLOBUS_SDK_VERIFY_SSL", os.environ.get("GLOBUS_SDK_VERIFY_SSL") or "true")
    bundle = os.environ.get("REQUESTS_CA_BUNDLE")
    if verify is not True or not bundle:
        return verify
    if not os.path.exists(bundle):
        raise GlobusSDKUsageError(f"REQUESTS_CA_BUNDLE={bundle!r}: there is no such CA file or folder")
    return bundle


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
    """The given timeout in seconds, else that of ``GLOBUS_SDK_HTTP_TIMEOUT``. -1 means no limit, and gives ``None``.

    :raises GlobusSDKUsageError: if the variable is set to anything but a number
    """
    if value is None:
        try:
            value = float(os.environ.get("GLOBUS_SDK_HTTP_TIMEOUT") or DEFAULT_HTTP_TIMEOUT)
        except ValueError:
            raise _wrong_timeout() from None
    return None if value == -1 else value


def get_ssl_verify(value: bool | str | os.PathLike[str] | None = None) -> bool | str:
    """The given value, read like ``GLOBUS_SDK_VERIFY_SSL``, else :func:`verify_ssl`.

    :raises GlobusSDKUsageError: if it is neither a bool nor ``"true"``, ``"false"``, or the path of a CA file or folder
    """
    if value is None:
        return verify_ssl()
    return value if isinstance(value, bool) else _parse_verification("value", os.fspath(value))
