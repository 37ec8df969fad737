"""Random settings programs that Python can run: what the evaluator is compared with."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.settings.grammar import (
    ENGINES,
    FUNCTIONS,
    HELPERS,
    KEYS,
    LIST_OF_RISKS,
    LITERALS,
    NAMES,
    NESTED,
    OTHER,
    SIMPLE,
    TABLES,
    TESTS,
    TEXTS,
    VALUES,
    VARIABLES,
)

IMPORTS = ("from datetime import timedelta", "from operator import eq as operator_of", "from pathlib import Path")


class Writer:
    """Fills templates in, choice by choice."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.functions: list[str] = []
        self.in_loop = False
        self.count = 0
        self.parts: dict[str, Callable[[], str]] = {
            "attribute": lambda: repr(self.pick(("H", "T", "Z"))),
            "bit": lambda: self.pick("01"),
            "digit": lambda: self.pick("0123"),
            "engine": lambda: repr(self.pick(ENGINES)),
            "handled": lambda: self.pick(("Exception", "KeyError", "(KeyError, ValueError)", "Exception")),
            "key": lambda: repr(self.pick(KEYS)),
            "literal": lambda: self.pick(LITERALS),
            "member": lambda: self.pick(("AGE", "start", "twice")),
            "missing": lambda: self.pick(("H", "nothing")),
            "name": lambda: self.pick(NAMES),
            "number": lambda: repr(self.pick(("5", "60", "0"))),
            "quoted": lambda: repr(self.pick(NAMES)),
            "several": lambda: self.pick(("range(3)", "[1, None]", "list(L)", "sorted(D)", "()", "('x', 60)")),
            "sign": lambda: self.pick("+-*"),
            "start": lambda: self.pick(("0", "1", "len(os.environ.get('V0', ''))")),
            "unused": lambda: f"N{self.rng.randint(0, 99)}",
            "target": lambda: f"DATABASES[{self.pick(('default', 'default', 'other'))!r}]",
            "text": lambda: repr(self.pick(TEXTS)),
            "variable": lambda: repr(self.pick(VARIABLES)),
            "word": lambda: repr(self.pick(("k", "m", "z"))),
            "xy": lambda: repr(self.pick("xy")),
        }

    def pick(self, options: str | tuple[str, ...] | list[str]) -> str:
        return self.rng.choice(options)

    def fill(self, template: str, depth: int = 2) -> str:
        """``template`` with everything in it filled in; expressions nest ``depth`` deep."""
        own: dict[str, str] = {}

        def part(match: re.Match[str]) -> str:
            kind = match[1]
            if kind in ("x", "y", "c", "C", "f"):
                if kind not in own:
                    self.count += 1
                    own[kind] = f"{kind}{self.count}"
                return own[kind]
            if kind in self.parts:
                return self.parts[kind]()
            if kind == "value":
                return self.fill(self.pick(VALUES if depth else VALUES[:6]), depth - 1 if depth else 0)
            if kind == "test":
                return self.fill(self.pick(TESTS), max(depth - 1, 0))
            if kind == "table":
                return self.fill(self.pick(TABLES), min(depth, 1))
            if kind == "call":
                value = self.fill("<value>", 0)
                return f"{self.pick(self.functions)}({value})" if self.functions else value
            if kind == "risky":
                return self.fill(self.pick(LIST_OF_RISKS), 1)
            raise LookupError(kind)

        return re.sub(r"<(\w+)>", part, template)

    def statements(self, most: int, depth: int, *, plain: bool = False) -> list[str]:
        """Up to ``most`` statements that nest ``depth`` deep; ``plain`` ones define no functions."""
        lines: list[str] = []
        for _ in range(self.rng.randint(1, most)):
            kind = self.rng.random()
            if depth and kind < 0.45:
                lines += self.compound(self.pick(NESTED), depth)
            elif depth and kind < 0.6 and not plain:
                lines += self.compound(self.pick(FUNCTIONS), depth)
            else:
                lines += self.fill(self.pick(SIMPLE)).split(";")
        return lines

    def module(self, most: int, depth: int) -> list[str]:
        """Statements for the top of a module, such as Python takes: ``import *`` stands in no function, and so on."""
        functions = list(self.functions)
        while True:
            lines = self.statements(most, depth)
            try:
                compile("\n".join(lines), "module", "exec")
            except SyntaxError:
                self.functions = list(functions)
            else:
                return lines

    def compound(self, template: str, depth: int) -> list[str]:
        outer = self.in_loop
        blocks: dict[str, list[str]] = {}
        if "<globals>" in template:
            self.in_loop = False
        for kind in re.findall(r"^<(block|inner|turn|body)>$", template, re.M):
            self.in_loop = outer if kind in ("block", "inner") else kind == "turn"
            body = self.statements(2, depth - 1, plain=True)
            if self.in_loop and self.rng.random() < 0.3:
                body.insert(
                    self.rng.choice((0, len(body))), self.fill(f"if <test>: {self.pick(('break', 'continue'))}", 1)
                )
            indent = "        " if kind == "inner" else "    "
            blocks.setdefault(f"<{kind}>", []).append("\n".join(indent + line for line in body))
        self.in_loop = outer
        if "<globals>" in template:
            template = template.replace("<globals>", self.globals())
        pieces = [blocks[line].pop(0) if line in blocks else line for line in template.split("\n")]
        text = self.fill("\n".join(pieces))
        function = re.search(r"^(?:def )?(f\d+)\b", text, re.M)
        if function:
            self.functions.append(function[1])
        return text.split("\n")

    def globals(self) -> str:
        known = [name for name in NAMES if self.rng.random() < 0.5]
        lines = [f"    global {', '.join([*known, 'L', 'D', 'E', 'OPT', 'STATIC', 'CACHES', 'DATABASES'])}"]
        lines += [f"    {name} = {self.pick(('p', 'q'))}" for name in NAMES if name not in known]
        return "\n".join(lines)


