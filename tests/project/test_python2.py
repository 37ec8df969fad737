from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from conn_lint.project.python2 import as_python3
from conn_lint.project.syntaxtree import SyntaxTree
from conn_lint.project.tree import Unreadable

STDLIB = Path(ast.__file__).parent


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("print", "0    "),
        ('print "a", b', '0   , "a", b'),
        ('print"a" % b', '0   ,"a" % b'),
        ("print a,", "0   , a,"),
        ("print; a()", "0    ; a()"),
        ("print -a", "0   , -a"),
        ('print >>f, "a"', '0   ,   f, "a"'),
        ("print (a), b()", "print (a), b()"),
        ("if a: print b", "if a: 0   , b"),
        ("exec a in b", "0  , a in b"),
        ("exec(a)", "exec(a)"),
        ("raise A, b()", "raise A| b()"),
        ("raise A, (b,\n c), d", "raise A| (b,\n c)| d"),
        ("raise A(b, c)", "raise A(b, c)"),
        ("x = `a` + `b`", "x = (a) + (b)"),
        ("x = a <> b", "x = a != b"),
        ("x = 0777", "x =  777"),
        ("x = 10L", "x = 10 "),
        ("x = 0xFFL", "x = 0xFF "),
        ("x = 0.5", "x = 0.5"),
        ("x = 00", "x = 00"),
        ('x = ur"a"', 'x =  r"a"'),
        ("def f(a, (b, c)=d): pass", "def f(a,  b, c =d): pass"),
        ("x = lambda (a, b): a", "x = lambda  a, b : a"),
        ("def f(a=(1, 2)): pass", "def f(a=(1, 2)): pass"),
        ("a.async(b)", "a.asynC(b)"),
        ("from a import async", "from a import asynC"),
        ("async def f(): pass", "async def f(): pass"),
        ("x = 'print a' # print b", "x = 'print a' # print b"),
        ('"""\nprint a\n"""', '"""\nprint a\n"""'),
        ("x = [\n print_, a]", "x = [\n print_, a]"),
    ],
)
def test_a_statement_of_python_2(old: str, new: str) -> None:
    assert as_python3(old) == new
    ast.parse(new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("except A, e:", "except A   :"),
        ("except (A, B), e:", "except (A, B)   :"),
        ("except A as (b, c):", "except A          :"),
        ("except (A, B):", "except (A, B):"),
        ("except A as e:", "except A as e:"),
        ("except:", "except:"),
    ],
)
def test_a_clause_of_python_2(old: str, new: str) -> None:
    assert as_python3(f"try:\n    a()\n{old}\n    b()\n") == f"try:\n    a()\n{new}\n    b()\n"
    ast.parse(f"try:\n    a()\n{new}\n    b()\n")


@pytest.mark.parametrize(
    "name", ["argparse.py", "asyncio/base_events.py", "dataclasses.py", "tokenize.py", "typing.py"]
)
def test_python_3_stays_as_it_is(name: str) -> None:
    text = (STDLIB / name).read_text()
    assert as_python3(text) == text


def test_a_file_of_python_2_is_read_and_said_to_be_one() -> None:
    tree = SyntaxTree("a.py", b"import b\n\n\ndef f(c):\n    print c\n    b.d()\n")
    assert tree.text(4, 6) == "def f(c):\n    0   , c\n    b.d()\n"
    assert tree.older is not None
    assert (tree.older.span.line, "Python 2" in tree.older.reason) == (1, True)


def test_what_is_called_async_keeps_its_name() -> None:
    text = "from b import async\n\ndef f(async, c):\n    return c.async(async=async)\n"
    tree = SyntaxTree("a.py", text.encode())
    assert (ast.unparse(tree.tree) + "\n", tree.text(1, 4)) == (text, text)


def test_a_file_of_python_3_is_not() -> None:
    assert SyntaxTree("a.py", b"def f(c):\n    print(c)\n").older is None


@pytest.mark.parametrize("text", [b"def f(:\n    print a\n", b"print a b\n", b"x = (\n"])
def test_what_neither_reads_stays_unreadable(text: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        SyntaxTree("a.py", text)
    assert refused.value.problem.reason.startswith("cannot be parsed")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the parser of this Python is older than the syntax")
def test_new_syntax_is_no_python_2() -> None:
    assert SyntaxTree("a.py", b"def f[T](a: T) -> T:\n    return a\n").older is None
