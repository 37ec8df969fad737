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
from conn_lint.workers.prefilter import FORK_WORDS, framework_words, may_hold_units, may_loop_for_ever
from conn_lint.workers.registrations import Entry, Registrations
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol
from conn_lint.workers.waits import CONSUMER_TYPES

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
        words = framework_words()
        project = self.graph.project
        paths = [path for path in project.tree.paths if may_hold_units(path)]
        while words:
            known, hooks = set(self.wrappers), set(self.hook_names)
            for path in paths:
                if any(word in project.data(path) for word in words):
                    self.scan(path, tuple(word.decode() for word in words))
            names = {symbol.qualname.rpartition(".")[2] for symbol in set(self.wrappers) - known}
            words = tuple(name.encode() for name in sorted(names | (self.hook_names - hooks)) if len(name) > 3)
        for path in paths:
            if any(word in project.data(path) for word in CLOSE_WORDS):
                self.scan_closes(path)
        self.shallow = False
        self.find_forks(paths)
        generators: set[str] = set()
        for path in paths:
            if may_loop_for_ever(project.data(path)):
                generators |= self.scan_loops(path)
        for path in paths:
            if any(name.encode() in project.data(path) for name in generators):
                self.scan_loops(path, generators)

    def scan(self, path: str, words: tuple[str, ...]) -> None:
        """Follow the functions of a file that hold one of ``words``, and its class hooks, for what they register."""
        facts = self.graph.facts(path)
        if facts is None:
            return
        words = tuple(word.removeprefix("import ").removeprefix("from ") for word in words)
        imported = tuple(name for name, dotted in facts.imports.items() if any(word in dotted for word in words))
        for qualname, function in tuple(facts.functions.items()):
            symbol = FunctionSymbol(path, qualname)
            for decorator, span in zip(function.decorators, function.decorator_spans, strict=True):
                self.enlist_decorated(symbol, decorator, span, facts)
            if self._holds(symbol, function, (*words, *imported), decorated=False):
                self.run_entry(symbol, function)
                self._made_decorator(symbol, function)
        self.enlist_by_name(facts)
        for symbol, local in list(self.nested.items()):
            if symbol.path == path:
                self._enlist_local(local, facts)
                self.run(local, entry=True)
        for qualname, class_ in tuple(facts.classes.items()):
            if self.hook_names & {_last_name(base) for base in class_.bases}:
                self.hooked(ClassSymbol(path, qualname))

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

    def _holds(
        self, symbol: FunctionSymbol, function: f.Function, words: tuple[str, ...], *, decorated: bool = True
    ) -> bool:
        """Whether a function that is not defined in another one may hold one of ``words``; ``decorated``: its
        decorators included."""
        if "." in symbol.qualname and not function.owner:
            return False
        text = self.graph.text(symbol)
        if text and not decorated:
            text = text[text.find("def ") :]
        return not text or any(word in text for word in words)

    def run_entry(self, symbol: FunctionSymbol, function: f.Function) -> Effect:
        owner = ClassSymbol(symbol.path, function.owner) if function.owner else None
        decorated = self.callable_of(symbol, owner)
        atomic = isinstance(decorated, v.Func) and any(wrap.atomic for wrap in decorated.wraps)
        return self.run(v.Func(symbol, owner), entry=True, atomic=atomic)[0]

    def scan_loops(self, path: str, callees: Iterable[str] = ()) -> set[str]:
        """Follow the functions of a file that hold a loop which may be endless, or one of ``callees``; the names
        of those that are generators, whose callers loop as long."""
        facts = self.graph.facts(path)
        generators: set[str] = set()
        consumes = facts is not None and _imports_consumer(facts)
        words = {"for ", *callees} if consumes else set(callees)
        for qualname, head in tuple(facts.functions.items()) if facts else ():
            symbol = FunctionSymbol(path, qualname)
            text = "" if head.read else self.graph.text(symbol)
            if text and not may_loop_for_ever(text.encode()) and not any(word in text for word in words):
                continue
            function = self.graph.function(symbol)
            loops = (each for each in (flat(function.body) if function else ()) if isinstance(each, f.Loop))
            if function and any(_may_be_endless(loop) for loop in loops):
                self.run_entry(symbol, function)
                for class_ in self.graph.subclasses(ClassSymbol(path, function.owner)) if function.owner else ():
                    if self.graph.method(class_, function.name) == symbol:
                        self.run(v.Func(symbol, class_), entry=True)
                if function.is_generator:
                    generators.add(function.name)
        return generators

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


def _may_be_endless(loop: f.Loop) -> bool:
    if loop.kind == "while":
        return loop.endless != "no"
    return isinstance(loop.source, (f.Call, f.Name))  # a name may hold what listen() returned
