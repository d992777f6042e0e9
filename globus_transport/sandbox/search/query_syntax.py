"""The two syntaxes of a query.

In the standard syntax, everything is words, but for phrases in quotation marks and ``*`` alone, which is everything.

The advanced syntax is that of Lucene's query strings: ``field:value``, phrases, ``AND``, ``OR``, ``NOT``, ``+``, ``-``,
parentheses, ranges, comparisons, ``*`` and ``?`` in words, and a backslash before a sign that has no meaning. A query
is split into tokens first; the parser is a method for each rule of the grammar:

    query    = sequence { OR sequence }
    sequence = conjunct { conjunct }
    conjunct = clause { AND clause }
    clause   = [ NOT | "+" | "-" ] ( "(" query ")" | [ field ":" ] ( "(" query ")" | range | comparison | text ) )
"""

from __future__ import annotations

import re
from typing import Literal, NoReturn, Union

import attrs

from globus_transport.sandbox.search.errors import query_syntax

Operator = Literal["and", "or"]

#: Parentheses in parentheses.
_MAX_DEPTH = 20


@attrs.frozen
class Phrase:
    """Words, one after the other.

    :ivar field: ``None`` for every field
    """

    field: str | None
    text: str


@attrs.frozen
class Pattern:
    """A word with wildcards.

    :ivar glob: in the syntax of :mod:`fnmatch`
    """

    field: str | None
    glob: str


@attrs.frozen
class Comparison:
    """A value between two bounds.

    :ivar bounds: the operator (``gt``, ``gte``, ``lt`` or ``lte``) and the text of each bound; none for any value
    """

    field: str
    bounds: tuple[tuple[str, str], ...]


@attrs.frozen
class Everything:
    """Every entry."""


@attrs.frozen
class Group:
    """What has all required parts, none of the prohibited ones, and one of the optional ones if none is required."""

    required: tuple[Node, ...] = ()
    optional: tuple[Node, ...] = ()
    prohibited: tuple[Node, ...] = ()


Node = Union[Phrase, Pattern, Comparison, Everything, Group]


@attrs.frozen
class _Token:
    """:ivar kind: ``text``, ``phrase``, ``range``, or a sign or a word of the syntax"""

    kind: str
    text: str


