"""pydantic: ``BaseSettings`` and ``BaseModel``, and goodconf's ``GoodConf`` on top of them.

Checked against pydantic 2.14.3, pydantic-settings 2.16.3 and goodconf 7.1.0; ``Config`` classes and ``Field(env=)``
are those of pydantic 1. What the environment does not set is the default, cast to the annotation as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings.calls import call
from conn_lint.settings.containers import Table
from conn_lint.settings.folding import unknown
from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.builtin import MODELS as BUILTINS
from conn_lint.settings.libraries.named_tuples import AsDict
from conn_lint.settings.libraries.pydantic_fields import (
    FieldInfo,
    cast_field,
    choose_alias,
    declare_field,
    heads_of,
)
from conn_lint.settings.libraries.pydantic_sources import NOWHERE, Source, environment, own_classes, source_of
from conn_lint.settings.objects import Args, Class, Function, Instance, Native, Wrapped
from conn_lint.settings.values import ABSENT, NONE, At, Atom, External, Opaque, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine

MODEL = ("pydantic.BaseModel", "pydantic.main.BaseModel")
SETTINGS = ("pydantic.BaseSettings", "pydantic_settings.BaseSettings", "pydantic_settings.main.BaseSettings")
GOODCONF = ("goodconf.GoodConf",)

CUSTOM = frozenset("__init__ __new__ model_post_init settings_customise_sources customise_sources".split())
"""Methods of a class with which its fields can hold anything."""


def _annotations(cls: Class) -> dict[str, tuple[cst.BaseExpression, Class]]:
    found = {}
    for owner in own_classes(cls):
        for name, annotation in owner.annotations.items():
            if not name.startswith("_") and name != "model_config" and "ClassVar" not in heads_of(annotation):
                found[name] = (annotation, owner)
    return found


def _is_followed(cls: Class) -> bool:
    """Whether nothing of the project has a say in what the fields hold: no validators, no ``__init__``."""
    for owner in own_classes(cls):
        if CUSTOM & owner.scope.cells.keys():
            return False
        for name, tree in owner.scope.cells.items():
            if name not in owner.annotations and isinstance(tree, Opaque):
                return False  # a decorator that is not followed, as those of validators
    return True


def _make(machine: Machine, cls: Class, args: Args, node: cst.CSTNode, source: Source) -> Instance:
    instance = Instance(cls)
    if args.open or args.positional or not _is_followed(cls):
        machine.havoc(instance.fields, machine.opaque(node, f"what makes {cls.name} is not followed", *args.all()))
        return instance
    for name, (annotation, owner) in _annotations(cls).items():
        info = _info(machine, cls, name)
        heads = heads_of(annotation)
        given = next((args.keywords[one] for one in info.names or (name,) if one in args.keywords), None)
        if given is None and name in args.keywords:  # populate_by_name decides, and a release of pydantic
            value: Tree = machine.opaque(node, f"{name} has another name, by which it may have to be given")
        elif given is not None:
            value = cast_field(machine, node, heads, given)
        else:
            value = _read(machine, name, info, heads, owner, node, source)
        machine.write(instance.fields, name, value, owner.scope.written.get(name) or At(machine.source, node))
    return instance


def _info(machine: Machine, cls: Class, name: str) -> FieldInfo:
    for owner in reversed(own_classes(cls)):
        held = machine.read(owner.scope, name)
        if held is not ABSENT:
            return held if isinstance(held, FieldInfo) else FieldInfo(held)
    return FieldInfo(ABSENT)


def _read(
    machine: Machine,
    name: str,
    info: FieldInfo,
    heads: list[str],
    owner: Class,
    node: cst.CSTNode,
    source: Source,
) -> Tree:
    """A field that no argument gives: from the environment, from a file, or its default."""

    def default() -> Tree:
        if info.factory is not ABSENT:
            return call(machine, info.factory, Args((), {}), node)
        held = machine.each(info.default, lambda leaf: machine.throw("ValidationError") if leaf is ABSENT else leaf)
        return held if source is NOWHERE else cast_field(machine, node, heads, held)

    def of_file() -> Tree:
        if source.file is None:
            return default()
        read = machine.choices.decide(("configuration file", source.file.key), source.file.env, default=False)
        held = Opaque(("field", source.file.key, name), source.file.why, source.file.env, source.file.at)
        there: Tree = default() if info.default is not ABSENT or info.factory is not ABSENT else held
        tree: Tree = machine.choices.ite(read, held, there)
        return tree

    if source.prefix is None:
        return default()
    names = info.names or (f"{source.prefix}{name}",)
    nested = _model_of(machine, heads, owner)
    if nested is not None:
        return _nested(machine, nested, names[0], info, node, source)

    def take(leaf: Atom, left: tuple[str, ...]) -> Tree:
        if leaf is not ABSENT:
            return cast_field(machine, node, heads, leaf)
        return look(left) if left else of_file()

    def look(left: tuple[str, ...]) -> Tree:
        return machine.each(environment(machine, left[0], source), lambda leaf: take(leaf, left[1:]))

    return look(names)


def _model_of(machine: Machine, heads: list[str], owner: Class) -> Class | None:
    """The project's model that a field holds, if it does."""
    scope = owner.scope.outer
    held = machine.read(scope, heads[0]) if scope is not None and len(heads) == 1 else None
    if isinstance(held, Class) and any(isinstance(base, External) and base.name in MODEL for base in held.ancestry()):
        return held
    return None


