from __future__ import annotations

import ast
from pathlib import Path

import pytest

from conn_lint.project.recent import as_older

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("def f[T](a: T): b()\n", "def f   (a: T): b()\n"),
        ("async def f[T: (A, B), *C](a): b()\n", f"async def f{' ' * 15}(a): b()\n"),
        ("class A[T](B[T]):\n    c = d()\n", "class A   (B[T]):\n    c = d()\n"),
        ("class A[T: list[int] = list[str]]:\n    c\n", f"class A{' ' * 26}:\n    c\n"),
        ("type A = b[c]\n", "A      : b[c]\n"),
        ("type Long[T = d] = b[c]\n", f"Long{' ' * 13}: b[c]\n"),
        ("try: a\nexcept B, C: d\n", "try: a\nexcept(B,C): d\n"),
        ("try: a\nexcept b.C, d.E, F: g()\n", "try: a\nexcept(b.C,d.E, F): g()\n"),
        ("try: a\nexcept* B: c\n", "try: a\nexcept  B: c\n"),
        ("try: a\nexcept* B, C: d\n", "try: a\nexcept (B,C): d\n"),
    ],
)
def test_new_syntax_is_replaced_in_its_place(new: str, old: str) -> None:
    assert as_older(new) == old
    ast.parse(old)


@pytest.mark.parametrize(
    "text",
    [
        "a = b[c]\n",
        "x.type = a\ntype(a)\ntype = a\ntype[a] = b\ntype.a = b\n",
        "'''def f[T](a): b'''  # class A[T]: pass\n",
        "try: a\nexcept (B, C): d\nexcept E as f: g\nexcept: h[i, j]\n",
        "try: a\nexcept f(B, C): d\n",
        "def\n",
        "",
    ],
)
def test_what_older_versions_read_stays(text: str) -> None:
    assert as_older(text) == text


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.name)
def test_real_files_stay(path: Path) -> None:
    assert as_older(path.read_text()) == path.read_text()
