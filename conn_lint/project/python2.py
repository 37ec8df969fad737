"""Python 2 source as Python 3 reads it, every character in its place.

libcst and ``ast`` know Python 3 only. What Python 2 writes differently is replaced by text of the same length
that evaluates the same parts in the same order, so that lines and columns stay true. What the replaced parts
mean is not kept: a printed value is evaluated and dropped, the name that ``except`` binds is gone; ``rename`` gives
what is called ``async`` its name back.
The statements are those that Python 2.7's grammar has and 3.0 lacks ("What's New In Python 3.0"), and
``async`` as a name, which is a keyword since 3.7.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import NamedTuple

_Put = Callable[[int, str], None]
"""Writes text over the characters from an index on."""

_TOKEN = re.compile(
    r"""(?P<string>(?:[uU]?[rR]?|[bB][rR]?)(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''
        |"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<comment>\#[^\n]*)
    |(?P<number>\d[\w.]*)
    |(?P<name>\w+)
    |(?P<newline>\n)
    |(?P<space>[ \t\f\r]+|\\\r?\n)
    |(?P<operator><>|>>|.)""",
    re.VERBOSE | re.DOTALL,
)
ASYNC = "asynC"
"""What stands in the text where ``async`` is a name."""

_OPEN, _CLOSED = frozenset("([{"), frozenset(")]}")


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    """Index of its first character."""
    depth: int
    """Of brackets around it, an opening one and its closing one not counted as inside themselves."""
    first: bool
    """Whether a statement begins with it."""


def as_python3(text: str) -> str:
    """``text`` with what only Python 2 reads replaced, of the same length; equal when there is nothing to replace."""
    tokens = tokens_of(text)
    out = list(text)

    def put(at: int, new: str) -> None:
        out[at : at + len(new)] = new

    ticks = 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else Token("newline", "\n", len(text), 0, False)
        if token.kind == "number":
            _number(token, put)
        elif token.kind == "string" and token.text[:2].lower() == "ur":
            put(token.start, " ")
        elif token.text == "<>":
            put(token.start, "!=")
        elif token.text == "`":
            put(token.start, ")" if ticks % 2 else "(")
            ticks += 1
        elif token.text == "async" and following.text not in ("def", "for", "with"):
            put(token.start, ASYNC)
        elif token.first and token.text in ("print", "exec"):
            _statement(token, following, put)
        elif token.first and token.text in ("except", "raise"):
            _commas(tokens, index, put)
        elif token.text in ("def", "lambda"):
            _parameters(tokens, index, put)
    return "".join(out)


def rename(tree: ast.Module) -> None:
    """Give the names in ``tree`` back that ``as_python3`` had to change."""
    for node in ast.walk(tree):
        for field in ("arg", "asname", "attr", "id", "name"):
            if getattr(node, field, None) == ASYNC:
                setattr(node, field, "async")


def tokens_of(text: str) -> list[Token]:
    """The tokens of Python source of any version, as far as they tell its statements apart."""
    found: list[Token] = []
    depth, first = 0, True
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup or "", match.group()
        if kind in ("space", "comment"):
            continue
        depth -= token in _CLOSED
        if kind != "newline" or depth <= 0:
            found.append(Token(kind, token, match.start(), depth, first))
            first = depth <= 0 and (kind == "newline" or token in (":", ";"))
        depth += token in _OPEN
    return found


def _number(token: Token, put: _Put) -> None:
    digits = token.text.rstrip("lL")
    put(token.start + len(digits), " " * (len(token.text) - len(digits)))
    if digits.isdigit() and digits.strip("0") and digits[0] == "0":
        put(token.start, " " * (len(digits) - len(digits.lstrip("0"))))


def _statement(token: Token, following: Token, put: _Put) -> None:
    """``print a, b`` becomes the tuple ``0, a, b``; so does ``exec a in b``."""
    if following.kind == "newline" or following.text == ";":
        put(token.start, "0".ljust(len(token.text)))
    elif following.kind in ("name", "number", "string") or following.text in (">>", "`", "-", "{", "~"):
        put(token.start, "0".ljust(len(token.text) - 1) + ",")
        if following.text == ">>":
            put(following.start, "  ")


def _commas(tokens: list[Token], index: int, put: _Put) -> None:
    """``except A, error:`` and ``except A as (b, c):`` lose the names; ``raise A, b`` becomes one operation."""
    keyword = tokens[index]
    comma: Token | None = None
    for token, following in zip(tokens[index + 1 :], tokens[index + 2 :], strict=False):
        if token.depth == keyword.depth and (token.kind == "newline" or token.text in (":", ";")):
            if comma and keyword.text == "except":
                put(comma.start, " " * (token.start - comma.start))
            return
        if token.depth == keyword.depth and token.text == ",":
            if keyword.text == "raise":
                put(token.start, "|")
            comma = comma or token
        if keyword.text == "except" and token.text == "as" and following.text == "(":
            comma = token


def _parameters(tokens: list[Token], index: int, put: _Put) -> None:
    """``def f(a, (b, c))`` loses the brackets around ``b, c``."""
    level = tokens[index].depth + (tokens[index].text == "def")
    before = tokens[index]
    opened = 0
    for token in tokens[index + 1 :]:
        if token.depth == tokens[index].depth and (token.text == ":" or token.kind == "newline"):
            return
        if token.text == "(" and token.depth >= level and (before.text in ("(", ",", "lambda")):
            put(token.start, " ")
            opened += 1
        elif token.text == ")" and opened and token.depth >= level:
            put(token.start, " ")
            opened -= 1
        before = token
