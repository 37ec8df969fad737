"""From the syntax of one file to its facts. Knows Python, knows nothing of Django."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from conn_lint.model import Span
from conn_lint.project.syntaxtree import Definition, SyntaxTree
from conn_lint.workers import facts as f
from conn_lint.workers.callsites import flat
from conn_lint.workers.endless import endless, mentioned
from conn_lint.workers.hints import hinted, types
from conn_lint.workers.syntax import ExpressionReader

if TYPE_CHECKING:
    from conn_lint.project.modules import Modules

MODULE = "<module>"
"""The qualified name under which the statements of the module itself are kept."""


def extract(tree: SyntaxTree, modules: Modules) -> f.FileFacts:
    """The facts of a file. Of functions at module and class level only the head is read; ``read_body`` reads
    the rest."""
    return FileReader(tree, modules).file()


def read_body(tree: SyntaxTree, modules: Modules, facts: f.FileFacts, head: f.Function) -> f.Function:
    """The whole of a function of which ``facts`` hold the head; it and what it defines are added to them."""
    reader = FileReader(tree, modules)
    reader.import_spans = facts.import_spans
    body, is_generator = reader.inside(head.qualname, tree.functions[head.span.line])
    found = head._replace(read=True, body=body, is_generator=is_generator)
    facts.functions.update(reader.functions)
    facts.classes.update(reader.classes)
    facts.functions[head.qualname] = found
    return found


class FileReader(ExpressionReader):
    """Turns the statements of one file into facts; ``on_X`` reads the node ``X`` of ``ast``."""

    def __init__(self, tree: SyntaxTree, modules: Modules) -> None:
        super().__init__(tree)
        self.modules = modules
        self.classes: dict[str, f.Class] = {}
        self.imports: dict[str, str] = {}
        self.stars: list[str] = []
        self.import_spans: dict[str, Span] = {}
        self.owner: list[str | None] = [None]

    def file(self) -> f.FileFacts:
        body = self.body(self.tree.tree.body)
        values = {
            name: statement.value
            for statement in flat(body)
            if isinstance(statement, f.Let)
            for name in statement.targets
        }
        whole = Span(self.tree.path, 1)
        self.functions[MODULE] = f.Function(MODULE, (), (), (), (), (), body, whole, False, False, None)
        return f.FileFacts(
            self.tree.path,
            self.modules.name_of(self.tree.path),
            self.imports,
            tuple(self.stars),
            self.functions,
            self.classes,
            values,
            self.import_spans,
        )

    # --- statements ----------------------------------------------------------------------------

    def body(self, nodes: Iterable[ast.stmt]) -> f.Body:
        out: list[f.Statement] = []
        outer = self.statement
        for node in nodes:
            handle = getattr(self, f"on_{type(node).__name__}", None)
            if handle is not None:
                self.statement = node
                out.extend(handle(node))
        self.statement = outer
        return tuple(out)

    def on_Expr(self, node: ast.Expr) -> Sequence[f.Statement]:
        return (f.Do(self.expr(node.value), self.tree.span(node)),)

    def on_Assign(self, node: ast.Assign) -> Sequence[f.Statement]:
        """``a = b = value`` as two statements, the second of which reads the first name."""
        lets: list[f.Let] = []
        extra: list[f.Expr] = []
        value, span = self.expr(node.value), self.tree.span(node)
        for target in node.targets:
            names: list[str] = []
            self.target(target, names, extra)
            if isinstance(target, ast.Attribute) and not names and value == f.Constant(None):
                extra[-1] = f.Call(
                    f.Name("setattr"), (self.expr(target.value), f.Constant(target.attr), value), (), span
                )
            lets.append(f.Let(tuple(names), value, span))
            value = f.Name(names[0]) if len(names) == 1 and not isinstance(target, (ast.Tuple, ast.List)) else f.OPAQUE
        return (*lets, *(f.Do(item, span) for item in extra))

    def on_AnnAssign(self, node: ast.AnnAssign) -> Sequence[f.Statement]:
        if node.value is None:
            return ()
        names: list[str] = []
        self.target(node.target, names, [])
        hint = hinted(node.annotation) or ""
        return (f.Let(tuple(names), self.expr(node.value), self.tree.span(node), hint),)

    def on_AugAssign(self, node: ast.AugAssign) -> Sequence[f.Statement]:
        names: list[str] = []
        self.target(node.target, names, [])
        return (f.Let(tuple(names), self.several(node.target, node.value), self.tree.span(node)),)

    def on_Return(self, node: ast.Return) -> Sequence[f.Statement]:
        return (f.Exit("return", self.expr(node.value), self.tree.span(node)),)

    def on_Raise(self, node: ast.Raise) -> Sequence[f.Statement]:
        return (f.Exit("raise", self.several(node.exc, node.cause), self.tree.span(node)),)

    def on_Break(self, node: ast.Break) -> Sequence[f.Statement]:
        return (f.Exit("break", f.OPAQUE, self.tree.span(node)),)

    def on_Continue(self, node: ast.Continue) -> Sequence[f.Statement]:
        return (f.Exit("continue", f.OPAQUE, self.tree.span(node)),)

    def on_Assert(self, node: ast.Assert) -> Sequence[f.Statement]:
        return (f.Do(self.several(node.test, node.msg), self.tree.span(node)),)

    def on_If(self, node: ast.If) -> Sequence[f.Statement]:
        rest = self.body(node.orelse)  # before the body: of two definitions the one in the body has the name
        names = frozenset(mentioned(node.test))
        return (f.If(self.expr(node.test), self.body(node.body), rest, self.tree.span(node), names),)

    def on_While(self, node: ast.While) -> Sequence[f.Statement]:
        return (
            f.Loop(
                "while",
                (),
                self.expr(node.test),
                endless(node.test),
                self.body(node.body),
                self.body(node.orelse),
                self.tree.span(node),
            ),
        )

    def on_For(self, node: ast.For | ast.AsyncFor) -> Sequence[f.Statement]:
        names: list[str] = []
        self.target(node.target, names, [])
        return (
            f.Loop(
                "async for" if isinstance(node, ast.AsyncFor) else "for",
                tuple(names),
                self.expr(node.iter),
                "no",
                self.body(node.body),
                self.body(node.orelse),
                self.tree.span(node),
            ),
        )

    on_AsyncFor = on_For

    def on_With(self, node: ast.With | ast.AsyncWith) -> Sequence[f.Statement]:
        items: list[tuple[f.Expr, str | None]] = []
        for item in node.items:
            names: list[str] = []
            if item.optional_vars is not None:
                self.target(item.optional_vars, names, [])
            items.append((self.expr(item.context_expr), names[0] if len(names) == 1 else None))
        is_async = isinstance(node, ast.AsyncWith)
        return (f.With(tuple(items), self.body(node.body), self.tree.span(node), is_async),)

    on_AsyncWith = on_With

    def on_Try(self, node: Any) -> Sequence[f.Statement]:
        handlers = tuple(
            f.Handler(
                types(handler.type),
                self.body(handler.body),
                self.tree.span(handler),
                handler.name or "",
            )
            for handler in node.handlers
        )
        body = self.body(node.body)  # after the handlers, as in on_If
        return (f.Try(body, handlers, self.body(node.orelse), self.body(node.finalbody), self.tree.span(node)),)

    on_TryStar = on_Try

    def on_Match(self, node: ast.Match) -> Sequence[f.Statement]:
        span = self.tree.span(node)
        rest: f.Body = ()
        for case in reversed(node.cases):
            rest = (f.If(self.expr(case.guard), self.body(case.body), rest, span, frozenset()),)
        return (f.Do(self.expr(node.subject), span), *rest)

    def on_Delete(self, node: ast.Delete) -> Sequence[f.Statement]:
        return (f.Do(self.several(*node.targets), self.tree.span(node)),)

    def on_Import(self, node: ast.Import) -> Sequence[f.Statement]:
        found = []
        for alias in node.names:
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            found.append((alias.asname or name, self.modules.nearest(name, self.tree.path)))
        return self.bind(found)

    def on_ImportFrom(self, node: ast.ImportFrom) -> Sequence[f.Statement]:
        base = self.modules.absolute(self.tree.path, node.level, node.module or "")
        found = []
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(self.modules.nearest(base, self.tree.path))
                continue
            name = self.modules.nearest(f"{base}.{alias.name}" if base else alias.name, self.tree.path)
            found.append((alias.asname or alias.name, name))
            self.import_spans.setdefault(found[-1][1], self.tree.span(node))
        return self.bind(found)

    def bind(self, found: list[tuple[str, str]]) -> Sequence[f.Statement]:
        if self.yields[1:]:
            return (f.Local(tuple(found)),) if found else ()
        self.imports.update(found)
        return ()

    # --- definitions ---------------------------------------------------------------------------

    def on_FunctionDef(self, node: Definition) -> Sequence[f.Statement]:
        qualname = self.qualified(node.name)
        decorators = tuple(map(self.expr, node.decorator_list))
        params, defaults, annotations = self.parameters(node.args)
        span = self.tree.span(node)
        nested = bool(self.yields[1:])
        body, is_generator = self.inside(qualname, node) if nested else ((), False)
        self.functions[qualname] = f.Function(
            qualname,
            params,
            defaults,
            annotations,
            decorators,
            tuple(self.tree.span(each) if isinstance(each, ast.Call) else span for each in node.decorator_list),
            body,
            span,
            isinstance(node, ast.AsyncFunctionDef),
            is_generator,
            self.owner[-1],
            nested,
        )
        return (f.Define(node.name, qualname),)

    on_AsyncFunctionDef = on_FunctionDef

    def inside(self, qualname: str, function: Definition) -> tuple[f.Body, bool]:
        """The body of a function, and whether it yields."""
        self.scope.append(qualname)
        self.owner.append(None)
        self.yields.append(False)
        body = self.body(function.body)
        is_generator = self.yields.pop()
        self.owner.pop()
        self.scope.pop()
        return body, is_generator

    def on_ClassDef(self, node: ast.ClassDef) -> Sequence[f.Statement]:
        qualname = self.qualified(node.name)
        bases = tuple(self.expr(base.value if isinstance(base, ast.Starred) else base) for base in node.bases)
        self.scope.append(qualname)
        self.owner.append(qualname)
        body = self.body(node.body)
        self.owner.pop()
        self.scope.pop()
        methods: dict[str, str] = {}
        attributes: dict[str, f.Expr] = {}
        for statement in flat(body):
            if isinstance(statement, f.Define):
                methods[statement.name] = statement.qualname
            elif isinstance(statement, f.Let):
                attributes.update(dict.fromkeys(statement.targets, statement.value))
        self.classes[qualname] = f.Class(qualname, bases, methods, attributes, self.tree.span(node))
        return (f.Define(node.name, qualname), *body)

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
