"""The hint for a call with a keyword that its route does not have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def hint_for(message: str, given: Iterable[str], parameters: Sequence[str]) -> str:
    """What to add to the message of a ``TypeError``: the parameter nearest to a keyword that was mistyped.

    :param message: that of the error, which may be about another parameter
    :param given: the keywords of the call
    :param parameters: the names that it may use
    :return: such as ``"; did you mean 'limit'?"``; the names of all parameters if none is near; empty if every keyword
        is one, or if the interpreter gives a hint of its own
    """
    if "Did you mean" in message:
        return ""
    for keyword in given:
        if keyword not in parameters:
            about = "" if repr(keyword) in message else f", and {keyword!r} is no parameter"
            nearest = get_close_matches(keyword, parameters, 1)
            if nearest:
                return f"{about}; did you mean {nearest[0]!r}?"
            return f"{about}; its parameters are: {', '.join(parameters)}" if parameters else "; it has no parameters"
    return ""
