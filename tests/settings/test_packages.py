"""The packages that a settings module lies in are run before it, where that can matter to its databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from conn_lint.project.project import Project
from conn_lint.settings import read_deployments
from tests.settings.conftest import said

Make = Callable[[Mapping[str, str]], Project]

BASE = 'DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "CONN_MAX_AGE": 60}}\n'
RAISES = 'DATABASES["default"]["CONN_MAX_AGE"] = 300\n'

PACKAGES: dict[str, tuple[dict[str, str], object]] = {
    "the package changes what the module starts from": (
        {
            "shop/settings/__init__.py": "from .local import *\n",
            "shop/settings/local.py": f"from .base import *\n{RAISES}",
        },
        300,
    ),
    "so does one further out": (
        {"shop/__init__.py": f"from shop.settings.base import DATABASES\n{RAISES}", "shop/settings/__init__.py": ""},
        300,
    ),
    "in some environments": (
        {
            "shop/settings/__init__.py": "import os\nif os.environ.get('LOCAL'):\n    from .local import *\n",
            "shop/settings/local.py": f"from .base import *\n{RAISES}",
        },
        {60, 300},
    ),
    "it sets a variable": (
        {
            "shop/__init__.py": "import os\nos.environ['AGE'] = '5'\n",
            "shop/settings/__init__.py": "",
            "shop/settings/prod.py": "import os\nfrom .base import *\n"
            "DATABASES['default']['CONN_MAX_AGE'] = int(os.environ.get('AGE', 7))\n",
        },
        5,
    ),
    "it cannot be imported": (
        {"shop/__init__.py": "from shop.settings import base\nraise ValueError\n", "shop/settings/__init__.py": ""},
        None,
    ),
    "it works with a copy": (
        {
            "shop/settings/__init__.py": "import copy\nfrom . import base\n"
            "DATABASES = copy.deepcopy(base.DATABASES)\n" + RAISES
        },
        60,
    ),
    "it has nothing to do with the settings": (
        {
            "shop/__init__.py": "from .celery import app\n",
            "shop/celery.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.prod')\n"
            "from celery import Celery\napp = Celery('shop')\nraise ValueError\n",
            "shop/settings/__init__.py": "",
        },
        60,
    ),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_packages(project: Make, name: str) -> None:
    files, expected = PACKAGES[name]
    files = {
        "shop/__init__.py": "",
        "shop/settings/base.py": BASE,
        "shop/settings/prod.py": "from .base import *\n",
        **files,
    }
    (deployment,) = read_deployments(project(files), wanted=("shop.settings.prod",))
    found = deployment.databases.get("default")
    assert (said(found.conn_max_age) if found else None) == expected


def test_what_packages_there_are(project: Make) -> None:
    files = {
        "site/shop/__init__.py": "",
        "site/shop/conf/prod.py": "",
        "site/shop/web/__init__.py": "",
        "manage.py": "",
    }
    modules = project(files).modules
    assert modules.packages_of("site/shop/conf/prod.py") == ("site/shop/__init__.py",)
    assert modules.packages_of("site/shop/web/__init__.py") == ("site/shop/__init__.py",)
    assert modules.packages_of("site/shop/web/views.py") == ("site/shop/__init__.py", "site/shop/web/__init__.py")
    assert modules.packages_of("manage.py") == ()
