"""Signatures as text: short names of types, and ``optional`` for what may be left out."""

from __future__ import annotations

import inspect
import re
import types
import typing
from typing import Any, Union

from globus_transport.routing.missing import MISSING, MissingType

OPTIONAL = "optional"

# What Python prints for a default, and what a reader should see. A default without a name of its own becomes "...".
_DEFAULTS = (
    (re.compile(r"<globus_transport\.MISSING>"), OPTIONAL),
    (re.compile(r"<class '(?:\w+\.)*(\w+)'>"), r"\1"),
    (re.compile(r"<(?:built-in )?function ([A-Za-z]\w*)(?: at 0x[0-9a-f]+)?>"), r"\1"),
    (re.compile(r"<[^<>]+>|\bNOTHING\b"), "..."),
    # Sphinx writes a parameter specification with the mark of a shortened name, and does not read it again.
    (re.compile(r"~(?=\w+(?:[,)]|$))"), ""),
)


def without_machine_names(signature: str) -> str:
    """The text of a signature without addresses, full names of classes, and what attrs puts for a factory."""
    for pattern, replacement in _DEFAULTS:
        signature = pattern.sub(replacement, signature)
    return signature


def signature_text(signature: inspect.Signature) -> str:
    """The parameters and the result of a call, as text."""
    parts: list[str] = []
    star = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            parts.append("*")
            star = True
        parts.append(_parameter_text(parameter))
    return f"({', '.join(parts)}) -> {type_text(signature.return_annotation)}"


def _parameter_text(parameter: inspect.Parameter) -> str:
    text = f"{parameter.name}: {type_text(parameter.annotation)}"
    if parameter.default is parameter.empty:
        return text
    return f"{text} = {OPTIONAL if parameter.default is MISSING else _value_text(parameter.default)}"


def _value_text(value: object) -> str:
    return value.__name__ if isinstance(value, type) else repr(value)


def type_text(hint: Any) -> str:
    """A type in short form. MISSING is left out of it, because the default is ``optional`` then."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is type(None):
        return "None"
    if hint is ...:
        return "..."
    if isinstance(hint, list):
        # The parameters of a Callable.
        return f"[{', '.join(map(type_text, hint))}]"
    if origin in (Union, types.UnionType):
        texts = [type_text(argument) for argument in arguments if argument is not MissingType]
        return " | ".join(dict.fromkeys(texts))
    if origin is typing.Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if origin is not None:
        return f"{_name(origin)}[{', '.join(map(type_text, arguments))}]"
    return _name(hint)


def _name(hint: Any) -> str:
    return str(getattr(hint, "__name__", hint))
