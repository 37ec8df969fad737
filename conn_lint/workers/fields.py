"""What attributes hold by the way their values are written: fields of models, managers, nothing so far."""

from __future__ import annotations

from typing import Literal, NamedTuple

from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.graph import Graph
from conn_lint.workers.symbols import ClassSymbol, Valued

_ONE = frozenset("ForeignKey OneToOneField ParentalKey TreeForeignKey TreeOneToOneField".split())
_MANY = frozenset("ManyToManyField ParentalManyToManyField SortedManyToManyField TreeManyToManyField".split())


class Field(NamedTuple):
    """``kind``: one row of another model, a manager of many, or a value; ``model`` None: not known which."""

    kind: Literal["one", "many", "value"]
    model: ClassSymbol | None = None


def field(graph: Graph, bound: Valued, owner: ClassSymbol) -> Field | None:
    """The field that ``bound`` makes of an attribute of the model ``owner``, by the name of the field's class; None
    where it makes none."""
    made = bound.value
    name = made.func.path.rpartition(".")[2] if isinstance(made, f.Call) and isinstance(made.func, f.Name) else ""
    if not isinstance(made, f.Call) or not name.endswith(("Field", "Key")):
        return None
    if name not in _ONE | _MANY:
        return Field("value")
    target = dict(made.keywords).get("to") or (made.args[0] if made.args else None)
    return Field("one" if name in _ONE else "many", _model(graph, bound.path, target, owner))


def _model(graph: Graph, path: str, target: f.Expr | None, owner: ClassSymbol) -> ClassSymbol | None:
    """The model that a relation names: itself, by ``"self"``, or by ``"app.Model"``, of which the tree has one."""
    facts = graph.facts(path)
    if facts and isinstance(target, f.Name):
        found = graph.resolve(facts, target.path)
        return found if isinstance(found, ClassSymbol) else None
    if not facts or not isinstance(target, f.Constant) or not isinstance(target.value, str):
        return None
    name = target.value.rpartition(".")[2]
    if name == "self":
        return owner
    if name in facts.classes and "." not in target.value:
        return ClassSymbol(path, name)
    named = [each for each in graph.classes(name) if graph.is_model(each)]
    return named[0] if len(named) == 1 else None


def is_empty(expr: f.Expr) -> bool:
    """Whether ``expr`` makes a list or dictionary with nothing in it."""
    return isinstance(expr, f.Several) and expr.display in ("list", "dict") and not expr.items


def read_of(field: Field) -> v.Val:
    """What an attribute of a row holds that is ``field`` of its model."""
    if field.kind == "value":
        return v.UNKNOWN
    if field.kind == "many":
        return v.QuerySet(field.model, manager=True)
    return v.Obj(field.model) if field.model else v.Model()


def makes_manager(expr: f.Expr) -> bool:
    """``SomeQuerySet.as_manager()`` or ``Manager.from_queryset(SomeQuerySet)()``."""
    func = expr.func if isinstance(expr, f.Call) else f.OPAQUE
    if isinstance(func, f.Call):
        func = func.func
    return f.written(func).rpartition(".")[2] in ("as_manager", "from_queryset")
