"""The settings of the transport, and what in the environment stands in for them."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.transport import Transport


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_TIMEOUT", "VERIFY_SSL"):
        monkeypatch.delenv(f"GLOBUS_SDK_{name}", raising=False)


def settings_of(terminal: Urllib3Terminal) -> tuple[object, ...]:
    terminal.close()
    return (terminal.http_timeout, terminal.connect_timeout, terminal.verify_ssl, terminal.pool_size)


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    assert settings_of(Transport().make_terminal()) == (60.0, 60.0, True, 32)


def test_what_is_given_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOBUS_SDK_HTTP_TIMEOUT", "5")
    monkeypatch.setenv("GLOBUS_SDK_VERIFY_SSL", "false")
    assert settings_of(Transport().make_terminal()) == (5.0, 5.0, False, 32)
    given = Transport(verify_ssl=True, http_timeout=7.0, connect_timeout=2.0, pool_size=4)
    assert settings_of(given.make_terminal()) == (7.0, 2.0, True, 4)
    assert settings_of(Transport(http_timeout=-1).make_terminal())[0] is None


def test_a_ca_file(tmp_path: Path) -> None:
    wrong = tmp_path / "nothing.pem"
    with pytest.raises(GlobusSDKUsageError, match=r"nothing\.pem'?: there is no such CA file or folder"):
        Transport(verify_ssl=wrong).make_terminal()
    assert settings_of(Transport(verify_ssl=tmp_path).make_terminal())[2] == str(tmp_path)


def test_it_is_a_value() -> None:
    assert Transport(http_timeout=5) == Transport(http_timeout=5)
    assert pickle.loads(pickle.dumps(Transport(pool_size=3))) == Transport(pool_size=3)
