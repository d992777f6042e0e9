"""Which of several settings says what CA certificates are trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from globus_transport import TransferClient, Transport, config
from globus_transport.exc.base import GlobusSDKUsageError
from tests.terminals.certificates import Authority


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    file = str(Authority(tmp_path).file)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", file)
    monkeypatch.delenv("GLOBUS_SDK_VERIFY_SSL", raising=False)
    return file


def test_the_variable_of_requests_names_a_file(bundle: str) -> None:
    assert config.verify_ssl() == bundle
    with TransferClient() as client:
        assert bundle in str(client.stack)


@pytest.mark.parametrize(("value", "expected"), [("false", False), (str(Path(__file__)), str(Path(__file__)))])
def test_the_variable_of_globus_comes_first(
    bundle: str, monkeypatch: pytest.MonkeyPatch, value: str, expected: bool | str
) -> None:
    monkeypatch.setenv("GLOBUS_SDK_VERIFY_SSL", value)
    assert config.verify_ssl() == expected != bundle


def test_true_leaves_the_choice_to_the_variable_of_requests(bundle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOBUS_SDK_VERIFY_SSL", "true")
    assert config.verify_ssl() == bundle


def test_the_parameter_comes_before_all(bundle: str) -> None:
    with TransferClient(transport=Transport(verify_ssl=True)) as client:
        assert bundle not in str(client.stack)


def test_a_file_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLOBUS_SDK_VERIFY_SSL", raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/file.pem")
    with pytest.raises(GlobusSDKUsageError, match=r"REQUESTS_CA_BUNDLE='/no/such/file\.pem': there is no such"):
        config.verify_ssl()


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLOBUS_SDK_VERIFY_SSL", raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")
    assert config.verify_ssl() is True
