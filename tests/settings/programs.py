"""Random settings programs that Python can run: what the evaluator is compared with."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

VARIABLES = ("V0", "V1", "V2", "V3")
TEXTS = ("", "0", "1", "60", "mysql", "x")
NAMES = ("a", "b", "c")
KEYS = ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "ENGINE", "HOST")
ALIASES = ("default", "other")


class Writer:
    """Writes one program, choice by choice, with what ``draw`` gives."""

    def __init__(self, draw: Any, functions: tuple[str, ...] = ()) -> None:
        self.draw = draw
        self.functions = list(functions)
        self.lines: list[str] = []
        self.in_function = 0
        self.in_loop = 0
        self.count = 0

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(tuple(options)))

    def chance(self, one_in: int) -> bool:
        return bool(self.draw(st.integers(1, one_in)) == 1)

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def value(self, depth: int = 2) -> str:
        kinds = ["literal", "name", "env"]
        if depth:
            kinds += ["env-int", "ternary", "or", "get", "sum", "call", "text", "index", "comprehension", "walrus"]
        kind = self.pick(kinds)
        if kind == "literal":
            return str(self.pick(["0", "60", "600", "None", "True", "'x'", "3.5", "-1"]))
        if kind == "name":
            return str(self.pick(NAMES))
        if kind == "env":
            return f"os.environ.get({self.pick(VARIABLES)!r}, {self.pick(TEXTS)!r})"
        if kind == "env-int":
            return f"int(os.environ.get({self.pick(VARIABLES)!r}, {self.pick(['5', '60', '0'])!r}))"
        if kind == "ternary":
            return f"({self.value(depth - 1)} if {self.test(depth - 1)} else {self.value(depth - 1)})"
        if kind == "or":
            return f"({self.value(depth - 1)} {self.pick(['or', 'and'])} {self.value(depth - 1)})"
        if kind == "get":
            return f"D.get({self.pick(['k', 'm', 'z'])!r}, {self.value(depth - 1)})"
        if kind == "sum":
            return f"(len(L) {self.pick('+-*')} {self.pick(['1', '2', 'len(D)'])})"
        if kind == "text":
            return f"f'{{{self.pick(NAMES)}}}-{{len(L)}}'"
        if kind == "index":
            return f"({{'x': {self.value(depth - 1)}, 'y': 7}}[{self.pick(['x', 'y'])!r}])"
        if kind == "comprehension":
            return f"sum([i for i in range({self.pick('0123')}) if i != {self.pick('012')}])"
        if kind == "walrus":
            return f"({self.pick(NAMES)} := {self.value(depth - 1)})"
        if self.functions:
            return f"{self.pick(self.functions)}({self.value(depth - 1)})"
        return "1"

    def test(self, depth: int = 2) -> str:
        kinds = ["in", "equals", "name", "is-none"]
        if depth:
            kinds += ["not", "and", "length", "isinstance", "has"]
        kind = self.pick(kinds)
        if kind == "in":
            return f"{self.pick(VARIABLES)!r} in os.environ"
        if kind == "equals":
            return f"{self.value(max(depth - 1, 0))} {self.pick(['==', '!='])} {self.value(0)}"
        if kind == "name":
            return str(self.pick(NAMES))
        if kind == "is-none":
            return f"{self.pick(NAMES)} is {self.pick(['', 'not '])}None"
        if kind == "not":
            return f"not ({self.test(depth - 1)})"
        if kind == "and":
            return f"({self.test(depth - 1)} {self.pick(['and', 'or'])} {self.test(depth - 1)})"
        if kind == "length":
            return f"len(L) > {self.pick('0123')}"
        if kind == "isinstance":
            return f"isinstance({self.pick(NAMES)}, {self.pick(['int', 'str', '(int, str)'])})"
        return f"{self.pick(['k', 'z'])!r} in D"

    def table(self) -> str:
        pairs = [f"{key!r}: {self.value(1)}" for key in KEYS if not self.chance(2)]
        if self.chance(4):
            pairs.insert(0, "**D")
        return "{" + ", ".join(pairs) + "}"

    def put(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def block(self, depth: int, budget: int) -> None:
        for _ in range(self.draw(st.integers(1, budget))):
            self.statement(depth, budget - 1)

    def statement(self, depth: int, budget: int) -> None:
        kinds = [
            "name",
            "name",
            "key",
            "key",
            "alias",
            "update",
            "list",
            "dict",
            "delete",
            "borrow",
            "loop-key",
            "globals",
        ]
        if budget > 0:
            kinds += ["if", "if", "try", "for", "while", "function", "class", "match", "for-env"]
        if self.in_function:
            kinds += ["return"]
        if self.in_loop:
            kinds += ["leave"]
        getattr(self, "_" + self.pick(kinds).replace("-", "_"))(depth, budget)

    def target(self) -> str:
        return f"DATABASES[{self.pick(ALIASES)!r}]"

    def _name(self, depth: int, budget: int) -> None:
        name = self.pick(NAMES)
        shape = self.pick(["plain", "plain", "unpack", "chain"])
        if shape == "plain":
            self.put(depth, f"{name} = {self.value()}")
        elif shape == "unpack":
            self.put(depth, f"{name}, *rest = [{self.value(1)}, {self.value(1)}]")
        else:
            self.put(depth, f"{name} = {self.pick(NAMES)} = {self.value()}")

    def _key(self, depth: int, budget: int) -> None:
        self.put(depth, f"{self.target()}[{self.pick(KEYS)!r}] = {self.value()}")

    def _alias(self, depth: int, budget: int) -> None:
        self.put(depth, f"{self.target()} = {self.table()}")

    def _update(self, depth: int, budget: int) -> None:
        how = self.pick(["update", "setdefault", "|=", "pop", "copy"])
        if how == "update":
            self.put(depth, f"{self.target()}.update({self.table()})")
        elif how == "setdefault":
            self.put(depth, f"{self.target()}.setdefault({self.pick(KEYS)!r}, {self.value(1)})")
        elif how == "|=":
            self.put(depth, f"{self.target()} |= {self.table()}")
        elif how == "pop":
            self.put(depth, f"{self.pick(NAMES)} = {self.target()}.pop({self.pick(KEYS)!r}, {self.value(1)})")
        else:
            self.put(depth, f"{self.target()} = {self.pick(['dict', 'copy.copy', 'copy.deepcopy'])}({self.target()})")

    def _list(self, depth: int, budget: int) -> None:
        how = self.pick(["append", "+=", "new", "extend"])
        if how == "append":
            self.put(depth, f"L.append({self.value(1)})")
        elif how == "+=":
            self.put(depth, f"L += [{self.value(1)}]")
        elif how == "extend":
            self.put(depth, f"L.extend([{self.value(0)}, {self.value(0)}])")
        else:
            self.put(depth, f"L = [{self.value(1)}, {self.value(1)}]")

    def _dict(self, depth: int, budget: int) -> None:
        self.put(depth, f"D[{self.pick(['k', 'm', 'CONN_MAX_AGE'])!r}] = {self.value(1)}")

    def _delete(self, depth: int, budget: int) -> None:
        key = self.pick(KEYS)
        self.put(depth, f"if {key!r} in {self.target()}: del {self.target()}[{key!r}]")

    def _borrow(self, depth: int, budget: int) -> None:
        name = self.fresh("t")
        self.put(depth, f"{name} = {self.target()}")
        self.put(depth, f"{name}[{self.pick(KEYS)!r}] = {self.value(1)}")

    def _loop_key(self, depth: int, budget: int) -> None:
        each = self.fresh("d")
        self.put(depth, f"for {each} in {self.pick(['DATABASES.values()', 'list(DATABASES.values())'])}:")
        self.put(depth + 1, f"{each}[{self.pick(KEYS)!r}] = {self.value(1)}")

    def _globals(self, depth: int, budget: int) -> None:
        self.put(depth, f"globals()[{self.pick(NAMES)!r}] = {self.value(1)}")

    def _if(self, depth: int, budget: int) -> None:
        self.put(depth, f"if {self.test()}:")
        self.block(depth + 1, budget)
        if self.chance(3):
            self.put(depth, f"elif {self.test()}:")
            self.block(depth + 1, budget)
        if self.chance(2):
            self.put(depth, "else:")
            self.block(depth + 1, budget)

    def _try(self, depth: int, budget: int) -> None:
        self.put(depth, "try:")
        risky = self.pick(
            [
                f"{self.pick(NAMES)} = os.environ[{self.pick(VARIABLES)!r}]",
                f"{self.pick(NAMES)} = int({self.pick(NAMES)})",
                f"{self.pick(NAMES)} = D[{self.pick(['k', 'z'])!r}]",
                "raise KeyError('no')",
                "from .missing_local import *",
                f"{self.pick(NAMES)} = {self.value()}",
            ]
        )
        if "import" in risky and (self.in_function or depth):
            risky = "raise ImportError"
        self.put(depth + 1, risky)
        self.block(depth + 1, budget)
        self.put(depth, f"except {self.pick(['Exception', 'KeyError', '(KeyError, ValueError)', 'Exception'])}:")
        self.block(depth + 1, budget)
        if self.chance(4):
            self.put(depth, "else:")
            self.block(depth + 1, budget)
        if self.chance(4) and not self.in_function and not self.in_loop:
            self.put(depth, "finally:")
            self.put(depth + 1, f"{self.pick(NAMES)} = {self.value(1)}")

    def _for(self, depth: int, budget: int) -> None:
        name = self.fresh("i")
        self.put(depth, f"for {name} in {self.pick(['range(3)', '[1, None]', 'list(L)', 'sorted(D)', '()'])}:")
        self._turn(depth, budget, name)

    def _for_env(self, depth: int, budget: int) -> None:
        name = self.fresh("i")
        self.put(depth, f"for {name} in os.environ.get({self.pick(VARIABLES)!r}, '').split('0'):")
        self._turn(depth, budget, name)

    def _turn(self, depth: int, budget: int, name: str) -> None:
        self.in_loop += 1
        self.put(depth + 1, f"{self.pick(NAMES)} = {name}")
        self.block(depth + 1, budget)
        self.in_loop -= 1
        if self.chance(4):
            self.put(depth, "else:")
            self.put(depth + 1, f"{self.pick(NAMES)} = {self.value(1)}")

    def _while(self, depth: int, budget: int) -> None:
        name = self.fresh("n")
        start = self.pick(["0", "1", "len(os.environ.get('V0', ''))"])
        self.put(depth, f"{name} = {start}")
        self.put(depth, f"while {name} < 3:")
        self.put(depth + 1, f"{name} += 1")
        self._turn(depth, budget, name)

    def _leave(self, depth: int, budget: int) -> None:
        self.put(depth, f"if {self.test(1)}: {self.pick(['break', 'continue'])}")

    def _return(self, depth: int, budget: int) -> None:
        self.put(depth, f"if {self.test(1)}: return {self.value(1)}")

    def _function(self, depth: int, budget: int) -> None:
        if self.in_function or self.in_loop:
            self.put(depth, "pass")
            return
        name = self.fresh("f")
        self.put(depth, f"def {name}(p, q={self.value(1)}):")
        for one in NAMES:
            self.put(depth + 1, f"{one} = p" if self.chance(2) else f"global {one}")
        self.put(depth + 1, "global L")
        self.in_function += 1
        self.block(depth + 1, budget)
        self.in_function -= 1
        self.put(depth + 1, f"return {self.value(1)}")
        if depth == 0:
            self.functions.append(name)
        else:
            self.put(depth, f"{self.pick(NAMES)} = {name}(1)")

    def _class(self, depth: int, budget: int) -> None:
        name = self.fresh("C")
        self.put(depth, f"class {name}:")
        self.put(depth + 1, f"AGE = {self.value(1)}")
        self.put(depth + 1, "def __init__(self, start): self.start = start")
        self.put(depth + 1, "@property")
        self.put(depth + 1, f"def twice(self): return [self.start, self.AGE][{self.pick('01')}]")
        self.put(depth, f"{self.pick(NAMES)} = {name}({self.value(1)}).{self.pick(['AGE', 'start', 'twice'])}")

    def _match(self, depth: int, budget: int) -> None:
        self.put(depth, f"match {self.value(1)}:")
        self.put(depth + 1, f"case {self.pick(['60', 'None', chr(39) + 'x' + chr(39), '0 | 1'])}:")
        self.block(depth + 2, budget)
        self.put(depth + 1, f"case {self.pick(['_', '600', 'other'])}:")
        self.put(depth + 2, f"{self.pick(NAMES)} = {self.value(1)}")


@st.composite
def programs(draw: Any) -> tuple[str, str]:
    """A base module and one that takes everything over from it: their texts."""
    base = Writer(draw)
    base.put(0, "import copy, os")
    for name in NAMES:
        base.put(0, f"{name} = {base.value(1) if base.chance(2) else '60'}".replace(":=", "=="))
    base.lines[1:] = [f"{name} = {base.pick(['1', 'None', chr(34) + 'x' + chr(34)])}" for name in NAMES]
    base.put(0, "L = [1, 2]")
    base.put(0, "D = {'k': 5, 'm': None}")
    base.put(0, "DATABASES = {'default': {'ENGINE': 'mysql', 'CONN_MAX_AGE': 60}, 'other': {}}")
    base.block(0, 3)
    leaf = Writer(draw, tuple(base.functions))
    leaf.count = 1000
    leaf.put(0, "from .base import *")
    leaf.block(0, 5)
    return "\n".join(base.lines) + "\n", "\n".join(leaf.lines) + "\n"
