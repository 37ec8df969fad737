"""What the configuration says about functions, over what is read from their source: the user knows better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from conn_lint.workers import UnknownFunction
from conn_lint.workers import values as v
from conn_lint.workers.extract import MODULE
from conn_lint.workers.graph import Graph
from conn_lint.workers.prefilter import may_hold_units
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol


class Names:
    """Dotted names of functions, and patterns of such names: ``shop.jobs.*``, in which ``*`` stands for dots too."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.words = tuple(words)
        self._exact = frozenset(self.words)
        self._patterns = tuple(word for word in self.words if is_pattern(word))

    def __contains__(self, dotted: str) -> bool:
        return dotted in self._exact or any(fnmatchcase(dotted, pattern) for pattern in self._patterns)

    def __bool__(self) -> bool:
        return bool(self.words)


class Corrections(NamedTuple):
    """The functions that are taken for something by their names, whatever they look like."""

    closers: Names = Names()
    """Close old connections."""
    orm: Names = Names()
    """Use the ORM."""
    entrypoints: Names = Names()
    """Run outside a request, each run a job."""
    not_entrypoints: Names = Names()
    """Are no units of work of their own."""

    def check(self, graph: Graph) -> None:
        """Raises UnknownFunction for a name that means nothing; ``closers`` and ``orm`` may lie outside the tree."""
        for key, names in zip(self._fields, self, strict=True):
            for word in names.words:
                outside = key in ("closers", "orm") and not graph.project.modules.owns(word)
                if not outside and next(functions_named(graph, word), None) is None:
                    close = _meant(graph, word)
                    raise UnknownFunction(
                        f"{key.replace('_', '-')}: {word!r} names no function of the project"
                        f"{f'; did you mean {close!r}?' if close else ''}"
                    )

    def excludes(self, graph: Graph, func: v.Func) -> bool:
        """Whether ``func`` is named as no entrypoint, by the class that defines it or by the one it is run for."""
        if not self.not_entrypoints:
            return False
        symbol = func.named or func.symbol
        names = [_dotted(graph, symbol.path, symbol.qualname)]
        if func.owner:
            method = symbol.qualname.rpartition(".")[2]
            names.append(_dotted(graph, func.owner.path, f"{func.owner.qualname}.{method}"))
        return any(name in self.not_entrypoints for name in names)


def is_pattern(word: str) -> bool:
    return not {"*", "?", "["}.isdisjoint(word)


def functions_named(graph: Graph, word: str) -> Iterator[v.Func]:
    """The functions of the tree that a dotted name or pattern means."""
    if not is_pattern(word):
        found = graph.lookup(word)
        if isinstance(found, FunctionSymbol):
            owner = graph.lookup(word.rpartition(".")[0])
            yield v.Func(found, owner if isinstance(owner, ClassSymbol) else None)
        return
    head = word[: min(word.find(sign) for sign in "*?[" if sign in word)]
    for path in graph.project.tree.paths:
        module = graph.project.modules.name_of(path) if may_hold_units(path) else ""
        if not module or not (module.startswith(head) or head.startswith(f"{module}.")):
            continue
        facts = graph.facts(path)
        for qualname, function in tuple(facts.functions.items()) if facts else ():
            if qualname != MODULE and fnmatchcase(f"{module}.{qualname}", word):
                yield v.Func(
                    FunctionSymbol(path, qualname), ClassSymbol(path, function.owner) if function.owner else None
                )


def _dotted(graph: Graph, path: str, qualname: str) -> str:
    return f"{graph.project.modules.name_of(path)}.{qualname}"


def _meant(graph: Graph, word: str) -> str:
    """The function of the same module whose name is most like ``word``."""
    from difflib import get_close_matches

    parts = word.split(".")
    for end in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:end])
        path = graph.project.modules.path_of(module)
        facts = graph.facts(path) if path else None
        if facts:
            known = [f"{module}.{qualname}" for qualname in facts.functions if qualname != MODULE]
            return next(iter(get_close_matches(word, known, n=1)), "")
    return ""
