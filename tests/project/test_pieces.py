from __future__ import annotations

import ast
import sys
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conn_lint.project.pieces import Pieces
from conn_lint.project.tree import Unreadable


def pieces_of(text: str) -> Pieces:
    return Pieces("a.py", dedent(text).removeprefix("\n").encode())


def cut(pieces: Pieces) -> dict[int, str]:
    """The text of each function that was cut out, by the line of its ``def``."""
    return {line: pieces.text(piece) for line, piece in sorted(pieces.pieces.items())}


def test_a_function_is_cut_out_with_its_decorators() -> None:
    pieces = pieces_of("""
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
    assert cut(pieces) == {7: "@b\n@c(\n    d,\n)\ndef f():\n    e()\n\n    g()"}
    assert pieces.frame.text == "a = 1\n\n@b\n@c(\n    d,\n)\ndef f():\n    ...\n\n\nh()\n"


def test_the_frame_has_as_many_lines_as_the_file() -> None:
    text = "def f():\n    '''\n    a\n    '''\n    b(\n        c\n    )  # d\n\n\ndef g():\n\n    # e\n    h()\n"
    assert pieces_of(text).frame.text.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("def f():\n    a()\n", [1]),
        ("async def f():\n    a()\n", [1]),
        ("class A:\n    def f(self):\n        a()\n", [2]),
        ("class A:\n    class B:\n        def f(self):\n            a()\n", [3]),
        ("if a:\n    def f():\n        b()\nelse:\n    def f():\n        c()\n", [2, 5]),
        ("try:\n    def f():\n        a()\nexcept B:\n    def f():\n        c()\n", [2, 5]),
        ("try:\n    a()\nfinally:\n    def f():\n        b()\n", [4]),
        ("for a in b:\n    def f():\n        c()\n", [2]),
        ("with a:\n    def f():\n        b()\n", [2]),
        ("def f():\n    def g():\n        a()\n    return g\n", [1]),
        ("def f():\n    @a\n    def g():\n        b()\n", [1]),
        ("def f(\n    a,\n):\n    b()\n", [1]),
        ("def f():\n    a();\n", [1]),
        ("def f():\n    a()  # b\n", [1]),
        ("def f():\n    a()", [1]),
    ],
)
def test_functions_that_are_cut_out(text: str, lines: list[int]) -> None:
    assert sorted(pieces_of(text).pieces) == lines


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a = 1\n",
        "def f(): a()\n",
        "def f(): a(); b()\n",
        "class A:\n    def f(self): a()\n",
        "class A:\n    pass\n",
        "f = lambda: a()\n",
        "def f(a,\n      b): c()\n",
        "match a:\n    case 1:\n        def f():\n            b()\n",
    ],
)
def test_functions_that_stay_in_the_frame(text: str) -> None:
    pieces = pieces_of(text)
    assert not pieces.pieces
    assert pieces.frame.text == text


@pytest.mark.parametrize("text", ["a = 1\rdef f():\n    b()\n", "def f():\r    a()\r", "a\r\r\ndef f():\n    b()\n"])
def test_a_file_with_lone_carriage_returns_is_not_cut(text: str) -> None:
    assert not pieces_of(text).pieces


def test_line_ends_of_the_file_are_kept() -> None:
    pieces = Pieces("a.py", b"def f():\r\n    a()\r\n    b()\r\nc()\r\n")
    assert pieces.frame.text == "def f():\r\n    ...\r\n\r\nc()\r\n"
    assert cut(pieces) == {1: "def f():\r\n    a()\r\n    b()\r"}


def test_tabs_are_kept() -> None:
    pieces = pieces_of("class A:\n\tdef f(self):\n\t\ta()\n")
    assert pieces.frame.text == "class A:\n\tdef f(self):\n\t\t...\n"


def test_columns_count_characters() -> None:
    (piece,) = pieces_of("def f():\n    'žluťoučký'\n").pieces.values()
    assert (piece.last_line, piece.last_column) == (2, 15)


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    a(b())\n",
        "class A:\n    @c\n    def f(self):\n        a(b())\n",
        "if c:\n\tdef f():\n\t\ta(b())\n",
    ],
)
def test_calls_of_a_piece_stand_where_they_stand_in_the_file(text: str) -> None:
    import libcst as cst

    pieces = pieces_of(text)
    (piece,) = pieces.pieces.values()
    source = pieces.function(piece)
    assert source is not None
    found: list[cst.Call] = []

    class Calls(cst.CSTVisitor):
        def visit_Call(self, node: cst.Call) -> None:
            found.append(node)

    source.module.visit(Calls())
    lines = text.split("\n")
    assert {lines[at.line - 1][at.column - 1 : at.end_column - 1] for at in map(source.span, found)} == {
        "a(b())",
        "b()",
    }


def test_what_cannot_stand_alone_is_not_read() -> None:
    pieces = pieces_of("def f():\n    return 1\n")
    (piece,) = pieces.pieces.values()
    assert pieces.function(piece._replace(first_line=2)) is None


def test_syntax_newer_than_the_running_python_is_left_to_libcst() -> None:
    pieces = pieces_of("def f[T](a: T):\n    b()\n")
    assert sorted(pieces.pieces) == ([1] if sys.version_info >= (3, 12) else [])


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
        Pieces("a.py", data)
    assert error.value.problem.span.line == line
    assert reason in error.value.problem.reason


simple = st.sampled_from(["a()", "b = c", "'''d\n\ne'''", "f(\ng,\n)", "pass", "h(); i()", "'é'"])
suites = st.recursive(
    simple.map(lambda text: [*text.split("\n")]),
    lambda inner: st.one_of(
        st.tuples(
            st.sampled_from(["def f():", "async def g(\n    a,\n):", "class A:", "if b:", "while c:"]), inner
        ).map(lambda block: [*block[0].split("\n"), *(_indented(block[1]))]),
        st.tuples(inner, inner).map(lambda two: [*two[0], *two[1]]),
        inner.map(lambda body: ["@d", "def h():", *_indented(body)]),
        inner.map(lambda body: ["try:", *_indented(body), "except E:", *_indented(body)]),
    ),
    max_leaves=12,
)


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


@given(suites, st.sampled_from(["\n", "\r\n"]))
def test_frame_and_pieces_together_are_the_file(lines: list[str], end: str) -> None:
    text = end.join(lines) + end
    pieces = Pieces("a.py", text.encode())
    rebuilt = pieces.frame.text.split("\n")
    for piece in pieces.pieces.values():
        rebuilt[piece.first_line - 1 : piece.last_line] = pieces.text(piece).split("\n")
        assert pieces.function(piece) is not None
    assert "\n".join(rebuilt) == text
    heads = {
        node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert pieces.pieces.keys() <= heads
