"""Expressions of libcst as nodes of ``ast``: the lower half of ``newer``."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from libcst.metadata import CodePosition

from conn_lint.project.positions import ranges
from conn_lint.project.syntaxtree import LINE_END

if TYPE_CHECKING:
    from conn_lint.project.source import Source

BINARY: dict[str, type[ast.operator]] = {
    "Add": ast.Add,
    "BitAnd": ast.BitAnd,
    "BitOr": ast.BitOr,
    "BitXor": ast.BitXor,
    "Divide": ast.Div,
    "FloorDivide": ast.FloorDiv,
    "LeftShift": ast.LShift,
    "MatrixMultiply": ast.MatMult,
    "Modulo": ast.Mod,
    "Multiply": ast.Mult,
    "Power": ast.Pow,
    "RightShift": ast.RShift,
    "Subtract": ast.Sub,
}
_UNARY: dict[str, type[ast.unaryop]] = {
    "BitInvert": ast.Invert,
    "Minus": ast.USub,
    "Not": ast.Not,
    "Plus": ast.UAdd,
}
_COMPARISON: dict[str, type[ast.cmpop]] = {
    "Equal": ast.Eq,
    "GreaterThan": ast.Gt,
    "GreaterThanEqual": ast.GtE,
    "In": ast.In,
    "Is": ast.Is,
    "IsNot": ast.IsNot,
    "LessThan": ast.Lt,
    "LessThanEqual": ast.LtE,
    "NotEqual": ast.NotEq,
    "NotIn": ast.NotIn,
}
"""Operators of libcst by the names of their classes, without the ``Assign`` at the end of augmented ones."""


_TOP = CodePosition(1, 0)
"""The place of everything in a file that nests so deeply that libcst cannot say."""


class ExpressionConverter:
    """``on_X`` makes the node of ``ast`` that stands for the libcst node ``X``."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.ranges = ranges(source)
        self.lines = LINE_END.split(source.text)

    def convert(self, node: Any) -> Any:
        """``node`` with its place; None stays None."""
        if node is None:
            return None
        kind = type(node).__name__
        handle = getattr(self, f"on_{kind}", None)
        made = handle(node) if handle is not None else ast.Constant(...)
        return self.placed(made, node)

    def placed(self, made: Any, node: Any) -> Any:
        if not hasattr(made, "lineno"):  # else it is the node inside, which stands more exactly
            at = self.ranges.get(node)
            start, end = (at.start, at.end) if at else (_TOP, _TOP)
            made.lineno, made.end_lineno = start.line, end.line
            made.col_offset, made.end_col_offset = self.offset(start), self.offset(end)
        return made

    def offset(self, at: CodePosition) -> int:
        line = self.lines[at.line - 1]
        return at.column if line.isascii() else len(line[: at.column].encode(errors="replace"))

    def several(self, nodes: Iterable[Any]) -> list[Any]:
        return [self.convert(node) for node in nodes]

    def parameters(self, node: Any) -> ast.arguments:
        positional = [*node.posonly_params, *node.params]
        return ast.arguments(
            self.several(node.posonly_params),
            self.several(node.params),
            self.convert(node.star_arg) if type(node.star_arg).__name__ == "Param" else None,
            self.several(node.kwonly_params),
            self.several(param.default for param in node.kwonly_params),
            self.convert(node.star_kwarg),
            self.several(param.default for param in positional if param.default is not None),
        )

    def on_Param(self, node: Any) -> ast.arg:
        return ast.arg(node.name.value, self.convert(node.annotation.annotation) if node.annotation else None)

    def on_Name(self, node: Any) -> ast.expr:
        constants = {"True": True, "False": False, "None": None}
        return ast.Constant(constants[node.value]) if node.value in constants else ast.Name(node.value, ast.Load())

    def on_Integer(self, node: Any) -> ast.expr:
        try:
            return ast.Constant(ast.literal_eval(node.value))
        except (SyntaxError, ValueError, MemoryError):  # a literal of Python 2: '\N', 0777L
            return ast.Constant(...)

    on_Float = on_Integer
    on_Imaginary = on_Integer
    on_SimpleString = on_Integer

    def on_ConcatenatedString(self, node: Any) -> ast.expr:
        left, right = self.convert(node.left), self.convert(node.right)
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            both: Any = (left.value, right.value)
            same = type(both[0]) is type(both[1]) and both[0] is not ...
            return ast.Constant(both[0] + both[1] if same else ...)
        return _joined([*getattr(left, "values", [left]), *getattr(right, "values", [right])])

    def on_FormattedString(self, node: Any) -> ast.expr:
        return _joined(
            [
                ast.FormattedValue(self.convert(part.expression), -1, None)
                if hasattr(part, "expression")
                else ast.Constant(part.value)
                for part in node.parts
            ]
        )

    on_TemplatedString = on_FormattedString

    def on_Attribute(self, node: Any) -> ast.expr:
        return ast.Attribute(self.convert(node.value), node.attr.value, ast.Load())

    def on_Call(self, node: Any) -> ast.expr:
        args = [self.argument(arg) for arg in node.args if arg.keyword is None and arg.star != "**"]
        keywords = [
            ast.keyword(arg.keyword.value if arg.keyword else None, self.convert(arg.value))
            for arg in node.args
            if arg.keyword is not None or arg.star == "**"
        ]
        return ast.Call(self.convert(node.func), args, keywords)

    def argument(self, node: Any) -> ast.expr:
        value: ast.expr = self.convert(node.value)
        return self.placed(ast.Starred(value, ast.Load()), node) if node.star == "*" else value

    def on_BinaryOperation(self, node: Any) -> ast.expr:
        operator = BINARY[type(node.operator).__name__]()
        return ast.BinOp(self.convert(node.left), operator, self.convert(node.right))

    def on_BooleanOperation(self, node: Any) -> ast.expr:
        operator = ast.And() if type(node.operator).__name__ == "And" else ast.Or()
        return ast.BoolOp(operator, [self.convert(node.left), self.convert(node.right)])

    def on_UnaryOperation(self, node: Any) -> ast.expr:
        return ast.UnaryOp(_UNARY[type(node.operator).__name__](), self.convert(node.expression))

    def on_Comparison(self, node: Any) -> ast.expr:
        operators = [_COMPARISON[type(each.operator).__name__]() for each in node.comparisons]
        return ast.Compare(
            self.convert(node.left), list(operators), [self.convert(each.comparator) for each in node.comparisons]
        )

    def on_IfExp(self, node: Any) -> ast.expr:
        return ast.IfExp(self.convert(node.test), self.convert(node.body), self.convert(node.orelse))

    def on_NamedExpr(self, node: Any) -> ast.expr:
        return ast.NamedExpr(self.convert(node.target), self.convert(node.value))

    def on_Lambda(self, node: Any) -> ast.expr:
        return ast.Lambda(self.parameters(node.params), self.convert(node.body))

    def on_Await(self, node: Any) -> ast.expr:
        return ast.Await(self.convert(node.expression))

    def on_Yield(self, node: Any) -> ast.expr:
        if type(node.value).__name__ == "From":
            return ast.YieldFrom(self.convert(node.value.item))
        return ast.Yield(self.convert(node.value))

    def on_List(self, node: Any) -> ast.expr:
        return ast.List(self.several(node.elements), ast.Load())

    def on_Tuple(self, node: Any) -> ast.expr:
        return ast.Tuple(self.several(node.elements), ast.Load())

    def on_Set(self, node: Any) -> ast.expr:
        return ast.Set(self.several(node.elements))

    def on_Element(self, node: Any) -> ast.expr:
        return self.convert(node.value)  # type: ignore[no-any-return]

    def on_StarredElement(self, node: Any) -> ast.expr:
        return ast.Starred(self.convert(node.value), ast.Load())

    def on_Dict(self, node: Any) -> ast.expr:
        keys = [self.convert(getattr(element, "key", None)) for element in node.elements]
        return ast.Dict(keys, [self.convert(element.value) for element in node.elements])

    def on_Subscript(self, node: Any) -> ast.expr:
        keys = [self.convert(element.slice) for element in node.slice]
        several = len(keys) > 1 or node.slice[0].comma.__class__.__name__ == "Comma"
        return ast.Subscript(self.convert(node.value), ast.Tuple(keys, ast.Load()) if several else keys[0], ast.Load())

    def on_Index(self, node: Any) -> ast.expr:
        value: ast.expr = self.convert(node.value)
        return ast.Starred(value, ast.Load()) if node.star == "*" else value

    def on_Slice(self, node: Any) -> ast.expr:
        return ast.Slice(self.convert(node.lower), self.convert(node.upper), self.convert(node.step))

    def on_GeneratorExp(self, node: Any) -> ast.expr:
        return ast.GeneratorExp(self.convert(node.elt), self.loops(node.for_in))

    def on_ListComp(self, node: Any) -> ast.expr:
        return ast.ListComp(self.convert(node.elt), self.loops(node.for_in))

    def on_SetComp(self, node: Any) -> ast.expr:
        return ast.SetComp(self.convert(node.elt), self.loops(node.for_in))

    def on_DictComp(self, node: Any) -> ast.expr:
        return ast.DictComp(self.convert(node.key), self.convert(node.value), self.loops(node.for_in))

    def loops(self, node: Any) -> list[ast.comprehension]:
        found = []
        while node is not None:
            tests = [self.convert(each.test) for each in node.ifs]
            is_async = int(node.asynchronous is not None)
            found.append(ast.comprehension(self.convert(node.target), self.convert(node.iter), tests, is_async))
            node = node.inner_for_in
        return found


def dotted(node: Any) -> str:
    """The dotted name that ``node`` writes."""
    return f"{dotted(node.value)}.{node.attr.value}" if type(node).__name__ == "Attribute" else str(node.value)


def _joined(values: list[ast.expr]) -> ast.JoinedStr:
    """An f-string of ``values``, those that are texts put together where they follow each other."""
    found: list[ast.expr] = []
    for value in values:
        last = found[-1] if found else None
        if isinstance(value, ast.Constant) and isinstance(last, ast.Constant):
            found[-1] = ast.Constant(str(last.value) + str(value.value))
        elif not isinstance(value, ast.Constant) or value.value:
            found.append(value)
    return ast.JoinedStr(found)
