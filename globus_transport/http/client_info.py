"""The header X-Globus-Client-Info: which programs a request comes from, and their versions.

Its value is a list of products, separated by ``;``. Each is a list of ``key=value``, separated by commas, such as
``product=my-app,version=1.2``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from globus_transport import __version__
from globus_transport.exc.base import GlobusSDKUsageError

CLIENT_INFO_HEADER = "X-Globus-Client-Info"
_RESERVED = frozenset(";,=")


class GlobusClientInfo:
    """The products in the header. It begins with this package.

    :param update_callback: called with the object after each change
    :ivar infos: the products, as they stand in the header
    """

    def __init__(self, *, update_callback: Callable[[GlobusClientInfo], object] | None = None) -> None:
        self.infos: list[str] = [f"product=globus_transport,version={__version__}"]
        self.update_callback = update_callback

    def format(self) -> str:
        """The value of the header."""
        return ";".join(self.infos)

    def add(self, value: str | Mapping[str, str]) -> None:
        """Add a product.

        :param value: such as ``{"product": "my-app", "version": "1.2"}``, or the text for it
        :raises GlobusSDKUsageError: if a key or a value of the mapping has a ``;``, ``,`` or ``=``, or the text a ``;``
        """
        if isinstance(value, str):
            _check(value, reserved=";")
            self.infos.append(value)
        else:
            for text in (*value.keys(), *value.values()):
                _check(text, reserved=_RESERVED)
            self.infos.append(",".join(f"{key}={text}" for key, text in value.items()))
        self._notify()

    def clear(self) -> None:
        """Remove all products. A request has no such header then."""
        self.infos = []
        self._notify()

    def _notify(self) -> None:
        if self.update_callback is not None:
            self.update_callback(self)

    def __bool__(self) -> bool:
        return bool(self.infos)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.format()!r}>"


def _check(text: str, reserved: Iterable[str]) -> None:
    found = sorted(character for character in reserved if character in text)
    if found:
        raise GlobusSDKUsageError(
            f"GlobusClientInfo.add: {text!r} contains {' '.join(found)}, which separates parts of the header; "
            "add one product at a time, without this character"
        )


def make_user_agent(program: str | None) -> str:
    """The header User-Agent of a program that uses this package."""
    agent = f"globus_transport/{__version__}"
    return agent if program is None else f"{agent}/{program}"
