"""Values of a state's parameters that are computed from the run's data.

A key that ends in ``.$`` has a path as its value, such as ``$.images[0].name``. One that ends in ``.=`` has an
expression in a subset of Python: names of the data's members, members of them, constants, operators, conditions.
Everything else is an error of the run. Source: docs.globus.org/api/flows/authoring-flows/expressions.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any, cast

_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]|\[['\"]([^'\"]*)['\"]\]")
_LONGEST = 10_000
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
}


class ExpressionError(Exception):
    """A path or an expression that has no value."""


def evaluate_parameters(parameters: Any, data: Any) -> Any:
    """The parameters with their paths and expressions replaced by values.

    :param data: of the run
    :raises ExpressionError: if a path leads nowhere, or an expression cannot be evaluated
    """
    if isinstance(parameters, list):
        return [evaluate_parameters(item, data) for item in parameters]
    if not isinstance(parameters, dict):
        return parameters
    result: dict[str, Any] = {}
    for key, value in cast(dict[str, Any], parameters).items():
        if key.endswith(".$"):
            result[key[:-2]] = find(str(value), data)
        elif key.endswith(".="):
            result[key[:-2]] = evaluate(str(value), data)
        else:
            result[key] = evaluate_parameters(value, data)
    return result


def find(path: str, data: Any) -> Any:
    """The value at a path, such as ``$.images[0]``.

    :raises ExpressionError: if there is none, or the path is malformed
    """
    value = data
    for step in read_path(path):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            raise ExpressionError(f"The path {path!r} leads to nothing") from None
    return value


def put(path: str, data: dict[str, Any], value: Any) -> None:
    """Put a value at a path, and make the objects on the way to it.

    :raises ExpressionError: if something else is in the way, or the path is malformed
    """
    *parents, last = read_path(path) or [""]
    if last == "":
        raise ExpressionError("ResultPath has to name a member, such as $.Result")
    place: Any = data
    for step in parents:
        place = place.setdefault(step, {}) if isinstance(place, dict) else None
    if not isinstance(place, dict):
        raise ExpressionError(f"The path {path!r} leads through something that is no object")
    place[last] = value


def read_path(path: str) -> list[str | int]:
    """The steps of a path.

    :raises ExpressionError: if it is malformed
    """
    if not path.startswith("$"):
        raise ExpressionError(f"The path {path!r} does not begin with $")
    steps: list[str | int] = []
    position = 1
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise ExpressionError(f"The path {path!r} is malformed")
        name, index, quoted = match.groups()
        steps.append(int(index) if index is not None else name if name is not None else quoted)
        position = match.end()
    return steps


def evaluate(expression: str, data: Any) -> Any:
    """The value of an expression.

    :raises ExpressionError: if it has something that is not allowed, or no value
    """
    if len(expression) > _LONGEST:
        raise ExpressionError("The expression is too long")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        return _value(tree.body, data)
    except ExpressionError:
        raise
    except (SyntaxError, RecursionError, MemoryError, ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise ExpressionError(f"The expression {expression!r} has no value: {error}") from None


def _value(node: ast.AST, data: Any) -> Any:
    match node:
        case ast.Constant(value=value) if isinstance(value, (str, int, float, bool, type(None))):
            return value
        case ast.Name(id=name):
            return data[name]
        case ast.Attribute(value=inner, attr=name):
            return _value(inner, data)[name]
        case ast.Subscript(value=inner, slice=index):
            return _value(inner, data)[_value(index, data)]
        case ast.List(elts=items):
            return [_value(item, data) for item in items]
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {_value(key, data): _value(value, data) for key, value in pairs if key is not None}
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(operand, data))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _short(_OPERATORS[type(op)], _value(left, data), _value(right, data))
        case ast.BoolOp(op=op, values=parts):
            result: Any = None
            for part in parts:
                result = _value(part, data)
                if bool(result) is isinstance(op, ast.Or):
                    break
            return result
        case ast.Compare(left=first, ops=ops, comparators=others):
            compared = [_value(part, data) for part in (first, *others)]
            return all(_OPERATORS[type(op)](*pair) for op, pair in zip(ops, pairwise(compared), strict=True))
        case ast.IfExp(test=test, body=body, orelse=other):
            return _value(body if _value(test, data) else other, data)
        case ast.JoinedStr(values=parts):
            return "".join(str(_value(part, data)) for part in parts)
        case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
            return _value(inner, data)
    raise ExpressionError(f"{type(node).__name__} is not allowed in an expression")


def _short(function: Callable[..., Any], left: Any, right: Any) -> Any:
    """The result of an operator, unless it would be a very long text or list."""
    if function is operator.mul and not all(isinstance(value, (int, float)) for value in (left, right)):
        raise ExpressionError("Only numbers can be multiplied")
    return function(left, right)
