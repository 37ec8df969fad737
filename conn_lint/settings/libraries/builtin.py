"""Python's builtin functions."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.comparisons import boolean
from conn_lint.settings.containers import SETS, Items, Sequence, Table, is_set, sequence
from conn_lint.settings.exceptions import model_exit
from conn_lint.settings.folding import (
    LARGEST,
    fold,
    fold_parts,
    in_any_order,
    is_text,
    unknown,
)
from conn_lint.settings.frozen import AnyOrder, AnyOrderFrozen, TooLarge, elements_of, written
from conn_lint.settings.iterators import may_be_one
from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.lazy import ITERATORS
from conn_lint.settings.libraries.ordering import in_order
from conn_lint.settings.libraries.reflection import (
    model_callable,
    model_dir,
    model_getattr,
    model_globals,
    model_hasattr,
    model_isinstance,
    model_locals,
    model_setattr,
    model_super,
    model_type,
)
from conn_lint.settings.loops import iterate, iterate_until
from conn_lint.settings.nodes import Guard
from conn_lint.settings.objects import Args, Native, Wrapped
from conn_lint.settings.sequences import SEQUENCE_METHODS
from conn_lint.settings.tables import TABLE_METHODS
from conn_lint.settings.values import FALSE, NONE, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


NAMES = frozenset(dir(builtins))


def _folding(name: str, function: Callable[..., Any]) -> Model:
    picks = name in ("max", "min", "sum")

    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        if args.keywords:
            return None
        if picks and args.positional and may_be_one(args.positional[0]):
            return _accumulated(machine, args, node, name)
        if picks and len(args.positional) == 1 and isinstance(args.positional[0], Atom):
            return fold_parts(machine, node, f"{name}()", function, args.positional[0])
        return fold(machine, node, f"{name}()", function, *args.positional, frozen=True)

    return model


def _of_set(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, to which the order of a set is all the same."""

    def apply(first: Any, *more: Any) -> Any:
        in_any_order = isinstance(first, (AnyOrder, AnyOrderFrozen)) and (function is sum or not more)
        return function(list(elements_of(first)) if in_any_order else first, *more)

    return apply


def _bytes(*values: Any) -> bytes:
    if values and not isinstance(values[0], (str, bytes)):
        raise TooLarge
    return bytes(*values)


def _range(*bounds: int) -> range:
    made = range(*bounds)
    if len(made) > LARGEST:
        raise TooLarge
    return made


