"""From syntax to facts: nothing that is called gets lost, however a file is read."""

from __future__ import annotations

import ast
import asyncio
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import conn_lint
from conn_lint.model import Span
from conn_lint.project.modules import Modules
from conn_lint.project.newer import as_ast
from conn_lint.project.source import parse
from conn_lint.project.syntaxtree import SyntaxTree
from conn_lint.project.tree import Tree
from conn_lint.workers import facts as f
from conn_lint.workers.extract import MODULE, extract, read_body

GRAMMAR = """
### decorators
@a()
@b.c
@d(e())
def f():
    g()
### decorators over lines
@a(
    b(),
)
# why
@c

def f():
    g()
### decorated methods
class A:
    @property
    def b(self):
        return c()

    @b.setter
    def b(self, d):
        e(d)
### nested functions
def f():
    def g():
        def h():
            i()
        return h
    return g()
### nested decorated functions
def f(a):
    @wraps(a)
    def g(*b, **c):
        d()
        return a(*b, **c)
    return g
### classes in functions
def f():
    class A(b()):
        c = d()

        def e(self):
            g()
    return A()
### classes in classes
class A:
    class B:
        def c(self):
            d()
    e = B()
### lambdas
a = lambda: b()
def f(c=lambda: d(), e=lambda x: x):
    g(lambda h: i(h))
    return lambda: j
### lambdas on the line of a method
class A:
    key = lambda s: a(s)
    def f(self, b=lambda: c()):
        d()
### lambdas on a line of their own
class A:
    key = lambda s: a(s)
    def f(
        self,
        b=lambda: c(),
    ):
        d()
### lambdas in lambdas
a = lambda b: lambda c: d(b, c)
### comprehensions
def f():
    a = [b(c) for c in d() if e(c) for g in h(c)]
    return {i(): j() for k in l()}, {m() for n in o()}
### generator expressions
def f():
    yield from (a(b) async for b in c())
### walrus
def f():
    while (a := b()) and (c := d(a)):
        e(c)
    return [g for h in i() if (g := j(h))]
### match
def f(a):
    match a():
        case [b, *c] if d():
            e()
        case G(h=1) | {'i': j}:
            k()
        case _:
            l()
### async
async def f():
    async with a() as b, c():
        await d(b)
    async for e in g():
        yield h(e)
    return await i(j())
### with
def f():
    with a() as (b, c), d():
        e()
    with (
        g() as h,
        i(),
    ):
        j()
### try
def f():
    try:
        a()
    except B as b:
        c()
    except (D, e.E):
        g()
    except:
        h()
    else:
        i()
    finally:
        j()
### try star
def f():
    try:
        a()
    except* B:
        c()
### star arguments
def f(a, /, b, *c, d=e(), **g):
    h(*c, i(), *j(), k=l(), **m())
### class bodies
class A(b(), c=d()):
    '''x'''
    e = g()
    if h():
        i = j()
    for k in l():
        m()
    def n(self): ...
### one-line definitions
def f(): return a()
def g(): b(); c()
class D: e = h()
if i(): j()
else: k()
### one-line methods
class A:
    def f(self): return a()
    async def g(self): await b()
    def h(self):
        c()
### semicolons
def f():
    a(); b(); c()
d(); e()
### a semicolon at the end
def f():
    a();
b()
### non-ASCII
def naïve():
    é('žluťoučký', à('日本語'))

class Ä:
    def ü(self, ö='😀'): a(ö)
    def b(self):
        '😀'; c()
### definitions in if and try
if a():
    def f():
        b()
else:
    def f():
        c()
try:
    from d import e
except ImportError:
    def e():
        g()
### definitions in other blocks
with a():
    def f():
        b()
for c in d():
    def g():
        e()
while h():
    def i():
        j()
### definitions in match
match a():
    case 1:
        def f():
            b()
### a definition replaced
def f():
    a()

def f():
    b()
### methods replaced
class A:
    def f(self):
        a()
    f = b(f)
    def f(self):
        c()
### comments
def f():  # a
    # b
    c()  # d
    # e
# g

# h
def i():
    j()
    # k
### heads over lines
def f(
    a,
    b: c = d(),
) -> e:
    g()
### types
def f[T: a](b: 'c', d: list[e]) -> g:
    h: i = j()
    k: l
    type m = n
### f-strings
def f():
    return f'{a()} {b(c())!r:>{d}}' f'{e()}' + g()
### f-strings in tests
def f():
    if f'{a()}' == b():
        c()
    while d(f'{e()}'):
        g()
### conditions
def f():
    return a() if b() else c() or d() and not e() is None
### subscripts and slices
def f():
    a()[b()][c() : d() : e(), g()] = h()
    del i()[j()]
    k[l() :] += m()
### attributes of calls
def f():
    a().b.c().d = e()
    g().h(i)
### raise and assert
def f():
    assert a(), b()
    raise c() from d()
### starred
def f():
    a, *b = *c(), d()
    return *e(), g()
### await and yield
async def f():
    a = await b()
    c = yield d()
    await e(await g())
### global and nonlocal
def f():
    global a
    a = b()
    def g():
        nonlocal c
        c = d()
### imports in functions
import a
def f():
    from b import c as d
    import e.g
    h()
class I:
    from j import k
### pass only
def f(): pass
class A: pass
"""

