"""Units of a module: some whole lines, and the names that the statements on them bind, mention and may change.

Names are compared as bare words, whatever module or object they belong to: ``a.b`` mentions ``a`` and ``b``. Two
things of one name are then taken for one, which only ever keeps more than is needed.
"""

from __future__ import annotations

import ast
from typing import NamedTuple


class Call(NamedTuple):
    """One call: ``root.….name(...)``, or ``name(...)`` where both are the same; ``root`` is empty for other things."""

    root: str
    name: str
    receivers: frozenset[str]
    """The names before the dot."""
    given: frozenset[str]
    """The names in its arguments."""


class Unit(NamedTuple):
    """Some whole lines of a module, and what the statements on them may do."""

    first_line: int
    last_line: int
    binds: frozenset[str]
    """Names of the module that they may set or delete."""
    mentions: frozenset[str]
    """Every name and attribute in them."""
    flows: frozenset[str]
    """Those whose objects may come to be in others: not what is only tested."""
    touches: frozenset[str]
    """Names of objects that they change in place, or that functions they define change."""
    calls: tuple[Call, ...]
    variables: frozenset[str]
    """Texts given to functions, or as keys to ``environ``: names of environment variables among them."""
    imports: tuple[tuple[int, str, tuple[str, ...]], ...]
    """What they import: level, module, names; ``*`` among the names."""
    names: frozenset[str]
    """Their bare names alone."""
    outer: frozenset[str]
    """What functions in them mention that is not their own: a name of their own may be another one for it."""
    classes: frozenset[str]
    attributes: frozenset[str]
    """What classes in them set."""
    defines: bool
    """They define functions, which may run later."""
    value: ast.expr | None
    """What is assigned, where that is all they do."""
    leaves: bool
    """They may end the run: ``raise``, ``assert``, ``sys.exit()``."""
    literal: bool
    """They bind names to constants and displays of constants, and do nothing else."""
    deep: bool
    """They nest more deeply than Python can follow by recursion."""
    only_defines: bool
    """They are the definition of a function or class, or name a lambda, and do nothing else."""


MAGIC_WORDS = frozenset(
    "DjangoDynaconf __dict__ __import__ __setattr__ _getframe attrgetter currentframe delattr eval exec"
    " execfile globals import_module include inspect load_dotenv locals prefixed putenv read_dotenv read_env"
    " read_envfile setattr stack unsetenv vars".split()
)
"""Functions that set names or environment variables, or look at them, without their being written down."""

ANYTHING = "<anything>"
"""Stands among the names that are touched where nothing tells which."""

SETS = "="
"""Before a name among those that are touched: functions bind it anew."""

OWN = "<own>"
"""Stands among the names for what starts from a name of a function's own."""
