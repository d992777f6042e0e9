"""A sandbox, a home of one's own, and a user who logs in at the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from globus_transport import ClientApp, GlobusAppConfig, TransferClient, UserApp
from globus_transport.sandbox import Sandbox
from tests.app.people import User


@pytest.fixture
def globus(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        for name, value in sandbox.environ.items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def user(globus: Sandbox, monkeypatch: pytest.MonkeyPatch) -> User:
    user = User(globus)
    monkeypatch.setattr("builtins.print", user.reads)
    monkeypatch.setattr("builtins.input", user.types)
    return user


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock by which applications see tokens expire."""
    import time

    def move(seconds: float) -> None:
        clock = SimpleNamespace(time=lambda: time.time() + seconds)
        for module in ("globus_app.app", "globus_app.validators", "authorizers.stored"):
            monkeypatch.setattr(f"globus_transport.{module}.time", clock)

    return move


class Apps:
    """Makes applications and clients, and closes them at the end."""

    def __init__(self, globus: Sandbox, open_things: ExitStack) -> None:
        self.globus = globus
        self.open_things = open_things

    def user_app(self, **settings: Any) -> UserApp:
        config = GlobusAppConfig(**settings)
        return self.open_things.enter_context(UserApp("my app", client_id=self.globus.native_client_id, config=config))

    def client_app(self, **settings: Any) -> ClientApp:
        globus = self.globus
        return self.open_things.enter_context(
            ClientApp(
                "my service",
                client_id=globus.client_id,
                client_secret=globus.client_secret,
                config=GlobusAppConfig(**settings),
            )
        )

    def transfer(self, app: Any) -> TransferClient:
        return self.open_things.enter_context(TransferClient(app=app))


@pytest.fixture
def apps(globus: Sandbox) -> Iterator[Apps]:
    with ExitStack() as open_things:
        yield Apps(globus, open_things)
