"""From the syntax of one file to its facts. Knows Python, knows nothing of Django."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from conn_lint.model import Span
from conn_lint.project.pieces import Piece, Pieces
from conn_lint.project.source import Source, children
from conn_lint.workers import facts as f
from conn_lint.workers.prefilter import FLAG_METHODS, STOP_WORDS
from conn_lint.workers.syntax import ExpressionReader, dotted

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.project.modules import Modules

MODULE = "<module>"
"""The qualified name under which the statements of the module itself are kept."""

_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")


def extract(pieces: Pieces, modules: Modules) -> f.FileFacts:
    """The facts of a file. Of functions at module and class level only the head is read; ``read_body`` reads
    the rest."""
    return FileReader(pieces.frame, modules, pieces.pieces).file()


def read_body(pieces: Pieces, modules: Modules, facts: f.FileFacts, head: f.Function) -> f.Function:
    """The whole of a function of which ``facts`` hold the head; it and what it defines are added to them."""
    piece = pieces.pieces.get(head.span.line)
    source = pieces.function(piece) if piece else None
    found = head._replace(read=True)
    if source is not None:
        reader = FileReader(source, modules)
        reader.import_spans = facts.import_spans
        body, is_generator = reader.inside(head.qualname, _definition(source.module))
        found = found._replace(body=body, is_generator=is_generator)
        facts.functions.update(reader.functions)
        facts.classes.update(reader.classes)
    facts.functions[head.qualname] = found
    return found


def _definition(module: cst.Module) -> Any:
    """The function in the text of one, out of the ``if 1:`` around an indented one."""
    first: Any = module.body[0]
    return first.body.body[0] if type(first).__name__ == "If" else first


class FileReader(ExpressionReader):
    """Turns the statements of one file into facts; ``on_X`` reads the libcst node ``X``."""

    def __init__(self, source: Source, modules: Modules, blanked: dict[int, Piece] | None = None) -> None:
        super().__init__(source)
        self.blanked = blanked or {}
        self.modules = modules
        self.classes: dict[str, f.Class] = {}
        self.imports: dict[str, str] = {}
        self.stars: list[str] = []
        self.import_spans: dict[str, Span] = {}
        self.owner: list[str | None] = [None]

    def file(self) -> f.FileFacts:
        body = self.body(self.source.module.body)
        values = {
            name: statement.value
            for statement in flat(body)
            if isinstance(statement, f.Let)
            for name in statement.targets
        }
        whole = Span(self.source.path, 1)
        self.functions[MODULE] = f.Function(MODULE, (), (), (), (), (), body, whole, False, False, None)
        return f.FileFacts(
            self.source.path,
            self.modules.name_of(self.source.path),
            self.imports,
            tuple(self.stars),
            self.functions,
            self.classes,
            values,
            self.import_spans,
        )

    # --- statements ----------------------------------------------------------------------------

    def body(self, nodes: Iterable[Any]) -> f.Body:
        out: list[f.Statement] = []
        for node in nodes:
            kind = type(node).__name__
            if kind in ("SimpleStatementLine", "SimpleStatementSuite", "IndentedBlock"):
                out.extend(self.body(node.body))
            else:
                handle = getattr(self, f"on_{kind}", None)
                if handle is not None:
                    outer, self.statement = self.statement, node
                    out.extend(handle(node))
                    self.statement = outer
        return tuple(out)

    def suite(self, node: Any) -> f.Body:
        """The statements of an optional ``else``-like part or a block."""
        if node is None:
            return ()
        return self.body([node.body if type(node).__name__ in ("Else", "Finally") else node])

    def on_Expr(self, node: Any) -> Sequence[f.Statement]:
        return (f.Do(self.expr(node.value), self.source.span(node)),)

    def on_Assign(self, node: Any) -> Sequence[f.Statement]:
        names: list[str] = []
        extra: list[f.Expr] = []
        for target in node.targets:
            self.target(target.target, names, extra)
        let = f.Let(tuple(names), self.expr(node.value), self.source.span(node))
        return (let, *(f.Do(item, let.span) for item in extra))

    def on_AnnAssign(self, node: Any) -> Sequence[f.Statement]:
        if node.value is None:
            return ()
        names: list[str] = []
        self.target(node.target, names, [])
        return (f.Let(tuple(names), self.expr(node.value), self.source.span(node)),)

    def on_AugAssign(self, node: Any) -> Sequence[f.Statement]:
        names: list[str] = []
        self.target(node.target, names, [])
        return (f.Let(tuple(names), self.several(node.target, node.value), self.source.span(node)),)

    def on_Return(self, node: Any) -> Sequence[f.Statement]:
        return (f.Exit("return", self.expr(node.value), self.source.span(node)),)

    def on_Raise(self, node: Any) -> Sequence[f.Statement]:
        return (f.Exit("raise", self.several(*children(node)), self.source.span(node)),)

    def on_Break(self, node: Any) -> Sequence[f.Statement]:
        return (f.Exit("break", f.OPAQUE, self.source.span(node)),)

    def on_Continue(self, node: Any) -> Sequence[f.Statement]:
        return (f.Exit("continue", f.OPAQUE, self.source.span(node)),)

    def on_Assert(self, node: Any) -> Sequence[f.Statement]:
        return (f.Do(self.several(*children(node)), self.source.span(node)),)

    def on_If(self, node: Any) -> Sequence[f.Statement]:
        names: set[str] = set()
        _mentions(node.test, names)
        orelse = node.orelse
        rest = self.body([orelse]) if type(orelse).__name__ == "If" else self.suite(orelse)
        return (f.If(self.expr(node.test), self.suite(node.body), rest, self.source.span(node), frozenset(names)),)

    def on_While(self, node: Any) -> Sequence[f.Statement]:
        test = self.expr(node.test)
        return (
            f.Loop(
                "while",
                (),
                test,
                _endless(node.test),
                self.suite(node.body),
                self.suite(node.orelse),
                self.source.span(node),
            ),
        )

    def on_For(self, node: Any) -> Sequence[f.Statement]:
        names: list[str] = []
        self.target(node.target, names, [])
        return (
            f.Loop(
                "async for" if node.asynchronous else "for",
                tuple(names),
                self.expr(node.iter),
                "no",
                self.suite(node.body),
                self.suite(node.orelse),
                self.source.span(node),
            ),
        )

    def on_With(self, node: Any) -> Sequence[f.Statement]:
        items: list[tuple[f.Expr, str | None]] = []
        for item in node.items:
            names: list[str] = []
            if item.asname is not None:
                self.target(item.asname.name, names, [])
            items.append((self.expr(item.item), names[0] if len(names) == 1 else None))
        return (f.With(tuple(items), self.suite(node.body), self.source.span(node), node.asynchronous is not None),)

    def on_Try(self, node: Any) -> Sequence[f.Statement]:
        handlers = tuple(
            f.Handler(
                _types(handler.type),
                self.suite(handler.body),
                self.source.span(handler),
                (dotted(handler.name.name) or "") if handler.name else "",
            )
            for handler in node.handlers
        )
        return (
            f.Try(
                self.suite(node.body),
                handlers,
                self.suite(node.orelse),
                self.suite(node.finalbody),
                self.source.span(node),
            ),
        )

    on_TryStar = on_Try

    def on_Match(self, node: Any) -> Sequence[f.Statement]:
        span = self.source.span(node)
        rest: f.Body = ()
        for case in reversed(node.cases):
            guard = self.expr(case.guard) if case.guard is not None else f.OPAQUE
            rest = (f.If(guard, self.suite(case.body), rest, span, frozenset()),)
        return (f.Do(self.expr(node.subject), span), *rest)

    def on_Del(self, node: Any) -> Sequence[f.Statement]:
        return (f.Do(self.expr(node.target), self.source.span(node)),)

    def on_Import(self, node: Any) -> Sequence[f.Statement]:
        found = []
        for alias in node.names:
            name = dotted(alias.name) or ""
            if alias.asname is not None:
                found.append((alias.asname.name.value, name))
            else:
                found.append((name.partition(".")[0], name.partition(".")[0]))
        return self.bind(found)

    def on_ImportFrom(self, node: Any) -> Sequence[f.Statement]:
        module = dotted(node.module) if node.module is not None else ""
        base = self.modules.absolute(self.source.path, len(node.relative), module or "")
        if type(node.names).__name__ == "ImportStar":
            self.stars.append(base)
            return ()
        found = []
        for alias in node.names:
            name = alias.name.value
            local = alias.asname.name.value if alias.asname is not None else name
            found.append((local, f"{base}.{name}" if base else name))
            self.import_spans.setdefault(found[-1][1], self.source.span(node))
        return self.bind(found)

    def bind(self, found: list[tuple[str, str]]) -> Sequence[f.Statement]:
        if len(self.owner) > 1 and self.scope and self.yields[1:]:
            return (f.Local(tuple(found)),)
        self.imports.update(found)
        return ()

    # --- definitions ---------------------------------------------------------------------------

    def on_FunctionDef(self, node: Any) -> Sequence[f.Statement]:
        qualname = self.qualified(node.name.value)
        decorators = tuple(self.expr(d.decorator) for d in node.decorators)
        params, defaults, annotations = self.parameters(node.params)
        owner = self.owner[-1]
        span = self.source.span(node)
        piece = self.blanked.get(span.line)
        if piece is not None:
            span = span._replace(end_line=piece.last_line, end_column=piece.last_column + 1)
        body, is_generator = self.inside(qualname, node)
        self.functions[qualname] = f.Function(
            qualname,
            params,
            defaults,
            annotations,
            decorators,
            tuple(self.decorator_span(d, span) for d in node.decorators),
            body,
            span,
            node.asynchronous is not None,
            is_generator,
            owner,
            piece is None,
        )
        return (f.Define(node.name.value, qualname),)

    def inside(self, qualname: str, function: Any) -> tuple[f.Body, bool]:
        """The body of a function, and whether it yields."""
        self.scope.append(qualname)
        self.owner.append(None)
        self.yields.append(False)
        body = self.suite(function.body)
        is_generator = self.yields.pop()
        self.owner.pop()
        self.scope.pop()
        return body, is_generator

    def decorator_span(self, decorator: Any, function: Span) -> Span:
        return self.source.span(decorator.decorator) if type(decorator.decorator).__name__ == "Call" else function

    def on_ClassDef(self, node: Any) -> Sequence[f.Statement]:
        qualname = self.qualified(node.name.value)
        bases = tuple(self.expr(arg.value) for arg in node.bases)
        self.scope.append(qualname)
        self.owner.append(qualname)
        body = self.suite(node.body)
        self.owner.pop()
        self.scope.pop()
        methods: dict[str, str] = {}
        attributes: dict[str, f.Expr] = {}
        for statement in flat(body):
            if isinstance(statement, f.Define):
                methods[statement.name] = statement.qualname
            elif isinstance(statement, f.Let):
                attributes.update(dict.fromkeys(statement.targets, statement.value))
        span = self.source.span(node)
        inner = [self.functions[name].span for name in methods.values() if name in self.functions]
        if self.blanked and inner:  # of which only the heads are there
            end = max((each.end_line, each.end_column) for each in (span, *inner))
            span = span._replace(end_line=end[0], end_column=end[1])
        self.classes[qualname] = f.Class(qualname, bases, methods, attributes, span)
        return (f.Define(node.name.value, qualname), *body)

    def qualified(self, name: str) -> str:
        base = f"{self.scope[-1]}.{name}" if self.scope else name
        qualname, n = base, 1
        while qualname in self.functions or qualname in self.classes:
            n += 1
            qualname = f"{base}#{n}"
        if n > 1 and base in self.functions:  # a later definition replaces the earlier one
            self.functions[qualname] = self.functions.pop(base)._replace(qualname=qualname)
            return base
        return base


def flat(body: f.Body) -> Iterable[f.Statement]:
    """Every statement of ``body``, those inside branches and loops included, nested definitions not."""
    for statement in body:
        yield statement
        if isinstance(statement, (f.If, f.Loop)):
            yield from flat(statement.body)
            yield from flat(statement.orelse)
        elif isinstance(statement, f.With):
            yield from flat(statement.body)
        elif isinstance(statement, f.Try):
            yield from flat(statement.body)
            for handler in statement.handlers:
                yield from flat(handler.body)
            yield from flat(statement.orelse)
            yield from flat(statement.final)


def _types(node: Any) -> tuple[str, ...]:
    if node is None:
        return ()
    if type(node).__name__ == "Tuple":
        return tuple(name for name in (dotted(element.value) for element in node.elements) if name)
    name = dotted(node)
    return (name,) if name else ("?",)


def _mentions(node: Any, names: set[str]) -> None:
    kind = type(node).__name__
    if kind == "Name":
        names.add(node.value)
    elif kind == "Attribute":
        names.add(node.attr.value)
    for child in children(node):
        _mentions(child, names)


def _endless(test: Any) -> Literal["always", "flag", "no"]:
    """Whether a ``while`` with this test runs as long as the process: by a true constant, or by a flag."""
    kind = type(test).__name__
    if (kind == "Name" and test.value == "True") or (kind == "Integer" and test.value != "0"):
        return "always"
    while kind == "UnaryOperation":
        test = test.expression
        kind = type(test).__name__
    if kind == "BooleanOperation":
        sides = {_endless(test.left), _endless(test.right)}
        if type(test.operator).__name__ == "Or":
            return "no" if sides == {"no"} else "flag"
        return "no" if "no" in sides else "flag"
    if kind in ("Name", "Attribute", "Call"):
        names: set[str] = set()
        _mentions(test.func if kind == "Call" else test, names)
        if any(map(_names_a_flag, names)) or (kind == "Call" and names & FLAG_METHODS):
            return "flag"
    return "no"


def _names_a_flag(name: str) -> bool:
    """Whether one word of ``name`` is a form of a stop word: ``isRunning``, ``stop_requested``, not ``pending``."""
    words = [word.lower() for word in _WORD.findall(name)]
    return any(word.startswith(stop) and len(word) <= len(stop) + 4 for word in words for stop in STOP_WORDS)
