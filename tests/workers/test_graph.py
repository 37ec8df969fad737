"""What names stand for, across files and classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.workers import facts as f
from conn_lint.workers.graph import Graph
from conn_lint.workers.symbols import ClassSymbol, External, FunctionSymbol, ModuleSymbol, Symbol, Valued
from tests.workers.trees import graph_of, units_of


def resolve(graph: Graph, name: str, path: str = "a.py") -> Symbol | None:
    facts = graph.facts(path)
    assert facts is not None
    return graph.resolve(facts, name)


B = "def f(): pass\nclass C:\n    def m(self): pass\n    x = 1\nv = 2\n"

RESOLVED: dict[str, tuple[dict[str, str], str, Symbol | None]] = {
    "a function of the module": ({"a.py": "def f(): pass"}, "f", FunctionSymbol("a.py", "f")),
    "a class of the module": ({"a.py": "class C: pass"}, "C", ClassSymbol("a.py", "C")),
    "a method": ({"a.py": "class C:\n    def m(self): pass"}, "C.m", FunctionSymbol("a.py", "C.m")),
    "a class in a class": ({"a.py": "class C:\n    class D: pass"}, "C.D", ClassSymbol("a.py", "C.D")),
    "a value of the module": ({"a.py": "v = 1"}, "v", Valued("a.py", f.Constant(1), ())),
    "the last value": ({"a.py": "v = 1\nif x:\n    v = 2"}, "v", Valued("a.py", f.Constant(2), ())),
    "an attribute of a value": ({"a.py": "v = 1"}, "v.x.y", Valued("a.py", f.Constant(1), ("x", "y"))),
    "an attribute of a class": (
        {"a.py": "class C:\n    x = 1"},
        "C.x.y",
        Valued("a.py", f.Constant(1), ("y",), "C"),
    ),
    "a builtin": ({"a.py": ""}, "len", External("builtins.len")),
    "an unknown name": ({"a.py": ""}, "nonsense", None),
    "import": ({"a.py": "import b", "b.py": B}, "b.f", FunctionSymbol("b.py", "f")),
    "import of a module": ({"a.py": "import b", "b.py": B}, "b", ModuleSymbol("b")),
    "import as": ({"a.py": "import b as x", "b.py": B}, "x.C.m", FunctionSymbol("b.py", "C.m")),
    "import of a submodule": (
        {"a.py": "import p.b", "p/__init__.py": "", "p/b.py": B},
        "p.b.f",
        FunctionSymbol("p/b.py", "f"),
    ),
    "from import": ({"a.py": "from b import f", "b.py": B}, "f", FunctionSymbol("b.py", "f")),
    "from import as": ({"a.py": "from b import C as x", "b.py": B}, "x", ClassSymbol("b.py", "C")),
    "from import of a module": (
        {"a.py": "from p import b", "p/__init__.py": "", "p/b.py": B},
        "b.f",
        FunctionSymbol("p/b.py", "f"),
    ),
    "a package": ({"a.py": "import p", "p/__init__.py": "def f(): pass"}, "p.f", FunctionSymbol("p/__init__.py", "f")),
    "star import": ({"a.py": "from b import *", "b.py": B}, "f", FunctionSymbol("b.py", "f")),
    "star import of a star import": (
        {"a.py": "from b import *", "b.py": "from c import *", "c.py": B},
        "C.m",
        FunctionSymbol("c.py", "C.m"),
    ),
    "the module's own before a star import": (
        {"a.py": "from b import *\ndef f(): pass", "b.py": B},
        "f",
        FunctionSymbol("a.py", "f"),
    ),
    "re-export": ({"a.py": "from b import f", "b.py": "from c import f", "c.py": B}, "f", FunctionSymbol("c.py", "f")),
    "re-export by a package": (
        {"a.py": "from p import f", "p/__init__.py": "from .b import f", "p/b.py": B},
        "f",
        FunctionSymbol("p/b.py", "f"),
    ),
    "a name that the module lacks": ({"a.py": "from b import g", "b.py": B}, "g", None),
    "a cycle of re-exports": ({"a.py": "from b import g", "b.py": "from a import g"}, "g", None),
    "a cycle of star imports": ({"a.py": "from b import *", "b.py": "from a import *"}, "g", None),
    "a module that imports itself": ({"a.py": "from a import g"}, "g", None),
    "a module that cannot be parsed": ({"a.py": "from b import f", "b.py": "def f(:"}, "f", None),
    "outside the tree": ({"a.py": "from rq import Queue"}, "Queue", External("rq.Queue")),
    "an attribute outside the tree": ({"a.py": "import a.b\nimport rq"}, "rq.job.Job", External("rq.job.Job")),
    "in try and except": (
        {"a.py": "try:\n    from b import f\nexcept ImportError:\n    f = None", "b.py": B},
        "f",
        FunctionSymbol("b.py", "f"),
    ),
}


@pytest.mark.parametrize(("files", "name", "symbol"), RESOLVED.values(), ids=RESOLVED)
def test_names(tmp_path: Path, files: dict[str, str], name: str, symbol: Symbol | None) -> None:
    assert resolve(graph_of(tmp_path, files), name) == symbol


RELATIVE = {"p/__init__.py": "", "p/b.py": B, "p/q/__init__.py": "", "p/q/c.py": B}


@pytest.mark.parametrize(
    ("path", "text", "name", "symbol"),
    [
        ("p/a.py", "from .b import f", "f", FunctionSymbol("p/b.py", "f")),
        ("p/a.py", "from . import b", "b.f", FunctionSymbol("p/b.py", "f")),
        ("p/a.py", "from .q.c import f", "f", FunctionSymbol("p/q/c.py", "f")),
        ("p/q/a.py", "from ..b import f", "f", FunctionSymbol("p/b.py", "f")),
        ("p/q/a.py", "from .. import b as x", "x.f", FunctionSymbol("p/b.py", "f")),
        ("p/q/a.py", "from .b import f", "f", None),
        ("p/r/__init__.py", "from ..b import f", "f", FunctionSymbol("p/b.py", "f")),
        ("p/r/__init__.py", "from .d import f", "f", None),
    ],
)
def test_relative_imports(tmp_path: Path, path: str, text: str, name: str, symbol: Symbol | None) -> None:
    assert resolve(graph_of(tmp_path, RELATIVE | {path: text}), name, path) == symbol


@pytest.mark.parametrize(
    ("root", "files"),
    [
        ("src/", {}),
        ("backend/", {"backend/manage.py": ""}),
        ("a/b/", {"a/b/manage.py": ""}),
    ],
)
def test_import_roots(tmp_path: Path, root: str, files: dict[str, str]) -> None:
    tree = {f"{root}p/__init__.py": "", f"{root}p/a.py": "from p.b import f", f"{root}p/b.py": B}
    assert resolve(graph_of(tmp_path, tree | files), "f", f"{root}p/a.py") == FunctionSymbol(f"{root}p/b.py", "f")


def test_imports_of_a_function_come_before_those_of_the_module(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, {"a.py": "from b import f", "b.py": B, "c.py": B})
    facts = graph.facts("a.py")
    assert facts is not None
    assert graph.resolve(facts, "f", {"f": "c.f"}) == FunctionSymbol("c.py", "f")
    assert graph.resolve(facts, "f") == FunctionSymbol("b.py", "f")


# --- classes -------------------------------------------------------------------------------------

CLASSES = {
    "a.py": """
        from b import Base, mixins
        from external import Outside
        class A(Base):
            def m(self): pass
            x = 1
        class B(mixins.Mixin, A): pass
        class C(Outside, B):
            def n(self): pass
        class Loop1(Loop2): pass
        class Loop2(Loop1): pass
        Alias = A
        class D(Alias): pass
        class E(with_metaclass(Meta, A)): pass
        class F(Generic[T], A): pass
        class G(List["A"]): pass
        class H(undefined.Thing): pass
        class Left(A): pass
        class Right(A): pass
        class Both(Left, Right): pass
        """,
    "b.py": """
        import mixins
        class Base:
            def m(self): pass
            def base(self): pass
            x = 0
            y = 0
        """,
    "mixins.py": """
        class Mixin:
            def m(self): pass
        """,
}


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("A", ["A", "Base"], set()),
        ("B", ["B", "Mixin", "A", "Base"], set()),
        ("C", ["C", "B", "Mixin", "A", "Base"], {"external.Outside"}),
        ("D", ["D", "A", "Base"], set()),
        ("E", ["E", "A", "Base"], {"Meta"}),
        ("F", ["F", "A", "Base"], {"Generic"}),
        ("G", ["G"], {"List"}),
        ("H", ["H"], {"undefined.Thing"}),
        ("Both", ["Both", "Left", "Right", "A", "Base"], set()),
    ],
)
def test_bases_in_their_order(tmp_path: Path, name: str, inside: list[str], outside: set[str]) -> None:
    line, names = graph_of(tmp_path, CLASSES).ancestors(ClassSymbol("a.py", name))
    assert [symbol.qualname for symbol in line] == inside
    assert names == outside


def test_a_cycle_of_bases_ends(tmp_path: Path) -> None:
    line, names = graph_of(tmp_path, CLASSES).ancestors(ClassSymbol("a.py", "Loop1"))
    assert {symbol.qualname for symbol in line} == {"Loop1", "Loop2"}
    assert not names


@pytest.mark.parametrize(
    ("name", "method", "after", "found"),
    [
        ("A", "m", None, FunctionSymbol("a.py", "A.m")),
        ("A", "m", "A", FunctionSymbol("b.py", "Base.m")),
        ("A", "base", None, FunctionSymbol("b.py", "Base.base")),
        ("B", "m", None, FunctionSymbol("mixins.py", "Mixin.m")),
        ("C", "n", None, FunctionSymbol("a.py", "C.n")),
        ("C", "n", "C", None),
        ("A", "nothing", None, None),
    ],
)
def test_methods(tmp_path: Path, name: str, method: str, after: str | None, found: Symbol | None) -> None:
    behind = ClassSymbol("a.py", after) if after else None
    assert graph_of(tmp_path, CLASSES).method(ClassSymbol("a.py", name), method, after=behind) == found


@pytest.mark.parametrize(("name", "value"), [("x", 1), ("y", 0)])
def test_attributes_of_a_class_and_its_bases(tmp_path: Path, name: str, value: int) -> None:
    found = graph_of(tmp_path, CLASSES).attribute(ClassSymbol("a.py", "A"), name)
    assert found is not None
    assert found.value == f.Constant(value)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("    def __init__(self):\n        self.x = 3\n", f.Constant(3)),
        ("    def __init__(self):\n        if a:\n            self.x = 3\n", f.Constant(3)),
        ("    def start(self):\n        self.x: int = 3\n", f.Constant(3)),
        ("    x = 1\n    def __init__(self):\n        self.x = 3\n", f.Constant(1)),
        ("    def __init__(self):\n        self.xx = 3\n", None),
        ("    def __init__(self):\n        x = 3\n", None),
        ("    def __init__(self):\n        self.y.x = 3\n", None),
    ],
)
def test_attributes_that_methods_set(tmp_path: Path, body: str, value: f.Expr | None) -> None:
    found = graph_of(tmp_path, {"a.py": f"class A:\n{body}"}).attribute(ClassSymbol("a.py", "A"), "x")
    assert (found and found.value) == value


@pytest.mark.parametrize(
    ("text", "is_model"),
    [
        ("from django.db import models\nclass A(models.Model): pass", True),
        ("from django.db.models import Model\nclass A(Model): pass", True),
        ("import django.db.models\nclass A(django.db.models.Model): pass", True),
        ("from django.contrib.gis.db import models\nclass A(models.Model): pass", True),
        ("from django.contrib.auth.models import AbstractUser\nclass A(AbstractUser): pass", True),
        ("from model_utils.models import TimeStampedModel\nclass A(TimeStampedModel): pass", True),
        ("from shop.models import Order\nclass A(Order): pass", True),
        ("from django.db import models\nclass A(models.Manager): pass", False),
        ("from django.db import models\nclass A(models.QuerySet): pass", False),
        ("from django.db import models\nclass A(models.TextChoices): pass", False),
        ("from pydantic import BaseModel\nclass A(BaseModel): pass", False),
        ("from django.forms import ModelForm\nclass A(ModelForm): pass", False),
        ("class Model: pass\nclass A(Model): pass", False),
        ("class A: pass", False),
    ],
)
def test_models(tmp_path: Path, text: str, is_model: bool) -> None:
    assert graph_of(tmp_path, {"a.py": text}).is_model(ClassSymbol("a.py", "A")) is is_model


@pytest.mark.parametrize(
    ("bases", "wanted", "is_one"),
    [
        ("Thread", "threading.Thread", True),
        ("Thread", ".Thread", True),
        ("Timer", "threading.Thread", False),
        ("lib.GearmanWorker", ".GearmanWorker", True),
        ("GearmanWorker", ".GearmanWorker", True),
        ("NoGearmanWorker", ".GearmanWorker", False),
        ("object", ".GearmanWorker", False),
    ],
)
def test_bases_outside_the_tree(tmp_path: Path, bases: str, wanted: str, is_one: bool) -> None:
    text = f"from threading import Thread, Timer\nimport lib\nclass A({bases}): pass"
    assert graph_of(tmp_path, {"a.py": text}).is_a(ClassSymbol("a.py", "A"), wanted) is is_one


# --- commands ------------------------------------------------------------------------------------


def test_a_command_is_found_by_its_name(tmp_path: Path) -> None:
    text = "from django.core.management import BaseCommand\nclass Command(BaseCommand):\n    def handle(self): pass\n"
    graph = graph_of(tmp_path, {"shop/management/commands/ship.py": text})
    path = "shop/management/commands/ship.py"
    assert graph.command("ship") == (FunctionSymbol(path, "Command.handle"), ClassSymbol(path, "Command"))


def test_a_command_that_inherits_its_handle(tmp_path: Path) -> None:
    files = {
        "shop/base.py": "class Base:\n    def handle(self): pass\n",
        "shop/management/commands/ship.py": "from shop.base import Base\nclass Command(Base): pass\n",
    }
    found = graph_of(tmp_path, files).command("ship")
    assert found is not None
    assert found[0] == FunctionSymbol("shop/base.py", "Base.handle")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/management/commands/other.py", "class Command:\n    def handle(self): pass\n"),
        ("shop/management/commands/ship.py", "class Command: pass\n"),
        ("shop/management/commands/ship.py", "def handle(): pass\n"),
        ("shop/commands/ship.py", "class Command:\n    def handle(self): pass\n"),
    ],
)
def test_what_is_no_command(tmp_path: Path, path: str, text: str) -> None:
    assert graph_of(tmp_path, {path: text}).command("ship") is None


def test_the_body_of_a_function_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, {"a.py": "def f(x):\n    y()\n"})
    symbol = FunctionSymbol("a.py", "f")
    head = graph.head(symbol)
    assert head is not None
    assert not head.read
    function = graph.function(symbol)
    assert function is not None
    assert function.read
    assert graph.head(symbol) == function


TEXT = """import a

