"""What a name can stand for."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.workers import facts as f


class FunctionSymbol(NamedTuple):
    path: str
    qualname: str


class ClassSymbol(NamedTuple):
    path: str
    qualname: str


class ModuleSymbol(NamedTuple):
    dotted: str


class External(NamedTuple):
    """Something the tree does not hold, by its dotted name: ``django.db.connection``."""

    dotted: str


class Valued(NamedTuple):
    """A name bound to an expression in the scope of module ``path`` (``owner``: in that class)."""

    path: str
    value: f.Expr
    rest: tuple[str, ...]
    owner: str | None = None


Symbol = FunctionSymbol | ClassSymbol | ModuleSymbol | External | Valued
