from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libcst.metadata import MetadataWrapper, PositionProvider

from conn_lint.model import Span
from conn_lint.project.source import children, parse
from conn_lint.project.tree import Unreadable

if TYPE_CHECKING:
    from conn_lint.project.source import Source

SNIPPETS = {
    "calls in calls": "f(g(h(1), k=i()), *j(), **k())\n",
    "method chains over lines": "(\n    a.b(1)\n    .c(x=2)\n    .d()\n)\n",
    "calls of calls": "f()()(1)(2)\nf(1)[0](2).g(3)\n",
    "decorators": "@d\n@e(f(1))\nclass C(Base, metaclass=m()):\n    @staticmethod\n"
    "    @g()\n    def h(a=i(), *b: j(), **c) -> k():\n        return l()\n",
    "f-strings": "x = f'{a()} {b(c())!r:>{d()}}' + e()\nlog(f'{f()}', g())\n",
    "nested f-strings": "f(f\"{g(f'{h()}')}\")\n",
    "comprehensions": "x = [a(i) for i in b() if c(i) for j in d(i)]\ny = {e(): f() for g in h()}\n"
    "z = (k() async for k in l())\n",
    "lambda": "f(lambda a=g(): h(a))\n",
    "statements in one line": "a(); b(); c()\nif x(): y(); z()\n",
    "try": "try:\n    a()\nexcept B() as e:\n    c()\nelse:\n    d()\nfinally:\n    e()\n",
    "with": "with a() as b, c(): d()\nwith (\n    a() as b,\n    c(),\n):\n    pass\n",
    "while and for": "while a():\n    b()\nelse:\n    c()\nfor d in e():\n    f()\nelse:\n    g()\n",
    "if chain": "if a():\n    b()\nelif c():\n    d()\nelse:\n    e()\n",
    "async": "async def f():\n    async with a() as b:\n        await c()\n"
    "    async for d in e():\n        yield g()\n    return await h(i())\n",
    "match": "match f():\n    case [a, *b] if g():\n        h()\n    case C(x=1):\n"
    "        i()\n    case _:\n        pass\n",
    "assignments": "a = b = c()\nd: e() = f()\ng += h()\ndel i()[0]\n(j := k())\nl[m()] = n()\no[p():q():r()] = s()\n",
    "dict and set": "{a(): b(), **c()}\n{d(), *e()}\n(f(), *g())\n",
    "boolean and comparison": "a() and b() or not c()\nd() < e() <= f() in g()\nh() if i() else j()\n",
    "raise, assert, global": "def f():\n    global a\n    assert b(), c()\n    raise d() from e()\n",
    "tabs": "if a():\n\tb()\n\tif c():\n\t\td(e())\n",
    "CRLF": "a()\r\nif b():\r\n    c(d(),\r\n      e())\r\n",
    "old Mac line ends": "a()\rb(c())\r",
    "form feed": "a()\n\x0c\nb(c())\n",
    "non-ASCII": "é = f('žluťoučký', g('日本語'), h())\nx('😀', y())\n",
    "non-ASCII before a call on one line": "a('😀'); b(); c('é', d())\n",
    "BOM": "\ufeffa(b())\n",
    "comments and blank lines": "# x\n\n\na(  # y\n    b(),  # z\n)\n\n# end\n",
    "continuation": "a = b() + \\\n    c()\n",
    "parentheses": "((a()))\n(b)(c)\n(d(\n    e))\n",
    "docstrings": '"""x()"""\ndef f():\n    """g()"""\n    h()\n',
    "strings that span lines": 'a("""\nx()\n""", b())\nc(\n"d" "e", f())\n',
    "no newline at the end": "a(b())",
    "walrus in a while": "while (a := b()) and (c := d(a)):\n    e()\n",
    "starred subscripts": "a[b(), *c()] = d()\n",
    "empty": "",
    "comment only": "# nothing\n",
    "python 2 octal in a comment": "# 0777\na()\n",
    "yield": "def f():\n    x = yield a()\n    yield from b()\n",
    "print as a call": "print(a(), file=b())\n",
    "type hints": "def f(a: 'b()' = c(), /, d=e(), *, g: h() = i()) -> None: ...\n",
    "class in function": "def f():\n    class A(b()):\n        c = d()\n"
    "        @e()\n        def g(self): h()\n    return A()\n",
    "star expressions": "print(*a(), sep=b())\nc = *d(), e()\n",
    "except star": "try:\n    a()\nexcept* B:\n    c()\n",
    "line separator characters": "a('\x0b\x1c'); b()\n# \x85 \u2028\nc(d())\n",
}


def by_libcst(source: Source) -> dict[int, Span]:
    ranges = MetadataWrapper(source.module, unsafe_skip_copy=True).resolve(PositionProvider)
    return {
        id(node): Span(source.path, at.start.line, at.start.column + 1, at.end.line, at.end.column + 1)
        for node, at in ranges.items()
    }