@a.b(
    c)
def f(x):
    def g():
        y()
    z()
class C:
    h = 1
    async def i(self): pass
j = 2
"""


@pytest.mark.parametrize(
    ("qualname", "text"),
    [
        ("f", "@a.b(\n    c)\ndef f(x):\n    def g():\n        y()\n    z()\n"),
        ("f.g", "    def g():\n        y()\n"),
        ("C.i", "    async def i(self): pass\n"),
        ("<module>", "import a\n\nclass C:\n    h = 1\nj = 2\n"),
        ("k", ""),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_source_of_a_function_or_of_a_module_outside_its_functions(
    tmp_path: Path, qualname: str, text: str, end: str
) -> None:
    graph = graph_of(tmp_path, {"a.py": TEXT.replace("\n", end)})
    graph.function(FunctionSymbol("a.py", "f"))
    assert graph.text(FunctionSymbol("a.py", qualname)) == text.replace("\n", end)


@pytest.mark.parametrize(("name", "defined"), [("ship", True), ("total", True), ("sh", False), ("shipping", False)])
def test_whether_the_project_defines_a_method(tmp_path: Path, name: str, defined: bool) -> None:
    assert graph_of(tmp_path, {}).index.defines(name) is defined


def test_files_that_cannot_be_read_are_problems_and_nothing_more(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, {"a.py": "def f(:\n", "b.py": "from a import f\n"})
    assert graph.facts("a.py") is None
    assert graph.facts("b.py") is not None
    assert [str(problem.span) for problem in graph.project.problems.values()] == ["a.py:1"]


def test_classes_in_functions_that_are_read_while_subclasses_are_listed(tmp_path: Path) -> None:
    text = "class Base: pass\nclass A(Base): pass\ndef make():\n    class B(Base): pass\nclass C(Base): pass\n"
    graph = graph_of(tmp_path, {"shop/worker.py": text})
    found = []
    for symbol in graph.subclasses(ClassSymbol("shop/worker.py", "Base")):
        assert graph.function(FunctionSymbol("shop/worker.py", "make")) is not None
        found.append(symbol.qualname)
    assert found == ["A", "C"]


@pytest.mark.parametrize(
    "written",
    ["from core.services import work", "from .services import work", "from core import services\nwork = services.work"],
)
def test_services_of_one_repository_with_packages_of_one_name(tmp_path: Path, written: str) -> None:
    files = {"a/core/services.py": "def work():\n    pass\n"}
    files["b/core/services.py"] = "from shop.models import Order\ndef work():\n    Order.objects.count()\n"
    worker = f"import time\n{written}\ndef main():\n    while True:\n        time.sleep(60)\n        work()\n"
    for name in "ab":
        files |= {f"{name}/manage.py": "", f"{name}/core/__init__.py": "", f"{name}/core/worker.py": worker}
    assert units_of(tmp_path, files).unit.span.path == "b/core/worker.py"
