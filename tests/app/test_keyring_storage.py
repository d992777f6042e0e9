"""The storage in the system's keyring: its entries, what goes wrong, and what is never shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from globus_transport import ClientApp, GlobusAppConfig, GlobusSDKUsageError, ValidationError
from globus_transport.token_storage import KeyringTokenStorage, TokenStorageData, TokenStorageError
from tests.core.tracebacks import printed_with_locals


def tokens(server: str = "a.server") -> TokenStorageData:
    return TokenStorageData(server, "someone", "a b", "an-access-token", "a-refresh-token", 2**31, "Bearer")


class Entries(KeyringBackend):
    """A keyring in memory, some of whose entries cannot be written."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.texts: dict[tuple[str, str], str] = {}
        self.refused = ""

    def get_password(self, service: str, username: str) -> str | None:
        return self.texts.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if username == self.refused:
            raise ValueError(f"{username} is too long for this keyring.")
        self.texts[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.texts[service, username]


@pytest.fixture
def entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Entries]:
    monkeypatch.setenv("HOME", str(tmp_path))
    before, backend = keyring.get_keyring(), Entries()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def test_each_server_has_an_entry_and_one_more_names_them(entries: Entries) -> None:
    storage = KeyringTokenStorage("a service")
    storage.store_token_data_by_resource_server({"a.server": tokens(), "b.server": tokens("b.server")})
    assert entries.texts.keys() == {("a service", f"DEFAULT{end}") for end in ("", "/a.server", "/b.server")}
    assert entries.texts["a service", "DEFAULT"] == '["a.server","b.server"]'
    assert storage.remove_token_data("a.server")
    assert entries.texts.keys() == {("a service", f"DEFAULT{end}") for end in ("", "/b.server")}
    assert entries.texts["a service", "DEFAULT"] == '["b.server"]'


def test_namespaces_and_services_are_apart(entries: Entries) -> None:
    one, nested = (KeyringTokenStorage("a service", namespace=name) for name in ("one", "one/a.server"))
    one.store_token_data_by_resource_server({"a.server/x": tokens("a.server/x")})
    nested.store_token_data_by_resource_server({"x": tokens("x")})
    assert one.get_token_data_by_resource_server().keys() == {"a.server/x"}
    assert nested.get_token_data_by_resource_server().keys() == {"x"}
    assert len(entries.texts) == 4
    assert KeyringTokenStorage("another", namespace="one").get_token_data_by_resource_server() == {}


def test_an_entry_that_its_user_removed(entries: Entries) -> None:
    storage = KeyringTokenStorage("a service")
    storage.store_token_data_by_resource_server({"a.server": tokens(), "b.server": tokens("b.server")})
    del entries.texts["a service", "DEFAULT/a.server"]
    assert storage.get_token_data_by_resource_server().keys() == {"b.server"}
    assert not storage.remove_token_data("a.server")
    del entries.texts["a service", "DEFAULT"]
    assert storage.get_token_data("b.server") == tokens("b.server")
    storage.store_token_data_by_resource_server({"b.server": tokens("b.server")})
    assert storage.get_token_data_by_resource_server().keys() == {"b.server"}


def test_the_storage_of_an_application(entries: Entries, tmp_path: Path) -> None:
    config = GlobusAppConfig(token_storage=KeyringTokenStorage, environment="sandbox")
    with ClientApp("My App", client_id="an-id", client_secret="a-secret", config=config) as app:
        assert (
            repr(app.token_storage.token_storage)
            == "<KeyringTokenStorage 'My App (an-id, sandbox)', namespace 'DEFAULT'>"
        )
    assert entries.texts == {}
    assert (tmp_path / ".globus" / "keyring").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("text", ["no JSON, but a-secret", '{"a-secret": 1}', '[1, "a-secret"]'])
def test_something_else_is_there(entries: Entries, text: str) -> None:
    storage = KeyringTokenStorage("a service")
    entries.texts["a service", "DEFAULT"] = text
    for use in (storage.get_token_data_by_resource_server, lambda: storage.remove_token_data("x")):
        with pytest.raises(ValidationError, match="'DEFAULT' of 'a service' in the keyring does not hold") as failure:
            use()
        assert "a-secret" not in str(failure.value)
        assert failure.value.__cause__ is None
    entries.texts["a service", "DEFAULT/a.server"] = text
    with pytest.raises(ValidationError):
        storage.get_token_data("a.server")


def test_a_keyring_that_refuses(entries: Entries) -> None:
    storage = KeyringTokenStorage("a service")
    entries.refused = "DEFAULT/b.server"
    problem = "of 'a service' cannot be stored in the keyring: DEFAULT/b.server is too long for this keyring; see `key"
    with pytest.raises(TokenStorageError, match=problem) as failure:
        storage.store_token_data_by_resource_server({"a.server": tokens(), "b.server": tokens("b.server")})
    assert "an-access-token" not in printed_with_locals(failure.value)
    # The keyring's own frames hold what it is given.
    assert failure.value.__cause__ is not None
    assert failure.value.__cause__.__traceback__ is None
    # What was stored is complete, and is found.
    assert storage.get_token_data("a.server") == tokens()
    entries.refused = ""
    storage.store_token_data_by_resource_server({"b.server": tokens("b.server")})
    assert storage.get_token_data("b.server") == tokens("b.server")


def test_a_system_without_a_keyring(entries: Entries) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    storage = KeyringTokenStorage()
    with pytest.raises(TokenStorageError, match="cannot be read from the keyring: No recommended backend was avail"):
        storage.get_token_data("a.server")
    with pytest.raises(TokenStorageError, match="cannot be removed from the keyring: No recommended backend"):
        storage.remove_token_data("a.server")


@pytest.mark.usefixtures("entries")
def test_what_cannot_be_used_is_refused_when_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(GlobusSDKUsageError, match="service: '' cannot be the name of a folder"):
        KeyringTokenStorage("")
    (tmp_path / ".globus").write_text("no folder")
    with pytest.raises(GlobusSDKUsageError, match="for the lock of the keyring cannot be made"):
        KeyringTokenStorage()
