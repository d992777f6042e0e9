"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from globus_transport import TransferClient, config
from globus_transport.exc.base import GlobusSDKUsageError

VARIABLES = ["ENVIRONMENT", "HTTP_TIMEOUT", "VERIFY_SSL", "SERVICE_URL_TRANSFER", "SERVICE_URL_AUTH"]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(f"GLOBUS_SDK_{name}", raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)


@pytest.mark.parametrize(
    ("service", "environment", "url"),
    [
        ("auth", None, "https://auth.globus.org/"),
        ("transfer", "production", "https://transfer.api.globus.org/"),
        ("groups", None, "https://groups.api.globus.org/"),
        ("search", None, "https://search.api.globus.org/"),
        ("compute", None, "https://compute.api.globus.org/"),
        ("app", None, "https://app.globus.org/"),
        ("flows", None, "https://flows.automate.globus.org/"),
        ("timer", None, "https://timer.automate.globus.org/"),
        ("auth", "preview", "https://auth.preview.globus.org/"),
        ("transfer", "test", "https://transfer.api.test.globuscs.info/"),
        ("flows", "preview", "https://preview.flows.automate.globus.org/"),
        ("nexus", None, "https://nexus.api.globusonline.org/"),
        ("a_new_one", "preview", "https://a_new_one.api.preview.globus.org/"),
    ],
)
def test_addresses(service: str, environment: str | None, url: str) -> None:
    assert config.service_url(service, environment) == url


def test_the_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.environment_name() == "production"
    monkeypatch.setenv("GLOBUS_SDK_ENVIRONMENT", "staging")
    assert config.environment_name() == "staging"
    assert config.service_url("auth") == "https://auth.staging.globuscs.info/"
    assert config.environment_name("preview") == "preview", "what the call says counts"
    monkeypatch.setenv("GLOBUS_SDK_ENVIRONMENT", "")
    assert config.environment_name() == "production"


def test_an_address_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_TRANSFER", "http://127.0.0.1:5000/v0.10")
    assert config.service_url("transfer") == "http://127.0.0.1:5000/v0.10"
    assert config.service_url("transfer", "preview") == "http://127.0.0.1:5000/v0.10"
    assert config.service_url("auth") == "https://auth.globus.org/"


def test_an_environment_of_ones_own() -> None:
    class Local(config.EnvConfig):
        envname = "local"
        domain = "globus.example.org"
        search_url = "http://127.0.0.1:9200/"

    try:
        assert config.EnvConfig.get_by_name("local") is Local
        assert config.environment_name("local") == "local"
        assert config.service_url("auth", "local") == "https://auth.globus.example.org/"
        assert config.service_url("search", "local") == "http://127.0.0.1:9200/"
        assert config.service_url("flows", "local") == "https://local.flows.automate.globus.org/"
        assert TransferClient(environment="local").base_url == "https://transfer.api.globus.example.org/"
    finally:
        del config.EnvConfig._registry["local"]
    assert config.EnvConfig.get_by_name("local") is None


def test_unknown_environments_are_answered_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GlobusSDKUsageError, match="'prod' is no Globus environment; there are: production, preview"):
        config.service_url("auth", "prod")
    monkeypatch.setenv("GLOBUS_SDK_ENVIRONMENT", "prod")
    with pytest.raises(GlobusSDKUsageError, match="'prod' is no Globus environment"):
        config.environment_name()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [(None, 60.0), ("", 60.0), ("5", 5.0), ("0.5", 0.5), ("-1", None), ("-1.0", None), (" 7 ", 7.0)],
)
def test_http_timeout(monkeypatch: pytest.MonkeyPatch, text: str | None, seconds: float | None) -> None:
    if text is not None:
        monkeypatch.setenv("GLOBUS_SDK_HTTP_TIMEOUT", text)
    assert config.http_timeout() == seconds


@pytest.mark.parametrize("text", ["0", "-2", "soon", "nan", "inf", "-inf", "5s", "1e10"])
def test_a_bad_http_timeout(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("GLOBUS_SDK_HTTP_TIMEOUT", text)
    with pytest.raises(GlobusSDKUsageError, match=f"GLOBUS_SDK_HTTP_TIMEOUT='{text}': give seconds above 0 and below"):
        config.http_timeout()


@pytest.mark.parametrize("text", ["0", "-2", "inf"])
def test_a_timeout_that_cannot_be_used_is_refused_when_a_client_is_made(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("GLOBUS_SDK_HTTP_TIMEOUT", text)
    assert config.get_http_timeout() == float(text)
    with pytest.raises(GlobusSDKUsageError, match="give seconds above 0"):
        TransferClient()


@pytest.mark.parametrize(
    ("text", "verify"),
    [
        (None, True),
        ("", True),
        ("true", True),
        ("YES", True),
        ("1", True),
        ("on", True),
        ("false", False),
        ("No", False),
        ("0", False),
        ("off", False),
    ],
)
def test_verify_ssl(monkeypatch: pytest.MonkeyPatch, text: str | None, verify: bool) -> None:
    if text is not None:
        monkeypatch.setenv("GLOBUS_SDK_VERIFY_SSL", text)
    assert config.verify_ssl() is verify


def test_verify_ssl_by_a_file_or_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.touch()
    for path in (file, tmp_path):
        monkeypatch.setenv("GLOBUS_SDK_VERIFY_SSL", str(path))
        assert config.verify_ssl() == str(path)
    # A typing error must not turn verification off, nor pass for a yes.
    wrong: Any = str(tmp_path / "nothing.pem")
    monkeypatch.setenv("GLOBUS_SDK_VERIFY_SSL", wrong)
    with pytest.raises(GlobusSDKUsageError, match="give true, false, or the path of an existing CA file"):
        config.verify_ssl()
