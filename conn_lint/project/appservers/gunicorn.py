"""gunicorn.conf.py: the assignments of a Python file, read and not run.

Source: gunicorn 23.0 and 27.0 (``app/base.py`` ``Application.load_config``, ``config.py``): the names of the module
are the settings, the last assignment counts.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from conn_lint.model import Span
from conn_lint.project.appservers.server import Setting, Settings
from conn_lint.project.source import decode
from conn_lint.project.tree import Unreadable

DEFAULT_FILE = "gunicorn.conf.py"

_SETTINGS = {
    "preload_app": "preload",
    "threads": "threads",
    "worker_class": "worker-class",
    "workers": "workers",
    "wsgi_app": "wsgi-app",
}
"""The names in the file, and the options of the command line that mean the same."""


class _Value(NamedTuple):
    text: str | None = None
    default: str | None = None


def read(path: str, data: bytes) -> Settings | None:
    """The settings of the configuration file ``path``; None when it is not Python or cannot be decoded."""
    try:
        module = ast.parse(decode(path, data))
    except (Unreadable, SyntaxError, ValueError, RecursionError):
        return None
    found: Settings = {}
    names: dict[str, _Value] = {}
    for statement in module.body:
        for node in _assignments(statement):
            value = _Value()
            if node is statement and isinstance(node, (ast.Assign, ast.AnnAssign)):
                value = _value(node.value, names)
            for name in _bound(node):
                names[name] = value
                if name in _SETTINGS:
                    place = Span(path, node.lineno, node.col_offset + 1)
                    found[_SETTINGS[name]] = Setting(value.text, place, value.default)
    return found


_Assignment = ast.Assign | ast.AnnAssign | ast.AugAssign


def _assignments(statement: ast.stmt) -> list[_Assignment]:
    """The assignments at the level of the module; below an ``if`` or ``try`` they may or may not happen."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return []
    found = [node for node in ast.walk(statement) if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign))]
    return [node for node in found if not isinstance(node, ast.AnnAssign) or node.value is not None]


def _bound(node: _Assignment) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def _value(node: ast.expr | None, names: dict[str, _Value]) -> _Value:
    if isinstance(node, ast.Constant) and node.value is not None:
        return _Value(str(node.value))
    if isinstance(node, ast.Name):
        return names.get(node.id, _Value())
    if isinstance(node, ast.BinOp):
        return _Value(_sum(_value(node.left, names).text, node.op, _value(node.right, names).text))
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        last = _value(node.values[-1], names)
        return _Value(default=last.text or last.default)
    if isinstance(node, ast.Call):
        return _of_call(node, names)
    return _Value()


def _sum(left: str | None, operator: ast.operator, right: str | None) -> str | None:
    if left and right and left.isdecimal() and right.isdecimal() and len(left + right) < 12:
        if isinstance(operator, ast.Add):
            return str(int(left) + int(right))
        if isinstance(operator, ast.Mult):
            return str(int(left) * int(right))
    return None


def _of_call(node: ast.Call, names: dict[str, _Value]) -> _Value:
    """``int(x)`` is x; what reads the environment (``os.environ.get(NAME, default)``) shows its default."""
    if isinstance(node.func, ast.Name) and node.func.id in ("bool", "int", "str") and len(node.args) == 1:
        return _value(node.args[0], names)
    given = [keyword.value for keyword in node.keywords if keyword.arg == "default"] or node.args[1:]
    last = _value(given[-1], names) if given else _Value()
    return _Value(default=last.text or last.default)