def nodes(node: cst.CSTNode) -> list[cst.CSTNode]:
    found = [node]
    for child in (*getattr(node, "decorators", ()), *children(node)):
        found += nodes(child)
    return found


@pytest.mark.parametrize("text", SNIPPETS.values(), ids=SNIPPETS)
def test_statements_and_calls_stand_where_libcst_puts_them(text: str) -> None:
    source = parse("a.py", text.encode())
    theirs = by_libcst(source)
    for node in nodes(source.module):
        if isinstance(node, (cst.BaseStatement, cst.BaseSmallStatement, cst.Call)):
            assert source.span(node)[:3] == theirs[id(node)][:3], type(node).__name__


@pytest.mark.parametrize("text", SNIPPETS.values(), ids=SNIPPETS)
def test_the_walk_meets_every_call_outside_f_strings(text: str) -> None:
    source = parse("a.py", text.encode())
    met = {id(node) for node in nodes(source.module) if isinstance(node, cst.Call)}
    calls: list[cst.Call] = []

    class Calls(cst.CSTVisitor):
        def visit_Call(self, node: cst.Call) -> None:
            calls.append(node)

        def visit_FormattedString(self, node: cst.FormattedString) -> bool:
            return False

    source.module.visit(Calls())
    assert {id(call) for call in calls} <= met


NAMES = st.sampled_from(["a", "é", "日本", "f"])


def calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}({})".format, NAMES, inner),
        st.builds("{}.{}(\n{})".format, inner, NAMES, inner),
        st.builds("[{} for x in {} if {}]".format, inner, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("(lambda y=({}): {})".format, inner, inner),
        st.builds("{{{}: {}, **{}}}".format, inner, inner, inner),
        st.builds("f'{{({})}}'".format, inner.filter(lambda text: "'" not in text and "\n" not in text)),
        st.builds("'😀', {}, *{}".format, inner, inner).map("({})".format),
    )


EXPRESSIONS = st.recursive(NAMES, calls, max_leaves=12)
LINES = st.lists(
    st.one_of(
        EXPRESSIONS,
        st.builds("x = {}; y = {}".format, EXPRESSIONS, EXPRESSIONS),
        st.builds("while ({}): ({}); break".format, EXPRESSIONS, EXPRESSIONS),
        st.builds("@({})\ndef g(z=({})):\n\treturn ({})".format, EXPRESSIONS, EXPRESSIONS, EXPRESSIONS),
    ),
    max_size=5,
)


@settings(max_examples=100)
@given(LINES, st.sampled_from(["\n", "\r\n"]))
def test_any_program_has_the_positions_of_libcst(lines: list[str], newline: str) -> None:
    text = newline.join(line.replace("\n", newline) for line in [*lines, ""])
    try:
        ast.parse(text)
    except SyntaxError:
        return
    source = parse("a.py", text.encode())
    theirs = by_libcst(source)
    for node in nodes(source.module):
        if isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement, cst.Call)):
            assert source.span(node) == theirs[id(node)]


def test_other_nodes_are_placed_exactly() -> None:
    source = parse("a.py", b"x = [1,\n     name]\n")
    name = source.module.body[0].body[0].value.elements[1].value  # type: ignore[union-attr, union-attr]
    assert source.span(name) == Span("a.py", 2, 6, 2, 10)


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"def f(:\n", 1, "invalid syntax"),
        (b"x = 1\ny = = 2\n", 2, "invalid syntax"),
        (b"print 'x'\n", 1, "Python 2"),
        (b"x = 1\nraise ValueError, 'x'\n", 2, "Python 2"),
        (b"a = 1\nb = '\xe9'\n", 2, "0xe9"),
        (b"# coding: no-such-thing\n", 1, "no-such-thing"),
        (b"x = " + b"(" * 5000 + b")" * 5000, 1, "cannot be parsed"),
        (b"x = 1\n\x00\n", 2, "cannot be parsed"),
    ],
)
def test_what_cannot_be_parsed_is_named_with_its_line(data: bytes, line: int, words: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        parse("shop/a.py", data)
    problem = refusal.value.problem
    assert (problem.span.path, problem.span.line) == ("shop/a.py", line)
    assert words in problem.reason
    assert "\n" not in problem.reason


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"x = '\xc3\xa9'\n", "x = 'é'\n"),
    ],
)
def test_the_coding_of_a_file_is_its_own(data: bytes, text: str) -> None:
    assert parse("a.py", data).text == text


def test_a_long_sum_is_placed_without_recursion() -> None:
    source = parse("a.py", b"x = " + b" + ".join([b"f()"] * 600) + b"\ny = g()\n")
    assert source.span(source.module.body[1].body[0]) == Span("a.py", 2, 1, 2, 8)  # type: ignore[index, union-attr]


@pytest.mark.parametrize("opened", ["(", "[", "{", "f("])
def test_brackets_in_strings_do_not_count_as_nesting(opened: str) -> None:
    assert parse("a.py", f"x = '{opened * 3000}'\n".encode()).module.body
