"""django-environ: ``Env`` (read in 0.14.0, ``environ/environ.py``)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import Items, Sequence
from conn_lint.settings.libraries import Model, dotenv, environ_urls
from conn_lint.settings.libraries.casts import CASTS, cast, loose_float, loose_truth
from conn_lint.settings.libraries.dj_email_url import email_settings
from conn_lint.settings.libraries.files import File
from conn_lint.settings.libraries.standard import environment
from conn_lint.settings.libraries.text_paths import ENVIRON_PATH
from conn_lint.settings.objects import Args, Class, Native
from conn_lint.settings.values import ABSENT, FALSE, NONE, Atom, Const, External, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine
    from conn_lint.settings.nodes import Guard

KINDS: dict[str, Callable[[Any], Any]] = {**CASTS, "bool": loose_truth, "float": loose_float}
"""The casts, by the name of the type and of the method alike."""

PLAIN_METHODS = frozenset("bool float int json list str tuple".split())
URL_METHODS = frozenset("db db_url".split())
EMAIL_METHODS = frozenset("email email_url".split())


UNFOLLOWED = "?"
"""A cast that is none of KINDS."""

MOST_REFERENCES = 8
"""Variables that refer to one another (``A=$B``) in a row; those that go round raise RecursionError."""


class Env(Native):
    """An ``environ.Env``; ``scheme`` maps a variable to its cast and its default.

    ``kind`` is the dotted name of its class: a FileAwareEnv looks for a file that ``<variable>_FILE`` names first.
    """

    __slots__ = ("as_made", "kind", "prefix", "scheme")

    def __init__(self, scheme: dict[str, tuple[str | None, Tree | None]], kind: str = "environ.Env") -> None:
        self.as_made = True
        self.kind = kind
        """Nobody has set an attribute, as ``smart_cast`` or ``prefix``."""
        self.scheme = scheme
        self.prefix: Tree = Const("")

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        kind = args.get(1, "cast")
        if kind is not None and not (isinstance(kind, Const) and kind.value is None):
            name = kind.name.removeprefix("builtins.") if isinstance(kind, External) else ""
            if name not in KINDS:
                return None
            return self.value(machine, args, name, args.get(2, "default"), node)
        return self.value(machine, args, None, args.get(2, "default"), node)

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        if name in PLAIN_METHODS | URL_METHODS | EMAIL_METHODS or name in (
            "bytes",
            "db_url_config",
            "get_value",
            "read_env",
        ):
            return EnvMethod(self, name)
        return None

    def altered(self) -> None:
        self.as_made = False

    def answers(self, machine: Machine) -> bool:
        """Whether it is asked as the library has it."""
        return self.as_made and not machine.is_altered("environ.Env") and not machine.is_altered(self.kind)

    def contains(self, machine: Machine, item: Atom) -> Guard | None:
        if not self.answers(machine):
            return None
        there: Guard = machine.choices.map(environment(machine, item), lambda leaf: leaf is not ABSENT)
        return there

    def held(self, machine: Machine, variable: str) -> Tree:
        """The text of ``variable``; ABSENT in the worlds where it is not set."""
        plain = environment(machine, Const(variable))
        name = f"{variable}_FILE"
        if self.kind != "environ.FileAwareEnv" or (variable in machine.env and name not in machine.env):
            return plain  # nobody gives both, which are two ways to say the same
        of_file = Opaque((".file", name), f"the file that the environment variable {name} names decides it", (name,))
        return machine.each(
            environment(machine, Const(name)),
            lambda leaf: plain if leaf is ABSENT or (isinstance(leaf, Const) and leaf.value == "") else of_file,
        )

    def value(self, machine: Machine, args: Args, kind: str | None, default: Tree | None, node: cst.CSTNode) -> Tree:
        """``Env.get_value``: the variable, cast; the default as it is where the variable is not set."""
        name = args.get(0, "var")
        if not self.answers(machine):
            return machine.opaque(node, "attributes of environ.Env are set", name or NONE)
        if not isinstance(name, Const) or not isinstance(self.prefix, Const):
            return machine.opaque(node, "the name of the environment variable is not known", name or NONE)
        return self._named(machine, str(name.value), kind, default, node, MOST_REFERENCES)

    def _named(
        self, machine: Machine, name: str, kind: str | None, default: Tree | None, node: cst.CSTNode, patience: int
    ) -> Tree:
        """The variable ``name``; a value ``$B`` is that of the variable ``B``, cast likewise (and then once more)."""
        assert isinstance(self.prefix, Const)
        variable = f"{self.prefix.value}{name}"
        known_kind, known_default = self.scheme.get(variable, (None, None))
        kind = kind or known_kind
        default = known_default if default is None else default

        def take(leaf: Atom, known: Tree | None) -> Tree:
            if leaf is ABSENT:
                if known is None:
                    return machine.throw("ImproperlyConfigured")
                return take(known, known) if isinstance(known, Const) and _refers(known) else known
            if isinstance(leaf, Const) and _refers(leaf):
                if patience == 0:
                    return machine.throw("RecursionError")
                referred = self._named(machine, leaf.value.lstrip("$"), kind, known, node, patience - 1)
                return machine.each(referred, lambda one: finish(one, known))
            return finish(leaf, known)

        def finish(leaf: Atom, known: Tree | None) -> Tree:
            chosen = kind or _kind_of(known)
            if isinstance(leaf, Const) and isinstance(known, Const):
                if leaf.value == "" and known.value is None:
                    return NONE
                if leaf.value == known.value:
                    return known
            if chosen == UNFOLLOWED:
                return machine.opaque(node, "a cast of the project's own", leaf)
            if chosen is None or chosen == "str" or (isinstance(leaf, Const) and type(leaf.value).__name__ == chosen):
                return leaf
            return cast(machine, node, chosen, KINDS[chosen], leaf)

        return machine.each(self.held(machine, variable), lambda leaf: take(leaf, default))


def _refers(leaf: Const) -> bool:
    """Whether ``leaf`` is a text that stands for a variable."""
    return isinstance(leaf.value, str) and leaf.value.startswith("$")


class EnvMethod(Native):
    """A method of an Env: ``env.int``, ``env.db``."""

    __slots__ = ("env", "name")

    def __init__(self, env: Env, name: str) -> None:
        self.env = env
        self.name = name

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        if self.name == "get_value":
            return self.env.call(machine, args, node)
        if self.name == "read_env":
            return _read_env(machine, args, node)
        if self.name == "db_url_config":
            return _db_url_config(machine, args, node)
        if self.name in EMAIL_METHODS:
            return email_settings(machine, args, node)
        if self.name == "bytes":
            return machine.opaque(node, "bytes of a variable", *args.all())
        if self.name not in URL_METHODS:
            kind = "str" if self.name == "str" else self.name
            return self.env.value(machine, args, kind, _second(self.name, args), node)
        name = args.get(0, "var") or Const("DATABASE_URL")
        default = args.get(1, "default")
        engine = args.get(2, "engine")
        url = self.env.value(machine, Args((name,), {}), "str", default, node)
        return environ_urls.database(machine, url, engine, node)


def _second(method: str, args: Args) -> Tree | None:
    """``default`` is the second argument of most methods; ``list``, ``tuple`` and ``dict`` have the cast there."""
    if method in ("list", "tuple"):
        return args.get(2, "default")
    return args.get(1, "default")


def _kind_of(default: Tree | None) -> str | None:
    """The cast that follows from the default (``smart_cast``)."""
    if isinstance(default, Const) and isinstance(default.value, (bool, int, float, str)):
        return type(default.value).__name__
    if isinstance(default, Sequence) and default.kind in KINDS:
        return default.kind
    return None


def _db_url_config(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    url = args.get(0, "url")
    return None if url is None else environ_urls.database(machine, url, args.get(1, "engine"), node)


def _file_aware(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return _env(machine, args, node, "environ.FileAwareEnv")


def _env(machine: Machine, args: Args, node: cst.CSTNode, kind: str = "environ.Env") -> Tree | None:
    scheme: dict[str, tuple[str | None, Tree | None]] = {}
    for name, tree in args.keywords.items():
        made = _scheme(tree)
        scheme[name] = made or (UNFOLLOWED, None)
    return Env(scheme, kind)


def _scheme(tree: Tree) -> tuple[str | None, Tree | None] | None:
    """``X=(int, 0)`` or ``X=int``; None for what is no such thing."""
    if isinstance(tree, External):
        name = tree.name.removeprefix("builtins.")
        return (name, None) if name in KINDS else None
    if not isinstance(tree, Sequence) or not isinstance(tree.items, Items) or len(tree.items.trees) != 2:
        return None
    kind, default = tree.items.trees
    name = kind.name.removeprefix("builtins.") if isinstance(kind, External) else ""
    if name in KINDS:
        return name, default
    return UNFOLLOWED, default


def _subclass(machine: Machine, cls: Class, args: Args, node: cst.CSTNode) -> Tree | None:
    """An object of the project's own kind of Env; None where the project changes what its attributes are."""
    own = (each for each in cls.ancestry() if isinstance(each, Class))
    return None if any(machine.present(each.scope) for each in own) else _env(machine, args, node)


def _read_env(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    path = args.get(0, "env_file")
    overwrite = args.get(1, "overwrite") or FALSE
    if path is None:
        folder = posixpath.dirname(machine.source.path)
        path = Const(dotenv.absolute(machine, posixpath.join(folder, ".env")))
    machine.each(path, lambda leaf: _read_file(machine, leaf, overwrite))
    for name, value in args.keywords.items():
        if name not in ("env_file", "overwrite", "parse_comments", "encoding"):
            machine.write(machine.environ, name, value)
    return NONE


def _read_file(machine: Machine, leaf: Atom, overwrite: Tree) -> Tree:
    if isinstance(leaf, File):
        leaf = Const(dotenv.absolute(machine, leaf.path))
    if isinstance(leaf, Const):
        dotenv.load(machine, leaf.value, dotenv.plain_lines, override=overwrite)
    return NONE


MODELS: dict[str, Model] = {
    "environ.Env": _env,
    "environ.Env.db_url_config": _db_url_config,
    "environ.Env.read_env": _read_env,
    "environ.FileAwareEnv": _file_aware,
    "environ.Path": ENVIRON_PATH,
}

SUBCLASSED = {"environ.Env": _subclass}
