"""Finding the entrypoints: functions that the project hands to something that runs them outside a request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from conn_lint.model import Observation, Place, Span
from conn_lint.workers import django
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.corrections import functions_named
from conn_lint.workers.django import CLOSE_WORDS
from conn_lint.workers.effects import CHILD, Effect
from conn_lint.workers.extract import MODULE, flat
from conn_lint.workers.frameworks.base import Behaviour, Framework, Hook
from conn_lint.workers.prefilter import FORK_WORDS, LIVENESS_WORDS, may_hold_units, may_loop_for_ever
from conn_lint.workers.registrations import Entry, Registrations
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol
from conn_lint.workers.waits import CONSUMER_TYPES, ENDLESS_ITERATORS

CONFIGURED = Framework(
    name="configured",
    kind="job",
    words=(),
    source="entrypoints of [tool.conn-lint]",
    behaviour=lambda _: Behaviour(note="entrypoints of [tool.conn-lint] names it"),
)


class Finder(Registrations):
    """Goes through the files in which something may be registered, runs for ever, forks or closes."""

    def find(self) -> None:
        """Go through the files whose bytes say that they may register something or hold an endless loop."""
        self.shallow = True
        project = self.graph.project
        paths = [path for path in project.tree.paths if may_hold_units(path)]
        known = self._found_names()
        for path in paths:
            data = project.data(path)
            told = [each for each in self.told if any(word in data for word in each.framework.words)]
            if told:
                words = tuple(word.decode() for each in told for word in each.framework.words)
                self.scan(path, words, {name for each in told for name in each.names})
        while names := self._found_names() - known:
            known |= names
            for path in paths:
                if any(name.encode() in project.data(path) for name in names):
                    self.scan(path, tuple(names))
        for path in paths:
            if any(word in project.data(path) for word in CLOSE_WORDS):
                self.scan_closes(path)
        self.shallow = False
        self.find_forks(paths)
        generators: set[str] = set()
        for path in paths:
            if may_loop_for_ever(project.data(path)):
                generators |= self.scan_loops(path)
        calls = tuple(f"{name}(".encode() for name in sorted(generators))
        for path in paths:
            if any(call in project.data(path) for call in calls):
                self.scan_loops_over(path, generators)

    def _found_names(self) -> set[str]:
        """Names of the tree by which a file that holds them registers something: of functions that hand on what they
        are given, and of classes whose subclasses a framework runs."""
        return {name for name in self.wrapper_names() | self.hook_names if len(name) > 3}

    def scan(self, path: str, words: tuple[str, ...], names: Iterable[str] = ()) -> None:
        """Follow the functions of a file that hold one of ``words``, something imported by them, or one of ``names``,
        and its class hooks, for what they register."""
        facts = self.graph.facts(path)
        if facts is None:
            return
        words = tuple(word.removeprefix("import ").removeprefix("from ") for word in words)
        imported = (name for name, dotted in facts.imports.items() if any(word in dotted for word in words))
        words = tuple(dict.fromkeys((*words, *imported, *names, *LIVENESS_WORDS)))
        for qualname, function in tuple(facts.functions.items()):
            symbol = FunctionSymbol(path, qualname)
            for decorator, span in zip(function.decorators, function.decorator_spans, strict=True):
                self.enlist_decorated(symbol, decorator, span, facts)
            if self._may_register(symbol, function, words):
                self.run_entry(symbol, function)
                self._made_decorator(symbol, function)
        self.enlist_by_name(facts)
        done: set[FunctionSymbol] = set()
        while fresh := [
            local for local in self.nested.values() if local.symbol.path == path and local.symbol not in done
        ]:
            for local in fresh:
                done.add(local.symbol)
                self._enlist_local(local, facts)
                self.run(local, entry=True)
        for qualname, class_ in tuple(facts.classes.items()):
            if self.hook_names & {_last_name(base) for base in class_.bases}:
                self.hooked(ClassSymbol(path, qualname))

    def _may_register(self, symbol: FunctionSymbol, function: f.Function, words: tuple[str, ...]) -> bool:
        """Whether a function that is not defined in another one holds one of ``words`` outside its decorators, or
        decorates another one."""
        if _is_nested(symbol, function):
            return False
        text = self.graph.text(symbol)
        if symbol.qualname != MODULE:
            text = text[text.find("def ") :]
            if "@" in text:
                return True
        return any(word in text for word in words)

    def _enlist_local(self, local: v.Func, facts: f.FileFacts) -> None:
        """Enlist a function that is defined in another one, by its decorators."""
        head = self.graph.head(local.symbol)
        for decorator, span in zip(head.decorators, head.decorator_spans, strict=True) if head else ():
            name = decorator.func if isinstance(decorator, f.Call) else decorator
            framework = (
                self._decorator_method(name.path, Scope(facts, None, None)) if isinstance(name, f.Name) else None
            )
            if framework is not None:
                self.enlist(local, framework, Place(span, "made a job here"))

    def _made_decorator(self, symbol: FunctionSymbol, function: f.Function) -> None:
        """Note a function of the project that returns a decorator of a framework, with arguments of its own."""
        made = self.run(v.Func(symbol), entry=True)[1] if not function.owner else None
        if isinstance(made, v.Ext) and made.made and made.dotted in self.decorators:
            place = Place(function.span, f"returns {made.dotted}()")
            self.wrappers.setdefault(symbol, (self.decorators[made.dotted], place))

    def find_forks(self, paths: list[str]) -> None:
        """Follow the functions that make processes, and then those that call these, for connections held meanwhile."""
        words: tuple[str, ...] = tuple(word.decode() for word in FORK_WORDS)
        followed: set[FunctionSymbol] = set()
        while words:
            names: set[str] = set()
            for path in paths:
                data = self.graph.project.data(path)
                facts = self.graph.facts(path) if any(word.encode() in data for word in words) else None
                for symbol, effect in self._holding(facts, words) if facts else ():
                    if symbol not in followed and effect.exits.get(CHILD):
                        names.add(symbol.qualname.rpartition(".")[2])
                    followed.add(symbol)
            words = tuple(f"{name}(" for name in names if len(name) > 3 and name != MODULE)

    def _holding(self, facts: f.FileFacts, words: tuple[str, ...]) -> Iterator[tuple[FunctionSymbol, Effect]]:
        """The functions of a file that hold one of ``words`` or a name imported by it, and what they do."""
        imported = tuple(name for name, dotted in facts.imports.items() if any(word in dotted for word in words))
        for qualname, function in tuple(facts.functions.items()):
            symbol = FunctionSymbol(facts.path, qualname)
            if self._holds(symbol, function, (*words, *imported)):
                yield symbol, self.run_entry(symbol, function)

    def scan_closes(self, path: str) -> None:
        """Follow every function of a file that closes connections, for closes that do harm or nothing."""
        facts = self.graph.facts(path)
        if facts is None:
            return
        if "django.db.close_connection" in facts.import_spans:
            span = facts.import_spans["django.db.close_connection"]
            key = ("removed-close-connection", path, span.line)
            self.observations.setdefault(key, Observation("removed-close-connection", span, None))
        words = tuple(word.decode().rstrip("()") for word in CLOSE_WORDS)
        closers = tuple(name for name, dotted in facts.imports.items() if dotted in django.CLOSERS)
        for qualname, function in tuple(facts.functions.items()):
            symbol = FunctionSymbol(path, qualname)
            if self._holds(symbol, function, (*words, *closers)):
                self.run_entry(symbol, function)

    def _holds(self, symbol: FunctionSymbol, function: f.Function, words: tuple[str, ...]) -> bool:
        """Whether a function that is not defined in another one holds one of ``words``, decorators included."""
        text = "" if _is_nested(symbol, function) else self.graph.text(symbol)
        return any(word in text for word in words)

    def run_entry(self, symbol: FunctionSymbol, function: f.Function) -> Effect:
        owner = ClassSymbol(symbol.path, function.owner) if function.owner else None
        decorated = self.callable_of(symbol, owner)
        atomic = isinstance(decorated, v.Func) and any(wrap.atomic for wrap in decorated.wraps)
        return self.run(v.Func(symbol, owner), entry=True, atomic=atomic)[0]

    def scan_loops(self, path: str) -> set[str]:
        """Follow the functions of a file that hold a loop which may be endless; the names of the generators that
        are, whose callers loop as long."""
        facts = self.graph.facts(path)
        generators: set[str] = set()
        imports = facts.imports if facts else {}
        words = [f"{name}(" for name, dotted in imports.items() if dotted in ENDLESS_ITERATORS]
        words += ["for "] if facts and _imports_consumer(facts) else []
        for qualname in tuple(facts.functions) if facts else ():
            symbol = FunctionSymbol(path, qualname)
            text = self.graph.text(symbol)
            if not may_loop_for_ever(text.encode()) and not any(word in text for word in words):
                continue
            function = self.graph.function(symbol)
            if function and any(map(_may_be_endless, _loops(function))):
                self._run_as_each(symbol, function)
                if function.is_generator and self._is_endless(function):
                    generators.add(function.name)
        return generators

    def scan_loops_over(self, path: str, generators: set[str]) -> None:
        """Follow the functions of a file that go over what one of ``generators`` yields."""
        facts = self.graph.facts(path)
        for qualname in tuple(facts.functions) if facts else ():
            symbol = FunctionSymbol(path, qualname)
            text = self.graph.text(symbol)
            if any(f"{name}(" in text for name in generators):
                function = self.graph.function(symbol)
                if function and any(_called(loop.source) in generators for loop in _loops(function)):
                    self._run_as_each(symbol, function)

    def _run_as_each(self, symbol: FunctionSymbol, function: f.Function) -> None:
        """Follow a function; a method that loops for ever, or may do so in a class that inherits it, as that of each
        such class."""
        self.run_entry(symbol, function)
        own = any(loop.endless != "no" or _called(loop.source, "self.") for loop in _loops(function))
        if function.owner is None or not (own or self._is_endless(function)):
            return
        for class_ in self.graph.subclasses(ClassSymbol(symbol.path, function.owner)):
            if self.graph.method(class_, function.name) == symbol:
                self.run(v.Func(symbol, class_), entry=True)

    def _is_endless(self, function: f.Function) -> bool:
        """Whether an endless loop was found in a function that has been followed."""
        lines = range(function.span.line, function.span.end_line + 1)
        return any(path == function.span.path and line in lines for path, line in self.loops)

    def enlist_decorated(self, symbol: FunctionSymbol, decorator: f.Expr, span: Span, facts: f.FileFacts) -> None:
        scope = Scope(facts, None, None)
        value = self.value(decorator, scope)[1]
        name = decorator.func if isinstance(decorator, f.Call) else decorator
        framework = self.decorators.get(value.dotted) if isinstance(value, v.Ext) else None
        if framework is None and not isinstance(value, (v.Func, v.Cls, v.Obj)) and isinstance(name, f.Name):
            framework = self._decorator_method(name.path, scope)
        if framework is not None:
            self.enlist(v.Func(symbol), framework, Place(span, "made a job here"))
        if isinstance(value, v.Ext) and value.dotted in self._preparers:
            self.prepare(value.dotted, v.Func(symbol))
        if isinstance(name, f.Name) and name.path.rpartition(".")[2] in self.wrapper_names():
            found = self.graph.resolve(facts, name.path)
            if isinstance(found, ClassSymbol) and FunctionSymbol(*found) in self.wrappers:
                self.callable_of(symbol)
            if isinstance(found, FunctionSymbol) and found in self.wrappers:
                framework, _ = self.wrappers[found]
                self.enlist(v.Func(symbol), framework, Place(span, f"made a job by {found.qualname}"))

    def _decorator_method(self, written: str, scope: Scope) -> Framework | None:
        """The framework of a decorator that is a method: of an object of the project by the base of its class, of
        any other by its name, which may include what comes before the method."""
        owner, _, method = written.rpartition(".")
        if not owner:
            return None
        receiver = self.now(self.name(owner, scope))
        for dotted, framework in self.decorators.items():
            base, _, last = dotted.rpartition(".")
            if base.endswith("*"):
                matches = last == method and isinstance(receiver, v.Ext) and receiver.dotted.startswith(base[:-1])
            elif isinstance(receiver, v.Obj):
                matches = last == method and self.graph.is_a(receiver.symbol, base)
            else:
                known = isinstance(receiver, v.Ext) and receiver.made
                matches = dotted.startswith(".") and f".{written}".endswith(dotted) and not (base and known)
            if matches:
                return framework
        return None

    def hooked(self, symbol: ClassSymbol) -> None:
        for framework in self.frameworks:
            for hook in framework.hooks:
                if self.graph.is_a(symbol, hook.base):
                    class_ = self.graph.class_(symbol)
                    if class_ is None:
                        continue
                    self.hook_names.add(symbol.qualname.rpartition(".")[2])  # its own subclasses may lie in any file
                    for method in self._methods(symbol, (*hook.methods, *self._handlers(symbol, hook))):
                        place = Place(class_.span, f"{symbol.qualname} is run by {framework.name}")
                        self.enlist(v.Func(method, symbol), framework, place)

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
            for class_ in facts.classes.values() if framework.servicers else ():
                if any(_last_name(base).endswith("Servicer") for base in class_.bases):
                    self._serve(ClassSymbol(facts.path, class_.qualname), class_, framework)

    def _serve(self, owner: ClassSymbol, class_: f.Class, framework: Framework) -> None:
        """Enlist the methods of a servicer that take a request and its context."""
        for name, qualname in class_.methods.items():
            symbol = FunctionSymbol(owner.path, qualname)
            head = self.graph.head(symbol)
            if head and not name.startswith("_") and len(head.params) == 3 and "context" in head.params[2].lower():
                place = Place(class_.span, f"{class_.qualname} is served by {framework.name}")
                self.enlist(v.Func(symbol, owner), framework, place)

    def guess(self, framework: Framework, place: Place) -> None:
        """Enlist what may be jobs of ``framework``, of which the tree registers none: the public functions of its
        ``modules`` that nothing calls."""
        if any(entry.framework is framework for entry in self.entries.values()):
            return
        project = self.graph.project
        paths = [path for path in project.tree.paths if may_hold_units(path)]
        for path in paths:
            facts = self.graph.facts(path) if path.rpartition("/")[2] in framework.modules else None
            for name, function in tuple(facts.functions.items()) if facts else ():
                if name[0] in "_<" or "." in name or function.decorators or function.is_async:
                    continue
                called = re.compile(rb"(?<!def )\b%s\(" % name.encode())
                if not any(called.search(project.data(each)) for each in paths):
                    symbol = FunctionSymbol(path, name)
                    self.entries[symbol, framework.kind] = Entry(v.Func(symbol), framework, (place,), guessed=True)

    def enlist_configured(self) -> None:
        """Enlist the functions that the configuration names and nothing else made an entrypoint."""
        known = {entry.func.named or entry.func.symbol for entry in self.entries.values()}
        for word in self.corrections.entrypoints.words:
            for func in functions_named(self.graph, word):
                if func.symbol not in known:
                    self.entries[func.symbol, CONFIGURED.kind] = Entry(func, CONFIGURED, ())

    def leave_out(self) -> None:
        """Forget the entrypoints and loops of functions that the configuration says are none."""
        excludes = self.corrections.excludes
        self.entries = {key: entry for key, entry in self.entries.items() if not excludes(self.graph, entry.func)}
        self.loops = {
            place: loop for place, loop in self.loops.items() if not excludes(self.graph, v.Func(loop.symbol))
        }


def _last_name(base: f.Expr) -> str:
    if isinstance(base, f.Item):  # a generic class
        base = base.value
    return (base.path if isinstance(base, f.Name) else base.name if isinstance(base, f.Attr) else "").rpartition(".")[2]


def _imports_consumer(facts: f.FileFacts) -> bool:
    """Whether a file imports a library of message consumers that are iterated themselves: ``for m in consumer``."""
    modules = {name.partition(".")[0] for name in CONSUMER_TYPES}
    return any(dotted.partition(".")[0] in modules for dotted in facts.imports.values())


def _is_nested(symbol: FunctionSymbol, function: f.Function) -> bool:
    """Whether a function is defined in another one."""
    return "." in symbol.qualname and not function.owner


def _loops(function: f.Function) -> Iterator[f.Loop]:
    return (each for each in flat(function.body) if isinstance(each, f.Loop))


def _called(expr: f.Expr, start: str = "") -> str:
    """The last name of what the call ``expr`` calls, where that starts with ``start``; "" where it is no such call."""
    func = expr.func if isinstance(expr, f.Call) else f.OPAQUE
    if isinstance(func, f.Name):
        return func.path.rpartition(".")[2] if func.path.startswith(start) else ""
    return func.name if isinstance(func, f.Attr) and not start else ""


def _may_be_endless(loop: f.Loop) -> bool:
    if loop.kind == "while":
        return loop.endless != "no"
    return isinstance(loop.source, (f.Call, f.Name))  # a name may hold what listen() returned
