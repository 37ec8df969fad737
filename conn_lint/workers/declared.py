"""Entrypoints by what stands where they are defined: their decorator, the base of their class, a name, a list."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from conn_lint.model import Place, Span
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given
from conn_lint.workers.entries import Handover
from conn_lint.workers.frameworks.base import Framework, Hook, Shape
from conn_lint.workers.guesses import is_servicer
from conn_lint.workers.registrations import Registrations
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol

_MAX_GROUPS = 4
"""Groups of commands in each other; discord.py allows two (2.7.1 ``app_commands/commands.py`` Group)."""


class Declared(Registrations):
    """Adds to ``Registrations`` what a definition says of itself."""

    def enlist_decorated(self, symbol: FunctionSymbol, decorator: f.Expr, span: Span, facts: f.FileFacts) -> None:
        scope = Scope(facts, None, None)
        value = self.value(decorator, scope)[1]
        name = decorator.func if isinstance(decorator, f.Call) else decorator
        framework = self.decorators.get(value.dotted) if isinstance(value, v.Ext) else None
        if framework is None and isinstance(name, f.Name) and not isinstance(value, (v.Cls, v.Obj)):
            framework = None if isinstance(value, v.Func) else self._decorator_method(name.path, scope)
            framework = framework or self._of_group(symbol, name.path, facts)
        if framework is not None:
            pace = None
            if isinstance(decorator, f.Call) and framework.pace:
                pace = framework.pace(decorator, self._given(decorator, scope), partial(self.usual, scope=scope))
            self.enlist(v.Func(symbol), framework, Place(span, "made a job here"), pace=pace)
        preparer = self.preparing.pattern(value.dotted) if isinstance(value, v.Ext) else ""
        if not preparer and isinstance(name, f.Name) and framework is None:
            preparer = self._method_among(self.preparing.named, name.path, scope)
        if preparer:
            self.prepare(preparer, v.Func(symbol))
        handing = self.graph.method(value.symbol, "__call__") if isinstance(value, v.Obj) else None
        if isinstance(name, f.Name) and name.path.rpartition(".")[2] in self.wrapper_names():
            found = self.graph.resolve(facts, name.path)
            if isinstance(found, ClassSymbol) and FunctionSymbol(*found) in self.wrappers:
                self.callable_of(symbol)
            handing = found if isinstance(found, FunctionSymbol) else handing
        if handing is not None and handing in self.wrappers:
            handover, inner = self.wrappers[handing], self._below(symbol, decorator, scope)
            outer, self.decorating = self.decorating, symbol
            made = self.decorated(decorator, inner, scope) if handover.inside else None
            self.decorating = outer
            if isinstance(made, v.Func):  # hands over a function that calls this one, when it is called itself
                self.run(made, entry=True)
            else:
                place = Place(span, f"made a job by {handing.qualname.removesuffix('.__call__')}")
                self.enlist(inner, handover.framework, place, handover.pool)
                if handover.framework.kind == "executor":  # where its future is given what runs after it
                    self.enlist(inner, handover.framework, handover.place, handover.pool)

    def _given(self, call: f.Call, scope: Scope) -> Given:
        """What ``call`` is given."""
        args = tuple(self.value(arg, scope)[1] for arg in call.args)
        return Given(args, tuple((name, self.value(arg, scope)[1]) for name, arg in call.keywords))

    def _below(self, symbol: FunctionSymbol, decorator: f.Expr, scope: Scope) -> v.Func:
        """What ``decorator`` is given: the function ``symbol`` inside the decorators that stand below."""
        head = self.graph.head(symbol)
        inner: v.Val = v.Func(symbol, ClassSymbol(symbol.path, head.owner) if head and head.owner else None)
        for each in reversed(head.decorators) if head else ():
            if each is decorator:
                break
            inner = self.decorated(each, inner, scope)
        return inner._replace(named=symbol) if isinstance(inner, v.Func) else v.Func(symbol)

    def _decorator_method(self, written: str, scope: Scope) -> Framework | None:
        """The framework of a decorator that is a method."""
        return self.decorators.get(self._method_among(self.decorators, written, scope))

    def _method_among(self, names: Iterable[str], written: str, scope: Scope) -> str:
        """Which of ``names`` a decorator is that is a method: of an object of the project by the base of its class, of
        any other by its name, which may include what comes before the method; "" where it is none."""
        owner, _, method = written.rpartition(".")
        if not owner:
            return ""
        receiver = self.now(self.name(owner, scope))
        for dotted in names:
            base, _, last = dotted.rpartition(".")
            if base.endswith("*"):
                matches = last == method and isinstance(receiver, v.Ext) and receiver.dotted.startswith(base[:-1])
            elif isinstance(receiver, v.Obj):
                matches = last == method and self.graph.is_a(receiver.symbol, base)
            else:
                known = isinstance(receiver, v.Ext) and receiver.made
                matches = dotted.startswith(".") and f".{written}".endswith(dotted) and not (base and known)
            if matches:
                return dotted
        return ""

    def _of_group(self, symbol: FunctionSymbol, written: str, facts: f.FileFacts, depth: int = 0) -> Framework | None:
        """The framework of a decorator of ``symbol`` that is a method of a function defined beside it, which one of the
        framework's decorators has made a group of its kind."""
        owner, _, method = written.rpartition(".")
        beside = symbol.qualname.rpartition(".")[0]
        group = facts.functions.get(f"{beside}.{owner}" if beside else owner)
        if not owner or group is None or group.qualname == symbol.qualname or depth > _MAX_GROUPS:
            return None
        scope = Scope(facts, None, None)
        for decorator in group.decorators:
            made_by = f.written(decorator.func if isinstance(decorator, f.Call) else decorator)
            value = self.value(decorator, scope)[1]
            framework = self.decorators.get(value.dotted) if isinstance(value, v.Ext) else None
            framework = framework or self._decorator_method(made_by, scope)
            framework = framework or self._of_group(
                FunctionSymbol(facts.path, group.qualname), made_by, facts, depth + 1
            )
            if framework is not None and method in framework.groups:
                return framework
        return None

    def hooked(self, symbol: ClassSymbol) -> None:
        for framework in self.frameworks:
            for preparer in framework.preparers:
                if preparer.methods and preparer.name and self.graph.is_a(symbol, preparer.name):
                    for method in self.graph.methods_like(symbol, preparer.methods):
                        self.prepare(preparer.name, v.Func(method, symbol))
            for hook in framework.hooks:
                if self.graph.is_a(symbol, hook.base):
                    class_ = self.graph.class_(symbol)
                    if class_ is None:
                        continue
                    self.hook_names.add(symbol.qualname.rpartition(".")[2])  # its own subclasses may lie in any file
                    for method in self.graph.methods_like(symbol, (*hook.methods, *self._handlers(symbol, hook))):
                        place = Place(class_.span, f"{symbol.qualname} is run by {framework.name}")
                        self.enlist(self._as_made(v.Func(method, symbol)), framework, place)

    def _as_made(self, func: v.Func) -> v.Func:
        """What the objects of a class have for its method ``func``: a function around it, where their constructor puts
        one in its place."""
        name, owner = func.symbol.qualname.rpartition(".")[2], func.owner
        init = self.graph.method(owner, "__init__") if owner else None
        if (
            owner is None
            or init is None
            or not any(
                f"self.{name} =" in self.graph.text(each)
                for base in self.graph.ancestors(owner)[0]
                if (each := self.graph.method(base, "__init__"))
            )
        ):
            return func
        outer, self.shallow = self.shallow, False
        _, made = self.run(v.Func(init, owner))
        held = self.attribute(made, name) if isinstance(made, v.Obj) else func
        self.shallow = outer
        return held._replace(named=func.symbol) if isinstance(held, v.Func) and held.symbol != func.symbol else func

    def _handlers(self, symbol: ClassSymbol, hook: Hook) -> Iterable[str]:
        """Methods that a class itself adds to those of ``hook`` and that are told by their parameter."""
        class_ = self.graph.class_(symbol) if hook.parameters else None
        for name, qualname in class_.methods.items() if class_ else ():
            head = self.graph.head(FunctionSymbol(symbol.path, qualname))
            if head is None or name.startswith("_") or name in hook.methods or head.is_async != hook.is_async:
                continue
            if len(head.params) == 2 and head.params[1].strip("_") in hook.parameters:
                yield name

    def enlist_by_name(self, facts: f.FileFacts) -> None:
        """What is an entrypoint by its own name, or by that of its class."""
        for framework in self.frameworks:
            for name in framework.functions:
                if name in facts.functions:
                    symbol = FunctionSymbol(facts.path, name)
                    self.enlist(v.Func(symbol), framework, Place(facts.functions[name].span, "called for each event"))
            for class_name, attribute in framework.lists:
                listed = facts.classes[class_name].attributes.get(attribute) if class_name in facts.classes else None
                found = self.value(listed, Scope(facts, None, None))[1] if listed is not None else v.UNKNOWN
                for item in found.items if isinstance(found, v.Items) else ():
                    func = self.now(item)
                    if isinstance(func, v.Func):
                        place = Place(facts.classes[class_name].span, f"listed in {class_name}.{attribute}")
                        self.enlist(func, framework, place)
            for shape in framework.shapes:
                for class_ in tuple(facts.classes.values()):
                    self._shaped(class_, shape, framework)
            for class_ in facts.classes.values() if framework.servicers else ():
                if is_servicer(class_):
                    self._serve(ClassSymbol(facts.path, class_.qualname), class_, framework)

    def _shaped(self, class_: f.Class, shape: Shape, framework: Framework) -> None:
        """Enlist the methods of a class that has ``shape``."""
        owner = ClassSymbol(class_.span.path, class_.qualname)
        if not all(name in class_.methods for name in shape.defines):
            return
        head = self.graph.head(FunctionSymbol(owner.path, class_.methods[shape.defines[0]]))
        if shape.parameter and (head is None or head.params[1:2] != (shape.parameter,)):
            return
        for method in self.graph.methods_like(owner, shape.methods):
            place = Place(class_.span, f"{class_.qualname} is called by {framework.name}")
            self.enlist(v.Func(method, owner), framework, place)

    def _serve(self, owner: ClassSymbol, class_: f.Class, framework: Framework) -> None:
        """Enlist the methods of a servicer that take a request and its context."""
        for name, qualname in class_.methods.items():
            symbol = FunctionSymbol(owner.path, qualname)
            head = self.graph.head(symbol)
            if head and not name.startswith("_") and len(head.params) == 3 and "context" in head.params[2].lower():
                place = Place(class_.span, f"{class_.qualname} is served by {framework.name}")
                self.enlist(v.Func(symbol, owner), framework, place)

    def enlist_local(self, local: v.Func, facts: f.FileFacts) -> None:
        """Enlist a function that is defined in another one, by its decorators."""
        head = self.graph.head(local.symbol)
        for decorator, span in zip(head.decorators, head.decorator_spans, strict=True) if head else ():
            name = decorator.func if isinstance(decorator, f.Call) else decorator
            framework = (
                self._decorator_method(name.path, Scope(facts, None, None)) if isinstance(name, f.Name) else None
            )
            if framework is not None:
                self.enlist(local, framework, Place(span, "made a job here"))

    def made_decorator(self, symbol: FunctionSymbol, function: f.Function) -> None:
        """Note a function of the project that returns a decorator of a framework, with arguments of its own."""
        made = self.run(v.Func(symbol), entry=True)[1] if not function.owner else None
        if isinstance(made, v.Ext) and made.made and made.dotted in self.decorators:
            place = Place(function.span, f"returns {made.dotted}()")
            self.wrappers.setdefault(symbol, Handover(self.decorators[made.dotted], place))
