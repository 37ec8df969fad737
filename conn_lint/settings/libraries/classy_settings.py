"""django-classy-settings: ``cbs.BaseSettings`` and ``cbs.env`` (read in 3.0.7, ``cbs/env.py``, ``cbs/settings.py``).

A variable is named after the attribute it is bound to. A default that is text is cast as the variable is; a method
in its place is called where the variable is not set.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from conn_lint.settings.calls import invoke
from conn_lint.settings.libraries import Model, environ_urls, urls
from conn_lint.settings.libraries.casts import CASTS, cast
from conn_lint.settings.libraries.standard import environment
from conn_lint.settings.objects import Args, Function, Native
from conn_lint.settings.values import ABSENT, Atom, Const, External, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

KINDS = frozenset("bool dburl int list tuple".split())
REQUIRED = "cbs.env.Required"
OPTIONS = ("getter", "key", "cast", "prefix")


class Variables(Native):
    """``env``, ``env.int``, ``env["PREFIX_"]``: what makes a setting; ``given`` are the arguments it has already."""

    __slots__ = ("given", "kind", "prefix")

    def __init__(self, kind: str = "", prefix: str = "", given: dict[str, Tree] | None = None) -> None:
        self.kind = kind
        self.prefix = prefix
        self.given = given or {}

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        if name == "Required":
            return External(REQUIRED)
        return Variables(name, self.prefix) if name in KINDS else None

    def item(self, machine: Machine, key: Tree) -> Tree | None:
        return Variables(self.kind, str(key.value)) if isinstance(key, Const) else None

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        given = {**self.given, **dict(zip(OPTIONS, args.positional, strict=False)), **args.keywords}
        if "getter" not in given:
            return Variables(self.kind, self.prefix, given)
        key, prefix = given.get("key", Const("")), given.get("prefix", Const(self.prefix))
        if "cast" in given or not isinstance(key, Const) or not isinstance(prefix, Const):
            return None
        return Setting(given["getter"], self.kind, f"{prefix.value or self.prefix}", str(key.value or ""), node)


class Setting(Native):
    """One setting of a class."""

    __slots__ = ("getter", "key", "kind", "node", "prefix")

    def __init__(self, getter: Tree, kind: str, prefix: str, key: str, node: cst.CSTNode) -> None:
        self.getter = getter
        self.kind = kind
        self.prefix = prefix
        self.key = key
        self.node = node

    def on(self, machine: Machine, receiver: Atom, name: str) -> Tree:
        def take(leaf: Atom) -> Tree:
            if leaf is not ABSENT:
                return self.cast(machine, leaf)
            if isinstance(self.getter, External) and self.getter.name == REQUIRED:
                return machine.throw("ValueError")
            made = self.getter
            if isinstance(made, Function):
                made = invoke(machine, made, Args((receiver,), {}), self.node)
            return machine.each(made, lambda one: self.cast(machine, one) if _is_text(one) else one)

        return machine.each(environment(machine, Const(f"{self.prefix}{self.key or name}")), take)

    def cast(self, machine: Machine, leaf: Atom) -> Tree:
        if self.kind == "dburl":
            return environ_urls.database(machine, leaf, None, self.node, urls.CLASSY_SETTINGS, urls.plain)
        return cast(machine, self.node, self.kind, CASTS[self.kind], leaf) if self.kind else leaf


def _is_text(leaf: Atom) -> bool:
    return not isinstance(leaf, Const) or isinstance(leaf.value, str)


def _inherited(machine: Machine, name: str) -> Tree | None:
    return None if name in ("get_settings_instance", "getattr_factory", "use") else ABSENT


BASES = ("cbs.BaseSettings", "cbs.settings.BaseSettings")

MODELS: dict[str, Model] = {}

VALUES: dict[str, Callable[[Machine], Tree]] = {
    name: lambda machine: Variables() for name in ("cbs.env", "cbs.env.env")
}

INHERITED: dict[str, Callable[[Machine, str], Tree | None]] = dict.fromkeys(BASES, _inherited)
