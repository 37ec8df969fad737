"""Files written for a newer Python than the running one: the tree of libcst as the one that ``ast`` would have made.

Kept are the statements and what they evaluate, where that stands, and annotations; left out are the patterns of
``match``, type parameters and the formats of f-strings, which call nothing that matters. ``except*`` becomes
``except``, for which older versions of ``ast`` have a node.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from conn_lint.project.newerexpressions import BINARY, ExpressionConverter, dotted

if TYPE_CHECKING:
    from conn_lint.project.source import Source


def as_ast(source: Source) -> ast.Module:
    """The tree of ``source`` as nodes of ``ast``, with their places in lines and bytes as ``ast`` counts them."""
    return _Converter(source).module()


class _Converter(ExpressionConverter):
    """Adds statements to ``ExpressionConverter``."""

    def module(self) -> ast.Module:
        return ast.Module(body=self.body(self.source.module.body), type_ignores=[])

    def body(self, nodes: Iterable[Any]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for node in nodes:
            if type(node).__name__ in ("SimpleStatementLine", "SimpleStatementSuite", "IndentedBlock"):
                found += self.body(node.body)
            else:
                found.append(self.convert(node))
        return found

    def suite(self, node: Any) -> list[ast.stmt]:
        """The statements of a block; of an ``else`` or ``finally`` those of its block; of nothing none."""
        if node is None:
            return []
        return self.body([node.body] if type(node).__name__ in ("Else", "Finally") else [node])

    def on_Expr(self, node: Any) -> ast.stmt:
        return ast.Expr(self.convert(node.value))

    def on_Assign(self, node: Any) -> ast.stmt:
        return ast.Assign([self.convert(target.target) for target in node.targets], self.convert(node.value))

    def on_AnnAssign(self, node: Any) -> ast.stmt:
        annotation = self.convert(node.annotation.annotation)
        return ast.AnnAssign(self.convert(node.target), annotation, self.convert(node.value), 1)

    def on_AugAssign(self, node: Any) -> ast.stmt:
        operator = BINARY[type(node.operator).__name__.removesuffix("Assign")]()
        return ast.AugAssign(self.convert(node.target), operator, self.convert(node.value))

    def on_Assert(self, node: Any) -> ast.stmt:
        return ast.Assert(self.convert(node.test), self.convert(node.msg))

    def on_Break(self, _node: Any) -> ast.stmt:
        return ast.Break()

    def on_Continue(self, _node: Any) -> ast.stmt:
        return ast.Continue()

    def on_Pass(self, _node: Any) -> ast.stmt:
        return ast.Pass()

    on_Global = on_Pass
    on_Nonlocal = on_Pass
    on_TypeAlias = on_Pass

    def on_Del(self, node: Any) -> ast.stmt:
        target = self.convert(node.target)
        return ast.Delete(target.elts if isinstance(target, ast.Tuple) else [target])

    def on_Return(self, node: Any) -> ast.stmt:
        return ast.Return(self.convert(node.value))

    def on_Raise(self, node: Any) -> ast.stmt:
        return ast.Raise(self.convert(node.exc), self.convert(node.cause.item if node.cause else None))

    def on_If(self, node: Any) -> ast.stmt:
        orelse = node.orelse
        rest = [self.convert(orelse)] if type(orelse).__name__ == "If" else self.suite(orelse)
        return ast.If(self.convert(node.test), self.suite(node.body), rest)

    def on_While(self, node: Any) -> ast.stmt:
        return ast.While(self.convert(node.test), self.suite(node.body), self.suite(node.orelse))

    def on_For(self, node: Any) -> ast.stmt:
        kind = ast.AsyncFor if node.asynchronous else ast.For
        return kind(
            self.convert(node.target), self.convert(node.iter), self.suite(node.body), self.suite(node.orelse), None
        )

    def on_With(self, node: Any) -> ast.stmt:
        items = [
            ast.withitem(self.convert(item.item), self.convert(item.asname.name) if item.asname else None)
            for item in node.items
        ]
        kind = ast.AsyncWith if node.asynchronous else ast.With
        return kind(items, self.suite(node.body), None)

    def on_Try(self, node: Any) -> ast.stmt:
        handlers = self.several(node.handlers)
        return ast.Try(self.suite(node.body), handlers, self.suite(node.orelse), self.suite(node.finalbody))

    on_TryStar = on_Try

    def on_ExceptHandler(self, node: Any) -> ast.excepthandler:
        name = node.name.name.value if node.name else None
        return ast.ExceptHandler(self.convert(node.type), name, self.suite(node.body))

    on_ExceptStarHandler = on_ExceptHandler

    def on_Match(self, node: Any) -> ast.stmt:
        cases = [ast.match_case(ast.MatchAs(), self.convert(case.guard), self.suite(case.body)) for case in node.cases]
        return ast.Match(self.convert(node.subject), cases)

    def on_Import(self, node: Any) -> ast.stmt:
        return ast.Import([self.alias(alias) for alias in node.names])

    def on_ImportFrom(self, node: Any) -> ast.stmt:
        star = type(node.names).__name__ == "ImportStar"
        names = [ast.alias("*")] if star else [self.alias(alias) for alias in node.names]
        return ast.ImportFrom(dotted(node.module) if node.module else None, names, len(node.relative))

    @staticmethod
    def alias(node: Any) -> ast.alias:
        return ast.alias(dotted(node.name), node.asname.name.value if node.asname else None)

    def on_FunctionDef(self, node: Any) -> ast.stmt:
        kind = ast.AsyncFunctionDef if node.asynchronous else ast.FunctionDef
        returns = self.convert(node.returns.annotation) if node.returns else None
        made: Any = kind(
            node.name.value, self.parameters(node.params), self.suite(node.body), self.decorators(node), returns, None
        )
        return made  # type: ignore[no-any-return]

    def on_ClassDef(self, node: Any) -> ast.stmt:
        bases = [self.argument(base) for base in node.bases]
        keywords = [ast.keyword(each.keyword.value, self.convert(each.value)) for each in node.keywords if each.keyword]
        made: Any = ast.ClassDef(node.name.value, bases, keywords, self.suite(node.body), self.decorators(node))
        return made  # type: ignore[no-any-return]

    def decorators(self, node: Any) -> list[ast.expr]:
        return [self.convert(decorator.decorator) for decorator in node.decorators]