def _nested(machine: Machine, cls: Class, name: str, info: FieldInfo, node: cst.CSTNode, source: Source) -> Tree:
    """A model inside a model: the variable holds JSON, or each field has one after the delimiter."""
    inner = source._replace(prefix=f"{name}{source.delimiter}") if source.delimiter else NOWHERE
    made = info.default if info.default is not ABSENT else _made_by(machine, info.factory, node)

    def absent() -> Tree:
        keywords = {}
        if isinstance(made, Instance):
            if not source.delimiter:
                return made
            keywords = {str(key): machine.read(made.fields, key) for key, _ in machine.keys(made.fields)}
        elif made is not ABSENT and not source.delimiter:
            return made
        elif made is not ABSENT:
            return unknown(machine, node, "a nested model", *([made] if isinstance(made, Atom) else []))
        return _make_over(machine, cls, keywords, node, inner)

    def take(leaf: Atom) -> Tree:
        return absent() if leaf is ABSENT else unknown(machine, node, "a nested model", leaf)

    return machine.each(environment(machine, name, source), take)


def _made_by(machine: Machine, factory: Tree, node: cst.CSTNode) -> Tree:
    return ABSENT if factory is ABSENT else call(machine, factory, Args((), {}), node)


def _make_over(machine: Machine, cls: Class, defaults: dict[str, Tree], node: cst.CSTNode, source: Source) -> Tree:
    """An instance whose fields are read from ``source``, and are ``defaults`` where that says nothing."""
    if not _is_followed(cls):
        return _make(machine, cls, Args((), {}), node, source)
    instance = Instance(cls)
    for name, (annotation, owner) in _annotations(cls).items():
        info = _info(machine, cls, name)
        if name in defaults:
            info = FieldInfo(defaults[name], names=info.names)
        machine.write(instance.fields, name, _read(machine, name, info, heads_of(annotation), owner, node, source))
    return instance


def _settings(machine: Machine, cls: Class, args: Args, node: cst.CSTNode) -> Tree | None:
    """``Settings()``: arguments before the environment before ``.env`` files before defaults."""
    source = source_of(machine, cls, args, node)
    if source is None:
        return _make(machine, cls, args._replace(open=True), node, NOWHERE)
    fields = {key: tree for key, tree in args.keywords.items() if not key.startswith("_")}
    return _make(machine, cls, Args((), fields, args.open), node, source)


def _model(machine: Machine, cls: Class, args: Args, node: cst.CSTNode) -> Tree | None:
    return _make(machine, cls, args, node, NOWHERE)


def _goodconf(machine: Machine, cls: Class, args: Args, node: cst.CSTNode) -> Tree | None:
    keywords = {key: tree for key, tree in args.keywords.items() if key not in ("config_file", "load")}
    return _settings(machine, cls, args._replace(positional=(), keywords=keywords), node)


class Loaded(Native):
    """``config.load()`` of goodconf: the fields were read when the object was made."""

    __slots__ = ()

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        return NONE


class Dump(AsDict):
    """``model_dump()`` and ``dict()``, without options; models inside become dicts."""

    __slots__ = ()

    def on(self, machine: Machine, receiver: Atom, name: str) -> Tree:
        return Dump(receiver)

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        if args.all() or not isinstance(self.receiver, Instance):
            return None
        return machine.each(self.receiver, lambda leaf: _dumped(machine, leaf))


def _dumped(machine: Machine, leaf: Atom) -> Tree:
    if not isinstance(leaf, Instance):
        return leaf
    fields = leaf.fields
    table = Table(born=machine.pc)
    for name, _ in machine.keys(fields):
        value = machine.read(fields, name)
        machine.write(
            table, name, machine.choices.map(value, lambda one: _dumped(machine, one)), fields.written.get(name)
        )
    table.rest = fields.rest
    return table


def _inherited(machine: Machine, name: str) -> Tree | None:
    if name in ("model_dump", "dict"):
        return Dump()
    if name == "load":
        return Loaded()
    return ABSENT if name in ("__getattr__", "__call__") else None


def _computed(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """``@computed_field`` over a property."""
    function = args.positional[0] if args.positional else None
    if isinstance(function, Wrapped):
        return function
    return Wrapped("property", function) if isinstance(function, Function) else External("abc.abstractmethod")


MODELS: dict[str, Model] = {
    "goodconf.Field": declare_field,
    "goodconf.GoodConfConfigDict": BUILTINS["builtins.dict"],
    "pydantic.AliasChoices": choose_alias,
    "pydantic.ConfigDict": BUILTINS["builtins.dict"],
    "pydantic.Field": declare_field,
    "pydantic.computed_field": _computed,
    "pydantic_settings.SettingsConfigDict": BUILTINS["builtins.dict"],
}

SUBCLASSED: dict[str, Callable[[Machine, Class, Args, cst.CSTNode], Tree | None]] = {
    **dict.fromkeys(MODEL, _model),
    **dict.fromkeys(SETTINGS, _settings),
    **dict.fromkeys(GOODCONF, _goodconf),
}

INHERITED: dict[str, Callable[[Machine, str], Tree | None]] = dict.fromkeys((*MODEL, *SETTINGS, *GOODCONF), _inherited)
