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

_STEP = re.compile(r"\.([\w-]+)|\[([0-9]{1,9})\]|\[['\"]([^'\"]*)['\"]\]")
_LONGEST = 10_000
# What a run computes has these limits, so that a flow that repeats a state does not fill the memory.
_MOST_LEVELS = 64
_MOST_CHARACTERS = 1_000_000
_LARGEST_NUMBER = 1e300
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


def put(path: str, data: dict[str, Any], value: Any) -> dict[str, Any]:
    """The data with a value at a path, and with the objects on the way to it.

    :raises ExpressionError: if something else is in the way, the path is malformed, or the data would be too large
    """
    steps = read_path(path)
    names = [step for step in steps if isinstance(step, str)]
    if not names or len(names) < len(steps):
        raise ExpressionError("ResultPath has to name a member, such as $.Result")
    *parents, last = names
    changed = {**data}
    place = changed
    for step in parents:
        inner = place.get(step, {})
        if not isinstance(inner, dict):
            raise ExpressionError(f"The path {path!r} leads through something that is no object")
        place[step] = place = {**inner}
    place[last] = value
    check_value(changed)
    return changed


def check_value(value: Any) -> None:
    """Check that a value is a JSON document that is not too large. Level by level, since it may be too deep to recurse.

    :raises ExpressionError: if it is not
    """
    level, size = [value], 0
    for _ in range(_MOST_LEVELS):
        following: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                if not all(isinstance(key, str) for key in item):
                    raise ExpressionError("The names of an object's members are texts")
                size += sum(len(key) + 1 for key in item)
                following += item.values()
            elif isinstance(item, list):
                size += len(item)
                following += item
            elif isinstance(item, str):
                size += len(item)
            elif isinstance(item, (int, float)) and not abs(item) <= _LARGEST_NUMBER:
                raise ExpressionError("A number is too large")
            if size > _MOST_CHARACTERS:
                raise ExpressionError(f"The data would have more than {_MOST_CHARACTERS} characters")
        if not following:
            return
        level = following
    raise ExpressionError(f"The data would have more than {_MOST_LEVELS} levels")


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
        value = _value(tree.body, data)
        check_value(value)
        return value
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
        case ast.Dict(keys=keys, values=values) if None not in keys:
            pairs = zip(cast(list[ast.expr], keys), values, strict=True)
            return {_value(key, data): _value(value, data) for key, value in pairs}
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(operand, data))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _calculate(_OPERATORS[type(op)], _value(left, data), _value(right, data))
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
            text = ""
            for part in parts:
                text += _value(part, data)
                check_value(text)
            return text
        case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
            formatted = _value(inner, data)
            check_value(formatted)
            return str(formatted)
    raise ExpressionError(f"{type(node).__name__} is not allowed in an expression")


def _calculate(function: Callable[..., Any], left: Any, right: Any) -> Any:
    """The result of an operator. Texts and lists can be added only: in Python, % would format a text of any length."""
    if function is not operator.add and not all(isinstance(value, (int, float)) for value in (left, right)):
        raise ExpressionError("Texts and lists can be added only")
    result = function(left, right)
    check_value(result)
    return result