SNIPPETS = {name: text for name, _, text in (part.partition("\n") for part in GRAMMAR.split("### ")[1:])} | {
    "tabs": "class A:\n\tdef f(self):\n\t\ta()\n\t\tif b():\n\t\t\tc()\n\n\tdef g(self):\n\t\td()\n",
    "docstrings": 'def f():\n    """a()"""\n\n\ndef g():\n    """\n    b()\n    """\n    c()\n',
    "strings over lines": 'def f():\n    a("""\nb()\n    """, c())\n\n\ndef g():\n    d()\n',
    "continuation lines": "def f(a=b(),\n      c=d()):\n    return e() + \\\n        g()\n",
    "no newline at the end": "def f():\n    a()",
    "blank lines with spaces": "def f():\n    a()\n   \n    b()\n\t\n\ndef g():\n    c()\n",
    "form feed": "def f():\n    a()\n\x0c\ndef g():\n    b()\n",
    "empty": "",
}

SOURCES = [
    *(
        Path(asyncio.__file__).parent / f"{name}.py"
        for name in ("base_events", "queues", "runners", "streams", "tasks")
    ),
    Path(threading.__file__),
    *sorted((Path(conn_lint.__file__).parent / "workers").glob("*.py")),
]
MODULES = Modules(Tree(str(Path(__file__).parent)))


def facts_of(tree: SyntaxTree) -> f.FileFacts:
    """The facts of a file with the bodies of all its functions."""
    facts = extract(tree, MODULES)
    for head in tuple(facts.functions.values()):
        if not head.read:
            read_body(tree, MODULES, facts, head)
    return facts


def by_ast(data: bytes) -> f.FileFacts:
    return facts_of(SyntaxTree("a.py", data))


def by_libcst(data: bytes) -> f.FileFacts:
    tree = SyntaxTree("a.py", data)
    tree.tree = as_ast(parse("a.py", data))
    return facts_of(tree)


def calls(fact: Any) -> Iterator[f.Call]:
    """Every call in a fact and in its parts."""
    if isinstance(fact, f.Call):
        yield fact
    if isinstance(fact, Span):
        return
    if isinstance(fact, dict):
        fact = fact.values()
    if isinstance(fact, tuple) or type(fact).__name__ == "dict_values":
        for part in fact:
            yield from calls(part)


