"""Pieces of settings code, tried with every kind of value: what the evaluator says against what Python makes of them.

A piece that fails is in a ``try``, so that what fails must be told from what does not.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from tests.settings.oracle import ABSENT, Package, objections

HEAD = """
import copy, json, os
from collections import OrderedDict
from datetime import timedelta
from pathlib import PurePosixPath
A = os.environ.get('A')
class Plan:
    age = 3
    def doubled(self): return 6
def age(x=5): return x
def ages():
    yield 1
    yield 2
"""

VALUES = """
None
True
0
3
-1
1.5
'x'
''
'3'
b'y'
[1, 2]
[]
[[1], 'x']
(1, 2)
()
{'k': 5, 'm': 7}
{}
{1, 2}
{'k'}
set()
frozenset({1})
{'k': 5, 'm': 7}.keys()
{'m': 7, 'k': 5}.keys()
{'k': 5}.values()
{'k': 5}.items()
{}.items()
range(3)
iter([1, 2])
(x for x in [1, 2])
map(str, [1])
zip([1], [2])
enumerate('x')
reversed([1, 2])
OrderedDict([('k', 5), ('m', 7)])
OrderedDict([('m', 7), ('k', 5)])
PurePosixPath('/x')
[PurePosixPath('/x')]
timedelta(seconds=60)
age
Plan
Plan()
Plan().doubled
len
ages()
int
(A or 'no')
([1] if A else (1,))
""".strip().splitlines()


AT_ONCE = 30
"""Pieces per module."""


class Piece(NamedTuple):
    """Statements, and the expression whose value is asked for behind them."""

    statements: str
    result: str


def found_wrong(pieces: list[Piece]) -> Iterator[str]:
    """What the evaluator says wrongly of the results of ``pieces``."""
    for start in range(0, len(pieces), AT_ONCE):
        part = pieces[start : start + AT_ONCE]
        lines = [HEAD]
        for number, piece in enumerate(part):
            body = textwrap.indent(f"{piece.statements}\nX{number} = {piece.result}", "    ")
            lines.append(f"try:\n{body}\nexcept Exception:\n    X{number} = 'FAILED'")
        lines.append("DATABASES = {")
        lines += [f"'{number}': {{'ENGINE': 'sqlite3', 'HOST': X{number}}}," for number in range(len(part))]
        package = Package({"__init__.py": "", "leaf.py": "\n".join([*lines, "}\n"])})
        environments = [{}, {"A": "1"}]
        deployment = package.evaluated("leaf", {})
        for env, truth in zip(environments, package.truths("leaf", environments), strict=True):
            assert truth is not ABSENT
            for text in objections(deployment, truth, by_default=not env):
                alias = text.partition("[")[0]
                yield f"{part[int(alias)] if alias.isdigit() else part}, with {env}: {text}"
