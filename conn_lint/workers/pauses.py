"""How long a pause lasts whose length is a number that stands elsewhere: a setting, an option of a command, a
default of a parameter.

Such a number may be another where the program runs. What stands in the source is what its author had in mind, and
all that can be judged by; where nothing stands there, the length is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from conn_lint.workers import facts as f
from conn_lint.workers.callsites import flat
from conn_lint.workers.graph import Graph
from conn_lint.workers.paths import UNBOUNDED
from conn_lint.workers.symbols import ClassSymbol
from conn_lint.workers.waits import RANDOM

MAX_STEPS = 8
"""Assignments gone through on the way from the pause to the number."""

_SETTINGS = "django.conf.settings."
_EXTREMES: dict[str, Callable[[list[float]], float]] = {"max": max, "min": min}
"""Built-ins that choose among pauses; of the shortest it is enough to know one."""
_OPTIONS = frozenset(("options", "opts", "kwargs", "self.options"))
"""What people call the options that ``handle()`` is given."""
_NUMBER_IN_SETTINGS = rb"^%s[ \t]*(?::[^=\n]*)?=(?:[^\n#]*[(,= \t])?(\d+(?:\.\d+)?)\)*[ \t]*(?:#[^\n]*)?$"
"""``NAME = 10``, or a call with a number as its last argument: ``NAME = env.int("NAME", default=10)``."""


class Spot(NamedTuple):
    """An expression and where it stands; ``function`` None: outside of functions."""

    facts: f.FileFacts
    function: f.Function | None
    owner: ClassSymbol | None
    expr: f.Expr


def usual_pause(graph: Graph, spot: Spot, steps: int = MAX_STEPS) -> float | None:
    """The seconds that an expression stands for by default, infinite for None; None where nothing says.

    Of several settings modules that give a number the largest counts; a pause from which the time is taken away that
    the work took (``interval - elapsed``) is as long as it is at most."""
    found: Spot | None = spot
    for left in range(steps, 0, -1):
        if found is None:
            return None
        expr = found.expr
        option = _option(expr)
        if isinstance(expr, f.Constant):
            return UNBOUNDED if expr.value is None else _seconds(expr.value)
        if option is not None:
            return _option_default(graph, found.owner, option)
        if isinstance(expr, f.Call) and isinstance(expr.func, f.Name) and expr.func.path in _EXTREMES:
            lengths = [usual_pause(graph, found._replace(expr=each), left - 1) for each in expr.args]
            known = [each for each in lengths if each is not None]
            extreme = _EXTREMES[expr.func.path]
            return extreme(known) if known and (extreme is min or len(known) == len(lengths)) else None
        if isinstance(expr, f.Choice) and expr.test is None and not expr.every:  # pause or settings.PAUSE
            either = (usual_pause(graph, found._replace(expr=each), left - 1) for each in expr.items)
            return max((each for each in either if each is not None and each != UNBOUNDED), default=None)
        if isinstance(expr, f.Call) and _dotted(found.facts, expr.func) in RANDOM and expr.args:
            found = found._replace(expr=expr.args[-1])
        elif isinstance(expr, f.Call) and expr.args[1:] == () and expr.func in (f.Name("int"), f.Name("float")):
            found = found._replace(expr=expr.args[0]) if expr.args else None
        elif isinstance(expr, f.Several) and expr.display == "difference":
            found = found._replace(expr=expr.items[0])
        elif isinstance(expr, f.Name):
            path = _dotted(found.facts, expr)
            if path.startswith(_SETTINGS):
                return _setting(graph, path.removeprefix(_SETTINGS))
            found = _assigned(graph, found, expr.path)
        else:
            return None
    return None


def _dotted(facts: f.FileFacts, expr: f.Expr) -> str:
    """The dotted name that a name stands for which the file imports; "" for another."""
    head, dot, rest = f.written(expr).partition(".")
    return f"{facts.imports[head]}{dot}{rest}" if isinstance(expr, f.Name) and head in facts.imports else ""


def _assigned(graph: Graph, spot: Spot, path: str) -> Spot | None:
    """What stands for ``path``: assigned in its function, in the module, or as an attribute of its class."""
    assigned = list(_lets(spot.function, path))
    if len(assigned) > 1:
        return None  # a pause that grows, as after every failure
    value = assigned[0] if assigned else _default(spot.function, path) or spot.facts.values.get(path)
    if value is not None:
        return spot._replace(expr=value)
    head, _, name = path.partition(".")
    if head != "self" or spot.owner is None:
        return None
    valued = graph.attribute(spot.owner, name)
    facts = graph.facts(valued.path) if valued else None
    if valued is None or facts is None or valued.owner is None:
        return None
    init = facts.functions.get(f"{valued.owner}.__init__")
    if isinstance(valued.value, f.Name) and init is not None:  # self.pause = pause
        default = _default(init, valued.value.path)
        return Spot(facts, None, spot.owner, default) if default is not None else None
    return Spot(facts, None, spot.owner, valued.value)


def _lets(function: f.Function | None, path: str) -> Iterator[f.Expr]:
    for statement in flat(function.body) if function else ():
        if isinstance(statement, f.Let) and path in statement.targets:
            yield statement.value


def _default(function: f.Function | None, name: str) -> f.Expr | None:
    return dict(function.defaults).get(name) if function else None


def _option(expr: f.Expr) -> str | None:
    """The name of the option that ``options["name"]`` or ``options.get("name")`` reads."""
    key: f.Expr | None = None
    if isinstance(expr, f.Item) and isinstance(expr.value, f.Name) and expr.value.path in _OPTIONS:
        key = expr.key
    elif isinstance(expr, f.Call) and isinstance(expr.func, f.Name) and expr.args:
        owner, _, method = expr.func.path.rpartition(".")
        key = expr.args[0] if owner in _OPTIONS and method in ("get", "pop") else None
    return key.value if isinstance(key, f.Constant) and isinstance(key.value, str) else None


def _option_default(graph: Graph, owner: ClassSymbol | None, option: str) -> float | None:
    """The default that the management command ``owner`` gives to ``option`` in ``add_arguments()``."""
    method = graph.method(owner, "add_arguments") if owner else None
    function = graph.function(method) if method else None
    for statement in flat(function.body) if function else ():
        call = statement.value if isinstance(statement, (f.Do, f.Let)) else None
        if not isinstance(call, f.Call):
            continue
        keywords = dict(call.keywords)
        names = [keywords["dest"]] if "dest" in keywords else list(call.args)
        texts = [name.value for name in names if isinstance(name, f.Constant) and isinstance(name.value, str)]
        if option in [text.lstrip("-").replace("-", "_") for text in texts]:
            default = keywords.get("default")
            facts = graph.facts(method.path) if method else None
            return usual_pause(graph, Spot(facts, None, owner, default)) if default is not None and facts else None
    return None


def _setting(graph: Graph, name: str) -> float | None:
    """The largest number that a settings module gives to ``name`` itself."""
    pattern = re.compile(_NUMBER_IN_SETTINGS % re.escape(name).encode(), re.MULTILINE)
    numbers: list[float] = []
    for path in graph.index.words.files(name.encode()):
        if "settings" in path or "config" in path:
            numbers += (float(number) for number in pattern.findall(graph.project.data(path)))
    return max(numbers, default=None)


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0 else None
