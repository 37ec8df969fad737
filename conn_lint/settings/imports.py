"""Imports: modules of the project are run, others are named, missing ones are told apart."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.project.source import Written, parse_text
from conn_lint.project.tree import Unreadable
from conn_lint.settings import libraries
from conn_lint.settings.containers import Imported, Items, Module, Scope, Sequence, sequence
from conn_lint.settings.nodes import Guard, Node, leaves
from conn_lint.settings.values import ABSENT, NONE, At, Const, External, Opaque, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


ONLY_IN_PYTHON_2 = frozenset(
    "ConfigParser Cookie HTMLParser Queue StringIO __builtin__ cPickle cStringIO commands cookielib httplib urllib2"
    " urlparse xmlrpclib".split()
)


def load(machine: Machine, dotted: str) -> Module | None:
    """The project's module ``dotted``, run in the live worlds that did not run it yet; None when there is none."""
    path = machine.project.modules.path_of(dotted, machine.source.path)
    return None if path is None else load_file(machine, path, dotted)


def load_beside(machine: Machine, dotted: str) -> Module | None:
    """As ``load``, for a module beside the one that imports all of it, as in Python 2 or where ``sys.path`` names the
    folder; None where something else may be meant: a package that is installed, or one that a ``try`` does without."""
    top = dotted.partition(".")[0]
    if machine.tries or top in sys.stdlib_module_names or top == "django" or _is_required(machine, top):
        return None
    base = "/".join([*machine.source.path.split("/")[:-1], *dotted.split(".")])
    path = next((each for each in (f"{base}.py", f"{base}/__init__.py") if each in machine.project.tree), None)
    return None if path is None else load_file(machine, path, machine.project.modules.name_of(path))


def _is_required(machine: Machine, top: str) -> bool:
    """Whether the project asks for a package of this name to be installed."""
    return top.lower().replace("_", "-") in machine.project.requirements


def load_file(machine: Machine, path: str, dotted: str) -> Module:
    """As ``load``, for a file; the packages it lies in are run before it."""
    for package in machine.project.modules.packages_of(path):
        if package in machine.slices.packages:
            load_file(machine, package, machine.project.modules.name_of(package))
    module = machine.modules.get(path)
    if module is None:
        module = machine.modules[path] = Module(dotted, path)
        module.cells["__name__"] = Const(dotted)
        file = os.path.join(machine.project.tree.root, path)
        is_package = os.path.basename(path) == "__init__.py"
        module.cells["__file__"] = Const(file)
        module.cells["__package__"] = Const(dotted if is_package else dotted.rpartition(".")[0])
        if is_package:
            module.cells["__path__"] = sequence("list", [Const(os.path.dirname(file))])
        for name in ("__annotations__", "__builtins__", "__cached__", "__doc__", "__loader__", "__spec__"):
            module.cells[name] = Opaque(("module", path, name), f"{name} of a module is not followed")
    choices = machine.choices
    left: Guard = choices.both(machine.pc, choices.negate(module.executed))
    if left is False or module.running:
        return module
    source = machine.slices.source(path)
    module.dropped = machine.slices.dropped(path)
    module.executed = choices.either(module.executed, machine.pc)
    if source is None:
        problem = machine.project.problems[path]
        machine.problems[problem.span] = problem
        cause = Opaque(("unreadable", path), f"{path} {problem.reason}")
        machine.havoc(module, cause)
        return module
    done = choices.both(machine.pc, choices.negate(left))
    machine.pc = left
    module.running = True
    frames, loops = machine.frames, machine.loops
    machine.frames, machine.loops = [], []
    with machine.inside(module, source):
        machine.execute(source.module)
    machine.frames, machine.loops, module.running = frames, loops, False
    machine.pc = choices.either(machine.pc, done)
    return module


def import_module_statement(machine: Machine, node: cst.Import) -> None:
    """``import a.b, c as d``."""
    for alias in node.names:
        dotted = dotted_name(alias.name)
        module = load(machine, dotted)
        top = dotted.partition(".")[0]
        if module is None and not may_be_imported(machine, dotted, node):
            return
        if alias.asname is not None:
            value: Tree = Imported(module) if module is not None else libraries.value(machine, dotted)
            machine.bind(_alias(alias, ""), value, At(machine.source, node))
            continue
        path = machine.project.modules.path_of(top, machine.source.path)
        owner = load(machine, top) if path is not None else None
        machine.bind(top, Imported(owner) if owner is not None else External(top), At(machine.source, node))


def dotted_name(node: cst.BaseExpression) -> str:
    """``a.b.c`` as text."""
    parts: list[str] = []
    part: cst.BaseExpression = node
    while isinstance(part, cst.Attribute):
        parts.append(part.attr.value)
        part = part.value
    return ".".join([cst.ensure_type(part, cst.Name).value, *reversed(parts)])


def _alias(alias: cst.ImportAlias, name: str) -> str:
    """What an import is bound as: the name after ``as``, else ``name``."""
    return cst.ensure_type(alias.asname.name, cst.Name).value if alias.asname is not None else name


def import_names(machine: Machine, node: cst.ImportFrom) -> None:
    """``from a import b, c as d`` and ``from a import *``."""
    written = dotted_name(node.module) if node.module is not None else ""
    dotted = machine.project.modules.absolute(machine.source.path, len(node.relative), written)
    module = load(machine, dotted) if dotted else None
    if module is None and isinstance(node.names, cst.ImportStar) and not node.relative:
        module = load_beside(machine, dotted)
    if not machine.live:
        return
    if isinstance(node.names, cst.ImportStar):
        if module is not None:
            import_star(machine, module, node)
        elif may_be_imported(machine, dotted, node):
            cause = Opaque(
                ("star", dotted),
                f"{dotted} is not in the project and may define any name",
                (),
                At(machine.source, node),
            )
            if dotted.partition(".")[0] not in sys.stdlib_module_names:
                machine.havoc(machine.scope, cause)
        return
    for alias in node.names:
        name = cst.ensure_type(alias.name, cst.Name).value
        if module is not None and name in module.dropped and isinstance(machine.scope, Module):
            machine.scope.dropped |= {_alias(alias, name)}
            continue
        value = _imported(machine, module, dotted, name, node)
        machine.bind(_alias(alias, name), value, At(machine.source, node))


