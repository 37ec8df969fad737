"""``typing`` and ``abc``: what is true only for type checkers, and classes that give their heirs nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.builtin import MODELS as BUILTINS
from conn_lint.settings.libraries.named_tuples import complete_named_tuple, inherit_named_tuple
from conn_lint.settings.objects import Args, Class
from conn_lint.settings.values import ABSENT, FALSE, Atom, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


def _cast(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return args.get(1, "val")


def _unchanged(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return args.positional[0] if args.positional else None


def _nothing(machine: Machine, name: str) -> Tree | None:
    return ABSENT


def _typed_dict(machine: Machine, cls: Class, args: Args, node: cst.CSTNode) -> Tree | None:
    return BUILTINS["builtins.dict"](machine, args, node)


MODELS: dict[str, Model] = {
    "abc.abstractmethod": _unchanged,
    "typing.cast": _cast,
    "typing.final": _unchanged,
    "typing.no_type_check": _unchanged,
}

VALUES: dict[str, Callable[[Machine], Tree]] = {"typing.TYPE_CHECKING": lambda machine: FALSE}

INHERITED: dict[str, Callable[[Machine, str], Tree | None]] = {
    "abc.ABC": _nothing,
    "typing.NamedTuple": inherit_named_tuple,
    "typing.Protocol": _nothing,
}

COMPLETED: dict[str, Callable[[Machine, Class, cst.CSTNode], Atom | None]] = {"typing.NamedTuple": complete_named_tuple}

SUBCLASSED = {"typing.TypedDict": _typed_dict, "typing_extensions.TypedDict": _typed_dict}
