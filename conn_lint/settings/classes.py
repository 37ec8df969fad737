"""Settings kept in classes, as django-configurations reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conn_lint.settings.attributes import find
from conn_lint.settings.calls import call
from conn_lint.settings.containers import Module, Scope
from conn_lint.settings.discovery import DEPLOYED
from conn_lint.settings.libraries import dotenv
from conn_lint.settings.libraries.configurations import HOOKS, Setting
from conn_lint.settings.objects import Args, Bound, Class, Instance
from conn_lint.settings.values import Atom, Const, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


def settings_classes(machine: Machine, module: Module) -> dict[str, Class]:
    """The classes of ``module`` that hold DATABASES and that no other class there inherits from, or that are called
    after an environment: ``Staging(Production)``."""
    found = {}
    for name, _ in machine.present(module):
        tree = machine.read(module, name)
        if isinstance(tree, Class) and any("DATABASES" in one.scope.cells for one in _own(tree)):
            found[str(name)] = tree
    inherited = {id(base) for cls in found.values() for base in _own(cls)[1:]}
    return {name: cls for name, cls in found.items() if id(cls) not in inherited or _is_deployed(name)}


def _is_deployed(name: str) -> bool:
    return any(word.lower() in DEPLOYED for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name))


def _own(cls: Class) -> list[Class]:
    return [one for one in cls.ancestry() if isinstance(one, Class)]


def settings_of(machine: Machine, cls: Class) -> Scope:
    """The settings of a class as names: properties read, methods called, values looked up by their name.

    As ``configurations.importer.ConfigurationFinder`` does it (2.5.1): the class methods before and after, too.
    """
    scope = Scope(born=machine.pc)
    *before, after = HOOKS
    dotenv_path = find(machine, cls, "DOTENV", machine.source.module)
    if isinstance(dotenv_path, Const):
        dotenv.load(machine, dotenv_path.value, dotenv.plain_lines)
    for name in before:
        _run(machine, cls, name)
    instance = Instance(cls)
    for owner in reversed(_own(cls)):
        for name in owner.scope.cells:
            if not (isinstance(name, str) and name.isupper()):
                continue
            tree = find(machine, instance, name, machine.source.module)
            machine.write(scope, name, _settled(machine, tree, name))
            at = owner.scope.written.get(name)
            if at is not None:
                scope.written[name] = at
    _run(machine, cls, after)
    return scope


def _run(machine: Machine, cls: Class, name: str) -> None:
    hook = find(machine, cls, name, machine.source.module)
    if isinstance(hook, Bound):
        call(machine, hook, Args((), {}), machine.source.module)


def _settled(machine: Machine, tree: Tree, name: str) -> Tree:
    def settle(leaf: Atom) -> Tree:
        if isinstance(leaf, Setting):
            return leaf.named(machine, name)
        if isinstance(leaf, Bound):
            return call(machine, leaf, Args((), {}), machine.source.module)
        return leaf

    return machine.each(tree, settle)
