"""What a call may reach whose callee is not known for certain: by its name, by its overrides, by what arguments are."""

from __future__ import annotations

from conn_lint.model import Span
from conn_lint.workers import django
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given
from conn_lint.workers.rows import Rows
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol

COMMON_METHODS = frozenset(
    {name for kind in (bytes, dict, float, int, list, set, str) for name in dir(kind)}
    | set(
        "ack close connect debug disconnect emit error exception execute fetchall fetchone info log nack open publish"
        " put read reconnect reject run send start subscribe unsubscribe warning write".split()
    )
)
"""Names so common that defining one says nothing about what a call of it reaches."""


_ANYBODYS = COMMON_METHODS | django.LAZY | django.QUERYING | django.INSTANCE_QUERIES
"""Names of methods that say nothing about the object they are called on."""


MAX_OVERRIDES = 8
"""Overrides followed in the place of an abstract method, or of one whose object is not known."""


CALLBACK_NAMES = frozenset("action callback cb fn func function handler hook on_message processor target".split())
"""Attributes that hold what others want to be called."""


class Guesses(Rows):
    """Adds to ``Rows`` what is likely, for ``Calls`` to follow."""

    def methods_by_name(self, target: v.Val, method: str, given: Given) -> list[v.Func]:
        """The methods that a call on an unknown object may mean by their name: those of the one class, or of the
        classes with one base, that the tree has with such a method."""
        if (
            not (isinstance(target, v.Anything) or target == v.Const(None))
            or method in _ANYBODYS
            or method.startswith("__")
        ):
            return []
        owners = [each for each in self.graph.owners(method) if self._takes(each, method, len(given.args))]
        owners = [each for each in owners if not self._is_remote(each)]
        if not 0 < len(owners) <= MAX_OVERRIDES or self.graph.common_base(owners) is None:
            return []
        found: dict[FunctionSymbol, v.Func] = {}
        for owner in owners:
            symbol = self.graph.method(owner, method)
            bound = self.callable_of(symbol, owner) if symbol and not self.graph.is_abstract(symbol) else None
            if symbol and isinstance(bound, v.Func):
                found.setdefault(symbol, bound)
        return list(found.values())

    def _is_remote(self, owner: ClassSymbol) -> bool:
        """Whether the methods of a class are those of a gRPC service, which clients call by the same names through
        a stub, from elsewhere."""
        class_ = self.graph.class_(owner)
        return class_ is not None and is_servicer(class_)

    def _takes(self, owner: ClassSymbol, method: str, count: int) -> bool:
        """Whether a method can be called with so many positional arguments."""
        symbol = self.graph.method(owner, method)
        head = self.graph.head(symbol) if symbol else None
        return head is not None and count < len(head.params)

    def unknown(self, func: f.Expr, method: str, scope: Scope) -> tuple[str, str]:
        """What a call that cannot be followed is called, and the name of the method that it may be; "" where it
        may be anything."""
        written = func.path if isinstance(func, f.Name) else f".{method}"
        head, dotted, _ = written.partition(".")
        path = self.graph.unread(scope.imports.get(head) or scope.facts.imports.get(head, ""))
        if path:
            return f"{written}() lies in {path}, which cannot be read", ""
        if not method:
            return "calls something found by an index", ""
        return f"{written}() is not known here", method if dotted else ""

    def runs_others_code(self, callee: v.Val, func: f.Expr) -> bool:
        """Whether a call that cannot be resolved runs what others gave: a callback, or the receivers of a signal."""
        owner, _, last = f.written(func).rpartition(".")
        if last in ("send", "send_robust") or last.startswith("send_event"):
            return "signal" in owner.lower()
        if not self.calls_back or last == "receive":  # which the server gives an ASGI application, as it does send
            return False
        return (callee == v.PARAM and not owner) or (owner == "self" and last.strip("_") in CALLBACK_NAMES)

    def likely_query(self, target: v.Val, method: str) -> bool:
        """Whether a method of an argument, or of a row of some model, queries by all likelihood: rows of the tree have
        one of that name."""
        if not isinstance(target, v.Model) and not (isinstance(target, v.Anything) and target.param):
            return False
        if method in django.INSTANCE_QUERIES or method in COMMON_METHODS:
            return method in django.INSTANCE_QUERIES
        return any(self._has_rows(owner) for owner in self.graph.owners(method))

    def _has_rows(self, owner: ClassSymbol) -> bool:
        """Whether a class is a model, or what models of the tree inherit from."""
        return any(map(self.graph.is_model, (owner, *self.graph.subclasses(owner))))

    def overrides(self, func: v.Func, span: Span) -> list[v.Func]:
        """The methods that stand for ``func`` where it is abstract; none where it is not."""
        if self.shallow or func.owner is None or not self.graph.is_abstract(func.symbol):
            return []
        name = func.symbol.qualname.rpartition(".")[2]
        found: dict[FunctionSymbol, v.Func] = {}
        for class_ in self.graph.subclasses(func.owner):
            method = self.graph.method(class_, name)
            if method is not None and method != func.symbol and not self.graph.is_abstract(method):
                bound = self.callable_of(method, class_)
                if isinstance(bound, v.Func):
                    found.setdefault(method, bound)
        if len(found) > MAX_OVERRIDES and self.unfollowed is not None:
            self.unfollowed.note(
                span,
                f"{func.symbol.qualname}() has {len(found)} overrides, of which {MAX_OVERRIDES} are followed",
                limit=True,
            )
        return list(found.values())[:MAX_OVERRIDES]


def is_servicer(class_: f.Class) -> bool:
    """Whether a class implements a gRPC service: the classes that protoc makes for that bear such names."""
    return any(last_name(base).endswith("Servicer") for base in class_.bases)


def last_name(base: f.Expr) -> str:
    """The last name of a base class as it is written."""
    if isinstance(base, f.Item):  # a generic class
        base = base.value
    return f.written(base).rpartition(".")[2]
