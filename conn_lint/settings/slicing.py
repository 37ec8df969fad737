"""Which statements of settings modules have to be run: those that the wanted names hang on.

Most of a settings module has nothing to do with its databases. What is left out is never parsed nor run. A
statement stays when it may set a name that is wanted, when it may change in place what such a name holds (or
something that shares parts with it), when it may end the run because of one, or when names do not tell what it does;
and then the names it mentions are wanted, too. Nothing is decided here about what a statement means.

Should a name be read after all that was left out (by ``getattr``, ``include`` and the like), the evaluation says so
by Needed and is made again with that name among the wanted ones.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from conn_lint.project.source import decode, parse_text
from conn_lint.project.tree import Unreadable
from conn_lint.settings.touches import ANYTHING, OWN, SETS, Call, Unit, outline

if TYPE_CHECKING:
    from conn_lint.project.project import Project
    from conn_lint.project.source import Source

PURE_METHODS = frozenset(
    "as_posix capitalize casefold copy count decode encode endswith find format get getenv index isalnum isalpha"
    " isdigit islower isnumeric isspace isupper items join joinpath keys lower lstrip partition removeprefix"
    " removesuffix replace resolve rpartition rsplit rstrip split splitlines startswith strip swapcase title"
    " translate upper values zfill".split()
)
"""Methods of Python's own values that leave these and their arguments as they are."""

PURE_MODULES = frozenset("decouple dj_database_url dj_email_url django environ environs".split()) | (
    sys.stdlib_module_names - {"runpy"}
)
"""Modules whose functions leave what they are given alone, but for those of ``touches.MAGIC_WORDS``."""

PLAIN_MODULES = frozenset("datetime decouple django environ environs logging os pathlib platform re socket sys".split())
"""Modules whose functions give values that nothing changes in place."""

GIVES_CONTAINERS = frozenset(
    "db db_url cache cache_url email_url search_url dict json list tuple Csv dj_db_url".split()
)

PLAIN_BUILTINS = frozenset(
    "abs bool bytes callable chr float hash hasattr hex int isinstance issubclass len max min ord repr round"
    " str".split()
)

_TOUCHING_BUILTINS = frozenset("delattr iter next setattr".split())
_BUILTINS = frozenset(dir(builtins))

MOST_ATTEMPTS = 6
"""Names that may turn out to be wanted before everything is run."""

MOST_MODULES = 150
"""Modules that are looked at; what else is imported is run as a whole."""


class Needed(Exception):
    """A name was read whose statements were left out; None: all names of a module were looked through."""

    def __init__(self, name: str | None) -> None:
        super().__init__()
        self.name = name


class Slices:
    """The modules of a project cut down to what ``names``, and those that start with ``prefixes``, hang on."""

    def __init__(
        self, project: Project, paths: Iterable[str], names: frozenset[str], prefixes: tuple[str, ...]
    ) -> None:
        self._project = project
        self._outlines = _reached(project, paths)
        self._names = names
        self._prefixes = prefixes
        self._patience = MOST_ATTEMPTS
        self._work_out()

    def _work_out(self) -> None:
        self._sources: dict[str, Source | None] = {}
        self._kept = _Keeping(self._project, self._outlines, self._names, self._prefixes).kept

    def want(self, name: str | None) -> None:
        """Let ``name`` be among the wanted ones; None: all names are. Asked too often, it lets everything stay."""
        self._names |= {name} if name is not None else set()
        self._patience -= 1
        if self._patience == 0 or name is None:
            self._outlines = {}
        self._work_out()

    def source(self, path: str) -> Source | None:
        """What is left of the module ``path``, parsed; None when it cannot be read or parsed."""
        if path not in self._outlines or all(unit in self._kept for unit in self._units(path)):
            return self._project.source(path)
        if path not in self._sources:
            try:
                self._sources[path] = parse_text(path, self._cut(path))
            except Unreadable:
                self._sources[path] = self._project.source(path)
        return self._sources[path]

    def _units(self, path: str) -> tuple[tuple[str, int], ...]:
        return tuple((path, number) for number in range(len(self._outlines[path])))

    def dropped(self, path: str) -> frozenset[str]:
        """The names that statements left out of the module ``path`` may bind."""
        if path not in self._outlines:
            return frozenset()
        units = self._outlines[path]
        gone = (unit.binds for number, unit in enumerate(units) if (path, number) not in self._kept)
        return frozenset().union(*gone)

    def _cut(self, path: str) -> str:
        lines = decode(path, self._project.data(path)).split("\n")
        for number, unit in enumerate(self._outlines[path]):
            if (path, number) not in self._kept:
                for line in range(unit.first_line - 1, unit.last_line):
                    lines[line] = ""
        return "\n".join(lines)


def _reached(project: Project, paths: Iterable[str]) -> dict[str, tuple[Unit, ...]]:
    """The modules and all they import from the project, but for those that cannot be read by ``ast``."""
    found: dict[str, tuple[Unit, ...]] = {}
    pending = list(paths)
    seen = set(pending)
    while pending and len(found) < MOST_MODULES:
        path = pending.pop(0)
        made = _outline(project, path)
        if made is None:
            continue
        found[path] = made
        for unit in made:
            for target in _targets(project, path, unit):
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
    return found


