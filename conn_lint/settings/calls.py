"""Calling what can be called: the project's functions and classes, builtin methods, models of libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.project.source import children
from conn_lint.settings import libraries
from conn_lint.settings.arity import method_takes_too_many, takes_too_many
from conn_lint.settings.containers import Scope, Table, sequence
from conn_lint.settings.exits import Frame
from conn_lint.settings.folding import fold
from conn_lint.settings.generators import Generator
from conn_lint.settings.iterators import Turn, all_taken, keep
from conn_lint.settings.local_names import local_names
from conn_lint.settings.loops import iterate
from conn_lint.settings.objects import Args, Bound, Class, Function, Instance, Method, Native, TooFewArguments, Wrapped
from conn_lint.settings.textpath import TextPath
from conn_lint.settings.values import ABSENT, NONE, Atom, Const, External, Opaque, Tree
from conn_lint.settings.wording import called

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine

TAKERS = frozenset("dict frozenset list set sorted tuple".split())
"""Builtins that take every element at once."""

NESTED_CALLS = 14
"""Calls inside calls that are followed."""

CHANGING = frozenset("add append clear discard extend insert pop popitem remove reverse setdefault sort update".split())
"""Methods that change Python's own containers in place."""

UNDECIDED_CALLS = 3
"""Those of one function that are followed where nobody knows whether it calls itself so often: in a loop over
something unknown each is run several times."""


def call(machine: Machine, function: Tree, args: Args, node: cst.CSTNode) -> Tree:
    """What ``function`` returns for ``args``."""
    return machine.each(function, lambda leaf: _call(machine, leaf, args, node))


def _call(machine: Machine, leaf: Atom, args: Args, node: cst.CSTNode) -> Tree:
    if isinstance(leaf, Function):
        return invoke(machine, leaf, args, node)
    if isinstance(leaf, Bound):
        return invoke(machine, leaf.function, args._replace(positional=(leaf.receiver, *args.positional)), node)
    if isinstance(leaf, Wrapped):
        return _call(machine, leaf.function, args, node)
    if isinstance(leaf, Class):
        return instantiate(machine, leaf, args, node)
    entry = machine.pc
    try:
        found = _modelled(machine, leaf, args.checked(), node)
    except TooFewArguments:
        machine.pc = entry
        found = None
    return found if found is not None else unfollowed(machine, leaf, args, node)


def _modelled(machine: Machine, leaf: Atom, args: Args, node: cst.CSTNode) -> Tree | None:
    """What a call of something that is not the project's own returns; None when that is not known.

    Raises TooFewArguments."""
    from conn_lint.settings.methods import call_method

    if _takes_too_many(leaf, len(args.positional)):
        return machine.throw("TypeError")
    if isinstance(leaf, Method):
        return call_method(machine, leaf.receiver, leaf.name, args, node)
    found: Tree | None = None
    if isinstance(leaf, Const) and isinstance(leaf.value, TextPath) and callable(leaf.value):
        return fold(machine, node, "a path", leaf.value, *args.positional)
    if isinstance(leaf, Native):
        found = leaf.call(machine, args, node)
    elif isinstance(leaf, Instance):
        from conn_lint.settings.attributes import find

        method = find(machine, leaf, "__call__", node)
        found = call(machine, method, args, node) if isinstance(method, Bound) else None
    elif isinstance(leaf, External) and not args.open:
        model = libraries.model(leaf.name)
        if leaf.name.removeprefix("builtins.") in TAKERS:
            args = all_taken(machine, args, node)
        found = model(machine, args, node) if model is not None else None
    return found


def _takes_too_many(leaf: Atom, given: int) -> bool:
    if given == 0:
        return False
    if isinstance(leaf, Method):
        return method_takes_too_many(leaf.receiver, leaf.name, given)
    top, _, name = leaf.name.partition(".") if isinstance(leaf, External) else ("", "", "")
    return top == "builtins" and takes_too_many(name, given)


def unfollowed(machine: Machine, leaf: Atom, args: Args, node: cst.CSTNode) -> Opaque:
    """The result of a call that cannot be followed; whatever it was given may have been changed by it."""
    for tree in args.all():
        keep(tree)
    args = all_taken(machine, args, node)
    result = machine.opaque(node, f"{called(leaf, node)}() cannot be followed", leaf, *args.all())
    if not (isinstance(leaf, External) and libraries.is_pure(leaf.name)):
        for tree in args.all():
            machine.escape(tree, result)
    if _method(node) in CHANGING:
        machine.escape_again(leaf, result)
    machine.may_fail()
    return result


