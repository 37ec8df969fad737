"""What one statement binds, mentions and may change, told by ``ast`` without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from conn_lint.settings.chains import chains, is_environ, root
from conn_lint.settings.purity import PLAIN_BUILTINS, PURE_METHODS
from conn_lint.settings.units import OWN, SETS, Call


class Facts(ast.NodeVisitor):
    """Collects what one statement may do. Names bound inside functions are their own, unless declared ``global``."""

    def __init__(self) -> None:
        self.binds: set[str] = set()
        self.mentions: set[str] = set()
        self.flows: set[str] = set()
        self.touches: set[str] = set()
        self.outer: set[str] = set()
        self.attributes: set[str] = set()
        self.calls: list[Call] = []
        self.names: set[str] = set()
        self.defines = False
        self.variables: set[str] = set()
        self.imports: list[tuple[int, str, tuple[str, ...]]] = []
        self.leaves = False
        self.reads = False
        """Names are read."""
        self.deep = False
        self._own: list[set[str]] = []
        """The names of the functions around."""
        self._in_class = False
        self._in_test = False

    def take_all(self, statement: ast.stmt) -> None:
        """All that ``statement`` might do by the words in it, without a look at how they go together."""
        self.deep = True
        for part in ast.walk(statement):
            if isinstance(part, ast.Name):
                self.visit_Name(part)
            elif isinstance(part, ast.Attribute):
                self.mention(part.attr)
            elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self.bind(part.name)
                self.attributes.add(part.name)
            elif isinstance(part, (ast.Import, ast.ImportFrom, ast.Global, ast.MatchStar, ast.MatchMapping)):
                self.visit(part)
            elif isinstance(part, (ast.ExceptHandler, ast.MatchAs)):
                self.bind(part.name)
            self.defines |= isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda))
            self.leaves |= isinstance(part, (ast.Raise, ast.Assert))
            self._variable(part)
        words = frozenset(self.mentions)
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or self.reads:
            self.touches |= words
            self.outer |= words
            self.calls = [Call(word, word, words, words) for word in words]

    def mention(self, name: str) -> None:
        self.mentions.add(name)
        if not self._in_test:
            self.flows.add(name)

    def bind(self, name: str | None) -> None:
        if name is not None:
            self.mention(name)
            if not self._own:
                (self.attributes if self._in_class else self.binds).add(name)

    def words(self, *nodes: ast.AST) -> Iterator[str]:
        """The names and attributes in expressions; OWN for what starts from a name of a function's own."""
        for node in nodes:
            for chain in chains(node):
                if any(chain[0] in names for names in self._own):
                    yield OWN
                else:
                    yield from chain

    def visit_Dict(self, node: ast.Dict) -> None:
        for part in (*node.keys, *node.values):
            if part is not None and not isinstance(part, ast.Constant):  # settings hold long lists of texts
                self.visit(part)

    def visit_Name(self, node: ast.Name) -> None:
        self.mention(node.id)
        self.names.add(node.id)
        if self._own:
            self.outer.update(self.words(node))
        if isinstance(node.ctx, ast.Load):
            self.reads = True
        else:
            self.bind(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.mention(node.attr)
        if self._own:
            self.outer.update(self.words(node))
        if not isinstance(node.ctx, ast.Load):
            self.touches.update(self.words(node))
        self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.touches.update(self.words(node.value))
        elif is_environ(node.value):
            self._variable(node.slice)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        if any(is_environ(each) for each in node.comparators):
            self._variable(node.left)
        with self._test():
            self.generic_visit(node)

    def visit_If(self, node: ast.If | ast.While | ast.IfExp | ast.Assert) -> None:
        for field, part in ast.iter_fields(node):
            with self._test() if field == "test" else nullcontext():
                for each in part if isinstance(part, list) else (part,):
                    if isinstance(each, ast.AST):
                        self.visit(each)

    visit_While = visit_IfExp = visit_If  # noqa: N815

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        with self._test(inside=False):
            self.generic_visit(node)

    @contextmanager
    def _test(self, *, inside: bool = True) -> Iterator[None]:
        """What is looked at here is only told to be true or false, and comes to be in nothing."""
        before, self._in_test = self._in_test, inside
        yield
        self._in_test = before

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.touches.update(self.words(node.target))
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.binds.update(node.names)
        self.mentions.update(node.names)
        self.flows.update(node.names)
        self.touches.update(SETS + name for name in node.names)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.bind(node.name)
        for each in node.decorator_list:
            self.visit(each)
        self._visit_defaults(node.args)
        self.defines = True
        for decorator in node.decorator_list:
            self.calls.append(Call("", "", frozenset(self.words(decorator)), frozenset((node.name,))))
        in_class, self._in_class = self._in_class, False
        self._own.append(_own_names(node))
        for statement in node.body:
            self.visit(statement)
        self._own.pop()
        self._in_class = in_class

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.defines = True
        self._visit_defaults(node.args)
        self._own.append(_own_names(node))
        self.visit(node.body)
        self._own.pop()

    def _visit_defaults(self, parameters: ast.arguments) -> None:
        """Defaults are worked out once, and a parameter then is another name for one of them."""
        defaults = [*parameters.defaults, *filter(None, parameters.kw_defaults)]
        for each in defaults:
            self.visit(each)
        self.outer.update(self.words(*defaults))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bind(node.name)
        self.defines = True
        in_class, self._in_class = self._in_class, True
        self.generic_visit(node)
        self._in_class = in_class

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.bind(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self.bind(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self.bind(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.bind(node.rest)
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self.leaves = True
        self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        self.leaves = True
        self.visit_If(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.bind_import(alias.asname or alias.name.partition(".")[0], alias.name)
            if not self._own:
                self.imports.append((0, alias.name, ()))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                self.bind_import(alias.asname or alias.name, alias.name)
                if alias.asname not in (None, alias.name):
                    self.mention(alias.name)
        if not self._own:
            self.imports.append((node.level, node.module or "", tuple(alias.name for alias in node.names)))

    def bind_import(self, name: str, original: str) -> None:
        if self._own:
            self.outer.add(original)
        else:
            (self.attributes if self._in_class else self.binds).add(name)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name in ("exit", "quit"):
            self.leaves = True
        if name == "getattr" and len(node.args) > 1:
            named = node.args[1]
            known = isinstance(named, ast.Constant) and isinstance(named.value, str)
            self.mention(named.value if known else "__dict__")  # type: ignore[attr-defined]
        given = frozenset(self.words(*node.args, *node.keywords))
        if any(isinstance(each, ast.Lambda) for each in (*node.args, *(keyword.value for keyword in node.keywords))):
            given |= {OWN}  # the parameters of the function stand for whatever else the call is given
        if isinstance(node.func, ast.Name):
            self.calls.append(Call(name, name, frozenset(), given))
        else:
            inner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            self.calls.append(Call(root(inner), name, frozenset(self.words(inner)), given))
        self._variable(*node.args[:1])
        pure = name in PURE_METHODS if isinstance(node.func, ast.Attribute) else name in PLAIN_BUILTINS
        with self._test(inside=self._in_test and pure):
            self.generic_visit(node)

    def _variable(self, *nodes: ast.AST) -> None:
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self.variables.add(node.value)


def _own_names(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """What a function binds for itself."""
    found = {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}
    declared: set[str] = set()
    for statement in node.body if isinstance(node.body, list) else ():
        for part in ast.walk(statement):
            if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
                found.add(part.id)
            elif isinstance(part, ast.alias):
                found.add(part.asname or part.name.partition(".")[0])
            elif isinstance(part, (ast.Global, ast.Nonlocal)):
                declared.update(part.names)
    return found - declared