def random_package(rng: random.Random, leaves: int) -> dict[str, str]:
    """The files of a package: ``leaf0.py`` and the following are settings modules that start from the same base."""
    writer = Writer(rng)
    base = ["import contextlib, copy, functools, importlib, json, os, sys", *IMPORTS]
    base.append(writer.pick(("from . import helpers", "import site_of_files.helpers as helpers")))
    base += [f"{name} = {writer.pick(LITERALS)}" for name in NAMES]
    base += ["L = [1, 2]", "D = {'k': 5, 'm': None}", "E = dict(D)", "OPT = {}", "STATIC, CACHES = [], {'default': {}}"]
    base.append(writer.fill("DATABASES = {'default': {'ENGINE': <engine>, 'CONN_MAX_AGE': 60}, 'other': {}}"))
    base += writer.module(3, 2)
    files = {"__init__.py": "", "helpers.py": writer.fill(HELPERS.strip()) + "\n"}
    files["other.py"] = writer.fill(OTHER.strip()) + "\n"
    if rng.random() < 0.2:
        base.append("__all__ = ['L', 'D', 'E', 'OPT', 'DATABASES', 'STATIC', 'CACHES', 'contextlib', 'copy', 'json',")
        base.append("    'functools', 'importlib', 'sys', 'timedelta', 'operator_of', 'Path',")
        base.append(f"    'os', 'helpers', {', '.join(map(repr, (*NAMES, *writer.functions)))}]")
    files["base.py"] = "\n".join(base) + "\n"
    functions = list(writer.functions)
    if rng.random() < 0.2:  # the package itself, which is run before any of its modules
        files["__init__.py"] = "\n".join(["from .base import *", *writer.module(2, 1)]) + "\n"
    for number in range(leaves):
        writer.functions = list(functions)
        files[f"leaf{number}.py"] = "\n".join(["from .base import *", *writer.module(7, 2)]) + "\n"
    return files
