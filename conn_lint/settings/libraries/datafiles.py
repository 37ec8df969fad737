"""JSON, TOML and YAML: files of the project, read as data.

Checked against json and tomllib of Python 3.11, PyYAML 6.0.3, ruamel.yaml 0.19.1, toml 0.10.2 and tomlkit 0.15.2.
A file that cannot be parsed is a problem, and what it would have held is unknown.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from conn_lint.model import Problem, Span
from conn_lint.settings.containers import Table, sequence
from conn_lint.settings.folding import LARGEST, unknown
from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.files import File, read_text
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.values import At, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

MOST_TEXT = 10 * LARGEST
"""Characters of the largest data file that is read."""


class Unreadable(Exception):
    """Data that cannot be parsed; ``line`` counts from 1."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class NoParser(Exception):
    """The parser is not installed; the message says what to install."""


class Format(NamedTuple):
    """A kind of data: what it is called, and what parses it (raises Unreadable, or NoParser)."""

    name: str
    parse: Callable[[str], Any]


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(error.msg, error.lineno) from error


def _parse_toml(text: str) -> Any:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(str(error)) from error


def _parse_yaml(text: str) -> Any:
    try:
        yaml: Any = import_module("yaml")
    except ImportError as error:
        raise NoParser("reading YAML needs PyYAML: pip install 'conn-lint[deploy]'") from error
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader)
    except yaml.constructor.ConstructorError as error:
        raise NoParser(f"the YAML file has a tag of its own: {error.problem}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unreadable(str(error.problem or error.context), line) from error
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(str(error)) from error


JSON = Format("JSON", _parse_json)
TOML = Format("TOML", _parse_toml)
YAML = Format("YAML", _parse_yaml)

BY_SUFFIX = {".json": JSON, ".toml": TOML, ".yaml": YAML, ".yml": YAML}


def data_of(machine: Machine, file: File, form: Format, node: cst.CSTNode) -> Tree:
    """What the project's ``file`` holds; unknown with a reason where that cannot be told."""
    text = _text(machine.project.data(file.path))
    if len(text) > MOST_TEXT:
        return machine.opaque(node, f"{file.path} has more than {MOST_TEXT} characters")
    try:
        return _decided(_bounded(form.parse(text)), At(machine.source, node))
    except NoParser as error:
        return Opaque(("data", file.path), f"{file.path}: {error}")
    except (Unreadable, RecursionError) as error:
        reason = f"is not valid {form.name}: {error}" if isinstance(error, Unreadable) else "is nested too deeply"
        where = Span(file.path, getattr(error, "line", 1))
        machine.problems[where] = Problem(where, reason)
        machine.may_fail()
        return Opaque(("data", file.path), f"{file.path} {reason}")


def _bounded(value: Any) -> Any:
    """``value``; raises Unreadable when it is too large, as YAML with aliases may be."""
    pending = [value]
    for count, part in enumerate(_each(pending)):
        if count > LARGEST:
            raise Unreadable(f"it holds more than {LARGEST} values")
        if isinstance(part, dict):
            pending += part.values()
        elif isinstance(part, (list, set, tuple)):
            pending += part
    return value


def _each(pending: list[Any]) -> Iterator[Any]:
    while pending:
        yield pending.pop()


def _decided(value: Any, at: At) -> Tree:
    """``value`` as settings code would hold it, every part of it decided at ``at``."""
    if isinstance(value, dict):
        table = Table({key: _decided(part, at) for key, part in value.items()}, at.node)
        table.written = dict.fromkeys(table.cells, at)
        return table
    if isinstance(value, (list, set, tuple)):
        return sequence(type(value).__name__, [_decided(part, at) for part in value])
    return Const(value, at)


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "replace")


def _loads(form: Format, *, paths: bool = False) -> Model:
    """``load`` and ``loads`` alike: of an open file, its text, a known text. ``paths``: a text is a path."""

    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        def load(leaf: Atom) -> Tree:
            if isinstance(leaf, Const) and paths:
                return load_file(read_text(machine, leaf.value, node))
            if isinstance(leaf, Const) and isinstance(leaf.value, (str, bytes)) and len(leaf.value) <= MOST_TEXT:
                return _of_text(leaf.value)
            return load_file(leaf)

        def load_file(leaf: Atom) -> Tree:
            if isinstance(leaf, File):
                return data_of(machine, leaf, form, node)
            return unknown(machine, node, f"{form.name} of something unknown", leaf)

        def _of_text(text: str | bytes) -> Tree:
            try:
                return _decided(_bounded(form.parse(_text(text))), At(machine.source, node))
            except (Unreadable, RecursionError):
                return machine.throw("ValueError" if form is not YAML else None)
            except NoParser as error:
                return machine.opaque(node, str(error))

        return machine.each(args.positional[0], load) if args.positional and _HOOKS.isdisjoint(args.keywords) else None

    return model


_HOOKS = frozenset("cls object_hook object_pairs_hook parse_constant parse_float parse_int".split())
"""Arguments of the functions of json and its kin by which the caller decides what is made of the data."""


class RuamelYaml(Native):
    """``ruamel.yaml.YAML()``: its ``load`` takes an open file, a text or a Path."""

    __slots__ = ()

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        return RuamelLoad() if name == "load" else None


class RuamelLoad(Native):
    """``YAML().load``."""

    __slots__ = ()

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        path = args.positional[0] if args.positional else None
        of_path = isinstance(path, Const) and not isinstance(path.value, (str, bytes))
        return _loads(YAML, paths=of_path)(machine, args, node)


def _ruamel(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return RuamelYaml()


MODELS: dict[str, Model] = {
    "json.load": _loads(JSON),
    "json.loads": _loads(JSON),
    "ruamel.yaml.YAML": _ruamel,
    "simplejson.load": _loads(JSON),
    "simplejson.loads": _loads(JSON),
    "toml.load": _loads(TOML, paths=True),
    "toml.loads": _loads(TOML),
    **{f"{library}.{name}": _loads(TOML) for library in ("rtoml", "tomli", "tomllib") for name in ("load", "loads")},
    **{f"tomlkit.{name}": _loads(TOML) for name in ("load", "loads", "parse")},
    **{f"yaml.{name}": _loads(YAML) for name in ("full_load", "load", "safe_load", "unsafe_load")},
}