def _outline(project: Project, path: str) -> tuple[Unit, ...] | None:
    try:
        text = decode(path, project.data(path))
        if text.count("\r") != text.count("\r\n"):  # ast ends lines at lone carriage returns
            return None
        return outline(ast.parse(text))
    except (Unreadable, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _targets(project: Project, path: str, unit: Unit) -> list[str]:
    """The files of the project that ``unit`` imports."""
    modules = project.modules
    found = []
    for level, written, names in unit.imports:
        dotted = modules.absolute(path, level, written)
        parts = dotted.split(".")
        wanted = [".".join(parts[: n + 1]) for n in range(len(parts))] if not names else [dotted]
        wanted += [f"{dotted}.{name}" for name in names]
        found += [target for name in wanted if (target := modules.path_of(name, path)) is not None]
    return found


class _Keeping:
    """Works out which units stay: ``kept``, as pairs of a path and the number of the unit in it."""

    def __init__(
        self, project: Project, outlines: dict[str, tuple[Unit, ...]], names: frozenset[str], prefixes: tuple[str, ...]
    ) -> None:
        self.names = names
        self.units = {(path, number): unit for path, made in outlines.items() for number, unit in enumerate(made)}
        self.bound = frozenset[str]().union(*(unit.binds for unit in self.units.values()))
        data = frozenset[str]().union(*(unit.binds for unit in self.units.values() if not unit.defines))
        self.definitions = self.bound - data
        self.outside = self._imported_from_outside(project)
        self.plain = self._never_changed()
        self.effects = self._effects()
        self.wanted = set(names) | {name for name in self.bound if name.startswith(prefixes)}
        if any(not unit.attributes.isdisjoint(names) for unit in self.units.values()):
            self.wanted.update(*(unit.classes for unit in self.units.values()))  # one of their heirs is in force
        self.shared = set[str]()
        self.loose = any(ANYTHING in touched for touched in self.touched.values())
        self.variables: set[str] = set()
        self.kept: set[tuple[str, int]] = set()
        for path, made in outlines.items():
            for number, unit in enumerate(made):
                if self._imports_from_project(project, path, unit):
                    self._keep((path, number))
        self._settle()

    def _imported_from_outside(self, project: Project) -> dict[str, set[str]]:
        """Names that only imports from outside the project bind, each with the top-level modules it comes from."""
        found: dict[str, set[str]] = {}
        others: set[str] = set()
        for (path, _), unit in self.units.items():
            alone = unit.imports and not unit.calls and not unit.touches and not unit.mentions
            tops = {_top(project, path, level, written) for level, written, _ in unit.imports}
            if alone and None not in tops:
                for name in unit.binds:
                    found.setdefault(name, set()).update(top for top in tops if top is not None)
            else:
                others |= unit.binds
        return {name: tops for name, tops in found.items() if name not in others}

    def _never_changed(self) -> set[str]:
        """Names that only ever hold what cannot be changed in place: texts, numbers, paths, readers of variables."""
        plain = set(self.bound)
        binders = [unit for unit in self.units.values() if unit.binds]
        while True:
            ruled_out = {
                name
                for unit in binders
                if not (
                    unit.binds <= self.outside.keys() or (unit.value is not None and self._is_plain(unit.value, plain))
                )
                for name in unit.binds & plain
            }
            if not ruled_out:
                return plain
            plain -= ruled_out

    def _is_plain(self, node: ast.expr, plain: set[str]) -> bool:
        if isinstance(node, (ast.Constant, ast.JoinedStr, ast.Compare)):
            return True
        if isinstance(node, ast.Name):
            return node.id in plain and node.id not in self.outside
        if isinstance(node, ast.UnaryOp):
            return self._is_plain(node.operand, plain)
        if isinstance(node, ast.BinOp):
            return self._is_plain(node.left, plain) and self._is_plain(node.right, plain)
        if isinstance(node, ast.BoolOp):
            return all(self._is_plain(value, plain) for value in node.values)
        if isinstance(node, ast.IfExp):
            return self._is_plain(node.body, plain) and self._is_plain(node.orelse, plain)
        if isinstance(node, ast.Subscript):
            return isinstance(node.value, ast.Attribute) and node.value.attr == "environ"
        if isinstance(node, ast.Attribute):
            return self._is_plain(node.value, plain)
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Name):
            name = node.func.id
            if name in _BUILTINS and name not in self.bound:
                return name in PLAIN_BUILTINS
            return name not in GIVES_CONTAINERS and self._from(name, PLAIN_MODULES) and self._plain_given(node, plain)
        if isinstance(node.func, ast.Attribute):
            part: ast.expr = node.func
            while isinstance(part, (ast.Attribute, ast.Call)):
                part = part.value if isinstance(part, ast.Attribute) else part.func
            if node.func.attr in GIVES_CONTAINERS or not isinstance(part, ast.Name):
                return False
            known = self._from(part.id, PLAIN_MODULES) or (part.id in plain and part.id not in self.outside)
            return known and self._plain_given(node, plain)
        return False

    def _plain_given(self, node: ast.Call, plain: set[str]) -> bool:
        """Whether nothing it is given comes back as something that can be changed: a default, or what a cast makes."""
        return all(
            self._is_plain(each, plain) or isinstance(each, ast.Tuple) or self._is_harmless(each)
            for each in (*node.args, *(keyword.value for keyword in node.keywords))
        )

    def _is_harmless(self, node: ast.expr) -> bool:
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return False
        if root is node and root.id not in self.bound:
            return root.id in PLAIN_BUILTINS or root.id.startswith("__")
        return self._from(root.id, frozenset(("logging", "os", "socket", "sys")))

    def _from(self, name: str, modules: frozenset[str]) -> bool:
        return name in self.outside and self.outside[name] <= modules

    def _effects(self) -> dict[str, frozenset[str]]:
        """What mentioning a name may change: what the functions behind it do."""
        found: dict[str, frozenset[str]] = {}
        own = {key: self._touched(unit) for key, unit in self.units.items()}
        self.touched = own
        self.called = {
            key: frozenset[str]().union(*(call.receivers | call.given | {call.name} for call in unit.calls))
            for key, unit in self.units.items()
        }
        changed = True
        while changed:
            changed = False
            for key, unit in self.units.items():
                effect = own[key] if unit.defines else frozenset[str]()
                effect = effect.union(*(found[word] for word in unit.mentions if word in found))
                for name in unit.binds - self.plain if effect else ():
                    old = found.get(name, frozenset())
                    if not effect <= old:
                        found[name] = old | effect
                        changed = True
        return found

    def _touched(self, unit: Unit) -> frozenset[str]:
        touched = unit.touches.union(*(self._changed_by(call) for call in unit.calls))
        return touched | (unit.outer - self.definitions) if OWN in touched else touched

    def _changed_by(self, call: Call) -> frozenset[str]:
        if "environ" in call.receivers and call.name not in PURE_METHODS:
            return call.receivers | call.given
        if call.root in self.outside:
            return frozenset() if self._from(call.root, PURE_MODULES) else call.given
        if call.root == call.name and call.name in _BUILTINS and call.name not in self.bound:
            return call.given if call.name in _TOUCHING_BUILTINS else frozenset()
        if call.root != call.name and call.name in PURE_METHODS and call.name not in self.bound:
            return frozenset()
        if call.root in self.plain:
            return frozenset()
        return call.receivers | call.given

    def _imports_from_project(self, project: Project, path: str, unit: Unit) -> bool:
        """Its modules have to be run, whatever becomes of their names; so does what brings names nobody knows."""
        return any(
            _top(project, path, level, written) is None or ("*" in names and written != "__future__")
            for level, written, names in unit.imports
        )

    def _keep(self, key: tuple[str, int]) -> None:
        if key not in self.kept:
            unit = self.units[key]
            self.kept.add(key)
            self.wanted |= unit.mentions
            self.variables |= unit.variables

    def _settle(self) -> None:
        before = -1
        while before != len(self.kept) + len(self.wanted) + len(self.shared):
            before = len(self.kept) + len(self.wanted) + len(self.shared)
            self._share()
            for key, unit in self.units.items():
                if key not in self.kept and self._matters(key, unit):
                    self._keep(key)

    def _share(self) -> None:
        """What may hold the same objects as a wanted name."""
        self.shared |= (self.wanted & self.bound) - self.plain
        for key, unit in self.units.items():
            if ANYTHING in self.touched[key]:
                self.shared |= unit.binds - self.plain
        pending = True
        while pending:
            pending = False
            for key, unit in self.units.items():
                new = (unit.binds | (self.touched[key] & self.bound)) - self.plain - self.shared
                if new and not unit.mentions.isdisjoint(self.shared):
                    self.shared |= new
                    pending = True

    def _matters(self, key: tuple[str, int], unit: Unit) -> bool:
        if not unit.binds.isdisjoint(self.wanted) or not unit.attributes.isdisjoint(self.names):
            return True
        own = self.touched[key]
        touched = own.union(*(self.effects[word] for word in self.called[key] if word in self.effects))
        if not touched.isdisjoint(self.shared) or "environ" in touched or ANYTHING in touched:
            return True
        if any(word.startswith(SETS) and word.removeprefix(SETS) in self.wanted for word in touched):
            return True
        if self.loose and not unit.defines and not (own & unit.names) <= self.bound | _BUILTINS:
            return True  # a name that was set without being written down
        if unit.leaves and not unit.defines:
            reasons = (unit.mentions & self.bound) - self.outside.keys()
            return not reasons or not reasons.isdisjoint(self.wanted)
        return not unit.variables.isdisjoint(self.variables & self._variable_names())

    def _variable_names(self) -> set[str]:
        return {text for text in self.variables if text.isupper()}


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _top(project: Project, path: str, level: int, written: str) -> str | None:
    """The top-level module outside the project that an import names; None where it is one of the project's own."""
    dotted = project.modules.absolute(path, level, written)
    if level or project.modules.owns(dotted):
        return None
    return dotted.partition(".")[0]
