"""Which modules are taken for settings that something runs with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest

from conn_lint.model import Known
from conn_lint.project.project import Project
from conn_lint.settings import SettingsError, read_deployments
from conn_lint.settings.discovery import find_targets

Make = Callable[[Mapping[str, str]], Project]

DATABASES = "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql'}}\n"
MANAGE = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', '%s')\n"

FOUND: dict[str, tuple[dict[str, str], list[str]]] = {
    "one settings module": ({"shop/settings.py": DATABASES}, ["shop/settings.py"]),
    "nothing": ({"shop/views.py": "from django.conf import settings\nprint(settings.DATABASES['default'])\n"}, []),
    "reading is not binding": ({"a.py": "if DATABASES == 1: pass\nx = DATABASES['default']\n"}, []),
    "leaves of a package": (
        {
            "shop/settings/__init__.py": "",
            "shop/settings/base.py": DATABASES,
            "shop/settings/production.py": "from .base import *\nDEBUG = False\n",
            "shop/settings/local.py": "from shop.settings.base import *\n",
        },
        ["shop/settings/local.py", "shop/settings/production.py"],
    ),
    "a base that production and staging share": (
        {
            "s/__init__.py": "",
            "s/base.py": DATABASES,
            "s/production.py": "from .base import *\n",
            "s/staging.py": "from .production import *\n",
        },
        ["s/production.py", "s/staging.py"],
    ),
    "a base that manage.py names": (
        {
            "manage.py": MANAGE % "shop.settings",
            "shop/__init__.py": "",
            "shop/settings.py": DATABASES,
            "shop/settings_live.py": "from .settings import *\n",
        },
        ["shop/settings.py", "shop/settings_live.py"],
    ),
    "applications that take over the names of the settings": (
        {
            "shop/settings/base.py": DATABASES,
            "shop/settings/production.py": "from .base import *\n",
            "shop/urls.py": "from shop.settings.production import *\nurlpatterns = []\n",
            "orders/views.py": "from shop.settings.base import *\n",
            "orders/management/commands/ship.py": "from shop.settings.base import *\n",
            "celery.py": "from shop.settings.base import *\n",
            "shop/reports.py": "from shop.settings.base import *\n\ndef send():\n    print(DEBUG)\n",
            "shop/settings/staging.py": "from .base import *\n\ndef host():\n    return 'h'\n\nHOST = host()\n",
        },
        ["shop/settings/production.py", "shop/settings/staging.py"],
    ),
    "an application's module that binds DATABASES itself": (
        {"shop/settings.py": DATABASES, "shop/utils.py": "from .settings import *\n" + DATABASES},
        ["shop/utils.py"],
    ),
    "manage.py in a folder": (
        {
            "src/manage.py": MANAGE % "shop.settings",
            "src/shop/__init__.py": "",
            "src/shop/settings.py": "from .db import DATABASES\n",
            "src/shop/db.py": DATABASES,
        },
        ["src/shop/settings.py"],
    ),
    "tests aside": (
        {"shop/settings.py": DATABASES, "tests/settings.py": DATABASES, "shop/test_settings.py": DATABASES},
        ["shop/settings.py"],
    ),
    "only tests": ({"tests/settings.py": DATABASES}, ["tests/settings.py"]),
    "examples aside": ({"shop/settings.py": DATABASES, "example/settings.py": DATABASES}, ["shop/settings.py"]),
    "only an example": ({"example/settings.py": DATABASES}, ["example/settings.py"]),
    "a local override": (
        {
            "shop/__init__.py": "",
            "shop/settings.py": DATABASES + "try:\n    from .local_settings import *\nexcept ImportError:\n    pass\n",
            "shop/local_settings.py": "DATABASES = {}\n",
        },
        ["shop/settings.py"],
    ),
    "named in a compose file": (
        {
            "docker-compose.yml": "environment:\n  - DJANGO_SETTINGS_MODULE=conf.base\n",
            "conf/__init__.py": "",
            "conf/base.py": DATABASES,
            "conf/extra.py": "from .base import *\n",
        },
        ["conf/base.py", "conf/extra.py"],
    ),
    "named in a Dockerfile": (
        {"Dockerfile": "ENV DJANGO_SETTINGS_MODULE conf\n", "conf.py": "from base import *\n", "base.py": DATABASES},
        ["conf.py"],
    ),
    "named but not there": (
        {"manage.py": MANAGE % "gone.settings", "shop/settings.py": DATABASES},
        ["shop/settings.py"],
    ),
    "through globals": ({"conf.py": "globals()['DATABASES'] = {}\n"}, ["conf.py"]),
    "in a class": ({"conf.py": "class Prod:\n    DATABASES = {}\n"}, ["conf.py"]),
    "mutated only": (
        {"a/__init__.py": "", "a/base.py": DATABASES, "a/prod.py": "from .base import *\nDATABASES['x'] = {}\n"},
        ["a/prod.py"],
    ),
    "modules that import each other": (
        {"a/__init__.py": "", "a/x.py": "from .y import *\n" + DATABASES, "a/y.py": "from .x import *\n"},
        ["a/x.py", "a/y.py"],
    ),
}


@pytest.mark.parametrize(("files", "paths"), FOUND.values(), ids=FOUND)
def test_settings_modules(project: Make, files: dict[str, str], paths: list[str]) -> None:
    assert [target.path for target in find_targets(project(files))] == paths


def test_a_wanted_module_is_the_only_one(project: Make) -> None:
    made = project({"a.py": DATABASES, "b.py": DATABASES})
    assert [one.module for one in read_deployments(made, wanted=("b",))] == ["b"]
    assert [one.path for one in read_deployments(made, wanted=("./a.py",))] == ["a.py"]


@pytest.mark.parametrize("name", ["gone", "gone.py", "a.py::Gone"])
def test_a_wanted_module_that_is_not_there(project: Make, name: str) -> None:
    with pytest.raises(SettingsError, match=r"there is no"):
        read_deployments(project({"a.py": DATABASES}), wanted=(name,))


def test_nothing_heavy_is_imported_where_there_are_no_settings(project: Make) -> None:
    root = project({"a.py": "print(1)\n"}).tree.root
    code = (
        "import sys\nfrom conn_lint.model import Django\nfrom conn_lint.project.project import Project\n"
        "from conn_lint.project.tree import Tree\nfrom conn_lint.settings import read_deployments\n"
        f"assert read_deployments(Project(Tree({root!r}), {{}}, Django(None))) == ()\n"
        "assert 'libcst' not in sys.modules\nassert 'conn_lint.settings.machine' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_package_without_databases_is_left_out_where_its_modules_have_some(project: Make) -> None:
    files = {
        "manage.py": MANAGE % "conf",
        "conf/__init__.py": "",
        "conf/base.py": DATABASES,
        "conf/live.py": "from .base import *\n",
    }
    assert [one.module for one in read_deployments(project(files))] == ["conf.live"]


def test_services_with_packages_of_the_same_name_have_each_its_own_settings(project: Make) -> None:
    files = {"manage.py": "", "config/__init__.py": "", "config/live.py": "from .base import *\n"}
    ages = {"billing": 0, "shop": 600, "till": 60}
    made = project(
        {f"{service}/{path}": text for service in ages for path, text in files.items()}
        | {
            f"{service}/config/base.py": "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql',"
            f" 'CONN_MAX_AGE': {age}}}}}\n"
            for service, age in ages.items()
        }
    )
    deployments = read_deployments(made, wanted=(), env={})
    found = {each.path.partition("/")[0]: each.databases["default"].conn_max_age for each in deployments}
    assert sorted(each.name for each in deployments) == [f"{service}/config/live.py" for service in ages]
    assert {service: value.value for service, value in found.items() if isinstance(value, Known)} == ages
