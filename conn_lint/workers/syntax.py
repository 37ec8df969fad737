"""Expressions of one file as facts."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from conn_lint.model import Span
from conn_lint.project.source import Source, children
from conn_lint.workers import facts as f


class ExpressionReader:
    """Turns libcst expressions into facts; ``FileReader`` adds the statements."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.functions: dict[str, f.Function] = {}
        self.scope: list[str] = []
        self.yields: list[bool] = [False]
        self.lambdas: dict[str, int] = {}
        self.statement: Any = None
        """The statement being read; what lies inside an f-string is placed at it."""
        self.in_string = False

    def expr(self, node: Any) -> f.Expr:
        if node is None:
            return f.OPAQUE
        handle = getattr(self, f"of_{type(node).__name__}", None)
        if handle is not None:
            return handle(node)  # type: ignore[no-any-return]
        return self.several(*children(node))

    def several(self, *nodes: Any) -> f.Expr:
        return self.parts(*map(self.expr, nodes))

    @staticmethod
    def parts(*parts: f.Expr) -> f.Expr:
        """``parts`` in this order, those left out that call nothing."""
        kept = tuple(part for part in parts if part is not f.OPAQUE)
        return f.Several(kept) if kept else f.OPAQUE

    def of_Name(self, node: Any) -> f.Expr:
        if node.value in ("True", "False", "None"):
            return f.Constant({"True": True, "False": False}.get(node.value))
        return f.Name(node.value)

    def of_Attribute(self, node: Any) -> f.Expr:
        value = self.expr(node.value)
        if isinstance(value, f.Name):
            return f.Name(f"{value.path}.{node.attr.value}")
        return f.Attr(value, node.attr.value)

    def of_Call(self, node: Any) -> f.Expr:
        func = self.expr(node.func)
        args: list[f.Expr] = []
        keywords: list[tuple[str, f.Expr]] = []
        for arg in node.args:
            value = self.expr(arg.value)
            if arg.keyword is not None:
                keywords.append((arg.keyword.value, value))
            elif arg.star == "**":
                keywords.append(("**", value))
            elif arg.star:
                args.append(f.Several((value,)))
            else:
                args.append(value)
        return f.Call(func, tuple(args), tuple(keywords), self.span(node))

    def span(self, node: Any) -> Span:
        """Where a call stands. What has no place of its own, as all inside an f-string, stands where its statement
        does; where that has a body, where it begins."""
        if type(node).__name__ == "Call" and not self.in_string:
            return self.source.span(node)
        span = self.source.span(self.statement)
        return span._replace(end_line=span.line, end_column=span.column) if hasattr(self.statement, "body") else span

    def of_Integer(self, node: Any) -> f.Expr:
        return _constant(node.value)

    of_Float = of_Integer
    of_SimpleString = of_Integer

    def of_ConcatenatedString(self, node: Any) -> f.Expr:
        left, right = self.expr(node.left), self.expr(node.right)
        if isinstance(left, f.Constant) and isinstance(right, f.Constant) and isinstance(left.value, str):
            return f.Constant(left.value + str(right.value))
        return self.parts(left, right)

    def of_FormattedString(self, node: Any) -> f.Expr:
        outer, self.in_string = self.in_string, True
        parts = tuple(self.expr(part.expression) for part in node.parts if hasattr(part, "expression"))
        self.in_string = outer
        return self.parts(*parts)

    of_TemplatedString = of_FormattedString

    def of_UnaryOperation(self, node: Any) -> f.Expr:
        if type(node.operator).__name__ == "Not":
            return f.Not(self.expr(node.expression))
        return self.several(node.expression)

    def of_Comparison(self, node: Any) -> f.Expr:
        target = node.comparisons[0]
        operator = type(target.operator).__name__
        if len(node.comparisons) == 1 and getattr(target.comparator, "value", "") == "None":
            if operator in ("Is", "Equal"):
                return f.IsNone(self.expr(node.left))
            if operator in ("IsNot", "NotEqual"):
                return f.Not(f.IsNone(self.expr(node.left)))
        if len(node.comparisons) == 1 and getattr(target.comparator, "value", "") == "0":
            if operator in ("Is", "Equal"):
                return f.IsZero(self.expr(node.left))
            if operator in ("IsNot", "NotEqual", "GreaterThan"):
                return f.Not(f.IsZero(self.expr(node.left)))
        return self.several(*children(node))

    def of_BinaryOperation(self, node: Any) -> f.Expr:
        left, right = self.expr(node.left), self.expr(node.right)
        if isinstance(left, f.Constant) and isinstance(right, f.Constant):
            folded = _fold(type(node.operator).__name__, left.value, right.value)
            if folded is not None:
                return f.Constant(folded)
        return self.parts(left, right)

    def of_BooleanOperation(self, node: Any) -> f.Expr:
        return f.Choice(None, (self.expr(node.left), self.expr(node.right)))

    def of_IfExp(self, node: Any) -> f.Expr:
        return f.Choice(self.expr(node.test), (self.expr(node.body), self.expr(node.orelse)))

    def of_NamedExpr(self, node: Any) -> f.Expr:
        return f.Named(node.target.value, self.expr(node.value))

    def of_Subscript(self, node: Any) -> f.Expr:
        value = self.expr(node.value)
        keys = [element.slice for element in node.slice]
        if len(keys) > 1:
            return f.Item(value, self.several(*keys))
        if type(keys[0]).__name__ == "Slice":
            return f.Item(value, f.Several(tuple(map(self.expr, children(keys[0]))), "slice"))
        return f.Item(value, self.expr(keys[0].value))

    def of_List(self, node: Any) -> f.Expr:
        return f.Several(tuple(self.expr(element.value) for element in node.elements), "list")

    of_Tuple = of_List
    of_Set = of_List

    def of_Dict(self, node: Any) -> f.Expr:
        pairs = [(getattr(element, "key", None), element.value) for element in node.elements]
        return f.Several(
            tuple(self.expr(value) for _, value in pairs), "dict", tuple(self.expr(key) for key, _ in pairs)
        )

    def of_Lambda(self, node: Any) -> f.Expr:
        scope = ".".join(self.scope[-1:])
        self.lambdas[scope] = self.lambdas.get(scope, 0) + 1
        qualname = f"{scope}.<lambda {self.lambdas[scope]}>".lstrip(".")
        params, defaults, annotations = self.parameters(node.params)
        body = self.expr(node.body)
        span = self.span(node.body)
        self.functions[qualname] = f.Function(
            qualname, params, defaults, annotations, (), (), (f.Exit("return", body, span),), span, False, False, None
        )
        return f.Lambda(qualname)

    def of_GeneratorExp(self, node: Any) -> f.Expr:
        return self.comprehension(node.for_in, lambda: self.expr(node.elt))

    of_ListComp = of_GeneratorExp
    of_SetComp = of_GeneratorExp

    def of_DictComp(self, node: Any) -> f.Expr:
        return self.comprehension(node.for_in, lambda: self.several(node.key, node.value))

    def comprehension(self, loop: Any, element: Callable[[], f.Expr]) -> f.Expr:
        names: list[str] = []
        self.target(loop.target, names, [])
        tests = tuple(self.expr(test.test) for test in loop.ifs)
        inner = self.comprehension(loop.inner_for_in, element) if loop.inner_for_in else element()
        body = f.Several((*tests, inner)) if tests else inner
        return f.Comprehension(tuple(names), self.expr(loop.iter), body)

    def of_Await(self, node: Any) -> f.Expr:
        return f.Await(self.expr(node.expression))

    def of_Yield(self, node: Any) -> f.Expr:
        self.yields[-1] = True
        value = node.value.item if type(node.value).__name__ == "From" else node.value
        return f.Yield(self.expr(value) if value is not None else None)

    def parameters(
        self, node: Any
    ) -> tuple[tuple[str, ...], tuple[tuple[str, f.Expr], ...], tuple[tuple[str, str], ...]]:
        names: list[str] = []
        defaults: list[tuple[str, f.Expr]] = []
        annotations: list[tuple[str, str]] = []
        for param in (*node.posonly_params, *node.params, *node.kwonly_params):
            names.append(param.name.value)
            if param.default is not None:
                defaults.append((param.name.value, self.expr(param.default)))
            if param.annotation is not None:
                kind = _hinted(param.annotation.annotation)
                if kind:
                    annotations.append((param.name.value, kind))
        return tuple(names), tuple(defaults), tuple(annotations)

    def target(self, node: Any, names: list[str], extra: list[f.Expr]) -> None:
        kind = type(node).__name__
        if kind in ("Tuple", "List"):
            for element in node.elements:
                self.target(element.value, names, extra)
            return
        name = dotted(node)
        if name:
            names.append(name)
        else:
            extra.append(self.expr(node))


