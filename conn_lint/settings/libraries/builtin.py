"""Python's builtin functions."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings import attributes
from conn_lint.settings.choice import Guard
from conn_lint.settings.comparisons import boolean, is_callable
from conn_lint.settings.folding import LARGEST, TooLarge, fold, is_text, unknown
from conn_lint.settings.libraries import Model
from conn_lint.settings.loops import iterate
from conn_lint.settings.sequences import SEQUENCE_METHODS
from conn_lint.settings.tables import TABLE_METHODS
from conn_lint.settings.values import (
    ABSENT,
    FALSE,
    NONE,
    Args,
    At,
    Atom,
    Class,
    Const,
    External,
    Instance,
    Items,
    Opaque,
    Sequence,
    Super,
    Table,
    Tree,
    is_more,
    sequence,
)

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

NAMES = frozenset(dir(builtins))


def _folding(name: str, function: Callable[..., Any]) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        if args.keywords:
            return None
        return fold(machine, node, f"{name}()", function, *args.positional, frozen=True)

    return model


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
            if isinstance(leaf, Sequence) and kind != "set":
                return Sequence(kind, leaf.items, node)
            result = sequence("set" if kind == "set" else "list", [], node)
            add = SEQUENCE_METHODS["add" if kind == "set" else "append"]
            iterate(machine, leaf, lambda item: _discard(add(machine, result, Args((item,), {}), node)), node)
            return Sequence(kind, result.items, node)

        return machine.each(args.positional[0], make)

    return model


def _discard(tree: Tree) -> None:
    """For its effect only."""


def _enumerate(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    start = args.get(1, "start") or Const(0)

    def number(leaf: Atom) -> Tree:
        if isinstance(leaf, Sequence):
            return machine.each(leaf.items, number)
        if isinstance(leaf, Items) and isinstance(start, Const):
            pairs = [sequence("tuple", [Const(start.value + n), tree]) for n, tree in enumerate(leaf.trees)]
            return sequence("list", pairs, node)
        return Sequence("list", unknown(machine, node, "enumerate()", leaf), node)

    return machine.each(args.positional[0], number)


def _zip(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    parts = [tree.items if isinstance(tree, Sequence) else tree for tree in args.positional]
    known = [part.trees for part in parts if isinstance(part, Items)]
    if len(known) < len(parts):
        return Sequence("list", machine.opaque(node, "zip() of something unknown", *args.positional), node)
    return sequence("list", [sequence("tuple", pair) for pair in zip(*known, strict=False)], node)


def _map(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.calls import call

    if len(args.positional) != 2:
        return None
    result = sequence("list", [], node)
    function, source = args.positional

    def turn(value: Tree) -> None:
        made = call(machine, function, Args((value,), {}), node)
        SEQUENCE_METHODS["append"](machine, result, Args((made,), {}), node)

    iterate(machine, source, turn, node)
    return result


def _filter(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.calls import call

    result = sequence("list", [], node)
    function, source = args.positional

    def turn(value: Tree) -> None:
        plain = isinstance(function, Const) and function.value is None
        kept = value if plain else call(machine, function, Args((value,), {}), node)
        with machine.only(machine.truth(kept)):
            SEQUENCE_METHODS["append"](machine, result, Args((value,), {}), node)

    iterate(machine, source, turn, node)
    return result


def _any(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return boolean(machine, _quantified(machine, args, node))


def _all(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    choices = machine.choices
    return boolean(machine, choices.negate(_quantified(machine, args, node, negated=True)))


def _quantified(machine: Machine, args: Args, node: cst.CSTNode, *, negated: bool = False) -> Guard:
    found: list[Guard] = [False]

    def turn(value: Tree) -> None:
        one = machine.truth(value)
        one = machine.choices.negate(one) if negated else one
        found[0] = machine.choices.either(found[0], machine.choices.both(one, machine.pc))

    iterate(machine, args.positional[0], turn, node)
    return found[0]


def _isinstance(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    kinds = args.positional[1]
    wanted = kinds.items.trees if isinstance(kinds, Sequence) and isinstance(kinds.items, Items) else (kinds,)

    def check(leaf: Atom) -> Tree:
        answers = [_is_a(leaf, kind) for kind in wanted]
        if True in answers:
            return boolean(machine, True)
        if None not in answers:
            return FALSE
        return unknown(machine, node, "isinstance()", leaf, *(kind for kind in wanted if isinstance(kind, Atom)))

    return machine.each(args.positional[0], check)


def _is_a(leaf: Atom, kind: Tree) -> bool | None:
    if isinstance(kind, Class):
        if isinstance(leaf, Instance):
            return kind in leaf.cls.ancestry()
        return None if isinstance(leaf, (Opaque, External)) else False
    name = kind.name.removeprefix("builtins.") if isinstance(kind, External) else ""
    own = _type_name(leaf)
    if not name or own is None:
        return None
    if name in ("Mapping", "collections.abc.Mapping", "typing.Mapping"):
        return own == "dict"
    if not hasattr(builtins, name):
        return None
    made, asked = getattr(builtins, own, None), getattr(builtins, name)
    return issubclass(made, asked) if isinstance(made, type) and isinstance(asked, type) else None


def _type_name(leaf: Atom) -> str | None:
    if isinstance(leaf, Const):
        return type(leaf.value).__name__
    if isinstance(leaf, Table):
        return "dict"
    if isinstance(leaf, Sequence):
        return leaf.kind
    if isinstance(leaf, Opaque) and is_text(leaf):
        return "str"
    return None


def _getattr(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    target, name = args.positional[:2]
    if not isinstance(name, Const):
        return None
    default = args.positional[2] if len(args.positional) > 2 else None

    def get(leaf: Atom) -> Tree:
        if default is None:
            return attributes.attribute(machine, leaf, name.value, node)
        found = attributes.find(machine, leaf, name.value, node)
        return machine.each(found, lambda part: _or_default(machine, part, default))

    return machine.each(target, get)


def _or_default(machine: Machine, part: Atom, default: Tree) -> Tree:
    if part is ABSENT:
        return default
    if isinstance(part, Opaque) and is_more(part):
        tree: Tree = machine.choices.ite(machine.choices.decide(("there", part.key)), part, default)
        return tree
    return part


def _hasattr(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    target, name = args.positional
    if not isinstance(name, Const):
        return None

    def has(leaf: Atom) -> Tree:
        found = attributes.find(machine, leaf, name.value, node)
        return machine.each(
            found,
            lambda part: (
                unknown(machine, node, "hasattr()", part)
                if isinstance(part, (Opaque, External))
                else boolean(machine, part is not ABSENT)
            ),
        )

    return machine.each(target, has)


def _setattr(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    target, name, value = args.positional
    if not isinstance(name, Const):
        return None
    attributes.set_attribute(machine, target, name.value, machine.placed(value, node), At(machine.source, node))
    return NONE


def _globals(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    scope = machine.scope
    while scope.outer is not None:
        scope = scope.outer
    return scope


def _locals(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if not args.positional:
        return machine.scope
    return machine.each(args.positional[0], lambda leaf: attributes.attribute(machine, leaf, "__dict__", node))


def _super(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if len(args.positional) == 2 and isinstance(args.positional[0], Class) and isinstance(args.positional[1], Atom):
        return Super(args.positional[0], args.positional[1])
    first = next(iter(machine.scope.cells.values()), None)
    if not isinstance(first, (Instance, Class)):
        return None
    cls = first.cls if isinstance(first, Instance) else first
    return Super(machine.frames[-1].function.owner or cls, first)


def _open(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.libraries.standard import open_file

    return open_file(machine, args, node)


def _exec(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.libraries.standard import execute_text

    return execute_text(machine, args, node)


def _first(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return args.positional[0]


def _import(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.libraries.standard import import_by_name

    return import_by_name(machine, args, node)


def _callable(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    def check(leaf: Atom) -> Tree:
        answer = is_callable(leaf)
        return unknown(machine, node, "callable()", leaf) if answer is None else boolean(machine, answer)

    return machine.each(args.positional[0], check)


def _type(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    def of(leaf: Atom) -> Tree:
        if isinstance(leaf, Instance):
            return leaf.cls
        name = _type_name(leaf)
        return External(f"builtins.{name}") if name else unknown(machine, node, "type()", leaf)

    return machine.each(args.positional[0], of) if len(args.positional) == 1 else None


def _ignored(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return NONE


MODELS: dict[str, Model] = {
    "builtins.__import__": _import,
    "builtins.abs": _folding("abs", abs),
    "builtins.all": _all,
    "builtins.any": _any,
    "builtins.bool": _truth,
    "builtins.bytes": _folding("bytes", lambda *values: bytes(*values) if isinstance(values[0], (str, bytes)) else b""),
    "builtins.callable": _callable,
    "builtins.compile": _first,
    "builtins.dict": _dict,
    "builtins.enumerate": _enumerate,
    "builtins.exec": _exec,
    "builtins.filter": _filter,
    "builtins.float": _folding("float", float),
    "builtins.frozenset": _sequence("set"),
    "builtins.getattr": _getattr,
    "builtins.globals": _globals,
    "builtins.hasattr": _hasattr,
    "builtins.int": _folding("int", int),
    "builtins.isinstance": _isinstance,
    "builtins.iter": _first,
    "builtins.len": _length,
    "builtins.list": _sequence("list"),
    "builtins.locals": _locals,
    "builtins.map": _map,
    "builtins.max": _folding("max", max),
    "builtins.min": _folding("min", min),
    "builtins.open": _open,
    "builtins.print": _ignored,
    "builtins.range": _folding("range", _range),
    "builtins.repr": _folding("repr", repr),
    "builtins.reversed": _folding("reversed", lambda values: list(reversed(values))),
    "builtins.round": _folding("round", round),
    "builtins.set": _sequence("set"),
    "builtins.setattr": _setattr,
    "builtins.sorted": _folding("sorted", sorted),
    "builtins.str": _text,
    "builtins.sum": _folding("sum", sum),
    "builtins.super": _super,
    "builtins.tuple": _sequence("tuple"),
    "builtins.type": _type,
    "builtins.vars": _locals,
    "builtins.zip": _zip,
}
