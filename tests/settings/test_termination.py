"""Settings that would never end, or are larger than any settings are: an answer all the same, and a reason."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from conn_lint.model import Deployment, Unknown
from conn_lint.project.project import Project
from conn_lint.settings import machine, read_deployments, worlds
from tests.settings.conftest import Reader, said
from tests.settings.oracle import Package, Trial

DATABASES = "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': AGE}}\n"

pytestmark = pytest.mark.usefixtures("untraced")


def is_unknown(deployment: Deployment) -> bool:
    """Whether the age is said to be unknown, with a reason."""
    if not deployment.databases:
        return deployment.open and bool(deployment.problems)
    age = deployment.databases["default"].conn_max_age
    return isinstance(age, Unknown) and bool(age.why)


@pytest.mark.parametrize(
    "text",
    [
        "def age(n):\n    return age(n + 1)\nAGE = age(0)\n",
        "def even(n):\n    return odd(n - 1)\ndef odd(n):\n    return even(n - 1)\nAGE = even(1)\n",
        "age = lambda n: age(n)\nAGE = age(0)\n",
        "class A:\n    @property\n    def age(self):\n        return self.age\nAGE = A().age\n",
        "AGE = 0\nwhile True:\n    AGE += 1\n    if AGE > 10**9: break\n",
        "import os\nAGE = 0\nwhile os.environ.get('GO'):\n    AGE += 1\n",
        "AGE = sum(i for i in range(10**8))\n",
        "AGE = 'x' * 10**9\n",
        "AGE = len([x for a in range(1000) for b in range(1000) for x in (a, b)])\n",
        "import os\nAGE = 60\n" + "".join(f"if os.environ.get('V{n}'): AGE = AGE + {n}\n" for n in range(300)),
    ],
)
def test_what_never_ends_or_takes_too_long_is_unknown(read: Reader, text: str) -> None:
    assert is_unknown(read(text + DATABASES))


@pytest.mark.parametrize(
    "text",
    [
        "AGE = " + "(" * 2000 + "60" + ")" * 2000 + "\n",
        "AGE = " + "[" * 2000 + "]" * 2000 + "\n",
        "AGE = " + "not " * 2000 + "60\n",
        "AGE = " + "-" * 2000 + "60\n",
        "AGE = " + "1 + (" * 150 + "1" + ")" * 150 + "\n",
        "AGE = x" + ".a" * 2000 + "\n",
        "AGE = " + " if x else ".join(["1"] * 1000) + "\n",
        "AGE = 1\n" + "".join(" " * n + "if x:\n" for n in range(90)) + " " * 90 + "AGE = 2\n",
    ],
)
def test_deep_nesting_ends_without_a_traceback(read: Reader, text: str) -> None:
    deployment = read("import os\nx = os.environ.get('X')\n" + text + DATABASES)
    assert deployment.problems or "default" in deployment.databases


def test_a_long_sum_is_worked_out(read: Reader) -> None:
    assert said(read("AGE = " + " + ".join(["1"] * 900) + "\n" + DATABASES).databases["default"].conn_max_age) == 900


def test_modules_that_import_each_other(read: Reader) -> None:
    files = {"one.py": "from two import *\nA = 60\n", "two.py": "from one import *\nB = 5\n"}
    deployment = read("from one import *\nAGE = A + B\n" + DATABASES, files)
    assert said(deployment.databases["default"].conn_max_age) == 65


def test_a_huge_literal_beside_the_databases_costs_little(read: Reader) -> None:
    codes = "CODES = {" + ", ".join(f"{n}: 'some text {n}'" for n in range(200_000)) + "}\n"
    assert len(codes) > 5_000_000
    assert said(read("AGE = 60\n" + codes + DATABASES).databases["default"].conn_max_age) == 60


def test_a_file_too_large_to_be_code(project: Callable[[dict[str, str]], Project], tmp_path: Path) -> None:
    made = project({"settings.py": "from data import *\nAGE = 60\n" + DATABASES, "data.py": ""})
    with open(tmp_path / "data.py", "wb") as file:
        file.write(b"#" * 50_000_000)
    (deployment,) = read_deployments(made, wanted=("settings.py",))
    assert any("is larger than" in problem.reason for problem in deployment.problems)


def test_links_in_a_circle(project: Callable[[dict[str, str]], Project], tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "again").symlink_to(tmp_path)
    (tmp_path / "pkg" / "self.py").symlink_to(tmp_path / "pkg" / "self.py")
    made = project({"settings.py": "AGE = 60\n" + DATABASES})
    (deployment,) = read_deployments(made, wanted=("settings.py",))
    assert said(deployment.databases["default"].conn_max_age) == 60


def test_what_was_read_before_the_bounds_were_reached_is_still_said(read: Reader) -> None:
    loop = "for a in range(900):\n    for b in range(900):\n        DATABASES['default']['HOST'] = a\n"
    deployment = read("AGE = 60\n" + DATABASES + loop)
    age = deployment.databases["default"].conn_max_age
    assert deployment.open
    assert not deployment.problems
    assert isinstance(age, Unknown)
    assert [one.value for one in age.possible] == [60]
    assert age.default is None
    assert "not all of the settings can be evaluated" in age.why


def test_what_is_too_deep_or_too_long_to_be_parsed_matters_where_it_is_used_only(read: Reader) -> None:
    deep = "LONG = " + " + ".join(["'x'"] * 2000) + "\n"
    long = "LARGE = {\n" + "    'key': ('value', 'value', 'value'),\n" * 10_000 + "}\n"
    deployment = read(deep + long + "AGE = 60\n" + DATABASES)
    assert said(deployment.databases["default"].conn_max_age) == 60
    for name in ("LONG", "LARGE"):
        deployment = read(deep + long + f"AGE = len({name})\n" + DATABASES)
        assert is_unknown(deployment)
        assert said(deployment.databases["default"].engine) == "django.db.backends.mysql"


def test_recursion_that_nothing_bounds_is_not_followed_into_every_branch(read: Reader) -> None:
    merge = """
        import copy, unheard_of
        def merge(a, b):
            merged = copy.deepcopy(a)
            for key, value in b.items():
                old = merged.get(key)
                if isinstance(old, dict) and isinstance(value, dict):
                    merged[key] = merge(old, value)
                else:
                    merged[key] = value
            return merged
        """
    known = "AGES = merge({'a': {'b': {'c': {'d': {'e': 1}}}}}, {'a': {'b': {'c': {'d': {'e': 60}}}}})\n"
    deployment = read(textwrap.dedent(merge) + known + "AGE = AGES['a']['b']['c']['d']['e']\n" + DATABASES)
    assert said(deployment.databases["default"].conn_max_age) == 60
    deployment = read(textwrap.dedent(merge) + "AGE = merge({}, unheard_of.ages()).get('a')\n" + DATABASES)
    assert is_unknown(deployment)


def test_a_data_file_that_is_searched_for_unknown_keys_costs_little(
    read: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each list in it may be changed through what was found; nobody looks at any of them again."""
    monkeypatch.setattr(machine, "NODES", 5_000)
    languages = json.dumps({f"l{n}": ["Latn", ["EU"], f"language {n}"] for n in range(600)})
    text = """
        import json, os

        def names(folder):
            try:
                found = []
                with open(os.path.join(os.path.dirname(__file__), 'languages.json')) as file:
                    known = json.load(file)
                for entry in os.listdir(folder):
                    if os.path.isdir(os.path.join(folder, entry)):
                        data = known.get(entry.lower())
                        if data and len(data) == 3:
                            found.append(data[2])
                return found
            except Exception:
                return []

        AGE = 60 if names('locale') else 600
    """
    deployment = read(textwrap.dedent(text) + DATABASES, {"languages.json": languages})
    assert said(deployment.databases["default"].conn_max_age) == {60, 600}


def test_what_a_branch_makes_too_large_is_unknown_outside_of_it_as_well() -> None:
    """The unknown stands for what the name held in all worlds, another name of which is written through it."""
    text = """
import os
DATABASES = {"default": {}, "other": {}}
DATABASES["default"] = DATABASES["other"] = {}
if os.environ.get("V2"):
    DATABASES["default"] = {"NAME": "a"} if os.environ.get("V1") else {"NAME": "b"} if os.environ.get("V3") else {}
DATABASES["default"]["HOST"] = "x"
"""
    package = Package({"__init__.py": "", "leaf.py": text})
    with mock.patch.object(worlds, "TREE_SIZE", 3):
        assert package.objection("leaf", Trial({}, [{"V2": "1"}], 20_000)) == ""
