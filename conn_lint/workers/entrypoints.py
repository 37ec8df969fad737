"""Finding the entrypoints: functions that the project hands to something that runs them outside a request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple

from conn_lint.model import Observation, Place, Span
from conn_lint.workers import django
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.calls import ASYNC_WRAPPERS, Given
from conn_lint.workers.corrections import Corrections, functions_named
from conn_lint.workers.effects import CHILD, Effect
from conn_lint.workers.expressions import Scope
from conn_lint.workers.extract import MODULE, flat
from conn_lint.workers.follow import Follower
from conn_lint.workers.frameworks.base import Behaviour, Framework, Hook, Registrar, Sighting
from conn_lint.workers.graph import ClassSymbol, FunctionSymbol, Graph
from conn_lint.workers.prefilter import CLOSE_WORDS, FORK_WORDS, framework_words, may_hold_units, may_loop_for_ever
from conn_lint.workers.waits import CONSUMER_TYPES

DONE_CALLBACK = "add_done_callback"

CONFIGURED = Framework(
    name="configured",
    kind="job",
    words=(),
    source="entrypoints of [tool.conn-lint]",
    behaviour=lambda _: Behaviour(note="entrypoints of [tool.conn-lint] names it"),
)


class Entry(NamedTuple):
    """A function of the project as an entrypoint of ``framework``."""

    func: v.Func
    framework: Framework
    registrations: tuple[Place, ...]
    around: v.Func | None = None
    """The project's override of the method that runs it."""
    pool: Literal["", "threads", "processes"] = ""
    """The function runs in a pool that ends with the function that made it; "" otherwise."""
    others: tuple[v.Func, ...] = ()
    """The same method in other classes that inherit it."""
    guessed: bool = False
    """Nothing in the tree registers it; its place says that something outside probably does."""


