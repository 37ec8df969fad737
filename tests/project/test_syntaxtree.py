from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from conn_lint.project.syntaxtree import SyntaxTree, first_line
from conn_lint.project.tree import Unreadable


def text_of(tree: SyntaxTree, line: int) -> str:
    """The lines of the function whose ``def`` stands on ``line``."""
    definition = tree.functions[line]
    assert definition.end_lineno is not None
    return tree.text(first_line(definition), definition.end_lineno)


def tree_of(text: str) -> SyntaxTree:
    return SyntaxTree("a.py", dedent(text).removeprefix("\n").encode())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a = 1\n", []),
        ("f = lambda: a()\n", []),
        ("def f(): a()\n", [1]),
        ("def f():\n    a()\n", [1]),
        ("@a\n@b(\n    c,\n)\ndef f():\n    a()\n", [5]),
        ("async def f():\n    a()\n", [1]),
        ("class A:\n    def f(self):\n        a()\n", [2]),
        ("class A:\n    class B:\n        def f(self):\n            a()\n", [3]),
        ("if a:\n    def f():\n        b()\nelse:\n    def f():\n        c()\n", [2, 5]),
        ("try:\n    def f():\n        a()\nexcept B:\n    def f():\n        c()\n", [2, 5]),
        ("try:\n    a()\nfinally:\n    def f():\n        b()\n", [4]),
        ("for a in b:\n    def f():\n        c()\n", [2]),
        ("with a:\n    def f():\n        b()\n", [2]),
        ("match a:\n    case 1:\n        def f():\n            b()\n", [3]),
        ("def f():\n    def g():\n        a()\n    return g\n", [1]),
    ],
)
def test_functions_are_found_by_their_line(text: str, lines: list[int]) -> None:
    assert sorted(tree_of(text).functions) == lines


def test_the_text_of_a_function_begins_with_its_decorators() -> None:
    tree = tree_of("""
        a = 1

        @b
        @c(
            d,
        )
        def f():
            e()

            g()
        h()
        """)
    assert text_of(tree, 7) == "@b\n@c(\n    d,\n)\ndef f():\n    e()\n\n    g()\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_ast_has_it(end: str) -> None:
    tree = SyntaxTree("a.py", f"a = '''\x0c\v'''{end}def f():{end}    b(){end}c(){end}".encode())
    assert text_of(tree, 2) == f"def f():{end}    b(){end}"


def _call(tree: SyntaxTree) -> ast.Call:
    return next(node for node in ast.walk(tree.tree) if isinstance(node, ast.Call))


@pytest.mark.parametrize("name", ["abcd", "žluť", "名前は何", "a😀bc"])
def test_columns_count_characters(name: str) -> None:
    tree = tree_of(f"x = '{name}'; f('{name}')\n")
    assert tree.span(_call(tree))[1:] == (1, 13, 1, 22)


@pytest.mark.parametrize(
    "text",
    [
        "def f[T](a: T):\n    b(a)\n",
        "type A = list[int]\nb(1)\n",
        'x = f\'{b("a")!r:>{c}}\'; y = f"{b("é")}"\n',
        "try:\n    b(1)\nexcept* A:\n    pass\n",
    ],
    ids=["type parameters", "type", "quotes in f-strings", "except*"],
)
def test_syntax_of_a_newer_python_is_read(text: str) -> None:
    tree = tree_of(text)
    call = _call(tree)
    assert isinstance(call.func, ast.Name)
    assert call.func.id == "b"
    at = tree.span(call)
    assert text.split("\n")[at.line - 1][at.column - 1 : at.end_column - 1].startswith("b(")


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"def f(:\n    a()\n", 1, "invalid syntax"),
        (b"def f():\n    a()\n  b()\n", 3, "invalid syntax"),
        (b"# \xff\n", 1, "cannot be decoded"),
        (b"a()\ndef f():\n    b('\xe9')\n", 3, "cannot be decoded as utf-8: byte 0xe9"),
        (b"# coding: nonsense\n", 1, "cannot be decoded"),
        (b"a\0b", 1, "NUL"),
    ],
)
def test_what_is_not_python_is_said_once_with_its_line(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(Unreadable) as error:
        SyntaxTree("a.py", data)
    assert error.value.problem.span.line == line
    assert reason in error.value.problem.reason
