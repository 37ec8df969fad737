"""Python's standard library, as far as settings use it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from conn_lint.settings import imports
from conn_lint.settings.choice import Choices
from conn_lint.settings.containers import Items, OrderedTable, Scope, Sequence, Table
from conn_lint.settings.exceptions import model_exit
from conn_lint.settings.folding import fold, identity, part, unknown
from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.files import PATHS, abspath, exists, make_path, open_file
from conn_lint.settings.libraries.listings import list_folder
from conn_lint.settings.libraries.process import Argv, VersionInfo, imported
from conn_lint.settings.nodes import leaves
from conn_lint.settings.objects import Args, Function, Instance, Native
from conn_lint.settings.values import ABSENT, NONE, Atom, Const, External, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


class Environ(Table):
    """``os.environ``: what the code itself puts there, and the variables of the deployment."""

    __slots__ = ("machine",)

    kind = "_Environ"

    def __init__(self, machine: Machine) -> None:
        super().__init__({name: Const(value) for name, value in machine.env.items()})
        self.machine = machine
        self.rest = Opaque(("environment",), "the environment decides it")

    def missing(self, key: Any, choices: Choices) -> Tree:
        if not isinstance(key, str):
            return ABSENT
        tree: Tree = choices.map(self.rest, lambda leaf: ABSENT if leaf is ABSENT else self.machine.variable(key))
        return tree


def environment(machine: Machine, name: Tree) -> Tree:
    """The variable called ``name``; ABSENT in the worlds where it is not set."""

    def read(leaf: Atom) -> Tree:
        if isinstance(leaf, Const) and isinstance(leaf.value, str):
            return machine.read(machine.environ, leaf.value)
        key = identity(leaf)
        value = Opaque(("variable", key), "the name of the environment variable is not known")
        tree: Tree = machine.choices.ite(machine.choices.decide(("set", key)), value, ABSENT)
        return tree

    return machine.each(name, read)


def or_else(machine: Machine, tree: Tree, default: Tree) -> Tree:
    """``tree``, and ``default`` in the worlds where that is ABSENT."""
    return machine.each(tree, lambda leaf: default if leaf is ABSENT else leaf)


def _getenv(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    name = args.get(0, "key")
    default = args.get(1, "default")
    return None if name is None else or_else(machine, environment(machine, name), NONE if default is None else default)


class Suppress(Native):
    """``contextlib.suppress(...)``; ``taken`` are the names of its exceptions, None for one that is not known."""

    __slots__ = ("taken",)

    def __init__(self, taken: list[str | None]) -> None:
        self.taken = taken


def import_by_name(machine: Machine, args: Args, node: cst.CSTNode, *, top: bool = False) -> Tree | None:
    """``importlib.import_module(name)``; with ``top`` the package that the module lies in. Of several modules that it
    may be, none is run: what they do would have to be told apart from there on."""
    wanted, package = args.get(0, "name"), args.get(1, "package")
    if wanted is None or sum(isinstance(leaf, Const) for leaf in leaves(machine.choices.under(wanted, machine.pc))) > 1:
        return None

    def load(name: Atom) -> Tree:
        if not isinstance(name, Const) or not isinstance(name.value, str):
            machine.may_fail()
            return unknown(machine, node, "an import by name", name)
        dotted = name.value
        if dotted.startswith("."):
            if top or package is None:
                return machine.throw("ModuleNotFoundError" if top else "TypeError")
            if not isinstance(package, Const) or not isinstance(package.value, str):
                return unknown(machine, node, "the package of an import by name", name)
            level = len(dotted) - len(dotted.lstrip("."))
            parts = package.value.split(".")
            if level > len(parts):
                return machine.throw("ImportError")
            dotted = ".".join([*parts[: len(parts) + 1 - level], dotted[level:]]).rstrip(".")
        module = imported(machine, dotted)
        if isinstance(module, External) and not imports.may_be_imported(machine, dotted, node):
            return ABSENT
        return imported(machine, dotted.partition(".")[0]) if top else module

    return machine.each(wanted, load)


def import_top(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """``__import__(name)``: the package that the module lies in, unless names of it are asked for."""
    return import_by_name(machine, args, node, top=args.get(3, "fromlist") is None)


def _strtobool(value: str) -> int:
    word = value.lower()
    if word in ("y", "yes", "t", "true", "on", "1"):
        return 1
    if word in ("n", "no", "f", "false", "off", "0"):
        return 0
    raise ValueError(value)


def _folding(name: str, function: Callable[..., Any]) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        names = tuple(args.keywords)
        count = len(args.positional)

        def apply(*values: Any) -> Any:
            return function(*values[:count], **dict(zip(names, values[count:], strict=True)))

        return fold(machine, node, name, apply, *args.all(), frozen=True)

    return model


def _deepcopy(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return _copied(machine, args.positional[0], {})


def _copied(machine: Machine, tree: Tree, done: dict[int, Atom]) -> Tree:
    def duplicate(leaf: Atom) -> Tree:
        if id(leaf) in done:
            return done[id(leaf)]
        if isinstance(leaf, Table) and not isinstance(leaf, Scope):
            table = OrderedTable(site=leaf.site) if isinstance(leaf, OrderedTable) else Table(site=leaf.site)
            done[id(leaf)] = table
            for key, cell in leaf.cells.items():
                table.put(key, _copied(machine, cell, done))
            table.arrange(leaf)
            table.rest = leaf.rest
            table.written = dict(leaf.written)
            return table
        if isinstance(leaf, Sequence):
            items = machine.choices.map(
                leaf.items,
                lambda held: (
                    Items(tuple(_copied(machine, item, done) for item in held.trees))
                    if isinstance(held, Items)
                    else held
                ),
            )
            return Sequence(leaf.kind, items, leaf.site)
        if isinstance(leaf, Instance):
            return Opaque(("copied", leaf.serial), "a copied object is not followed")
        return leaf

    copied: Tree = machine.choices.map(tree, duplicate)
    return copied


def _shallow(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.tables import copied

    def duplicate(leaf: Atom) -> Tree:
        if isinstance(leaf, Table):
            return copied(machine, leaf)
        if isinstance(leaf, Sequence):
            return Sequence(leaf.kind, leaf.items, leaf.site)
        return part(machine, node, "copy.copy()", leaf)

    return machine.each(args.positional[0], duplicate)


def _ordered(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.tables import TABLE_METHODS

    table = OrderedTable(site=node, born=machine.pc)
    TABLE_METHODS["update"](machine, table, args, node)
    return table


def _unchanged(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """A decorator that leaves what the function returns as it is, or what makes one."""
    function = args.get(0, "user_function")
    return function if isinstance(function, Function) else External("functools.cache")


def _wraps(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return External("functools.cache")


def _named_tuple(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.libraries.named_tuples import named_tuple

    return named_tuple(machine, args, node)


def _suppress(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.exceptions import names_of

    return Suppress([name for tree in args.positional for name in names_of(machine, tree)])


class Partial(Native):
    """``functools.partial(function, ...)``."""

    __slots__ = ("args", "function")

    def __init__(self, function: Tree, args: Args) -> None:
        self.function = function
        self.args = args

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        from conn_lint.settings.calls import call

        joined = Args(self.args.positional + args.positional, {**self.args.keywords, **args.keywords}, args.open)
        return call(machine, self.function, joined, node)


def _partial(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return Partial(args.positional[0], args._replace(positional=args.positional[1:]))


MODELS: dict[str, Model] = {
    "collections.OrderedDict": _ordered,
    "collections.namedtuple": _named_tuple,
    "contextlib.suppress": _suppress,
    "copy.copy": _shallow,
    "copy.deepcopy": _deepcopy,
    "datetime.timedelta": _folding("timedelta()", timedelta),
    "distutils.util.strtobool": _folding("strtobool()", _strtobool),
    "functools.cache": _unchanged,
    "functools.lru_cache": _unchanged,
    "functools.partial": _partial,
    "functools.wraps": _wraps,
    "importlib.import_module": import_by_name,
    "io.open": open_file,
    "os.getenv": _getenv,
    "os.listdir": list_folder,
    "os.path.abspath": abspath,
    "os.path.exists": exists("exists"),
    "os.path.isdir": exists("is_dir"),
    "os.path.isfile": exists("is_file"),
    "os.path.realpath": abspath,
    "pathlib.Path": make_path,
    "pathlib.PosixPath": make_path,
    "pathlib.PurePath": make_path,
    "sys.exit": model_exit,
    **{f"os.path.{name}": model for name, model in PATHS.items()},
}


VALUES: dict[str, Callable[[Machine], Tree]] = {
    "os.environ": lambda machine: machine.environ,
    "os.linesep": lambda machine: Const(os.linesep),
    "os.sep": lambda machine: Const("/"),
    "sys.argv": lambda machine: Argv("sys.argv"),
    "sys.version_info": lambda machine: VersionInfo(),
    "sys.modules": lambda machine: Argv("sys.modules"),
}