class Finder(Follower):
    """Follows the functions of files in which something may be registered, and notes what is."""

    def __init__(self, graph: Graph, corrections: Corrections, frameworks: tuple[Framework, ...]) -> None:
        super().__init__(graph, corrections)
        self.frameworks = frameworks
        self.entries: dict[tuple[FunctionSymbol, str], Entry] = {}
        self.wrappers: dict[FunctionSymbol, tuple[Framework, Place]] = {}
        """Functions of the project that hand an argument of theirs on to a registrar."""
        self._registrars: dict[str, list[tuple[Registrar, Framework]]] = {}
        self.hook_names = {hook.base.rpartition(".")[2] for framework in frameworks for hook in framework.hooks}
        """Last names of the classes whose subclasses are run by a framework."""
        self.preparers: dict[str, list[v.Func]] = {}
        """Functions run before each entrypoint, by the name of the framework."""
        self.callbacks: dict[FunctionSymbol, list[v.Func]] = {}
        """Functions given to ``future.add_done_callback()``, by the function that does so."""
        self._preparers = {name: framework for framework in frameworks for name in framework.preparers}
        self.decorating: FunctionSymbol | None = None
        """The function whose decorators are being followed."""
        self.sightings: dict[str, tuple[Sighting, ...]] = {}
        self._sightings = frozenset(name for framework in frameworks for name in framework.sightings)
        self._signs = {sign: framework for framework in frameworks for sign in framework.signs}
        self._decorators = {name: framework for framework in frameworks for name in framework.decorators}
        for framework in frameworks:
            for registrar in framework.registrars:
                self._registrars.setdefault(registrar.name, []).append((registrar, framework))

    # --- which files ---------------------------------------------------------------------------

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
                self.run(local, entry=True)
        for qualname, class_ in tuple(facts.classes.items()):
            if self.hook_names & {_last_name(base) for base in class_.bases}:
                self.hooked(ClassSymbol(path, qualname))

    def _made_decorator(self, symbol: FunctionSymbol, function: f.Function) -> None:
        """Note a function of the project that returns a decorator of a framework, with arguments of its own."""
        made = self.run(v.Func(symbol), entry=True)[1] if not function.owner else None
        if isinstance(made, v.Ext) and made.made and made.dotted in self._decorators:
            place = Place(function.span, f"returns {made.dotted}()")
            self.wrappers.setdefault(symbol, (self._decorators[made.dotted], place))

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

    # --- what is registered --------------------------------------------------------------------

    def enlist_decorated(self, symbol: FunctionSymbol, decorator: f.Expr, span: Span, facts: f.FileFacts) -> None:
        scope = Scope(facts, None, None)
        value = self.value(decorator, scope)[1]
        name = decorator.func if isinstance(decorator, f.Call) else decorator
        framework = self._decorators.get(value.dotted) if isinstance(value, v.Ext) else None
        if framework is None and not isinstance(value, (v.Func, v.Cls, v.Obj)) and isinstance(name, f.Name):
            framework = self._decorator_method(name.path, scope)
        if framework is not None:
            self.enlist(v.Func(symbol), framework, Place(span, "made a job here"))
        if isinstance(value, v.Ext) and value.dotted in self._preparers:
            self.prepare(value.dotted, v.Func(symbol))
        if isinstance(name, f.Name) and name.path.rpartition(".")[2] in self._wrapper_names():
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
        for dotted, framework in self._decorators.items():
            base, _, last = dotted.rpartition(".")
            if isinstance(receiver, v.Obj):
                matches = last == method and self.graph.is_a(receiver.symbol, base)
            else:
                known = isinstance(receiver, v.Ext) and receiver.made
                matches = dotted.startswith(".") and f".{written}".endswith(dotted) and not (base and known)
            if matches:
                return framework
        return None

    def _wrapper_names(self) -> set[str]:
        return {symbol.qualname.rpartition(".")[2] for symbol in self.wrappers}

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

    def _decorate(self, symbol: FunctionSymbol, function: f.Function) -> v.Val:
        outer, self.decorating = self.decorating, symbol
        value = super()._decorate(symbol, function)
        self.decorating = outer
        return value

    def enlist(
        self,
        func: v.Func,
        framework: Framework,
        place: Place,
        pool: Literal["", "threads", "processes"] = "",
        around: v.Func | None = None,
    ) -> None:
        if self.decorating is not None and func.named is None and func.owner and func.closure:
            func = func._replace(named=self.decorating)  # a method that its decorator registers in its place
        key = (func.named or func.symbol, framework.kind)
        known = self.entries.get(key)
        if known is None:
            self.entries[key] = Entry(func, framework, (place,), pool=pool, around=around)
        else:
            others = known.others
            if func.owner and func.owner not in [each.owner for each in (known.func, *others)]:
                others = (*others, func)
            places = known.registrations
            if place.span not in [each.span for each in places]:
                places = (*places, place)
            self.entries[key] = known._replace(
                registrations=places, pool=pool if pool == known.pool else "", others=others
            )

    def invoke(
        self, callee: v.Val, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope
    ) -> tuple[Effect, v.Val]:
        if isinstance(callee, v.Ext):
            self.signed(callee, given, expr, scope)
        through = expr.func.args[:1] if isinstance(expr.func, f.Call) and isinstance(callee, v.Ext) else ()
        if through and isinstance(callee, v.Ext) and callee.dotted in ASYNC_WRAPPERS:
            _, target, holder = self.callee(through[0], scope)  # sync_to_async(scheduler.add_job)(...)
            for registrar, framework in self.registrars_of(target, holder, expr._replace(func=through[0])):
                self.register(registrar, framework, given, expr, scope, "", None)
        if isinstance(callee, v.Func) and callee.symbol in self.wrappers and v.PARAM in given.values:
            self.wraps(scope, self.wrappers[callee.symbol])
        if receiver[1] == DONE_CALLBACK and scope.function is not None:
            callback = self.now(given.first("fn"))
            known = self.callbacks.setdefault(FunctionSymbol(scope.facts.path, scope.function.qualname), [])
            if isinstance(callback, v.Func) and callback not in known:
                known.append(callback)
        for registrar, framework in self.registrars_of(callee, receiver, expr):
            if registrar.only and dict(given.keywords).get(registrar.only[0]) != v.Const(registrar.only[1]):
                continue
            pool = _short_lived(receiver[0], expr.func, scope) if registrar.pool else ""
            runner = self.runner(framework, v.Obj(callee.symbol) if isinstance(callee, v.Cls) else receiver[0])
            self.register(registrar, framework, given, expr, scope, pool, runner)
        return super().invoke(callee, receiver, given, expr, scope)

    def runner(self, framework: Framework, receiver: v.Val) -> v.Func | None:
        """The override in the project of the method by which ``receiver`` runs what is registered with it."""
        if not framework.around or not isinstance(receiver, v.Obj):
            return None
        method = self.graph.method(receiver.symbol, framework.around)
        return v.Func(method, receiver.symbol) if method else None

    def callbacks_of(self, entry: Entry) -> Iterator[v.Func]:
        """What runs in the pool's thread after each run of ``entry``: the function that hands it over adds it to the
        future (Python 3.11 ``concurrent/futures/_base.py`` ``Future.set_result``)."""
        for symbol, callbacks in self.callbacks.items() if entry.framework.kind == "executor" else ():
            head = self.graph.head(symbol)
            lines = range(head.span.line, head.span.end_line + 1) if head else ()
            if any(place.span.path == symbol.path and place.span.line in lines for place in entry.registrations):
                yield from callbacks

    def prepare(self, dotted: str, func: v.Func) -> None:
        """Note that ``func`` was given to the preparer ``dotted``."""
        known = self.preparers.setdefault(self._preparers[dotted].name, [])
        if func.symbol not in [each.symbol for each in known]:
            known.append(func)

    def signed(self, callee: v.Ext, given: Given, expr: f.Call, scope: Scope) -> None:
        if callee.dotted in self._sightings:
            seen = self.sightings.get(callee.dotted, ())
            if expr.span not in [each.span for each in seen]:
                in_function = scope.function is not None and scope.function.qualname != MODULE
                sighting = Sighting(expr.span, expr, scope.facts, in_function)
                self.sightings[callee.dotted] = (*seen, sighting)
        if callee.dotted in self._preparers:
            receiver = given.first("receiver")
            if isinstance(receiver, v.Func):
                self.prepare(callee.dotted, receiver)
        framework = self._signs.get(callee.dotted)
        if framework is not None and scope.function is not None:
            symbol = FunctionSymbol(scope.facts.path, scope.function.qualname)
            self.enlist(v.Func(symbol, scope.owner), framework, Place(expr.span, f"calls {callee.dotted}()"))

    def registrars_of(
        self, callee: v.Val, receiver: tuple[v.Val, str], expr: f.Call
    ) -> list[tuple[Registrar, Framework]]:
        found: list[tuple[Registrar, Framework]] = []
        if isinstance(callee, v.Ext):
            found += self._registrars.get(callee.dotted, ())
        if isinstance(callee, v.Cls):  # of which the project has made its own kind
            for base in self.graph.ancestors(callee.symbol)[1]:
                found += self._registrars.get(base, ())
        target, method = receiver
        if not isinstance(callee, (v.Func, v.Cls)):
            for registrar, framework in self._registrars.get(f".{method}", ()):
                if not registrar.receivers or _is_receiver(target, expr.func, registrar.receivers):
                    found.append((registrar, framework))
        return found

    def statement(self, statement: f.Statement, scope: Scope) -> Effect:
        effect = super().statement(statement, scope)
        for target in statement.targets if isinstance(statement, f.Let) else ():
            owner, _, name = target.rpartition(".")
            for registrar, framework in self._registrars.get(f"={name}", ()) if owner else ():
                assert isinstance(statement, f.Let)
                receiver = self.name(owner, scope)
                if _is_receiver(receiver, f.Name(target), registrar.receivers) and not isinstance(receiver, v.Func):
                    call = f.Call(f.Name(target), (), (), statement.span)
                    given = Given((), ((registrar.keyword, scope.names.get(target, v.UNKNOWN)),))
                    self.register(registrar, framework, given, call, scope, "", None)
        return effect

    def register(
        self,
        registrar: Registrar,
        framework: Framework,
        given: Given,
        expr: f.Call,
        scope: Scope,
        pool: Literal["", "threads", "processes"],
        around: v.Func | None,
    ) -> None:
        value = dict(given.keywords).get(registrar.keyword, v.UNKNOWN)
        if registrar.keyword == "*":
            value = v.Items(
                tuple(value for name, value in (*given.keywords, *self._unpacked(expr, scope)) if name != "**")
            )
        if value == v.UNKNOWN and registrar.position is not None:
            value = given.args[registrar.position] if len(given.args) > registrar.position else v.UNKNOWN
        label = f"handed to {registrar.name.lstrip('.')}() here"
        if registrar.name.startswith("="):
            label = f"assigned to {registrar.name[1:]} here"
        place = Place(expr.span, label)
        if isinstance(value, v.Const) and registrar.strings and isinstance(value.value, str):
            found = self.graph.lookup(value.value.replace(":", "."))
            value = v.Func(found) if isinstance(found, FunctionSymbol) else v.UNKNOWN
        value = self.now(value)
        if registrar.methods:
            self._register_object(value, registrar.methods, framework, place)
            return
        if isinstance(value, v.Obj):
            call = self.graph.method(value.symbol, "__call__")
            value = v.Func(call, value.symbol) if call else v.UNKNOWN
        if isinstance(value, v.Items):
            for each in value.items:
                item = self.now(each)
                if isinstance(item, v.Func):
                    self.enlist(item, framework, place, pool, around)
        elif isinstance(value, v.Func):
            self.enlist(value, framework, place, pool, around)
            if scope.owner and value.owner == scope.owner and scope.name.endswith(".__call__"):
                self.wrappers.setdefault(FunctionSymbol(*scope.owner), (framework, place))  # a decorator class
        elif isinstance(value, v.Anything) and value.param and scope.function is not None:
            self.wraps(scope, (framework, place))

    def _register_object(self, value: v.Val, methods: tuple[str, ...], framework: Framework, place: Place) -> None:
        """Enlist those of ``methods`` that the class of ``value`` has in the tree."""
        if not isinstance(value, (v.Obj, v.Cls)):
            return
        for method in self._methods(value.symbol, methods):
            self.enlist(v.Func(method, value.symbol), framework, place)

    def _methods(self, symbol: ClassSymbol, patterns: tuple[str, ...]) -> Iterator[FunctionSymbol]:
        """The methods of a class and its bases in the tree whose names are among ``patterns``; ``*`` in one stands
        for what makes a public name."""
        wild = any("*" in each for each in patterns)
        names = [each for each in patterns if "*" not in each]
        for base in self.graph.ancestors(symbol)[0] if wild else ():
            class_ = self.graph.class_(base)
            names += [
                name
                for name in (class_.methods if class_ else ())
                if name not in names and name[0] != "_" and any(fnmatchcase(name, each) for each in patterns)
            ]
        for name in names:
            method = self.graph.method(symbol, name)
            if method is not None:
                yield method

    def _unpacked(self, expr: f.Call, scope: Scope) -> Iterator[tuple[str, v.Val]]:
        """The values of a dictionary that is written as ``**{...}`` in a call."""
        for name, argument in expr.keywords:
            if name == "**" and isinstance(argument, f.Several) and argument.display == "dict":
                yield from (("", self.value(item, scope)[1]) for item in argument.items)

    def wraps(self, scope: Scope, registration: tuple[Framework, Place]) -> None:
        """Note that the function of ``scope``, and those it is defined in, hand an argument on."""
        qualnames = (scope.function.qualname, *scope.enclosing) if scope.function else ()
        for qualname in qualnames:
            self.wrappers.setdefault(FunctionSymbol(scope.facts.path, qualname), registration)

    def enters(self, callee: v.Func | v.Later, given: Given) -> bool:
        if super().enters(callee, given):
            return True
        dotted = callee.dotted if isinstance(callee, v.Later) else callee.symbol.qualname
        return v.PARAM in given.values and dotted.rpartition(".")[2] in self._wrapper_names()