def calls_by_ast(text: str) -> list[ast.Call]:
    """Every call but those in annotations."""
    found: list[ast.Call] = []
    pending: list[ast.AST] = [ast.parse(text)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call):
            found.append(node)
        for field, value in ast.iter_fields(node):
            if field not in (
                "annotation",
                "returns",
                "type_params",
                "keywords" if isinstance(node, ast.ClassDef) else "",
            ):
                pending += [
                    each for each in (value if isinstance(value, list) else [value]) if isinstance(each, ast.AST)
                ]
    return found


def without_ends(fact: Any) -> Any:
    """A fact with its spans cut before their last column: libcst counts a semicolon to the statement before it."""
    if isinstance(fact, Span):
        return fact[:-1]
    if isinstance(fact, dict):
        return {key: without_ends(value) for key, value in fact.items()}
    if isinstance(fact, tuple):
        return (type(fact).__name__, *map(without_ends, fact))
    return fact


@pytest.mark.parametrize("text", SNIPPETS.values(), ids=SNIPPETS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_libcst_reads_in_a_file_what_ast_does(text: str, ends: str) -> None:
    data = text.replace("\n", ends).encode()
    assert without_ends(by_libcst(data)) == without_ends(by_ast(data))


@pytest.mark.parametrize("text", SNIPPETS.values(), ids=SNIPPETS)
def test_no_call_is_lost(text: str) -> None:
    if "type m" in text and sys.version_info < (3, 12):
        pytest.skip("ast of this Python cannot read it")
    facts = by_ast(text.encode())
    found = [call for function in facts.functions.values() for call in calls(function)]
    found += [call for class_ in facts.classes.values() for call in calls(class_.bases)]
    assert {(call.span.line, _name(call.func)) for call in found} >= {
        (call.lineno, _last_name(call)) for call in calls_by_ast(text)
    }


def _name(func: f.Expr) -> str:
    return func.path.rpartition(".")[2] if isinstance(func, f.Name) else func.name if isinstance(func, f.Attr) else ""


def _last_name(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_libcst_reads_in_real_files_what_ast_does(path: Path) -> None:
    assert without_ends(by_libcst(path.read_bytes())) == without_ends(by_ast(path.read_bytes()))


def one(text: str) -> f.FileFacts:
    return by_ast(text.encode())


@pytest.mark.parametrize(
    ("test", "endless"),
    [
        ("True", "always"),
        ("1", "always"),
        ("(True)", "always"),
        ("not self.stopped", "flag"),
        ("not self._stop_requested", "flag"),
        ("self.isRunning()", "flag"),
        ("running", "flag"),
        ("not shutdown_event.is_set()", "flag"),
        ("not self.event.is_set()", "flag"),
        ("not event.wait(30)", "flag"),
        ("self.keep_going", "flag"),
        ("not got_sigterm", "flag"),
        ("not (self.terminated or self.cancelled)", "flag"),
        ("True and not done", "flag"),
        ("False", "no"),
        ("0", "no"),
        ("pending", "no"),
        ("run_queue or active_ids", "no"),
        ("endpoints", "no"),
        ("self.friends", "no"),
        ("rows", "no"),
        ("attempts < 5", "no"),
        ("not found", "no"),
        ("queue", "no"),
        ("line := file.readline()", "no"),
        ("self.next()", "no"),
        ("len(batch) < 100", "no"),
        ("running and attempts < 5", "no"),
        ("end is None", "no"),
    ],
)
def test_which_while_runs_as_long_as_its_process(test: str, endless: str) -> None:
    (loop,) = one(f"while {test}:\n    a()\n").functions[MODULE].body
    assert isinstance(loop, f.Loop)
    assert loop.endless == endless


def test_functions_are_named_by_where_they_are_defined() -> None:
    facts = one("class A:\n    def b(self):\n        def c():\n            def d(): pass\ndef e(): pass\n")
    assert facts.functions.keys() == {MODULE, "A.b", "A.b.c", "A.b.c.d", "e"}
    assert {name: function.owner for name, function in facts.functions.items() if function.owner} == {"A.b": "A"}


def test_the_later_of_two_definitions_has_the_name() -> None:
    facts = one("def a():\n    b()\ndef a():\n    c()\n")
    assert [_name(call.func) for call in calls(facts.functions["a"])] == ["c"]
    assert [_name(call.func) for call in calls(facts.functions["a#2"])] == ["b"]


def test_only_heads_are_read_at_first() -> None:
    facts = extract(SyntaxTree("a.py", b"def f(a=b()):\n    c()\ndef g(): d()\n"), MODULES)
    assert {name: function.read for name, function in facts.functions.items()} == {MODULE: True, "f": False, "g": False}
    assert [_name(call.func) for call in calls(facts.functions["f"])] == ["b"]


def test_whether_a_function_yields_is_not_told_by_the_functions_in_it() -> None:
    facts = one("def a():\n    def b():\n        yield\n    return b\n")
    assert facts.functions["a.b"].is_generator
    assert not facts.functions["a"].is_generator


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        ("import a.b", {"a": "a"}),
        ("import a.b as c", {"c": "a.b"}),
        ("from a import b as c, d", {"c": "a.b", "d": "a.d"}),
        ("try:\n    import a\nexcept ImportError:\n    a = None", {"a": "a"}),
        ("if b:\n    from c import d", {"d": "c.d"}),
        ("class A:\n    import b", {"b": "b"}),
        ("def f():\n    import a", {}),
        ("class A:\n    def f(self):\n        from b import c", {}),
        ("from a import *", {}),
    ],
)
def test_imports_outside_functions(text: str, imports: dict[str, str]) -> None:
    assert one(text + "\n").imports == imports


