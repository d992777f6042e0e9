"""Reading the bodies of the control API's requests: JSON objects with known members of known types."""

from __future__ import annotations

from typing import Any, cast

from flask import request

from globus_transport.sandbox.json_bodies import parse_json


class ControlError(Exception):
    """A request that cannot be carried out.

    :param status: of the answer
    :param message: for its document
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def read_body(**members: type | tuple[type, ...]) -> dict[str, Any]:
    """The members of the current request's body.

    :param members: the types that each member may have
    :raises ControlError: if the body is no JSON object, has another member, or one of another type
    """
    content = request.get_data()
    if content and request.mimetype != "application/json":
        # Which a form of a page cannot send.
        raise ControlError(415, "the body has to be JSON, with Content-Type: application/json")
    try:
        document = parse_json(content) if content else {}
    except ValueError as error:
        raise ControlError(400, f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ControlError(400, "the body is not a JSON object")
    given = cast(dict[str, Any], document)
    for name, value in given.items():
        if name not in members:
            raise ControlError(400, f"{name!r} is not known; there are: {', '.join(members) or 'none'}")
        # bool is an int in Python, not in JSON.
        is_wrong_bool = isinstance(value, bool) and members[name] not in (bool, object)
        if is_wrong_bool or not isinstance(value, members[name]):
            raise ControlError(400, f"{name}={value!r} has the wrong type")
    return given


def require(document: dict[str, Any], name: str) -> Any:
    """A member that has to be there.

    :raises ControlError: if it is not
    """
    if name not in document:
        raise ControlError(400, f"{name} is missing")
    return document[name]


def texts(document: dict[str, Any], name: str) -> list[str]:
    """A list of texts; empty if it is not there.

    :raises ControlError: if it is something else
    """
    found = document.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, str) for item in cast(list[object], found)):
        raise ControlError(400, f"{name} has to be a list of texts")
    return cast(list[str], found)