def _imported(machine: Machine, module: Module | None, dotted: str, name: str, node: cst.ImportFrom) -> Tree:
    if module is None:
        inner = load(machine, f"{dotted}.{name}")
        if inner is not None:
            return Imported(inner)
        if not may_be_imported(machine, dotted, node):
            return ABSENT
        if machine.overrides_exist and machine.source.span(node) in machine.notes:
            machine.throw_in(machine.choices.decide(("lacks", dotted, name)), "ImportError")
            return machine.opaque(node, f"{dotted} is not in the project")
        if _is_ours(machine, dotted):
            return machine.opaque(node, f"{dotted} is not in the project")
        return libraries.value(machine, f"{dotted}.{name}")
    tree = machine.read(module, name)
    if not any(leaf is ABSENT for leaf in leaves(tree)):
        return tree

    def elsewhere() -> Tree:
        inner = load(machine, f"{dotted}.{name}")
        if inner is not None:
            return Imported(inner)
        if module.running:
            return machine.opaque(node, f"{dotted} is imported while it is being imported")
        if isinstance(tree, Node):  # bound elsewhere: what is missing here was never assigned
            return machine.throw("ImportError")
        if not may_be_imported(machine, f"{dotted}.{name}", node):
            return ABSENT
        return machine.opaque(node, f"{dotted}.{name} is not in the project")

    return machine.each(tree, lambda leaf: elsewhere() if leaf is ABSENT else leaf)


def import_star(machine: Machine, module: Module, node: cst.CSTNode) -> None:
    """Bind every public name of ``module`` here: those that cannot be named are none of those that can."""
    more = machine.has_more(module)
    if more is not False and module is not machine.scope:
        cause = next(leaf for leaf in leaves(module.rest) if isinstance(leaf, Opaque))
        machine.havoc(machine.scope, Opaque(("star", cause.key), cause.why, cause.env, cause.at), more)
    public = _exported(machine, module)
    for name, guard in machine.present(module):
        if (public is None and str(name).startswith("_")) or (public is not None and name not in public):
            continue
        value = machine.read(module, name)
        with machine.only(guard):
            machine.bind(name, value, module.written.get(name))
    if isinstance(machine.scope, Module):
        machine.scope.dropped |= module.dropped


def _exported(machine: Machine, module: Module) -> set[str] | None:
    names = machine.read(module, "__all__")
    if isinstance(names, Sequence) and isinstance(names.items, Items):
        return {tree.value for tree in names.items.trees if isinstance(tree, Const)}
    return None


def _is_ours(machine: Machine, dotted: str) -> bool:
    """Whether ``dotted`` would lie inside the project's own packages."""
    return machine.project.modules.owns(dotted)


def may_be_imported(machine: Machine, dotted: str, node: cst.CSTNode) -> bool:
    """Whether importing ``dotted``, which is no module of the tree, goes on; raises ImportError otherwise.

    A local override that is not there (``try: from .local import *``) fails as it would in a fresh checkout,
    and is noted. One that is imported where it is there (``if os.path.isfile(...): from .local import *``), by a test
    that cannot be decided here, is noted as well. One that nothing guards must exist where the settings are used: that
    is a problem.
    """
    top = dotted.partition(".")[0]
    if top in sys.stdlib_module_names or top == "django":
        return True
    if top in ONLY_IN_PYTHON_2 and not machine.tries:
        return True  # nothing guards it: these settings are of Python 2
    if top in ONLY_IN_PYTHON_2:
        machine.throw("ModuleNotFoundError")
        return False
    star = isinstance(node, cst.ImportFrom) and isinstance(node.names, cst.ImportStar)
    ours = _is_ours(machine, dotted)
    required = _is_required(machine, top)
    if machine.tries and (ours or (star and not required)):
        machine.note_absent(node, dotted)
        if machine.overrides_exist:
            return True
        machine.throw("ModuleNotFoundError")
        return False
    if ours and star and machine.in_branch():
        machine.note_absent(node, dotted)
    elif ours:
        machine.complain(node, f"imports {dotted}, which is not in the tree")
    elif machine.tries and not required:
        machine.throw_in(machine.choices.decide(("missing", top)), "ModuleNotFoundError")
    return machine.live


def run_written(machine: Machine, text: str, module: Module, node: cst.CSTNode) -> Tree:
    """``exec(text)`` in ``module``: all of it is decided where it is run, at ``node``."""
    made = machine.written.get(text)
    if made is None:
        try:
            parsed = parse_text(machine.source.path, text)
        except Unreadable:
            return machine.throw("SyntaxError")
        made = machine.written[text] = Written(parsed, machine.source.span(node))
    loops, machine.loops = machine.loops, []
    with machine.inside(module, made):
        machine.execute(made.module)
    machine.loops = loops
    return NONE


def run_text(machine: Machine, path: str) -> None:
    """``exec(open(path).read())``: run a file of the project in the scope at hand."""
    source = machine.project.source(path)
    if source is None:
        problem = machine.project.problems[path]
        machine.problems[problem.span] = problem
        machine.havoc(machine.scope, Opaque(("unreadable", path), f"{path} {problem.reason}"))
        return
    scope: Scope = machine.scope
    with machine.inside(scope, source):
        machine.execute(source.module)