def _last_name(base: f.Expr) -> str:
    if isinstance(base, f.Item):  # a generic class
        base = base.value
    return (base.path if isinstance(base, f.Name) else base.name if isinstance(base, f.Attr) else "").rpartition(".")[2]


def _is_receiver(target: v.Val, func: f.Expr, receivers: tuple[str, ...]) -> bool:
    if isinstance(target, v.Ext):
        if any(target.dotted == name or target.dotted.startswith(f"{name}.") for name in receivers):
            return True
        if not target.made:
            return False
    written = func.path if isinstance(func, f.Name) else func.name if isinstance(func, f.Attr) else ""
    owner = written.rpartition(".")[0].rpartition(".")[2].lower()
    if isinstance(func, f.Attr) and isinstance(func.value, f.Call):
        inner = func.value.func
        owner = (inner.path if isinstance(inner, f.Name) else inner.name if isinstance(inner, f.Attr) else "").lower()
    return any(name.islower() and "." not in name and name in owner for name in receivers)


def _short_lived(pool: v.Val, func: f.Expr, scope: Scope) -> Literal["", "threads", "processes"]:
    """Whether a pool is made and left in the function that uses it, and not for as long as the process runs."""
    owner = func.path.rpartition(".")[0] if isinstance(func, f.Name) else ""
    if scope.in_endless or not isinstance(pool, v.Ext) or owner not in scope.names or "." in owner:
        return ""
    return (
        "processes" if pool.dotted.endswith(("ProcessPoolExecutor", "multiprocessing.Pool", "pool.Pool")) else "threads"
    )


def _imports_consumer(facts: f.FileFacts) -> bool:
    """Whether a file imports a library of message consumers that are iterated themselves: ``for m in consumer``."""
    modules = {name.partition(".")[0] for name in CONSUMER_TYPES}
    return any(dotted.partition(".")[0] in modules for dotted in facts.imports.values())


def _may_be_endless(loop: f.Loop) -> bool:
    if loop.kind == "while":
        return loop.endless != "no"
    return isinstance(loop.source, (f.Call, f.Name))  # a name may hold what listen() returned