def dotted(node: Any) -> str | None:
    """The dotted name that an expression is; None when it is none."""
    parts: list[str] = []
    while type(node).__name__ == "Attribute":
        parts.append(node.attr.value)
        node = node.value
    if type(node).__name__ == "Name":
        return ".".join([node.value, *reversed(parts)])
    if type(node).__name__ == "SimpleString":  # a quoted annotation
        return str(node.value).strip("\"'") or None
    return None


def _hinted(node: Any) -> str | None:
    """The dotted name of the one class that a type hint allows beside None; None when it is no such hint."""
    kind = type(node).__name__
    if kind == "BinaryOperation":
        sides = {_hinted(side) for side in (node.left, node.right)} - {"None"}
        return sides.pop() if len(sides) == 1 else None
    if kind == "Subscript":
        wrapper = (dotted(node.value) or "").rpartition(".")[2]
        index: Any = node.slice[0].slice if wrapper in ("Annotated", "Optional") else None
        return _hinted(index.value) if type(index).__name__ == "Index" else None
    name = dotted(node)
    if name is None or name.replace(".", "").isidentifier():
        return name
    if name.startswith("Optional[") and name.endswith("]"):  # quoted
        name = name[len("Optional[") : -1]
    named = {side.strip() for side in name.split("|")} - {"None"}
    return named.pop() if len(named) == 1 else None


def _constant(text: str) -> f.Expr:
    if text.isdecimal():
        return f.Constant(int(text))
    quote = text[0]
    if quote in "'\"" and "\\" not in text and text[:3] != quote * 3:
        return f.Constant(text[1:-1])
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return f.OPAQUE
    return f.Constant(value) if isinstance(value, (str, bytes, int, float)) else f.OPAQUE


def _fold(operator: str, left: Any, right: Any) -> int | float | None:
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return None
    if operator == "Multiply":
        return left * right
    if operator == "Add":
        return left + right
    if operator == "Subtract":
        return left - right
    if operator == "Divide" and right:
        return left / right
    return None
