"""Numbers, texts and f-strings."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import libcst as cst

from conn_lint.settings import operators
from conn_lint.settings.beginnings import joined_text
from conn_lint.settings.folding import fold
from conn_lint.settings.frozen import written, written_in_ascii
from conn_lint.settings.members import Member
from conn_lint.settings.values import CONTAINERS, Const, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine

NOT_ACCEPTED = "a literal that Python 3 does not accept"

CONVERSIONS: dict[str, Callable[[Any], Any]] = {"": lambda value: value, "a": written_in_ascii, "r": written, "s": str}


def literal(machine: Machine, node: cst.Integer | cst.Float | cst.Imaginary | cst.SimpleString) -> Tree:
    try:
        return Const(_literal_value(node.value))
    except (SyntaxError, ValueError, MemoryError):
        return machine.opaque(node, NOT_ACCEPTED)


@lru_cache(maxsize=4096)
def _literal_value(text: str) -> Any:
    return ast.literal_eval(text)


def ellipsis(machine: Machine, node: cst.Ellipsis) -> Tree:
    return Const(...)


def concatenated(machine: Machine, node: cst.ConcatenatedString) -> Tree:
    left, right = machine.evaluate(node.left), machine.evaluate(node.right)
    return operators.binary(machine, node, "Add", left, right)


def formatted(machine: Machine, node: cst.FormattedString) -> Tree:
    text: Tree = Const("")
    for part in node.parts:
        if isinstance(part, cst.FormattedStringExpression):
            piece = _replacement(machine, part)
        else:
            written = cst.ensure_type(part, cst.FormattedStringText).value
            try:
                piece = Const(_unescaped(node, written))
            except UnicodeDecodeError:
                return machine.opaque(node, NOT_ACCEPTED)
        text = joined_text(text, fold(machine, node, "an f-string", lambda a, b: a + b, text, piece))
    return text


def _formatted(value: Any, spec: str) -> str:
    return format(written(value) if isinstance(value, CONTAINERS) else value, spec)


def _unescaped(node: cst.FormattedString, text: str) -> str:
    text = text.replace("{{", "{").replace("}}", "}")
    if "r" in node.prefix.lower() or "\\" not in text:
        return text
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")


def _replacement(machine: Machine, node: cst.FormattedStringExpression) -> Tree:
    value = machine.evaluate(node.expression)
    if isinstance(value, Const) and isinstance(value.value, Member):
        return machine.opaque(node, "the text of an enum member is another one by the version of Python")
    spec = ""
    for part in node.format_spec or ():
        if not isinstance(part, cst.FormattedStringText):
            return machine.opaque(node, "a format that is itself worked out", value)
        spec += part.value
    convert = CONVERSIONS[node.conversion or ""]
    if len(spec) > 4:
        return machine.opaque(node, "a format", value)
    return fold(machine, node, "an f-string", lambda plain: _formatted(convert(plain), spec), value, frozen=True)
