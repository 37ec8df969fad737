"""Methods of Python's own values: which there are, and those of strings, numbers and paths."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from conn_lint.settings.beginnings import joined_text
from conn_lint.settings.comparisons import boolean
from conn_lint.settings.containers import TYPES, Sequence, Table
from conn_lint.settings.folding import fold, unknown
from conn_lint.settings.frozen import check_text
from conn_lint.settings.iterators import all_taken
from conn_lint.settings.objects import Args
from conn_lint.settings.sequences import SEQUENCE_METHODS
from conn_lint.settings.tables import TABLE_METHODS
from conn_lint.settings.textpath import READERS, TESTS, TextPath
from conn_lint.settings.values import Atom, Const, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


TEXT_METHODS = frozenset(
    "capitalize casefold count decode encode endswith find format format_map index isalnum isalpha isdecimal isdigit"
    " islower isnumeric isspace istitle isupper join lower lstrip partition removeprefix removesuffix replace rfind"
    " rindex rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper".split()
)
"""Methods of str and bytes that are pure and cannot make much of little."""


PATH_METHODS = frozenset("as_posix joinpath relative_to with_name with_suffix with_stem is_absolute match".split())


TAKERS = frozenset(
    "difference extend fromkeys intersection isdisjoint issubset issuperset join symmetric_difference union"
    " update".split()
)
"""Methods that take every element of what they are given."""


SAME_PATH = frozenset("resolve absolute expanduser".split())


_WIDTH = re.compile(r"\{[^}]*:[^}]*\d{4,}|\{[^}]*:[^}]*\{")


def call_method(machine: Machine, leaf: Atom, name: str, args: Args, node: cst.CSTNode) -> Tree:
    """Call the method ``name`` of a builtin value."""
    if not args.open:
        if name in TAKERS:
            args = all_taken(machine, args, node)
        if isinstance(leaf, Table) and name in TABLE_METHODS:
            return TABLE_METHODS[name](machine, leaf, args, node)
        if isinstance(leaf, Sequence) and name in SEQUENCE_METHODS:
            if not hasattr(TYPES.get(leaf.kind, list), name):
                return machine.throw("AttributeError")
            return SEQUENCE_METHODS[name](machine, leaf, args, node)
        if isinstance(leaf, Const):
            return _of_constant(machine, leaf, name, args, node)
    result = machine.opaque(node, f"the method {name} is not followed", leaf, *args.all())
    for tree in (leaf, *args.all()):
        machine.escape(tree, result)
    machine.may_fail()
    return result


def _of_constant(machine: Machine, leaf: Const, name: str, args: Args, node: cst.CSTNode) -> Tree:
    value = leaf.value
    if isinstance(value, TextPath) and not hasattr(str, name):
        return _of_text_path(machine, value, name, args, node)
    if isinstance(value, (str, bytes)) and name in TEXT_METHODS:
        if name.startswith("format") and (isinstance(value, bytes) or _WIDTH.search(value)):
            return unknown(machine, node, "a format", leaf)
        names = tuple(args.keywords)
        count = len(args.positional)

        def apply(*values: Any) -> Any:
            if name.startswith("format"):
                check_text(values, written_out="!" in value)
            return getattr(value, name)(*values[:count], **dict(zip(names, values[count:], strict=True)))

        made = fold(machine, node, f"the method {name}", apply, *args.all(), frozen=True)
        if name != "format" or isinstance(value, bytes):
            return made
        return joined_text(Const(value.partition("{")[0]), made)
    if isinstance(value, PurePath):
        return _of_path(machine, value, name, args, node)
    if isinstance(value, timedelta) and name == "total_seconds":
        return Const(value.total_seconds())
    if isinstance(value, (int, float)) and name in ("bit_length", "is_integer", "as_integer_ratio"):
        return fold(machine, node, name, lambda plain: getattr(plain, name)(), leaf)
    if not hasattr(value, name):
        return machine.throw("AttributeError")
    return unknown(machine, node, f"the method {name}", leaf)


def _of_text_path(machine: Machine, path: TextPath, name: str, args: Args, node: cst.CSTNode) -> Tree:
    from conn_lint.settings.libraries.files import is_there, read_text

    if name in path.METHODS:
        return fold(machine, node, name, lambda *values: getattr(path, name)(*values), *args.positional)
    if name in TESTS:
        return boolean(machine, is_there(machine, path, TESTS[name]))
    if name in READERS:
        within = [tree.value for tree in args.positional if isinstance(tree, Const)] if name == "file" else []
        return read_text(machine, "/".join([path, *within]), node)
    return machine.opaque(node, f"the path method {name} is not followed")


def _of_path(machine: Machine, path: PurePath, name: str, args: Args, node: cst.CSTNode) -> Tree:
    from conn_lint.settings.libraries.files import is_there, read_text
    from conn_lint.settings.libraries.listings import glob_of_path

    if name in SAME_PATH:
        return Const(path)
    if name in PATH_METHODS:
        return fold(machine, node, name, lambda *values: getattr(path, name)(*values), *args.positional)
    if name in ("exists", "is_file", "is_dir"):
        return boolean(machine, is_there(machine, path, name))
    if name in ("open", "read_bytes", "read_text"):
        return read_text(machine, path, node)
    if name == "glob" and len(args.positional) == 1:
        return glob_of_path(machine, path, args.positional[0], node)
    if not hasattr(Path, name):
        return machine.throw("AttributeError")
    return machine.opaque(node, f"the path method {name} is not followed")