def _text(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if not args.positional:
        return Const("")

    def convert(leaf: Atom) -> Tree:
        if isinstance(leaf, Opaque) and is_text(leaf):
            return leaf
        if isinstance(leaf, Const):
            return fold(machine, node, "str()", lambda *values: str(*values), leaf, *args.positional[1:])
        if isinstance(leaf, (Sequence, Table)) and len(args.positional) == 1:
            return fold(machine, node, "str()", written, leaf, frozen=True)
        return unknown(machine, node, "str()", leaf)

    return machine.each(args.positional[0], convert)


def _truth(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if not args.positional:
        return FALSE
    return boolean(machine, machine.truth(args.positional[0]))


def _length(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    def count(leaf: Atom) -> Tree:
        if isinstance(leaf, Sequence):
            return machine.each(leaf.items, count)
        if isinstance(leaf, Items):
            return Const(len(leaf.trees))
        return fold(machine, node, "len()", len, leaf, frozen=True)

    return machine.each(args.positional[0], count)


def _dict(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    table = Table(site=node, born=machine.pc)
    TABLE_METHODS["update"](machine, table, args, node)
    return table


def _sequence(kind: str) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        if not args.positional:
            return sequence(kind, [], node)

        def make(leaf: Atom) -> Tree:
            if isinstance(leaf, Sequence) and is_set(leaf) and kind not in SETS:
                return Sequence(kind, in_any_order(machine, leaf, node), node)
            if isinstance(leaf, Sequence) and kind not in SETS:
                return Sequence(kind, leaf.items, node)
            result = sequence("set" if kind in SETS else "list", [], node)
            add = SEQUENCE_METHODS["add" if kind in SETS else "append"]
            iterate(machine, leaf, lambda item: _discard(add(machine, result, Args((item,), {}), node)), node)
            return Sequence(kind, result.items, node)

        return machine.each(args.positional[0], make)

    return model


def _discard(tree: Tree) -> None:
    """For its effect only."""


def _any(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return boolean(machine, _quantified(machine, args, node))


def _all(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    choices = machine.choices
    return boolean(machine, choices.negate(_quantified(machine, args, node, negated=True)))


def _quantified(machine: Machine, args: Args, node: cst.CSTNode, *, negated: bool = False) -> Guard:
    """The worlds in which some element is true (``negated``: false); behind it none is looked at."""

    def stops(value: Tree) -> Guard:
        one = machine.truth(value)
        return machine.choices.negate(one) if negated else one

    return iterate_until(machine, args.positional[0], stops, node)


def _accumulated(machine: Machine, args: Args, node: cst.CSTNode, name: str) -> Tree:
    """``max``, ``min`` or ``sum`` of what an iterator gives: no further than to an element that does not fit."""
    held = sequence("list", [], node)
    if name == "sum":
        held = sequence("list", [args.get(1, "start") or Const(0)], node)

    def step(before: Any, value: Any) -> Any:
        return before + value if name == "sum" else getattr(builtins, name)(before, value)

    def turn(value: Tree) -> None:
        def add(leaf: Atom) -> Tree:
            if not isinstance(leaf, Items):
                return leaf
            return Items((fold(machine, node, f"{name}()", step, leaf.trees[0], value) if leaf.trees else value,))

        machine.replace(held, machine.each(held.items, add))

    def read(leaf: Atom) -> Tree:
        if isinstance(leaf, Items):
            return leaf.trees[0] if leaf.trees else machine.throw("ValueError")
        return leaf

    iterate(machine, args.positional[0], turn, node)
    return machine.each(held.items, read)


def _open(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.libraries.files import open_file

    return open_file(machine, args, node)


def _exec(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.libraries.files import execute_text

    return execute_text(machine, args, node)


def _execfile(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.libraries.files import execute_file

    return execute_file(machine, args, node)


def _first(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return args.positional[0]


def _import(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.libraries.standard import import_top

    return import_top(machine, args, node)


def _ignored(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return NONE


class Mark(Native):
    """``object()``, by which code tells what was given from what was not."""

    __slots__ = ()


def _object(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return None if args.all() else Mark()


def _wrapped(kind: str) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        function = args.get(0, "fget")
        return Wrapped(kind, function) if isinstance(function, Atom) and len(args.all()) == 1 else None

    return model


MODELS: dict[str, Model] = {
    **ITERATORS,
    "builtins.__import__": _import,
    "builtins.abs": _folding("abs", abs),
    "builtins.all": _all,
    "builtins.any": _any,
    "builtins.bool": _truth,
    "builtins.bytes": _folding("bytes", _bytes),
    "builtins.callable": model_callable,
    "builtins.classmethod": _wrapped("classmethod"),
    "builtins.compile": _first,
    "builtins.dict": _dict,
    "builtins.dir": model_dir,
    "builtins.exec": _exec,
    "builtins.execfile": _execfile,
    "builtins.exit": model_exit,
    "builtins.float": _folding("float", float),
    "builtins.frozenset": _sequence("frozenset"),
    "builtins.getattr": model_getattr,
    "builtins.globals": model_globals,
    "builtins.hasattr": model_hasattr,
    "builtins.int": _folding("int", int),
    "builtins.isinstance": model_isinstance,
    "builtins.len": _length,
    "builtins.list": _sequence("list"),
    "builtins.locals": model_locals,
    "builtins.max": _folding("max", _of_set(max)),
    "builtins.min": _folding("min", _of_set(min)),
    "builtins.open": _open,
    "builtins.print": _ignored,
    "builtins.object": _object,
    "builtins.property": _wrapped("property"),
    "builtins.quit": model_exit,
    "builtins.range": _folding("range", _range),
    "builtins.repr": _folding("repr", written),
    "builtins.round": _folding("round", round),
    "builtins.set": _sequence("set"),
    "builtins.setattr": model_setattr,
    "builtins.sorted": in_order,
    "builtins.staticmethod": _wrapped("staticmethod"),
    "builtins.str": _text,
    "builtins.sum": _folding("sum", _of_set(sum)),
    "builtins.super": model_super,
    "builtins.tuple": _sequence("tuple"),
    "builtins.type": model_type,
    "builtins.vars": model_locals,
}
