"""Files that cannot be read, imports that lead nowhere, code without end: one line each, and the rest still judged."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from conn_lint.model import Unknown
from conn_lint.settings import read_deployments
from tests.settings.conftest import Open, Reader, said, write

DATABASES = "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("A = 1\nDATABASES = {\n", 2, "cannot be parsed"),
        ("DATABASES = {}\nprint 'x'\n", 2, "Python 2"),
        ("# coding: nonsense\nDATABASES = {}\n", 1, "cannot be decoded"),
    ],
)
def test_an_unreadable_module_is_named_and_the_others_are_judged(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    project = write(tmp_path, {"bad.py": text, "good.py": DATABASES})
    bad, good = read_deployments(project)
    assert bad.open
    assert [(one.span.path, one.span.line) for one in bad.problems] == [("bad.py", line)]
    assert reason in bad.problems[0].reason
    assert said(good.databases["default"].conn_max_age) == 60
    assert not good.problems


def test_a_broken_base_leaves_what_comes_after_it(read: Reader) -> None:
    deployment = read("from base import *\n" + DATABASES, {"base.py": "x = (\n"})
    assert said(deployment.databases["default"].conn_max_age) == 60
    assert [one.span.path for one in deployment.problems] == ["base.py"]


def test_a_missing_base_may_have_set_anything_before(read: Reader) -> None:
    deployment = read("from shop.secret import *\nX = DATABASES", {"shop/__init__.py": ""})
    assert deployment.open
    assert [(one.span.line, "shop.secret" in one.reason) for one in deployment.problems] == [(1, True)]


def test_a_missing_module_after_the_databases_may_change_them(read: Reader) -> None:
    deployment = read(DATABASES + "from shop.secret import *\n", {"shop/__init__.py": ""})
    assert isinstance(said(deployment.databases["default"].conn_max_age), Open)


def test_a_guarded_missing_module_is_noted(read: Reader) -> None:
    deployment = read(DATABASES + "try:\n    from local_settings import *\nexcept ImportError:\n    pass\n")
    assert said(deployment.databases["default"].conn_max_age) == 60
    assert [note.span.line for note in deployment.notes] == [3]
    assert not deployment.problems


def test_a_local_module_that_settings_cannot_do_without_may_have_set_anything(read: Reader) -> None:
    insists = """
        try:
            from local_settings import *
        except ImportError:
            raise ImportError("write one first")
        """
    deployment = read(DATABASES + textwrap.dedent(insists))
    age = deployment.databases["default"].conn_max_age
    assert isinstance(said(age), Open)
    assert "local_settings is not in the project" in age.why
    assert [note.span.line for note in deployment.notes] == [4]
    assert not deployment.problems


def test_settings_that_always_raise_say_where(read: Reader) -> None:
    deployment = read(DATABASES + "raise RuntimeError('no')\n")
    assert deployment.open
    assert [(one.span.line, one.reason) for one in deployment.problems] == [
        (2, "raises RuntimeError, whatever the environment")
    ]


ENDLESS = {
    "recursion": "def f(n):\n    return f(n + 1)\nAGE = f(1)\n",
    "mutual recursion": "def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nAGE = f(1)\n",
    "while True": "import unheard_of\nn = 0\nwhile True:\n    n += 1\n    if unheard_of(n):\n        break\nAGE = n\n",
    "a long loop": "n = 0\nfor i in range(10 ** 9):\n    n += i\nAGE = n\n",
    "a doubling list": "x = [0]\nfor i in range(60):\n    x = x + x\nAGE = len(x)\n",
    "a doubling string": "x = 'x'\nfor i in range(60):\n    x = x + x\nAGE = len(x)\n",
    "a growing number": "x = 2\nfor i in range(60):\n    x = x ** x\nAGE = x\n",
    "a padded format": "AGE = '%999999999d' % 1\n",
    "another padded format": "AGE = '{:>999999999}'.format(1)\n",
    "branches without end": "import os\nAGE = 0\n"
    + "".join(f"if os.environ.get('V{n}'):\n    AGE += {2**n}\n" for n in range(40)),
    "an import of itself": "from settings import *\nimport unheard_of\nAGE = unheard_of.age()\n",
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_code_without_end_is_unknown_and_the_rest_is_not(read: Reader, text: str) -> None:
    deployment = read(
        text + "DATABASES = {'default': {'ENGINE': 'x', 'CONN_MAX_AGE': AGE}, 'other': {'CONN_MAX_AGE': 5}}\n"
    )
    if deployment.databases:
        assert isinstance(said(deployment.databases["default"].conn_max_age), Open)
        assert said(deployment.databases["other"].conn_max_age) == 5
    else:
        assert deployment.problems


def test_a_loop_that_cannot_end_hides_nothing_before_it(read: Reader) -> None:
    deployment = read(DATABASES + "while True:\n    pass\n")
    assert said(deployment.databases["default"].conn_max_age) == 60


@pytest.mark.parametrize(
    "expression",
    ["+".join(["1"] * 900), "(" * 90 + "1" + ")" * 90, "[" * 80 + "1" + "]" * 80, "not " * 500 + "1"],
    ids=["a long sum", "parentheses", "lists in lists", "a tower of nots"],
)
def test_deep_nesting_does_not_hurt_the_rest(read: Reader, expression: str) -> None:
    deployment = read(f"X = {expression}\n{DATABASES}")
    assert said(deployment.databases["default"].conn_max_age) == 60


def test_a_huge_dict_does_not_hurt_the_rest(read: Reader) -> None:
    table = "{" + ", ".join(f"'key{n}': {n}" for n in range(6000)) + "}"
    deployment = read(f"X = {table}\n{DATABASES}")
    assert said(deployment.databases["default"].conn_max_age) == 60


def test_modules_that_import_each_other(read: Reader) -> None:
    files = {"a.py": "from b import *\nAGE = 60\n", "b.py": "from a import *\n"}
    deployment = read("from a import *\nDATABASES = {'default': {'CONN_MAX_AGE': AGE}}\n", files)
    assert said(deployment.databases["default"].conn_max_age) == 60


def test_a_name_that_only_some_worlds_bind_is_no_missing_module(read: Reader) -> None:
    files = {"shop/__init__.py": "", "shop/const.py": "import os\nif os.environ.get('HERE'):\n    AGE = 60\n"}
    deployment = read("from shop.const import AGE\n" + DATABASES.replace("60", "AGE"), files)
    assert not deployment.problems
    assert said(deployment.databases["default"].conn_max_age) == 60


@pytest.mark.parametrize(
    ("text", "why", "env"),
    [
        ("DATABASES = ['default']\n", "DATABASES is no dict", ()),
        ("with open('/etc/shop.py') as f:\n    exec(f.read())\n", "the file /etc/shop.py is not in the project", ()),
        (
            "import importlib, os\nmodule = importlib.import_module('conf_%s' % os.environ['STAGE'])\n"
            "DATABASES = module.DATABASES\n",
            "the environment variable STAGE decides it",
            ("STAGE",),
        ),
    ],
)
def test_databases_that_cannot_be_seen_say_why(read: Reader, text: str, why: str, env: tuple[str, ...]) -> None:
    deployment = read(text)
    assert deployment.open
    assert deployment.unseen is not None
    assert (deployment.unseen.why, deployment.unseen.env) == (why, env)


@pytest.mark.parametrize("line", ["from urlparse import urljoin", "import ConfigParser", "import cPickle as pickle"])
def test_modules_of_python_2_are_no_mistake_in_settings_of_python_2(read: Reader, line: str) -> None:
    deployment = read(f"{line}\n{DATABASES}")
    assert (said(deployment.databases["default"].conn_max_age), deployment.problems) == (60, ())
    guarded = f"try:\n    {line}\nexcept ImportError:\n    from django import VERSION as x\n    AGE = 60\nelse:\n    AGE = 1\n"
    deployment = read(guarded + DATABASES.replace("60", "AGE"))
    assert said(deployment.databases["default"].conn_max_age) == 60


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("if os.path.isfile(NAME): from shop.private import *\n", 0),
        ("if os.environ.get('LOCAL'): from shop.private import *\n", 0),
        ("if os.environ.get('LOCAL'): from shop.private import AGE\n", 1),
        ("if True: from shop.private import *\n", 1),
        ("NAME = os.environ['NAME']\nfrom shop.private import *\n", 1),
    ],
)
def test_an_override_that_is_imported_where_it_is_there(read: Reader, text: str, problems: int) -> None:
    head = "import os\nNAME = os.environ.get('NAME', 'x')\n"
    deployment = read(f"{head}{DATABASES}{text}", {"shop/__init__.py": ""})
    assert isinstance(said(deployment.databases["default"].conn_max_age), Open) == text.endswith("*\n")
    assert len(deployment.problems) == problems
    assert len(deployment.notes) == 1 - problems


def test_what_is_made_of_an_installed_package_names_it(read: Reader) -> None:
    head = "import os, shared_config\n"
    deployment = read(head + DATABASES.replace("60", "int(os.path.basename(shared_config.__file__))"))
    age = deployment.databases["default"].conn_max_age
    assert isinstance(age, Unknown)
    assert age.why == "shared_config.__file__ is not in the project"


def test_databases_of_an_installed_package_are_unknown_where_they_are_set(read: Reader) -> None:
    deployment = read("import os\nfrom shared_config import SITES\n\nDATABASES = SITES\n")
    assert deployment.unseen is not None
    assert deployment.unseen.why == "shared_config.SITES is not in the project"
    assert deployment.unseen.place is not None
    assert deployment.unseen.place.line == 4
