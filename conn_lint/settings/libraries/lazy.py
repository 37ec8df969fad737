"""Builtin functions that make iterators, and ``next``."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings.containers import Items, Sequence, sequence
from conn_lint.settings.folding import part
from conn_lint.settings.generators import lazily
from conn_lint.settings.iterators import Iterating, Lazy, Turn
from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.ordering import in_reverse
from conn_lint.settings.loops import iterate, iterate_until
from conn_lint.settings.nodes import leaves
from conn_lint.settings.objects import Args
from conn_lint.settings.tables import spread
from conn_lint.settings.values import Atom, Const, External, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


def _listed(model: Model, fewest: int = 0, most: float = inf) -> Model:
    """``model``, which makes a list, run where something takes what the iterator gives."""

    def lazy(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        from conn_lint.settings.calls import unfollowed

        if not fewest <= len(args.positional) <= most:
            return None
        scope, source = machine.scope, machine.source

        def make() -> Tree:
            with machine.inside(scope, source):
                made = model(machine, args, node)
            return made if made is not None else unfollowed(machine, External(model.__name__), args, node)

        return Lazy(make, *args.all())

    return lazy


def _enumerate(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    start = args.get(1, "start") or Const(0)
    if isinstance(start, Const) and not isinstance(start.value, int):
        return machine.throw("TypeError")

    def number(leaf: Atom) -> Tree:
        if isinstance(leaf, Items) and isinstance(start, Const):
            pairs = [sequence("tuple", [Const(start.value + n), tree]) for n, tree in enumerate(leaf.trees)]
            return sequence("list", pairs, node)
        return Sequence("list", part(machine, node, "enumerate()", leaf), node)

    return machine.each(machine.each(args.positional[0], lambda leaf: spread(machine, leaf, node)), number)


def _zip(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    parts = [machine.each(tree, lambda leaf: spread(machine, leaf, node)) for tree in args.positional]
    known = [part.trees for part in parts if isinstance(part, Items)]
    if len(known) < len(parts):
        rest = machine.opaque(node, "zip() of something unknown", *args.positional)
        for tree in args.positional:
            machine.escape(tree, rest)
        return Sequence("list", rest, node)
    return sequence("list", [sequence("tuple", pair) for pair in zip(*known, strict=False)], node)


def _map(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.calls import call

    if len(args.positional) != 2:
        return None
    function, source = args.positional

    def run(turn: Turn) -> None:
        iterate(machine, source, lambda value: turn(call(machine, function, Args((value,), {}), node)), node)

    return lazily(machine, run, function, source)


def _filter(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.calls import call

    if len(args.positional) != 2:
        return None
    function, source = args.positional

    def choose(turn: Turn, value: Tree) -> None:
        plain = isinstance(function, Const) and function.value is None
        kept = value if plain else call(machine, function, Args((value,), {}), node)
        with machine.only(machine.truth(kept)):
            if machine.live:
                turn(value)

    return lazily(machine, lambda turn: iterate(machine, source, partial(choose, turn), node), function, source)


def _iter(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if len(args.positional) != 1:
        return None
    return machine.each(
        args.positional[0], lambda leaf: leaf if isinstance(leaf, Iterating) else Lazy(lambda: leaf, leaf)
    )


def _next(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """Of an iterator that is made on the spot, and so is over with it."""
    source, default = args.positional[0], args.positional[1:]
    made = isinstance(node, cst.Call) and isinstance(node.args[0].value, (cst.Call, cst.GeneratorExp))
    if (
        not made
        or len(default) > 1
        or not all(isinstance(leaf, Iterating) and not leaf.used for leaf in leaves(source))
    ):
        return None
    first = sequence("list", [], node)

    def stops(value: Tree) -> bool:
        machine.replace(first, Items((value,)))
        return True

    def read(leaf: Atom) -> Tree:
        if not isinstance(leaf, Items):
            return leaf
        return next(iter((*leaf.trees, *default)), None) or machine.throw("StopIteration")

    iterate_until(machine, source, stops, node)
    return machine.each(first.items, read)


ITERATORS: dict[str, Model] = {
    "builtins.enumerate": _listed(_enumerate, 1, 2),
    "builtins.filter": _filter,
    "builtins.iter": _iter,
    "builtins.map": _map,
    "builtins.next": _next,
    "builtins.reversed": _listed(in_reverse, 1, 1),
    "builtins.zip": _listed(_zip),
}
