"""Expressions of one file as facts."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

from conn_lint.model import Span
from conn_lint.project.syntaxtree import SyntaxTree
from conn_lint.workers import facts as f
from conn_lint.workers.hints import dotted, hinted

_FOLDED: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Div: operator.truediv,
    ast.Mult: operator.mul,
    ast.Sub: operator.sub,
}


class ExpressionReader:
    """Turns expressions of ``ast`` into facts; ``FileReader`` adds the statements. ``of_X`` reads the node ``X``."""

    def __init__(self, tree: SyntaxTree) -> None:
        self.tree = tree
        self.functions: dict[str, f.Function] = {}
        self.scope: list[str] = []
        self.yields: list[bool] = [False]
        self.lambdas: dict[str, int] = {}
        self.statement: Any = None
        """The statement being read; what lies inside an f-string is placed at it."""
        self.in_string = False

    def expr(self, node: ast.AST | None) -> f.Expr:
        if node is None:
            return f.OPAQUE
        handle = getattr(self, f"of_{type(node).__name__}", None)
        if handle is not None:
            return handle(node)  # type: ignore[no-any-return]
        return self.several(*ast.iter_child_nodes(node))

    def several(self, *nodes: ast.AST | None) -> f.Expr:
        return self.parts(*map(self.expr, nodes))

    @staticmethod
    def parts(*parts: f.Expr) -> f.Expr:
        """``parts`` in this order, those left out that call nothing."""
        kept = tuple(part for part in parts if part is not f.OPAQUE)
        return f.Several(kept) if kept else f.OPAQUE

    def of_Name(self, node: ast.Name) -> f.Expr:
        return f.Name(node.id)

    def of_Constant(self, node: ast.Constant) -> f.Expr:
        value = node.value
        return f.Constant(value) if value is None or isinstance(value, (str, bytes, int, float)) else f.OPAQUE

    def of_Attribute(self, node: ast.Attribute) -> f.Expr:
        value = self.expr(node.value)
        if isinstance(value, f.Name):
            return f.Name(f"{value.path}.{node.attr}")
        return f.Attr(value, node.attr)

    def of_Call(self, node: ast.Call) -> f.Expr:
        func = self.expr(node.func)
        args = tuple(map(self.expr, node.args))
        keywords = tuple((keyword.arg or "**", self.expr(keyword.value)) for keyword in node.keywords)
        return f.Call(func, args, keywords, self.span(node))

    def span(self, node: ast.expr) -> Span:
        """Where a call stands. What has no place of its own, as all inside an f-string, stands where its statement
        does; where that has a body, where it begins."""
        if isinstance(node, ast.Call) and not self.in_string:
            return self.tree.span(node)
        span = self.tree.span(self.statement)
        return span._replace(end_line=span.line, end_column=span.column) if hasattr(self.statement, "body") else span

    def of_Starred(self, node: ast.Starred) -> f.Expr:
        return f.Several((self.expr(node.value),))

    def of_JoinedStr(self, node: Any) -> f.Expr:
        outer, self.in_string = self.in_string, True
        parts = tuple(self.expr(part.value) for part in node.values if not isinstance(part, ast.Constant))
        self.in_string = outer
        ends = node.values[:1] + node.values[-1:]
        return _between([str(end.value) if isinstance(end, ast.Constant) else "" for end in ends], self.parts(*parts))

    of_TemplateStr = of_JoinedStr

    def of_UnaryOp(self, node: ast.UnaryOp) -> f.Expr:
        return f.Not(self.expr(node.operand)) if isinstance(node.op, ast.Not) else self.several(node.operand)

    def of_Compare(self, node: ast.Compare) -> f.Expr:
        compared, right = node.ops[0], node.comparators[0]
        if len(node.ops) == 1 and isinstance(right, ast.Constant):
            if right.value is None:
                if isinstance(compared, (ast.Is, ast.Eq)):
                    return f.IsNone(self.expr(node.left))
                if isinstance(compared, (ast.IsNot, ast.NotEq)):
                    return f.Not(f.IsNone(self.expr(node.left)))
            elif right.value == 0 and type(right.value) is int:
                if isinstance(compared, (ast.Is, ast.Eq)):
                    return f.IsZero(self.expr(node.left))
                if isinstance(compared, (ast.IsNot, ast.NotEq, ast.Gt)):
                    return f.Not(f.IsZero(self.expr(node.left)))
        return self.several(node.left, *node.comparators)

    def of_BinOp(self, node: ast.BinOp) -> f.Expr:
        operations: list[ast.BinOp] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp):  # a long sum leans to the left: no recursion into it
            operations.append(left)
            left = left.left
        total = first = self.expr(left)
        for operation in reversed(operations):
            right = self.expr(operation.right)
            folded = _fold(operation.op, total, right)
            if folded is not None:
                total = folded
            elif operation is not operations[-1] and isinstance(total, f.Several):
                total = self.parts(*total.items, right)
            else:
                total = self.parts(total, right)
        kinds = {type(each.op) for each in operations}
        if isinstance(total, f.Several) and kinds == {ast.Add}:
            return total._replace(display="sum")
        if isinstance(total, f.Several) and first is not f.OPAQUE and kinds == {ast.Sub}:
            return total._replace(display="difference")
        if kinds == {ast.Mod} and isinstance(first, f.Constant) and isinstance(first.value, str):
            return _between(_CONVERSION.split(first.value), total)
        return total

    def of_BoolOp(self, node: ast.BoolOp) -> f.Expr:
        total = self.expr(node.values[0])
        for value in node.values[1:]:
            total = f.Choice(None, (total, self.expr(value)), isinstance(node.op, ast.And))
        return total

    def of_IfExp(self, node: ast.IfExp) -> f.Expr:
        return f.Choice(self.expr(node.test), (self.expr(node.body), self.expr(node.orelse)))

    def of_NamedExpr(self, node: ast.NamedExpr) -> f.Expr:
        return f.Named(node.target.id, self.expr(node.value))

    def of_Subscript(self, node: ast.Subscript) -> f.Expr:
        value = self.expr(node.value)
        if isinstance(node.slice, ast.Tuple):
            return f.Item(value, self.several(*node.slice.elts))
        if isinstance(node.slice, ast.Slice):
            return f.Item(value, f.Several(tuple(map(self.expr, ast.iter_child_nodes(node.slice))), "slice"))
        return f.Item(value, self.expr(node.slice))

    def of_List(self, node: Any) -> f.Expr:
        inner = (element.value if isinstance(element, ast.Starred) else element for element in node.elts)
        return f.Several(tuple(map(self.expr, inner)), "list")

    of_Tuple = of_List
    of_Set = of_List

    def of_Dict(self, node: ast.Dict) -> f.Expr:
        values = tuple(map(self.expr, node.values))
        return f.Several(values, "dict", tuple(map(self.expr, node.keys)))

    def of_Lambda(self, node: ast.Lambda) -> f.Expr:
        scope = ".".join(self.scope[-1:])
        self.lambdas[scope] = self.lambdas.get(scope, 0) + 1
        qualname = f"{scope}.<lambda {self.lambdas[scope]}>".lstrip(".")
        params, defaults, annotations = self.parameters(node.args)
        body = self.expr(node.body)
        span = self.span(node.body)
        self.functions[qualname] = f.Function(
            qualname, params, defaults, annotations, (), (), (f.Exit("return", body, span),), span, False, False, None
        )
        return f.Lambda(qualname)

    def of_GeneratorExp(self, node: Any) -> f.Expr:
        return self.comprehension(node.generators, lambda: self.expr(node.elt))

    of_ListComp = of_GeneratorExp
    of_SetComp = of_GeneratorExp

    def of_DictComp(self, node: ast.DictComp) -> f.Expr:
        return self.comprehension(node.generators, lambda: self.several(node.key, node.value))

    def comprehension(self, loops: list[ast.comprehension], element: Callable[[], f.Expr]) -> f.Expr:
        loop, inner_loops = loops[0], loops[1:]
        names: list[str] = []
        self.target(loop.target, names, [])
        tests = tuple(map(self.expr, loop.ifs))
        inner = self.comprehension(inner_loops, element) if inner_loops else element()
        body = f.Several((*tests, inner)) if tests else inner
        return f.Comprehension(tuple(names), self.expr(loop.iter), body)

    def of_Await(self, node: ast.Await) -> f.Expr:
        return f.Await(self.expr(node.value))

    def of_Yield(self, node: ast.Yield | ast.YieldFrom) -> f.Expr:
        self.yields[-1] = True
        return f.Yield(self.expr(node.value) if node.value is not None else None)

    of_YieldFrom = of_Yield

    def parameters(
        self, node: ast.arguments
    ) -> tuple[tuple[str, ...], tuple[tuple[str, f.Expr], ...], tuple[tuple[str, str], ...]]:
        """Names, defaults and annotations, ``*args`` and ``**kwargs`` left out."""
        positional = [*node.posonlyargs, *node.args]
        params = [*positional, *node.kwonlyargs]
        missing: list[ast.expr | None] = [None] * (len(positional) - len(node.defaults))
        defaults: list[tuple[str, f.Expr]] = []
        annotations: list[tuple[str, str]] = []
        for param, default in zip(params, [*missing, *node.defaults, *node.kw_defaults], strict=True):
            if default is not None:
                defaults.append((param.arg, self.expr(default)))
            kind = hinted(param.annotation) if param.annotation is not None else None
            if kind:
                annotations.append((param.arg, kind))
        return tuple(param.arg for param in params), tuple(defaults), tuple(annotations)

    def target(self, node: ast.expr, names: list[str], extra: list[f.Expr]) -> None:
        if isinstance(node, (ast.Tuple, ast.List)):
            for element in node.elts:
                self.target(element, names, extra)
            return
        if isinstance(node, ast.Starred):
            node = node.value
        name = dotted(node)
        if name:
            names.append(name)
        else:
            extra.append(self.expr(node))


_CONVERSION = re.compile(r"%[sdr]")


def _between(texts: list[str], inner: f.Expr) -> f.Expr:
    """A text that is made of others and of ``inner``, with what is known of its ends."""
    start, end = texts[0] if texts else "", texts[-1] if texts else ""
    start, end = start if start.isidentifier() else "", end if f"_{end}".isidentifier() else ""
    if not (start or end) or not isinstance(inner, f.Several):
        return inner
    return f.Several((f.Constant(start), *inner.items, f.Constant(end)), "sum")


def _fold(kind: ast.operator, left: f.Expr, right: f.Expr) -> f.Constant | None:
    """What two numbers make."""
    function = _FOLDED.get(type(kind))
    if function is None or not isinstance(left, f.Constant) or not isinstance(right, f.Constant):
        return None
    if not isinstance(left.value, (int, float)) or not isinstance(right.value, (int, float)):
        return None
    try:
        return f.Constant(function(left.value, right.value))
    except ArithmeticError:  # a division by zero, or more than a float holds
        return None
