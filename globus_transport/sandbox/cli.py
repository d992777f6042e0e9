"""The command ``python -m globus_transport sandbox``."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.control.sandbox_routes import describe
from globus_transport.sandbox.sandbox import Sandbox
from globus_transport.sandbox.server import MAX_BODY_SIZE

_HOW_TO_TRY = """\
# Paste the export lines into another shell. There the clients of globus_transport and of globus-sdk find this sandbox
# by themselves. These commands request a token and list the collections:
#   TOKEN=$(curl -s -u "$GLOBUS_CLI_CLIENT_ID:$GLOBUS_CLI_CLIENT_SECRET" -d grant_type=client_credentials \
-d scope=urn:globus:auth:scope:transfer.api.globus.org:all "${GLOBUS_SDK_SERVICE_URL_AUTH}v2/oauth2/token" \
| sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')
#   curl -s -H "Authorization: Bearer $TOKEN" "${GLOBUS_SDK_SERVICE_URL_TRANSFER}v0.10/endpoint_search?filter_scope=all"
# With these variables globus-cli acts as the client, which administers the collections. To log in as a person instead:
# unset GLOBUS_CLI_CLIENT_ID GLOBUS_CLI_CLIENT_SECRET; globus login
# Ctrl-C stops the sandbox."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main(argv: list[str]) -> int:
    """Run a sandbox until it gets SIGINT (Ctrl-C) or SIGTERM.

    :param argv: the arguments, without the name of the program
    :return: the exit status: 0 after one of these signals, 1 if the sandbox could not start
    """
    options = _parser().parse_args(argv)
    try:
        with (
            _first_signal_as_keyboard_interrupt(),
            Sandbox(
                options.folder,
                access_token_lifetime=options.access_token_lifetime,
                token_delay=options.token_delay,
                task_delay=options.task_delay,
                auth_port=options.auth_port,
                transfer_port=options.transfer_port,
                ports=dict(options.port),
                seed=options.seed,
                host_names=options.host_name,
                max_body_size=options.max_body_size,
                auto_approve=not options.login_page,
            ) as sandbox,
        ):
            for client_id in options.client_id:
                sandbox.add_client(client_id)
            if options.seed is None:
                for name in ("Sandbox source", "Sandbox destination"):
                    sandbox.add_collection(name)
            for collection in sandbox.collections:
                _make_administrator(sandbox, collection, sandbox.client_id)
            text = json.dumps(describe(sandbox, sandbox.control_url)) if options.json else _shell_text(sandbox)
            # A path, or a name from JSON, may be no UTF-8.
            print(text.encode(errors="backslashreplace").decode(), flush=True)
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        return 0
    except (OSError, OverflowError, ValueError) as error:
        # Python raises OverflowError for a port outside 0 to 65535; ValueError is a
        # state file that cannot be read, or a setting that makes no sense.
        print(f"The sandbox could not start: {error}", file=sys.stderr)
        return 1


def _shell_text(sandbox: Sandbox) -> str:
    """Text that a shell can evaluate: ``export`` lines and comments."""
    settings = {
        **sandbox.environ,
        "GLOBUS_CLI_CLIENT_ID": sandbox.client_id,
        "GLOBUS_CLI_CLIENT_SECRET": sandbox.client_secret,
    }
    lines = [f"export {name}={shlex.quote(value)}" for name, value in settings.items()]
    lines.append(f"# native app (no secret): {sandbox.native_client_id}")
    lines.append(f"# person who logs in, and owner of the collections: {sandbox.user.username} ({sandbox.user.id})")
    lines += [f"# collection {found.id} ({found.display_name}): {found.folder}" for found in sandbox.collections]
    lines.append(f"# control API, and a page for people: {sandbox.control_url}")
    return "\n".join([*lines, _HOW_TO_TRY])


def _make_administrator(sandbox: Sandbox, collection: Collection, identity_id: str) -> None:
    roles = sandbox._state.roles
    fields = {
        "endpoint": collection.id,
        "principal_type": "identity",
        "principal": identity_id,
        "role": "administrator",
    }
    # The sandbox before this one in the same folder may have added it.
    if not roles.where(**fields):
        roles.add(fields)


@contextmanager
def _first_signal_as_keyboard_interrupt() -> Iterator[None]:
    """Raise KeyboardInterrupt at the first SIGINT or SIGTERM, and ignore further ones while the sandbox cleans up.

    A shell that is not interactive starts its background jobs with SIGINT ignored. Python then leaves it ignored, so
    the handler is set explicitly.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        for handled in _SIGNALS:
            signal.signal(handled, signal.SIG_IGN)
        raise KeyboardInterrupt

    previous_handlers = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous_handlers.items():
            # None is a handler that was not set by Python.
            signal.signal(number, handler or signal.SIG_DFL)


def _read_port(text: str) -> tuple[str, int]:
    name, _, port = text.partition("=")
    if not port.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r}: give a name and a port, such as groups=8003")
    return name, int(port)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m globus_transport sandbox", description="Run a local Globus on 127.0.0.1."
    )
    parser.add_argument(
        "--folder",
        help="where state and the collections' folders are kept (default: a temporary folder)",
    )
    parser.add_argument(
        "--access-token-lifetime",
        type=float,
        default=172800.0,
        metavar="SECONDS",
        help="after which an access token has expired (default: %(default)g)",
    )
    parser.add_argument(
        "--auth-port", type=int, default=0, metavar="PORT", help="of Globus Auth (default: any free port)"
    )
    parser.add_argument(
        "--transfer-port", type=int, default=0, metavar="PORT", help="of Globus Transfer (default: any free port)"
    )
    parser.add_argument(
        "--port",
        type=_read_port,
        action="append",
        default=[],
        metavar="NAME=PORT",
        help="of another service, such as groups=8003, or of the control API, control=8100; may be given several times",
    )
    parser.add_argument(
        "--seed",
        metavar="SEED",
        help="what it holds when it starts: a file, a folder, or a name such as two-collections",
    )
    parser.add_argument(
        "--json", action="store_true", help="print what it serves as a JSON object, in one line, for programs"
    )
    parser.add_argument(
        "--host-name",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name that requests may have in Host; may be given several times",
    )
    parser.add_argument(
        "--client-id",
        action="append",
        default=[],
        metavar="ID",
        help="the id of a native app, for a program that has it built in; may be given several times",
    )
    parser.add_argument(
        "--login-page",
        action="store_true",
        help="let a person decide in the browser about each login (default: it is approved at once)",
    )
    parser.add_argument(
        "--max-body-size",
        type=int,
        default=MAX_BODY_SIZE,
        metavar="BYTES",
        help="of a request; a longer one is refused (default: %(default)s)",
    )
    parser.add_argument(
        "--token-delay",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="to wait before a token request is answered (default: %(default)g)",
    )
    parser.add_argument(
        "--task-delay",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="to wait before a task copies or deletes its next file (default: %(default)g)",
    )
    return parser
