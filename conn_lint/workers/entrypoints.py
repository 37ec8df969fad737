"""Finding the entrypoints: functions that the project hands to something that runs them outside a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conn_lint.model import Observation, Place
from conn_lint.workers import django
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.corrections import functions_named
from conn_lint.workers.declared import Declared
from conn_lint.workers.django import CLOSE_WORDS
from conn_lint.workers.effects import CHILD, Effect
from conn_lint.workers.entries import Entry
from conn_lint.workers.extract import MODULE
from conn_lint.workers.forks import PROCESSES
from conn_lint.workers.frameworks.base import Behaviour, Framework
from conn_lint.workers.guesses import COMMON_METHODS, last_name
from conn_lint.workers.loopforms import (
    called,
    endless_iterators,
    imports_consumer,
    loops_of,
    may_be_endless,
    own_generator,
)
from conn_lint.workers.prefilter import (
    FORK_WORDS,
    LIVENESS_WORDS,
    LOOP_WORDS,
    framework_words,
    may_hold_units,
    may_loop_for_ever,
)
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol

_NOBODYS = COMMON_METHODS | frozenset(("handle", "main", "ready"))
"""Names of functions that say nothing about what a call of them reaches, or that Django and the shell call."""

CONFIGURED = Framework(
    name="configured",
    kind="job",
    words=(),
    source="entrypoints of [tool.conn-lint]",
    behaviour=lambda _: Behaviour(note="entrypoints of [tool.conn-lint] names it"),
)


class Finder(Declared):
    """Goes through the files in which something may be registered, runs for ever, forks or closes."""

    def find(self) -> None:
        """Go through the files whose bytes say that they may register something or hold an endless loop."""
        self.shallow = True
        files = self.graph.index.words.files
        known = self._found_names()
        holding = [(each, frozenset(files(*each.framework.words))) for each in self.told]
        for path in files(*framework_words()):
            told = [each for each, paths in holding if path in paths]
            words = tuple(word.decode() for each in told for word in each.framework.words)
            self.scan(path, words, {name for each in told for name in each.names})
        while names := self._found_names() - known:
            known |= names
            for path in files(*(name.encode() for name in names)):
                self.scan(path, tuple(names))
        self._enlist_objects()
        closing = {name for path in files(*CLOSE_WORDS) for name in self.scan_closes(path)}
        self.shallow = False
        self._make_objects()
        self.find_closes_in_transactions(closing)
        self.find_forks()
        generators: set[str] = set()
        for path in files(*LOOP_WORDS, b"while", b"itertools"):
            if may_loop_for_ever(self.graph.project.data(path)):
                generators |= self.scan_loops(path)
        for path in files(*(f"{name}(".encode() for name in generators)):
            self.scan_loops_over(path, generators)

    def _make_objects(self) -> None:
        """Follow what makes the project's own kinds of threads: it may give them rows, ``Mailer(order).start()``."""
        threads = [entry.func for entry in self.entries.values() if entry.framework.kind == "thread"]
        owners = {func.owner for func in threads if func.owner and func.symbol.qualname.endswith(".run")}
        for symbol in {maker: None for owner in owners for maker in self.makers.get(owner, ())}:
            function = self.graph.function(symbol)
            if function is not None:
                self.run_entry(symbol, function)
        self._enlist_objects()

    def _enlist_objects(self) -> None:
        """Enlist the methods of objects that use what these were made with: ``Worker(send).start()``."""
        for entry in tuple(self.entries.values()):
            for state in self.made.get(entry.func.owner, ()) if entry.func.owner else ():
                self.enlist(entry.func._replace(closure=state), entry.framework, entry.registrations[0])

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
                self.made_decorator(symbol, function)
        self.enlist_by_name(facts)
        done: set[FunctionSymbol] = set()
        while fresh := [
            local for local in self.nested.values() if local.symbol.path == path and local.symbol not in done
        ]:
            for local in fresh:
                done.add(local.symbol)
                self.enlist_local(local, facts)
                self.run(local, entry=True)
        for qualname, class_ in tuple(facts.classes.items()):
            if self.hook_names & {last_name(base) for base in class_.bases}:
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

    def find_forks(self) -> None:
        """Follow the functions that make processes, and then those that call these, for connections held meanwhile."""
        words = (*(word.decode() for word in FORK_WORDS), *self._kinds_of_processes())
        followed: set[FunctionSymbol] = set()
        while words:
            names: set[str] = set()
            for path in self.graph.index.words.files(*(word.encode() for word in words)):
                facts = self.graph.facts(path)
                for symbol, effect in self._holding(facts, words) if facts else ():
                    if symbol not in followed and effect.exits.get(CHILD):
                        names.add(symbol.qualname.rpartition(".")[2])
                    followed.add(symbol)
            words = tuple(f"{name}(" for name in names if len(name) > 3 and name != MODULE)

    def _kinds_of_processes(self) -> Iterator[str]:
        """What calls of the project's own classes of processes begin with."""
        for path in self.graph.index.with_base("Process"):
            facts = self.graph.facts(path)
            for name in facts.classes if facts else ():
                if self.graph.is_a(ClassSymbol(path, name), *PROCESSES):
                    yield f"{name.rpartition('.')[2]}("

    def _holding(self, facts: f.FileFacts, words: tuple[str, ...]) -> Iterator[tuple[FunctionSymbol, Effect]]:
        """The functions of a file that hold one of ``words`` or a name imported by it, and what they do."""
        imported = tuple(name for name, dotted in facts.imports.items() if any(word in dotted for word in words))
        for qualname, function in tuple(facts.functions.items()):
            symbol = FunctionSymbol(facts.path, qualname)
            if self._holds(symbol, function, (*words, *imported)):
                yield symbol, self.run_entry(symbol, function)

    def find_closes_in_transactions(self, closing: Iterable[str]) -> None:
        """Follow the functions that open transactions and call one of the name of a function that is ``closing``,
        where that is a name of its own."""
        calls = tuple(f"{name}(" for name in closing if len(name) > 3 and name not in _NOBODYS)
        opening = set(self.graph.index.words.files(b"atomic"))
        for path in self.graph.index.words.files(*(call.encode() for call in calls)):
            facts = self.graph.facts(path) if path in opening else None
            for qualname, function in tuple(facts.functions.items()) if facts else ():
                symbol = FunctionSymbol(path, qualname)
                if self._holds(symbol, function, calls) and self._holds(symbol, function, ("atomic",)):
                    self.run_entry(symbol, function)

    def scan_closes(self, path: str) -> Iterator[str]:
        """Follow every function of a file that closes connections, for closes that do harm or nothing; their names."""
        facts = self.graph.facts(path)
        if facts is None:
            return
        spans = facts.import_spans
        if "django.db.close_connection" in spans and "django.db.close_old_connections" not in spans:  # in place of it
            span = spans["django.db.close_connection"]
            key = ("removed-close-connection", path, span.line)
            self.observations.setdefault(key, Observation("removed-close-connection", span, None))
        words = tuple(word.decode().rstrip("()") for word in CLOSE_WORDS)
        closers = tuple(name for name, dotted in facts.imports.items() if dotted in django.CLOSERS)
        for qualname, function in tuple(facts.functions.items()):
            symbol = FunctionSymbol(path, qualname)
            if self._holds(symbol, function, (*words, *closers)):
                self.run_entry(symbol, function)
                if qualname != MODULE:
                    yield qualname.rpartition(".")[2]

    def _holds(self, symbol: FunctionSymbol, function: f.Function, words: tuple[str, ...]) -> bool:
        """Whether a function that is not defined in another one holds one of ``words``, decorators included."""
        text = "" if _is_nested(symbol, function) else self.graph.text(symbol)
        return any(word in text for word in words)

    def run_entry(self, symbol: FunctionSymbol, function: f.Function) -> Effect:
        owner = ClassSymbol(symbol.path, function.owner) if function.owner else None
        decorated = self.callable_of(symbol, owner)
        opened = self.opened(decorated) if isinstance(decorated, v.Func) else ()
        return self.begin(v.Func(symbol, owner), opened, entry=True)

    def scan_loops(self, path: str) -> set[str]:
        """Follow the functions of a file that hold a loop which may be endless; the names of the generators that
        are, whose callers loop as long."""
        facts = self.graph.facts(path)
        generators: set[str] = set()
        counts = endless_iterators(facts) if facts else None
        consumes = facts is not None and imports_consumer(facts)
        pending = list(facts.functions) if facts else []
        for qualname in pending:  # grows by those defined in it
            symbol = FunctionSymbol(path, qualname)
            text = self.graph.text(symbol)
            named = (counts is not None and counts.search(text)) or (consumes and "for " in text)
            if not named and not may_loop_for_ever(text.encode()):
                continue
            function = self.graph.function(symbol)
            if facts and len(facts.functions) > len(pending):
                pending += [each for each in facts.functions if each not in pending]
            if function and any(map(may_be_endless, loops_of(function))):
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
                if function and any(called(loop.source) in generators for loop in loops_of(function)):
                    self._run_as_each(symbol, function)

    def _run_as_each(self, symbol: FunctionSymbol, function: f.Function) -> None:
        """Follow a function; one that is defined in another as that one defines it; a method that loops for ever, or
        may do so in a class that inherits it, as that of each such class."""
        if _is_nested(symbol, function):
            local = self.found(symbol, None)
            self.run(local if isinstance(local, v.Func) else v.Func(symbol), entry=True)
            return
        self.run_entry(symbol, function)
        loops = tuple(loops_of(function))
        sources = {own_generator(loop.source) for loop in loops} - {""}
        endless = any(loop.endless != "no" for loop in loops) or self._is_endless(function)
        if function.owner is None or not (endless or sources):
            return
        method, base = self.graph.method, ClassSymbol(symbol.path, function.owner)
        for class_ in self.graph.subclasses(base):
            # A loop over the same generator as in the base comes to the same end.
            differs = endless or any("." in name or method(class_, name) != method(base, name) for name in sources)
            if differs and method(class_, function.name) == symbol:
                self.run(v.Func(symbol, class_), entry=True)

    def _is_endless(self, function: f.Function) -> bool:
        """Whether an endless loop was found in a function that has been followed."""
        lines = range(function.span.line, function.span.end_line + 1)
        return any(path == function.span.path and line in lines for path, line in self.loops)

    def guess(self, framework: Framework, place: Place) -> None:
        """Enlist what may be jobs of ``framework``, of which the tree registers none: the public functions of its
        ``modules`` that nothing calls."""
        if any(entry.framework is framework for entry in self.entries.values()):
            return
        project = self.graph.project
        for path in filter(may_hold_units, project.tree.paths):
            facts = self.graph.facts(path) if path.rpartition("/")[2] in framework.modules else None
            for name, function in tuple(facts.functions.items()) if facts else ():
                if name[0] in "_<" or "." in name or function.decorators or function.is_async:
                    continue
                if not self.graph.index.is_called(name):
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


def _is_nested(symbol: FunctionSymbol, function: f.Function) -> bool:
    """Whether a function is defined in another one."""
    return "." in symbol.qualname and not function.owner
