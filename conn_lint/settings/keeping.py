"""Which statements of settings modules the wanted names hang on."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from conn_lint.settings.chains import carried
from conn_lint.settings.plain import Plain
from conn_lint.settings.purity import (
    BUILTINS,
    CALLING_BUILTINS,
    PURE_METHODS,
    PURE_MODULES,
    SILENT_MODULES,
    TOUCHING_BUILTINS,
)
from conn_lint.settings.units import ANYTHING, OWN, SETS, Call, Unit

if TYPE_CHECKING:
    from conn_lint.project.project import Project


class Keeping:
    """Works out which units stay: ``kept``, as pairs of a path and the number of the unit in it."""

    def __init__(self, project: Project, outlines: dict[str, tuple[Unit, ...]], names: frozenset[str]) -> None:
        self.names = names
        self.units = {(path, number): unit for path, made in outlines.items() for number, unit in enumerate(made)}
        self.bound = frozenset[str]().union(*(unit.binds for unit in self.units.values()))
        self.attributes = frozenset[str]().union(*(unit.attributes | unit.touches for unit in self.units.values()))
        data = frozenset[str]().union(*(unit.binds for unit in self.units.values() if not unit.defines))
        self.definitions = self.bound - data
        self.outside = self._imported_from_outside(project)
        found = Plain(self.units.values(), self.bound, self.outside)
        self.plain = found.names
        self.comes_from = found.comes_from
        self.callables = self._callables()
        self.methods = frozenset[str]().union(*(unit.binds for unit in self.units.values() if _may_hold_method(unit)))
        self.touched = {key: self._touched(unit) for key, unit in self.units.items()}
        self.changed = self._reach()
        self.wanted = set(names)
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

    def _reach(self) -> dict[tuple[str, int], frozenset[str]]:
        """What each unit may change, and what the functions it runs may change.

        Mentioning a name may change what the functions behind it do. Words are bits here: such sets grow large, are
        put together again and again until nothing is new, and many turn out to be the same.
        """
        bits: dict[str, int] = {}
        own = {key: _as_bits(touched, bits) for key, touched in self.touched.items()}
        effects: dict[str, int] = dict.fromkeys(self.bound - self.plain, 0)
        flows = [
            (
                own[key] if unit.defines else 0,
                [word for word in (unit.mentions if unit.defines else unit.flows) if word in effects],
                [name for name in unit.binds if name in effects],
            )
            for key, unit in self.units.items()
        ]
        changed = True
        while changed:
            changed = False
            for effect, words, names in flows:
                for word in words:
                    effect |= effects[word]
                for name in names:
                    if effect | effects[name] != effects[name]:
                        effects[name] |= effect
                        changed = True
        texts = list(bits)
        known: dict[int, frozenset[str]] = {}
        reach = {}
        for key, unit in self.units.items():
            runs = frozenset[str]().union(*(self._run_by(call) for call in unit.calls))
            found = own[key]
            for word in runs:
                found |= effects.get(word, 0)
            if found not in known:
                known[found] = frozenset(
                    text for text, bit in zip(texts, bin(found)[:1:-1], strict=False) if bit == "1"
                )
            reach[key] = known[found]
        return reach

    def _touched(self, unit: Unit) -> frozenset[str]:
        touched = unit.touches.union(*(self._changed_by(call) for call in unit.calls))
        return touched | (unit.outer - self.definitions) if OWN in touched else touched

    def _run_by(self, call: Call) -> frozenset[str]:
        """The names whose functions a call may run."""
        if self.comes_from(call.root, SILENT_MODULES):
            return frozenset()
        is_method = call.root != call.name and call.name
        if is_method and call.name not in self.bound and call.name not in self.attributes:  # not of the project
            return frozenset() if call.name in PURE_METHODS else call.given & self.callables
        return call.receivers | (call.given & self.callables) | {call.name}

    def _callables(self) -> frozenset[str]:
        """The names that may stand for functions and classes of the project: what is called with one of them may
        run it. What other calls return is taken for data, unless it was given one."""
        found = set(self.attributes)
        found.update(*(unit.binds for unit in self.units.values() if unit.defines))
        aliases = [
            (unit.binds, carried(unit.value))
            for unit in self.units.values()
            if unit.value is not None and not unit.defines and not unit.literal
        ]
        before = -1
        while before != len(found):
            before = len(found)
            found.update(*(binds for binds, words in aliases if not words.isdisjoint(found)))
        return frozenset(found)

    def _is_pure_method(self, call: Call) -> bool:
        return call.root != call.name and call.name in PURE_METHODS and call.name not in self.bound

    def _changed_by(self, call: Call) -> frozenset[str]:
        if "environ" in call.receivers and call.name not in PURE_METHODS:
            return call.receivers | call.given
        calls = OWN in call.given or not call.given.isdisjoint(self.callables)
        if call.root in self.outside:
            if call.name == "register" and self.comes_from(call.root, frozenset(("dj_database_url",))):
                return frozenset(("environ",))  # what URLs of the environment mean from now on
            return frozenset() if self.comes_from(call.root, PURE_MODULES) and OWN not in call.given else call.given
        if call.root == call.name and call.name in BUILTINS and call.name not in self.bound:
            touches = call.name in TOUCHING_BUILTINS or (calls and call.name in CALLING_BUILTINS)
            return call.given if touches else frozenset()
        if self._is_pure_method(call):
            return frozenset()
        if call.root in self.plain:
            return frozenset()
        if call.root == call.name and call.name in self.methods:  # of an object that it changes
            return call.given | {call.name}
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
            self.variables.update(text for text in unit.variables if text.isupper())

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
                if new and not unit.flows.isdisjoint(self.shared):
                    self.shared |= new
                    pending = True

    def _matters(self, key: tuple[str, int], unit: Unit) -> bool:
        if not unit.binds.isdisjoint(self.wanted) or not unit.attributes.isdisjoint(self.names):
            return True
        touched = self.changed[key]
        if not touched.isdisjoint(self.shared) or "environ" in touched or ANYTHING in touched:
            return True
        if any(word in self.plain and word in self.wanted for word in unit.touches):
            return True  # an attribute of an object that gives texts, as those of an environ.Env
        if any(word.startswith(SETS) and word.removeprefix(SETS) in self.wanted for word in touched):
            return True
        if self.loose and not unit.defines and not (self.touched[key] & unit.names) <= self.bound | BUILTINS:
            return True  # a name that was set without being written down
        if unit.leaves and not unit.defines:
            reasons = (unit.mentions & self.bound) - self.outside.keys()
            return not reasons or not reasons.isdisjoint(self.wanted)
        return not unit.variables.isdisjoint(self.variables)


def _as_bits(words: frozenset[str], bits: dict[str, int]) -> int:
    """``words`` as the bits of a number; ``bits`` says which is which, and grows."""
    found = 0
    for word in words:
        found |= 1 << bits.setdefault(word, len(bits))
    return found


def _may_hold_method(unit: Unit) -> bool:
    """Whether a name that ``unit`` binds may stand for a method of an object: ``change = DATABASES.update``."""
    if unit.imports or unit.only_defines or unit.literal:
        return False
    if unit.value is None:
        return True
    called = {id(part.func) for part in ast.walk(unit.value) if isinstance(part, ast.Call)}
    return any(
        (isinstance(part, ast.Attribute) and id(part) not in called)
        or (isinstance(part, ast.Name) and part.id == "getattr")
        for part in ast.walk(unit.value)
    )


def _top(project: Project, path: str, level: int, written: str) -> str | None:
    """The top-level module outside the project that an import names; None where it is one of the project's own."""
    dotted = project.modules.absolute(path, level, written)
    if level or project.modules.owns(dotted):
        return None
    return dotted.partition(".")[0]
