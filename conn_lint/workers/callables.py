"""Functions as values: what they see of the function they are defined in, what objects hold them, who keeps them."""

from __future__ import annotations

from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Keywords, worth_telling
from conn_lint.workers.connections import external
from conn_lint.workers.effects import Effect
from conn_lint.workers.graph import Graph
from conn_lint.workers.held import Held, Kept
from conn_lint.workers.scope import Captured, Scope
from conn_lint.workers.symbols import ClassSymbol, External, FunctionSymbol


class Callables:
    """Numbers what functions have captured; the classes that build on it run them."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.held = Held(graph)
        """The functions that objects and modules keep."""
        self.nested: dict[FunctionSymbol, v.Func] = {}
        self.closures: list[Captured] = [()]
        self._closure_numbers: dict[Captured, int] = {(): 0}

    def run(
        self,
        func: v.Func,
        args: tuple[v.Val, ...] = (),
        keywords: Keywords = (),
        *,
        is_async: bool = False,
        atomic: bool = False,
        entry: bool = False,
    ) -> tuple[Effect, v.Val]:
        raise NotImplementedError

    def callable_of(self, symbol: FunctionSymbol, owner: ClassSymbol | None = None) -> v.Val:
        raise NotImplementedError

    def now(self, value: v.Val) -> v.Val:
        """``value``; of one that was not looked up so far what it stands for."""
        raise NotImplementedError

    def closure(self, scope: Scope) -> int:
        """What a function defined in ``scope`` can see of its names, as far as it matters, by number."""
        kinds = (v.Func, v.Ext, v.Cls, v.Obj)
        names = ((name, self._callable_now(x)) for name, x in scope.names.items())
        return self._number(tuple((name, x) for name, x in names if isinstance(x, kinds) or x == v.PARAM))

    def state(self, scope: Scope) -> int:
        """The functions and the rows that attributes of ``self`` hold at this point of ``scope``, by number."""
        names = ((name, x) for name, x in scope.names.items() if name.startswith("self."))
        held = ((name, self._callable_now(x)) for name, x in names)
        return self._number(tuple((name, x) for name, x in held if isinstance(x, (v.Func, v.Model)) or self._is_row(x)))

    def _is_row(self, value: v.Val) -> bool:
        return isinstance(value, v.Obj) and self.graph.is_model(value.symbol)

    def _callable_now(self, value: v.Val) -> v.Val:
        """``value``, of what may be a function of another file that function: it is kept, to be called later."""
        return self.now(value) if isinstance(value, v.Later) and value.may_be_function else value

    def _number(self, captured: Captured) -> int:
        number = self._closure_numbers.setdefault(captured, len(self.closures))
        if number == len(self.closures):
            self.closures.append(captured)
        return number

    def arguments_of(self, func: v.Func, args: tuple[v.Val, ...], keywords: Keywords) -> Keywords:
        """What is known of the parameters of ``func`` in a call, by their names and in their order, however the
        arguments are written."""
        function = self.graph.head(func.symbol)
        if function is None:
            return ()
        given = self._by_parameter(func, function, args, keywords)
        for name, default in function.defaults:
            if name not in given and isinstance(default, f.Constant):
                given[name] = v.Const(default.value)
        return _known(given, function)

    def arguments_held(self, func: v.Func) -> Keywords:
        """What is known of the parameters of ``func`` where nothing is but what it is bound to."""
        function = self.graph.head(func.symbol) if func.bound else None
        return _known(dict(self.closures[func.bound]), function) if function else ()

    def _by_parameter(
        self, func: v.Func, function: f.Function, args: tuple[v.Val, ...], keywords: Keywords
    ) -> dict[str, v.Val]:
        held = dict(self.closures[func.bound])
        free = [name for name in function.params[is_method(function) :] if name not in held]
        return held | dict(zip(free, args, strict=False)) | dict(keywords)

    def bind(self, func: v.Func, args: tuple[v.Val, ...], keywords: Keywords) -> v.Func:
        """``func`` that will be given these arguments before those of the call that runs it."""
        function = self.graph.head(func.symbol)
        if function is None or not (args or keywords):
            return func
        given = self._by_parameter(func, function, args, keywords)
        now = tuple((name, worth_telling(self.now(given[name]))) for name in function.params if name in given)
        return func._replace(bound=self._number(now))

    def share(self, other: Callables) -> None:
        """Use the closures of ``other``, so that its functions mean the same here."""
        self.closures, self._closure_numbers, self.held = other.closures, other._closure_numbers, other.held

    def kept(self, kept: tuple[Kept, ...], display: f.Expr) -> v.Val | None:
        """What a name stands for whose value, ``display``, is there to keep functions; None where it keeps none."""
        found = [
            external(each.symbol.dotted) if isinstance(each.symbol, External) else self.found(each.symbol, each.owner)
            for each in kept
        ]
        if not found:
            return None
        if isinstance(display, f.Several):
            return v.table(found) if display.display == "dict" else v.Items(tuple(found))
        return found[0] if len(found) == 1 else v.one_of(v.Items(tuple(found)))

    def found(self, symbol: FunctionSymbol, owner: ClassSymbol | None) -> v.Val:
        """The function ``symbol``; one that is defined in another as that one defines it."""
        facts, parts = self.graph.facts(symbol.path), symbol.qualname.split(".")
        around = (".".join(parts[:end]) for end in range(1, len(parts)))
        outer = next((name for name in around if facts and name in facts.functions), None)
        if outer is None:
            return self.callable_of(symbol, owner)
        if symbol not in self.nested:
            self.run(v.Func(FunctionSymbol(symbol.path, outer)), entry=True)
        return self.nested.get(symbol, v.Func(symbol))


def is_method(function: f.Function) -> bool:
    """Whether the first parameter of a function is the object or class it is called on."""
    static = any(isinstance(each, f.Name) and each.path == "staticmethod" for each in function.decorators)
    return bool(function.owner and function.params and not static)


def _known(given: dict[str, v.Val], function: f.Function) -> Keywords:
    """Those of the arguments ``given`` to a function of which anything is known, in the order of its parameters."""
    named = ((name, given[name]) for name in function.params if name in given)
    return tuple((name, value) for name, value in named if value != v.UNKNOWN and value != v.PARAM)