_TOKENS = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<phrase>"(?:[^"\\]|\\.)*")
    | (?P<range>[\[{](?:[^\]}\\]|\\.)*[\]}])
    | (?P<sign>&&|\|\||[()!:]|[<>]=?|(?<![:<>=])[+-](?=\S))
    | (?P<text>(?:[^\s"()\[\]{}:!<>&|\\^~/]|\\.|&(?!&)|\|(?!\|))+)
    """,
    re.VERBOSE | re.DOTALL,
)
_SAME = {"&&": "AND", "||": "OR", "!": "NOT"}
_RANGE = re.compile(r"""\s*("[^"]*"|\S+)\s+TO\s+("[^"]*"|\S+)\s*""")
_COMPARISONS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def parse_simple(text: str, operator: Operator) -> Node:
    """Parse a query in the standard syntax. Every text is one.

    :param operator: whether results have all words, or one of them
    """
    if text.strip() == "*":
        return Everything()
    # A quotation mark without a second one means nothing.
    found = re.findall(r'"([^"]*)"|([^\s"]+)', text)
    return _join([Phrase(None, phrase or word) for phrase, word in found], operator)


def parse_advanced(text: str, operator: Operator) -> Node:
    """Parse a query in the advanced syntax.

    :param operator: what stands between two parts without an operator
    :raises SearchError: if it is malformed, or has a part that the sandbox does not have
    """
    return _Parser(text, operator).parse()


def glob_of(pattern: str) -> str:
    """A pattern of the service as one of :mod:`fnmatch`: ``*`` and ``?``, with a backslash before a literal one."""
    signs = re.findall(r"\\.|.", pattern, re.DOTALL)
    return "".join(sign if sign in ("*", "?") else _literal(sign[-1]) for sign in signs)


def _literal(sign: str) -> str:
    return f"[{sign}]" if sign in "*?[" else sign


def _join(nodes: list[Node], operator: Operator) -> Node:
    return Group(required=tuple(nodes)) if operator == "and" else Group(optional=tuple(nodes))


class _Parser:
    def __init__(self, text: str, operator: Operator) -> None:
        self._text = text
        self._operator = operator
        self._tokens = _split(text)
        self._next = 0
        self._depth = 0

    def parse(self) -> Node:
        node = self._query(None)
        if self._next < len(self._tokens):
            self._refuse(f"nothing is open that {self._tokens[self._next].text!r} closes")
        return node

    def _query(self, field: str | None) -> Node:
        sequences = [self._sequence(field)]
        while self._take("OR"):
            sequences.append(self._sequence(field))
        return sequences[0] if len(sequences) == 1 else Group(optional=tuple(sequences))

    def _sequence(self, field: str | None) -> Node:
        parts: dict[str, list[Node]] = {"": [], "+": [], "-": []}
        while self._peek() not in (None, "OR", ")"):
            modifier, node = self._conjunct(field)
            parts[modifier].append(node)
        if not any(parts.values()):
            self._refuse("a word is missing")
        if self._operator == "and":
            return Group(required=(*parts["+"], *parts[""]), prohibited=tuple(parts["-"]))
        if len(parts[""]) == 1 and not parts["+"] and not parts["-"]:
            return parts[""][0]
        return Group(tuple(parts["+"]), tuple(parts[""]), tuple(parts["-"]))

    def _conjunct(self, field: str | None) -> tuple[str, Node]:
        clauses = [self._clause(field)]
        while self._take("AND"):
            clauses.append(self._clause(field))
        if len(clauses) == 1:
            return clauses[0]
        prohibited = tuple(node for modifier, node in clauses if modifier == "-")
        return "", Group(tuple(node for modifier, node in clauses if modifier != "-"), (), prohibited)

    def _clause(self, field: str | None) -> tuple[str, Node]:
        if self._take("NOT") or self._take("-"):
            return "-", self._operand(field)
        return ("+" if self._take("+") else ""), self._operand(field)

    def _operand(self, field: str | None) -> Node:
        if self._take("("):
            return self._parentheses(field)
        token = self._token()
        if token.kind in ("text", "AND", "OR", "NOT") and self._take(":"):
            return self._value(_field_name(token.text))
        return self._leaf(token, field)

    def _value(self, field: str) -> Node:
        if self._take("("):
            return self._parentheses(field)
        token = self._token()
        if token.kind in _COMPARISONS:
            bound = self._token()
            if bound.kind not in ("text", "phrase"):
                self._refuse(f"a value is missing after {token.text!r}")
            return Comparison(field, ((_COMPARISONS[token.kind], _content(bound)),))
        if field == "_exists_" and token.kind == "text":
            return Comparison(_field_name(token.text), ())
        return self._leaf(token, field)

    def _parentheses(self, field: str | None) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._refuse(f"it has more than {_MAX_DEPTH} parentheses in each other")
        node = self._query(field)
        if not self._take(")"):
            self._refuse("a parenthesis is not closed")
        self._depth -= 1
        return node

    def _leaf(self, token: _Token, field: str | None) -> Node:
        if token.kind == "phrase":
            return Phrase(field, _content(token))
        if token.kind == "range" and field is not None:
            return Comparison(field, self._bounds(token))
        if token.kind != "text":
            self._refuse(f"{token.text!r} stands where a word should be")
        if token.text == "*":
            return Everything() if field is None else Comparison(field, ())
        if re.search(r"(?<!\\)(?:\\\\)*[*?]", token.text):
            return Pattern(field, glob_of(token.text))
        return Phrase(field, _content(token))

    def _bounds(self, token: _Token) -> tuple[tuple[str, str], ...]:
        match = _RANGE.fullmatch(token.text[1:-1])
        if match is None:
            self._refuse(f"{token.text!r} is not a range, such as [1 TO 5]")
        lower = "gte" if token.text[0] == "[" else "gt"
        upper = "lte" if token.text[-1] == "]" else "lt"
        bounds = ((lower, match[1]), (upper, match[2]))
        return tuple((name, _unescape(bound).strip('"')) for name, bound in bounds if bound != "*")

    def _peek(self) -> str | None:
        return self._tokens[self._next].kind if self._next < len(self._tokens) else None

    def _take(self, kind: str) -> bool:
        if self._peek() != kind:
            return False
        self._next += 1
        return True

    def _token(self) -> _Token:
        if self._next == len(self._tokens):
            self._refuse("it ends where a word should be")
        self._next += 1
        return self._tokens[self._next - 1]

    def _refuse(self, message: str) -> NoReturn:
        raise query_syntax(message)


def _split(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        match = _TOKENS.match(text, position)
        if match is None:
            sign = text[position]
            if sign in "~^/":
                raise query_syntax(f"the sandbox has no fuzzy words, boosts and regular expressions ({sign!r})")
            raise query_syntax(f"{sign!r} at {position} has no counterpart; a literal one has a backslash before it")
        kind, found = str(match.lastgroup), match[0]
        if kind == "sign" or (kind == "text" and found in ("AND", "OR", "NOT")):
            kind = _SAME.get(found, found)
        if kind != "space":
            tokens.append(_Token(kind, found))
        position = match.end()
    return tokens


def _content(token: _Token) -> str:
    return _unescape(token.text[1:-1] if token.kind == "phrase" else token.text)


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _field_name(text: str) -> str:
    """The name of a field, in which a dot of a key keeps its backslash."""
    return re.sub(r"\\([^.\\])", r"\1", text, flags=re.DOTALL)
