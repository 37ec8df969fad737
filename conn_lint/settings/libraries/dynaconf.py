"""dynaconf: ``DjangoDynaconf(__name__)`` at the end of a settings module (run and read in 3.3.5).

The names of the module come first, then ``settings.*`` and ``.secrets.*`` found in its folder, in one above or in
``config`` below either, each with its ``.local``; of them the sections ``[default]``, the current environment
(DJANGO_ENV, ``development`` where it is not set) and ``[global]``; then ``DJANGO_DATABASES__alias__KEY``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import Items, Scope, Sequence, Table
from conn_lint.settings.folding import fold, identity, unknown
from conn_lint.settings.libraries import Model, dotenv
from conn_lint.settings.libraries.casts import truth_word
from conn_lint.settings.libraries.datafiles import BY_SUFFIX, data_of
from conn_lint.settings.libraries.files import File
from conn_lint.settings.libraries.standard import environment
from conn_lint.settings.objects import Args
from conn_lint.settings.values import ABSENT, At, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine
    from conn_lint.settings.nodes import Guard

SUFFIXES = (".toml", ".yaml", ".yml", ".json")
NOT_READ = (".py", ".tml", ".ini", ".conf", ".properties")
DEFAULT_FILES = tuple(f"{stem}{suffix}" for stem in ("settings", ".secrets") for suffix in SUFFIXES)
HARMLESS = frozenset(
    "load_dotenv root_path lowercase_read merge_enabled_for_files warn_dynaconf_global_settings".split()
)
KNOWN = HARMLESS | {"environments", "envvar_prefix", "env_switcher", "settings_file", "settings_files"}
"""The options that are followed, or change nothing of what is read."""

OVERRIDABLE = ("ENGINE", "HOST", "PORT", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "AUTOCOMMIT", "ATOMIC_REQUESTS")
MERGE = "dynaconf_merge"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
CASTS: dict[str, Callable[[Any], Any]] = {"@bool": truth_word, "@float": float, "@int": int, "@str": str}


def _django_dynaconf(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    scope: Scope = machine.scope
    while scope.outer is not None:
        scope = scope.outer
    loader = _Loader(machine, scope, args, node)
    if loader.is_followed():
        loader.load()
        loader.override()
    else:
        machine.havoc(scope, machine.opaque(node, f"DjangoDynaconf() {loader.obstacle()} is not followed"))
    return machine.opaque(node, "an object of dynaconf is not followed")


class _Loader:
    def __init__(self, machine: Machine, scope: Scope, args: Args, node: cst.CSTNode) -> None:
        self.machine = machine
        self.scope = scope
        self.node = node
        self.options = {key.lower().removesuffix("_for_dynaconf"): tree for key, tree in args.keywords.items()}
        self.open = args.open
        self.at = At(machine.source, node)

    def plain(self, name: str, default: Any) -> Any:
        tree = self.options.get(name)
        return tree.value if isinstance(tree, Const) else default

    def obstacle(self) -> str:
        """What it was made with that is not known here."""
        strange = sorted(self.options.keys() - KNOWN)
        return f"with {', '.join(strange)}" if strange else "with these files and hooks"

    def is_followed(self) -> bool:
        if self.open or not self.options.keys() <= KNOWN or self.names() is None:
            return False
        folder = posixpath.dirname(self.machine.source.path)
        hooks = posixpath.join(folder, "dynaconf_hooks.py")
        texts = ("environments", "envvar_prefix", "env_switcher")
        plain = all(isinstance(self.options[name], Const) for name in texts if name in self.options)
        return plain and hooks not in self.machine.project.tree and not any(self.found(NOT_READ_NAMES))

    def names(self) -> tuple[str, ...] | None:
        """The files to look for; None when they cannot all be read."""
        held = self.options.get("settings_files", self.options.get("settings_file"))
        if held is None:
            return DEFAULT_FILES
        items = held.items if isinstance(held, Sequence) else None
        parts = items.trees if isinstance(items, Items) else (held,)
        texts = [str(one.value) for one in parts if isinstance(one, Const)]
        if len(texts) < len(parts) or not all(text.endswith(SUFFIXES) for text in texts):
            return None
        return tuple(texts)

    def found(self, names: tuple[str, ...]) -> Iterator[str]:
        """The files of these names, each the nearest, followed by its ``.local``."""
        tree = self.machine.project.tree
        for name in names:
            stem, suffix = posixpath.splitext(name)
            for one in (name, f"{stem}.local{suffix}"):
                path = next((path for path in self.places(one) if path in tree), None)
                if path is not None and path != self.machine.source.path:
                    yield path

    def places(self, name: str) -> Iterator[str]:
        folder = posixpath.dirname(self.machine.source.path)
        while True:
            yield posixpath.normpath(posixpath.join(folder, name))
            yield posixpath.normpath(posixpath.join(folder, "config", name))
            if not folder:
                return
            folder = posixpath.dirname(folder)

    def load(self) -> None:
        """What the files of the project say."""
        for path in dotenv.nearby(self.machine)[:1]:
            dotenv.load(self.machine, dotenv.absolute(self.machine, path))
        for path in self.found(self.names() or ()):
            data = data_of(self.machine, File(path), BY_SUFFIX[posixpath.splitext(path)[1]], self.node)
            if not isinstance(data, Table):
                if isinstance(data, Opaque):
                    self.machine.havoc(self.scope, data)
                continue
            if not self.plain("environments", True):
                self.apply(data)
                continue
            for section, guard in self.sections(data):
                with self.machine.only(guard):
                    if self.machine.live:
                        self.apply(section)

    def sections(self, data: Table) -> list[tuple[Table, Guard]]:
        machine = self.machine
        held = {str(key).lower(): tree for key, tree in data.cells.items() if isinstance(tree, Table)}
        current = environment(machine, Const(str(self.plain("env_switcher", "DJANGO_ENV"))))

        def is_current(name: str, leaf: Atom) -> Guard:
            if leaf is ABSENT:
                return name == "development"
            if isinstance(leaf, Const):
                return str(leaf.value).lower() == name
            env, _ = machine.origin(leaf)
            return machine.choices.decide(("environment", identity(leaf), name), env)

        found: list[tuple[Table, Guard]] = [(held["default"], True)] if "default" in held else []
        for name, table in held.items():
            if name not in ("default", "global"):
                found.append((table, machine.choices.map(current, partial(is_current, name))))
        return [*found, (held["global"], True)] if "global" in held else found

    def apply(self, section: Table) -> None:
        for key, tree in list(section.cells.items()):
            first, *rest = str(key).split("__")
            name = first.upper()
            if rest:
                self.set_inside(self.scope, [name, *rest], tree)
            elif isinstance(tree, Table) and _merges(tree):
                self.machine.each(self.machine.read(self.scope, name), partial(self.merge, tree))
            else:
                self.machine.write(self.scope, name, self.cast(tree), self.at)

    def set_inside(self, table: Table, path: list[str], tree: Tree) -> None:
        """``A__b__C``: through the dicts that are there, keys in whatever case; made where there are none."""
        machine = self.machine
        key = _key(table, path[0])
        if len(path) == 1:
            old = machine.read(table, key)
            if isinstance(tree, Table) and isinstance(old, Table):
                self.merge(tree, old)
            else:
                machine.write(table, key, self.cast(tree), self.at)
            return

        def inside(leaf: Atom) -> Tree:
            inner = leaf if isinstance(leaf, Table) else Table(site=self.node, born=machine.pc)
            if inner is not leaf:
                machine.write(table, key, inner, self.at)
            self.set_inside(inner, path[1:], tree)
            return ABSENT

        machine.each(machine.read(table, key), inside)

    def merge(self, new: Table, old: Atom) -> Tree:
        if not isinstance(old, Table):
            return ABSENT
        for key, tree in list(new.cells.items()):
            if key == MERGE:
                continue
            mine = _key(old, str(key))
            held = self.machine.read(old, mine)
            if isinstance(held, Table) and isinstance(tree, Table):
                self.merge(tree, held)
            else:
                self.machine.write(old, mine, self.cast(tree), self.at)
        return ABSENT

    def cast(self, tree: Tree) -> Tree:
        """A value of a file: ``"@int 60"`` is a number, other such words are not followed."""
        if isinstance(tree, Table):
            table = Table({key: self.cast(one) for key, one in tree.cells.items() if key != MERGE}, self.node)
            table.written = dict(tree.written)
            return table
        if not isinstance(tree, Const) or not isinstance(tree.value, str) or not tree.value.startswith("@"):
            return tree
        word, _, text = tree.value.partition(" ")
        if word in CASTS:
            return fold(self.machine, self.node, word, CASTS[word], Const(text.strip(), self.at))
        return self.machine.opaque(self.node, f"{word} of dynaconf is not followed")

    def override(self) -> None:
        """``DJANGO_DATABASES__default__CONN_MAX_AGE`` of the environment, for the aliases that are there."""
        machine = self.machine
        prefix = f"{str(self.plain('envvar_prefix', 'DJANGO') or '').upper()}_DATABASES".lstrip("_")

        if isinstance(environment(machine, Const(prefix)), Const):  # it replaces DATABASES, or is merged into it
            machine.write(self.scope, "DATABASES", machine.opaque(self.node, f"{prefix} decides it"), self.at)

        def of_alias(alias: str, leaf: Atom) -> Tree:
            if isinstance(leaf, Table):
                for key in OVERRIDABLE:
                    said = environment(machine, Const(f"{prefix}__{alias}__{key}"))
                    machine.each(said, partial(self.put, leaf, key))
            return ABSENT

        def of_databases(leaf: Atom) -> Tree:
            if isinstance(leaf, Table):
                for alias, _ in machine.keys(leaf):
                    machine.each(machine.read(leaf, alias), partial(of_alias, str(alias)))
            return ABSENT

        machine.each(machine.read(self.scope, "DATABASES"), of_databases)

    def put(self, table: Table, key: str, text: Atom) -> Tree:
        if text is not ABSENT:
            value = _parsed(text.value) if isinstance(text, Const) else text
            held = (
                Const(value, self.at) if isinstance(text, Const) else unknown(self.machine, self.node, "a cast", text)
            )
            self.machine.write(table, key, held, self.at)
        return ABSENT


NOT_READ_NAMES = tuple(f"{stem}{suffix}" for stem in ("settings", ".secrets") for suffix in NOT_READ)


def _merges(table: Table) -> bool:
    held = table.cells.get(MERGE)
    return isinstance(held, Const) and bool(held.value)


def _key(table: Table, name: str) -> Any:
    """The key of ``table`` that is ``name`` in whatever case; ``name`` where there is none."""
    return next((key for key in table.cells if isinstance(key, str) and key.lower() == name.lower()), name)


def _parsed(text: str) -> Any:
    """A variable as dynaconf parses it: numbers and truth values as TOML has them, ``@int`` and its like, else text."""
    word, _, rest = text.partition(" ")
    if word in CASTS:
        return CASTS[word](rest.strip())
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if _NUMBER.fullmatch(text):
        return float(text) if set(text) & set(".eE") else int(text)
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


MODELS: dict[str, Model] = {"dynaconf.DjangoDynaconf": _django_dynaconf}