def _method(node: cst.CSTNode) -> str:
    """The name of the method that ``node`` calls; "" where it calls none."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        return node.func.attr.value
    return ""


def invoke(machine: Machine, function: Function, args: Args, node: cst.CSTNode) -> Tree:
    """Run a function of the project."""
    if args.open or _is_asynchronous(function.node):
        return unfollowed(machine, function, args, node)
    if function.is_generator is None:
        function.is_generator = _is_generator(function.node)
    if function.is_generator:
        return Generator(function, args)
    return run_body(machine, function, args, node)


def run_body(machine: Machine, function: Function, args: Args, node: cst.CSTNode, yielded: Turn | None = None) -> Tree:
    """What the body of ``function`` returns for ``args``; ``yielded`` is done with each value of a generator."""
    same = [frame.entry for frame in machine.frames if frame.function is function]
    undecided = len(same) >= UNDECIDED_CALLS and same[0] is not machine.pc
    if undecided or len(machine.frames) >= NESTED_CALLS:
        result = unfollowed(machine, function, args, node)
        if yielded is not None:
            iterate(machine, result, yielded, node)
        return result
    if function.local is None:
        function.local = local_names(function.node)
    scope = Scope(function.scope, machine.pc, function.local)
    if not _bind(machine, function, args, scope):
        return machine.throw("TypeError")
    entry = machine.pc
    frame = Frame(function, entry, yielded)
    machine.frames.append(frame)
    loops, machine.loops = machine.loops, []
    with machine.inside(scope, function.source):
        if isinstance(function.node, cst.Lambda):
            value = machine.evaluate(function.node.body)
        else:
            machine.execute(function.node.body)
            machine.rejoin(entry, machine.choices.either(machine.pc, frame.returned), left=yielded is not None)
            value = machine.choices.ite(frame.returned, frame.value, NONE)
    machine.loops = loops
    machine.frames.pop()
    return value


def _bind(machine: Machine, function: Function, args: Args, scope: Scope) -> bool:
    """Bind the parameters; False when the arguments do not fit them."""
    params = function.node.params
    left = list(args.positional)
    keywords = dict(args.keywords)
    for param in (*params.posonly_params, *params.params):
        name = param.name.value
        if left:
            value: Tree | None = left.pop(0)
        else:
            value = keywords.pop(name, None) or function.defaults.get(name)
        if value is None:
            return False
        machine.write(scope, name, value)
    star = params.star_arg
    if isinstance(star, cst.Param):
        machine.write(scope, star.name.value, sequence("tuple", left))
    elif left:
        return False
    for param in params.kwonly_params:
        name = param.name.value
        value = keywords.pop(name, None) or function.defaults.get(name)
        if value is None:
            return False
        machine.write(scope, name, value)
    if params.star_kwarg is not None:
        machine.write(scope, params.star_kwarg.name.value, Table(dict(keywords), born=machine.pc))
        return True
    return not keywords


def _is_asynchronous(node: cst.FunctionDef | cst.Lambda) -> bool:
    return isinstance(node, cst.FunctionDef) and node.asynchronous is not None


def _is_generator(node: cst.FunctionDef | cst.Lambda) -> bool:
    pending = list(children(node))
    while pending:
        part = pending.pop()
        if isinstance(part, cst.Yield):
            return True
        if not isinstance(part, (cst.FunctionDef, cst.Lambda, cst.ClassDef)):
            pending.extend(children(part))
    return False


def instantiate(machine: Machine, cls: Class, args: Args, node: cst.CSTNode) -> Tree:
    """An instance of a class of the project, its ``__init__`` run."""
    from conn_lint.settings.attributes import find

    ancestry = cls.ancestry()
    instance = Instance(cls)
    outside = [one for one in ancestry if not isinstance(one, Class)]
    for base in outside:
        if isinstance(base, External) and base.name == "builtins.dict":
            instance.content = Table(site=node, born=machine.pc)
        elif isinstance(base, External):
            made = libraries.subclassed(machine, cls, base.name, args, node)
            if made is not None:
                return made
    init = find(machine, instance, "__init__", node)
    if isinstance(init, Bound):
        invoke(machine, init.function, args._replace(positional=(instance, *args.positional)), node)
    elif isinstance(init, Method):
        from conn_lint.settings.methods import call_method

        call_method(machine, init.receiver, "update", args, node)
    elif isinstance(init, Native):
        if init.call(machine, args, node) is None:
            machine.havoc(instance.fields, unfollowed(machine, cls, args, node))
    elif init is not ABSENT:
        cause = unfollowed(machine, cls, args, node)
        machine.havoc(instance.fields, cause)
    elif args.positional or args.keywords:
        return machine.throw("TypeError")
    return instance
