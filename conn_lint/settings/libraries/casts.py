"""Casting the text of a variable, as the settings libraries do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import Sequence
from conn_lint.settings.folding import fold, unknown
from conn_lint.settings.values import Atom, Const, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

TRUE_WORDS = frozenset("1 ok on t true y yes".split())
FALSE_WORDS = frozenset("0 f false n no off".split())


def truth_word(value: Any) -> bool:
    """A truth value from text; raises ValueError for words that are neither."""
    if isinstance(value, (bool, int, float)):
        return bool(value)
    word = str(value).strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS or not word:
        return False
    raise ValueError(value)


def loose_truth(value: Any) -> bool:
    """A truth value from text, as django-environ does it: what is not true is false."""
    try:
        return int(value) != 0
    except ValueError:
        return str(value).lower().strip() in ("true", "on", "ok", "y", "yes", "1")


def loose_float(value: Any) -> float:
    """A float from text, as django-environ does it: the last comma or dot is the point, the rest is left out."""
    whole, *parts = re.split(r"[,.]", re.sub(r"[^\d,.-]", "", str(value)))
    return float("".join([whole, *parts[:-1]]) + "." + parts[-1] if parts else whole)


def words(value: Any) -> list[str]:
    """A list from text with commas."""
    return [word for word in str(value).split(",") if word]


CASTS: dict[str, Callable[[Any], Any]] = {
    "bool": truth_word,
    "float": float,
    "int": int,
    "json": json.loads,
    "list": words,
    "str": str,
    "tuple": lambda value: tuple(words(value)),
}


def cast(machine: Machine, node: cst.CSTNode, name: str, function: Callable[[Any], Any], tree: Tree) -> Tree:
    """``function`` of the text in ``tree``; an unknown of its own for unknown text."""

    def convert(leaf: Atom) -> Tree:
        if isinstance(leaf, Const):
            return fold(machine, node, name, function, leaf)
        made = unknown(machine, node, name, leaf)
        return Sequence(name, made, node) if name in ("list", "tuple") else made

    return machine.each(tree, convert)