def test_an_import_in_a_function_holds_from_there_on() -> None:
    (local,) = one("def f():\n    from a import b\n").functions["f"].body
    assert local == f.Local((("b", "a.b"),))


def test_attributes_of_a_class_are_those_of_its_body() -> None:
    facts = one("class A:\n    a = 1\n    if b:\n        a = 2\n    def c(self):\n        self.d = 3\n")
    assert facts.classes["A"].attributes == {"a": f.Constant(2)}
    assert facts.classes["A"].methods == {"c": "A.c"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60", 60),
        ("1_000", 1000),
        ("0x10", 16),
        ("2.5", 2.5),
        ("60 * 60", 3600),
        ("5 + 1", 6),
        ("10 - 4", 6),
        ("7 / 2", 3.5),
        ("'a'", "a"),
        ("'a' 'b'", "ab"),
        (r"'\n'", "\n"),
        ("r'\\n'", "\\n"),
        ("b'a'", b"a"),
        ("True", True),
        ("None", None),
    ],
)
def test_constants(text: str, value: object) -> None:
    (let,) = one(f"a = {text}\n").functions[MODULE].body
    assert isinstance(let, f.Let)
    assert let.value == f.Constant(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["1 / 0", "'a' * 3", "-b", "2 ** 9", "1j", "f'{a}'", "'a' + 'b'"])
def test_what_is_not_taken_for_a_constant(text: str) -> None:
    (let,) = one(f"a = {text}\n").functions[MODULE].body
    assert isinstance(let, f.Let)
    assert not isinstance(let.value, f.Constant)


def test_a_call_in_an_f_string_stands_where_its_statement_does() -> None:
    facts = one("def f():\n    a()\n    b = (1 +\n         f'{c()}')\n")
    assert {_name(call.func): call.span.line for call in calls(facts.functions["f"])} == {"a": 2, "c": 3}


def test_a_call_in_the_f_string_of_a_test_stands_at_the_test() -> None:
    facts = one("def f():\n    if f'{a()}':\n        b()\n")
    assert {_name(call.func): call.span.line for call in calls(facts.functions["f"])} == {"a": 2, "b": 3}
